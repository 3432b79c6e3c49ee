"""Right sides that are computed for each row of the left."""

from pyspark.sql import functions as F
from kit import case, queries

S = "values (1, 10), (1, 11), (2, 20), (null, 30) s(k, b)"
T = "values (1), (2), (3), (null) t(a)"

queries(__name__, "lateral", [
    f"select * from {T}, lateral (select b from {S} where s.k = t.a order by b desc limit 1)",
    f"select * from {T}, lateral (select b from {S} where s.k <=> t.a order by b offset 1)",
    f"select * from {T}, lateral (select t.a + 1 as c)",
    f"select * from {T}, lateral (select sum(b) s from {S} where s.k = t.a)",
    f"select * from {T}, lateral (select count(*) c, count(b) + 1 d, max(b) m, collect_list(b) l from {S} where s.k = t.a)",
    f"select * from {T}, lateral (select k, count(*) c from {S} where s.k >= t.a group by k)",
    f"select * from {T} left join lateral (select b from {S} where s.k = t.a) on true",
    f"select * from {T} left join lateral (select b from {S} where s.k = t.a) x on x.b > 10",
    f"select * from {T} join lateral (select b from {S} where s.k = t.a) x on x.b > 10",
    f"select * from {T}, lateral (select t.a * b c from {S})",
    f"select * from {T}, lateral (select distinct k, t.a from {S} where k is not null)",
    f"select * from {T}, lateral (select t.a as v union all select t.a * 10)",
    f"select * from {T}, lateral (select a as v union select 7)",
    f"select * from {T}, lateral (select b, row_number() over (order by b desc) n from {S} where s.k <= t.a)",
    f"select * from {T}, lateral (select x.b, y.b c from {S} join {S.replace(' s(', ' y(').replace('s.', 'y.')} on s.k = y.k and s.b < t.a * 11)".replace("x.b", "s.b"),
    f"select * from {T}, lateral (select * from (select 1 as one) u left join (select b from {S} where s.k = t.a) v on true)",
    f"select * from {T}, lateral (select t.a as x), lateral (select x + 1 as y)",
    f"select * from {T}, lateral (select * from lateral_inner)".replace("lateral_inner", "(select t.a aa) i, lateral (select i.aa + 1 bb)"),
    "select * from values (array(1, 2)), (array(3)), (null) t(a), lateral (select x + 1 from explode(t.a) e(x))",
    "select * from values (array(1, 2)), (array(3)), (null) t(a) left join lateral (select x from explode(t.a) e(x)) on true",
    "select * from values (1, 'a'), (2, 'b') t(a, n), lateral (select max(b) from values (1, 10) s(k, b) where s.k = t.a having max(b) > t.a)",
    "select t.a, x.* from values (1), (2) t(a), lateral (select a, a as b from values (1), (5) q(a) where q.a > t.a) x",
    "select * from values (1), (2) t(a), lateral (select nope from values (1) s(k))",
    "select * from values (1), (2) t(a) right join lateral (select t.a) on true",
])


@case
def explode_of_outer(spark):
    df = spark.createDataFrame([(1, [("p", 2), ("q", 3)]), (2, [("r", 4)])], "id int, items array<struct<n: string, c: int>>")
    return df.lateralJoin(spark.tvf.explode(F.col("items").outer()).select("col.*")).select("id", "n", "c")


@case
def newest_of_each(spark):
    left = spark.createDataFrame([(1, "Ann"), (2, "Bob"), (3, "Cid")], "id int, name string").alias("l")
    right = spark.createDataFrame([(1, 5), (1, 7), (1, 9), (2, 4)], "id int, at int").alias("r")
    newest = right.where(F.col("r.id") == F.col("l.id").outer()).select("at").orderBy(F.col("at").desc()).limit(2)
    return left.lateralJoin(newest, how="left")
