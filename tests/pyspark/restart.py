"""Makes tables, or looks at those that another server made in the same warehouse.

    restart.py --remote sc://127.0.0.1:15002 make
    restart.py --remote sc://127.0.0.1:15002 look
"""

import argparse
import datetime
import sys
import warnings


def make(spark):
    spark.sql("CREATE DATABASE lasting COMMENT 'for long'")
    spark.catalog.setCurrentDatabase("lasting")
    rows = spark.range(6).selectExpr("id", "cast(id % 2 as int) part", "concat('v', id) text")
    rows.write.partitionBy("part").saveAsTable("folders")
    rows.write.bucketBy(3, "id").sortBy("text").saveAsTable("buckets")
    for form in ["csv", "json", "avro"]:
        rows.write.format(form).saveAsTable(f"of_{form}")
    rows.select("text").write.format("text").saveAsTable("of_text")
    rows.write.format("xml").option("rowTag", "r").saveAsTable("of_xml")
    spark.sql("CREATE TABLE declared (a INT COMMENT 'first', b DATE) USING parquet TBLPROPERTIES ('k' = 'v')")
    spark.sql("INSERT INTO declared VALUES (1, DATE'2020-01-01')")
    spark.sql("CREATE VIEW seen AS SELECT part, count(*) AS n FROM folders GROUP BY part")


def look(spark):
    spark.catalog.setCurrentDatabase("lasting")
    assert spark.catalog.getDatabase("lasting").description == "for long"
    names = sorted(table.name for table in spark.catalog.listTables())
    assert names == ["buckets", "declared", "folders", "of_avro", "of_csv", "of_json", "of_text", "of_xml", "seen"], names
    expected = [(i, i % 2, f"v{i}") for i in range(6)]
    for name in ["folders", "buckets", "of_csv", "of_json", "of_avro", "of_xml"]:
        rows = [tuple(row) for row in spark.table(name).select("id", "part", "text").sort("id").collect()]
        assert rows == expected, (name, rows)
    assert sorted(row[0] for row in spark.table("of_text").collect()) == [text for _, _, text in expected]
    assert [c.name for c in spark.catalog.listColumns("buckets") if c.isBucket] == ["id"]
    assert spark.sql("SELECT * FROM seen ORDER BY part").collect() == [(0, 3), (1, 3)]
    assert spark.table("declared").collect() == [(1, datetime.date(2020, 1, 1))]
    assert spark.catalog.listColumns("declared")[0].description == "first"
    assert spark.catalog.getTableProperties("declared")["k"] == "v"
    # They can be written to as before.
    spark.sql("INSERT INTO folders VALUES (6, 'v6', 0)")
    assert [row.partition for row in spark.catalog.listPartitions("folders")] == ["part=0", "part=1"]
    assert spark.table("folders").count() == 7


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remote", required=True)
    parser.add_argument("what", choices=["make", "look"])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote(options.remote).create()
    {"make": make, "look": look}[options.what](spark)
    spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
