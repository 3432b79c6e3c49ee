"""Page rank, against a computation of its own and networkx."""

import networkx as nx
from kit import ID_TYPES, GraphTest, directed, random_graph


def rounds(vertices, edges, count, reset=0.15, source=None):
    """GraphX's page rank, in so many rounds."""
    out = {v: 0 for v in vertices}
    for src, _ in edges:
        out[src] += 1
    start = lambda v, value: value if source in (None, v) else 0.0
    ranks = {v: start(v, 1.0) for v in vertices}
    for _ in range(count):
        got = {v: 0.0 for v in vertices}
        for src, dst in edges:
            got[dst] += ranks[src] / out[src]
        ranks = {v: start(v, reset) + (1 - reset) * got[v] for v in vertices}
    total = sum(ranks.values())
    wanted = len(vertices) if source is None else 1
    return {v: rank * wanted / total for v, rank in ranks.items()}


class Ranking(GraphTest):
    def assertRanks(self, found, expected, places=9):
        self.assertEqual(set(found), set(expected))
        for vertex, rank in expected.items():
            self.assertAlmostEqual(found[vertex], rank, places=places)

    def test_rounds(self):
        edges = random_graph(40, 120, seed=8)
        g = self.graph(range(40), edges)
        for count, reset in [(1, 0.15), (10, 0.15), (5, 0.5)]:
            found = g.pageRank(resetProbability=reset, maxIter=count)
            self.assertEqual(found.vertices.columns, ["id", "pagerank"])
            ranks = self.column(found.vertices, "pagerank")
            self.assertRanks(ranks, rounds(range(40), edges, count, reset))

    def test_weights_of_edges(self):
        g = self.graph(range(3), [(0, 1), (0, 2), (1, 2)])
        ranked = g.pageRank(maxIter=3)
        ranks = self.column(ranked.vertices, "pagerank")
        self.assertEqual(ranked.edges.columns, ["src", "dst", "weight"])
        for row in ranked.edges.collect():
            self.assertAlmostEqual(row.weight, ranks[row.src] / (2 if row.src == 0 else 1))

    def test_one_source(self):
        edges = random_graph(30, 90, seed=9)
        for id_type in ["bigint", "string"]:
            of = ID_TYPES[id_type]
            pairs = [(of(a), of(b)) for a, b in edges]
            vertices = [of(at) for at in range(30)]
            g = self.graph(vertices, pairs, id_type)
            found = g.pageRank(maxIter=8, sourceId=of(3)).vertices
            expected = rounds(vertices, pairs, 8, source=of(3))
            self.assertRanks(self.column(found, "pagerank"), expected)

    def test_until_ranks_hardly_change(self):
        edges = random_graph(40, 160, seed=10)
        g = self.graph(range(40), edges)
        for source in [None, 4]:
            found = self.column(g.pageRank(tol=1e-12, sourceId=source).vertices, "pagerank")
            self.assertRanks(found, rounds(range(40), edges, 300, source=source), places=7)
        coarse = self.column(g.pageRank(tol=0.5).vertices, "pagerank")
        self.assertAlmostEqual(sum(coarse.values()), 40)

    def test_against_networkx(self):
        """Where every vertex has an edge that leaves it, both say the same."""
        edges = random_graph(30, 60, seed=11) + [(at, (at + 1) % 30) for at in range(30)]
        graph = directed(range(30), edges)
        expected = nx.algorithms.link_analysis.pagerank_alg._pagerank_python(
            graph, alpha=0.85, tol=1e-14, max_iter=1000
        )
        g = self.graph(range(30), edges)
        found = self.column(g.pageRank(maxIter=200).vertices, "pagerank")
        self.assertRanks(found, {v: rank * 30 for v, rank in expected.items()}, places=7)
