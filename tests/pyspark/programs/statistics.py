"""describe, summary and what hangs at `df.stat`."""

from pyspark.sql import functions as F
from kit import case


def people(spark):
    return spark.table("people")


def points(spark):
    rows = [(1, 2.0, "a"), (2, 4.5, "b"), (3, None, "a"), (None, 7.0, None), (5, -1.0, "b"), (1, 2.0, "a")]
    return spark.createDataFrame(rows, "x int, y double, k string")


@case
def describe_all(spark):
    return people(spark).describe()


@case
def describe_some(spark):
    return people(spark).describe("age", "name")


@case
def describe_types(spark):
    return spark.table("numbers").describe()


@case
def describe_times(spark):
    return spark.table("times").describe()


@case
def describe_no_such_column(spark):
    return people(spark).describe("nope")


@case
def describe_nothing_to_describe(spark):
    return spark.sql("select date'2020-01-01' d").describe()


@case
def describe_empty(spark):
    return people(spark).limit(0).describe()


@case
def summary_all(spark):
    return people(spark).summary()


@case
def summary_some(spark):
    return points(spark).summary("count", "count_distinct", "approx_count_distinct", "20%", "99.9%", "max")


@case
def summary_unknown(spark):
    return points(spark).summary("median")


@case
def summary_bad_percent(spark):
    return points(spark).summary("120%")


@case
def summary_no_percent(spark):
    return points(spark).summary("x%")


@case
def summary_of_text_numbers(spark):
    return spark.createDataFrame([("1",), ("x",), ("3",)], "t string").summary()


@case
def crosstab(spark):
    return points(spark).crosstab("k", "x")


@case
def crosstab_of_numbers(spark):
    return points(spark).crosstab("x", "y")


@case
def crosstab_missing(spark):
    return points(spark).crosstab("x", "nope")


@case
def cov(spark):
    return points(spark).cov("x", "y")


@case
def cov_of_text(spark):
    return points(spark).cov("x", "k")


@case
def corr(spark):
    return points(spark).na.drop().corr("x", "y")


@case
def corr_with_nulls(spark):
    return points(spark).corr("x", "y")


@case
def corr_spearman(spark):
    return points(spark).corr("x", "y", "spearman")


@case
def corr_missing(spark):
    return points(spark).corr("x", "nope")


@case
def approx_quantile(spark):
    return points(spark).approxQuantile("y", [0.0, 0.25, 0.5, 1.0], 0.0)


@case
def approx_quantile_of_columns(spark):
    return points(spark).approxQuantile(["x", "y"], [0.1, 0.5], 0.1)


@case
def approx_quantile_of_text(spark):
    return points(spark).approxQuantile("k", [0.5], 0.1)


@case
def approx_quantile_of_nothing(spark):
    return points(spark).limit(0).approxQuantile(["x"], [0.5], 0.1)


@case
def approx_quantile_bad_probability(spark):
    return points(spark).approxQuantile("x", [1.5], 0.1)


@case
def freq_items(spark):
    return points(spark).freqItems(["x", "k"], 0.4)


@case
def freq_items_default(spark):
    return points(spark).select("x").freqItems(["x"])


@case
def freq_items_too_low(spark):
    return points(spark).freqItems(["x"], 0.00001)


@case
def sample_by(spark):
    return points(spark).sampleBy("k", {"a": 1.0, "b": 0.0}, seed=1)


@case
def sample_by_fraction_too_high(spark):
    return points(spark).sampleBy("k", {"a": 1.5}, seed=1)


@case
def sample_everything(spark):
    return points(spark).sample(1.0, seed=3)


@case
def sample_nothing(spark):
    return points(spark).sample(0.0, seed=3)


@case
def sample_too_much(spark):
    return points(spark).sample(1.5, seed=3)


@case
def sample_of_one_partition(spark):
    return spark.range(0, 100, 1, 1).sample(0.3, seed=42)


@case
def random_split(spark):
    parts = spark.range(0, 50, 1, 1).randomSplit([1.0, 2.0], 24)
    return [sorted(r.id for r in p.collect()) for p in parts]


@case
def transpose(spark):
    return people(spark).select("id", "age", "salary").transpose()


@case
def transpose_by_column(spark):
    return people(spark).select("id", "name", "dept").where("name is not null").transpose("name")


@case
def transpose_numbers(spark):
    return spark.sql("select * from values (3, 1, 2L), (1, 4, 5L), (2, null, 7L), (null, 1, 1L) t(id, a, b)").transpose()


@case
def transpose_by_text(spark):
    df = spark.sql("select * from values ('x', 1, 2.5D), ('a', 4, 5), ('a', 7, 8) t(id, a, b)")
    return df.transpose()


@case
def transpose_only_index(spark):
    return spark.sql("select 1.5 as id").transpose()


@case
def transpose_mixed(spark):
    return people(spark).select("id", "name", "age").transpose()


@case
def transpose_empty(spark):
    return people(spark).select("id", "age").limit(0).transpose()


@case
def transpose_bad_index(spark):
    return spark.sql("select array(1) a, 1 b").transpose()


@case
def pivot(spark):
    return points(spark).groupBy("k").pivot("x").agg(F.sum("y"))


@case
def pivot_values(spark):
    return points(spark).groupBy("k").pivot("x", [1, 2]).agg(F.sum("y").alias("s"), F.count("y"))


@case
def pivot_without_keys(spark):
    return points(spark).groupBy().pivot("k").sum("x")


@case
def pivot_count(spark):
    return points(spark).groupBy("x").pivot("k", ["a", "b", "zzz"]).count()


@case
def pivot_first(spark):
    return points(spark).groupBy("k").pivot("y").agg(F.first("x"))


@case
def pivot_of_dates(spark):
    return people(spark).groupBy("dept").pivot("born").agg(F.max("salary"))


@case
def pivot_two_aggregates(spark):
    return points(spark).groupBy("k").pivot("x").agg(F.sum("y"), F.max("y"))


@case
def pivot_missing_column(spark):
    return points(spark).groupBy("k").pivot("nope").count()


@case
def pivot_of_expression_keys(spark):
    return people(spark).groupBy((F.col("age") > 25).alias("old"), "dept").pivot("name", ["Ann", "bob"]).agg(F.avg("salary"))


@case
def with_watermark_of_a_batch(spark):
    return spark.sql("select timestamp'2020-01-01 00:00:00' t, 1 a").withWatermark("t", "10 minutes")


@case
def checkpoint(spark):
    df = people(spark).where("age > 20").localCheckpoint()
    return df.select("id", df.name)


@case
def cached(spark):
    df = spark.range(3).cache()
    before = str(df.storageLevel)
    df.count()
    df.unpersist()
    return [before, str(df.storageLevel), df.is_cached]


@case
def persist_levels(spark):
    from pyspark.storagelevel import StorageLevel

    df = spark.range(4)
    df.persist(StorageLevel.DISK_ONLY)
    level = str(df.storageLevel)
    df.unpersist(blocking=True)
    return [level, str(df.storageLevel)]


@case
def same_semantics(spark):
    a = spark.range(10)
    return [
        a.select("id").sameSemantics(a.select("id")),
        a.select("id").sameSemantics(a.select((F.col("id") + 1).alias("id"))),
        a.select(F.col("id").alias("x")).sameSemantics(a.select(F.col("id").alias("y"))),
        a.where("id > 1").sameSemantics(a.where("1 < id")),
        spark.range(10).sameSemantics(spark.range(11)),
        a.selectExpr("id + 1 as q").semanticHash() == a.selectExpr("id + 1 as q").semanticHash(),
    ]


@case
def observe(spark):
    from pyspark.sql import Observation

    seen = Observation("seen")
    df = people(spark).observe(seen, F.count(F.lit(1)).alias("rows"), F.max("age").alias("oldest"))
    rows = df.where("id > 2").count()
    return [rows, seen.get]


@case
def observe_by_name(spark):
    df = spark.range(5).observe("numbers", F.sum("id"), F.min("id").alias("low"))
    return df


@case
def observe_without_aggregate(spark):
    return spark.range(5).observe("numbers", F.col("id"))


@case
def as_of_join(spark):
    a = spark.createDataFrame([(1, "a"), (5, "b"), (10, "a")], "t int, k string")
    b = spark.createDataFrame([(1, 100, "a"), (3, 300, "a"), (6, 600, "b"), (7, 700, "a")], "u int, v int, k string")
    j = a._joinAsOf(b, a.t, b.u)
    return j


@case
def as_of_join_using(spark):
    a = spark.createDataFrame([(1, "a"), (5, "b"), (10, "a")], "t int, k string")
    b = spark.createDataFrame([(1, 100, "a"), (3, 300, "a"), (6, 600, "b"), (7, 700, "a")], "u int, v int, k string")
    return a._joinAsOf(b, a.t, b.u, on="k", how="left")


@case
def as_of_join_forward(spark):
    a = spark.createDataFrame([(1, "a"), (5, "b"), (10, "a")], "t int, k string")
    b = spark.createDataFrame([(1, 100, "a"), (3, 300, "a"), (6, 600, "b"), (7, 700, "a")], "u int, v int, k string")
    return a._joinAsOf(b, a.t, b.u, how="left", direction="forward", allowExactMatches=False)


@case
def as_of_join_nearest(spark):
    a = spark.createDataFrame([(1, "a"), (5, "b"), (10, "a")], "t int, k string")
    b = spark.createDataFrame([(1, 100, "a"), (3, 300, "a"), (6, 600, "b"), (7, 700, "a")], "u int, v int, k string")
    return a._joinAsOf(b, a.t, b.u, how="inner", direction="nearest", tolerance=F.lit(2))


@case
def as_of_join_bad_tolerance(spark):
    a = spark.createDataFrame([(1,)], "t int")
    b = spark.createDataFrame([(1,)], "u int")
    return a._joinAsOf(b, a.t, b.u, tolerance=F.lit(-2))


@case
def union_by_name_missing(spark):
    a = spark.createDataFrame([(1, 2)], "a int, b int")
    return a.unionByName(spark.createDataFrame([(3, "x")], "b int, c string"), allowMissingColumns=True)


@case
def parse_json_column(spark):
    df = spark.createDataFrame([('{"a": 1, "b": "x"}',), ('{"a": 2}',)], "value string")
    return spark.read.schema("a int, b string").json(df)


@case
def parse_csv_column(spark):
    df = spark.createDataFrame([("1,x",), ("2,",)], "value string")
    return spark.read.csv(df)


@case
def drop_by_expression(spark):
    df = people(spark)
    return df.drop(df.name, F.col("age"))


@case
def hint_and_repartition(spark):
    return people(spark).select("id").hint("repartition", 3).sort("id")


@case
def hint_bad(spark):
    return people(spark).select("id").hint("repartition", "x").sort("id")


@case
def repartition_by_range(spark):
    return people(spark).select("id").repartitionByRange(3, "id").sort("id")


@case
def col_regex(spark):
    return (lambda df: df.select(df.colRegex("`(id)?+.+`")))(people(spark))


@case
def col_regex_plain(spark):
    df = people(spark)
    return df.select(df.colRegex("`a.*`"), df.colRegex("name"))


@case
def to_json_lines(spark):
    return people(spark).select("id", "name").where("id < 3").toJSON()


@case
def dtypes_of_alias(spark):
    return people(spark).alias("p").select("p.*").dtypes


@case
def metadata_column(spark):
    df = people(spark)
    return df.metadataColumn("nope")
