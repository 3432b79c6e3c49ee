"""Methods that only build a plan."""

import networkx as nx
from graphframes import GraphFrame
from kit import DST, EDGE, MSG, SRC, GraphTest, directed, random_graph
from pyspark.sql import functions as F
from pyspark.sql.types import StructType
from pyspark import StorageLevel


class Structure(GraphTest):
    def test_triplets(self):
        g = self.friends()
        triplets = g.triplets
        self.assertEqual(triplets.columns, ["src", "edge", "dst"])
        self.assertEqual(
            triplets.schema["src"].dataType.fieldNames(), ["id", "name", "age"]
        )
        self.assertEqual(triplets.schema["edge"].dataType, StructType(g.edges.schema.fields))
        found = {(r.src.name, r.edge.relationship, r.dst.age) for r in triplets.collect()}
        self.assertEqual(len(found), 8)
        self.assertIn(("Fanny", "follow", 30), found)

    def test_motif_of_one_edge(self):
        found = self.friends().find("(x)-[e]->(y)")
        self.assertEqual(found.columns, ["x", "e", "y"])
        self.assertEqual(found.count(), 8)

    def test_motifs_against_networkx(self):
        edges = random_graph(12, 40, seed=1)
        g = self.graph(range(12), edges)
        simple = nx.DiGraph(edges)
        paths = sum(simple.number_of_edges(b, c) for _, b in edges for c in simple)
        both = g.find("(a)-[e]->(b); (b)-[f]->(a)")
        expected = [
            (a, b) for a, b in edges for c, d in edges if (c, d) == (b, a)
        ]
        self.assertEqual(self.rows(both.select("a.id", "b.id")), sorted(expected))
        longer = g.find("(a)-[e]->(b); (b)-[f]->(c)")
        expected = sorted((a, b, d) for a, b in edges for c, d in edges if b == c)
        self.assertEqual(self.rows(longer.select("a.id", "b.id", "c.id")), expected)
        self.assertGreaterEqual(len(expected), paths)

    def test_motif_with_a_missing_edge(self):
        edges = random_graph(10, 30, seed=2)
        g = self.graph(range(10), edges)
        found = g.find("(a)-[]->(b); (b)-[]->(c); !(a)-[]->(c)")
        expected = sorted(
            (a, b, d)
            for a, b in edges
            for c, d in edges
            if b == c and (a, d) not in edges
        )
        self.assertEqual(self.rows(found.select("a.id", "b.id", "c.id")), expected)

    def test_vertices_that_only_missing_edges_name(self):
        edges = [(0, 1), (1, 2)]
        g = self.graph(range(3), edges)
        found = g.find("(a)-[]->(); !(a)-[]->(b)").select("a.id", "b.id")
        expected = [(a, b) for a, _ in edges for b in range(3) if (a, b) not in edges]
        self.assertEqual(self.rows(found), sorted(expected))

    def test_anonymous_ends_loops_and_vertices_by_themselves(self):
        g = self.graph(range(3), [(0, 0), (0, 1), (1, 2), (1, 2)])
        self.assertEqual(self.rows(g.find("(a)-[]->(a)").select("a.id")), [(0,)])
        self.assertEqual(g.find("(a)-[e]->()").columns, ["a", "e"])
        self.assertEqual(g.find("(a)-[e]->()").count(), 4)
        self.assertEqual(g.find("(a); (b)").count(), 9)
        self.assertEqual(
            self.rows(g.find("(b)<-[]-(a)").select("a.id", "b.id")),
            [(0, 0), (0, 1), (1, 2), (1, 2)],
        )

    def test_several_steps(self):
        edges = random_graph(8, 16, seed=3)
        g = self.graph(range(8), edges)
        found = g.find("(a)-[*2]->(b)")
        self.assertEqual(found.columns, ["a", "b"])
        expected = sorted((a, d) for a, b in edges for c, d in edges if b == c)
        self.assertEqual(self.rows(found.select("a.id", "b.id")), expected)

    def test_filters(self):
        g = self.friends()
        older = g.filterVertices("age > 30")
        self.assertEqual({r.id for r in older.vertices.collect()}, set("abefg"))
        self.assertEqual(
            self.rows(older.edges.select("src", "dst")), [("a", "b"), ("a", "e"), ("e", "f")]
        )
        same = g.filterVertices(g.vertices["age"] > F.lit(30))
        self.assertEqual(self.rows(same.edges), self.rows(older.edges))
        friends = g.filterEdges(F.col("relationship") == "friend")
        self.assertEqual(friends.edges.count(), 4)
        self.assertEqual(friends.vertices.count(), 7)
        kept = friends.dropIsolatedVertices()
        self.assertEqual(kept.vertices.columns, ["id", "name", "age"])
        self.assertEqual({r.id for r in kept.vertices.collect()}, set("abde"))
        # Columns of the client's own DataFrame are those of what was made of it.
        self.assertEqual(kept.vertices.select(kept.vertices["name"]).count(), 4)

    def test_degrees(self):
        edges = random_graph(10, 30, seed=4)
        g, reference = self.graph(range(10), edges), directed(range(10), edges)
        def expected(view):
            return {v: d for v, d in view() if d}
        self.assertEqual(self.column(g.inDegrees, "inDegree"), expected(reference.in_degree))
        self.assertEqual(self.column(g.outDegrees, "outDegree"), expected(reference.out_degree))
        self.assertEqual(self.column(g.degrees, "degree"), expected(reference.degree))

    def test_aggregate_messages(self):
        g = self.friends()
        to_src = DST["age"] + F.when(EDGE["relationship"] == "friend", 1).otherwise(0)
        found = g.aggregateMessages([F.sum(MSG).alias("summed")], [to_src], [SRC["age"]])
        self.assertEqual(found.columns, ["id", "summed"])
        text = g.aggregateMessages(
            ["sum(MSG) as `summed`"],
            ["dst['age'] + case when edge['relationship'] = 'friend' then 1 else 0 end"],
            ["src['age']"],
        )
        ages = self.column(g.vertices, "age")
        expected = {}
        for src, dst, kind in self.rows(g.edges):
            more = 1 if kind == "friend" else 0
            expected[src] = expected.get(src, 0) + ages[dst] + more
            expected[dst] = expected.get(dst, 0) + ages[src]
        self.assertEqual(self.column(found, "summed"), expected)
        self.assertEqual(self.column(text, "summed"), expected)

    def test_several_messages_travel_as_a_struct(self):
        g = self.friends()
        found = g.aggregateMessages(
            [F.sum(MSG["age"]).alias("ages"), F.max(MSG["name"]).alias("last")],
            [],
            [SRC["age"].alias("age"), SRC["name"].alias("name")],
        )
        self.assertIn(("c", 72, "Fanny"), self.rows(found))

    def test_conversions_of_the_client(self):
        g = self.friends()
        self.assertEqual(g.as_undirected().edges.count(), 16)
        self.assertIn(("b", "a", "friend"), self.rows(g.as_reversed().edges))
        degrees = g.type_out_degree("relationship").select("id", "outDegrees.friend")
        self.assertIn(("a", 2), self.rows(degrees))

    def test_ids_of_edges_without_vertices(self):
        g = self.graph([1, 2], [(1, 2), (2, 3), (4, 1)])
        self.assertEqual(g.triplets.count(), 1)
        self.assertEqual(g.find("(a)-[e]->()").count(), 2)
