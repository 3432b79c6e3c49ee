"""The order of rows where no one sorts them, ties, and which file rows are in."""

import pathlib

from pyspark.sql import functions as F
from kit import HERE, Ordered, case, expressions, queries

FILES = HERE / "files"

queries(__name__, "tie", [
    "select max_by(x, y), min_by(x, y) from values (1, 1), (2, 1), (3, 1) t(x, y)",
    "select max_by(x, y), min_by(x, y) from values (1, 2), (null, 2), (3, 1), (4, 1) t(x, y)",
    "select max_by(x, y) from values (1, cast(null as int)), (2, null) t(x, y)",
    "select g, max_by(x, y), min_by(x, y) from values ('a', 1, 1), ('b', 2, 5), ('a', 3, 1), ('b', 4, null) t(g, x, y) group by g order by g",
    "select x, max_by(x, y) over (order by x rows between 1 preceding and current row) m from values (1, 9), (2, 5), (3, 5) t(x, y) order by x",
    "select max_by(x, y) filter (where x < 3) from values (1, 1), (2, 1), (3, 1) t(x, y)",
])

queries(__name__, "nested_null", [
    "select map('a', 1) m union all select map('c', cast(null as int))",
    "select array(1) m union all select array(cast(null as int))",
    "select array(1) m union all select array(null)",
    "select struct(1 a) m union all select struct(cast(null as int) a)",
    "select array(struct(1 a)) m union all select array(struct(null a))",
    "select array(1) m union select array(null)",
    "select array(1) m intersect select array(null)",
    "select array(1) m except select array(null)",
    "select map('a', array(1)) m union all select map('b', array(null)) union all select map('c', null)",
])

queries(__name__, "map_rows", [
    "select distinct map(1, 2) as m", "select distinct struct(map(1, 2)) as s", "select distinct array(map(1, 2)) as a",
    "select map(1, 2) m, count(*) from range(2) group by 1",
])

expressions(__name__, "pattern", [
    "'abcd' rlike 'b(?=c)', 'abcd' rlike 'b(?=d)', 'abcd' rlike '(?<!a)b'",
    "regexp_replace('aabbcc', '(.)\\\\1', '<$1>'), regexp_extract('price: 42 USD', '(\\\\d+)(?= USD)', 1)",
    "'aaa' rlike '^a++a', 'aaa' rlike '^a+a', regexp_count('banana', 'a(?!$)')",
    "split('a1b2c3', '(?<=[0-9])'), regexp_extract_all('a1b22', '(?<=[a-z])([0-9]+)', 1)",
    "regexp_substr('abc', 'b(?=c)'), regexp_instr('abc', '(?<=a)b')",
])


@case
def possessive_names(spark):
    df = spark.createDataFrame([("a", 1)], "Col1 string, Col2 int")
    return df.select(df.colRegex("`(Col1)?+.+`"))


def sides(spark):
    left = spark.createDataFrame([(3, "c"), (1, "a"), (2, "b"), (3, "d")], "id int, l string")
    right = spark.createDataFrame([(2, "x"), (3, "y"), (4, "z")], "id int, r string")
    return left, right


def joined(how):
    def function(spark):
        left, right = sides(spark)
        found = left.join(right, "id", how)
        # DataFusion gives rows without a match after all others.
        return found if how in ("left", "right") else Ordered(found)

    function.__name__, function.__module__ = f"join_{how}", __name__
    return case(function)


for kind in ("inner", "left", "right", "left_semi", "left_anti"):
    joined(kind)


@case
def join_cross(spark):
    left, right = sides(spark)
    return Ordered(left.crossJoin(right))


@case
def join_by_less(spark):
    left, right = sides(spark)
    return Ordered(left.join(right, left.id < right.id))


@case
def union_limited(spark):
    left, right = sides(spark)
    return Ordered(left.union(right).union(left).limit(7))


@case
def union_shown(spark):
    left, right = sides(spark)
    return left.union(right).union(left)._show_string(20)


def base_name(path):
    return F.element_at(F.split(path, "/"), -1)


@case
def file_above_projection(spark):
    df = spark.read.parquet(str(FILES / "types.parquet"))
    return df.select(df.columns[0]).select(base_name(F.input_file_name()).alias("f")).distinct()


@case
def file_above_filter_and_projection(spark):
    df = spark.read.option("header", True).csv(str(FILES / "plain.csv"))
    below = df.select(F.col(df.columns[0]).alias("a")).where("a is not null")
    return below.withColumn("f", base_name(F.input_file_name())).select("f").distinct()


@case
def metadata_above_projection(spark):
    df = spark.read.json(str(FILES / "lines.json"))
    return df.select(df.columns[0]).select("_metadata.file_name").distinct()


@case
def metadata_is_no_column_above_aggregate(spark):
    df = spark.read.json(str(FILES / "lines.json"))
    return df.groupBy(df.columns[0]).count().select("_metadata.file_name")


@case
def files_of_each_format(spark):
    frames = [spark.read.csv(str(FILES / "plain.csv")), spark.read.json(str(FILES / "lines.json")),
              spark.read.text(str(FILES / "two_files")), spark.read.parquet(str(FILES / "types.parquet"))]
    names = [[pathlib.PurePath(path).name for path in df.inputFiles()] for df in frames]
    both = frames[0].crossJoin(frames[1]).inputFiles()
    return [sorted(n) for n in names] + [sorted(pathlib.PurePath(path).name for path in both)]
