"""Ways through graphs, against networkx."""

import networkx as nx
from kit import ID_TYPES, GraphTest, directed, random_graph
from pyspark import StorageLevel


class Traversal(GraphTest):
    def test_bfs_finds_all_shortest_paths(self):
        edges = random_graph(30, 70, seed=12)
        g = self.graph(range(30), edges)
        reference = directed(range(30), edges)
        seen = set()
        for target in range(1, 30):
            found = g.bfs("id = 0", f"id = {target}", maxPathLength=6)
            if not nx.has_path(reference, 0, target) or (
                nx.shortest_path_length(reference, 0, target) > 6
            ):
                self.assertEqual(found.columns, ["id"])
                self.assertEqual(found.collect(), [])
                continue
            length = nx.shortest_path_length(reference, 0, target)
            seen.add(length)
            names = ["from"] + [
                name for at in range(1, length) for name in (f"e{at - 1}", f"v{at}")
            ]
            self.assertEqual(found.columns, names + [f"e{length - 1}", "to"])
            stops = ["from"] + [f"v{at}" for at in range(1, length)] + ["to"]
            expected = []
            for path in nx.all_shortest_paths(nx.DiGraph(reference), 0, target):
                ways = 1
                for a, b in zip(path, path[1:]):
                    ways *= reference.number_of_edges(a, b)
                expected += [tuple(path)] * ways
            self.assertEqual(
                self.rows(found.select(*[f"{stop}.id" for stop in stops])), sorted(expected)
            )
        self.assertGreater(len(seen), 2)

    def test_bfs_with_conditions(self):
        g = self.friends()
        found = g.bfs("name = 'Esther'", "age < 32")
        self.assertEqual(found.columns, ["from", "e0", "to"])
        self.assertEqual([row.to.name for row in found.collect()], ["David"])
        around = g.bfs("name = 'Esther'", "age < 32", edgeFilter="relationship != 'friend'")
        self.assertEqual(around.columns, ["from", "e0", "v1", "e1", "to"])
        self.assertEqual([row.to.name for row in around.collect()], ["Charlie"])
        column = g.bfs(g.vertices["name"] == "Esther", g.vertices["age"] < 32)
        self.assertEqual(self.rows(column), self.rows(found))
        self.assertEqual(g.bfs("id = 'a'", "age > 33").columns, ["from", "to"])
        self.assertEqual(g.bfs("id = 'g'", "id = 'a'").columns, ["id", "name", "age"])
        self.assertEqual(g.bfs("id = 'e'", "id = 'c'", maxPathLength=1).collect(), [])

    def test_shortest_paths(self):
        edges = random_graph(30, 50, seed=13)
        reference = directed(range(30), edges)
        for id_type in ["bigint", "int", "string"]:
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(30)], [(of(a), of(b)) for a, b in edges], id_type
            )
            for algorithm in ["graphx", "graphframes"]:
                for is_directed in [True, False]:
                    found = g.shortestPaths(
                        [of(1), of(2), of(3)], algorithm=algorithm, is_directed=is_directed
                    )
                    self.assertEqual(
                        found.schema["distances"].dataType.simpleString(),
                        f"map<{id_type},int>",
                    )
                    graph = reference.reverse() if is_directed else reference.to_undirected()
                    expected = {of(at): {} for at in range(30)}
                    for landmark in [1, 2, 3]:
                        lengths = nx.single_source_shortest_path_length(graph, landmark)
                        for vertex, length in dict(lengths).items():
                            expected[of(vertex)][of(landmark)] = length
                    self.assertEqual(self.column(found, "distances"), expected)

    def test_landmarks_that_are_no_vertices(self):
        g = self.graph(range(3), [(0, 1)])
        self.assertEqual(
            self.column(g.shortestPaths([1, 99]), "distances"), {0: {1: 1}, 1: {1: 0}, 2: {}}
        )
        self.assertEqual(
            self.column(g.shortestPaths([]), "distances"), {0: {}, 1: {}, 2: {}}
        )


class Cohesion(GraphTest):
    def test_triangles(self):
        edges = random_graph(40, 200, seed=14)
        simple = nx.Graph((a, b) for a, b in edges if a != b)
        simple.add_nodes_from(range(40))
        expected = nx.triangles(simple)
        for id_type in ["bigint", "string"]:
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(40)], [(of(a), of(b)) for a, b in edges], id_type
            )
            for algorithm in ["exact", "approx"]:
                found = g.triangleCount(StorageLevel.MEMORY_ONLY, algorithm=algorithm)
                self.assertEqual(
                    self.column(found, "count"), {of(v): n for v, n in expected.items()}
                )
