"""What the package sends, without a server."""

import os
import unittest

# pyspark-client 4.2 alone wants it at import.
os.environ.setdefault("SPARK_HOME", os.getcwd())

from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.functions import col
from pyspark.sql.connect.plan import Range
from pyspark.sql.connect.proto import example_plugins_pb2 as proto

from spark_connect_example import named, same
from spark_connect_example._plan import ExampleCommand


class Session:
    """Enough of a session to make DataFrames of."""


class Messages(unittest.TestCase):
    def test_relation_holds_its_input_and_an_id_of_its_own(self):
        df = DataFrame(Range(0, 3, 1), Session())
        relation = same(df, "note")._plan.plan(None)
        self.assertTrue(relation.HasField("extension"))
        message = proto.ExamplePluginRelation()
        self.assertTrue(relation.extension.Unpack(message))
        self.assertEqual(message.custom_field, "note")
        self.assertEqual(message.input.range.end, 3)
        self.assertNotEqual(message.input.common.plan_id, relation.common.plan_id)

    def test_expression_holds_its_child(self):
        for column in (col("id"), "id"):
            expression = named(column, "next")._expr.to_plan(None)
            message = proto.ExamplePluginExpression()
            self.assertTrue(expression.extension.Unpack(message))
            self.assertEqual(message.custom_field, "next")
            attribute = message.child.unresolved_attribute
            self.assertEqual(attribute.unparsed_identifier, "id")

    def test_expression_reads_well(self):
        self.assertEqual(str(named("id", "next")), "Column<'named(id, next)'>")

    def test_command_holds_the_name(self):
        command = ExampleCommand("made").command(None)
        url = "type.googleapis.com/spark.connect.ExamplePluginCommand"
        self.assertEqual(command.extension.type_url, url)
