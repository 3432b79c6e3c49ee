"""The file format ORC: files that Spark wrote, and files that are written and read again."""

import os
import tempfile

from pyspark.sql import functions as F
from kit import HERE, Ordered, _add, case

FILES = HERE / "files" / "orc"
ROOT = tempfile.mkdtemp(prefix="orc")


def path(name):
    return str(FILES / name)


def folder():
    return tempfile.mkdtemp(dir=ROOT) + "/of"


def condition(do):
    """The condition of an error whose parameters name temporary files."""
    try:
        return do()
    except Exception as error:
        return error.getCondition()


def summed(df):
    """What tells rows apart, of many."""
    sums = [f"{f}({c})" for c in df.columns for f in ("count", "sum(hash")]
    return df.selectExpr("count(*)", *(s + ")" * s.startswith("sum(") for s in sums))


for name in ["types.orc", "nested.orc", "hive.orc", "empty.orc", "two/b.orc", "no.orc", "nope.orc"]:
    _add(__name__, f"read_{name.replace('/', '_').split('.')[0]}", lambda spark, f=name: spark.read.orc(path(f)))

for codec in ["none", "zlib", "snappy", "lz4", "lzo", "zstd"]:
    _add(__name__, f"codec_{codec}", lambda spark, c=codec: summed(spark.read.orc(path(f"codecs/{c}.orc"))))

SCHEMAS = {
    "wider": "i8 long, i16 int, i32 double, f32 double, b int, dec decimal(20,5)",
    "narrower": "i64 int, i32 short, i16 byte, f64 float, dec decimal(3,1)",
    "texts": "i8 string, i64 string, s binary",
    "decimals": "i32 decimal(10,2), i64 decimal(20,0), i8 decimal(2,1), dec double",
    "flags": "i32 boolean, i8 boolean",
    "names": "I8 byte, nope int, S string, ts timestamp, ntz timestamp_ntz",
}
for name, schema in SCHEMAS.items():
    _add(__name__, f"schema_{name}", lambda spark, s=schema: spark.read.schema(s).orc(path("types.orc")))
NESTED = {
    "fields": "st struct<Q: struct<s: array<struct<t: decimal(5,3), u: int>>, r: string, x: date>, p: long>, li array<long>",
    "maps": "m map<string, array<string>>, st struct<nope: int>",
}
for name, schema in NESTED.items():
    _add(__name__, f"schema_{name}", lambda spark, s=schema: spark.read.schema(s).orc(path("nested.orc")))


@case
def hive_by_position(spark):
    return spark.read.schema("a int, b string").orc(path("hive.orc"))


@case
def hive_by_position_pruned(spark):
    return spark.read.schema("a int, b string").orc(path("hive.orc")).select("b")


@case
def stripes(spark):
    df = spark.read.orc(path("stripes.orc"))
    return df.selectExpr("count(*)", "sum(id)", "sum(hash(texts))", "sum(size(li))", "sum(aggregate(li, 0L, (a, b) -> a + b))")


@case
def stripes_in_order(spark):
    return spark.read.orc(path("stripes.orc")).where("id % 700 = 3").collect()


@case
def counted(spark):
    return spark.read.orc(path("codecs/zstd.orc")).count()


@case
def pruned(spark):
    return spark.read.orc(path("codecs/zstd.orc")).where("some > 790").select("texts", "dec")


@case
def nested_field(spark):
    return spark.read.orc(path("nested.orc")).select("id", "st.q.r", F.col("m")["a"], F.size("li"))


@case
def limited(spark):
    return len(spark.read.orc(path("stripes.orc")).limit(1200).collect())


@case
def intervals(spark):
    return spark.read.orc(path("intervals.orc")).selectExpr("cast(a as string)", "cast(b as string)", "cast(c as string)")


@case
def intervals_schema(spark):
    return spark.read.orc(path("intervals.orc")).schema.simpleString()


@case
def merged(spark):
    return spark.read.option("mergeSchema", True).orc(path("two")).select("a", "b", "c")


@case
def merged_by_argument(spark):
    return sorted(spark.read.orc(path("two"), mergeSchema=True).columns)


@case
def merged_by_conf(spark):
    spark.conf.set("spark.sql.orc.mergeSchema", "true")
    try:
        return sorted(spark.read.orc(path("two")).columns)
    finally:
        spark.conf.unset("spark.sql.orc.mergeSchema")


@case
def merged_that_clash(spark):
    return condition(lambda: spark.read.option("mergeSchema", True).orc(path("clash")).collect())


@case
def chosen_by_name(spark):
    return spark.read.option("pathGlobFilter", "b*").orc(path("two"))


@case
def chosen_by_age(spark):
    return spark.read.schema("a int").option("modifiedBefore", "2001-01-01T00:00:00").orc(path("two"))


@case
def found_below(spark):
    return spark.read.option("recursiveFileLookup", True).schema("id long").orc(str(FILES / "codecs")).count()


@case
def metadata(spark):
    return spark.read.orc(path("two")).select("a", "_metadata.file_name")


@case
def by_sql(spark):
    return spark.sql(f"select a, b from orc.`{path('two/a.orc')}` where a = 1")


@case
def by_load(spark):
    return spark.read.format("orc").load(path("two/a.orc"))


@case
def two_paths(spark):
    return spark.read.orc([path("two/a.orc"), path("two/b.orc")]).select("a")


@case
def no_orc_with_schema(spark):
    return condition(lambda: spark.read.schema("a int").orc(path("no.orc")).collect())


@case
def cut_with_schema(spark):
    return condition(lambda: spark.read.schema("id long").orc(path("cut.orc")).collect())


@case
def damaged(spark):
    return condition(lambda: spark.read.orc(path("damaged.orc")).collect())


@case
def empty_folder(spark):
    at = folder()
    os.makedirs(at)
    return spark.read.orc(at)


@case
def empty_file(spark):
    at = folder()
    os.makedirs(at)
    open(at + "/a.orc", "w").close()
    return spark.read.schema("a int").orc(at)


@case
def empty_file_without_schema(spark):
    at = folder()
    os.makedirs(at)
    open(at + "/a.orc", "w").close()
    return spark.read.orc(at)


def again(df, **options):
    at = folder()
    df.write.orc(at, **options)
    return df.sparkSession.read.orc(at)


for name in ["types.orc", "nested.orc", "empty.orc"]:
    _add(__name__, f"again_{name.split('.')[0]}", lambda spark, f=name: again(spark.read.orc(path(f))))
for name in ["codecs/zlib.orc", "stripes.orc"]:
    label = name.replace("/", "_").split(".")[0]
    _add(__name__, f"again_{label}", lambda spark, f=name: summed(again(spark.read.orc(path(f)))))

for codec in ["none", "uncompressed", "snappy", "zlib", "lz4", "zstd", "ZSTD"]:
    def of_codec(spark, codec=codec):
        at = folder()
        spark.range(900).selectExpr("id", "cast(id % 7 as string) s").coalesce(1).write.orc(at, compression=codec)
        names = [f.split(".", 1)[1] for f in os.listdir(at) if f.startswith("part-")]
        return names, spark.read.orc(at).selectExpr("sum(id)", "max(s)", "count(*)").collect()
    _add(__name__, f"written_{codec}", of_codec)


@case
def written_gzip(spark):
    return spark.range(3).write.orc(folder(), compression="gzip")


@case
def written_by_default(spark):
    at = folder()
    spark.range(3).coalesce(1).write.orc(at)
    return [f.split(".", 1)[1] for f in os.listdir(at) if f.startswith("part-")]


@case
def written_by_other_option(spark):
    at = folder()
    spark.range(3).coalesce(1).write.option("orc.compress", "zlib").format("orc").save(at)
    return [f.split(".", 1)[1] for f in os.listdir(at) if f.startswith("part-")], spark.read.orc(at).count()


@case
def written_without_rows(spark):
    return again(spark.range(0).selectExpr("id", "named_struct('a', id) s"))


@case
def written_intervals(spark):
    df = spark.sql("select interval '1-2' year to month a, interval '1 2:03:04' day to second b, interval '5' hour c, interval '-7' month d, interval '3' day e")
    return again(df).selectExpr("*").schema.simpleString(), again(df).selectExpr("cast(a as string)", "cast(b as string)", "cast(c as string)", "cast(d as string)", "cast(e as string)").collect()


@case
def written_old_days(spark):
    df = spark.sql("""select * from values
        (date'1582-10-03', timestamp_ntz'1582-10-03 01:02:03'), (date'1582-10-04', timestamp_ntz'1582-10-10 01:02:03'),
        (date'1582-10-05', null), (date'1582-10-14', null), (date'1582-10-15', null), (date'1000-02-28', null),
        (date'0001-01-01', null), (date'9999-12-31', null), (date'1200-03-01', null), (date'1970-01-01', null) t(d, n)""")
    return again(df)


@case
def written_old_times(spark):
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    try:
        df = spark.sql("""select * from values
            (timestamp'1582-10-04 01:02:03.000001'), (timestamp'1582-10-10 23:59:59'), (timestamp'1582-10-15 00:00:00'),
            (timestamp'1000-02-28 12:00:00'), (timestamp'0001-01-01 00:00:00'), (timestamp'9999-12-31 23:59:59.999999'),
            (timestamp'1969-12-31 23:59:59.5'), (timestamp'1969-12-31 23:59:58.5'), (timestamp'1969-12-31 23:59:59.0005'),
            (timestamp'1969-12-31 23:59:59'), (timestamp'1970-01-01 00:00:00.123456'), (timestamp'1900-01-01 00:00:00.1') t(ts)""")
        return again(df).selectExpr("cast(ts as string)").collect()
    finally:
        spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")


@case
def written_numbers(spark):
    df = spark.range(40000).selectExpr(
        "id", "id * id * id % 1000003 as cube", "cast(id % 3 as byte) small", "cast(id % 2 as short) short", "-id minus",
        "id div 1000 as steps", "if(id % 1000 = 7, null, id) some", "id % 7 = 0 flag", "if(id % 5 = 0, null, id % 2 = 0) maybe",
        "cast(id as float) / 3 f", "cast(id as string) s", "cast(id as decimal(38, 10)) * -1 d", "9223372036854775807 - id % 7919 * 1164735211 as big")
    return summed(again(df))


@case
def written_nested(spark):
    df = spark.range(20000).selectExpr(
        "id", "if(id % 4 = 0, null, array_repeat(if(id % 3 = 0, null, id), cast(id % 5 as int))) li",
        "if(id % 6 = 0, null, map(id, if(id % 2 = 0, null, cast(id as string)), -id, 'm')) m",
        "if(id % 5 = 0, null, named_struct('a', if(id % 2 = 0, null, id), 'b', named_struct('c', array(id, null)))) st",
        "array(array(id), null, array()) deep")
    back = again(df)
    return back.selectExpr("sum(hash(li))", "sum(hash(st))", "sum(hash(deep))", "count(li)", "count(m)", "count(st)", "count(st.a)", "sum(size(st.b.c))")


def refused(spark, text):
    return spark.sql(f"select {text} a").write.orc(folder())


for name, text in {"void": "null", "voids": "array(null)", "interval": "make_interval(1)", "nested_interval": "named_struct('x', make_interval(1))"}.items():
    _add(__name__, f"refused_{name}", lambda spark, t=text: refused(spark, t))


@case
def partitioned(spark):
    at = folder()
    spark.range(6).selectExpr("id", "id % 2 as k", "if(id < 3, 'a b', null) s").write.partitionBy("k", "s").orc(at)
    folders = sorted(os.path.relpath(d, at) for d, _, f in os.walk(at) if any(n.startswith("part-") for n in f))
    return folders, [tuple(r) for r in spark.read.orc(at).orderBy("id").collect()]


@case
def partitions_pruned(spark):
    at = folder()
    spark.range(6).selectExpr("id", "id % 2 as k").write.partitionBy("k").orc(at)
    return spark.read.orc(at).where("k = 1").select("id", F.col("_metadata.file_size") > 0)


@case
def modes(spark):
    at = folder()
    write = lambda n, mode: spark.range(n).write.mode(mode).orc(at)
    write(3, "error"), write(2, "append"), write(7, "ignore")
    counts = [spark.read.orc(at).count(), condition(lambda: write(1, "error"))]
    write(4, "overwrite")
    return counts + [spark.read.orc(at).count()]


@case
def few_rows_a_file(spark):
    at = folder()
    spark.range(10).coalesce(1).write.option("maxRecordsPerFile", 3).orc(at)
    return len([f for f in os.listdir(at) if f.startswith("part-")]), spark.read.orc(at).count()


@case
def as_table(spark):
    spark.sql("drop table if exists orc_saved")
    try:
        spark.read.orc(path("nested.orc")).write.format("orc").saveAsTable("orc_saved")
        spark.sql("insert into orc_saved values (9, array(9), null, null)")
        return spark.table("orc_saved").orderBy("id").collect()
    finally:
        spark.sql("drop table if exists orc_saved")


@case
def as_table_of_statements(spark):
    spark.sql("drop table if exists orc_made")
    try:
        spark.sql("create table orc_made(id int, c char(4), v varchar(5), ts timestamp, k string) using orc partitioned by (k)")
        spark.sql("insert into orc_made values (1, 'ab', 'cd', timestamp'2024-01-02 03:04:05', 'x'), (2, null, null, null, 'y')")
        spark.sql("insert overwrite orc_made partition (k = 'y') select 3, 'q', 'r', null")
        provider = [r.data_type for r in spark.sql("describe extended orc_made").collect() if r.col_name == "Provider"]
        return provider, spark.table("orc_made").orderBy("id").collect()
    finally:
        spark.sql("drop table if exists orc_made")


@case
def as_table_of_options(spark):
    spark.sql("drop table if exists orc_zlib")
    try:
        spark.sql("create table orc_zlib using orc options (compression 'zlib') as select id, id * 2 d from range(5)")
        return spark.sql("select sum(d) from orc_zlib").collect()
    finally:
        spark.sql("drop table if exists orc_zlib")


@case
def columns_of_another_case(spark):
    at = folder()
    spark.sql("select 1 as Abc, 2 as x").write.orc(at)
    return spark.read.schema("aBC int, X int").orc(at)


@case
def a_view_of_a_file(spark):
    spark.sql(f"create temporary view orc_view using orc options (path '{path('two/a.orc')}')")
    return spark.table("orc_view")
