"""The relation and the command, as plans that the client can send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyspark.sql.connect.proto as spark_proto
from pyspark.sql.connect.plan import LogicalPlan
from pyspark.sql.connect.proto import example_plugins_pb2 as proto

if TYPE_CHECKING:
    from pyspark.sql.connect.client import SparkConnectClient


class ExampleRelation(LogicalPlan):
    """A relation that stands for its child."""

    def __init__(self, child: LogicalPlan, note: str) -> None:
        super().__init__(child)
        self._note = note

    def plan(self, session: SparkConnectClient) -> spark_proto.Relation:
        # It has the plan id by which ``df["x"]`` finds its columns.
        relation = self._create_proto_relation()
        relation.extension.Pack(
            proto.ExamplePluginRelation(input=self._child.plan(session), custom_field=self._note)
        )
        return relation


class ExampleCommand(LogicalPlan):
    """A command that makes a view."""

    def __init__(self, name: str) -> None:
        super().__init__(None)
        self._name = name

    def command(self, session: SparkConnectClient) -> spark_proto.Command:
        command = spark_proto.Command()
        command.extension.Pack(proto.ExamplePluginCommand(custom_field=self._name))
        return command
