"""Messages that no client makes: each a clear error, and the session goes on."""

import random

import grpc
from google.protobuf import any_pb2
from pyspark.sql.connect import proto
from pyspark.sql.connect.plan import LogicalPlan

from kit import _add, case

SERVICE = "/spark.connect.SparkConnectService/"


class Message(LogicalPlan):
    """A relation as it is."""

    def __init__(self, relation):
        super().__init__(None)
        self.relation = relation

    def plan(self, session):
        return self.relation


def frame(spark, relation):
    from pyspark.sql.connect.dataframe import DataFrame

    plan = Message(relation)
    return DataFrame.withPlan(plan, spark) if hasattr(DataFrame, "withPlan") else DataFrame(plan, spark)


def raw(spark, method, data):
    """The gRPC status that bytes are answered with."""
    ask = spark.client._channel.unary_stream(SERVICE + method, request_serializer=bytes, response_deserializer=bytes)
    try:
        for _ in ask(data, timeout=20):
            pass
    except grpc.RpcError as e:
        return e.code().name
    return "OK"


def any_of(name, value=b"", prefix="type.googleapis.com/"):
    return any_pb2.Any(type_url=prefix + name, value=value)


def one_row():
    relation = proto.Relation()
    relation.range.start, relation.range.end, relation.range.step = 0, 1, 1
    return relation


def project(expression):
    relation = proto.Relation()
    relation.project.input.CopyFrom(one_row())
    relation.project.expressions.append(expression)
    return relation


RELATIONS = {
    "nothing": proto.Relation(),
    "filter_of_nothing": proto.Relation(filter=proto.Filter()),
    "filter_without_condition": proto.Relation(filter=proto.Filter(input=one_row())),
    "join_of_one": proto.Relation(join=proto.Join(left=one_row())),
    "join_of_no_type": proto.Relation(join=proto.Join(left=one_row(), right=one_row())),
    "set_operation_of_no_type": proto.Relation(set_op=proto.SetOperation(left_input=one_row(), right_input=one_row())),
    "read_of_nothing": proto.Relation(read=proto.Read()),
    "aggregate_of_no_type": proto.Relation(aggregate=proto.Aggregate(input=one_row())),
    "range_without_step": proto.Relation(range=proto.Range(end=3)),
    "local_relation_of_nothing": proto.Relation(local_relation=proto.LocalRelation()),
    "local_relation_of_noise": proto.Relation(local_relation=proto.LocalRelation(data=b"\x00\x01noise")),
    "local_relation_of_half_a_schema": proto.Relation(local_relation=proto.LocalRelation(schema="a int,")),
    "empty_expression": project(proto.Expression()),
    "empty_literal": project(proto.Expression(literal=proto.Expression.Literal())),
    "cast_to_nothing": project(proto.Expression(cast=proto.Expression.Cast(expr=proto.Expression(literal=proto.Expression.Literal(integer=1))))),
    "function_without_name": project(proto.Expression(unresolved_function=proto.Expression.UnresolvedFunction())),
    "attribute_without_name": project(proto.Expression(unresolved_attribute=proto.Expression.UnresolvedAttribute())),
    "alias_without_name": project(proto.Expression(alias=proto.Expression.Alias(expr=proto.Expression(literal=proto.Expression.Literal(integer=1))))),
    "unknown_plan_id": project(proto.Expression(unresolved_attribute=proto.Expression.UnresolvedAttribute(unparsed_identifier="id", plan_id=987654321))),
    "unknown_extension": proto.Relation(extension=any_of("no.such.Message")),
    "unknown_extension_of_another_host": proto.Relation(extension=any_of("no.such.Message", prefix="example.org/")),
    "extension_without_url": proto.Relation(extension=any_pb2.Any()),
    "unknown_expression_extension": project(proto.Expression(extension=any_of("no.such.Message", b"\xff\xff"))),
    "to_df_of_too_few": proto.Relation(to_df=proto.ToDF(input=one_row(), column_names=["a", "b"])),
    "negative_limit": proto.Relation(limit=proto.Limit(input=one_row(), limit=-1)),
}
for name, relation in RELATIONS.items():
    _add(__name__, f"relation_{name}", lambda spark, r=relation: frame(spark, r))


@case
def unknown_command_extension(spark):
    return spark.client.execute_command(proto.Command(extension=any_of("no.such.Message")))


@case
def empty_command(spark):
    return spark.client.execute_command(proto.Command())


@case
def schema_of_an_unknown_extension(spark):
    return frame(spark, proto.Relation(extension=any_of("no.such.Message"))).schema.simpleString()


@case
def noise(spark):
    dice = random.Random(7)
    return sorted({raw(spark, m, dice.randbytes(n)) for m in ("ExecutePlan", "AnalyzePlan", "Config") for n in (1, 10, 1000)} - {"OK"}) != []


@case
def truncated(spark):
    request = proto.ExecutePlanRequest(session_id=spark.client._session_id, plan=proto.Plan(root=project(proto.Expression(literal=proto.Expression.Literal(string="x" * 50)))))
    request.user_context.user_id = "x"
    data = request.SerializeToString()
    return all(raw(spark, "ExecutePlan", data[:cut]) != "OK" for cut in range(1, len(data), 7))


@case
def no_plan(spark):
    return raw(spark, "ExecutePlan", proto.ExecutePlanRequest(session_id=spark.client._session_id).SerializeToString())


@case
def session_id_is_no_uuid(spark):
    return raw(spark, "ExecutePlan", proto.ExecutePlanRequest(session_id="x", plan=proto.Plan(root=one_row())).SerializeToString()) != "OK"


@case
def no_such_method(spark):
    return raw(spark, "NoSuchMethod", b"")


@case
def usable_after_all(spark):
    for relation in RELATIONS.values():
        try:
            frame(spark, relation).collect()
        except Exception:
            pass
    return [list(r) for r in frame(spark, one_row()).collect()], spark.range(3).count()
