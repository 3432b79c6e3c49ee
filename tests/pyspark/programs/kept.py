"""Rows kept between queries: caches, checkpoints, and when two plans are one."""

from pyspark.storagelevel import StorageLevel
from pyspark.sql import functions as F
from kit import case


def level(df):
    return str(df.storageLevel)


@case
def levels(spark):
    df = spark.range(5).selectExpr("id * 2 as x")
    before = level(df)
    df.cache()
    cached = level(df)
    rows = sorted(r.x for r in df.collect())
    df.unpersist()
    return [before, cached, rows, level(df)]


@case
def persist_levels(spark):
    found = []
    for at in (StorageLevel.MEMORY_ONLY, StorageLevel.DISK_ONLY, StorageLevel.MEMORY_AND_DISK_2, StorageLevel.OFF_HEAP, StorageLevel.MEMORY_AND_DISK_DESER):
        df = spark.range(3).selectExpr("id + 7 as y").persist(at)
        found.append([level(df), df.count()])
        df.unpersist(True)
    return found


@case
def a_cache_is_found_by_meaning(spark):
    spark.range(9).selectExpr("id + 1 as z").cache()
    same = spark.range(9).selectExpr("id + 1 as z")
    other = spark.range(9).selectExpr("id + 2 as z")
    found = [level(same), level(other)]
    same.unpersist()
    return found + [level(same)]


@case
def cached_random_rows_stay(spark):
    df = spark.range(20).select(F.rand().alias("r")).cache()
    first, second = df.collect(), df.collect()
    beyond = df.filter("r >= 0").collect()
    df.unpersist()
    return [first == second, sorted(first) == sorted(beyond)]


@case
def a_cache_of_a_part_is_used(spark):
    df = spark.range(30).select(F.rand().alias("r")).cache()
    a = df.agg(F.sum("r")).collect()[0][0]
    b = df.agg(F.sum("r")).collect()[0][0]
    df.unpersist()
    return a == b


@case
def cached_view(spark):
    spark.range(3).selectExpr("id as cv").createOrReplaceTempView("kept_view")
    before = spark.catalog.isCached("kept_view")
    spark.catalog.cacheTable("kept_view")
    after = [spark.catalog.isCached("kept_view"), level(spark.table("kept_view")), spark.table("kept_view").count()]
    spark.catalog.uncacheTable("kept_view")
    return [before, after, spark.catalog.isCached("kept_view")]


@case
def cached_view_by_sql(spark):
    spark.range(4).selectExpr("id as cq").createOrReplaceTempView("kept_sql")
    spark.sql("cache table kept_sql options ('storageLevel' 'DISK_ONLY')")
    cached = [spark.catalog.isCached("kept_sql"), level(spark.table("kept_sql"))]
    spark.sql("uncache table kept_sql")
    return [cached, spark.catalog.isCached("kept_sql")]


@case
def cached_query_by_sql(spark):
    spark.sql("cache lazy table kept_query as select id * 3 as t from range(4)")
    rows = sorted(r.t for r in spark.table("kept_query").collect())
    cached = spark.catalog.isCached("kept_query")
    spark.sql("clear cache")
    return [rows, cached, spark.catalog.isCached("kept_query")]


@case
def uncache_what_is_not_cached(spark):
    spark.range(1).createOrReplaceTempView("kept_never")
    spark.sql("uncache table kept_never")
    return spark.catalog.isCached("kept_never")


@case
def uncache_missing(spark):
    spark.sql("uncache table kept_missing")


@case
def uncache_missing_if_exists(spark):
    return spark.sql("uncache table if exists kept_missing")


@case
def cache_missing(spark):
    spark.sql("cache table kept_missing")


@case
def wrong_storage_level(spark):
    spark.range(1).createOrReplaceTempView("kept_wrong")
    spark.sql("cache table kept_wrong options ('storageLevel' 'NOPE')")


@case
def cache_with_an_error(spark):
    df = spark.range(3).selectExpr("raise_error('no') as e").cache()
    return df.collect()


@case
def unpersist_twice(spark):
    df = spark.range(2).selectExpr("id + 100 as u").cache()
    df.unpersist()
    df.unpersist()
    return level(df)


@case
def local_checkpoint(spark):
    df = spark.range(20).select(F.rand().alias("r")).localCheckpoint()
    first = df.collect()
    return [first == df.collect(), len(first), [f.simpleString() for f in df.schema], df.filter("r < 2").count()]


@case
def local_checkpoint_lazy(spark):
    df = spark.range(5).select(F.rand().alias("r")).localCheckpoint(eager=False)
    return [df.collect() == df.collect(), df.count()]


@case
def local_checkpoint_columns(spark):
    df = spark.table("people").select("id", "name", F.col("id").alias("name2"))
    kept = df.localCheckpoint()
    return kept.filter(kept.id > 3).select(kept.name, "name2")


@case
def local_checkpoint_same_names(spark):
    df = spark.table("people").select("id", F.col("age").alias("id"))
    return df.localCheckpoint()


@case
def local_checkpoint_storage_level(spark):
    df = spark.range(3).localCheckpoint(True, StorageLevel.DISK_ONLY)
    return df


@case
def checkpoint_join_with_itself(spark):
    df = spark.range(4).localCheckpoint()
    return df.alias("a").join(df.alias("b"), F.col("a.id") == F.col("b.id") + 1)


@case
def checkpoint_in_view(spark):
    spark.range(4).localCheckpoint().createOrReplaceTempView("kept_checkpoint")
    return spark.sql("select sum(id) s from kept_checkpoint")


@case
def same_semantics(spark):
    a = spark.table("people").select("id", "name").filter("id > 1")
    b = spark.table("people").select("id", "name").filter("id > 1")
    c = spark.table("people").select("id", "name").filter("id > 2")
    d = spark.table("people").select("id", F.col("name").alias("other")).filter("id > 1")
    return [a.sameSemantics(b), a.sameSemantics(c), a.sameSemantics(d)]


@case
def same_semantics_of_filters(spark):
    r = spark.range(10)
    return [
        r.filter("id > 1 and id < 5").sameSemantics(r.filter("id < 5 and id > 1")),
        r.filter("id + 1 > 3").sameSemantics(r.filter("1 + id > 3")),
        r.filter("id > 1").sameSemantics(r.filter("1 < id")),
        r.select((F.col("id") + 1).alias("a")).sameSemantics(r.select((F.col("id") + 1).alias("b"))),
        r.withColumn("x", F.lit(1)).sameSemantics(r.withColumn("y", F.lit(1))),
        r.groupBy("id").count().sameSemantics(r.groupBy("id").count()),
        r.limit(3).sameSemantics(r.limit(4)),
        r.alias("q").sameSemantics(r),
        r.orderBy("id").sameSemantics(r.orderBy(F.desc("id"))),
        r.join(r, "id").sameSemantics(r.join(r, "id")),
        r.union(r).sameSemantics(r.union(r)),
        spark.range(0, 10).sameSemantics(r),
        spark.range(0, 10, 2).sameSemantics(r),
    ]


@case
def same_semantics_of_local_rows(spark):
    a = spark.createDataFrame([(1, "x")], "a int, b string")
    b = spark.createDataFrame([(1, "x")], "a int, b string")
    c = spark.createDataFrame([(2, "x")], "a int, b string")
    return [a.sameSemantics(a), a.sameSemantics(b), a.sameSemantics(c)]


@case
def semantic_hashes(spark):
    a = spark.range(10).selectExpr("id + 1 as x")
    return [
        a.semanticHash() == spark.range(10).selectExpr("id + 1 as y").semanticHash(),
        a.semanticHash() == spark.range(10).selectExpr("id + 2 as x").semanticHash(),
        a.semanticHash() == a.semanticHash(),
    ]
