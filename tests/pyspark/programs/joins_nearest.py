"""Joins by nearness: as-of joins and nearest-by joins."""

import datetime as dt

from pyspark.sql import functions as F
from kit import case, queries


def left(spark):
    return spark.createDataFrame([(1, "x", "a"), (5, "y", "b"), (10, "z", "c"), (None, "n", "d")], "a int, k string, lv string")


def right(spark):
    return spark.createDataFrame([(1, "v", 1), (2, "x", 2), (3, "y", 3), (6, "z", 6), (7, "w", 7), (None, "x", 9)], "a int, k string, rv int")


def as_of(spark, *args, **options):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, l.a, r.a, *args, **options).select(l.a, l.lv, r.a, r.rv)


def _as_of_cases():
    for how in ("inner", "left"):
        for direction in ("backward", "forward", "nearest"):
            for exact in (True, False):
                name = f"as_of_{how}_{direction}{'' if exact else '_not_equal'}"

                def run(spark, how=how, direction=direction, exact=exact):
                    return as_of(spark, None, how, direction=direction, allowExactMatches=exact)

                run.__name__ = name
                run.__module__ = __name__
                case(run)


_as_of_cases()


@case
def as_of_all_columns(spark):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, "a", "a")


@case
def as_of_on_column_name(spark):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, l.a, r.a, on="k", how="left")


@case
def as_of_on_list(spark):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, l.a, r.a, on=["k"], direction="nearest")


@case
def as_of_on_condition(spark):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, l.a, r.a, on=(l.k == r.k), how="leftouter")


@case
def as_of_tolerance(spark):
    return as_of(spark, None, "left", tolerance=F.lit(1))


@case
def as_of_tolerance_nearest(spark):
    return as_of(spark, None, "left", tolerance=F.lit(2), direction="nearest")


@case
def as_of_tolerance_forward_not_equal(spark):
    return as_of(spark, None, "inner", tolerance=F.lit(2), direction="forward", allowExactMatches=False)


@case
def as_of_ties(spark):
    l = spark.createDataFrame([(5,)], "t int")
    r = spark.createDataFrame([(3, "c"), (7, "a"), (3, "b")], "t int, v string")
    return l._joinAsOf(r, l.t, r.t, direction="nearest").select(l.t, r.t)


@case
def as_of_times(spark):
    day = lambda d, h: dt.datetime(2024, 1, d, h)
    l = spark.createDataFrame([(day(1, 5), 1), (day(2, 0), 2)], "t timestamp, x int")
    r = spark.createDataFrame([(day(1, 3), 10), (day(1, 6), 20), (day(1, 23), 30)], "t timestamp, y int")
    return l._joinAsOf(r, l.t, r.t, tolerance=F.expr("interval 3 hours"), direction="nearest", how="left")


@case
def as_of_dates_and_doubles(spark):
    l = spark.createDataFrame([(dt.date(2024, 1, 5), 1.5)], "t date, x double")
    r = spark.createDataFrame([(dt.date(2024, 1, 3), 1.0), (dt.date(2024, 1, 7), 2.25)], "t date, y double")
    return l._joinAsOf(r, l.t, r.t).unionByName(l._joinAsOf(r, l.x, r.y, direction="nearest"), allowMissingColumns=True)


@case
def as_of_mixed_types(spark):
    l = spark.createDataFrame([(5, 1)], "t int, x int")
    r = spark.createDataFrame([(4, 2)], "u bigint, y int")
    return l._joinAsOf(r, l.t, r.u)


@case
def as_of_self_join(spark):
    l = left(spark)
    return l.alias("l")._joinAsOf(l.alias("r"), F.col("l.a"), F.col("r.a"), allowExactMatches=False).select("l.a", "r.lv")


@case
def as_of_then_reference(spark):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, l.a, r.a).filter(r.rv > 2).select(l.k, r.k)


@case
def as_of_wrong_type(spark):
    return as_of(spark, None, "right")


@case
def as_of_wrong_type_full(spark):
    return as_of(spark, None, "outer")


@case
def as_of_wrong_direction(spark):
    return as_of(spark, None, "inner", direction="sideways")


@case
def as_of_negative_tolerance(spark):
    return as_of(spark, None, "inner", tolerance=F.lit(-1))


@case
def as_of_unknown_type(spark):
    return as_of(spark, None, "sideways")


@case
def as_of_on_missing_column(spark):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, l.a, r.a, on="lv")


@case
def as_of_keeps_what_is_not_null(spark):
    ids = spark.range(3)
    return ids._joinAsOf(ids.withColumnRenamed("id", "b"), "id", "b", how="left")


@case
def as_of_text(spark):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, l.k, r.k)


@case
def as_of_semi(spark):
    l, r = left(spark), right(spark)
    return l._joinAsOf(r, l.a, r.a, how="semi")


def nearest(spark, *args, **options):
    l, r = left(spark), right(spark)
    return l.nearestByJoin(r, F.abs(l.a - r.a), *args, **options)


@case
def nearest_by_exact(spark):
    return nearest(spark, 2, "exact", "distance")


@case
def nearest_by_left(spark):
    l, r = left(spark), right(spark)
    return l.nearestByJoin(r.filter("rv > 2"), F.abs(l.a - r.a), 1, "exact", "distance", joinType="left")


@case
def nearest_by_similarity(spark):
    l, r = left(spark), right(spark)
    return l.nearestByJoin(r, -F.abs(l.a - r.a), 1, "exact", "similarity", joinType="leftouter")


@case
def nearest_by_left_of_nothing(spark):
    l, r = left(spark), right(spark)
    return l.nearestByJoin(r.filter("rv > 100"), F.abs(l.a - r.a), 3, "approx", "distance", joinType="left")


@case
def nearest_by_approx(spark):
    return nearest(spark, 1, "approx", "distance")


@case
def nearest_by_more_than_there_are(spark):
    return nearest(spark, 100, "exact", "distance")


@case
def nearest_by_wrong_mode(spark):
    return nearest(spark, 1, "roughly", "distance")


@case
def nearest_by_wrong_direction(spark):
    return nearest(spark, 1, "exact", "far")


@case
def nearest_by_wrong_type(spark):
    return nearest(spark, 1, "exact", "distance", joinType="full")


@case
def nearest_by_zero(spark):
    return nearest(spark, 0, "exact", "distance")


@case
def nearest_by_too_many(spark):
    return nearest(spark, 100001, "exact", "distance")


@case
def nearest_by_unorderable(spark):
    l, r = left(spark), right(spark)
    return l.nearestByJoin(r, F.create_map(l.k, r.k), 1, "exact", "distance")


@case
def nearest_by_random_exact(spark):
    l, r = left(spark), right(spark)
    return l.nearestByJoin(r, F.rand(), 1, "exact", "distance").count()


@case
def nearest_by_same_names(spark):
    l = left(spark)
    return l.alias("l").nearestByJoin(l.alias("r"), F.abs(F.col("l.a") - F.col("r.a")), 1, "exact", "distance").select("l.a", "r.a", "r.lv")


queries(__name__, "nearest_sql", [
    "select l.id, r.id from range(3) l inner join range(1, 4) r exact nearest 1 by distance abs(l.id - r.id) order by 1, 2",
    "select l.id, r.id from range(3) l join range(1, 4) r approx nearest 2 by similarity l.id * r.id order by 1, 2",
    "select l.id, r.id from range(3) l left join range(0) r exact nearest by distance abs(l.id - r.id) order by 1, 2",
    "select l.id, r.id from range(3) l right join range(3) r exact nearest by distance abs(l.id - r.id)",
])
