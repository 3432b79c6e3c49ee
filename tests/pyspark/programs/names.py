"""How columns are found: duplicates, case, qualifiers, frames, struct fields."""

from pyspark.sql import functions as F
from kit import case, Ordered


def pair(spark):
    a = spark.createDataFrame([(1, "a"), (2, "b")], "id int, v string")
    b = spark.createDataFrame([(1, "x"), (3, "y")], "id int, v string")
    return a, b


@case
def duplicates_are_kept(spark):
    return spark.range(2).select("id", "id").select("*")


@case
def duplicates_are_ambiguous(spark):
    return spark.range(2).select("id", F.col("id").alias("ID")).select("id")


@case
def duplicates_by_frame(spark):
    a, b = pair(spark)
    j = a.join(b, a.id == b.id)
    return j.select(a.id, b.v)


@case
def duplicates_in_join_filter(spark):
    a, b = pair(spark)
    return a.join(b, a.id == b.id).filter(a.v == "a").filter(b.v == "x")


@case
def duplicates_ambiguous_filter(spark):
    a, b = pair(spark)
    return a.join(b, a.id == b.id).filter("v = 'a'")


@case
def frame_column_by_index_and_attribute(spark):
    a, _ = pair(spark)
    return a.select(a[0], a["v"], a.id, a[["id"]].id)


@case
def frame_missing_attribute(spark):
    return spark.range(1).nope


@case
def frame_missing_item(spark):
    return spark.range(1).select(spark.range(1)["nope"])


@case
def frame_slice_filter(spark):
    a, _ = pair(spark)
    return a[a.id > 1]


@case
def frame_column_after_with_column_same_name(spark):
    df = spark.range(2)
    return df.withColumn("id", df.id + 10).select(df.id)


@case
def frame_column_after_alias(spark):
    df = spark.range(2)
    return df.alias("t").select(df.id, "t.id")


@case
def frame_column_of_a_parent(spark):
    df = spark.range(3)
    return df.filter("id > 0").withColumn("x", F.lit(1)).select(df.id, "x")


@case
def frame_column_of_a_child(spark):
    df = spark.range(3)
    child = df.withColumn("x", F.col("id") + 1)
    return df.select(child.x)


@case
def frame_column_of_a_twin(spark):
    return spark.range(3).select(spark.range(3).id)


@case
def frame_column_in_aggregate(spark):
    a, _ = pair(spark)
    return a.groupBy(a.v).agg(F.sum(a.id))


@case
def frame_column_after_aggregate(spark):
    a, _ = pair(spark)
    return a.groupBy("v").agg(F.sum("id").alias("s")).select(a.v, "s")


@case
def frame_column_gone_after_aggregate(spark):
    a, _ = pair(spark)
    return a.groupBy("v").count().select(a.id)


@case
def frame_star(spark):
    a, b = pair(spark)
    return a.join(b, a.id == b.id).select(a["*"], b["v"].alias("w"))


@case
def frame_columns_of_both_sides_of_self_join(spark):
    a, _ = pair(spark)
    b = a.withColumn("w", F.lit(1))
    return a.join(b, a.id == b.id).select(a.v, b.w, b.v)


@case
def frame_columns_of_one_frame_joined_twice(spark):
    a, _ = pair(spark)
    b, c = a.filter("id > 0"), a.filter("id > 1")
    return a.join(b, a.id == b.id).join(c, a.id == c.id, "left").select(a.id, b.id, c.id)


@case
def self_join_condition_is_trivially_true(spark):
    a, _ = pair(spark)
    return a.join(a, a.id == a.id).count()


@case
def aliased_frames_in_self_join(spark):
    a, _ = pair(spark)
    x, y = a.alias("x"), a.alias("y")
    return x.join(y, F.col("x.id") < F.col("y.id")).select("x.v", "y.v").toDF("a", "b")


@case
def alias_of_alias(spark):
    return spark.range(1).alias("a").alias("b").select("b.id")


@case
def alias_of_alias_hides(spark):
    return spark.range(1).alias("a").alias("b").select("a.id")


@case
def alias_lost_after_select(spark):
    return spark.range(1).alias("a").select("id").select("a.id")


@case
def alias_lost_after_expression(spark):
    return spark.range(1).alias("a").select((F.col("id") + 1).alias("x")).select("a.x")


@case
def alias_through_filter_and_sort(spark):
    return Ordered(spark.range(3).alias("a").filter("a.id > 0").sort(F.desc("a.id")).select("a.id"))


@case
def alias_through_with_column(spark):
    return spark.range(1).alias("a").withColumn("x", F.lit(1)).select("a.id", "x")


@case
def alias_same_as_a_column(spark):
    df = spark.sql("select struct(1 as id) as t, 2 as id").alias("t")
    return df.select("t.id")


@case
def struct_field_and_qualifier(spark):
    df = spark.sql("select named_struct('x', 1) as a").alias("b")
    return df.select("a.x", "b.a.x", "b.a")


@case
def struct_fields_in_another_case(spark):
    return spark.table("nested").select("S.NAME", "s.IN.z", F.col("p").X, F.col("p")["y"])


@case
def struct_field_missing(spark):
    return spark.table("nested").select("p.nope")


@case
def struct_field_by_get_field(spark):
    n = spark.table("nested")
    return n.select(n.p.getField("x"), n.s["in"]["z"], n.m.getItem("k"), n.ps.getField("x"))


@case
def struct_star(spark):
    return spark.table("nested").select("id", "p.*", "s.in.*")


@case
def star_of_a_non_struct(spark):
    return spark.table("nested").select("id.*")


@case
def array_item(spark):
    return spark.table("nested").filter("id = 1").select(F.col("a")[1], F.col("a").getItem(0), F.col("ps")[0]["y"])


@case
def array_item_out_of_range(spark):
    return spark.table("nested").filter("id = 1").select(F.col("a")[9])


@case
def with_field(spark):
    return spark.table("nested").select(F.col("p").withField("z", F.lit(9)).alias("w"), F.col("p").withField("x", F.lit("t")).alias("r"), F.col("s").dropFields("Name").alias("d"))


@case
def case_sensitive_setting(spark):
    try:
        spark.conf.set("spark.sql.caseSensitive", "true")
        df = spark.range(1).select(F.col("id").alias("a"), F.lit(2).alias("A"))
        return [[list(r) for r in df.select("a", "A").collect()], df.columns]
    finally:
        spark.conf.set("spark.sql.caseSensitive", "false")


@case
def case_sensitive_missing(spark):
    try:
        spark.conf.set("spark.sql.caseSensitive", "true")
        spark.range(1).select("ID").collect()
    finally:
        spark.conf.set("spark.sql.caseSensitive", "false")


@case
def output_name_is_the_users_spelling(spark):
    return spark.table("people").select("ID", F.col("Name"), F.col("people.AGE")).limit(1)


@case
def output_name_of_sql_reference(spark):
    return spark.sql("select ID, people.Name, AGE as aGe from people where id = 1")


@case
def strange_names(spark):
    return spark.range(1).toDF("a b").select("a b", F.col("a b").alias("`"), F.col("a b").alias("x.y"), F.col("a b").alias("")).select("*")


@case
def empty_name_is_found(spark):
    return spark.range(1).select(F.lit(1).alias("é"), F.lit(2).alias("漢字")).select("É", "漢字")


@case
def generated_names_are_found(spark):
    return spark.range(2).select(F.col("id") + 1).select("`(id + 1)`")


@case
def generated_aggregate_names_are_found(spark):
    return spark.table("people").groupBy("dept").count().groupBy("dept").sum("count").filter("`sum(count)` > 1")


@case
def group_by_then_qualified(spark):
    return spark.table("people").alias("p").groupBy("p.dept").agg(F.max("p.age").alias("m")).select("dept", "m")


@case
def group_by_qualified_after(spark):
    return spark.table("people").alias("p").groupBy("p.dept").count().select("p.dept")


@case
def multi_alias(spark):
    return spark.table("nested").filter("id = 1").select(F.posexplode("a").alias("p", "e"))


@case
def suggestion_for_a_typo(spark):
    return spark.table("people").select("agee")


@case
def subquery_scalar_frame(spark):
    p = spark.table("people")
    return p.filter(p.age == p.select(F.max("age")).scalar()).select("id")


@case
def subquery_exists_frame(spark):
    p, d = spark.table("people").alias("p"), spark.table("depts")
    return p.filter(d.filter(d.dept == F.col("p.dept").outer()).exists()).select("id")


@case
def subquery_in_frame(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.filter(p.dept.isin(d.select("dept"))).select("id")
