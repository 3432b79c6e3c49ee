"""Dates, timestamps, intervals and time zones (the session is in Los Angeles)."""

import datetime as dt

from pyspark.sql import functions as F
from kit import case, expressions, queries

expressions(__name__, "dates", [
    "date'2024-01-31' + 1, date'2024-01-31' - 1, 1 + date'2024-01-31', date_add(date'2024-02-28', 2), date_sub('2024-03-01', 1)",
    "date'2024-03-01' - date'2024-02-01', datediff(date'2024-03-01', date'2024-02-01'), datediff('2024-03-01', '2024-02-01')", "date'2024-01-31' + interval 1 month, date'2024-01-31' - interval 1 year, date'2024-01-31' + interval 1 day, add_months(date'2024-01-31', 1), add_months(date'2024-02-29', 12)",
    "date'2024-01-31' + interval 1 hour", "date'2024-01-31' + interval '1 2' day to hour", "date'2024-01-01' + 1.5", "date'2024-01-01' + date'2024-01-01'",
    "year(date'2024-02-29'), month(date'2024-02-29'), day(date'2024-02-29'), quarter(date'2024-02-29'), weekofyear(date'2024-12-30'), dayofweek(date'2024-02-29'), weekday(date'2024-02-29'), dayofyear(date'2024-12-31'), dayname(date'2024-02-29'), monthname(date'2024-02-29')",
    "last_day(date'2024-02-01'), next_day(date'2024-02-29', 'Mon'), trunc(date'2024-02-29', 'month'), trunc(date'2024-02-29', 'YEAR'), trunc('2024-02-29', 'week'), months_between(date'2024-03-31', date'2024-02-29'), make_date(2024, 2, 29)",
    "extract(year from date'2024-02-29'), extract(dow from date'2024-02-29'), extract(week from date'2024-02-29'), date_part('doy', date'2024-02-29'), extract(month from interval '3-4' year to month)",
    "make_date(2023, 2, 29)", "date_format(date'2024-02-29', 'yyyy/MM/dd EEE'), to_date('29/02/2024', 'dd/MM/yyyy'), to_date('2024-02-29'), unix_date(date'1970-01-02'), date_from_unix_date(1)", "to_date('nope')", "to_date('x', 'yyyy')", "date'2024-02-29' > '2024-02-28', date'2024-02-29' between '2024-01-01' and '2024-12-31', date'2024-02-29' in ('2024-02-29')",
    "year('2024-02-29'), month('nope')", "date_diff(date'2024-03-01', '2024-02-01'), dateadd(day, 1, date'2024-02-28'), datediff(month, date'2024-01-31', date'2024-03-01')",
])

expressions(__name__, "timestamps", [
    "timestamp'2024-03-10 01:30:00' + interval 1 hour, timestamp'2024-03-10 01:30:00' + interval 1 day, timestamp'2024-11-03 00:30:00' + interval 2 hours", "timestamp'2024-01-02 00:00:00' - timestamp'2024-01-01 12:00:00', timestamp'2024-01-02' - date'2024-01-01', timestamp_ntz'2024-01-02 00:00:00' - timestamp_ntz'2024-01-01 00:00:01'",
    "timestamp'2024-01-31 10:00:00' + interval 1 month, timestamp'2024-01-31 10:00:00' - interval '1-1' year to month, timestamp_ntz'2024-01-31 10:00:00' + interval 1 month", "hour(timestamp'2024-02-29 12:34:56.789'), minute(timestamp'2024-02-29 12:34:56'), second(timestamp'2024-02-29 12:34:56.9'), extract(second from timestamp'2024-02-29 12:34:56.789'), year(timestamp'2024-12-31 23:59:59')",
    "date_trunc('hour', timestamp'2024-02-29 12:34:56'), date_trunc('MONTH', timestamp'2024-02-29 12:34:56'), date_trunc('week', timestamp'2024-02-29 12:34:56'), date_trunc('quarter', timestamp'2024-02-29 12:34:56'), date_trunc('nope', timestamp'2024-02-29 12:34:56')",
    "to_timestamp('2024-02-29 12:34:56'), to_timestamp('29/02/2024 12', 'dd/MM/yyyy HH'), to_timestamp_ntz('2024-02-29 01:02:03'), unix_timestamp('2024-02-29', 'yyyy-MM-dd'), from_unixtime(0), from_unixtime(0, 'yyyy'), timestamp_seconds(1.5), timestamp_millis(1), timestamp_micros(1), unix_micros(timestamp'1970-01-01 00:00:00'), to_unix_timestamp('2024-02-29 00:00:00')",
    "date_format(timestamp'2024-02-29 12:34:56.789', 'yyyy-MM-dd HH:mm:ss.SSS'), date_format(timestamp'2024-02-29 13:04:05', 'h:mm a'), date_format(timestamp'2024-07-01 00:00:00', 'z'), from_utc_timestamp(timestamp'2024-02-29 12:00:00', 'Asia/Tokyo'), to_utc_timestamp(timestamp'2024-02-29 12:00:00', 'Asia/Tokyo'), convert_timezone('UTC', 'Asia/Tokyo', timestamp_ntz'2024-02-29 12:00:00')", "make_timestamp(2024, 2, 29, 1, 2, 3.5), make_timestamp_ntz(2024, 2, 29, 1, 2, 3), make_interval(1, 2), make_dt_interval(1, 2, 3, 4.5), make_ym_interval(1, 2), current_timezone()", "to_timestamp('nope')", "make_timestamp(2024, 13, 1, 0, 0, 0)", "timestamp'2024-01-01 00:00:00' = timestamp_ntz'2024-01-01 00:00:00', timestamp'2024-01-01 00:00:00' > '2023-12-31'", "try_to_timestamp('nope'), timestampadd(hour, 2, timestamp'2024-01-01 00:00:00'), timestampdiff(day, timestamp'2024-01-01 00:00:00', timestamp'2024-01-03 00:00:00')",
])

expressions(__name__, "intervals", [
    "interval 1 day + interval 2 hours, interval 1 month + interval 1 year, interval 1 day * 2, 2 * interval '1-1' year to month, interval 1 day / 2, -interval 1 day, interval 3 hours - interval 1 hour",
    "interval 1 day + interval 1 month", "interval 1 day > interval 23 hours, interval 1 year = interval 12 months, interval 1 day between interval 1 hour and interval 2 day", "interval 1 day / 0", "interval 1 day = interval 1 month", "abs(interval -1 day), sum(interval 1 day), extract(hour from interval '1 2:3:4' day to second), extract(day from interval '5 1' day to hour)",
    "interval '1' year, interval '1' month, interval '1' day, interval '1' hour, interval '1' minute, interval '1' second, interval '1:2' minute to second, interval '1 2:3' day to minute, interval '-1-2' year to month, interval -'1' day",
])

queries(__name__, "columns", [
    "select id, d + 1, d - interval 1 month, ts + interval 1 day, ntz + dtd, ts - dtd, year(d), hour(ts), hour(ntz) from times",
    "select id, cast(ts as date), cast(ts as string), cast(ntz as string), cast(d as timestamp), cast(dtd as string), ts = ntz, date_trunc('hour', ts) from times", "select max(ts), min(ntz), max(d), sum(dtd), avg(dtd) from times",
    "select id from times where d < date'2000-01-01'", "select id from times where ts >= '2024-01-01'", "select d - lag(d) over (order by id) x from times",
])


@case
def collect_in_another_zone(spark):
    zone = "spark.sql.session.timeZone"
    try:
        spark.conf.set(zone, "Asia/Tokyo")
        df = spark.sql("select cast(timestamp'2024-01-01 00:00:00Z' as string) s, hour(timestamp'2024-01-01 00:00:00Z') h, timestamp'2024-01-01' t")
        return [list(map(str, df.first()[:2])), df.first()[2].timestamp()]
    finally:
        spark.conf.set(zone, "America/Los_Angeles")


@case
def arithmetic_in_python(spark):
    t = spark.table("times")
    return t.select("id", t.d + 1, t.ts + F.expr("interval 1 hour"), F.date_add(t.d, 1), t.ts - t.ts, F.datediff(t.d, F.lit(dt.date(2024, 1, 1))), t.d > dt.date(2000, 1, 1), t.ts < dt.datetime(2024, 1, 1), t.dtd > dt.timedelta(0))


@case
def functions(spark):
    t = spark.table("times").filter("id < 3")
    return t.select(F.year("d"), F.date_format("ts", "yyyy-MM-dd HH"), F.to_date("ts"), F.date_trunc("month", "ts"), F.last_day("d"), F.unix_timestamp("ts"), F.weekofyear("d"), F.make_date(F.lit(2024), F.lit(1), F.lit(2)))


@case
def local_time_gap(spark):
    return spark.sql("select timestamp'2024-03-10 02:30:00', timestamp'2024-11-03 01:30:00', cast(timestamp_ntz'2024-03-10 02:30:00' as timestamp)")
