"""Core numbers and independent sets, against networkx."""

import networkx as nx
from kit import ID_TYPES, GraphTest, random_graph


class CoreNumbers(GraphTest):
    def test_against_networkx(self):
        simple = nx.gnm_random_graph(60, 200, seed=23)
        expected = nx.core_number(simple)
        self.assertGreater(len(set(expected.values())), 3)
        for id_type in ["bigint", "string"]:
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(60)],
                [(of(a), of(b)) for a, b in simple.edges],
                id_type,
            )
            found = g.k_core()
            self.assertEqual(found.columns, ["id", "kcore"])
            self.assertEqual(found.schema["kcore"].dataType.simpleString(), "int")
            self.assertEqual(
                self.column(found, "kcore"), {of(v): n for v, n in expected.items()}
            )

    def test_vertices_with_columns(self):
        found = self.friends().k_core()
        self.assertEqual(
            self.rows(found),
            # Between b and c are two edges.
            [("a", 2), ("b", 2), ("c", 2), ("d", 2), ("e", 2), ("f", 2), ("g", 0)],
        )


class IndependentSets(GraphTest):
    def test_none_too_many_and_none_too_few(self):
        for seed, id_type in enumerate(["bigint", "string"]):
            of = ID_TYPES[id_type]
            edges = random_graph(50, 90, seed=24 + seed)
            g = self.graph(
                [of(at) for at in range(50)], [(of(a), of(b)) for a, b in edges], id_type
            )
            found = g.maximal_independent_set(seed=seed)
            self.assertEqual(found.columns, ["id", "selected"])
            selected = self.column(found, "selected")
            graph = nx.Graph((of(a), of(b)) for a, b in edges if a != b)
            for a, b in graph.edges:
                self.assertFalse(selected[a] and selected[b])
            for vertex in selected:
                near = graph[vertex] if vertex in graph else []
                self.assertTrue(selected[vertex] or any(selected[other] for other in near))

    def test_the_seed_decides(self):
        edges = random_graph(50, 90, seed=26)
        sets = [
            self.column(self.graph(vertices, edges).maximal_independent_set(seed), "selected")
            for seed in [1, 2]
            for vertices in [list(range(50)), list(reversed(range(50)))]
        ]
        self.assertEqual(sets[0], sets[1])
        self.assertEqual(sets[2], sets[3])
        self.assertNotEqual(sets[0], sets[2])
