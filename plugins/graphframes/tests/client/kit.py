"""What all tests of the unmodified client share: a session, graphs, comparisons.

Run them against any server that serves GraphFrames:

    SPARK_REMOTE=sc://127.0.0.1:15002 python -m unittest discover -v -s plugins/graphframes/tests/client
"""

import os
import random
import unittest

os.environ.setdefault("SPARK_HOME", os.getcwd())

import networkx as nx
from graphframes import GraphFrame
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

REMOTE = os.environ.get("SPARK_REMOTE")

# `graphframes.lib` has these names, but imports classes that the pure client lacks.
SRC, DST, EDGE, MSG = (F.col(name) for name in ("src", "dst", "edge", "MSG"))


@unittest.skipUnless(REMOTE, "SPARK_REMOTE is not set")
class GraphTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.spark = SparkSession.builder.remote(REMOTE).create()

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def graph(self, vertices, edges, id_type="bigint", edge_columns=""):
        """A graph of ids (or rows that begin with one) and rows of edges."""
        rows = [v if isinstance(v, tuple) else (v,) for v in vertices]
        more = "".join(f", x{at} string" for at in range(1, len(rows[0])))
        v = self.spark.createDataFrame(rows, f"id {id_type}{more}")
        e = self.spark.createDataFrame(
            edges, f"src {id_type}, dst {id_type}{edge_columns}"
        )
        return GraphFrame(v, e)

    def friends(self):
        """The graph of the library's own examples."""
        v = self.spark.createDataFrame(
            [
                ("a", "Alice", 34),
                ("b", "Bob", 36),
                ("c", "Charlie", 30),
                ("d", "David", 29),
                ("e", "Esther", 32),
                ("f", "Fanny", 36),
                ("g", "Gabby", 60),
            ],
            "id string, name string, age int",
        )
        e = self.spark.createDataFrame(
            [
                ("a", "b", "friend"),
                ("b", "c", "follow"),
                ("c", "b", "follow"),
                ("f", "c", "follow"),
                ("e", "f", "follow"),
                ("e", "d", "friend"),
                ("d", "a", "friend"),
                ("a", "e", "friend"),
            ],
            "src string, dst string, relationship string",
        )
        return GraphFrame(v, e)

    def rows(self, df):
        """Rows as tuples, in order."""
        return sorted(tuple(row) for row in df.collect())

    def column(self, df, name, key="id"):
        """A column by id."""
        return {row[key]: row[name] for row in df.select(key, name).collect()}

    def assertPartition(self, labels, groups):
        """Equal labels within the groups, and nowhere else."""
        found = {}
        for vertex, label in labels.items():
            found.setdefault(label, set()).add(vertex)
        self.assertEqual(
            sorted(map(sorted, found.values())), sorted(map(sorted, groups))
        )


def random_graph(vertices, edges, seed):
    """Pairs of numbers, some twice, some of a vertex with itself."""
    chance = random.Random(seed)
    return [
        (chance.randrange(vertices), chance.randrange(vertices)) for _ in range(edges)
    ]


def directed(vertices, edges):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(vertices)
    graph.add_edges_from((edge[0], edge[1]) for edge in edges)
    return graph


# Ids of every kind: how the client sends one, and what one is made of a number.
ID_TYPES = {
    "bigint": lambda at: at * 1_000_000_007,
    "int": lambda at: at * 3 - 50,
    "string": lambda at: f"vertex {at}",
    "smallint": lambda at: at,
    "double": lambda at: at / 8,
    "decimal(20, 2)": lambda at: __import__("decimal").Decimal(at) / 4,
    "binary": lambda at: f"{at:x}".encode(),
    "date": lambda at: __import__("datetime").date.fromordinal(730_000 + at),
}
