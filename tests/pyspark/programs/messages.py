"""Messages that the DataFrame API has no method for, or few programs send."""

from pyspark.sql import functions as F
from kit import case, printed, queries


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def nested(field, data):
    """A field that holds bytes, as protobuf writes it."""
    return varint(field << 3 | 2) + varint(len(data)) + data


def raw(spark, build):
    """A DataFrame of the relation that `build` fills in."""
    from pyspark.sql.connect.dataframe import DataFrame
    from pyspark.sql.connect.plan import LogicalPlan

    class Raw(LogicalPlan):
        def __init__(self):
            super().__init__(None)

        def plan(self, session):
            relation = self._create_proto_relation()
            return build(relation, session) or relation

    return DataFrame(Raw(), spark)


def zipped(left, right):
    """`left.zip(right)`, which clients before 4.3 cannot send by themselves."""

    def build(relation, session):
        sides = [df._plan.plan(session).SerializeToString() for df in (left, right)]
        body = nested(1, sides[0]) + nested(2, sides[1])
        return type(relation).FromString(relation.SerializeToString() + nested(48, body))

    return raw(left._session, build)


def run(spark, **command):
    from pyspark.sql.connect import proto

    return spark._client.execute_command(proto.Command(**command))


def people(spark):
    return spark.table("people")


@case
def zip_of_selections(spark):
    p = people(spark)
    return zipped(p.select("id"), p.select("name", F.upper("name")))


@case
def zip_computed(spark):
    p = people(spark)
    return zipped(p.withColumn("x", F.col("id") + 1).select("x"), p.select(F.col("id").alias("y")).filter("true").select("y"))


@case
def zip_with_itself(spark):
    p = people(spark).select("id", "age")
    return zipped(p, p)


@case
def zip_of_zip(spark):
    p = people(spark)
    return zipped(zipped(p.select("id"), p.select("name")), p.select("age"))


@case
def zip_over_a_filter(spark):
    p = people(spark)
    return zipped(p.filter("id > 1").select("id"), p.filter("id > 1").select("name"))


@case
def zip_of_equal_ranges(spark):
    return zipped(spark.range(3), spark.range(3).selectExpr("id * 2 as d"))


@case
def zip_of_others(spark):
    return zipped(spark.range(3), spark.range(4))


@case
def zip_of_a_filter_and_all(spark):
    return zipped(people(spark).filter("id > 1"), people(spark).select("id"))


@case
def zip_of_an_aggregate(spark):
    return zipped(people(spark).selectExpr("max(id)"), people(spark).select("id"))


@case
def zip_then_reference(spark):
    a, b = people(spark).select("id"), people(spark).select("name")
    return zipped(a, b).select(a.id, b.name)


def set_operation(spark, kind):
    def build(relation, session):
        relation.set_op.left_input.CopyFrom(spark.range(3)._plan.plan(session))
        relation.set_op.right_input.CopyFrom(spark.range(2)._plan.plan(session))
        relation.set_op.set_op_type, relation.set_op.by_name = kind, True

    return raw(spark, build)


@case
def intersect_by_name(spark):
    return set_operation(spark, 1).collect()


@case
def except_by_name(spark):
    return set_operation(spark, 3).collect()


def typed_join(spark, kind):
    def build(relation, session):
        a = spark.table("people").select("id", "dept")
        d = spark.table("depts").select("dept", "floor")
        relation.join.left.CopyFrom(a._plan.plan(session))
        relation.join.right.CopyFrom(d._plan.plan(session))
        relation.join.join_condition.CopyFrom((a.dept == d.dept)._expr.to_plan(session))
        relation.join.join_type = kind
        relation.join.join_data_type.is_left_struct = True
        relation.join.join_data_type.is_right_struct = True

    return raw(spark, build)


@case
def typed_inner_join(spark):
    return typed_join(spark, 1)


@case
def typed_full_join(spark):
    return typed_join(spark, 2)


@case
def typed_left_join(spark):
    return typed_join(spark, 3)


@case
def typed_right_join(spark):
    return typed_join(spark, 4)


@case
def typed_anti_join(spark):
    return typed_join(spark, 5)


@case
def typed_semi_join(spark):
    return typed_join(spark, 6)


@case
def remote_relation_that_is_not_there(spark):
    return raw(spark, lambda r, s: setattr(r.cached_remote_relation, "relation_id", "nope")).collect()


@case
def forget_remote_relation_that_is_not_there(spark):
    from pyspark.sql.connect import proto
    gone = proto.RemoveCachedRemoteRelationCommand(relation=proto.CachedRemoteRelation(relation_id="nope"))
    return run(spark, remove_cached_remote_relation_command=gone)[1]


@case
def checkpoint_without_directory(spark):
    return spark.range(3).checkpoint().collect()


@case
def changes_of_a_table(spark):
    return raw(spark, lambda r, s: setattr(r.relation_changes, "unparsed_identifier", "people")).collect()


@case
def external_command_of_nobody(spark):
    from pyspark.sql.connect import proto
    run(spark, execute_external_command=proto.ExecuteExternalCommand(runner="nope", command="x"))


@case
def external_command_of_a_format(spark):
    from pyspark.sql.connect import proto
    run(spark, execute_external_command=proto.ExecuteExternalCommand(runner="csv", command="x"))


@case
def resource_profile_of_tasks(spark):
    from pyspark.resource import ResourceProfileBuilder, TaskResourceRequests
    builder = ResourceProfileBuilder()
    builder.require(TaskResourceRequests().cpus(2))
    return builder.build.id


@case
def predicates_of_files(spark):
    def build(relation, session):
        relation.read.data_source.format = "csv"
        relation.read.data_source.predicates.append("a = 1")

    return raw(spark, build).collect()


@case
def lateral_join_of_other_types(spark):
    from kit import run as outcome
    right = spark.range(2).withColumnRenamed("id", "b")
    kinds = ("right", "full", "semi", "anti")
    return [outcome(lambda s, k=k: s.range(3).lateralJoin(right, F.col("id") == F.col("b"), how=k), spark).get("condition") for k in kinds]


@case
def drop_of_expressions(spark):
    p = people(spark)
    return [p.drop(F.col("id") + 1).columns, p.drop(F.lit(1)).columns, spark.table("nested").drop("p.x").columns]


@case
def regex_as_arguments(spark):
    p = people(spark)
    return p.select(F.concat(p.colRegex("`(name|dept)`")).alias("c"))


@case
def regex_in_a_condition(spark):
    p = people(spark)
    return p.filter(p.colRegex("`id`") > 1).count()


@case
def regex_of_nothing(spark):
    p = people(spark)
    return p.select(p.colRegex("`zz`"))


@case
def rows_with_index(spark):
    return spark.range(0, 6, 1, 3).zipWithIndex().orderBy("id")


@case
def group_by_partition(spark):
    return spark.range(0, 10, 1, 4).groupBy(F.spark_partition_id().alias("p")).count().orderBy("p")


@case
def filter_by_partition(spark):
    return spark.range(0, 10, 1, 4).filter(F.spark_partition_id() == 1).orderBy("id")


@case
def explain_headings(spark):
    import re
    df = people(spark).filter("id > 1").select("id")
    texts = {mode: printed(lambda: df.explain(mode)) for mode in ("simple", "extended", "codegen", "cost", "formatted")}
    found = {mode: re.findall(r"== [A-Za-z ]+ ==", text) for mode, text in texts.items() if mode != "codegen"}
    return [found, texts["codegen"].startswith("Found 0 WholeStageCodegen subtrees."), "\n(1) " in texts["formatted"]]


@case
def metadata_column_of_local_rows(spark):
    p = people(spark)
    return p.select(p.metadataColumn("_metadata"))


@case
def merge_without_actions(spark):
    spark.range(1).mergeInto("nope", F.lit(True)).merge()


@case
def merge_into_nothing(spark):
    spark.range(1).mergeInto("nope", F.lit(True)).whenMatched().delete().merge()


@case
def modify_a_table_of_files(spark):
    from kit import run as outcome
    spark.sql("drop table if exists messages_files")
    spark.sql("create table messages_files (id int, v string) using parquet")
    texts = [
        "merge into messages_files t using people p on t.id = p.id when matched then delete",
        "delete from messages_files where id = 1",
        "update messages_files set v = 'z' where id = 1",
        "delete from messages_files where nope = 1",
        "update messages_files set nope = 1",
    ]
    answers = [outcome(lambda s, t=t: s.sql(t), spark) for t in texts]
    spark.sql("drop table messages_files")
    return [[a.get("error"), a.get("condition"), a.get("sqlstate")] for a in answers]


@case
def cache_forgets_what_was_written_over(spark):
    spark.sql("drop table if exists messages_cached")
    spark.sql("create table messages_cached (id int) using parquet")
    spark.sql("insert into messages_cached values (1)")
    spark.sql("cache table messages_cached")
    before = spark.table("messages_cached").count()
    spark.sql("insert into messages_cached values (2), (3)")
    after = spark.table("messages_cached").count()
    spark.sql("drop table messages_cached")
    return [before, after]


queries(__name__, "named", [
    "select mask('AbCD123', lowerChar => 'q', upperChar => 'Q')",
    "select mask(str => 'AbCD123')",
    "select abs(x => 1)",
    "select mask('AbCD123', nope => 'q')",
    "select mask('AbCD123', lowerChar => 'q', lowerChar => 'x')",
    "select mask(lowerChar => 'q', 'AbCD123')",
    "select mask('a', str => 'AbCD123')",
    "select mask(lowerChar => 'q')",
])

queries(__name__, "rows_in", [
    "select id from people where (id, name) in (select id, name from people where id < 3) order by id",
    "select id from people where (age, dept) not in (select age, dept from people where id < 3) order by id",
    "select id from people where (age, dept) in (select age, dept from people) order by id",
    "select id from people where (age, dept) not in (select age, dept from people where id > 100) order by id",
    "select id from people where (id, floor(age)) in (select floor, 31 from depts) order by id",
    "select id from people p where (id, dept) in (select p.id, dept from depts) order by id",
    "select id from people where (id, name, dept) in (select id, name from people)",
])

queries(__name__, "frames", [
    "select sum(id) over (order by id rows between 1 + 1 preceding and current row) s from range(5) order by s",
    "select sum(id) over (order by id rows between id preceding and current row) s from range(5)",
    "select sum(id) over (order by id range between 2 * 1 preceding and 1 following) s from range(5) order by s",
])
