import threading
import unittest

from delta.connect import exceptions
from delta.connect.tables import DeltaTable
from pyspark.sql import functions as F

from .base import DeltaCase


class Conflicts(DeltaCase):
    def at_once(self, *works):
        """Runs calls at the same time; gives what each of them raised."""
        barrier = threading.Barrier(len(works))
        raised = [None] * len(works)

        def run(at, work):
            try:
                barrier.wait()
                work()
            except Exception as error:
                raised[at] = error

        threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return raised

    def test_one_update_wins(self):
        self.spark.range(0, 100000).withColumn("n", F.lit(0)).write.format("delta").save(self.path)
        works = [lambda: self.table().update("id >= 0", {"n": "n + 1"}) for _ in range(4)]
        raised = self.at_once(*works)
        lost = [error for error in raised if error is not None]
        for error in lost:
            self.assertIn(
                type(error),
                [
                    exceptions.ConcurrentAppendException,
                    exceptions.ConcurrentDeleteReadException,
                    exceptions.ConcurrentDeleteDeleteException,
                ],
            )
            self.assertEqual(error.getSqlState(), "2D521")
        won = len(works) - len(lost)
        self.assertGreaterEqual(won, 1)
        # What won is there, once each, and nothing else.
        frame = self.spark.read.format("delta").load(self.path)
        self.assertEqual(frame.select("n").distinct().collect(), [(won,)])
        self.assertEqual(frame.count(), 100000)
        self.assertEqual(self.version(), won)

    def test_appends_do_not_meet(self):
        self.write("(0)", "id")
        works = [lambda at=at: self.write(f"({at})", "id") for at in range(1, 6)]
        self.assertEqual(self.at_once(*works), [None] * 5)
        self.check([(at,) for at in range(6)])
        self.assertEqual(self.version(), 5)

    def test_partitions_do_not_meet(self):
        frame = self.rows("(0, 0), (0, 1), (0, 2), (0, 3)", "n, part")
        frame.write.format("delta").partitionBy("part").save(self.path)
        works = [
            lambda part=part: self.table().update(f"part = {part}", {"n": "n + 1"})
            for part in range(4)
        ]
        self.assertEqual(self.at_once(*works), [None] * 4)
        self.check([(1, part) for part in range(4)])

    def test_one_table_is_made(self):
        works = [lambda: self.write("(1)", "id", mode="append") for _ in range(4)]
        raised = self.at_once(*works)
        lost = [error for error in raised if error is not None]
        for error in lost:
            self.assertIsInstance(error, exceptions.ProtocolChangedException, error)
        self.check([(1,)] * (4 - len(lost)))

    def test_the_schema_changed_meanwhile(self):
        self.spark.range(0, 300000).write.format("delta").save(self.path)
        raised = self.at_once(
            lambda: self.table().update("id >= 0", {"id": "id"}),
            lambda: self.write("(CAST(-1 AS BIGINT), 'x')", "id, more", mergeSchema="true"),
        )
        self.assertIsNone(raised[1])
        if raised[0] is not None:
            self.assertIsInstance(
                raised[0],
                (exceptions.MetadataChangedException, exceptions.ConcurrentAppendException),
            )
        self.assertEqual(DeltaTable.forPath(self.spark, self.path).toDF().columns, ["id", "more"])


if __name__ == "__main__":
    unittest.main()
