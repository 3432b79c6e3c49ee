"""How rows are spread: repartition, coalesce, hints, order within partitions."""

from pyspark.sql import functions as F
from kit import case, printed, queries


def spread(df):
    """Rows of each partition that has any, in order of the partition's number."""
    rows = df.select(F.spark_partition_id().alias("p"), "*").collect()
    parts = {}
    for row in rows:
        parts.setdefault(row[0], []).append(tuple(row)[1:])
    return [parts[p] for p in sorted(parts)]


def sizes(df):
    return [len(part) for part in spread(df)]


@case
def repartition_number(spark):
    parts = spread(spark.range(100).repartition(4))
    return [len(parts), sum(len(p) for p in parts)]


@case
def repartition_one(spark):
    return sizes(spark.range(10).repartition(1))


@case
def repartition_by_column_keeps_keys_together(spark):
    df = spark.range(40).selectExpr("id % 5 as k").repartition(3, "k")
    parts = spread(df)
    keys = [{row[0] for row in part} for part in parts]
    return [len(parts) <= 3, sum(len(k) for k in keys)]


@case
def repartition_by_expression(spark):
    df = spark.range(40).repartition(4, F.col("id") % 3)
    parts = spread(df)
    return sum(len({row[0] % 3 for row in part}) for part in parts)


@case
def repartition_by_column_alone(spark):
    df = spark.range(10).repartition("id")
    return df.count()


@case
def repartition_by_range(spark):
    df = spark.range(20).selectExpr("19 - id as v").repartitionByRange(4, "v")
    parts = [sorted(row[0] for row in part) for part in spread(df)]
    return [len(parts), all(a[-1] < b[0] for a, b in zip(parts, parts[1:]))]


@case
def repartition_by_range_descending(spark):
    df = spark.range(20).repartitionByRange(3, F.desc("id"))
    parts = [sorted(row[0] for row in part) for part in spread(df)]
    return [len(parts), all(a[0] > b[-1] for a, b in zip(parts, parts[1:]))]


@case
def repartition_by_range_ties(spark):
    df = spark.range(20).selectExpr("id % 2 as v").repartitionByRange(4, "v")
    parts = [{row[0] for row in part} for part in spread(df)]
    return [len(parts), parts]


@case
def coalesce_one(spark):
    return [sizes(spark.range(10).repartition(4).coalesce(1)), sizes(spark.range(10).coalesce(1))]


@case
def coalesce_fewer(spark):
    return len(sizes(spark.range(100).repartition(6).coalesce(2)))


@case
def coalesce_more_does_nothing(spark):
    return len(sizes(spark.range(100).repartition(2).coalesce(50)))


@case
def range_partitions(spark):
    return [sizes(spark.range(0, 10, 1, 3)), sizes(spark.range(0, 4, 1, 1)), spread(spark.range(0, 7, 2, 2))]


@case
def partition_ids_start_at_zero(spark):
    df = spark.range(0, 8, 1, 4).select("id", F.spark_partition_id().alias("p"))
    return sorted(tuple(r) for r in df.collect())


@case
def monotonic_ids(spark):
    df = spark.range(0, 6, 1, 2).select("id", F.monotonically_increasing_id().alias("m"))
    return sorted(tuple(r) for r in df.collect())


@case
def partition_id_of_one_row(spark):
    return spark.sql("select spark_partition_id() p")


@case
def sort_within_partitions(spark):
    df = spark.range(0, 12, 1, 3).sortWithinPartitions(F.desc("id"))
    return spread(df)


@case
def sort_within_partitions_after_repartition(spark):
    df = spark.range(50).repartition(3, F.col("id") % 3).sortWithinPartitions("id")
    return all(part == sorted(part) for part in spread(df))


@case
def repartition_zero(spark):
    return spark.range(3).repartition(0)


@case
def repartition_negative(spark):
    return spark.range(3).repartition(-2, "id")


@case
def coalesce_zero(spark):
    return spark.range(3).coalesce(0)


@case
def repartition_by_id(spark):
    df = spark.range(12).repartitionById(4, (F.col("id") % 4).cast("int"))
    return sorted((r.p, r.id) for r in df.select("id", F.spark_partition_id().alias("p")).collect())


@case
def repartition_by_id_wraps(spark):
    df = spark.range(6).repartitionById(2, F.col("id").cast("int"))
    return sorted((r.p, r.id) for r in df.select("id", F.spark_partition_id().alias("p")).collect())


@case
def repartition_by_id_negative_and_null(spark):
    df = spark.sql("select * from values (-1), (null), (3) t(v)").repartitionById(3, "v")
    return sorted((r.p, str(r.v)) for r in df.select("v", F.spark_partition_id().alias("p")).collect())


@case
def repartition_by_id_wide(spark):
    return spark.range(6).repartitionById(2, "id").count()


@case
def repartition_by_id_text(spark):
    return spark.sql("select 'a' as t").repartitionById(2, "t")


@case
def direct_id_elsewhere(spark):
    from pyspark.sql.connect.column import Column
    from pyspark.sql.connect.expressions import DirectShufflePartitionID
    return spark.range(3).select(Column(DirectShufflePartitionID(F.col("id")._expr)))


@case
def hint_repartition(spark):
    return [sizes(spark.range(8).hint("repartition", 1)), len(sizes(spark.range(100).hint("REPARTITION", 3)))]


@case
def hint_repartition_columns(spark):
    df = spark.range(40).selectExpr("id % 5 as k").hint("repartition", 3, "k")
    return sum(len({row[0] for row in part}) for part in spread(df))


@case
def hint_coalesce(spark):
    return sizes(spark.range(8).repartition(4).hint("coalesce", 1))


@case
def hint_repartition_by_range(spark):
    df = spark.range(20).hint("repartition_by_range", 2, "id")
    parts = [sorted(row[0] for row in part) for part in spread(df)]
    return [len(parts), all(a[-1] < b[0] for a, b in zip(parts, parts[1:]))]


@case
def hint_rebalance(spark):
    return spark.range(20).hint("rebalance").count()


@case
def hint_broadcast(spark):
    return spark.range(3).join(spark.range(5).hint("broadcast"), "id").orderBy("id")


@case
def hint_unknown(spark):
    return spark.range(2).hint("nope", 1, "x").orderBy("id")


@case
def hint_coalesce_without_number(spark):
    return spark.range(2).hint("coalesce")


@case
def hint_coalesce_of_column(spark):
    return spark.range(2).hint("coalesce", "id")


@case
def hint_repartition_of_missing(spark):
    return spark.range(2).hint("repartition", 2, "nope")


@case
def hint_repartition_of_text(spark):
    return spark.range(2).hint("repartition", "a b c", 1.5)


@case
def hint_repartition_by_range_of_number(spark):
    return spark.range(2).hint("repartition_by_range", 2)


@case
def hints_in_sql(spark):
    found = []
    for hint in ("repartition(3)", "coalesce(1)", "repartition(2, id)", "repartition_by_range(2, id)", "rebalance", "rebalance(id)", "rebalance(2, id)", "broadcast(t)", "merge(t)", "shuffle_hash(t)", "shuffle_replicate_nl(t)"):
        found.append([hint, spark.sql(f"select /*+ {hint} */ * from range(9) t").count()])
    return found


queries(__name__, "hint_sql", [
    "select /*+ coalesce(1) */ spark_partition_id() p, id from range(0, 3, 1, 3) order by id",
    "select /*+ repartition(id) */ id from range(3) order by id",
    "select /*+ repartition('a') */ id from range(3)",
    "select /*+ repartition(0) */ id from range(3)",
    "select /*+ repartition_by_range(3) */ id from range(3)",
    "select /*+ coalesce(1, 2) */ id from range(3)",
    "select /*+ broadcast(nope) */ id from range(1)",
])
