"""Communities, against the same rounds worked out in Python."""

from collections import defaultdict

import networkx as nx
from graphframes import GraphFrame
from kit import ID_TYPES, GraphTest, random_graph
from pyspark.errors import IllegalArgumentException, PySparkException


def winners(labels, votes):
    """Labels with the most weight, the smallest of equals; none is no vote."""
    after = dict(labels)
    for vertex, weights in votes.items():
        best = max(weights.values(), default=0)
        if best > 0:
            after[vertex] = min(label for label, sum in weights.items() if sum == best)
    return after


def propagated(labels, edges, weight, rounds, directed=False):
    for _ in range(rounds):
        votes = defaultdict(lambda: defaultdict(float))
        for src, dst in edges:
            votes[dst][labels[src]] += weight(src, dst)
            if not directed:
                votes[src][labels[dst]] += weight(src, dst)
        labels = winners(labels, votes)
    return labels


class LabelPropagation(GraphTest):
    def test_rounds(self):
        edges = random_graph(30, 80, seed=21)
        start = {at: at for at in range(30)}
        for id_type in ["bigint", "int", "string"]:
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(30)], [(of(a), of(b)) for a, b in edges], id_type
            )
            # Text has another order than numbers.
            order = sorted(range(30), key=of)
            place = {at: order.index(at) for at in range(30)}
            for rounds in [1, 2, 7]:
                expected = propagated(
                    {at: place[at] for at in start}, edges, lambda a, b: 1, rounds
                )
                found = g.labelPropagation(rounds)
                self.assertEqual(found.columns, ["id", "label"])
                self.assertEqual(found.schema["label"].dataType.simpleString(), "bigint")
                label = (lambda at: at) if id_type == "string" else (lambda at: of(order[at]))
                self.assertEqual(
                    self.column(found, "label"),
                    {of(at): label(expected[at]) for at in start},
                )
                by_id = g.labelPropagation(rounds, algorithm="graphframes")
                self.assertEqual(by_id.schema["label"].dataType.simpleString(), id_type)
                self.assertEqual(
                    self.column(by_id, "label"),
                    {of(at): of(order[expected[at]]) for at in start},
                )

    def test_groups(self):
        edges = [edge for a in (0, 10) for edge in nx.complete_graph(range(a, a + 6)).edges]
        g = self.graph([*range(6), *range(10, 16), 99], edges + [(5, 10)])
        labels = self.column(g.labelPropagation(10), "label")
        self.assertPartition(labels, [range(6), range(10, 16), [99]])

    def test_arguments(self):
        g = self.friends()
        with self.assertRaisesRegex(IllegalArgumentException, "greater than 0, but got 0"):
            g.labelPropagation(0).collect()
        with self.assertRaisesRegex(IllegalArgumentException, "guess"):
            g.labelPropagation(1, algorithm="guess").collect()


class NeighborhoodAware(GraphTest):
    def test_rounds(self):
        edges = random_graph(25, 90, seed=22)
        g = self.graph(range(25), edges)
        start = {at: at for at in range(25)}
        for directed in [True, False]:
            near = defaultdict(set)
            for a, b in edges:
                if a != b:
                    near[a].add(b)
                    if not directed:
                        near[b].add(a)
            for multiplier, ignore in [(0.5, False), (0.0, False), (2.0, True)]:

                def weight(a, b):
                    return (not ignore) + multiplier * len(near[a] & near[b])

                found = g.neighborhood_aware_cdlp(
                    3,
                    structural_similarity_multiplier=multiplier,
                    ignore_direct_links=ignore,
                    is_directed=directed,
                )
                self.assertEqual(
                    self.column(found, "label"),
                    propagated(start, edges, weight, 3, directed),
                )

    def test_first_labels(self):
        v = self.spark.createDataFrame(
            [(1, "x"), (2, "y"), (3, "y"), (4, None)], "id bigint, team string"
        )
        e = self.spark.createDataFrame([(2, 1), (3, 1), (1, 2)], "src bigint, dst bigint")
        g = GraphFrame(v, e)
        found = g.neighborhood_aware_cdlp(1, initial_label_col="team")
        self.assertEqual(found.columns, ["id", "team", "label"])
        self.assertEqual(found.schema["label"].dataType.simpleString(), "string")
        self.assertEqual(
            self.column(found, "label"), {1: "y", 2: "x", 3: "y", 4: None}
        )
        with self.assertRaisesRegex(IllegalArgumentException, "nope"):
            g.neighborhood_aware_cdlp(1, initial_label_col="nope").collect()


class PowerIteration(GraphTest):
    def rings(self, of):
        """Pairs of three groups that are much alike within and little between."""
        groups = [range(0, 8), range(8, 18), range(18, 30)]
        pairs = [
            (of(a), of(b), 1.0 if same else 0.001)
            for a in range(30)
            for b in range(a)
            for same in [any(a in group and b in group for group in groups)]
            if same or (a * b) % 7 == 1
        ]
        return groups, pairs

    def test_groups(self):
        for id_type in ["bigint", "string"]:
            of = ID_TYPES[id_type]
            groups, pairs = self.rings(of)
            g = self.graph(
                [of(at) for at in range(40)], pairs, id_type, edge_columns=", w double"
            )
            found = g.powerIterationClustering(3, 40, "w")
            self.assertEqual(found.columns, ["id", "cluster"])
            self.assertEqual(found.schema["cluster"].dataType.simpleString(), "int")
            clusters = self.column(found, "cluster")
            self.assertPartition(clusters, [[of(at) for at in group] for group in groups])
            self.assertEqual(set(clusters.values()), {0, 1, 2})
            self.assertEqual(clusters, self.column(found, "cluster"))

    def test_without_weights(self):
        edges = [edge for a in (0, 10) for edge in nx.complete_graph(range(a, a + 6)).edges]
        g = self.graph(range(20), edges + [(17, 17)])
        found = self.column(g.powerIterationClustering(2, 30), "cluster")
        self.assertPartition(found, [range(6), range(10, 16)])

    def test_arguments(self):
        g = self.graph(range(3), [(0, 1, -0.5)], edge_columns=", w double")
        with self.assertRaisesRegex(IllegalArgumentException, "parameter k given invalid value 1"):
            g.powerIterationClustering(1, 5).collect()
        with self.assertRaisesRegex(PySparkException, "nonnegative but found -0.5"):
            g.powerIterationClustering(2, 5, "w").collect()
        with self.assertRaisesRegex(PySparkException, "nope"):
            g.powerIterationClustering(2, 5, "nope").collect()
