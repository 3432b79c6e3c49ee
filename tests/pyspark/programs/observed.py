"""Observed metrics: values computed while rows pass by."""

from pyspark.sql import Observation, functions as F
from kit import case


@case
def one_observation(spark):
    seen = Observation("stats")
    df = spark.table("people").observe(seen, F.count(F.lit(1)).alias("rows"), F.max("age").alias("oldest"))
    rows = df.count()
    return [rows, seen.get]


@case
def observed_by_collect(spark):
    seen = Observation()
    df = spark.table("people").observe(seen, F.sum("salary").alias("total"), F.avg("age").alias("mean"), F.min("born").alias("first"), F.collect_list("name").alias("names"))
    df.collect()
    return seen.get


@case
def observed_of_no_rows(spark):
    seen = Observation()
    spark.range(0).observe(seen, F.count(F.lit(1)).alias("n"), F.sum("id").alias("s")).collect()
    return seen.get


@case
def several_observations(spark):
    first, second = Observation("before"), Observation("after")
    df = spark.range(10).observe(first, F.count(F.lit(1)).alias("n"))
    df = df.filter("id > 3").observe(second, F.count(F.lit(1)).alias("n"), F.sum("id").alias("s"))
    df.groupBy().sum("id").collect()
    return [first.get, second.get]


@case
def observed_beneath_a_join(spark):
    left, right = Observation("l"), Observation("r")
    a = spark.range(6).observe(left, F.count(F.lit(1)).alias("n"))
    b = spark.range(3).observe(right, F.max("id").alias("m"))
    rows = sorted(r[0] for r in a.join(b, "id").collect())
    return [rows, left.get, right.get]


@case
def observed_by_name_alone(spark):
    return spark.range(3).observe("named", F.count(F.lit(1)).alias("n")).orderBy("id")


@case
def observed_struct(spark):
    seen = Observation()
    spark.table("people").observe(seen, F.struct(F.min("id").alias("lo"), F.max("id").alias("hi")).alias("ends"), F.count_if(F.col("age").isNull()).alias("unknown")).collect()
    got = seen.get
    return [list(got["ends"]), got["unknown"]]


@case
def observed_beneath_distinct(spark):
    seen = Observation()
    spark.range(4).selectExpr("id % 2 as k").observe(seen, F.count(F.lit(1)).alias("n")).distinct().collect()
    return seen.get


@case
def observed_by_show(spark):
    from kit import printed
    seen = Observation()
    df = spark.range(3).observe(seen, F.count(F.lit(1)).alias("n"))
    return [printed(lambda: df.show()), seen.get]


@case
def observed_twice(spark):
    seen = Observation("again")
    df = spark.range(3).observe(seen, F.count(F.lit(1)).alias("n"))
    df.collect()
    df.collect()
    return seen.get


@case
def observed_by_write(spark):
    seen = Observation()
    df = spark.range(5).observe(seen, F.count(F.lit(1)).alias("n"))
    df.write.format("noop").mode("overwrite").save()
    return seen.get


@case
def observe_without_aggregate(spark):
    return spark.range(3).observe("m", F.col("id").alias("x"))


@case
def observe_mixed(spark):
    return spark.range(3).observe("m", (F.col("id") + F.count(F.lit(1))).alias("x"))


@case
def observe_window(spark):
    from pyspark.sql import Window
    return spark.range(3).observe("m", F.count("id").over(Window.partitionBy()).alias("x"))


@case
def observe_distinct_aggregate(spark):
    return spark.range(3).observe("m", F.count_distinct("id").alias("x"))


@case
def observe_nested_aggregate(spark):
    return spark.range(3).observe("m", F.sum(F.max("id")).alias("x"))


@case
def observe_nondeterministic(spark):
    return spark.range(3).observe("m", F.max(F.rand()).alias("x"))


@case
def observe_literal(spark):
    seen = Observation()
    spark.range(3).observe(seen, F.lit(5).alias("five"), F.count(F.lit(1)).alias("n")).collect()
    return seen.get


@case
def observe_without_alias(spark):
    seen = Observation()
    spark.range(3).observe(seen, F.sum("id"), F.count("*")).collect()
    return seen.get


@case
def two_observations_of_one_name(spark):
    df = spark.range(3).observe("same", F.sum("id").alias("a"))
    return df.observe("same", F.count(F.lit(1)).alias("b"))


@case
def observe_without_metrics(spark):
    return spark.range(3).observe("m")
