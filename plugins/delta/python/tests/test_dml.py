import datetime
import decimal
import unittest

from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

from .base import DeltaCase


class Delete(DeltaCase):
    def setUp(self):
        super().setUp()
        self.write("(1, 'a'), (2, 'b'), (3, NULL)", "id, name")

    def test_rows_for_which_the_condition_holds_go(self):
        answer = self.table().delete("name = 'a'").collect()
        self.assertEqual(answer[0].asDict(), {"num_affected_rows": 1})
        self.check([(2, "b"), (3, None)])
        info = self.info(1)
        self.assertEqual(info["operation"], "DELETE")
        self.assertEqual(info["operationMetrics"]["numDeletedRows"], "1")

    def test_all_rows_go_without_a_condition(self):
        self.assertEqual(self.table().delete().collect()[0][0], 3)
        self.check([])
        self.assertEqual(self.version(), 1)

    def test_nothing_to_delete_makes_no_commit(self):
        self.assertEqual(self.table().delete("id > 100").collect()[0][0], 0)
        self.assertEqual(self.version(), 0)

    def test_one_commit_however_often_the_client_asks(self):
        from delta.connect.plan import DeleteFromTable
        from pyspark.sql.connect.dataframe import DataFrame

        plan = DeleteFromTable(self.table()._plan, F.col("id") == 1)
        frame = DataFrame(plan, session=self.spark)
        self.assertEqual(frame.columns, ["num_affected_rows"])
        self.assertEqual(self.version(), 0, "a schema runs nothing")
        self.assertEqual(frame.collect()[0][0], 1)
        frame.show()
        frame.toPandas()
        self.assertEqual(frame.select("num_affected_rows").collect()[0][0], 1)
        self.assertEqual(frame.schema.simpleString(), "struct<num_affected_rows:bigint>")
        self.assertEqual(self.version(), 1)

    def test_columns_and_aliases(self):
        table = self.table().alias("t")
        table.delete((F.col("t.id") == 2) & F.col("name").isNotNull())
        self.check([(1, "a"), (3, None)])
        self.table().delete(self.table().toDF().columns[0] + " = 1")
        self.check([(3, None)])

    def test_a_column_that_is_not_there(self):
        with self.refused("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", AnalysisException):
            self.table().delete("nothing = 1")
        self.assertEqual(self.version(), 0)

    def test_a_condition_that_is_none(self):
        with self.refused("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "42K09", AnalysisException):
            self.table().delete("id + 1")

    def test_spark_semantics(self):
        self.write("(1, 'x  '), (2, 'X')", "id, name", mode="overwrite")
        self.table().delete("rtrim(name) = 'x'")
        self.check([(2, "X")])

    def test_tables_that_only_grow(self):
        path = self.path + "-only"
        self.write("(1)", "id", path=path, **{"delta.appendOnly": "true"})
        with self.refused("DELTA_CANNOT_MODIFY_APPEND_ONLY", "42809"):
            self.table(path).delete("id = 1")
        self.write("(2)", "id", path=path)
        self.check([(1,), (2,)], path)


class Update(DeltaCase):
    def setUp(self):
        super().setUp()
        self.write("(1, 'a', 1.5), (2, 'b', 2.5)", "id, name, price")

    def test_values_in_the_types_of_their_columns(self):
        answer = self.table().update("id = 2", {"name": "concat(name, '!')", "price": "id"})
        self.assertEqual(answer.collect()[0].asDict(), {"num_affected_rows": 1})
        dec = decimal.Decimal
        self.check([(1, "a", dec("1.5")), (2, "b!", dec("2.0"))])
        self.assertEqual(self.info(1)["operationMetrics"]["numUpdatedRows"], "1")

    def test_all_rows_without_a_condition(self):
        self.table().update(set={"id": F.col("id") * 10})
        self.assertEqual([row[0] for row in self.read()], [10, 20])

    def test_columns_change_places(self):
        path = self.path + "-two"
        self.write("(1, 2)", "a, b", path=path)
        self.table(path).update(set={"a": "b", "b": "a"})
        self.check([(2, 1)], path)

    def test_fields_of_structs(self):
        path = self.path + "-struct"
        self.write("(1, named_struct('x', 1, 'y', 'one'))", "id, s", path=path)
        self.table(path).update(set={"s.x": "id + 41"})
        self.assertEqual([(r[0], r[1].asDict()) for r in self.read(path)], [(1, {"x": 42, "y": "one"})])

    def test_a_value_that_does_not_fit(self):
        with self.refused("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST", "KD000"):
            self.table().update(set={"id": "DATE'2020-01-01'"})
        with self.refused("CAST_INVALID_INPUT", "22018"):
            self.table().update(set={"id": "CAST(name AS INT)"})
        self.assertEqual(self.version(), 0)

    def test_a_column_twice_or_nowhere(self):
        with self.refused("UNRESOLVED_COLUMN.WITH_SUGGESTION"):
            self.table().update(set={"nothing": "1"})
        with self.refused("DELTA_CONFLICT_SET_COLUMN", "42701"):
            self.table().update(set={"id": "1", "ID": "2"})


class Merge(DeltaCase):
    def setUp(self):
        super().setUp()
        self.write("(1, 'a'), (2, 'b'), (3, 'c')", "id, name")

    def merge(self, text="(2, 'B'), (4, 'D')", condition="t.id = s.id"):
        source = self.rows(text, "id, name").alias("s")
        return self.table().alias("t").merge(source, condition)

    def counts(self, builder):
        return builder.execute().collect()[0].asDict()

    def test_update_and_insert(self):
        counts = self.counts(self.merge().whenMatchedUpdateAll().whenNotMatchedInsertAll())
        self.assertEqual(
            counts,
            {
                "num_affected_rows": 2,
                "num_updated_rows": 1,
                "num_deleted_rows": 0,
                "num_inserted_rows": 1,
            },
        )
        self.check([(1, "a"), (2, "B"), (3, "c"), (4, "D")])
        self.assertEqual(self.version(), 1)
        self.assertEqual(self.info(1)["operation"], "MERGE")

    def test_all_kinds_of_clauses(self):
        counts = self.counts(
            self.merge("(1, 'x'), (2, 'y'), (5, 'z'), (6, 'no')")
            .whenMatchedDelete("s.name = 'x'")
            .whenMatchedUpdate("s.name = 'y'", {"name": "t.name || s.name"})
            .whenNotMatchedInsert("s.name <> 'no'", {"id": "s.id", "name": "upper(s.name)"})
            .whenNotMatchedBySourceUpdate("t.id = 3", {"name": "'gone'"})
        )
        self.assertEqual(list(counts.values()), [4, 2, 1, 1])
        self.check([(2, "by"), (3, "gone"), (5, "Z")])

    def test_not_matched_by_source_delete(self):
        self.merge().whenNotMatchedBySourceDelete().execute()
        self.check([(2, "b")])

    def test_insert_only(self):
        counts = self.counts(self.merge("(3, 'c'), (9, 'n')").whenNotMatchedInsertAll())
        self.assertEqual(list(counts.values()), [1, 0, 0, 1])
        self.check([(1, "a"), (2, "b"), (3, "c"), (9, "n")])
        self.assertFalse([a for a in self.actions(1) if "remove" in a])

    def test_columns_left_out_are_null(self):
        self.merge("(7, 'x')").whenNotMatchedInsert(values={"id": "s.id"}).execute()
        self.check([(1, "a"), (2, "b"), (3, "c"), (7, None)])

    def test_a_row_that_matches_twice(self):
        with self.refused("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", "21506"):
            self.merge("(2, 'x'), (2, 'y')").whenMatchedUpdateAll().execute()
        self.assertEqual(self.version(), 0)
        self.check([(1, "a"), (2, "b"), (3, "c")])

    def test_it_may_where_it_does_not_matter(self):
        merge = self.merge("(2, 'x'), (2, 'y'), (8, 'z')")
        counts = self.counts(merge.whenMatchedDelete().whenNotMatchedInsertAll())
        self.assertEqual(list(counts.values()), [2, 0, 1, 1])
        self.check([(1, "a"), (3, "c"), (8, "z")])
        # Only one of the two changes the row.
        merge = self.merge("(1, 'x'), (1, 'y')")
        self.assertEqual(self.counts(merge.whenMatchedUpdateAll("s.name = 'y'"))["num_updated_rows"], 1)
        self.check([(1, "y"), (3, "c"), (8, "z")])

    def test_null_matches_nothing(self):
        self.write("(CAST(NULL AS INT), 'null')", "id, name")
        self.merge("(CAST(NULL AS INT), 'new')").whenMatchedDelete().whenNotMatchedInsertAll().execute()
        self.check([(1, "a"), (2, "b"), (3, "c"), (None, "null"), (None, "new")])

    def test_columns_of_both_sides_as_columns(self):
        target, source = self.table(), self.rows("(1, 'x')", "id, name")
        frame = target.toDF()
        target.merge(source, frame["id"] == source["id"]).whenMatchedUpdate(
            set={"name": source["name"]}
        ).execute()
        self.check([(1, "x"), (2, "b"), (3, "c")])

    def test_a_source_that_is_random(self):
        source = self.spark.range(0, 200).select("id", F.rand().alias("r"))
        path = self.path + "-random"
        self.write("(CAST(-1 AS BIGINT), CAST(0 AS DOUBLE))", "id, r", path=path)
        table = self.table(path)
        merge = table.alias("t").merge(source.alias("s"), "t.id = s.id AND s.r > 0.5")
        merge.whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
        merge = table.alias("t").merge(source.alias("s"), "t.id = s.id AND s.r > 0.5")
        counts = merge.whenMatchedUpdateAll().whenNotMatchedInsertAll().execute().collect()[0]
        self.assertEqual(counts["num_updated_rows"] + counts["num_inserted_rows"], 200)

    def test_schema_evolution(self):
        source = self.rows("(2, 'B', 'new'), (4, 'D', 'new')", "id, name, extra").alias("s")
        merge = self.table().alias("t").merge(source, "t.id = s.id")
        merge.withSchemaEvolution().whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
        self.check([(1, "a", None), (2, "B", "new"), (3, "c", None), (4, "D", "new")])
        self.assertEqual(self.version(), 1)

    def test_more_columns_without_evolution(self):
        source = self.rows("(2, 'B', 'new')", "id, name, extra").alias("s")
        merge = self.table().alias("t").merge(source, "t.id = s.id")
        merge.whenMatchedUpdateAll().execute()
        self.check([(1, "a"), (2, "B"), (3, "c")])

    def test_fewer_columns(self):
        source = self.rows("(2)", "id").alias("s")
        merge = self.table().alias("t").merge(source, "t.id = s.id").whenMatchedUpdateAll()
        with self.refused("DELTA_MERGE_UNRESOLVED_EXPRESSION", "42601"):
            merge.execute()

    def test_clauses_that_make_no_merge(self):
        with self.refused("DELTA_MERGE_MISSING_WHEN", "42601"):
            self.merge().execute()
        with self.refused("NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION", "42613"):
            self.merge().whenMatchedDelete().whenMatchedUpdateAll().execute()
        with self.refused("UNRESOLVED_COLUMN.WITH_SUGGESTION"):
            self.merge(condition="t.nothing = s.id").whenMatchedDelete().execute()


class Types(DeltaCase):
    SCHEMA = "b, i8, i16, i32, i64, f, d, dec, s, bin, day, at, ntz, arr, m, st"
    VALUES = """(true, 1Y, 2S, 3, 4L, 5F, 6D, 7.25BD, 'acht', X'09', DATE'2020-02-29',
        TIMESTAMP'2021-03-04 05:06:07.123456', TIMESTAMP_NTZ'2021-03-04 05:06:07',
        array(1, 2, NULL), map('k', 1), named_struct('x', 1, 'y', array('z')))"""

    def test_all_types_go_and_come_back(self):
        self.spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
        frame = self.rows(self.VALUES, self.SCHEMA)
        frame.write.format("delta").save(self.path)
        back = self.spark.read.format("delta").load(self.path)
        self.assertEqual(
            [f.dataType.simpleString() for f in back.schema],
            [f.dataType.simpleString() for f in frame.schema],
        )
        self.assertEqual(back.collect(), frame.collect())
        at = self.judged()[0][11]
        self.assertEqual(at.astimezone(datetime.timezone.utc).hour, 13)
        # Rows that are copied stay the same.
        frame.write.format("delta").mode("append").save(self.path)
        self.table().update("i32 = 3", {"i32": "4"})
        rows = self.spark.read.format("delta").load(self.path).drop("i32").collect()
        self.assertEqual((len(rows), len(set(map(repr, rows)))), (2, 1))

    def test_partitions_of_all_types(self):
        for column in ["b", "i8", "i64", "d", "dec", "s", "day", "at", "ntz"]:
            with self.subTest(column):
                path = f"{self.path}-{column}"
                frame = self.rows(self.VALUES, self.SCHEMA).select(column, F.lit(1).alias("v"))
                nulls = frame.select(F.lit(None).cast(frame.schema[0].dataType).alias(column), "v")
                both = frame.union(nulls)
                both.write.format("delta").partitionBy(column).save(path)
                back = self.spark.read.format("delta").load(path)
                self.assertEqual(
                    sorted(map(repr, back.collect())), sorted(map(repr, both.collect()))
                )
                self.assertEqual(self.table(path).delete(f"{column} IS NULL").collect()[0][0], 1)
                self.assertEqual(back.collect(), frame.collect())


if __name__ == "__main__":
    unittest.main()
