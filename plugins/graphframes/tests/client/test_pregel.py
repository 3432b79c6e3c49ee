"""Loops whose steps are expressions of the client."""

import networkx as nx
from kit import GraphTest, directed, random_graph
from graphframes.graphframe import AggregateNeighbors as AN
from pyspark.sql import functions as F
from test_ranking import rounds


class Pregel(GraphTest):
    def test_page_rank(self):
        edges = random_graph(20, 60, seed=15) + [(at, (at + 1) % 20) for at in range(20)]
        v = self.graph(range(20), edges).outDegrees
        e = self.graph(range(20), edges).edges
        from graphframes import GraphFrame

        g = GraphFrame(v, e)
        pregel = g.pregel
        found = (
            pregel.setMaxIter(5)
            .withVertexColumn(
                "rank",
                F.lit(1.0),
                F.coalesce(pregel.msg(), F.lit(0.0)) * F.lit(0.85) + F.lit(0.15),
            )
            .sendMsgToDst(pregel.src("rank") / pregel.src("outDegree"))
            .aggMsgs(F.sum(pregel.msg()))
            .run()
        )
        self.assertEqual(found.columns, ["id", "outDegree", "rank"])
        expected = rounds(range(20), edges, 5)
        for vertex, rank in self.column(found, "rank").items():
            self.assertAlmostEqual(rank, expected[vertex], places=9)

    def chain(self):
        return self.graph(range(6), [(at, at + 1, 2.0 * at) for at in range(5)], edge_columns=", w double")

    def test_messages_in_both_directions(self):
        pregel = self.chain().pregel
        found = (
            pregel.setMaxIter(2)
            .withVertexColumn("best", F.col("id"), F.greatest(F.col("best"), pregel.msg()))
            .sendMsgToSrc(pregel.dst("best"))
            .sendMsgToDst("src.best")
            .aggMsgs(F.max(pregel.msg()))
            .run()
        )
        self.assertEqual(
            self.column(found, "best"), {at: min(at + 2, 5) for at in range(6)}
        )

    def test_attributes_of_edges_and_null_messages(self):
        pregel = self.chain().pregel
        found = (
            pregel.setMaxIter(1)
            .withVertexColumn("got", F.lit(None).cast("double"), pregel.msg())
            .sendMsgToDst(F.when(pregel.edge("w") > 2, pregel.edge("w")))
            .aggMsgs(F.sum(pregel.msg()))
            .required_edge_columns("w")
            .required_src_columns("id")
            .run()
        )
        self.assertEqual(
            self.column(found, "got"), {0: None, 1: None, 2: None, 3: 4.0, 4: 6.0, 5: 8.0}
        )

    def test_the_column_takes_the_type_of_its_update(self):
        pregel = self.chain().pregel
        found = (
            pregel.setMaxIter(3)
            .withVertexColumn("x", F.lit(1), F.col("x") + F.lit(0.5))
            .sendMsgToDst(F.lit(1))
            .aggMsgs(F.count(pregel.msg()))
            .run()
        )
        self.assertEqual(found.schema, self.spark.createDataFrame(found.toPandas(), found.schema).schema)
        self.assertEqual({float(x) for x in self.column(found, "x").values()}, {2.5})

    def shortest(self, configure):
        pregel = self.chain().pregel
        far = F.lit(999)
        program = (
            pregel.setMaxIter(20)
            .withVertexColumn(
                "steps",
                F.when(F.col("id") == 0, F.lit(0)).otherwise(far),
                F.least(F.col("steps"), F.coalesce(pregel.msg(), far)),
            )
            .sendMsgToDst(
                F.when(pregel.src("steps") + 1 < pregel.dst("steps"), pregel.src("steps") + 1)
            )
            .aggMsgs(F.min(pregel.msg()))
        )
        return self.column(configure(program).run(), "steps")

    def test_ways_of_stopping_early(self):
        expected = {at: at for at in range(6)}
        self.assertEqual(self.shortest(lambda p: p.setEarlyStopping(True)), expected)
        active = lambda p: (
            p.setInitialActiveVertexExpression(F.col("id") == 0)
            .setUpdateActiveVertexExpression(p.msg().isNotNull())
        )
        self.assertEqual(
            self.shortest(
                lambda p: active(p)
                .setStopIfAllNonActiveVertices(True)
                .setSkipMessagesFromNonActiveVertices(True)
            ),
            expected,
        )

    def test_no_steps(self):
        pregel = self.chain().pregel
        found = (
            pregel.setMaxIter(0)
            .withVertexColumn("x", F.lit(1), F.lit("never"))
            .sendMsgToDst(F.lit(1))
            .aggMsgs(F.count(pregel.msg()))
            .run()
        )
        self.assertEqual(found.schema["x"].dataType.simpleString(), "int")
        self.assertEqual(set(self.column(found, "x").values()), {1})


class Neighbors(GraphTest):
    def walks(self, edges, start, hops):
        """Walks by length, as lists of vertices."""
        walks = [[[start]]]
        for _ in range(hops):
            walks.append(
                [walk + [d] for walk in walks[-1] for s, d in edges if s == walk[-1]]
            )
        return walks

    def test_walks_to_a_target(self):
        edges = sorted(set(random_graph(8, 16, seed=16)))
        g = self.graph(range(8), edges)
        found = g.aggregate_neighbors(
            F.col("id") == 0,
            ["length", "sum"],
            [F.lit(0), F.col("id")],
            [F.col("length") + 1, F.col("sum") + AN.dst_attr("id")],
            max_hops=4,
            target_condition=AN.dst_attr("id") == 5,
        )
        self.assertEqual(found.columns, ["id", "hop", "length", "sum"])
        expected = [
            (5, len(walk) - 1, len(walk) - 1, sum(walk))
            for walks in self.walks(edges, 0, 4)[1:]
            for walk in walks
            if walk[-1] == 5 and 5 not in walk[1:-1]
        ]
        self.assertEqual(self.rows(found), sorted(expected))
        self.assertTrue(expected)

    def test_stopping_edges_and_loops(self):
        edges = [(0, 1, 1.5), (1, 1, 9.0), (1, 2, 2.5), (2, 3, 4.0), (1, 3, 0.5)]
        g = self.graph(range(4), edges, edge_columns=", w double")
        found = g.aggregate_neighbors(
            "id = 0",
            ["total"],
            ["0.0d"],
            ["total + edge_attributes.w"],
            max_hops=3,
            stopping_condition="total >= 4",
            edge_filter="w > 1",
            remove_loops=True,
            required_vertex_attributes=["id"],
            required_edge_attributes=["w"],
        )
        self.assertEqual(self.rows(found), [(2, 2, 4.0)])
        both = g.aggregate_neighbors(
            "id = 0",
            ["total"],
            ["0.0d"],
            ["total + edge_attributes.w"],
            max_hops=5,
            stopping_condition="total >= 4",
            target_condition="dst_attributes.id = 3",
            remove_loops=True,
        )
        self.assertEqual(self.rows(both), [(3, 2, 2.0)])

    def test_nothing_found(self):
        g = self.graph(range(3), [(0, 1)])
        found = g.aggregate_neighbors(
            "id = 2", ["n"], ["0"], ["n + 1"], target_condition="dst_attributes.id = 1"
        )
        self.assertEqual(found.columns, ["id", "hop", "n"])
        self.assertEqual(found.collect(), [])
