"""Functions on DataFrames, columns and sessions that the example plugins serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from pyspark.sql.connect.column import Column
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.functions import col

from spark_connect_example._expression import ExampleExpression
from spark_connect_example._plan import ExampleCommand, ExampleRelation

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

__all__ = ["create_view", "named", "same"]
__version__ = "0.1.0"


def same(df: DataFrame, note: str = "") -> DataFrame:
    """The rows of ``df``, by way of the relation plugin.

    ``note`` is sent along; the plugin does nothing with it.
    """
    return DataFrame(ExampleRelation(df._plan, note), df.sparkSession)


def named(column: Union[Column, str], name: str) -> Column:
    """A column with the values of ``column``, called ``name`` by the expression plugin."""
    if isinstance(column, str):
        column = col(column)
    return Column(ExampleExpression(column._expr, name))


def create_view(spark: SparkSession, name: str) -> None:
    """Makes the temporary view ``name``: one row, whose column ``custom_field`` has
    that name in it. A view that is there already is replaced."""
    client = spark.client
    client.execute_command(ExampleCommand(name).command(client))
