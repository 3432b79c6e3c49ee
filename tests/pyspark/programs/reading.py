"""Reading files by path: Parquet, CSV, JSON, text."""

from pyspark.sql import functions as F
from kit import HERE, _add, case

FILES = HERE / "files"


def path(name):
    return str(FILES / name)


CSV = {
    "plain": ("plain.csv", {}),
    "header": ("plain.csv", {"header": True}),
    "inferred": ("plain.csv", {"header": True, "inferSchema": True}),
    "headless": ("headless.csv", {"sep": ";"}),
    "headless_inferred": ("headless.csv", {"sep": ";", "inferSchema": True}),
    "schema": ("plain.csv", {"header": True, "schema": "id long, name string, score double, day date, flag boolean"}),
    "schema_narrow": ("plain.csv", {"header": True, "schema": "id int, name string", "enforceSchema": True}),
    "ragged": ("ragged.csv", {"header": True}),
    "ragged_dropped": ("ragged.csv", {"header": True, "schema": "a int, b int, c int", "mode": "DROPMALFORMED"}),
    "ragged_permissive": ("ragged.csv", {"header": True, "schema": "a int, b int, c int, _corrupt_record string"}),
    "ragged_failfast": ("ragged.csv", {"header": True, "schema": "a int, b int, c int", "mode": "FAILFAST"}),
    "tabs": ("tabs.tsv", {"sep": "\t", "header": True}),
    "comment_and_null": ("tabs.tsv", {"sep": "\t", "header": True, "comment": "#", "nullValue": " NA"}),
    "trimmed": ("tabs.tsv", {"sep": "\t", "header": True, "ignoreLeadingWhiteSpace": True, "ignoreTrailingWhiteSpace": True}),
    "no_quotes": ("headless.csv", {"sep": ";", "quote": ""}),
    "missing": ("nope.csv", {}),
}
for name, (file, options) in CSV.items():
    _add(__name__, f"csv_{name}", lambda spark, f=file, o=options: spark.read.csv(path(f), **o))

JSON = {
    "lines": ("lines.json", {}),
    "schema": ("lines.json", {"schema": "b string, c struct<d: array<int>, e: double>, nope int"}),
    "array": ("array.json", {"multiLine": True}),
    "primitives_as_string": ("lines.json", {"primitivesAsString": True}),
    "broken": ("broken.json", {}),
    "broken_failfast": ("broken.json", {"mode": "FAILFAST", "schema": "a int"}),
    "missing": ("nope.json", {}),
}
for name, (file, options) in JSON.items():
    _add(__name__, f"json_{name}", lambda spark, f=file, o=options: spark.read.json(path(f), **o))


@case
def parquet_types(spark):
    return spark.read.parquet(path("types.parquet"))


@case
def parquet_pruned(spark):
    df = spark.read.parquet(path("types.parquet"))
    return df.filter("i = 1 and s is not null").select("ST.X", "li", F.col("dec") + 1, "ts")


@case
def parquet_empty(spark):
    return spark.read.parquet(path("empty.parquet"))


@case
def parquet_folder(spark):
    return spark.read.parquet(path("two_files"))


@case
def parquet_two_paths(spark):
    return spark.read.parquet(path("two_files/one.parquet"), path("two_files/two.parquet"))


@case
def parquet_glob(spark):
    return spark.read.parquet(path("two_files/*.parquet")).select("key", "X")


@case
def parquet_partitions(spark):
    return spark.read.parquet(path("parted"))


@case
def parquet_partition_filter(spark):
    return spark.read.parquet(path("parted")).filter("year = 2024 and m = 'b b'").select("v", "year")


@case
def parquet_schema_given(spark):
    return spark.read.schema("Key long, x string, z int").parquet(path("two_files"))


@case
def parquet_of_file_scheme(spark):
    return spark.read.parquet("file://" + path("two_files")).count()


@case
def parquet_by_load(spark):
    return spark.read.load(path("two_files"), format="parquet")


@case
def parquet_by_default_format(spark):
    return spark.read.load(path("two_files"))


@case
def parquet_by_sql(spark):
    return spark.sql(f"select key, x from parquet.`{path('two_files')}` where key > 1")


@case
def parquet_is_no_parquet(spark):
    return spark.read.parquet(path("plain.csv"))


@case
def parquet_missing(spark):
    return spark.read.parquet(path("nope"))


@case
def no_path(spark):
    return spark.read.format("parquet").load()


@case
def text(spark):
    return spark.read.text(path("ragged.csv"))


@case
def options_in_another_case(spark):
    return spark.read.option("HEADER", "true").option("delimiter", ",").format("CSV").load(path("plain.csv"))


@case
def input_files(spark):
    files = spark.read.parquet(path("two_files")).inputFiles()
    return sorted(f.rsplit("/", 1)[1] for f in files), all(f.startswith("file:///") for f in files)


@case
def join_of_two_reads(spark):
    a, b = spark.read.parquet(path("two_files")), spark.read.csv(path("plain.csv"), header=True, inferSchema=True)
    return a.join(b, a.Key == b.id).select(a.x, b.name)


@case
def file_metadata_column(spark):
    return spark.read.parquet(path("two_files")).select("Key", F.col("_metadata.file_name")).sort("Key")


@case
def table_of_a_view_of_a_file(spark):
    spark.read.parquet(path("types.parquet")).createOrReplaceTempView("typed")
    return spark.sql("select max(l), min(s), count(f), sum(dec), max(ts), min(d) from typed")
