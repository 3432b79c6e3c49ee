"""Sort, limit, offset, tail."""

from pyspark.sql import functions as F
from kit import case, queries, Ordered


@case
def nulls_first_when_ascending(spark):
    return Ordered(spark.table("people").orderBy("age", "id"))


@case
def nulls_last_when_descending(spark):
    return Ordered(spark.table("people").orderBy(F.desc("age"), "id"))


@case
def nulls_as_told(spark):
    return Ordered(spark.table("people").orderBy(F.col("dept").asc_nulls_last(), F.col("age").desc_nulls_first(), "id"))


@case
def sort_ascending_list(spark):
    return Ordered(spark.table("people").sort(["dept", "id"], ascending=[False, True]))


@case
def sort_by_ordinal(spark):
    return Ordered(spark.table("people").select("name", "id").sort(2))


@case
def sort_by_ordinal_out_of_range(spark):
    return spark.table("people").select("name").sort(2)


@case
def sort_by_dropped_column(spark):
    p = spark.table("people")
    return Ordered(p.select("name").sort(p.id.desc()))


@case
def sort_by_dropped_name(spark):
    return Ordered(spark.table("people").select("name").sort("id"))


@case
def sort_by_alias_over_the_input(spark):
    return Ordered(spark.table("people").select((-F.col("id")).alias("id")).sort("id"))


@case
def sort_by_the_frames_column_behind_an_alias(spark):
    p = spark.table("people")
    return Ordered(p.select((-p.id).alias("id")).sort(p.id))


@case
def sort_doubles_with_nan(spark):
    return Ordered(spark.table("numbers").select("d").sort("d"))


@case
def sort_strings_by_bytes(spark):
    df = spark.createDataFrame([("b",), ("B",), ("a",), ("é",), ("",), (None,)], ["s"])
    return Ordered(df.sort("s"))


@case
def sort_binary_and_boolean(spark):
    return Ordered(spark.table("numbers").select("t", "bin").sort("t", F.desc("bin")))


@case
def sort_by_struct_and_array(spark):
    return Ordered(spark.table("nested").select("id", "p", "a").sort("a", "p"))


@case
def sort_by_map(spark):
    return spark.table("nested").sort("m")


@case
def sort_missing(spark):
    return spark.table("people").sort("nope")


@case
def sort_by_expression(spark):
    return Ordered(spark.table("people").sort(F.length("name"), F.expr("id % 2"), "id"))


@case
def sort_after_distinct_by_dropped(spark):
    p = spark.table("people")
    return p.select("dept").distinct().sort(p.id)


@case
def limit_offset(spark):
    return Ordered(spark.table("people").orderBy("id").offset(1).limit(2))


@case
def limit_then_offset(spark):
    return Ordered(spark.table("people").orderBy("id").limit(3).offset(2))


@case
def limit_zero(spark):
    return spark.table("people").limit(0)


@case
def limit_negative(spark):
    return spark.table("people").limit(-1)


@case
def limit_beyond(spark):
    return spark.range(3).limit(10)


@case
def tail(spark):
    return [list(r) for r in spark.table("people").orderBy("id").select("id").tail(2)]


@case
def tail_beyond(spark):
    return [list(r) for r in spark.range(2).tail(5)]


@case
def sort_within_partitions(spark):
    return Ordered(spark.range(5).coalesce(1).sortWithinPartitions(F.desc("id")))


@case
def range_forms(spark):
    return [[r[0] for r in df.collect()] for df in (
        spark.range(3), spark.range(2, 5), spark.range(0, 10, 3), spark.range(5, 0, -2), spark.range(5, 0), spark.range(0, 4, 1, 2))]


@case
def range_step_zero(spark):
    return spark.range(0, 5, 0)


@case
def range_at_the_edge(spark):
    return Ordered(spark.range(9223372036854775805, 9223372036854775807))


queries(__name__, "sql", [
    "select id from people order by age, id",
    "select id from people order by age desc nulls first, id desc",
    "select name from people order by id",
    "select name n from people order by n nulls last",
    "select id, -id as id2 from people order by id2",
    "select -id as id from people order by id",
    "select name, id from people order by 2 desc",
    "select name from people order by 5",
    "select id from people order by id limit 2",
    "select id from people order by id limit 2 offset 3",
    "select id from people order by id offset 4",
    "select id from people order by id limit all",
    "select id from people limit -1",
    "select id from people limit 'x'",
    "select id from people order by id limit 1 + 1",
    "select distinct dept from people order by dept",
    "select distinct dept from people order by id",
    "select id from people order by all",
    "select dept, id from people order by all desc",
    "select * from (select id from people order by id desc limit 3) order by id",
    "select id from people order by length(name) desc, id",
    "select people.id from people order by people.age desc, people.id",
    "select p.id as x from people p order by p.name",
    "select count(*) from (select * from people limit 2)",
    "from people select id where id < 3 order by id",
])
