"""What is easily answered wrong, or not at all."""

import decimal

from pyspark.sql import Window
from pyspark.sql import functions as F
from kit import case, queries

queries("meanings", "not_in", [
    "select 1 where 1 not in (select null)",
    "select 1 where 1 not in (select cast(null as int))",
    "select id from range(2) where 5 not in (select null)",
    "select id from range(2) where 5 not in (select id from range(3) where id > 5)",
    "select id from range(2) where null not in (select id from range(3) where id > 5)",
    "select id from range(2) where null not in (select id from range(3))",
    "select id from range(3) a where id not in (select b.id from range(2) b where b.id >= a.id - 1)",
    "select id from range(3) a where id not in "
    "(select if(b.id = 1, null, b.id) from range(2) b where b.id >= a.id - 1)",
    "select id, (select collect_list(id) from range(2) b where b.id = a.id) c from range(3) a order by id",
])

# The session's zone is America/Los_Angeles.
queries("meanings", "clock", [
    "select timestamp'2024-03-10 12:00:00' - timestamp'2024-03-09 12:00:00'",
    "select timestamp'2024-01-02' - date'2024-01-01', date'2024-01-03' - timestamp'2024-01-02'",
    "select timestamp_ntz'2024-01-02' - timestamp'2024-01-01', timestamp'2024-01-02' - '2024-01-01'",
    "select t - d, d - t from values (timestamp'2024-01-02', date'2024-01-01') as x(t, d)",
    "select timestampdiff(hour, timestamp'2024-03-09 12:00:00', timestamp'2024-03-10 12:00:00')",
    "select t + i from values (timestamp'2024-03-09 12:00:00', interval 1 day), "
    "(timestamp'2024-03-09 12:00:00', interval 2 day) x(t, i)",
    "select timestamp'2024-03-10 02:30:00', timestamp'2024-11-03 01:30:00'",
    "select cast(timestamp_ntz'2024-03-10 02:30:00' as timestamp)",
    "select cast(t as timestamp) from values (timestamp_ntz'2024-03-10 02:30:00'), "
    "(timestamp_ntz'2024-11-03 01:30:00') x(t)",
])

queries("meanings", "types", [
    "select array(1) = array(1.5)",
    "select array(1) = array('1')",
    "select array(1) = array(1L), array(1) <=> array(1L), array(null) = array(1), array() = array(1)",
    "select struct(1 as a) = struct(1 as b), struct(1 as a) = struct(1 as A), struct(1 as a) < struct(2 as a)",
    "select struct(1) = struct('1')",
    "select struct(1 as a) = struct(1.5 as b)",
    "select array_union(array(1), array(1.5))",
    "select array_union(array(1), array('1'))",
    "select array_union(array(1), array(1L)), array_except(array(1), array()), array_union(array(1), array(null))",
    "select arrays_overlap(array(1), array('a'))",
    "select array_contains(array(1), '1')",
    "select array_contains(array(1), 1.5), array_contains(array(1), 1L)",
    "select array_append(array(1), 'a')",
    "select array_insert(array(1), 1, 'a')",
    "select array_position(array(1), '1')",
    "select array_position(array(1, null), null)",
    "select element_at(map(1, 2), '1')",
    "select map(1, 2)['1'], map('a', 1)[1], element_at(map(1, 2), 1L)",
    "select map_contains_key(map(1, 2), '1')",
    "select case when null then 1 end",
    "select case when false then 1 when null then 2 end",
    "select 1 where null",
    "select if(null, 1, 2)",
    "select struct(1 as a) union all select struct(2 as b)",
    "select array(struct(1 as a)) union all select array(struct(2 as b))",
    "select array(1)[0], array(1, null)[0], array(1)[id] from range(1)",
    "select element_at(array(1, 2), -1), get(array(1), 0), try_element_at(array(1), 1)",
    "select array_repeat(id, 2), array_append(array(id), null), array_compact(array(id, null)) from range(1)",
    "select array_compact(array(null)), array_max(array(null)), arrays_overlap(array(null), array(1))",
    "select map(null, 1)",
    "select zip_with(array(1, 2), array('a'), (x, y) -> (y, x))",
    "select arrays_zip(a, a) from values (array(1, 2)) t(a)",
    "select (1, 2), (id, id + 1 as x) from range(1)",
])

queries("meanings", "nulls", [
    "select to_json(named_struct('a', 1, 'b', null)), to_json(array(null, 1)), to_json(map('a', null))",
    "select to_json(struct(null)), to_json(null), to_csv(named_struct('a', 1, 'b', null))",
    "select map_zip_with(map(1, 'a'), map(1, 'x', 2, 'y'), (k, a, b) -> concat(a, b))",
    "select map_from_entries(e) from values (array(struct(1, 'a'))), (array(null)) t(e)",
    "select s.a, s.b from values (named_struct('a', 1, 'b', 'x')), (null) t(s)",
    "select s.* from values (named_struct('a', 1, 'b', 'x')), (null) t(s)",
])

queries("meanings", "groups", [
    "select sum(id) from range(3) order by sum(id)",
    "select sum(id) s from range(3) order by sum(id) desc, count(*)",
    "select id from range(3) order by sum(id)",
    "select max_by(x, y, 2), min_by(x, y, 3), max_by(x, y, 1) "
    "from values ('a', 10), ('b', 50), ('c', 20), (null, 60), ('d', null) t(x, y)",
    "select max_by(x, y, 0) from values ('a', 10) t(x, y)",
    "select max_by(x, y, 100001) from values ('a', 10) t(x, y)",
    "select max_by(x, y, 2) from values ('a', 10), ('b', 10), ('c', 10) t(x, y)",
    "select max_by(x, y, 2) from values ('a', 10) t(x, y) where false",
    "select sum(row_number() over (order by id)) over () from range(3)",
    "select lag(id, 1, -1) over (order by id), lead(id, 1, id + 10) over (order by id), "
    "lag(id, 2, null) over (order by id) from range(3)",
    "select nth_value(id, 2, true) over (order by id) from range(3)",
    "select sum(id) over (order by cast(id as string) range between 1 preceding and current row) from range(2)",
    "select first_value(id) ignore nulls, last_value(id) ignore nulls from range(1)",
    "from range(2) |> set nope = 1",
    "from range(2) |> drop nope",
    "from range(2) |> set id = id + 1 |> extend 3 as x |> drop id",
    "from range(4) |> aggregate sum(id) as s group by id % 2 as d |> order by d",
    "select id from range(1) where sum(id) > 1",
])

queries("meanings", "functions", [
    "select ceil(3.1411, 0), ceil(3.1411, 6), floor(-3.15, 1), ceil(2.5D, 0), ceil(1234, -2), floor('1.55', 1)",
    "select ceil(1.5, id) from range(1)",
    "select ceil(cast('Infinity' as double))",
    "select ceil(cast('NaN' as double)), floor(-1.5D), ceil(5), floor(cast(null as int))",
    "select overlay(x'4142434445' placing x'5a' from 2 for 3), overlay(x'4142434445' placing x'5a5a' from 10)",
    "select overlay('abc' placing x'5a' from 2)",
    "select hex(lpad(x'aabb', 5)), hex(rpad(x'aabb', 5, x'1122')), hex(lpad(x'aabb', 1, x'11')), lpad(x'41', 4, 'b')",
    "select hex(reverse(x'CAFE')), contains(x'ff00', x'00'), startswith(x'ff00', x'00'), endswith(x'ff00', x'00')",
    "select exp(1), sin(-2.5D), cosh(1), atan2(2, 10), sign(-0.0D), round(2.5), abs(-1.5D)",
    "select 'abc' like any ('a%', 'z%'), 'abc' like all ('a%'), 'abc' not like any ('a%'), 'abc' not like all ('z%')",
    "select id between 1 and 2, id not between 1 and 2 from range(1)",
    "select random(3), cast('abc' as varchar(2)), cast('a' as char(3))",
])


@case
def decimal_literals(spark):
    values = ("1.50", "0.001", "-12.5", "100", "1E+3", "0.0")
    return spark.range(1).select(*[F.lit(decimal.Decimal(value)) for value in values])


@case
def fields_of_null_after_changes(spark):
    df = spark.sql("select if(id > 0, named_struct('a', id, 'b', 'x'), null) s from range(2)")
    return df.select(df.s.withField("c", F.lit(1)), df.s.dropFields("b"), df.s.a)


@case
def groups_sorted_by_an_aggregate(spark):
    df = spark.sql("select * from values (1, 'a'), (2, 'b'), (3, 'b') t(id, dept)")
    return df.groupBy("dept").agg(F.count("id").alias("c")).sort(F.sum("id").desc())


@case
def groups_filtered_by_an_aggregate(spark):
    df = spark.sql("select * from values (1, 'a'), (2, 'b'), (3, 'b') t(id, dept)")
    groups = df.groupBy(F.upper("dept").alias("d")).agg(F.count("id").alias("c"))
    return groups.filter(F.sum("id") > 1).select(groups.c, groups.d)


@case
def window_of_windows(spark):
    inner = F.row_number().over(Window.orderBy("id"))
    return spark.range(3).select(F.sum(inner).over(Window.partitionBy()))


@case
def files_by_size(spark):
    import tempfile

    with tempfile.TemporaryDirectory() as path:
        for length in (5, 40, 20, 60, 10, 30):
            text = "".join(chr(97 + (i * i * 7 + length) % 26) for i in range(length))
            spark.sql(f"select {length} n, '{text}' t").write.mode("append").parquet(path)
        return [row.n for row in spark.read.parquet(path).collect()]
