"""Subqueries in expressions: of the row, in all the ways Spark takes them; and rows by chance."""

from pyspark.sql import functions as F
from kit import Ordered, case, queries

T = "with t as (select * from values (1, 10), (2, 20), (3, null), (4, 5) as t(a, b)), u as (select * from values (1, 100), (1, 200), (2, 50), (3, 7), (5, 1) as u(a, c)) "

queries(__name__, "correlated", [T + query for query in [
    "select a, (select max(c) from u where u.a<t.a) m from t order by a",
    "select a, (select count(*) from u where u.a<t.a) m from t order by a",
    "select a, (select count(*) from u where u.a=t.a) m from t order by a",
    "select a, (select c from u where u.a=t.a order by c desc limit 1) m from t order by a",
    "select a, (select c from u where u.a=t.a limit 1) m from t where a>1 order by a",
    "select a, (select first(c) from u where u.a=t.a) m from t where a>1 order by a",
    "select a, (select c from u where u.a=t.a) m from t where a>1 order by a",
    "select a, (select c from u where u.a=t.a) m from t order by a",
    "select a from t where b > (select avg(c) from u where u.a<>t.a) order by a",
    "select a from t where a > (select c from u where u.a=t.a order by c limit 1) order by a",
    "select a, (select sum(c) from u where u.a between t.a-1 and t.a+1) s from t order by a",
    "select a, (select t.a + t.b) s from t order by a",
    "select a, (select max(c)+t.b from u) s from t order by a",
    "select a, (select max(c+t.a) from u) s from t order by a",
    "select a, (select sum(c) from u where u.a=t.a group by u.a) s from t order by a",
    "select a, (select sum(c) from u where u.a=t.a having sum(c)>100) s from t order by a",
    "select a, (select count(*) from u where u.a=t.a having count(*)>1) s from t order by a",
    "select a, (select distinct a from u where u.a=t.a) s from t order by a",
    "select a, exists(select 1 from u where u.a>t.a) e from t order by a",
    "select a from t where exists(select 1 from u where u.a>t.a and u.c>60) order by a",
    "select a from t where not exists(select 1 from u where u.a=t.a) order by a",
    "select a from t where a in (select a from u where u.c>t.b) order by a",
    "select a from t where a not in (select a from u where u.c>50) order by a",
    "select a from t where a not in (select a from u where u.c>t.b) order by a",
    "select a from t where b not in (select c from u) order by a",
    "select a, a in (select a from u) i from t order by a",
    "select a, b in (select c from u union all select null) i from t order by a",
    "select a, (select max(c) from u where u.a=t.a and u.a in (select a from t)) i from t order by a",
    "select a, (select (select max(c) from u where u.a=t.a) ) i from t order by a",
    "select a, (select max(c) from u where u.a=(select max(a) from u u2 where u2.a<=t.a)) i from t order by a",
    "select a, (select max(c) from u join t t2 on u.a=t2.a where t2.a=t.a) i from t order by a",
    "select a, (select max(c) from (select c from u where u.a=t.a union all select t.b)) i from t order by a",
    "select a, (select max(c) from (select c from u where u.a=t.a order by c limit 1)) i from t order by a",
    "select a, (select sum(x) from (select explode(array(t.a, t.b)) x)) i from t order by a",
    "select a, (select row_number() over (order by c) from u where u.a=t.a and c=100) i from t where a=1 order by a",
    "select t.a, s.* from t, lateral (select max(c) m from u where u.a<t.a) s order by t.a",
    "select sum((select max(c) from u where u.a=t.a)) s from t",
    "select a, sum(b) from t group by a having sum(b) > (select min(c) from u where u.a = t.a) order by a",
    "select a from t order by (select max(c) from u where u.a=t.a), a",
    "select case when exists(select 1 from u where u.a=t.a) then 'y' else 'n' end r from t order by a",
    "select a, (select array_agg(c) from u where u.a<=t.a) r from t order by a",
    "select a, (select max(struct(c,a)) from u where u.a<=t.a) r from t order by a",
    "select * from t where (a,b) in (select a, c/10 from u) order by a",
    "select a, (select a from u limit 1) r from t order by a",
    "select a, (select max(t.b) from u) r from t order by a",
    "select a, (select sum(t.b + c) from u where u.a=t.a) r from t order by a",
    "select a, (select c from u where u.a=t.a and c=(select max(c) from u u2 where u2.a=t.a)) r from t order by a",
    "select a, (select b from t t2 where t2.a=t.a) r from t order by a",
    "select a, (select max(c) from u where u.a=t.a or u.a=t.a+1) r from t order by a",
    "select a, (select max(c) from u where u.a+1=t.a*2) r from t order by a",
    "select a, (select count(c) from u where u.c>t.b) r from t order by a",
    "select a, (select count(c)+1 from u where u.a=t.a) r from t order by a",
    "select a, coalesce((select count(c) from u where u.a=t.a and false),7) r from t order by a",
    "select a, (select max(c) from u left join t t2 on u.a=t2.a and t2.a=t.a) r from t order by a",
    "select a, (select max(c) from u full join t t2 on u.a=t2.a where u.a=t.a) r from t order by a",
    "select explode(array(a,b)), explode(array(1,2)) from t",
    "select a, (select 1 from u where u.a=t.a and c > 100) r from t order by a",
    "select a, (select sum(c) over () from u where u.a=t.a limit 1) r from t order by a",
    "select a,(select any_value(c) from u where u.a>t.a and c<60) r from t order by a",
    "select t.a from t left join u on t.a=u.a and u.c>(select min(c) from u) order by t.a",
    "select t.a from t join u on t.a=u.a and exists(select 1 from u u2 where u2.c=u.c+100) order by t.a",
    "select a, (select max(c) from u where u.a=t.a)+(select min(c) from u where u.a<t.a) r from t order by a",
]])


@case
def a_sample(spark):
    return Ordered(spark.range(0, 40, 1, 3).sample(fraction=0.5, seed=3))


@case
def a_sample_with_replacement(spark):
    return Ordered(spark.range(0, 40, 1, 3).sample(True, 0.7, seed=5))


@case
def a_sample_with_many_copies(spark):
    return Ordered(spark.range(0, 6, 1, 2).sample(True, 3.5, seed=11))


@case
def none_with_replacement(spark):
    return spark.range(0, 6, 1, 2).sample(True, 0.0, seed=11)


@case
def strata(spark):
    keys = spark.range(0, 100, 1, 5).select((F.col("id") % 3).alias("key"), "id")
    return Ordered(keys.sampleBy("key", fractions={0: 0.1, 1: 0.2}, seed=0))


@case
def numbers_by_partition(spark):
    return Ordered(spark.range(0, 9, 1, 3).select("id", F.rand(7).alias("r"), F.randn(7).alias("n")))


@case
def filtered_by_chance(spark):
    return Ordered(spark.range(0, 20, 1, 4).where(F.rand(1) < 0.4))


@case
def split_by_chance(spark):
    parts = spark.range(0, 30, 1, 2).randomSplit([1.0, 2.0], seed=9)
    return [[row.id for row in part.collect()] for part in parts]


@case
def letters_by_partition(spark):
    return Ordered(spark.range(0, 6, 1, 2).selectExpr("id", "randstr(5, 3) as t", "uniform(0, 100, 3) as u"))


@case
def distinct_rows(spark):
    df = spark.createDataFrame([(14, "Tom", "M"), (23, "Alice", "F"), (23, "Alice", "F"), (14, "Tom", None)], ["age", "name", "gender"])
    return Ordered(df.distinct())


@case
def groups_in_order(spark):
    df = spark.createDataFrame([(k, v) for v, k in enumerate("the quick brown fox jumps over the lazy dog".split())], ["w", "n"])
    return Ordered(df.groupBy("w").agg(F.sum("n").alias("s")))


@case
def first_groups(spark):
    return Ordered(spark.createDataFrame([(i % 7, i) for i in range(30)], ["k", "v"]).groupBy("k").count().limit(3))


@case
def groups_of_two_keys(spark):
    df = spark.createDataFrame([(i % 2, float(i % 3), i) for i in range(12)], ["a", "b", "v"])
    return Ordered(df.groupBy("a", "b").agg(F.max("v").alias("m")).where("m > 2").select("m", "a"))


@case
def distinct_of_a_limit(spark):
    return Ordered(spark.range(0, 20, 1, 2).selectExpr("id % 5 as k").limit(12).distinct())
