"""Statements other than queries: each script runs in a database of its own, and its result is
what every statement of it answers."""

from kit import _add

DATABASES = ("sqlx", "sqly")


def answer(spark, text):
    """Columns and rows in any order, or the error."""
    try:
        df = spark.sql(text)
        columns = [f"{f.name}: {f.dataType.simpleString()}{'' if f.nullable else ' not null'}" for f in df.schema]
        return [columns, sorted(repr(tuple(row)) for row in df.collect())]
    except Exception as error:
        if not hasattr(error, "getCondition"):
            raise
        return [error.getCondition(), error.getSqlState()]


def clean(spark):
    spark.sql("use default").collect()
    for name in DATABASES:
        spark.sql(f"drop database if exists {name} cascade").collect()


def script(spark, texts):
    clean(spark)
    spark.sql("create database sqlx").collect()
    spark.sql("use sqlx").collect()
    answers = [answer(spark, text) for text in texts]
    clean(spark)
    for view in spark.catalog.listTables():
        if view.isTemporary and view.name in ("v", "ev", "tv", "c2"):
            spark.catalog.dropTempView(view.name)
    return answers


def scripts(group, all_texts):
    for number, texts in enumerate(all_texts):
        _add(__name__, f"{group}_{number:02}", lambda spark, texts=texts: script(spark, texts))


scripts("script", [
    ['create table t (a int, b string) using parquet', 'describe t', "insert into t values (1, 'x'), (2, 'y')", 'select * from t order by a', 'show columns in t', 'drop table t', 'select * from t', 'drop table t', 'drop table if exists t'],
    ["create table t (a int not null comment 'x', b string default 'q') using parquet comment 'tc' tblproperties ('k'='v')", 'describe t', 'insert into t (a) values (1)', 'select * from t', 'show tblproperties t', "show tblproperties t ('k')", "show tblproperties t ('nope')", "insert into t values (null, 'a')"],
    ["create table t using parquet as select 1 as a, 'x' as b", 'select * from t', 'describe t a', 'create table t (a int) using parquet', 'create table if not exists t (a int) using parquet', 'create table t2 like t', 'describe t2', 'select * from t2', 'create or replace table t using parquet as select 2 as c'],
    ['create table t (a int, p string) using parquet partitioned by (p)', 'describe t', "insert into t values (1, 'x'), (2, 'y')", "insert into t partition (p = 'z') select 3", 'select * from t order by a', 'show partitions t', "insert overwrite t partition (p = 'x') values (10)", 'select * from t order by a', "alter table t drop partition (p = 'y')", 'select * from t order by a', "show partitions t partition (p = 'x')", "alter table t add partition (p = 'w')", 'show partitions t'],
    ['create table t (a int, b int) using parquet', 'insert into t by name select 2 as b, 1 as a', 'select * from t', 'insert into t (b, a) values (20, 10)', 'select * from t order by a', 'insert overwrite t values (5, 6)', 'select * from t', 'insert overwrite table t select 7, 8', 'select * from t', 'insert into t values (1)', 'insert into t values (1, 2, 3)', "insert into t select 'x', 1", 'insert into t by name select 1 as a, 2 as c', 'insert into t (a, a) values (1, 2)', 'insert into t (nope) values (1)', 'insert into nope values (1)'],
    ['create table t (a int) using parquet', "alter table t add columns (b string, c int comment 'cc')", 'describe t', 'alter table t rename to u', 'show tables', "alter table u set tblproperties ('x'='1', 'y'='2')", 'show tblproperties u', "alter table u unset tblproperties ('x')", 'show tblproperties u', 'alter table u drop column b', 'alter table u rename column a to z', "alter table u alter column a comment 'new'", 'describe u', 'alter table nope add columns (x int)'],
    ['create table t (a int) using parquet', 'truncate table t', 'insert into t values (1)', 'truncate table t', 'select count(*) from t', 'analyze table t compute statistics', 'analyze table t compute statistics for all columns', 'refresh table t', 'cache table t', 'uncache table t', 'uncache table nope', 'uncache table if exists nope', 'clear cache', 'msck repair table t', 'truncate table nope'],
    ['create table t (a int) using parquet', 'delete from t where a = 1', 'update t set a = 2', 'merge into t using (select 1 as a) s on t.a = s.a when matched then delete', 'insert into t replace where a = 1 select 1'],
    ["create view v as select 1 as a, 'x' as b", 'select * from v', 'describe v', 'show views', 'show create table v', 'create view v as select 2', "create or replace view v (x comment 'cx', y) comment 'vc' as select 3, 4", 'select * from v', 'describe v', 'alter view v as select 9 as n', 'select * from v', 'alter view v rename to w', 'select * from w', 'drop table w', 'drop view w', 'drop view w', 'drop view if exists w'],
    ['create view v as select * from nope', 'create table t (a int) using parquet', 'create view if not exists v as select a from t', 'create view if not exists v as select 2', 'select * from v', 'insert into v values (1)', "alter view v set tblproperties ('p'='q')", 'show tblproperties v', 'alter table v add columns (z int)', 'drop view t', 'create view v2 (a, b) as select 1'],
    ['create temp view v as select 1 as a', 'select * from v', 'create temp view v as select 2', 'create or replace temp view v (x) as select 2', 'select * from v', 'describe v', 'show views', 'drop view v', 'select * from v', 'create global temp view g as select 5 as n', 'select * from global_temp.g', 'create or replace global temporary view g as select 6 as n', 'select * from global_temp.g', 'drop view global_temp.g', 'create temp view if not exists v as select 1', 'create temp view a.b as select 1'],
    ["create database sqly comment 'hello'", 'create database sqly', 'create database if not exists sqly', "create schema if not exists sqly with dbproperties ('a'='b')", 'use sqly', 'show current namespace', 'use sqlx', 'drop database sqly', 'drop database sqly', 'drop database if exists sqly', 'use nope', 'use schema sqlx', 'use spark_catalog.sqlx', 'set catalog spark_catalog', 'set catalog nope'],
    ['create database sqly', 'create table sqly.t (a int) using parquet', 'show tables in sqly', "show tables from sqly like 't*'", "show tables in sqly 'x*'", 'drop database sqly', 'drop database sqly restrict', 'drop database sqly cascade', 'show tables in sqly', "show databases like 'sqlx'", "show schemas like 'sqlx|nope'", "show namespaces like 'sql*'", 'show catalogs', "show catalogs like 'spark*'"],
    ["alter database sqlx set dbproperties ('k'='v')", "alter database nope set dbproperties ('a'='b')", "comment on database sqlx is 'c1'", 'create table t (a int) using parquet', "comment on table t is 'tt'", 'comment on table t is null'],
    ["show functions like 'abs'", "show functions like 'array_a*'", 'show user functions', "show system functions like 'upper'"],
    ['set spark.sql.shuffle.partitions = 5', 'set spark.sql.shuffle.partitions', 'set my.key = hello world', 'set my.key', 'set nope.key', 'reset spark.sql.shuffle.partitions', 'set spark.sql.shuffle.partitions', 'reset', "set time zone 'Asia/Tokyo'", 'select current_timezone()', 'set time zone interval 3 hours', 'select current_timezone()', "set time zone 'nope'", 'set `my.key` = `a b`', 'set spark.sql.ansi.enabled = maybe', 'set spark.sql.warehouse.dir = /x'],
    ['set spark.sql.ansi.enabled=false', "select 1/0, cast('x' as int)", 'set spark.sql.ansi.enabled=true', 'select 1/0', 'set spark.sql.caseSensitive=true', 'select A from (select 1 a)', 'select a from (select 1 a, 2 A)', 'reset spark.sql.caseSensitive', 'select A from (select 1 a)'],
    ['declare variable x int default 5', 'select x', 'set var x = 7', 'select x, session.x, system.session.x', 'set variable x = (select max(id) from range(4))', 'select x + 1', "declare y = 'abc'", 'select y', 'declare or replace variable y double', 'select y', 'drop temporary variable x', 'select x', 'drop temporary variable x', 'drop temporary variable if exists x', 'declare y int', 'set var nope = 1', 'set var (y) = (select 2.5)', 'select y', 'set var y = default', 'select y'],
    ['declare x int default 1', 'select * from range(5) where id > x', "declare z int default 'a'", 'declare q int = 3', 'select q', "set var q = 'x'", 'set var (x, q) = (select 10, 20)', 'select x, q', 'declare w default 1 + 1', 'select w', 'declare v array<int> default array(1, 2)', 'show variables'],
    ["describe query select 1 as a, 'x' b", 'desc query values (1)', 'describe select 1 as a'],
    ["execute immediate 'select 1 as a'", "execute immediate 'select ? + ?' using 1, 2", "execute immediate 'select :a' using 5 as a", "declare s string default 'select 3 as b'", 'execute immediate s', 'declare r int', "execute immediate 'select 42' into r", 'select r', "execute immediate 'select 1 from'", "execute immediate 'create temp view ev as select 1 as q'", 'select * from ev'],
    ['create temporary function f(x int) returns int return x + 1', 'select f(2)', "select f('3')", 'select f()', 'create temporary function f(x int) returns int return x', 'create or replace temporary function f(x int, y int default 10) returns int return x * y', 'select f(3), f(3, 4)', 'select f(id) from range(3)', 'drop temporary function f', 'select f(1)', 'drop temporary function f', 'drop temporary function if exists f'],
    ["create temporary function tf(n int) returns table (a int, b string) return select n, 'x' union all select n + 1, 'y'", 'select * from tf(5) order by a', "create function g(x double) returns double comment 'c' return x * 2", 'select g(4)', 'show user functions', 'drop function g', 'select g(1)', 'drop function g', "create function h() returns string return 'hi'", 'select h()', "create function if not exists h() returns string return 'ho'", 'select h()', 'drop function if exists h'],
    ['begin select 1; select 2; end', 'begin declare x int default 1; set x = x + 5; select x; end', "begin if 1 = 1 then select 'y'; else select 'n'; end if; end", 'begin declare i int default 0; while i < 3 do set i = i + 1; end while; select i; end', 'begin declare i int default 0; repeat set i = i + 1; until i >= 4 end repeat; select i; end', 'begin declare s int default 0; for r as select id from range(4) do set s = s + r.id; end for; select s; end'],
    ['begin declare i int default 0; l: loop set i = i + 1; if i = 3 then leave l; end if; end loop l; select i; end', "begin case 2 when 1 then select 'a'; when 2 then select 'b'; else select 'c'; end case; end", "begin declare exit handler for sqlexception begin select 'caught'; end; select 1/0; end", 'begin declare i int default 0; declare s int default 0; l: while i < 5 do set i = i + 1; if i = 2 then iterate l; end if; set s = s + i; end while; select s; end', 'begin select nope; end'],
    ['show tables', 'create temp view tv as select 1', 'show tables', 'show views in sqlx', "show views like 'tv'", 'show columns in tv', 'show columns in nope', 'describe nope', 'show create table tv', 'show tblproperties tv', 'show partitions tv', 'cache table tv', 'uncache table tv', 'cache lazy table c2 as select 5 as n', 'select * from c2', 'uncache table c2'],
    ['create table t (a int, b int generated always as (a + 1)) using parquet', 'create table t (a int)', 'create table u (a nope) using parquet', 'create table u (a int, a int) using parquet', 'create table w (a int) using nope', 'create external table e (a int) using parquet', 'create table x.y.z (a int) using parquet', 'create table nodb.t (a int) using parquet', 'create table pq using parquet partitioned by (b) as select 1 as a, 2 as b', 'describe pq', 'create table r (a int) using parquet partitioned by (nope)', 'create table cc (a char(3), b varchar(5)) using parquet', 'describe cc'],
    ["create table c (a int) using csv options (header 'true')", 'insert into c values (1)', 'select * from c', 'create table j (a int, b struct<x: int>) using json', 'insert into j values (1, struct(2))', 'select a, b.x from j', 'show create table j', 'describe j', 'describe j b'],
])
