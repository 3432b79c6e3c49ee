"""Records what a client sends, and what Spark answers, byte for byte.

    record.py --remote sc://127.0.0.1:15002 --out FOLDER

For clients that exist only in the full package (3.5): run once with such a
client against a real Spark server. A request becomes `NN_step.execute.bin` or
`NN_step.analyze.bin`, in the order sent, since later ones use views that
earlier ones made; its answer is `NN_step.arrow` (an Arrow stream) or
`NN_step.answer.bin` (the response message).
"""

import argparse
import pathlib

from pyspark.sql import SparkSession, Window, functions as F
from pyspark.sql.types import IntegerType, StringType, StructField, StructType

SESSION = "00112233-4455-6677-8899-aabbccddeeff"


class Recorder:
    """Stands in for the client's stub: hands on and writes down."""

    def __init__(self, stub, folder):
        self.stub, self.folder, self.step, self.number = stub, folder, "", 0

    def __getattr__(self, name):
        return getattr(self.stub, name)

    def path(self, suffix):
        return self.folder / f"{self.number:02}_{self.step}.{suffix}"

    def save(self, request, kind):
        self.number += 1
        copy = type(request)()
        copy.CopyFrom(request)
        copy.session_id = SESSION
        copy.user_context.user_id = "recorded"
        if kind == "execute":
            copy.operation_id = f"00000000-0000-0000-0000-{self.number:012}"
        self.path(f"{kind}.bin").write_bytes(copy.SerializeToString(deterministic=True))

    def ExecutePlan(self, request, **arguments):
        self.save(request, "execute")
        path, chunks = self.path("arrow"), []
        for response in self.stub.ExecutePlan(request, **arguments):
            if response.HasField("arrow_batch"):
                chunks.append(response.arrow_batch.data)
            yield response
        # One batch a message, each a stream of its own: the program's answers are small.
        if len(chunks) > 1:
            raise ValueError(f"{path.name} has more than one batch")
        if chunks:
            path.write_bytes(chunks[0])

    def AnalyzePlan(self, request, **arguments):
        self.save(request, "analyze")
        response = self.stub.AnalyzePlan(request, **arguments)
        copy = type(response)()
        copy.CopyFrom(response)
        copy.session_id = SESSION
        copy.ClearField("server_side_session_id") if hasattr(copy, "server_side_session_id") else None
        self.path("answer.bin").write_bytes(copy.SerializeToString(deterministic=True))
        return response


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remote", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    options = parser.parse_args()
    spark = SparkSession.builder.remote(options.remote).create()
    for old in options.out.glob("*"):
        old.unlink()
    recorder = Recorder(spark.client._stub, options.out)
    spark.client._stub = recorder
    spark.client.disable_reattachable_execute()
    for step in STEPS:
        recorder.step = step.__name__
        result = step(spark)
        if result is not None:
            result.collect()
    print(f"{recorder.number} requests")


def people(spark):
    rows = [(1, "Ann", 31, "eng"), (2, "bob", 25, "eng"), (3, "Cid", None, "ops"), (4, None, 40, None)]
    schema = StructType([
        StructField("id", IntegerType(), False), StructField("name", StringType()),
        StructField("age", IntegerType()), StructField("dept", StringType()),
    ])
    spark.createDataFrame(rows, schema).createOrReplaceTempView("people")


def depts(spark):
    spark.createDataFrame([("eng", 3), ("ops", 1)], "dept string, floor int").createOrReplaceTempView("depts")


def ranges(spark):
    return spark.range(1, 10, 3, 1)


def projection(spark):
    p = spark.table("people")
    return p.filter((p.age > 20) & p.name.isNotNull()).select("id", p.age + 1, F.coalesce("dept", "name").alias("n"))


def schema(spark):
    spark.table("people").select("id", (F.col("age") * 2).alias("d"), F.lit(1.5)).schema


def grouped(spark):
    return spark.table("people").groupBy("dept").agg(F.count("*").alias("n"), F.sum("age"), F.avg("age")).sort("dept")


def joined(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept == d.dept, "left").select(p.id, p["dept"], d.floor).sort("id")


def joined_using(spark):
    return spark.table("people").join(spark.table("depts"), "dept").sort("id")


def columns(spark):
    return spark.table("people").withColumn("x", F.col("id") * 10).withColumnRenamed("name", "who").drop("age").sort("x")


def sorted_and_cut(spark):
    return spark.table("people").orderBy(F.desc_nulls_last("age"), "id").limit(3).offset(1)


def unions(spark):
    a, b = spark.range(2), spark.range(1, 3)
    return a.union(b).distinct().sort("id")


def intersection(spark):
    return spark.range(4).intersect(spark.range(2, 9)).sort("id")


def windows(spark):
    w = Window.partitionBy("dept").orderBy("id")
    return spark.table("people").select("id", F.row_number().over(w).alias("n"), F.sum("id").over(w.rowsBetween(-1, 0)).alias("s")).sort("id")


def sql(spark):
    return spark.sql("select dept, count(*) c from people group by dept having count(*) >= 1 order by dept nulls last")


def sql_arguments(spark):
    return spark.sql("select id from people where age > :low and name <> :name order by id", args={"low": 20, "name": "bob"})


def sql_positions(spark):
    return spark.sql("select ? + 1 as a, ? as b", args=[41, "x"])


def literals(spark):
    return spark.range(0, 1, 1, 1).select(F.lit(1), F.lit("a"), F.lit(True), F.lit(None), F.lit(2.5), F.lit(b"x"))


def casts(spark):
    return spark.range(0, 2, 1, 1).select(F.col("id").cast("string"), F.col("id").cast("decimal(5,2)"), F.expr("cast(id as double) * 4"), F.when(F.col("id") > 0, "y").otherwise("n").alias("w"))


def shown(spark):
    spark.table("people").sort("id").show()


def explained(spark):
    spark.range(3).filter("id > 1").explain()


def tree(spark):
    spark.table("people").printSchema()


def duplicates(spark):
    return spark.table("people").dropDuplicates(["dept"]).select(F.col("dept")).sort("dept")


def versions(spark):
    spark.version


STEPS = [people, depts, ranges, projection, schema, grouped, joined, joined_using, columns,
         sorted_and_cut, unions, intersection, windows, sql, sql_arguments, sql_positions, literals,
         casts, shown, explained, tree, duplicates, versions]

if __name__ == "__main__":
    main()
