"""Casts, in both modes of the language."""

from pyspark.sql import functions as F
from kit import _add, case, expressions

GOOD = [
    "cast('12' as int), cast(' 12 ' as int), cast('+5' as int), cast('-5' as bigint), cast('1.5' as double), cast('1e3' as float), cast('inf' as double), cast('1.25' as decimal(5,1))",
    "cast(1.9 as int), cast(-1.9 as int), cast(1.5D as int), cast(2.5D as bigint), cast(1.005 as decimal(4,2)), cast(1 as decimal(4,2)), cast(1.5F as double), cast(0.1F as double), cast(16777217 as float)",
    "cast(1 as boolean), cast(0 as boolean), cast('t' as boolean), cast('YES' as boolean), cast('0' as boolean), cast(true as int), cast(true as string), cast(false as double), cast(0.0 as boolean)",
    "cast(1 as string), cast(1.50 as string), cast(1.5D as string), cast(1e20 as string), cast(1e-5 as string), cast(100.0D as string), cast(1e7 as string), cast(1.0F as string), cast(cast('nan' as double) as string), cast(null as string), cast(X'6162' as string)",
    "cast(date'2024-01-01' as string), cast(timestamp'2024-01-01 00:00:00' as string), cast(timestamp'2024-01-01 00:00:00.120' as string), cast(timestamp_ntz'2024-01-01 10:00:00' as string)",
    "cast('2024-01-01' as date), cast('2024-1-1' as date), cast('2024' as date), cast('2024-01' as date), cast('2024-01-01 12:00:00' as date), cast('2024-01-01T10' as date)",
    "cast('2024-01-01 12:34:56' as timestamp), cast('2024-01-01' as timestamp), cast('2024-01-01T12:34:56.123456Z' as timestamp), cast('2024-01-01 12:34' as timestamp_ntz), cast('2024-01-01 00:00:00+08:00' as timestamp)",
    "cast(timestamp'2024-01-01 12:34:56.9' as date), cast(date'2024-01-01' as timestamp), cast(timestamp'2024-01-01 12:34:56.9' as bigint), cast(timestamp'1969-12-31 23:59:59.5' as double), cast(1.5 as timestamp), cast(0 as timestamp), cast(timestamp'2024-01-01 12:00:00' as timestamp_ntz)",
    "cast(array(1, 2) as array<string>), cast(map('a', 1) as map<string, bigint>), cast(struct(1, 'a') as struct<x: bigint, y: string>), cast(array('1', null) as array<int>)",
    "cast(array(1, null, 3) as string), cast(map('a', 1, 'b', null) as string), cast(struct(1, 'a', null) as string), cast(array(array(1), array()) as string), cast(struct(array(1), map(1, 2)) as string)",
    "cast(interval 1 day as string), cast(interval '1-2' year to month as string), cast(interval '1 2:3:4.5' day to second as string), cast(interval 90 minute as string), cast(interval 3 hours as int)",
    "cast('interval 3 days' as interval day), cast('2' as interval month), cast('1-2' as interval year to month), cast(5 as interval second)",
    "cast('abc' as binary), cast('a' as char(3)), cast('abc' as varchar(2)), cast('abcdef' as string)", "1::bigint, '5'::int + 1, null::double, 3.7::int::string",
    "try_cast('x' as int), try_cast('5' as int), try_cast(300 as tinyint), try_cast('nope' as date), try_cast('z' as boolean), try_cast(1e10 as int)",
    "cast(2147483647 as float), cast(9223372036854775807 as double), cast(123456789.123 as float), cast(1.0E10 as decimal(20, 2)), cast(1e-3 as decimal(10, 2))",
]
BAD = [
    "cast('x' as int)", "cast('' as int)", "cast('1.5' as int)", "cast('12a' as bigint)", "cast('x' as double)", "cast('x' as decimal(5,2))", "cast('maybe' as boolean)", "cast('nope' as date)",
    "cast('2024-13-01' as date)", "cast('nope' as timestamp)", "cast(300 as tinyint)", "cast(3000000000 as int)", "cast(1e20 as bigint)", "cast(1e10 as int)", "cast(cast('nan' as double) as int)", "cast(123.45 as decimal(4,2))",
    "cast('1234' as decimal(3,0))", "cast(1 as date)", "cast(date'2024-01-01' as int)", "cast(array(1) as int)", "cast(1 as array<int>)", "cast(true as date)", "cast(map(1, 2) as array<int>)", "cast(struct(1) as struct<a: int, b: int>)", "cast(array('x') as array<int>)",
    "cast(X'01' as int)", "cast(true as timestamp)", "cast(1 as binary)", "cast(1.5 as binary)", "cast(200S as tinyint)", "cast(-32769 as smallint)",
]

expressions(__name__, "good", GOOD)
expressions(__name__, "bad", BAD)

for number, text in enumerate(BAD + ["1 / 0", "2147483647 + 1", "array(1)[5]", "map('a', 1)['z']", "1 % 0", "cast('99999999999999999999999999999999999999' as decimal(38,0)) * 10", "127Y + 1Y"]):
    def off(spark, text=text):
        spark.conf.set("spark.sql.ansi.enabled", "false")
        try:
            df = spark.sql(f"SELECT {text} AS x")
            return [df.schema.simpleString(), [str(r) for r in df.collect()]]
        finally:
            spark.conf.set("spark.sql.ansi.enabled", "true")

    _add(__name__, f"without_ansi_{number:02}", off)


@case
def by_type_object(spark):
    from pyspark.sql import types as T

    c = F.col("id")
    return spark.range(1).select(
        c.cast(T.ByteType()), c.cast(T.DecimalType(5, 1)), c.cast("string"), c.cast("decimal"), c.cast("float"), c.astype("short"),
        F.array(c).cast("array<string>"), F.array(c).cast(T.ArrayType(T.StringType())))


@case
def try_cast_method(spark):
    return spark.createDataFrame([("1",), ("x",)], ["s"]).select(F.col("s").try_cast("int"))


@case
def cast_to_unknown_type(spark):
    return spark.range(1).select(F.col("id").cast("nope"))


@case
def numbers_to_every_text(spark):
    n = spark.table("numbers")
    return n.select([F.col(c).cast("string") for c in ("b", "s", "i", "l", "f", "d", "dec", "t")])


@case
def doubles_to_text(spark):
    values = [0.1, 1.0, 100.0, 123456.789, 1e6, 1e7, 12345678.9, 1e-3, 1e-4, 1.5e300, 5e-324, -0.0, 1 / 3, 2**53 + 0.0, 1.7976931348623157e308]
    return spark.createDataFrame([(v,) for v in values], "d double").selectExpr("d", "cast(d as string)", "cast(cast(d as float) as string)")
