"""Grouping and aggregate functions."""

from pyspark.sql import functions as F
from kit import case, queries, Ordered


@case
def group_by_one(spark):
    return spark.table("people").groupBy("dept").agg(F.count("*"), F.sum("age"), F.avg("age"), F.min("name"), F.max("salary"))


@case
def group_by_shortcuts(spark):
    g = spark.table("people").groupBy("dept")
    return g.count()


@case
def group_by_sum_all_numeric(spark):
    return spark.table("people").groupBy("dept").sum()


@case
def group_by_avg_named(spark):
    return spark.table("people").groupBy("dept").avg("age", "salary")


@case
def group_by_max_min_mean(spark):
    p = spark.table("people")
    return p.groupBy("dept").max("age").union(p.groupBy("dept").min("age"))


@case
def group_by_shortcut_of_text(spark):
    return spark.table("people").groupBy("dept").sum("name")


@case
def agg_dict(spark):
    return spark.table("people").groupBy("dept").agg({"age": "max", "*": "count"})


@case
def global_agg(spark):
    return spark.table("people").agg(F.sum("salary"), F.avg("salary"), F.count("name"), F.countDistinct("age"))


@case
def agg_of_nothing(spark):
    return spark.range(0).agg(F.sum("id"), F.count("id"), F.max("id"), F.avg("id"))


@case
def grouped_agg_of_nothing(spark):
    return spark.range(0).groupBy("id").agg(F.count("*"))


@case
def group_by_expression(spark):
    p = spark.table("people")
    return p.groupBy((p.age / 10).cast("int").alias("decade")).count()


@case
def group_by_expression_without_alias(spark):
    p = spark.table("people")
    return p.groupBy(p.age % 2, F.upper("dept")).agg(F.sum("id").alias("s"))


@case
def group_by_nothing(spark):
    return spark.table("people").groupBy().count()


@case
def group_by_ordinal_in_frame(spark):
    return spark.table("people").select("dept", "age").groupBy(1).count()


@case
def group_by_null_and_nan(spark):
    df = spark.createDataFrame([(float("nan"),), (float("nan"),), (None,), (0.0,), (-0.0,)], "k double")
    return df.groupBy("k").count()


@case
def group_by_two(spark):
    return Ordered(spark.table("people").groupBy("dept", "age").count().orderBy("dept", "age"))


@case
def having_by_filter(spark):
    return spark.table("people").groupBy("dept").agg(F.count("*").alias("n")).filter("n > 1")


@case
def sort_by_an_aggregate(spark):
    return Ordered(spark.table("people").groupBy("dept").agg(F.sum("salary").alias("s")).sort(F.desc("s"), "dept"))


@case
def expressions_over_aggregates(spark):
    return spark.table("people").groupBy("dept").agg((F.sum("salary") / F.count("*")).alias("mean"), F.sum("age") + 1, F.max("age") - F.min("age"))


@case
def aggregate_of_expression_names(spark):
    return spark.table("people").agg(F.sum(F.col("age") * 2), F.sum(F.col("salary").cast("double")), F.max(F.upper("name")))


@case
def grouping_column_in_an_expression(spark):
    return spark.table("people").groupBy("dept").agg(F.concat(F.col("dept"), F.lit("-"), F.count("*").cast("string")).alias("x"))


@case
def missing_aggregation(spark):
    return spark.table("people").groupBy("dept").agg(F.col("age"))


@case
def nested_aggregate(spark):
    return spark.table("people").agg(F.sum(F.max("age")))


@case
def aggregate_in_filter(spark):
    return spark.table("people").filter(F.sum("age") > 3)


@case
def group_by_missing_column(spark):
    return spark.table("people").groupBy("nope").count()


@case
def distinct_aggregates(spark):
    return spark.table("people").agg(F.countDistinct("dept", "age"), F.sum_distinct("age"), F.count_distinct("dept"))


@case
def types_of_sum(spark):
    return spark.table("numbers").filter("i = 100 or i = 0").agg(*[F.sum(c) for c in ["b", "s", "i", "l", "f", "d", "dec"]])


@case
def types_of_avg(spark):
    return spark.table("numbers").filter("i = 100 or i = 0").agg(*[F.avg(c) for c in ["b", "s", "i", "l", "f", "d", "dec"]])


@case
def types_of_min_max(spark):
    n = spark.table("numbers")
    return n.agg(*[f(c) for c in ["b", "l", "f", "d", "dec", "t", "str", "bin"] for f in (F.min, F.max)])


@case
def sum_overflows(spark):
    return spark.sql("select sum(x) from values (9223372036854775807L), (1L) t(x)")


@case
def decimal_sum_overflows(spark):
    return spark.sql("select sum(x) from values (99999999999999999999999999999999999999BD), (1BD) t(x)")


@case
def avg_of_decimals(spark):
    return spark.sql("select avg(x), sum(x), avg(cast(x as decimal(20, 10))) from values (1.10BD), (2.25BD), (null) t(x)")


@case
def count_if_and_filter(spark):
    return spark.sql("select count_if(age > 25), count(*) filter (where age > 25), sum(age) filter (where dept = 'eng') from people")


@case
def first_last(spark):
    p = spark.table("people").orderBy("id").coalesce(1)
    return p.agg(F.first("age"), F.last("age"), F.first("dept"), F.last("name", ignorenulls=True))


@case
def any_every(spark):
    return spark.table("numbers").agg(F.bool_and("t"), F.bool_or("t"), F.every("t"))


@case
def statistics(spark):
    return spark.table("people").agg(F.stddev("age"), F.stddev_pop("age"), F.variance("age"), F.var_pop("age"), F.corr("id", "age"), F.covar_samp("id", "age"), F.skewness("age"), F.kurtosis("age"))


@case
def statistics_of_one_row(spark):
    return spark.range(1).agg(F.stddev("id"), F.variance("id"), F.var_pop("id"))


@case
def collect_list_and_set(spark):
    return spark.table("people").agg(F.sort_array(F.collect_list("age")), F.sort_array(F.collect_set("age")), F.collect_list(F.lit(None).cast("int")))


@case
def max_by_min_by(spark):
    return spark.table("people").agg(F.max_by("name", "age"), F.min_by("name", "salary"))


@case
def median_and_percentile(spark):
    return spark.table("people").agg(F.median("age"), F.percentile("age", 0.25), F.expr("percentile_cont(0.5) within group (order by age)"), F.mode("age"))


@case
def rollup(spark):
    return spark.table("people").rollup("dept").agg(F.count("*").alias("n"), F.grouping("dept"))


@case
def cube(spark):
    return spark.table("people").filter("id < 4").cube("dept", "age").agg(F.count("*").alias("n"), F.grouping_id())


@case
def pivot(spark):
    return spark.table("people").groupBy("dept").pivot("age", [25, 31]).agg(F.sum("salary"))


@case
def pivot_without_values(spark):
    return spark.table("people").filter("dept = 'eng'").groupBy("dept").pivot("name").count()


@case
def distinct_rows(spark):
    return spark.table("people").select("dept").distinct()


@case
def distinct_of_duplicate_names(spark):
    return spark.range(2).select(F.lit(1).alias("a"), F.lit(2).alias("a")).distinct()


@case
def drop_duplicates_subset(spark):
    return spark.table("people").dropDuplicates(["dept"]).select("dept")


@case
def drop_duplicates_missing(spark):
    return spark.table("people").dropDuplicates(["nope"])


queries(__name__, "sql", [
    "select dept, count(*) from people group by dept",
    "select dept, count(*) c from people group by dept having c > 1",
    "select dept, count(*) c from people group by dept having count(*) > 1 and max(age) > 30",
    "select dept from people group by dept having sum(salary) > 100 order by dept",
    "select dept, sum(age) from people group by dept order by sum(age) desc nulls last, dept",
    "select dept, sum(age) as s from people group by 1 order by 2 nulls first, 1",
    "select upper(dept) d, avg(age) from people group by d",
    "select upper(dept), avg(age) from people group by upper(dept)",
    "select upper(dept) from people group by dept",
    "select age, dept from people group by dept",
    "select dept, age, count(*) from people group by all",
    "select count(*), dept from people",
    "select count(distinct age), count(distinct dept, age), sum(distinct age) from people",
    "select dept, count(*) from people group by 3",
    "select count(*) from people where count(*) > 1",
    "select max(age) from people having max(age) > 100",
    "select 1 from people having count(*) > 2",
    "select dept, grouping(dept), count(*) from people group by rollup (dept)",
    "select dept, age, grouping_id(dept, age), count(*) from people where id < 4 group by grouping sets ((dept, age), (dept), ())",
    "select dept, age, count(*) from people where id < 3 group by cube (dept, age)",
    "select sum(salary), sum(salary * 2), avg(salary + 0.5) from people",
    "select sum(id) + count(*) * 2, -max(age), cast(avg(age) as int) from people",
    "select case when dept is null then 'none' else dept end k, count(*) from people group by k",
    "select sum(case when age > 25 then 1 else 0 end) from people",
    "select count(1), count(null), count(*), sum(null) from people",
    "select min(named_struct('a', age, 'b', name)) from people where age is not null",
    "select dept, count(*) from people group by dept order by count(*), dept limit 2",
    "select any_value(dept), first(dept, true) from (select dept from people where dept = 'ops')",
    "select sum(age) over () from people",
    "select listagg(name, ',') within group (order by name) from people",
    "select string_agg(name) within group (order by name desc) from people",
    "select approx_count_distinct(age) from people",
    "select sum(x) from values (1.5), (2), (null) as t(x)",
    "select try_sum(x), try_avg(x) from values (9223372036854775807), (1) as t(x)",
    "select bit_and(i), bit_or(i), bit_xor(i) from values (3), (5) t(i)",
])
