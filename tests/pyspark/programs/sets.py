"""Set operations: multiplicities, types, names."""

from pyspark.sql import functions as F
from kit import case, queries, Ordered


def ab(spark):
    a = spark.createDataFrame([(1,), (1,), (1,), (2,), (None,), (None,)], "x int")
    b = spark.createDataFrame([(1,), (2,), (2,), (3,), (None,)], "x int")
    return a, b


@case
def union_keeps_duplicates(spark):
    a, b = ab(spark)
    return a.union(b)


@case
def union_all(spark):
    a, b = ab(spark)
    return a.unionAll(b).distinct()


@case
def intersect(spark):
    a, b = ab(spark)
    return a.intersect(b)


@case
def intersect_all(spark):
    a, b = ab(spark)
    return a.intersectAll(b)


@case
def subtract(spark):
    a, b = ab(spark)
    return a.subtract(b)


@case
def except_all(spark):
    a, b = ab(spark)
    return a.exceptAll(b)


@case
def union_takes_names_of_the_first(spark):
    return spark.range(1).toDF("a").union(spark.range(1).toDF("b"))


@case
def union_by_position_not_name(spark):
    a = spark.createDataFrame([(1, "x")], "i int, s string")
    b = spark.createDataFrame([("y", 2)], "s string, i int")
    return a.union(b)


@case
def union_widens(spark):
    a = spark.createDataFrame([(1, 1.5)], "i int, d float")
    b = spark.createDataFrame([(2**40, 2.5)], "i long, d double")
    return a.union(b)


@case
def union_widens_decimals(spark):
    return spark.sql("select 1.5BD as x").union(spark.sql("select 100.25BD")).union(spark.sql("select 7"))


@case
def union_of_nulls(spark):
    return spark.sql("select null as x").union(spark.sql("select 1"))


@case
def union_nullability(spark):
    return spark.sql("select 1 as x").union(spark.sql("select cast(null as int)"))


@case
def union_not_nullable(spark):
    return spark.range(1).union(spark.range(1))


@case
def union_incompatible(spark):
    return spark.sql("select 1 as x").union(spark.sql("select array(1)"))


@case
def union_width(spark):
    return spark.range(1).union(spark.range(1).select("id", "id"))


@case
def union_by_name(spark):
    a = spark.createDataFrame([(1, "x")], "i int, s string")
    b = spark.createDataFrame([("y", 2)], "S string, I int")
    return a.unionByName(b)


@case
def union_by_name_missing(spark):
    a = spark.createDataFrame([(1, "x")], "i int, s string")
    return a.unionByName(spark.createDataFrame([(2,)], "i int"))


@case
def union_by_name_allow_missing(spark):
    a = spark.createDataFrame([(1, "x")], "i int, s string")
    b = spark.createDataFrame([(2, True)], "i int, b boolean")
    return a.unionByName(b, allowMissingColumns=True)


@case
def union_by_name_duplicates(spark):
    a = spark.range(1).select("id", F.col("id").alias("id"))
    return a.unionByName(a)


@case
def union_of_structs(spark):
    return spark.sql("select named_struct('a', 1) s").union(spark.sql("select named_struct('b', 2L) s"))


@case
def union_with_itself_and_frame_column(spark):
    df = spark.range(2)
    return df.union(df).select(df.id)


@case
def union_then_column_of_the_second(spark):
    a, b = spark.range(1), spark.range(1)
    return a.union(b).select(b.id)


@case
def except_of_rows(spark):
    a = spark.table("people").select("dept", "age")
    return a.subtract(a.filter("age > 20"))


@case
def intersect_types(spark):
    return spark.sql("select 1 as x").intersect(spark.sql("select 1L"))


@case
def set_op_of_maps(spark):
    return spark.sql("select map(1, 2) m").intersect(spark.sql("select map(1, 2) m"))


@case
def many_unions(spark):
    df = spark.range(1)
    for i in range(1, 40):
        df = df.union(spark.range(i, i + 1))
    return Ordered(df.sort("id"))


queries(__name__, "sql", [
    "select 1 union select 1 union all select 1",
    "select 1 union all select 2 union distinct select 2",
    "select * from values (1), (1), (2) t(x) intersect all select * from values (1), (1), (3) u(x)",
    "select * from values (1), (1), (2) t(x) except all select * from values (1) u(x)",
    "select * from values (1), (1), (2) t(x) minus select 1",
    "select 1 as a union select 2 intersect select 2",
    "(select 1 as a union all select 2) intersect select 2",
    "select id from people union all select floor from depts order by id nulls last",
    "select id as k from people union select floor from depts order by k desc limit 3",
    "select 1, 2 union select 1",
    "select 1 union select 'x'",
    "select 1 union select date'2020-01-01'",
    "select 1 as x union all select 2.5 union all select 1e0",
    "select cast('a' as char(3)) union all select 'b'",
    "select date'2020-01-01' union select timestamp'2020-01-01 00:00:00'",
    "select null union all select 'a'",
    "select array(1) union all select array(2L)",
    "select x from (select 1 as x union all select 2) where x > 1",
    "values (1, 'a'), (2, 'b') union all values (3, 'c')",
    "table depts union all select 'x', 'y', 1",
])
