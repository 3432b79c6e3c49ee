"""The views that every program finds in its session."""

import datetime as dt
import decimal

from pyspark.sql import types as T

D = decimal.Decimal


def views(spark):
    """Makes the views; they are small, and full of nulls and ties on purpose."""
    people(spark).createOrReplaceTempView("people")
    depts(spark).createOrReplaceTempView("depts")
    numbers(spark).createOrReplaceTempView("numbers")
    nested(spark).createOrReplaceTempView("nested")
    times(spark).createOrReplaceTempView("times")


def struct(*fields):
    """A schema from (name, type) or (name, type, nullable)."""
    return T.StructType([T.StructField(*f) for f in fields])


def people(spark):
    schema = struct(
        ("id", T.IntegerType(), False), ("name", T.StringType()), ("age", T.IntegerType()),
        ("dept", T.StringType()), ("salary", T.DecimalType(10, 2)), ("born", T.DateType()),
    )
    rows = [
        (1, "Ann", 31, "eng", D("100.50"), dt.date(1990, 1, 31)),
        (2, "bob", 25, "eng", D("90.00"), dt.date(1996, 2, 29)),
        (3, "Cid", None, "ops", D("70.25"), dt.date(1970, 1, 1)),
        (4, "dee", 25, None, None, None),
        (5, None, 40, "ops", D("70.25"), dt.date(1582, 10, 15)),
        (6, "Eve", 19, "law", D("-5.00"), dt.date(2000, 12, 31)),
    ]
    return spark.createDataFrame(rows, schema)


def depts(spark):
    schema = struct(("dept", T.StringType()), ("boss", T.StringType()), ("floor", T.LongType()))
    rows = [("eng", "Ann", 3), ("ops", "Cid", 1), ("hr", "Zoe", 2), (None, "Nil", None)]
    return spark.createDataFrame(rows, schema)


def numbers(spark):
    schema = struct(
        ("b", T.ByteType()), ("s", T.ShortType()), ("i", T.IntegerType()), ("l", T.LongType()),
        ("f", T.FloatType()), ("d", T.DoubleType()), ("dec", T.DecimalType(12, 3)),
        ("t", T.BooleanType()), ("str", T.StringType()), ("bin", T.BinaryType()),
    )
    nan = float("nan")
    rows = [
        (1, 10, 100, 1000, 1.5, 2.25, D("1.500"), True, "12", b"\x01\xff"),
        (-128, -32768, -(2**31), -(2**63), -0.0, nan, D("-999999999.999"), False, "x", b""),
        (127, 32767, 2**31 - 1, 2**63 - 1, float("inf"), 1e300, D("0.001"), None, " 7 ", b"ab"),
        (None, None, None, None, None, None, None, None, None, None),
        (0, 0, 0, 0, 0.1, -1.0, D("0.000"), True, "", b"\x00"),
    ]
    return spark.createDataFrame(rows, schema)


def nested(spark):
    point = struct(("x", T.IntegerType()), ("y", T.DoubleType()))
    schema = struct(
        ("id", T.LongType(), False), ("p", point), ("a", T.ArrayType(T.IntegerType())),
        ("m", T.MapType(T.StringType(), T.IntegerType())), ("ps", T.ArrayType(point)),
        ("s", struct(("Name", T.StringType()), ("in", struct(("z", T.LongType()))))),
    )
    rows = [
        (1, (1, 0.5), [1, 2, None], {"k": 1, "j": None}, [(1, 1.0), (2, 2.0)], ("a", (7,))),
        (2, None, [], {}, [], ("b", None)),
        (3, (None, None), None, None, None, None),
    ]
    return spark.createDataFrame(rows, schema)


def times(spark):
    schema = struct(
        ("id", T.IntegerType()), ("d", T.DateType()), ("ts", T.TimestampType()),
        ("ntz", T.TimestampNTZType()), ("dtd", T.DayTimeIntervalType()),
    )
    naive, aware = dt.datetime(2024, 2, 29, 23, 59, 59, 999999), dt.timezone.utc
    rows = [
        (1, dt.date(2024, 2, 29), naive.replace(tzinfo=aware), naive, dt.timedelta(1, 3723, 5)),
        (2, dt.date(1969, 12, 31), dt.datetime(1969, 12, 31, 12, tzinfo=aware),
         dt.datetime(1969, 12, 31, 12), dt.timedelta(-1, 1)),
        (3, None, None, None, None),
    ]
    return spark.createDataFrame(rows, schema)
