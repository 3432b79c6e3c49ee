"""Connected and strongly connected components, against networkx."""

import networkx as nx
from kit import ID_TYPES, GraphTest, directed, random_graph


class Components(GraphTest):
    def test_connected_components(self):
        edges = random_graph(60, 45, seed=5)
        g = self.graph(range(60), edges)
        groups = list(nx.weakly_connected_components(directed(range(60), edges)))
        for algorithm in ["graphframes", "two_phase", "randomized_contraction", "graphx"]:
            found = g.connectedComponents(algorithm=algorithm)
            self.assertEqual(found.columns, ["id", "component"])
            components = self.column(found, "component")
            self.assertPartition(components, groups)
            # Known by the smallest id.
            self.assertEqual(set(components.values()), {min(group) for group in groups})

    def test_ids_of_all_types(self):
        edges = random_graph(40, 30, seed=6)
        groups = list(nx.weakly_connected_components(directed(range(40), edges)))
        for id_type, of in ID_TYPES.items():
            with self.subTest(id_type):
                g = self.graph(
                    [of(at) for at in range(40)], [(of(a), of(b)) for a, b in edges], id_type
                )
                by_id = {bytes(of(at)) if id_type == "binary" else of(at): at for at in range(40)}
                for labels in [False, True]:
                    found = g.connectedComponents(useLabelsAsComponents=labels)
                    kind = found.schema["component"].dataType
                    self.assertEqual(
                        kind.simpleString(), id_type.replace(" ", "") if labels else "bigint"
                    )
                    found = {
                        by_id[bytes(r.id) if id_type == "binary" else r.id]: r.component
                        for r in found.collect()
                    }
                    self.assertPartition(
                        {at: str(label) for at, label in found.items()}, groups
                    )

    def test_too_few_steps_of_graphx(self):
        g = self.graph(range(5), [(0, 1), (1, 2), (2, 3), (3, 4)])
        found = g.connectedComponents(algorithm="graphx", max_iter=2)
        self.assertEqual(
            self.column(found, "component"), {0: 0, 1: 0, 2: 0, 3: 1, 4: 2}
        )

    def test_strongly_connected_components(self):
        for id_type in ["bigint", "string"]:
            edges = random_graph(50, 90, seed=7)
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(50)], [(of(a), of(b)) for a, b in edges], id_type
            )
            groups = nx.strongly_connected_components(directed(range(50), edges))
            found = g.stronglyConnectedComponents(maxIter=20)
            self.assertEqual(found.columns, ["id", "component"])
            self.assertPartition(
                self.column(found, "component"), [{of(at) for at in group} for group in groups]
            )

    def test_attributes_are_kept(self):
        found = self.friends().connectedComponents()
        self.assertEqual(found.columns, ["id", "name", "age", "component"])
        ages = {(row.name, row.age) for row in found.collect()}
        self.assertIn(("Gabby", 60), ages)

    def test_no_vertices_and_no_edges(self):
        empty = self.spark.createDataFrame([], "id bigint, name string")
        none = self.spark.createDataFrame([], "src bigint, dst bigint")
        from graphframes import GraphFrame

        self.assertEqual(GraphFrame(empty, none).connectedComponents().collect(), [])
        self.assertEqual(GraphFrame(empty, none).stronglyConnectedComponents(3).collect(), [])
        lonely = self.graph([7, 8], [(9, 9)])
        self.assertEqual(self.column(lonely.connectedComponents(), "component"), {7: 7, 8: 8})

    def test_a_vertex_that_is_there_twice(self):
        g = self.graph([1, 1, 2], [(1, 2)])
        self.assertEqual(
            self.rows(g.connectedComponents()), [(1, 1), (1, 1), (2, 1)]
        )
