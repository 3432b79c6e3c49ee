"""The package against a server with the plugins: the one that SPARK_REMOTE names."""

import os
import unittest

os.environ.setdefault("SPARK_HOME", os.getcwd())

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_connect_example import create_view, named, same

REMOTE = os.environ.get("SPARK_REMOTE")


@unittest.skipUnless(REMOTE, "SPARK_REMOTE is not set")
class Server(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spark = SparkSession.builder.remote(REMOTE).create()

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def rows(self, df):
        return [tuple(row) for row in df.collect()]

    def test_relation(self):
        df = self.spark.range(4)
        twin = same(df, "note")
        self.assertEqual(twin.schema, df.schema)
        self.assertEqual(self.rows(twin.where("id > 1")), [(2,), (3,)])
        self.assertEqual(twin.count(), 4)

    def test_columns_of_both_sides_of_the_plugin(self):
        df = self.spark.range(4)
        twin = same(df)
        self.assertEqual(self.rows(twin.where(df.id == 1).select(twin.id)), [(1,)])
        joined = df.join(same(self.spark.range(2)).alias("t"), F.col("t.id") == df.id)
        self.assertEqual(sorted(self.rows(joined.select("t.id"))), [(0,), (1,)])

    def test_relation_of_relations(self):
        df = self.spark.range(2)
        for _ in range(5):
            df = same(df).select((F.col("id") + 1).alias("id"))
        self.assertEqual(self.rows(df), [(5,), (6,)])

    def test_expression(self):
        df = self.spark.range(2)
        chosen = df.select(named(df.id + 1, "next"), named("id", "Same"))
        self.assertEqual(chosen.columns, ["next", "Same"])
        self.assertEqual(self.rows(chosen), [(1, 0), (2, 1)])
        self.assertEqual(self.rows(df.where(named("id", "x") > 0)), [(1,)])
        self.assertEqual(df.select(named("id", "a").alias("b")).columns, ["b"])
        self.assertEqual(df.withColumn("c", named("id", "a") * 2).columns, ["id", "c"])

    def test_command(self):
        create_view(self.spark, "example_made")
        for _ in range(2):
            rows = self.rows(self.spark.sql("select custom_field from example_made"))
            self.assertEqual(rows, [("example_made",)])
        create_view(self.spark, "example_made")

    def test_errors_keep_their_condition(self):
        with self.assertRaises(PySparkException) as raised:
            create_view(self.spark, "")
        error = raised.exception
        self.assertEqual(error.getCondition(), "EXAMPLE_PLUGIN.NO_VIEW_NAME")
        self.assertEqual(error.getSqlState(), "42602")
        with self.assertRaises(PySparkException) as raised:
            self.spark.range(1).select(named("nope", "x")).collect()
        self.assertEqual(
            raised.exception.getCondition(), "UNRESOLVED_COLUMN.WITH_SUGGESTION"
        )

    def test_nobody_takes_an_unknown_message(self):
        df = same(self.spark.range(1))
        plan = df._plan.plan

        def other(session):
            relation = plan(session)
            relation.extension.type_url = "type.googleapis.com/nobody.Knows"
            return relation

        df._plan.plan = other
        with self.assertRaises(PySparkException) as raised:
            df.collect()
        condition = "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION"
        self.assertEqual(raised.exception.getCondition(), condition)
        self.assertEqual(self.spark.range(1).count(), 1)
