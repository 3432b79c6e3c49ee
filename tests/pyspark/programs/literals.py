"""Python values as literals and as local data, of every type."""

import datetime as dt
import decimal

from pyspark.sql import Row, functions as F, types as T
from kit import case

D = decimal.Decimal


@case
def plain(spark):
    return spark.range(1).select(F.lit(1), F.lit(2**40), F.lit(1.5), F.lit("a"), F.lit(True), F.lit(None), F.lit(b"\x01"), F.lit(""))


@case
def decimals(spark):
    return spark.range(1).select(*[F.lit(D(v)) for v in ("1.50", "0.001", "-12345678901234567890.12", "100", "0", "1E+3")])


@case
def dates_and_times(spark):
    return spark.range(1).select(
        F.lit(dt.date(2024, 2, 29)), F.lit(dt.datetime(2024, 2, 29, 1, 2, 3, 4)), F.lit(dt.datetime(2024, 2, 29, 1, tzinfo=dt.timezone.utc)),
        F.lit(dt.timedelta(days=1, seconds=2, microseconds=3)), F.lit(dt.date(1, 1, 1)), F.lit(dt.date(9999, 12, 31)))


@case
def lists(spark):
    return spark.range(1).select(F.lit([1, 2]), F.lit(["a", "b"]), F.lit([[1], [2, 3]]), F.array(F.lit(1), F.lit(None)))


@case
def maps_and_structs(spark):
    return spark.range(1).select(
        F.create_map(F.lit("a"), F.lit(1)), F.struct(F.lit(1).alias("x"), F.lit("y").alias("z")), F.named_struct(F.lit("k"), F.lit(1)))


@case
def infinities(spark):
    return spark.range(1).select(F.lit(float("nan")), F.lit(float("inf")), F.lit(-0.0), F.lit(1e300))


@case
def long_at_the_edge(spark):
    return spark.range(1).select(F.lit(2**31 - 1), F.lit(2**31), F.lit(-(2**31)), F.lit(2**63 - 1), F.lit(-(2**63)))


@case
def too_long(spark):
    return spark.range(1).select(F.lit(2**63))


@case
def text_with_quotes(spark):
    return spark.range(1).select(F.lit("it's"), F.lit('a"b'), F.lit("back\\slash"), F.lit("new\nline"), F.lit("é漢😀"))


@case
def create_from_tuples(spark):
    return spark.createDataFrame([(1, "a", 1.5, True, None), (2, None, None, None, None)], "a int, b string, c double, d boolean, e date")


@case
def create_inferred(spark):
    return spark.createDataFrame([(1, "a", 1.5, True, dt.date(2024, 1, 1), D("1.5"), b"x", [1], {"k": 1.0})])


@case
def create_from_dicts_and_rows(spark):
    return spark.createDataFrame([{"b": 1, "a": "x"}]).unionByName(spark.createDataFrame([Row(b=2, a="y")]))


@case
def create_rows_nested(spark):
    return spark.createDataFrame([Row(id=1, p=Row(x=1, y="a"), l=[Row(z=1), Row(z=None)])])


@case
def create_empty(spark):
    return spark.createDataFrame([], "a int, b array<string>, c struct<x: int not null>")


@case
def create_empty_without_schema(spark):
    return spark.createDataFrame([])


@case
def create_not_nullable(spark):
    return spark.createDataFrame([(1,)], T.StructType([T.StructField("a", T.IntegerType(), False)]))


@case
def create_null_in_not_nullable(spark):
    return spark.createDataFrame([(None,)], T.StructType([T.StructField("a", T.IntegerType(), False)]))


@case
def create_wrong_type(spark):
    return spark.createDataFrame([("x",)], "a int")


@case
def create_with_metadata(spark):
    return spark.createDataFrame([(1,)], T.StructType([T.StructField("a", T.IntegerType(), True, {"m": "v"})]))


@case
def create_from_pandas(spark):
    import pandas as pd

    frame = pd.DataFrame({"i": [1, 2], "f": [1.5, None], "s": ["a", None], "t": pd.to_datetime(["2024-01-01 01:02:03", None]), "b": [True, False]})
    return spark.createDataFrame(frame)


@case
def create_from_pandas_with_schema(spark):
    import pandas as pd

    return spark.createDataFrame(pd.DataFrame({"a": [1, 2]}), "a string")


@case
def create_intervals_and_times(spark):
    schema = T.StructType([T.StructField("d", T.DayTimeIntervalType(0, 3)), T.StructField("n", T.TimestampNTZType()), T.StructField("t", T.TimestampType())])
    return spark.createDataFrame([(dt.timedelta(5, 7), dt.datetime(2024, 3, 10, 2, 30), dt.datetime(2024, 7, 1))], schema)


@case
def create_one_column(spark):
    return spark.createDataFrame([1, 2, None], "int")


@case
def create_char_and_varchar(spark):
    return spark.createDataFrame([("a", "b")], "c char(3), v varchar(5)")


@case
def create_duplicate_names(spark):
    return spark.createDataFrame([(1, 2)], ["a", "a"])


@case
def create_wide_and_long(spark):
    df = spark.createDataFrame([(i, f"s{i}", i * 0.5) for i in range(5000)], "i int, s string, d double")
    return df.agg(F.count("*"), F.sum("i"), F.max("s"), F.sum("d"))


@case
def date_edges(spark):
    return spark.createDataFrame([(dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(1582, 10, 4))], "a date, b date, c date")


@case
def every_type_round_trip(spark):
    return spark.table("numbers").select(*spark.table("numbers").columns)


@case
def nested_round_trip(spark):
    return spark.table("nested")


@case
def times_round_trip(spark):
    return spark.table("times")


@case
def to_pandas(spark):
    frame = spark.table("people").orderBy("id").toPandas()
    return [list(frame.columns), [str(t) for t in frame.dtypes], frame.astype(str).values.tolist()]


@case
def to_pandas_numbers(spark):
    frame = spark.table("numbers").drop("bin").toPandas()
    return [[str(t) for t in frame.dtypes], frame.astype(str).values.tolist()]


@case
def to_pandas_times(spark):
    frame = spark.table("times").orderBy("id").toPandas()
    return [[str(t) for t in frame.dtypes], frame.astype(str).values.tolist()]


@case
def to_pandas_empty(spark):
    frame = spark.table("people").filter("id > 100").toPandas()
    return [list(frame.columns), [str(t) for t in frame.dtypes], len(frame)]


@case
def to_arrow_schema(spark):
    schema = spark.table("numbers").toArrow().schema
    return [[f.name, str(f.type), f.nullable] for f in schema]


@case
def to_arrow_nested_schema(spark):
    return str(spark.table("nested").toArrow().schema.remove_metadata())


@case
def to_local_iterator(spark):
    return [r[0] for r in spark.range(5).toLocalIterator()]
