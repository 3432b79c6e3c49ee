//! What a message lacks, under the conditions that Spark has for it.

use super::{Condition, Error};

const UNSET: &str = "the field is unset, or set to a kind that is not known here";

/// The error for a required field that is unset; its place is told by the caller.
pub(super) fn missing(field: &str) -> Error {
    match field {
        "rel_type" | "source_table_plan" => one_of("Relation", "RELTYPE_NOT_SET"),
        "command_type" => one_of("Command", "COMMANDTYPE_NOT_SET"),
        "read_type" => one_of("Read", "READTYPE_NOT_SET"),
        // A message that is not there is an empty one.
        "expr_type" | "expr" | "child" | "condition" | "extraction" | "struct_expression"
        | "window_function" | "merge_condition" | "ranking_expression" => {
            one_of("Expression", "EXPRTYPE_NOT_SET")
        }
        "literal_type" => Error::invalid_plan_with(
            Condition::UNSUPPORTED_LITERAL_TYPE,
            UNSET,
            [("typeInfo", "LITERALTYPE_NOT_SET(0)".to_owned())],
        ),
        "join_type" => unspecified("Join.JoinType", "JOIN_TYPE_UNSPECIFIED"),
        "set_op_type" => unspecified("SetOperation.SetOpType", "SET_OP_TYPE_UNSPECIFIED"),
        "group_type" => unspecified("Aggregate.GroupType", "GROUP_TYPE_UNSPECIFIED"),
        "input" => lacking(""),
        "left" | "right" => lacking("Both join sides must be present"),
        _ => Error::invalid_plan(UNSET),
    }
}

fn one_of(message: &str, name: &str) -> Error {
    Error::invalid_plan_with(
        Condition::INVALID_ONE_OF_FIELD_NOT_SET,
        UNSET,
        [("fullName", format!("spark.connect.{message}")), ("name", name.to_owned())],
    )
}

fn unspecified(kind: &str, name: &str) -> Error {
    Error::invalid_plan_with(
        Condition::INVALID_ENUM,
        UNSET,
        [
            ("fullName", format!("spark.connect.{kind}")),
            ("name", name.to_owned()),
            ("number", "0".to_owned()),
        ],
    )
}

fn lacking(message: &str) -> Error {
    Error::invalid_plan_with(Condition::ASSERTION_FAILURE, UNSET, [("message", message.to_owned())])
}
