"""The expression, as one that the client can send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

import pyspark.sql.connect.proto as spark_proto
from pyspark.sql.connect.expressions import Expression
from pyspark.sql.connect.proto import example_plugins_pb2 as proto

if TYPE_CHECKING:
    from pyspark.sql.connect.client import SparkConnectClient


class ExampleExpression(Expression):
    """The value of another expression, under a name."""

    def __init__(self, child: Expression, name: str) -> None:
        super().__init__()
        self._child = child
        self._name = name

    @property
    def children(self) -> Sequence[Expression]:
        # The client looks for subqueries here.
        return [self._child]

    def to_plan(self, session: SparkConnectClient) -> spark_proto.Expression:
        expression = spark_proto.Expression()
        expression.extension.Pack(
            proto.ExamplePluginExpression(
                child=self._child.to_plan(session), custom_field=self._name
            )
        )
        return expression

    def __repr__(self) -> str:
        return f"named({self._child}, {self._name})"
