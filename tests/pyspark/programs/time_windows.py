"""Windows of time: tumbling, sliding and of sessions."""

from pyspark.sql import functions as F
from kit import case, queries

T = "values ('A1', timestamp'2021-01-01 00:00:00'), ('A1', timestamp'2021-01-01 00:04:30'), ('A1', timestamp'2021-01-01 00:10:00'), ('A2', timestamp'2021-01-01 00:01:00'), ('A3', null) t(a, b)"
ONE = "values (1, timestamp'2021-01-01 00:05:00') t(a, b)"

queries(__name__, "tumbling", [
    f"select a, window, count(*) from {T} group by a, window(b, '5 minutes') order by a, window.start",
    f"select a, window(b, '5 minutes') w from {T} order by a, b",
    f"select a, window(b, '5 minutes').start from {T} order by a, b",
    "select window(timestamp'2024-01-01 12:07:00', '10 minutes')",
    "select window(timestamp'1960-01-01 00:00:30', '5 minutes')",
    "select window(b, '5 minutes') from values ('2021-01-01 00:00:00'), (null) t(b)",
    "select window(b, '5 minutes') from values (timestamp_ntz'2021-01-01 00:00:00'), (null) t(b)",
    "select window(b, '5 minutes') from values (date'2021-01-01') t(b)",
    f"select window(b, '1 week') from {ONE}",
    f"select window(b, 300000000) from {ONE}",
    f"select window(b, '10 minutes', '10 minutes', '1 minute') from {ONE}",
    f"select window(b, '5 minutes') as x, x.start from {ONE}",
    f"select window(b, '5 minutes'), window(b, '5 minutes') from {ONE}",
    f"select *, window(b, '5 minutes') from {ONE}",
    f"select a from {T} where window(b, '5 minutes').start > '2021-01-01 00:00:00'",
    f"select count(*) from {T} group by window(b, '5 minutes') having window.start > '2021-01-01 00:00:00'",
    f"select a from {T} order by window(b, '5 minutes').end desc, a",
    f"select date_format(window.start, 'HH:mm') from {ONE} group by window(b, '5 minutes')",
    f"select window(b, '5 minutes').end, count(*) from {ONE} group by window(b, '5 minutes').end",
    f"select a, count(*) from {ONE} group by rollup(a, window(b, '5 minutes')) order by 1, 2",
    f"select window, window_time(window), c from (select window, count(*) c from {ONE} group by window(b, '5 minutes'))",
    f"select window(window, '10 minutes'), sum(c) from (select window, count(*) c from {ONE} group by window(b, '5 minutes')) group by window(window, '10 minutes')",
])

queries(__name__, "sliding", [
    f"select a, window(b, '10 minutes', '5 minutes') from {ONE}",
    f"select a, window(b, '10 minutes', '3 minutes') from {ONE}",
    f"select window, count(*) from {T} group by window(b, '10 minutes', '5 minutes') order by window.start",
    f"select window, count(distinct a), max(b) from {T} group by window(b, '1 hour', '30 minutes', '15 minutes') order by window.start",
])

queries(__name__, "session", [
    f"select a, session_window.start, session_window.end, count(*) from {T} group by a, session_window(b, '5 minutes') order by a, start",
    f"select session_window, count(*), collect_set(a) from {T} group by session_window(b, '1 minute') order by session_window.start",
    f"select a, session_window, count(*) from {T} group by a, session_window(b, case when a = 'A1' then '5 minutes' else '1 minute' end) order by a, 2",
    "select session_window(b, '5 minutes'), count(*) from values (timestamp'2021-01-01 00:00:00'), (timestamp'2021-01-01 00:05:00'), (timestamp'2021-01-01 00:10:01') t(b) group by 1 order by 1",
    f"select session_window(b, '5 minutes') from {ONE}",
    f"select session_window(b, '1 month'), count(*) from {ONE} group by 1",
    f"select session_window(b, '-5 minutes'), count(*) from {ONE} group by 1",
    f"select session_window(b, 'bad'), count(*) from {ONE} group by 1",
    f"select session_window(b, '5 minutes'), count(distinct a) from {T} group by 1 order by 1",
])

queries(__name__, "refused", [
    f"select window(b, '10 minutes', '15 minutes') from {ONE}",
    f"select window(b, '10 minutes', '10 minutes', '10 minutes') from {ONE}",
    f"select window(b, '1 month') from {ONE}",
    f"select window(b, '-1 minute') from {ONE}",
    f"select window(b, 'bad') from {ONE}",
    f"select window(a, '1 minute') from {ONE}",
    f"select window(b, interval 5 minutes) from {ONE}",
    f"select window(b, a) from {ONE}",
    f"select window(b) from {ONE}",
    f"select window(b, '5 minutes', '1 minute', '1 minute', '1 minute') from {ONE}",
    f"select window(b, '5 minutes'), window(b, '10 minutes') from {ONE}",
    f"select session_window(b, '5 minutes'), window(b, '5 minutes'), count(*) from {ONE} group by 1, 2",
    f"select session_window(b, '5 minutes', '3') from {ONE}",
    f"select session_window(b, interval 5 minutes), count(*) from {ONE} group by 1",
    f"select window_time(b) from {ONE}",
    "select window_time(struct(timestamp'2021-01-01 00:00:00' as start, timestamp'2021-01-01 00:00:00' as end))",
    f"select window, window_time(window), count(*) from {ONE} group by window(b, '5 minutes')",
])


def events(spark):
    rows = [(1, "2024-03-01 10:00:00"), (2, "2024-03-01 10:07:00"), (3, "2024-03-01 10:21:00"), (4, None)]
    return spark.createDataFrame(rows, "id int, at string").withColumn("at", F.to_timestamp("at"))


@case
def grouped_by_window(spark):
    df = events(spark).groupBy(F.window("at", "10 minutes")).agg(F.sum("id").alias("s"))
    return df.orderBy("window.start").select(F.col("window.start"), F.col("window.end"), "s")


@case
def grouped_by_sliding_window(spark):
    return events(spark).groupBy(F.window("at", "10 minutes", "5 minutes")).count().orderBy("window")


@case
def grouped_by_window_with_offset(spark):
    return events(spark).groupBy(F.window("at", "10 minutes", startTime="3 minutes")).count().orderBy("window")


@case
def grouped_by_session(spark):
    df = events(spark).groupBy(F.session_window("at", "8 minutes").alias("session"))
    return df.agg(F.sum("id").alias("s"), F.count("*").alias("n")).orderBy("session")


@case
def grouped_by_session_and_key(spark):
    df = events(spark).withColumn("odd", F.col("id") % 2)
    return df.groupBy("odd", F.session_window("at", F.lit("30 minutes"))).count().orderBy("odd", "session_window")


@case
def column_of_windows(spark):
    return events(spark).withColumn("w", F.window("at", "10 minutes")).orderBy("id")


@case
def schema_of_windows(spark):
    return events(spark).groupBy(F.window("at", "10 minutes")).count().schema.jsonValue()


@case
def time_of_windows(spark):
    df = events(spark).groupBy(F.window("at", "10 minutes")).agg(F.sum("id").alias("s"))
    return df.select(F.window_time("window").cast("string").alias("t"), "s").orderBy("t")


@case
def window_in_expression(spark):
    return events(spark).selectExpr("id", "window(at, '10 minutes').start as s").orderBy("id")
