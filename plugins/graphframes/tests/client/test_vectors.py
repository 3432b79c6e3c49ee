"""Vertices as vectors."""

import math

import networkx as nx
from graphframes.graphframe import RandomWalkEmbeddings
from kit import ID_TYPES, GraphTest, random_graph
from pyspark.errors import IllegalArgumentException, PySparkException
from pyspark.errors.exceptions.connect import SparkConnectGrpcException
from pyspark.ml.linalg import DenseVector, SparseVector, VectorUDT


class ParallelPersonalized(GraphTest):
    def expected(self, vertices, edges, source, rounds, reset):
        degrees = {v: sum(a == v for a, _ in edges) for v in vertices}
        ranks = {v: float(v == source) for v in vertices}
        for _ in range(rounds):
            after = {v: reset * (v == source) for v in vertices}
            for a, b in edges:
                after[b] += (1 - reset) * ranks[a] / degrees[a]
            ranks = after
        total = sum(ranks.values())
        return {v: rank / total for v, rank in ranks.items()}

    def ranked(self, g, *arguments):
        """The vertices: for the edges, the client asks for a column that is not there."""
        return g._impl.parallelPersonalizedPageRank(*arguments)._vertices

    def test_ranks(self):
        edges = random_graph(15, 40, seed=41)
        for id_type in ["bigint", "string"]:
            of = ID_TYPES[id_type]
            g = self.graph(
                [of(at) for at in range(15)], [(of(a), of(b)) for a, b in edges], id_type
            )
            ranked = self.ranked(g, 0.2, [of(3), of(0), of(7)], 4)
            self.assertEqual(ranked.columns, ["id", "pageranks"])
            self.assertEqual(ranked.schema["pageranks"].dataType, VectorUDT())
            found = self.column(ranked, "pageranks")
            for place, source in enumerate([3, 0, 7]):
                expected = self.expected(range(15), edges, source, 4, 0.2)
                for vertex, vector in found.items():
                    self.assertIsInstance(vector, SparseVector)
                    self.assertEqual(vector.size, 3)
                for at, rank in expected.items():
                    self.assertAlmostEqual(found[of(at)][place], rank, places=12)

    def test_arguments(self):
        g = self.friends()
        with self.assertRaisesRegex(SparkConnectGrpcException, "NoSuchVertexException.*nobody"):
            self.ranked(g, 0.2, ["a", "nobody"], 4).collect()
        with self.assertRaisesRegex(IllegalArgumentException, "greater than 0, but got 0"):
            self.ranked(g, 0.2, ["a"], 0).collect()
        with self.assertRaisesRegex(IllegalArgumentException, r"belong to \[0, 1\]"):
            self.ranked(g, -1.0, ["a"], 1).collect()


class SvdPlusPlus(GraphTest):
    ratings = [(u, 10 + i, float((u * 7 + i * 3) % 5 + 1)) for u in range(6) for i in range(4) if (u + i) % 3]

    def trained(self, start, rounds, low=0.0, high=5.0, g1=0.007, g2=0.007, g6=0.005, g7=0.015):
        """GraphX's rounds over (explicit, implicit, bias, norm) by vertex."""
        mean = sum(r for *_, r in self.ratings) / len(self.ratings)
        state = {v: [list(p), list(y), b, n] for v, (p, y, b, n) in start.items()}
        for vertex, own in state.items():
            mine = [r for u, i, r in self.ratings if vertex in (u, i)]
            own[2], own[3] = sum(mine) / len(mine) - mean, 1 / math.sqrt(len(mine))

        def error(u, i, r):
            user, item = state[u], state[i]
            said = mean + user[2] + item[2] + sum(a * b for a, b in zip(item[0], user[1]))
            return r - min(max(said, low), high)

        for _ in range(rounds):
            sums = {}
            for u, i, _ in self.ratings:
                sums.setdefault(u, []).append(state[i][1])
            for u, all in sums.items():
                state[u][1] = [p + state[u][3] * sum(y) for p, *y in zip(state[u][0], *all)]
            more = {v: [[0.0] * len(own[0]), [0.0] * len(own[0]), 0.0] for v, own in state.items()}
            for u, i, r in self.ratings:
                user, item, err = state[u], state[i], error(u, i, r)
                for at in range(len(user[0])):
                    p, q = user[0][at], item[0][at]
                    more[u][0][at] += (err * q - g7 * p) * g2
                    more[i][0][at] += (err * user[1][at] - g7 * q) * g2
                    y = (err * user[3] * q - g7 * item[1][at]) * g2
                    more[u][1][at] += y
                    more[i][1][at] += y
                more[u][2] += (err - g6 * user[2]) * g1
                more[i][2] += (err - g6 * item[2]) * g1
            for v, (p, y, b) in more.items():
                own = state[v]
                own[0] = [a + b for a, b in zip(own[0], p)]
                own[1] = [a + b for a, b in zip(own[1], y)]
                own[2] += b
        for vertex, own in state.items():
            errors = [error(u, i, r) ** 2 for u, i, r in self.ratings if i == vertex]
            own[3] = sum(errors) if errors else own[3]
        return state, mean

    def test_rounds(self):
        g = self.graph([*range(6), *range(10, 14), 99], self.ratings, edge_columns=", weight double")
        _, mean = self.trained({v: ([], [], 0, 0) for v in [*range(6), *range(10, 14)]}, 0)
        read = lambda df: {row.id: tuple(row)[1:] for row in df.collect()}
        found, loss = g._impl.svdPlusPlus(rank=3, maxIter=0, return_loss=True)
        self.assertEqual(found.columns, ["id", "column1", "column2", "column3", "column4"])
        self.assertEqual(
            [field.dataType.simpleString() for field in found.schema][1:],
            ["array<double>", "array<double>", "double", "double"],
        )
        self.assertAlmostEqual(loss, mean, places=12)
        start = read(found)
        self.assertEqual(sorted(start), [*range(6), *range(10, 14)])
        self.assertEqual(len({tuple(own[0]) for own in start.values()}), 1)
        for rounds in [1, 5]:
            expected, _ = self.trained(start, rounds)
            found, _ = g.svdPlusPlus(rank=3, maxIter=rounds)
            for vertex, (p, y, bias, norm) in read(found).items():
                own = expected[vertex]
                for a, b in zip([*p, *y, bias, norm], [*own[0], *own[1], own[2], own[3]]):
                    self.assertAlmostEqual(a, b, places=9)

    def test_without_ratings(self):
        with self.assertRaisesRegex(PySparkException, "weight"):
            self.friends().svdPlusPlus()[0].collect()


class RandomWalks(GraphTest):
    def groups(self, id_type="bigint"):
        of = ID_TYPES[id_type]
        edges = [edge for a in (0, 10) for edge in nx.complete_graph(range(a, a + 8)).edges]
        edges = [(of(a), of(b)) for a, b in edges + [(0, 10)]]
        vertices = [of(at) for at in [*range(8), *range(10, 18), 30]]
        return of, self.graph(vertices, edges, id_type)

    def alike(self, a, b):
        return a.dot(b) / math.sqrt(a.dot(a) * b.dot(b))

    def walks(self, g):
        walks = RandomWalkEmbeddings(g)
        walks.set_rw_model("/nowhere", num_walks_per_node=20)
        return walks

    def test_models(self):
        for id_type in ["bigint", "string"]:
            of, g = self.groups(id_type)
            for aggregate in [False, True]:
                for configure in [
                    lambda walks: walks.set_hash2vec(embeddings_dim=64),
                    lambda walks: walks.set_hash2vec(embeddings_dim=64, decay_function="constant"),
                    lambda walks: walks.set_word2vec(embeddings_dim=64, max_iter=3),
                ]:
                    walks = self.walks(g)
                    configure(walks)
                    if aggregate:
                        walks.set_neighbors_aggregation()
                    else:
                        walks.unset_neighbors_aggregation()
                    found = walks.run()
                    self.assertEqual(found.columns, ["id", "embedding"])
                    vectors = self.column(found, "embedding")
                    self.assertIsNone(vectors.pop(of(30)))
                    self.assertEqual(
                        {(type(v), len(v)) for v in vectors.values()},
                        {(DenseVector, 128 if aggregate else 64)},
                    )
                    near = self.alike(vectors[of(2)], vectors[of(3)])
                    far = self.alike(vectors[of(2)], vectors[of(13)])
                    self.assertGreater(near, far + 0.2)
                    self.assertEqual(vectors[of(2)], self.column(found, "embedding")[of(2)])

    def test_norms(self):
        _, g = self.groups()
        walks = self.walks(g)
        walks.unset_neighbors_aggregation()
        for vector in self.column(walks.run(), "embedding").values():
            if vector is not None:
                self.assertAlmostEqual(vector.norm(2), 1.0, places=9)

    def test_refused(self):
        _, g = self.groups()
        walks = RandomWalkEmbeddings(g)
        walks.use_cached_random_walks("/some/where")
        with self.assertRaisesRegex(PySparkException, "graphframes.rw_embeddings.cached_walks"):
            walks.run().collect()
        walks = self.walks(g)
        walks.set_word2vec(min_count=1_000_000)
        with self.assertRaisesRegex(IllegalArgumentException, "vocabulary size"):
            walks.run().collect()
        walks.set_word2vec(window_size=0)
        with self.assertRaisesRegex(IllegalArgumentException, "windowSize"):
            walks.run().collect()
