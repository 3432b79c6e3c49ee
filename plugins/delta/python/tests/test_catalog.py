import unittest
import uuid

from delta.connect.tables import DeltaTable
from pyspark.sql import functions as F

from .base import DeltaCase


class Catalog(DeltaCase):
    """Tables by name; the server has a warehouse."""

    def setUp(self):
        super().setUp()
        self.database = "delta_" + uuid.uuid4().hex[:12]
        self.spark.sql(f"CREATE DATABASE {self.database}")
        self.name = f"{self.database}.t"

    def tearDown(self):
        self.spark.sql(f"DROP DATABASE {self.database} CASCADE")
        super().tearDown()

    def named(self):
        return sorted((tuple(row) for row in self.spark.table(self.name).collect()), key=repr)

    def test_save_as_table(self):
        frame = self.rows("(1, 'a')", "id, name")
        frame.write.format("delta").saveAsTable(self.name)
        frame.write.format("delta").mode("append").saveAsTable(self.name)
        self.assertEqual(self.named(), [(1, "a"), (1, "a")])
        frame.write.insertInto(self.name)
        self.assertEqual(len(self.named()), 3)
        frame.write.format("delta").mode("overwrite").saveAsTable(self.name)
        self.assertEqual(self.named(), [(1, "a")])
        more = self.rows("(2, 'b', true)", "id, name, flag").write.format("delta").mode("append")
        with self.refused("DELTA_METADATA_MISMATCH", "42KDG"):
            more.saveAsTable(self.name)
        more.option("mergeSchema", "true").saveAsTable(self.name)
        self.assertEqual(self.named(), [(1, "a", None), (2, "b", True)])
        self.assertEqual(DeltaTable.forName(self.spark, self.name).history().count(), 5)

    def test_write_to(self):
        frame = self.rows("(1, 'a'), (2, 'b')", "id, part")
        frame.writeTo(self.name).using("delta").partitionedBy(F.col("part")).create()
        frame.writeTo(self.name).append()
        self.assertEqual(len(self.named()), 4)
        self.rows("(9, 'b')", "id, part").writeTo(self.name).overwritePartitions()
        self.assertEqual(self.named(), [(1, "a"), (1, "a"), (9, "b")])
        frame.writeTo(self.name).using("delta").createOrReplace()
        self.assertEqual(len(self.named()), 2)

    def test_sql(self):
        sql = self.spark.sql
        sql(
            f"CREATE TABLE {self.name} (id INT NOT NULL, name STRING COMMENT 'who') USING delta "
            "PARTITIONED BY (name) COMMENT 'people' TBLPROPERTIES ('delta.appendOnly' = 'false')"
        )
        table = DeltaTable.forName(self.spark, self.name)
        detail = table.detail().collect()[0]
        self.assertEqual(detail["description"], "people")
        self.assertEqual(detail["properties"], {"delta.appendOnly": "false"})
        self.assertEqual(detail["partitionColumns"], ["name"])
        sql(f"INSERT INTO {self.name} VALUES (1, 'a'), (2, 'b')")
        self.assertEqual(self.named(), [(1, "a"), (2, "b")])
        with self.refused("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "23502"):
            sql(f"INSERT INTO {self.name} VALUES (NULL, 'x')")
        sql(f"INSERT OVERWRITE {self.name} VALUES (3, 'c')")
        self.assertEqual(self.named(), [(3, "c")])
        sql(f"CREATE OR REPLACE TABLE {self.name} USING delta AS SELECT 5 AS five")
        self.assertEqual(self.named(), [(5,)])
        self.assertEqual(table.history().count(), 4)

    def test_changes_by_sql(self):
        sql = self.spark.sql
        self.rows("(1, 'a'), (2, 'b'), (3, 'c')", "id, name").write.format("delta").saveAsTable(
            self.name
        )
        sql(f"DELETE FROM {self.name} WHERE name = 'a'")
        sql(f"UPDATE {self.name} SET name = upper(name), id = id + 10 WHERE id = 2")
        self.assertEqual(self.named(), [(12, "B"), (3, "c")])
        self.assertEqual(sql(f"SELECT name FROM delta.`{self.location()}`").count(), 2)
        reader = self.spark.read.format("delta").option("versionAsOf", 0)
        self.assertEqual(reader.table(self.name).count(), 3)
        table = DeltaTable.forName(self.spark, self.name)
        operations = [row[0] for row in table.history().select("operation").collect()]
        self.assertEqual(operations[:2], ["UPDATE", "DELETE"])

    def location(self):
        detail = DeltaTable.forName(self.spark, self.name).detail()
        return detail.collect()[0]["location"].removeprefix("file:")

    def test_the_builder(self):
        table = DeltaTable.create(self.spark).tableName(self.name).addColumn("id", "int").execute()
        self.assertEqual(self.spark.table(self.name).columns, ["id"])
        with self.refused("TABLE_OR_VIEW_ALREADY_EXISTS", "42P07"):
            DeltaTable.create(self.spark).tableName(self.name).addColumn("id", "int").execute()
        self.rows("(1)", "id").write.insertInto(self.name)
        table.update(set={"id": "id + 1"})
        self.assertEqual(self.named(), [(2,)])
        self.assertEqual(table.detail().collect()[0]["name"], f"spark_catalog.{self.name}")

    def test_an_external_table(self):
        self.write("(1)", "id")
        self.spark.sql(f"CREATE TABLE {self.name} USING delta LOCATION '{self.path}'")
        self.assertEqual(self.named(), [(1,)])
        self.write("(2)", "id")
        self.assertEqual(self.named(), [(1,), (2,)])
        self.spark.sql(f"DROP TABLE {self.name}")
        self.check([(1,), (2,)])


if __name__ == "__main__":
    unittest.main()
