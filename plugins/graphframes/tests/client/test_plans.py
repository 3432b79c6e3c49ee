"""How often graphs are worked on, and how they nest."""

import threading
import sys
import time

from graphframes import GraphFrame
from kit import GraphTest, random_graph
from pyspark.errors import PySparkException
from pyspark.sql import functions as F


class Plans(GraphTest):
    def test_schemas_cost_nothing(self):
        """A loop that would never end is not begun for a schema."""
        g = self.graph(range(10), [(0, 1)])
        ranked = g.pageRank(maxIter=2_000_000_000)
        self.assertEqual(ranked.vertices.columns, ["id", "pagerank"])
        self.assertEqual(ranked.edges.columns, ["src", "dst", "weight"])
        inner = GraphFrame(ranked.vertices, ranked.edges)
        self.assertEqual(
            inner.triplets.schema["src"].dataType.fieldNames(), ["id", "pagerank"]
        )
        self.assertEqual(
            inner.connectedComponents().columns, ["id", "pagerank", "component"]
        )
        self.assertEqual(
            inner.filterVertices("pagerank > 1").vertices.columns, ["id", "pagerank"]
        )

    def test_a_schema_first_does_not_empty_the_rows_after(self):
        g = self.friends().pageRank(maxIter=3)
        popular = g.filterVertices("pagerank > 1")
        self.assertEqual(popular.vertices.columns, ["id", "name", "age", "pagerank"])
        self.assertEqual({row.id for row in popular.vertices.collect()}, {"b", "c"})
        triplets = popular.triplets
        self.assertEqual(triplets.columns, ["src", "edge", "dst"])
        self.assertEqual(triplets.count(), 2)

    def test_graphs_of_graphs(self):
        g = self.friends()
        inner = g.filterEdges("relationship = 'friend'").dropIsolatedVertices()
        components = GraphFrame(inner.connectedComponents(), inner.edges)
        ranked = GraphFrame(components.pageRank(maxIter=2).vertices, components.edges)
        found = ranked.triplets.select("src.component", "dst.pagerank")
        self.assertEqual(found.count(), 4)

    def test_depth_of_graphs(self):
        """Planning a graph of a graph of ... is linear in the depth.

        Each relation names the one before once. Where it is named twice, as by
        `filterVertices`, messages double with every level before they are sent.
        """
        v = self.spark.range(20)
        e = self.graph(range(20), random_graph(20, 40, seed=17)).edges
        # The client builds its messages by recursion.
        self.addCleanup(sys.setrecursionlimit, sys.getrecursionlimit())
        sys.setrecursionlimit(10_000)
        steps = {
            "filter": lambda g, at: GraphFrame(v, g.filterEdges(f"src <> {at + 100}").edges),
            "isolated": lambda g, at: GraphFrame(g.dropIsolatedVertices().vertices, e),
            "loop": lambda g, at: GraphFrame(g.stronglyConnectedComponents(2).select("id"), e),
        }
        for name, step in steps.items():
            with self.subTest(name):
                times = {}
                for depth in [20, 50, 200]:
                    g = GraphFrame(v, e)
                    for at in range(depth):
                        g = step(g, at)
                    result = g.edges if name == "filter" else g.vertices
                    result.schema
                    times[depth] = min(self.time_of_schema(result) for _ in range(9))
                print(name, {depth: f"{t * 1000:.1f} ms" for depth, t in times.items()})
                # Four times the depth; squared it would be 16 times the time.
                self.assertLess(times[200], 10 * times[50])

    def time_of_schema(self, df):
        # What the client remembers is not asked for again.
        df._cached_schema = None
        begun = time.monotonic()
        df.schema
        return time.monotonic() - begun

    def test_one_result_is_worked_out_once(self):
        g = self.graph(range(300), random_graph(300, 900, seed=18))
        found = g.pageRank(maxIter=20).vertices
        first = self.rows(found)
        self.assertEqual(self.rows(found.where("id < 10")), first[:10])
        # Both sides are the same DataFrame.
        joined = found.alias("a").join(found.alias("b"), F.col("a.id") == F.col("b.id"))
        self.assertEqual(joined.where("a.pagerank = b.pagerank").count(), 300)

    def test_progress(self):
        """The client hears how far a loop is before there are any rows."""
        endless = 2_000_000_000
        result = self.graph(range(10), [(0, 1)]).pageRank(maxIter=endless).vertices
        heard = []

        def listen(stages, inflight_tasks, operation_id, done):
            heard.extend((stage.num_tasks, stage.num_completed_tasks) for stage in stages)

        def run():
            with self.assertRaisesRegex(PySparkException, "OPERATION_CANCELED"):
                result.collect()

        self.spark.registerProgressHandler(listen)
        running = threading.Thread(target=run)
        running.start()
        for _ in range(60):
            time.sleep(0.5)
            if heard:
                break
        self.spark.interruptAll()
        running.join(30)
        self.assertFalse(running.is_alive())
        self.spark.clearProgressHandlers()
        tasks, done = heard[-1]
        self.assertEqual(tasks, endless)
        self.assertGreater(done, 0)

    def test_views_and_sql_over_results(self):
        found = self.friends().connectedComponents()
        found.createOrReplaceTempView("components_of_friends")
        sql = "select component, count(*) n from components_of_friends group by 1"
        self.assertEqual(self.rows(self.spark.sql(sql)), [(0, 6), (6, 1)])
        self.spark.catalog.dropTempView("components_of_friends")

    def test_compressed_plans(self):
        names = [(at, f"name {at} " * 40) for at in range(300)]
        v = self.spark.createDataFrame(names, "id bigint, name string")
        e = self.graph(range(300), [(at, at + 1) for at in range(299)]).edges
        self.spark.conf.set("spark.connect.session.planCompression.threshold", "100")
        try:
            found = GraphFrame(v, e).connectedComponents()
            self.assertEqual({row.component for row in found.collect()}, {0})
        finally:
            self.spark.conf.unset("spark.connect.session.planCompression.threshold")
