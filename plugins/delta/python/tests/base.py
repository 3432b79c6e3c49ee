"""What all tests need: a session of their own, a folder, and tables in it.

Tables are read back with the `deltalake` package too, which knows nothing of the server.
"""

import json
import os
import pathlib
import shutil
import tempfile
import unittest

import deltalake
from delta.connect.tables import DeltaTable
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession


class DeltaCase(unittest.TestCase):
    def setUp(self):
        self.spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()
        self.folder = tempfile.mkdtemp(prefix="delta-")
        self.path = os.path.join(self.folder, "table")

    def tearDown(self):
        self.spark.stop()
        shutil.rmtree(self.folder)

    def rows(self, text, schema):
        """A DataFrame of SQL's VALUES."""
        return self.spark.sql(f"SELECT * FROM VALUES {text} AS t({schema})")

    def write(self, text, schema, mode="append", path=None, **options):
        writer = self.rows(text, schema).write.format("delta").mode(mode).options(**options)
        writer.save(path or self.path)
        return self.table(path)

    def table(self, path=None):
        return DeltaTable.forPath(self.spark, path or self.path)

    def read(self, path=None, **options):
        """The rows as the server reads them, sorted."""
        frame = self.spark.read.format("delta").options(**options).load(path or self.path)
        return sorted((tuple(row) for row in frame.collect()), key=repr)

    def judged(self, path=None):
        """The rows as `deltalake` reads them, sorted."""
        table = deltalake.DeltaTable(path or self.path).to_pyarrow_table()
        columns = [column.to_pylist() for column in table.columns]
        return sorted(zip(*columns), key=repr)

    def check(self, expected, path=None):
        """Both readers see these rows."""
        expected = sorted(expected, key=repr)
        self.assertEqual(self.read(path), expected)
        self.assertEqual(self.judged(path), expected)

    def commits(self, path=None):
        log = pathlib.Path(path or self.path, "_delta_log")
        return sorted(log.glob("*.json"))

    def actions(self, version, path=None):
        lines = self.commits(path)[version].read_text().splitlines()
        return [json.loads(line) for line in lines if line]

    def info(self, version, path=None):
        return next(a["commitInfo"] for a in self.actions(version, path) if "commitInfo" in a)

    def version(self, path=None):
        return deltalake.DeltaTable(path or self.path).version()

    def refused(self, condition, sqlstate=None, kind=PySparkException):
        return Refused(self, condition, sqlstate, kind)


class Refused:
    """Something that must fail with a condition; the session goes on."""

    def __init__(self, case, condition, sqlstate, kind):
        self.case, self.condition, self.sqlstate, self.kind = case, condition, sqlstate, kind

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.case.assertIsInstance(error, self.kind, f"expected {self.condition}")
        self.case.assertEqual(error.getCondition(), self.condition, str(error))
        if self.sqlstate:
            self.case.assertEqual(error.getSqlState(), self.sqlstate)
        self.error = error
        self.case.assertEqual(self.case.spark.range(2).count(), 2)
        return True
