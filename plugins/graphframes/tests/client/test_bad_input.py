"""Mistakes are clear errors of the library's class, and the session goes on."""

import threading
import time

from graphframes import GraphFrame
from graphframes.connect.graphframes_client import GraphFrameConnect
from kit import GraphTest
from pyspark.errors import AnalysisException, IllegalArgumentException, PySparkException
from pyspark.errors.exceptions.connect import SparkConnectGrpcException
from pyspark.sql import functions as F


class BadInput(GraphTest):
    def tearDown(self):
        self.assertEqual(self.spark.range(3).count(), 3)

    def parts(self):
        g = self.friends()
        return g.vertices, g.edges

    def test_missing_columns(self):
        v, e = self.parts()
        with self.assertRaisesRegex(ValueError, "id missing"):
            GraphFrame(v.drop("id"), e)
        for vertices, edges, text in [
            (v.drop("id"), e, "Vertex ID column id missing .*: name,age"),
            (v, e.drop("src"), "Source vertex ID column src missing .*: dst,relationship"),
            (v, e.drop("dst"), "Destination vertex ID column dst missing"),
        ]:
            g = GraphFrameConnect(vertices, edges)
            for result in [g.triplets, g.stronglyConnectedComponents(3)]:
                for action in [result.collect, lambda: result.schema]:
                    with self.assertRaisesRegex(IllegalArgumentException, text):
                        action()

    def test_motifs_that_do_not_parse(self):
        g = self.friends()
        for motif, text in [
            ("(a)-[e]>(b)", r"Failed to parse bad motif string: .*position 7"),
            ("(a)-[e]->(b", r"end of source found \(position 11\)"),
            ("", "position 0"),
            ("()-[]->()", "without any named element"),
            ("(a)-[a]->(b)", "both a vertex and an edge"),
            ("!(a)-[e]->(b)", "negated"),
        ]:
            with self.assertRaisesRegex(
                SparkConnectGrpcException, r"org.graphframes.InvalidParseException.*" + text
            ):
                g.find(motif).collect()

    def test_expressions_that_cannot_be_resolved(self):
        g = self.friends()
        for broken in [
            lambda: g.filterVertices("nope > 1").vertices.collect(),
            lambda: g.filterEdges(F.col("nope") > 1).edges.collect(),
            lambda: g.aggregateMessages([F.sum("MSG")], [F.col("dst.nope")], []).collect(),
            lambda: g.bfs("nope = 1", "id = 'a'").collect(),
        ]:
            with self.assertRaises(AnalysisException) as raised:
                broken()
            self.assertIn("nope", str(raised.exception))
        with self.assertRaises(PySparkException) as raised:
            g.filterVertices("age >").vertices.collect()
        self.assertEqual(raised.exception.getCondition(), "PARSE_SYNTAX_ERROR")

    def test_arguments_that_are_refused(self):
        g = self.friends()
        for broken, text in [
            (lambda: g.connectedComponents(algorithm="guess"), "guess"),
            (lambda: g.stronglyConnectedComponents(maxIter=0), "must be greater than 0"),
            (lambda: g.pageRank(maxIter=0).vertices, "must be greater than 0, but got 0"),
            (lambda: g.pageRank(tol=-1.0).vertices, "no less than 0, but got -1"),
            (lambda: g.pageRank(2.0, maxIter=1).vertices, r"must belong to \[0, 1\]"),
            (lambda: g.bfs("id = 'a'", "id = 'b'", maxPathLength=-1), ">= 0"),
            (lambda: g.shortestPaths(["a"], algorithm="guess"), "guess"),
        ]:
            with self.assertRaisesRegex(IllegalArgumentException, text):
                broken().collect()

    def test_ids_that_no_vertex_has(self):
        g = self.friends()
        for broken in [
            lambda: g.pageRank(maxIter=3, sourceId="nobody").vertices,
            lambda: g.pageRank(tol=0.1, sourceId=17).vertices,
            lambda: g.shortestPaths(["nobody"]),
        ]:
            with self.assertRaisesRegex(
                SparkConnectGrpcException, "org.graphframes.NoSuchVertexException.*(nobody|17)"
            ):
                broken().collect()

    def test_garbage_in_a_nested_plan(self):
        g = self.friends()
        for field in ["vertices", "edges"]:
            result = g.triplets
            plan = result._plan.plan

            def broken(session):
                from graphframes.connect.proto import graphframes_pb2 as pb

                relation = plan(session)
                message = pb.GraphFramesAPI()
                relation.extension.Unpack(message)
                setattr(message, field, b"\xff\x00garbage")
                relation.extension.Pack(message)
                return relation

            result._plan.plan = broken
            with self.assertRaisesRegex(PySparkException, field):
                result.collect()

    def test_no_method(self):
        result = self.friends().triplets
        plan = result._plan.plan

        def broken(session):
            from graphframes.connect.proto import graphframes_pb2 as pb

            relation = plan(session)
            message = pb.GraphFramesAPI()
            relation.extension.Unpack(message)
            message.ClearField("method")
            relation.extension.Pack(message)
            return relation

        result._plan.plan = broken
        with self.assertRaisesRegex(PySparkException, "method"):
            result.collect()

    def test_interrupted(self):
        g = self.graph(range(2000), [(at, at + 1) for at in range(1999)])
        pregel = g.pregel
        endless = (
            pregel.setMaxIter(1_000_000)
            .withVertexColumn("x", F.lit(1), F.col("x") * -1)
            .sendMsgToDst(F.lit(1))
            .aggMsgs(F.count(pregel.msg()))
            .run()
        )
        for result in [endless, g.pageRank(maxIter=2_000_000_000).vertices]:
            raised = []

            def run():
                try:
                    result.collect()
                except PySparkException as error:
                    raised.append(error)

            running = threading.Thread(target=run)
            running.start()
            time.sleep(1)
            begun = time.monotonic()
            for _ in range(20):
                self.spark.interruptAll()
                running.join(1)
                if not running.is_alive():
                    break
            self.assertFalse(running.is_alive())
            self.assertLess(time.monotonic() - begun, 20)
            self.assertIn("OPERATION_CANCELED", str(raised[0]))
