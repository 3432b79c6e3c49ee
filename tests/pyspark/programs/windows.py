"""Window functions and frames."""

from pyspark.sql import Window, functions as F
from kit import case, queries

BY_DEPT = Window.partitionBy("dept").orderBy("id")


@case
def ranking(spark):
    w = Window.partitionBy("dept").orderBy("age")
    return spark.table("people").select("id", F.row_number().over(BY_DEPT), F.rank().over(w), F.dense_rank().over(w).alias("d"), F.percent_rank().over(w).alias("p"), F.cume_dist().over(w).alias("c"), F.ntile(2).over(BY_DEPT).alias("n"))


@case
def lag_and_lead(spark):
    w = Window.orderBy("id")
    return spark.table("people").select("id", F.lag("age").over(w).alias("a"), F.lag("age", 2, -1).over(w).alias("b"), F.lead("name").over(w).alias("c"), F.lead("id", 1, 0).over(w).alias("d"))


@case
def default_frame_with_ties(spark):
    w = Window.orderBy("age")
    return spark.table("people").select("id", F.sum("id").over(w).alias("s"), F.count("*").over(w).alias("n"), F.last("id").over(Window.orderBy("age", "id")).alias("l"))


@case
def whole_partition(spark):
    w = Window.partitionBy("dept")
    return spark.table("people").select("id", F.sum("salary").over(w).alias("s"), F.avg("age").over(w).alias("a"), F.max("name").over(w).alias("m"))


@case
def rows_frames(spark):
    w = Window.orderBy("id")
    return spark.table("people").select(
        "id", F.sum("id").over(w.rowsBetween(-1, 1)).alias("a"), F.sum("id").over(w.rowsBetween(Window.unboundedPreceding, 0)).alias("b"),
        F.sum("id").over(w.rowsBetween(1, 2)).alias("c"), F.sum("id").over(w.rowsBetween(Window.currentRow, Window.unboundedFollowing)).alias("d"))


@case
def range_frames(spark):
    w = Window.orderBy("age")
    return spark.table("people").filter("age is not null").select("id", F.count("*").over(w.rangeBetween(-6, 0)).alias("a"), F.count("*").over(w.rangeBetween(0, Window.unboundedFollowing)).alias("b"))


@case
def first_and_last_ignore_nulls(spark):
    w = Window.orderBy("id").rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    return spark.table("people").select("id", F.first("dept", True).over(w).alias("f"), F.last("age", True).over(w).alias("l"), F.nth_value("name", 2).over(w).alias("n"))


@case
def descending_and_nulls(spark):
    w = Window.orderBy(F.desc_nulls_first("age"), "id")
    return spark.table("people").select("id", F.row_number().over(w).alias("n"))


@case
def over_an_expression(spark):
    w = Window.partitionBy(F.col("id") % 2).orderBy(-F.col("id"))
    return spark.table("people").select("id", (F.row_number().over(w) + 100).alias("n"))


@case
def filter_on_a_window(spark):
    w = Window.partitionBy("dept").orderBy(F.desc("salary"), "id")
    return spark.table("people").withColumn("n", F.row_number().over(w)).filter("n = 1").select("id", "dept")


@case
def window_inside_filter(spark):
    return spark.table("people").filter(F.row_number().over(BY_DEPT) == 1)


@case
def rank_without_order(spark):
    return spark.table("people").select(F.rank().over(Window.partitionBy("dept")))


@case
def row_number_without_window(spark):
    return spark.table("people").select(F.row_number())


@case
def names_of_windows(spark):
    w = Window.partitionBy("dept").orderBy(F.desc("age"))
    return spark.table("people").select(F.sum("id").over(w), F.count("*").over(w.rowsBetween(-1, 0)), F.max("id").over(Window.partitionBy())).limit(1)


@case
def window_over_aggregate(spark):
    g = spark.table("people").groupBy("dept").agg(F.count("*").alias("n"))
    return g.select("dept", F.rank().over(Window.orderBy(F.desc("n"))).alias("r"), F.sum("n").over(Window.partitionBy()).alias("t"))


queries(__name__, "sql", [
    "select id, sum(age) over (partition by dept order by id) from people",
    "select id, row_number() over w, sum(id) over w from people window w as (partition by dept order by id)",
    "select id, rank() over (order by age desc nulls last) r from people",
    "select id, count(*) over (order by id rows between 1 preceding and 1 following) n from people",
    "select id, sum(id) over (order by id rows 2 preceding) n from people",
    "select id, sum(id) over (order by age range between 5 preceding and current row) n from people where age is not null",
    "select id, max(d) over (order by d range between interval 1 day preceding and current row) n from times where d is not null",
    "select dept, sum(count(*)) over () n, count(*) c from people group by dept",
    "select dept, rank() over (order by sum(salary) desc) r from people group by dept",
    "select id from people qualify row_number() over (partition by dept order by id) = 1",
    "select id, lag(age, 1, 0) over (order by id) n, lead(age) ignore nulls over (order by id) m from people",
    "select id, first_value(age) ignore nulls over (order by id) n, last_value(dept) respect nulls over (order by id) m from people",
    "select id, row_number() over (partition by dept) + rank() over (order by id) n from people where id = 1",
    "select id, sum(age) over (rows between 1 following and 1 preceding) from people",
    "select row_number() over () from people", "select sum(row_number() over (order by id)) from people", "select id from people where rank() over (order by id) = 1",
    "select count(distinct age) over (partition by dept) from people", "select id, ntile(3) over (order by id) n, percent_rank() over (order by id) p, cume_dist() over (order by age) c from people",
])
