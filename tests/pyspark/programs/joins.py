"""Joins of every type, and the names that come out of them."""

from pyspark.sql import functions as F
from kit import case, _add, queries

TYPES = ["inner", "left", "right", "outer", "full", "leftouter", "left_outer", "rightouter",
         "fullouter", "semi", "leftsemi", "left_semi", "anti", "leftanti", "left_anti"]

for join_type in TYPES:
    _add(__name__, f"on_condition_{join_type}", lambda spark, how=join_type: _on_condition(spark, how))
    _add(__name__, f"using_name_{join_type}", lambda spark, how=join_type: spark.table("people").select("id", "dept").join(spark.table("depts"), "dept", how))


def _on_condition(spark, how):
    p, d = spark.table("people").select("id", "dept"), spark.table("depts")
    return p.join(d, p.dept == d.dept, how)


@case
def cross(spark):
    return spark.range(2).crossJoin(spark.range(3))


@case
def cross_by_how(spark):
    return spark.range(2).join(spark.range(2).toDF("b"), how="cross")


@case
def inner_without_condition(spark):
    return spark.range(2).join(spark.range(2).toDF("b"))


@case
def unknown_type(spark):
    return spark.range(2).join(spark.range(2), "id", "sideways")


@case
def using_two_names(spark):
    a = spark.createDataFrame([(1, "x", 1), (2, "y", 2)], "a int, b string, c int")
    b = spark.createDataFrame([(1, "x", 9), (2, "z", 8)], "A int, B string, d int")
    return a.join(b, ["a", "b"], "full")


@case
def using_in_another_case(spark):
    return spark.table("people").join(spark.table("depts"), "DEPT").select("*")


@case
def using_then_each_sides_key(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, "dept", "full").select("dept", p.dept, d.dept)


@case
def using_right_key_is_the_right_sides(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, "dept", "right").select("id", "dept", "boss")


@case
def using_missing_name(spark):
    return spark.table("people").join(spark.table("depts"), "id")


@case
def using_ambiguous_name(spark):
    a = spark.range(1).select("id", F.col("id").alias("id"))
    return a.join(spark.range(1), "id")


@case
def ambiguous_after_join(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept == d.dept).select("dept")


@case
def sides_by_dataframe(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept == d.dept).select(p["dept"], d["dept"].alias("other"), d.boss, "floor")


@case
def join_then_filter_by_side(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept == d.dept, "left").filter(d.dept.isNull()).select(p.id)


@case
def join_condition_list(spark):
    a = spark.createDataFrame([(1, 2), (3, 4)], ["x", "y"])
    b = spark.createDataFrame([(1, 2), (3, 5)], ["u", "v"])
    return a.join(b, [a.x == b.u, a.y == b.v])


@case
def non_equi(spark):
    a, b = spark.range(3).toDF("a"), spark.range(3).toDF("b")
    return a.join(b, a.a < b.b)


@case
def left_with_extra_condition(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, (p.dept == d.dept) & (d.floor > 2), "left").select(p.id, d.boss)


@case
def null_safe(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept.eqNullSafe(d.dept)).select(p.id, d.boss)


@case
def keys_of_two_types(spark):
    a = spark.createDataFrame([(1,), (2,)], "k int")
    b = spark.createDataFrame([("1",), ("3",)], "k string")
    return a.join(b, a.k == b.k)


@case
def using_keys_of_two_types(spark):
    a = spark.createDataFrame([(1,), (2,)], "k int")
    b = spark.createDataFrame([(1,), (3,)], "k long")
    return a.join(b, "k", "full")


@case
def join_on_nan(spark):
    a = spark.createDataFrame([(float("nan"),), (0.0,)], "k double")
    b = spark.createDataFrame([(float("nan"),), (-0.0,)], "k double")
    return a.join(b, a.k == b.k).select(b.k.isNull(), a.k)


@case
def condition_not_boolean(spark):
    a, b = spark.range(1).toDF("a"), spark.range(1).toDF("b")
    return a.join(b, a.a + b.b)


@case
def self_join_by_alias(spark):
    p = spark.table("people")
    a, b = p.alias("a"), p.alias("b")
    return a.join(b, F.col("a.age") == F.col("b.age")).where("a.id < b.id").select("a.id", "b.id", F.col("b.name"))


@case
def self_join_same_frame(spark):
    p = spark.table("people")
    return p.join(p, p.id == p.id)


@case
def self_join_derived(spark):
    p = spark.table("people")
    q = p.filter("age > 20")
    return p.join(q, p.id == q.id).select(p.id, q.age)


@case
def self_join_select_ambiguous_frame_column(spark):
    p = spark.table("people")
    q = p.select("id", "age")
    return p.join(q, p.id == q.id).select(p["age"])


@case
def self_join_using(spark):
    p = spark.table("people")
    return p.select("id", "age").join(p.select("id", "name"), "id")


@case
def self_join_two_reads(spark):
    a, b = spark.table("people"), spark.table("people")
    return a.join(b, a.id == b.age).select(a.id, b.id)


@case
def three_way(spark):
    p, d, r = spark.table("people"), spark.table("depts"), spark.range(4).toDF("floor")
    return p.join(d, "dept").join(r, "floor").select("id", "dept", "floor", "boss")


@case
def column_of_a_frame_outside(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.select(d["boss"])


@case
def join_then_rename_then_frame_column(spark):
    p, d = spark.table("people"), spark.table("depts")
    j = p.join(d, p.dept == d.dept)
    return j.withColumn("x", p.id + 1).select("x", p.name)


@case
def frame_column_through_aggregate(spark):
    p = spark.table("people")
    g = p.groupBy("dept").agg(F.max("age").alias("oldest"))
    return p.join(g, (p.dept == g.dept) & (p.age == g.oldest)).select(p.name, g.oldest)


@case
def semi_hides_the_right_side(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept == d.dept, "semi").select("id", "dept")


@case
def semi_right_column_is_gone(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept == d.dept, "semi").select(d.boss)


@case
def broadcast_hint(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(F.broadcast(d), "dept").select("id", "boss")


@case
def join_output_has_duplicate_names(spark):
    a, b = spark.range(2), spark.range(2)
    return a.join(b, a.id == b.id).columns


@case
def join_after_union(spark):
    a = spark.range(2).union(spark.range(1, 3))
    b = spark.range(3).withColumn("v", F.col("id") * 10)
    return a.join(b, a.id == b.id, "left").select(a.id, b.v)


queries(__name__, "sql", [
    "select p.id, d.boss from people p join depts d on p.dept = d.dept",
    "select p.id, d.boss from people p left join depts d using (dept)",
    "select * from people p join depts d using (dept)",
    "select * from (select id, dept from people) natural join depts",
    "select * from (select 1 a) natural join (select 2 b)",
    "select dept, p.dept, d.dept from people p full join depts d using (dept)",
    "select p.id, d.boss from people p, depts d where p.dept = d.dept",
    "select count(*) from people, depts",
    "select count(*) from people cross join depts",
    "select p.id from people p left semi join depts d on p.dept = d.dept",
    "select p.id from people p left anti join depts d on p.dept = d.dept",
    "select p.id from people p anti join depts d on p.dept = d.dept",
    "select d.boss, p.id from people p right outer join depts d on p.dept = d.dept and p.age > 30",
    "select a.id, b.id from people a join people b on a.age = b.age and a.id < b.id",
    "select dept from people p join depts d on p.dept = d.dept",
    "select p.*, d.floor from people p join depts d on p.dept = d.dept where d.floor is not null",
    "select * from people p join depts d on p.nope = d.dept",
    "select a.x, b.y from (values (1), (2)) as a(x) join (values (2, 'b'), (3, 'c')) as b(x, y) on a.x = b.x",
    "select * from people p join lateral (select d.boss from depts d where d.dept = p.dept)",
    "select p.id, l.boss from people p left join lateral (select d.boss from depts d where d.dept = p.dept) l on true",
    "select * from range(3) a inner join range(2, 5) b on a.id = b.id",
])
