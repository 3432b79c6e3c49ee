"""All paths, cycles and neighbourhoods, against networkx."""

import struct
import threading
import time

import networkx as nx
from graphframes.connect.graphframes_client import GraphFrameConnect
from kit import ID_TYPES, GraphTest, directed, random_graph
from pyspark import StorageLevel
from pyspark.errors import AnalysisException, IllegalArgumentException, PySparkException
from pyspark.sql import functions as F


class AllPaths(GraphTest):
    def test_against_networkx(self):
        edges = random_graph(14, 40, seed=31)
        for id_type in ["bigint", "string"]:
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(14)], [(of(a), of(b)) for a, b in edges], id_type
            )
            for is_directed in [True, False]:
                graph = nx.DiGraph(directed(range(14), edges))
                graph = graph if is_directed else graph.to_undirected()
                found = g.all_paths(
                    F.col("id").isin([of(0), of(1)]),
                    F.col("id").isin([of(5), of(6)]),
                    max_path_length=4,
                    is_directed=is_directed,
                )
                self.assertEqual(found.columns, ["path", "len"])
                self.assertEqual(
                    [field.dataType.simpleString() for field in found.schema],
                    [f"array<{id_type}>", "bigint"],
                )
                expected = [
                    ([of(at) for at in path], len(path) - 1)
                    for start in [0, 1]
                    for end in [5, 6]
                    for path in nx.all_simple_paths(graph, start, end, cutoff=4)
                ]
                self.assertTrue(expected)
                self.assertEqual(self.rows(found), sorted(expected))

    def test_conditions(self):
        g = self.friends()
        found = g.all_paths("name = 'Alice'", "name = 'Charlie'", max_path_length=5)
        self.assertEqual(
            self.rows(found), [(["a", "b", "c"], 2), (["a", "e", "f", "c"], 3)]
        )
        found = g.all_paths(
            g.vertices["id"] == "a", "id = 'c'", edge_filter="dst <> 'b'", max_path_length=5
        )
        self.assertEqual(self.rows(found), [(["a", "e", "f", "c"], 3)])
        self.assertEqual(g.all_paths("id = 'a'", "id = 'a'").collect(), [])
        self.assertEqual(g.all_paths("id = 'g'", "id = 'a'").collect(), [])

    def test_arguments(self):
        g = self.friends()
        with self.assertRaisesRegex(IllegalArgumentException, "greater than 0, but was set to 0"):
            g.all_paths("id = 'a'", "id = 'b'", max_path_length=0).collect()
        with self.assertRaisesRegex(AnalysisException, "nope"):
            g.all_paths("nope = 'a'", "id = 'b'").collect()

    def test_more_than_fits_into_a_batch(self):
        # 9 * 8 * 7 * 6 paths through six of eleven, and the shorter ones.
        edges = list(nx.complete_graph(11).to_directed().edges)
        found = self.graph(range(11), edges).all_paths("id = 0", "id = 1", max_path_length=6)
        counts = {row.len: row["count"] for row in found.groupBy("len").count().collect()}
        expected, ways = {}, 1
        for length in range(1, 7):
            expected[length] = ways
            ways *= 10 - length
        self.assertEqual(counts, expected)


class Cycles(GraphTest):
    def test_against_networkx(self):
        edges = random_graph(12, 30, seed=32)
        for id_type in ["bigint", "string"]:
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(12)], [(of(a), of(b)) for a, b in edges], id_type
            )
            found = g.detectingCycles()
            self.assertEqual(found.columns, ["id", "found_cycles"])
            self.assertEqual(
                found.schema["found_cycles"].dataType.simpleString(), f"array<{id_type}>"
            )
            expected = []
            for cycle in nx.simple_cycles(nx.DiGraph(edges)):
                ids = [of(at) for at in cycle]
                at = ids.index(min(ids))
                expected.append((min(ids), ids[at:] + ids[:at] + [min(ids)]))
            self.assertGreater(len(expected), 5)
            self.assertEqual(self.rows(found), sorted(expected))

    def test_none(self):
        self.assertEqual(self.graph(range(3), [(0, 1), (1, 2), (0, 2)]).detectingCycles().collect(), [])


class Endless(GraphTest):
    """What takes longer than anybody waits ends when it is interrupted."""

    def test_interrupted(self):
        edges = list(nx.complete_graph(40).to_directed().edges)
        g = self.graph(range(40), edges)
        for endless in [
            g.detectingCycles(),
            g.all_paths("id = 0", "id = 1", max_path_length=30),
        ]:
            raised = []

            def run():
                try:
                    endless.count()
                except PySparkException as error:
                    raised.append(error)

            running = threading.Thread(target=run)
            running.start()
            time.sleep(1)
            begun = time.monotonic()
            while running.is_alive() and time.monotonic() - begun < 30:
                self.spark.interruptAll()
                running.join(1)
            self.assertFalse(running.is_alive())
            self.assertIn("OPERATION_CANCELED", str(raised[0]))
            self.assertEqual(self.spark.range(3).count(), 3)


def estimate(sketch):
    """What a small sketch counts: those are lists of what was put in."""
    ints, count = sketch[0], sketch[6]
    return count if ints == 2 else struct.unpack("<i", sketch[8:12])[0]


class Neighbourhoods(GraphTest):
    def test_steps(self):
        edges = random_graph(30, 60, seed=33)
        graph = nx.DiGraph(directed(range(30), edges))
        for id_type in ["bigint", "int", "string", "binary"]:
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(30)], [(of(a), of(b)) for a, b in edges], id_type
            )
            found = g.hyper_anf(n_hops=3)
            self.assertEqual(found.columns, ["id", "hop_0", "hop_1", "hop_2", "hop_3"])
            self.assertEqual(found.schema["hop_3"].dataType.simpleString(), "binary")
            rows = {bytes(row.id) if id_type == "binary" else row.id: row for row in found.collect()}
            for at in range(30):
                reached = {at}
                for hop in range(4):
                    self.assertEqual(estimate(rows[of(at)][f"hop_{hop}"]), len(reached))
                    reached = {b for a in reached for b in graph[a]}

    def test_filter(self):
        g = self.graph(range(3), [(0, 1), (1, 2), (0, 2)])
        for condition in ["src = 0", F.col("src") == 0]:
            found = g.hyper_anf(n_hops=1, edge_filter=condition)
            self.assertEqual(
                {row.id: estimate(row.hop_1) for row in found.collect()}, {0: 2, 1: 0, 2: 0}
            )

    def test_arguments(self):
        g = GraphFrameConnect(self.friends().vertices, self.friends().edges)
        level = StorageLevel.MEMORY_ONLY
        for hops, entries, text in [(0, 12, "nHops"), (1, 3, "lgNomEntries"), (1, 22, "22")]:
            with self.assertRaisesRegex(IllegalArgumentException, text):
                g.hyper_anf(hops, entries, None, 2, False, level).collect()
        dates = self.graph([ID_TYPES["date"](1)], [], "date")
        with self.assertRaisesRegex(PySparkException, "graphframes.hyper_anf.id_type"):
            dates.hyper_anf().collect()
