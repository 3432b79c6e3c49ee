"""Sketches: of distinct values, of quantiles, of frequent items and of keys with summaries."""

from pyspark.sql import functions as F
from kit import case, queries

N = "(select id % 700 as x, cast(id % 5 as string) g, id % 11 as y from range(5000))"
V = "values (1, 'a', 1.5D), (2, 'b', 2.5D), (2, 'b', 2.5D), (null, null, null), (3, 'c', 4.0D) t(i, s, d)"

queries(__name__, "hll", [
    f"select hll_sketch_estimate(hll_sketch_agg(i)), hll_sketch_estimate(hll_sketch_agg(s)) from {V}",
    f"select hex(hll_sketch_agg(i, 4)), hex(hll_sketch_agg(s, 12)) from {V}",
    f"select hll_sketch_estimate(hll_sketch_agg(x)), hll_sketch_estimate(hll_sketch_agg(x, 8)) from {N}",
    f"select g, hll_sketch_estimate(hll_sketch_agg(x, 10)) e from {N} group by g order by g",
    f"select hll_sketch_estimate(hll_union_agg(k)) from (select g, hll_sketch_agg(x) k from {N} group by g)",
    f"select hll_sketch_estimate(hll_union(hll_sketch_agg(i), hll_sketch_agg(i + 10))) from {V}",
    f"select hll_sketch_estimate(hll_union(hll_sketch_agg(i, 8), hll_sketch_agg(i, 12), true)) from {V}",
    f"select hll_union(hll_sketch_agg(i, 8), hll_sketch_agg(i, 12)) from {V}",
    f"select hll_sketch_agg(i, 3) from {V}",
    f"select hll_sketch_agg(i, 22) from {V}",
    f"select hll_sketch_agg(d) from {V}",
    "select hll_sketch_estimate(x'00112233')",
    "select hll_sketch_estimate(cast(null as binary))",
    f"select hll_sketch_estimate(hll_sketch_agg(i)) from {V} where i > 5",
    f"select hll_sketch_estimate(hll_sketch_agg(i) filter (where i > 1)) from {V}",
])

queries(__name__, "theta", [
    f"select theta_sketch_estimate(theta_sketch_agg(i)), theta_sketch_estimate(theta_sketch_agg(s, 10)) from {V}",
    f"select hex(theta_sketch_agg(i)) from {V}",
    f"select theta_sketch_estimate(theta_sketch_agg(x)) from {N}",
    f"select g, theta_sketch_estimate(theta_sketch_agg(x, 6)) e from {N} group by g order by g",
    f"select theta_sketch_estimate(theta_union(theta_sketch_agg(i), theta_sketch_agg(i + 1))) from {V}",
    f"select theta_sketch_estimate(theta_intersection(theta_sketch_agg(i), theta_sketch_agg(i + 1))) from {V}",
    f"select theta_sketch_estimate(theta_difference(theta_sketch_agg(i), theta_sketch_agg(i + 1))) from {V}",
    f"select theta_sketch_estimate(theta_union_agg(k)), theta_sketch_estimate(theta_intersection_agg(k)) from (select g, theta_sketch_agg(x) k from {N} group by g)",
    f"select theta_sketch_agg(i, 3) from {V}",
    "select theta_sketch_estimate(x'00112233')",
])

queries(__name__, "kll", [
    f"select kll_sketch_get_n_bigint(kll_sketch_agg_bigint(i)), kll_sketch_get_n_double(kll_sketch_agg_double(d)) from {V}",
    f"select kll_sketch_get_quantile_bigint(kll_sketch_agg_bigint(i), 0.5), kll_sketch_get_quantile_double(kll_sketch_agg_double(d), 0.9) from {V}",
    f"select kll_sketch_get_rank_bigint(kll_sketch_agg_bigint(i), 2), kll_sketch_get_rank_double(kll_sketch_agg_double(d), 2.5D) from {V}",
    f"select kll_sketch_get_quantile_bigint(kll_sketch_agg_bigint(i), array(0.0, 0.5, 1.0)) from {V}",
    f"select kll_sketch_get_quantile_float(kll_sketch_agg_float(cast(d as float)), 0.5) from {V}",
    f"select kll_sketch_get_n_bigint(kll_sketch_merge_bigint(kll_sketch_agg_bigint(i), kll_sketch_agg_bigint(i))) from {V}",
    f"select kll_sketch_get_n_bigint(kll_merge_agg_bigint(k)) from (select s, kll_sketch_agg_bigint(i) k from {V} group by s)",
    f"select kll_sketch_get_quantile_bigint(kll_sketch_agg_bigint(i), 1.5) from {V}",
    f"select kll_sketch_agg_bigint(i, 5) from {V}",
    f"select kll_sketch_agg_bigint(s) from {V}",
    "select kll_sketch_get_n_bigint(x'00112233')",
])

queries(__name__, "frequent", [
    "select approx_top_k(x) from values ('a'), ('b'), ('a'), ('c'), ('a'), ('b'), (null) t(x)",
    "select approx_top_k(x, 1) from values ('a'), ('b'), ('a'), ('c'), ('a'), ('b') t(x)",
    "select approx_top_k(x, 2, 10) from values (7), (8), (7), (9), (9), (9) t(x)",
    "select approx_top_k(x, 2) from values (date'2020-01-01'), (date'2021-01-01'), (date'2020-01-01') t(x)",
    "select approx_top_k(x, 2) from values (true), (false), (true) t(x)",
    "select approx_top_k(x, 2) from values (1.5D), (2.5D), (1.5D) t(x)",
    "select approx_top_k(x, 2) from values (1.50), (2.50), (1.50) t(x)",
    "select approx_top_k_estimate(approx_top_k_accumulate(x), 2) from values (7), (8), (7), (9), (9), (9) t(x)",
    "select approx_top_k_estimate(approx_top_k_combine(k), 2) from (select approx_top_k_accumulate(x) k from values (7), (8), (7) t(x) union all select approx_top_k_accumulate(x) from values (8), (8), (9) u(x))",
    "select approx_top_k(x, 0) from values (1) t(x)",
    "select approx_top_k(x, 5, 2) from values (1) t(x)",
    "select approx_top_k(x, null) from values (1) t(x)",
    "select approx_top_k(x, 2) from values (array(1)) t(x)",
])

queries(__name__, "tuple", [
    f"select tuple_sketch_estimate_double(tuple_sketch_agg_double(i, d)), tuple_sketch_summary_double(tuple_sketch_agg_double(i, d)) from {V}",
    f"select tuple_sketch_estimate_integer(tuple_sketch_agg_integer(s, i)), tuple_sketch_summary_integer(tuple_sketch_agg_integer(s, i)) from {V}",
    f"select tuple_sketch_estimate_double(tuple_union_double(tuple_sketch_agg_double(i, d), tuple_sketch_agg_double(i + 1, d))) from {V}",
    f"select tuple_sketch_summary_double(tuple_intersection_double(tuple_sketch_agg_double(i, d), tuple_sketch_agg_double(i + 1, d))) from {V}",
    f"select tuple_sketch_estimate_double(tuple_difference_double(tuple_sketch_agg_double(i, d), tuple_sketch_agg_double(i + 1, d))) from {V}",
    "select tuple_sketch_estimate_double(x'00112233')",
])


@case
def frame_of_sketches(spark):
    df = spark.range(3000).withColumn("g", F.col("id") % 3).groupBy("g")
    k = df.agg(F.hll_sketch_agg(F.col("id") % 100).alias("k"))
    return k.select("g", F.hll_sketch_estimate("k").alias("n")).orderBy("g")


@case
def union_of_sketches(spark):
    k = spark.range(1000).groupBy((F.col("id") % 4).alias("g")).agg(F.hll_sketch_agg("id").alias("k"))
    return k.agg(F.hll_sketch_estimate(F.hll_union_agg("k")).alias("n"))
