"""Partitions that a table knows of, and those that it is told of."""

import os
import tempfile

from kit import case

ROOT = tempfile.mkdtemp(prefix="recovered")


def partitioned(spark, name, columns="id bigint, k int", by="k", source="parquet"):
    """A table over a folder, which nothing is in."""
    at = tempfile.mkdtemp(dir=ROOT)
    spark.sql(f"drop table if exists {name}")
    spark.sql(f"create table {name}({columns}) using {source} partitioned by ({by}) location '{at}'")
    return at


def shown(spark, name, by="id"):
    rows = [tuple(r) for r in spark.table(name).orderBy(by).collect()]
    return rows, [r[0] for r in spark.sql(f"show partitions {name}").collect()]


def write(spark, at, start, end):
    spark.range(start, end).selectExpr("id", "cast(id as int) k").write.mode("append").partitionBy("k").parquet(at)


@case
def by_the_catalog(spark):
    at = partitioned(spark, "rec_catalog")
    write(spark, at, 0, 3)
    before = shown(spark, "rec_catalog")
    spark.catalog.recoverPartitions("rec_catalog")
    after = shown(spark, "rec_catalog")
    spark.sql("drop table rec_catalog")
    return before, after


@case
def by_repair(spark):
    at = partitioned(spark, "rec_repair")
    write(spark, at, 0, 2)
    spark.sql("msck repair table rec_repair")
    first = shown(spark, "rec_repair")
    write(spark, at, 2, 4)
    second = shown(spark, "rec_repair")
    spark.sql("msck repair table rec_repair add partitions")
    third = shown(spark, "rec_repair")
    spark.sql("drop table rec_repair")
    return first, second, third


@case
def by_alter(spark):
    at = partitioned(spark, "rec_alter")
    write(spark, at, 5, 7)
    spark.sql("alter table rec_alter recover partitions")
    found = shown(spark, "rec_alter")
    spark.sql("drop table rec_alter")
    return found


@case
def of_two_columns(spark):
    at = partitioned(spark, "rec_two", "id bigint, k int, s string", "k, s", "csv")
    spark.sql("select 1L id, 1 k, 'a b' s union all select 2L, null, 'c/d'").write.mode("append").partitionBy("k", "s").csv(at)
    before = shown(spark, "rec_two")
    spark.sql("msck repair table rec_two")
    after = shown(spark, "rec_two")
    spark.sql("drop table rec_two")
    return before, after


@case
def gone(spark):
    at = partitioned(spark, "rec_gone")
    write(spark, at, 0, 3)
    spark.sql("repair table rec_gone")
    for name in os.listdir(at + "/k=1"):
        os.remove(f"{at}/k=1/{name}")
    os.rmdir(at + "/k=1")
    kept = shown(spark, "rec_gone")[1]
    spark.sql("msck repair table rec_gone")
    kept = kept, shown(spark, "rec_gone")[1]
    spark.sql("msck repair table rec_gone drop partitions")
    dropped = shown(spark, "rec_gone")
    write(spark, at, 8, 9)
    spark.sql("msck repair table rec_gone sync partitions")
    synced = shown(spark, "rec_gone")
    spark.sql("drop table rec_gone")
    return kept, dropped, synced


@case
def inserted(spark):
    at = partitioned(spark, "rec_inserted")
    write(spark, at, 0, 3)
    spark.sql("insert into rec_inserted values (10, 1), (11, 7)")
    first = shown(spark, "rec_inserted")
    spark.sql("insert overwrite rec_inserted partition (k = 7) select 12")
    second = shown(spark, "rec_inserted")
    spark.sql("drop table rec_inserted")
    return first, second


@case
def overwritten(spark):
    partitioned(spark, "rec_overwritten")
    spark.sql("insert into rec_overwritten values (1, 1), (2, 2)")
    spark.sql("insert overwrite rec_overwritten values (3, 3)")
    found = shown(spark, "rec_overwritten")
    spark.sql("drop table rec_overwritten")
    return found


@case
def added_and_dropped(spark):
    at = partitioned(spark, "rec_added")
    write(spark, at, 0, 3)
    spark.sql("alter table rec_added add partition (k = 1) partition (k = 8)")
    added = shown(spark, "rec_added")
    spark.sql("alter table rec_added add if not exists partition (k = 1)")
    spark.sql("alter table rec_added drop partition (k = 1)")
    dropped = shown(spark, "rec_added")
    spark.sql("alter table rec_added drop if exists partition (k = 1)")
    spark.sql("alter table rec_added recover partitions")
    again = shown(spark, "rec_added")
    spark.sql("drop table rec_added")
    return added, dropped, again


@case
def added_twice(spark):
    partitioned(spark, "rec_twice")
    spark.sql("alter table rec_twice add partition (k = 1)")
    try:
        return spark.sql("alter table rec_twice add partition (k = 1)")
    finally:
        spark.sql("drop table rec_twice")


@case
def dropped_that_is_not_there(spark):
    partitioned(spark, "rec_not_there")
    try:
        return spark.sql("alter table rec_not_there drop partition (k = 1)")
    finally:
        spark.sql("drop table rec_not_there")


@case
def saved(spark):
    spark.sql("drop table if exists rec_saved")
    spark.range(3).selectExpr("id", "id % 2 k").write.partitionBy("k").saveAsTable("rec_saved")
    first = shown(spark, "rec_saved")
    spark.range(5, 7).selectExpr("id", "9L k").write.mode("append").partitionBy("k").saveAsTable("rec_saved")
    second = shown(spark, "rec_saved")
    spark.sql("drop table rec_saved")
    return first, second


@case
def saved_at_a_place(spark):
    at = tempfile.mkdtemp(dir=ROOT)
    spark.sql("drop table if exists rec_placed")
    spark.range(3).selectExpr("id", "id % 2 k").write.mode("overwrite").option("path", at).partitionBy("k").saveAsTable("rec_placed")
    found = shown(spark, "rec_placed")
    spark.sql("drop table rec_placed")
    return found


@case
def made_of_what_is_there(spark):
    at = tempfile.mkdtemp(dir=ROOT)
    write(spark, at, 0, 2)
    spark.sql("drop table if exists rec_inferred")
    spark.sql(f"create table rec_inferred using parquet location '{at}'")
    before = shown(spark, "rec_inferred")
    spark.sql("msck repair table rec_inferred")
    after = shown(spark, "rec_inferred")
    spark.sql("drop table rec_inferred")
    return before, after


@case
def truncated(spark):
    spark.sql("drop table if exists rec_truncated")
    spark.range(3).selectExpr("id", "id k").write.partitionBy("k").saveAsTable("rec_truncated")
    spark.sql("truncate table rec_truncated")
    found = shown(spark, "rec_truncated")
    spark.sql("drop table rec_truncated")
    return found


@case
def renamed(spark):
    partitioned(spark, "rec_old")
    spark.sql("drop table if exists rec_new")
    spark.sql("insert into rec_old values (1, 1)")
    spark.sql("alter table rec_old rename to rec_new")
    spark.sql("insert into rec_new values (2, 2)")
    found = shown(spark, "rec_new")
    spark.sql("drop table rec_new")
    return found


@case
def kept_rows_are_read_again(spark):
    at = partitioned(spark, "rec_kept")
    write(spark, at, 0, 2)
    table = spark.table("rec_kept").cache()
    before = table.count()
    spark.sql("msck repair table rec_kept")
    after = spark.table("rec_kept").count()
    spark.sql("drop table rec_kept")
    return before, after


NAMES = {"missing": "rec_nothing", "view": "rec_view", "plain": "rec_plain", "temporary": "rec_temp"}
STATEMENTS = {
    "repair": "msck repair table {}",
    "short": "repair table {}",
    "alter": "alter table {} recover partitions",
    "show": "show partitions {}",
    "catalog": None,
}


def refused(spark, name, statement):
    spark.sql("create or replace view rec_view as select 1 a")
    spark.sql("create or replace temporary view rec_temp as select 1 a")
    spark.sql("create table if not exists rec_plain(a int) using parquet")
    try:
        return spark.sql(statement.format(name)) if statement else spark.catalog.recoverPartitions(name)
    finally:
        spark.sql("drop view rec_view")
        spark.sql("drop table rec_plain")


def _refusals():
    from kit import _add

    for which, name in NAMES.items():
        for how, statement in STATEMENTS.items():
            _add(__name__, f"refused_{how}_{which}", lambda spark, n=name, s=statement: refused(spark, n, s))


_refusals()
