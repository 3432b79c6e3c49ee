"""What a client asks of a session besides rows: views, conf, show, explain, schema, errors."""

import re

from pyspark.sql import functions as F
from kit import case, printed


@case
def version(spark):
    return spark.version.split(".")[0]


@case
def show(spark):
    return printed(lambda: spark.table("people").orderBy("id").show())


@case
def show_rows_and_width(spark):
    df = spark.createDataFrame([("a" * 30, 1), ("b", 22), (None, None)], "text string, number int")
    return [printed(lambda: df.show(2)), printed(lambda: df.show(truncate=5)), printed(lambda: df.show(truncate=False)), printed(lambda: df.show(truncate=2))]


@case
def show_vertical(spark):
    return printed(lambda: spark.table("depts").orderBy("dept").show(2, vertical=True))


@case
def show_empty(spark):
    return [printed(lambda: spark.range(0).show()), printed(lambda: spark.range(0).show(vertical=True)), printed(lambda: spark.range(2).select().show())]


@case
def show_every_type(spark):
    return [printed(lambda: spark.table(t).show(truncate=False)) for t in ("numbers", "nested", "times")]


@case
def show_wide_characters(spark):
    df = spark.createDataFrame([("漢字",), ("é",), ("tab\tnew\nline",)], ["s"])
    return printed(lambda: df.show(truncate=False))


@case
def print_schema(spark):
    return printed(lambda: spark.table("nested").printSchema())


@case
def print_schema_level(spark):
    return printed(lambda: spark.table("nested").printSchema(1))


@case
def schema_json(spark):
    return [spark.table(t).schema.json() for t in ("people", "numbers", "nested", "times")]


@case
def schema_of_derived(spark):
    return [f.jsonValue() and str(f) for f in spark.sql("select id, id + 1 x, array(id) a, struct(id, name) s, count(*) over () n from people").schema]


@case
def explain_runs(spark):
    df = spark.table("people").filter("id > 1").select("id")
    texts = [printed(lambda: df.explain()), printed(lambda: df.explain(True)), printed(lambda: df.explain("formatted")), printed(lambda: df.explain("cost")), printed(lambda: df.explain("codegen"))]
    return [bool(t.strip()) for t in texts] + [re.findall(r"== [A-Za-z ]+ ==", texts[1])]


@case
def explain_wrong_mode(spark):
    spark.range(1).explain("nope")


@case
def is_local_and_streaming(spark):
    return [spark.range(1).isLocal(), spark.range(1).isStreaming]


@case
def input_files_of_local_data(spark):
    return spark.table("people").inputFiles()


@case
def same_semantics_and_hash(spark):
    a, b = spark.range(3), spark.range(3)
    return [a.sameSemantics(b), a.sameSemantics(a.filter("id > 1")), isinstance(a.semanticHash(), int)]


@case
def conf_get_set_unset(spark):
    spark.conf.set("spark.my.key", "v")
    got = spark.conf.get("spark.my.key")
    spark.conf.unset("spark.my.key")
    return [got, spark.conf.get("spark.my.key", "gone"), spark.conf.get("spark.my.key", None)]


@case
def conf_defaults(spark):
    names = ["spark.sql.ansi.enabled", "spark.sql.shuffle.partitions", "spark.sql.caseSensitive", "spark.sql.session.timeZone", "spark.sql.execution.arrow.maxRecordsPerBatch", "spark.sql.timestampType", "spark.sql.repl.eagerEval.enabled", "spark.sql.execution.pandas.convertToArrowArraySafely"]
    return [spark.conf.get(n) for n in names]


@case
def conf_missing(spark):
    return spark.conf.get("spark.nope.nope")


@case
def conf_modifiable(spark):
    return [spark.conf.isModifiable(n) for n in ("spark.sql.ansi.enabled", "spark.sql.warehouse.dir", "spark.nope", "spark.executor.memory")]


@case
def conf_static_set(spark):
    spark.conf.set("spark.sql.warehouse.dir", "/nowhere")


@case
def conf_typed_values(spark):
    spark.conf.set("spark.my.bool", True)
    spark.conf.set("spark.my.int", 5)
    return [spark.conf.get("spark.my.bool"), spark.conf.get("spark.my.int")]


@case
def conf_wrong_value(spark):
    try:
        spark.conf.set("spark.sql.shuffle.partitions", "many")
    finally:
        spark.conf.unset("spark.sql.shuffle.partitions")


@case
def conf_wrong_time_zone(spark):
    spark.conf.set("spark.sql.session.timeZone", "Mars/Olympus")


@case
def conf_by_sql(spark):
    spark.sql("set spark.my.sql = 5")
    return spark.conf.get("spark.my.sql")


@case
def view_create_twice(spark):
    spark.range(1).createOrReplaceTempView("twice")
    spark.range(1).createTempView("twice")


@case
def view_replaced(spark):
    spark.range(1).createOrReplaceTempView("again")
    spark.range(5).createOrReplaceTempView("AGAIN")
    return spark.table("again").count()


@case
def view_keeps_its_plan(spark):
    spark.range(2).createOrReplaceTempView("base_view")
    df = spark.table("base_view")
    spark.range(9).createOrReplaceTempView("base_view")
    return df.count()


@case
def view_over_view(spark):
    spark.range(4).createOrReplaceTempView("v1")
    spark.table("v1").filter("id > 1").createOrReplaceTempView("v2")
    spark.range(1).createOrReplaceTempView("v1")
    return spark.table("v2").count()


@case
def view_of_duplicate_names(spark):
    spark.range(1).select("id", "id").createOrReplaceTempView("dup")
    return spark.table("dup")


@case
def view_bad_name(spark):
    spark.range(1).createOrReplaceTempView("a.b")


@case
def view_global(spark):
    spark.range(3).createOrReplaceGlobalTempView("glob_py_tests")
    n = spark.table("global_temp.glob_py_tests").count()
    spark.catalog.dropGlobalTempView("glob_py_tests")
    return n


@case
def view_dropped(spark):
    spark.range(1).createOrReplaceTempView("gone_soon")
    was = spark.catalog.dropTempView("gone_soon")
    return [was, spark.catalog.dropTempView("gone_soon")]


@case
def view_missing_after_drop(spark):
    spark.range(1).createOrReplaceTempView("gone_now")
    spark.catalog.dropTempView("gone_now")
    return spark.table("gone_now")


@case
def table_missing(spark):
    return spark.table("no_such_table")


@case
def table_missing_in_schema(spark):
    return spark.table("no_such_schema.no_such_table")


@case
def path_missing(spark):
    return spark.read.parquet("/no/such/path.parquet")


@case
def path_missing_csv_and_json(spark):
    kinds = []
    for read in (spark.read.csv, spark.read.json):
        try:
            read("/no/such/file").collect()
        except Exception as e:
            kinds.append([type(e).__name__, e.getCondition(), e.getSqlState()])
    return kinds


@case
def format_missing(spark):
    return spark.read.format("nope").load("/tmp/x")


@case
def error_then_usable(spark):
    conditions = []
    for bad in ("select nope from people", "select 1 +", "select * from nope", "select 1/0", "select cast('x' as int)", "select nope(1)"):
        try:
            spark.sql(bad).collect()
        except Exception as e:
            conditions.append([type(e).__name__, e.getCondition(), e.getSqlState()])
    return conditions + [spark.range(3).count()]


@case
def error_classes_of_python(spark):
    from pyspark.errors import AnalysisException, ArithmeticException, ParseException, NumberFormatException, PySparkException

    def caught(text):
        try:
            spark.sql(text).collect()
        except Exception as e:
            return [isinstance(e, k) for k in (AnalysisException, ParseException, ArithmeticException, NumberFormatException, PySparkException)]

    return [caught(t) for t in ("select nope", "selec 1", "select 1/0", "select cast('x' as int)")]


@case
def error_query_context(spark):
    try:
        spark.sql("select id,\n 1 / 0 from people").collect()
    except Exception as e:
        return [[c.fragment(), c.startIndex(), c.stopIndex(), c.objectType(), c.objectName()] for c in e.getQueryContext()]


@case
def error_is_lazy(spark):
    df = spark.range(1).select(F.lit(1) / F.lit(0))
    return df.schema.simpleString()


@case
def catalog_basics(spark):
    return [spark.catalog.currentCatalog(), spark.catalog.currentDatabase(), spark.catalog.tableExists("people"), spark.catalog.tableExists("nope")]


@case
def new_session_does_not_see_views(spark):
    other = spark.newSession() if hasattr(spark, "newSession") else None
    if other is None:
        return "TABLE_OR_VIEW_NOT_FOUND"
    try:
        other.table("people").collect()
    except Exception as e:
        return e.getCondition()
    finally:
        other.stop()


@case
def interrupt_nothing(spark):
    return spark.interruptAll()


@case
def tags(spark):
    spark.addTag("t1")
    try:
        return sorted(spark.getTags())
    finally:
        spark.clearTags()


@case
def cache_and_persist(spark):
    df = spark.range(3).cache()
    n = df.count()
    df.unpersist()
    return n


@case
def repartition_and_coalesce(spark):
    return spark.range(4).repartition(2).coalesce(1).repartition("id")


@case
def hint(spark):
    return spark.range(2).hint("broadcast").hint("nope", 1)


@case
def na_functions(spark):
    p = spark.table("people").select("id", "age", "dept")
    return p.na.fill({"age": -1, "dept": "?"}).union(p.na.drop())


@case
def sample_everything(spark):
    return spark.range(3).sample(1.0)


@case
def observe_nothing_breaks(spark):
    from pyspark.sql import Observation

    o = Observation("o")
    n = spark.range(4).observe(o, F.count(F.lit(1)).alias("n"), F.max("id").alias("m")).count()
    return [n, o.get]
