"""Select, filter and the ways to add, rename and drop columns."""

from pyspark.sql import functions as F
from kit import case, Ordered


@case
def select_star(spark):
    return spark.table("people").select("*")


@case
def select_names_in_another_case(spark):
    return spark.table("people").select("ID", "NaMe")


@case
def select_twice_the_same(spark):
    return spark.table("people").select("id", "id", F.col("id"))


@case
def select_star_and_more(spark):
    return spark.table("depts").select("*", (F.col("floor") + 1).alias("above"), "dept")


@case
def select_nothing(spark):
    return spark.range(3).select()


@case
def select_expressions_without_alias(spark):
    p = spark.table("people")
    return p.select(
        p.id + 1, p.id * 2.5, p.salary / 3, -p.age, ~(p.age > 20), p.name.isNull(), p.age.isNotNull(),
        p.name == "Ann", p.name != "Ann", p.age % 7, p.name.startswith("A"), p.name.contains("n"),
    )


@case
def names_of_function_calls(spark):
    p = spark.table("people")
    return p.select(
        F.upper("name"), F.coalesce("age", F.lit(0)), F.length(p.name), F.concat("name", F.lit("!")),
        F.substring("name", 1, 2), F.abs(p.salary), F.year("born"), F.when(p.age > 30, "old").otherwise("young"),
        F.when(p.age > 30, 1), p.age.between(20, 30), p.name.isin("Ann", "bob"), p.name.like("A%"),
        p.age.cast("string"), p.age.cast("double").alias("dbl"), F.lit(1), F.lit("x"), F.lit(None),
    ).limit(1)


@case
def select_list_of_columns(spark):
    p = spark.table("people")
    return p.select([p.id, p.name])


@case
def select_backquoted(spark):
    df = spark.range(2).toDF("a.b")
    return df.select("`a.b`", F.col("`a.b`") + 1)


@case
def select_dotted_without_quotes(spark):
    return spark.range(2).toDF("a.b").select("a.b")


@case
def select_by_regex(spark):
    return spark.table("people").select(spark.table("people").colRegex("`(id|na.*)`"))


@case
def select_expr_list(spark):
    return spark.table("people").selectExpr("id as key", "age + 1", "upper(name) n", "*")


@case
def select_expr_struct_alias(spark):
    return spark.range(1).selectExpr("struct(1 as a, 'x' as b) as s").select("s.*")


@case
def select_expr_aggregate(spark):
    return spark.table("people").selectExpr("count(*)", "sum(age) as s", "max(name)")


@case
def select_aggregate(spark):
    return spark.table("people").select(F.sum("age"), F.avg("salary"), F.count("*"), F.count("age"))


@case
def filter_string(spark):
    return spark.table("people").filter("age > 20 and dept is not null")


@case
def filter_column(spark):
    p = spark.table("people")
    return p.filter((p.age > 20) & ((p.dept == "eng") | p.dept.isNull()))


@case
def filter_null_is_not_true(spark):
    p = spark.table("people")
    return p.filter(~(p.age > 20))


@case
def filter_null_safe_equal(spark):
    p = spark.table("people")
    return p.filter(p.dept.eqNullSafe(None)).select("id")


@case
def filter_on_dropped_column(spark):
    p = spark.table("people")
    return p.select("id", "name").filter(p.age > 30)


@case
def filter_on_dropped_column_by_name(spark):
    return spark.table("people").select("id", "name").filter("age > 30")


@case
def filter_on_column_gone_two_levels_down(spark):
    p = spark.table("people")
    return p.select("id", "age").select("id").filter(p.name == "Ann")


@case
def filter_not_boolean(spark):
    return spark.table("people").filter(F.col("age") + 1)


@case
def filter_string_not_boolean(spark):
    return spark.table("people").filter("name")


@case
def filter_isin_null(spark):
    return spark.table("people").filter(F.col("dept").isin("eng", None)).select("id")


@case
def filter_not_isin_null(spark):
    return spark.table("people").filter(~F.col("dept").isin("eng", None)).select("id")


@case
def where_like_with_escape(spark):
    df = spark.createDataFrame([("a_b",), ("acb",), ("a%b",)], ["s"])
    return df.where("s like 'a\\_b' or s like 'a!%b' escape '!'")


@case
def where_rlike(spark):
    return spark.table("people").where(F.col("name").rlike("^[A-Z]"))


@case
def where_ilike(spark):
    return spark.table("people").where(F.col("name").ilike("b%"))


@case
def with_column_new(spark):
    return spark.table("depts").withColumn("up", F.upper("dept"))


@case
def with_column_replaces_in_place(spark):
    return spark.table("depts").withColumn("BOSS", F.lower("boss"))


@case
def with_columns_see_the_input(spark):
    return spark.range(2).withColumns({"id": F.col("id") + 1, "old": F.col("id")})


@case
def with_column_of_duplicate_name(spark):
    df = spark.range(2).select("id", F.col("id").alias("id"))
    return df.withColumn("id", F.lit(7))


@case
def with_column_twice_the_same_name(spark):
    return spark.range(1).withColumns({"a": F.lit(1), "A": F.lit(2)})


@case
def with_column_renamed(spark):
    return spark.table("depts").withColumnRenamed("dept", "d").withColumnRenamed("nope", "x")


@case
def with_column_renamed_in_another_case(spark):
    return spark.table("depts").withColumnRenamed("DEPT", "Dept2")


@case
def with_columns_renamed_swap(spark):
    return spark.range(1).select(F.lit(1).alias("a"), F.lit(2).alias("b")).withColumnsRenamed({"a": "b", "b": "a"})


@case
def with_column_renamed_then_old_reference(spark):
    p = spark.table("people")
    return p.withColumnRenamed("age", "years").select(p["age"])


@case
def with_metadata(spark):
    return spark.range(1).withMetadata("id", {"comment": "key", "n": 3})


@case
def metadata_survives_select_and_alias(spark):
    df = spark.range(1).withMetadata("id", {"k": 1})
    return df.select("id", F.col("id").alias("b"), F.col("id").alias("c", metadata={"z": 2}), (F.col("id") + 0))


@case
def drop_by_name(spark):
    return spark.table("people").drop("salary", "BORN", "nope")


@case
def drop_by_column(spark):
    p = spark.table("people")
    return p.drop(p.salary, p["born"])


@case
def drop_one_side_of_a_join(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept == d.dept).drop(d.dept)


@case
def drop_duplicate_names_by_name(spark):
    p, d = spark.table("people"), spark.table("depts")
    return p.join(d, p.dept == d.dept).drop("dept")


@case
def drop_everything(spark):
    return spark.range(2).drop("id")


@case
def to_df(spark):
    return spark.table("depts").toDF("a", "b", "a")


@case
def to_df_wrong_count(spark):
    return spark.table("depts").toDF("a", "b")


@case
def alias_and_qualified_names(spark):
    return spark.table("people").alias("p").select("p.id", F.col("p.name").alias("who"), "P.age")


@case
def alias_hides_the_view_name(spark):
    return spark.table("people").alias("p").select("people.id")


@case
def view_name_as_qualifier(spark):
    return spark.table("people").select("people.id", "PEOPLE.name")


@case
def qualified_star(spark):
    return spark.table("people").alias("p").join(spark.table("depts").alias("d"), F.col("p.dept") == F.col("d.dept")).select("d.*")


@case
def na_literals_in_columns(spark):
    return spark.range(1).select(F.lit(None).alias("n"), F.lit(None).cast("int").alias("i"), F.array(F.lit(None)).alias("a"))


@case
def transform_chain(spark):
    return spark.range(5).transform(lambda df: df.filter("id > 2")).transform(lambda df: df.withColumn("x", F.col("id") * 2))


@case
def lateral_column_alias(spark):
    return spark.range(3).select((F.col("id") + 1).alias("a"), (F.col("a") * 2).alias("b"))


@case
def lateral_column_alias_hidden_by_a_column(spark):
    return spark.range(3).select((F.col("id") + 1).alias("id"), (F.col("id") * 2).alias("b"))


@case
def chain_of_many_columns(spark):
    df = spark.range(2)
    for i in range(60):
        df = df.withColumn(f"c{i}", F.col("id") + i)
    return df


@case
def columns_and_dtypes(spark):
    p = spark.table("people")
    return [p.columns, p.dtypes, p.schema.simpleString()]


@case
def count_and_first(spark):
    p = spark.table("people").orderBy("id")
    return [p.count(), list(p.first()), [list(r) for r in p.head(2)], [list(r) for r in p.take(1)], p.isEmpty(), spark.range(0).first()]


@case
def sorted_by_an_expression_of_a_dropped_column(spark):
    p = spark.table("people")
    return Ordered(p.select("name").sort(F.coalesce(p.age, F.lit(0)).desc(), p.id))
