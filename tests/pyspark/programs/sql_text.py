"""SQL queries: shape, scopes, subqueries, parameters, and errors with positions."""

import decimal
import datetime as dt

from pyspark.sql import functions as F
from kit import _add, case, queries

queries(__name__, "cte", [
    "with a as (select 1 x), b as (select x + 1 y from a) select * from a, b",
    "with t(x, y) as (select 1, 2) select y, x from t",
    "with people as (select 9 as id) select id from people",
    "with a as (select 1 x) select (with a as (select 2 x) select x from a) i, x from a",
    "with a as (select 1 x) select * from (with b as (select x + 1 z from a) select * from b)",
    "with a as (select * from people where id < 3) select p.id, q.id from a p join a q on p.id = q.id",
    "with recursive r(n) as (select 1 union all select n + 1 from r where n < 4) select * from r order by n",
    "with a as (select 1), a as (select 2) select * from a", "with a as (select nope from people) select 1", "with a as (select 1 x) select * from A",
])

queries(__name__, "subquery", [
    "select (select max(age) from people) m", "select id from people where age = (select max(age) from people)",
    "select id from people where dept in (select dept from depts)", "select id from people where dept not in (select dept from depts)", "select id from people where dept not in (select dept from depts where dept is not null)",
    "select id from people p where exists (select 1 from depts d where d.dept = p.dept)", "select id from people p where not exists (select 1 from depts d where d.dept = p.dept)",
    "select id, (select boss from depts d where d.dept = p.dept) b from people p", "select id, (select count(*) from depts d where d.dept = p.dept) c from people p",
    "select (select id from people) x", "select (select 1, 2) x", "select id from people where (id, age) in (select id, age from people where age > 25)", "select id from people where id in (select 1, 2)",
    "select id from people p where age > (select avg(age) from people q where q.dept = p.dept)", "select id, exists (select 1 from depts where floor > id) e from people", "select id from people where id in (select floor from depts) or age > 30",
    "select (select 1 where false) x", "select * from (select id, (select sum(floor) from depts) s from people where id = 1)", "select dept, count(*) from people group by dept having count(*) > (select min(floor) from depts)",
    "select id from people order by (select max(floor) from depts) - id limit 2", "select * from (select 1 as a) where a in (select a from (select 1 as b))", "select case when exists (select 1) then 'y' else 'n' end x",
    "select id from people p where id = (select max(id) from people q where q.dept <=> p.dept)", "select id from people p where exists (select nope from depts)", "select * from (select id from people where age > (select 20)) t where t.id < 3",
])

queries(__name__, "shape", [
    "select 1", "SELECT 1 AS x;", "select", "select 1 from", "values (1, 'a'), (2, null)", "values 1, 2", "select * from values (1, 'a'), (2.5, null) as t(x, y)", "select * from values (1), (1, 2)", "select * from values (1), ('a')", "select * from values (1), (array(1))",
    "select col1, col2 from values (1, 2)", "table people", "from people", "select t.* from (select 1 a, 2 b) t", "select t.a from (select 1 a) as t(b)", "select * from people limit 0", "select distinct dept, age from people where dept = 'eng'",
    "select all dept from people where id = 1", "select * from range(3)", "select * from range(1, 4)", "select * from range(5, 1, -2) t(x)", "select * from range('a')", "select * from explode(array(1, 2))", "select * from inline(array(struct(1 a, 2 b)))",
    "select id from people where id = 1 or id = 2 and age = 0", "select -id, +id, ~id from people where id = 1", "select a.id from people as a, people b where a.id = b.id and b.age > 30", "select people.* from people where people.id = 1", "select Id, iD as Id from people where ID = 1",
    "select * from people tablesample (100 percent) where id = 1", "select /*+ broadcast(d) */ p.id from people p join depts d on p.dept = d.dept", "select id from people where name in ('Ann', 'bob') and not age between 26 and 40",
    "select t.x.y from (select struct(struct(1 as y) as x) as t)", "select t.x.y from (select struct(1 as y) as x) t", "select `people`.`id` from people where `people`.id = 1", "select * from (select 1 as a, 2 as a)", "select a from (select 1 as a, 2 as a)", "select * from default.people", "select * from spark_catalog.default.people", "select * from global_temp.nope", "select 1 as a, a + 1 as b, b * 2 as c", "select max(x) as x, x from values (1) t(x) group by x",
    "select * from people pivot (count(*) for dept in ('eng', 'ops'))", "select * from (select dept, age from people) pivot (sum(age) for dept in ('eng' as e, 'ops'))", "select * from (select 1 a, 2 b) unpivot (v for n in (a, b))",
    "select id, explode(array(1, id)) from people where id < 3", "select dept d from people group by d", "select * from people |> where id < 3 |> select id", "select id from people where id < 3 distribute by id", "select id from people where id < 3 sort by id",
])

queries(__name__, "syntax", [
    "selec 1", "select 1 1", "select * from people where", "select * form people", "select (1", "select 1)", "select 'abc", "select \"abc", "select `abc", "select 1 +", "select * from people group", "select * from people order id", "select case when 1 then 2", "select cast(1 as)", "select 1\n,\n from people", "select count( from people",
    "", "   ", ";", "-- only a comment", "select 1; select 2", "select @", "select 1 from people people2 people3", "select * from people join", "select * from people join depts on", "select 1 union", "select a b c", "select interval", "with a select 1", "select * from (select 1", "select 1 limit", "select in (1)", "select not", "select 1 as", "select * from 1", "insert into", "create table", "select 5 between 1", "select x'g'", "select 1.2.3", "select a.b.c.", "select .", "select 1e", "/* open", "drop", "select from people", "select current_date(", "select array[1]", "select {1}", "select $1", "select 1 from people where a = = 1",
])

queries(__name__, "resolution", [
    "select nope from people", "select people.nope from people", "select x.id from people", "select nam from people", "select id from people where nope > 1", "select id from nope", "select id from a.b.c.d", "select id from nope.people", "select id from people group by nope", "select id from people order by nope", "select nope(1)", "select people.id(1)", "select sum(id, age) from people", "select upper() from people", "select id from people p where people.id = 1", "select nope.* from people", "select id + name from people", "select id and true from people", "select * from people where id", "select sum(name) from people", "select -name from people", "select name + 1 from people where id = 1", "select concat_ws(1)", "select id from people having id > 1", "select substring(id) from people", "select p.id from (select id from people)", "select id, count(*) from people", "select id from people union select id, age from people", "select first(nope) from people", "select * from people where exists (select 1 from nope)", "select cast(id as struct<a: int>) from people", "select (select nope)", "select `id.x` from people", "select id from people where sum(id) > 1", "select date_add(name, 'x') from people", "select nope from values (1) t(a)", "select T.NOPE from values (1) t(a)", "select explode(id) from people", "select explode(array(1)) + 1", "select id from people where explode(array(true))", "select rank() from people", "select abs('x')", "select abs(array(1))", "select coalesce()", "select if(1, 2)", "select array(1, map(1, 2))", "select map(1)", "select named_struct('a')", "select size(1)", "select * from people natural join nope",
])


ARGUMENTS = {
    "named": ("select * from people where id = :x and name = :n", {"x": 1, "n": "Ann"}),
    "positional": ("select ? + ?, ?", [1, 2, "a"]),
    "types": ("select :a, :b, :c, :d, :e, :f", {"a": 1.5, "b": None, "c": dt.date(2024, 1, 1), "d": decimal.Decimal("1.50"), "e": True, "f": b"x"}),
    "column_argument": ("select element_at(:m, 'a'), :l", {"m": F.create_map(F.lit("a"), F.lit(1)), "l": "x"}),
    "list": ("select array_contains(:l, 2)", {"l": [1, 2]}),
    "missing_named": ("select :x, :y", {"x": 1}),
    "missing_positional": ("select ?, ?", [1]),
    "superfluous": ("select :x", {"x": 1, "y": 2}),
    "unused_positional": ("select ?", [1, 2]),
    "none_given": ("select :x", None),
    "in_limit": ("select id from people order by id limit :n", {"n": 2}),
    "in_subquery": ("select (select max(id) from people where id < :n) m", {"n": 3}),
    "not_spliced": ("select :s", {"s": "1; drop table x"}),
    "in_identifier": ("select * from identifier(:t) where id = 1", {"t": "people"}),
}
for name, (text, args) in ARGUMENTS.items():
    _add(__name__, f"args_{name}", lambda spark, text=text, args=args: spark.sql(text, args=args))


@case
def frame_references(spark):
    df = spark.range(3)
    return spark.sql("select id + {n} as x from {df} where id > {low}", df=df, n=10, low=0)


@case
def two_frame_references(spark):
    a, b = spark.range(3), spark.range(1, 5)
    return spark.sql("select a.id from {a} a join {b} b on a.id = b.id", a=a, b=b)


@case
def column_reference_in_text(spark):
    df = spark.range(3)
    return spark.sql("select {c} from {df}", c=df.id, df=df)


@case
def frame_over_sql(spark):
    return spark.sql("select * from people").filter("id < 3").select("id", F.upper("name"))


@case
def view_over_sql(spark):
    spark.sql("select id * 2 as d from people").createOrReplaceTempView("doubled")
    return spark.sql("select max(d) from doubled")


@case
def create_view_by_sql(spark):
    spark.sql("create or replace temporary view made as select id from people where id < 3")
    return spark.table("made")


@case
def create_view_by_sql_twice(spark):
    spark.sql("create temp view once as select 1 a")
    return spark.sql("create temp view once as select 2 a")


@case
def create_view_with_names(spark):
    spark.sql("create or replace temp view named_view (x, y) as select 1, 2")
    return spark.table("named_view")


@case
def sql_runs_a_command_once(spark):
    df = spark.sql("create or replace temp view eager as select 5 as v")
    return [df.schema.simpleString(), [list(r) for r in df.collect()], spark.table("eager").first()[0]]


@case
def expr_syntax_error(spark):
    return spark.range(1).select(F.expr("id +"))


@case
def filter_syntax_error(spark):
    return spark.range(1).filter("id >> > 1")


@case
def select_expr_syntax_error(spark):
    return spark.range(1).selectExpr("id as", "id")


@case
def select_expr_two_expressions(spark):
    return spark.range(1).selectExpr("id, id")


@case
def multi_line_error_position(spark):
    return spark.sql("select id,\n       nme\nfrom people")
