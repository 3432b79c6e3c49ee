//! `printSchema`.

use std::fmt::Write as _;

use super::simple_string;
use crate::planner::grown::with_stack;
use crate::proto::DataType;
use crate::proto::data_type::{Kind, StructField};

/// The schema as a tree of at most `level` levels; all if it is none or zero.
pub(crate) fn tree_string(schema: &DataType, level: Option<i32>) -> String {
    let levels = level.filter(|level| *level > 0).unwrap_or(i32::MAX);
    let mut out = String::from("root\n");
    nested(schema, " |", levels, &mut out);
    out
}

fn nested(data_type: &DataType, prefix: &str, levels: i32, out: &mut String) {
    if levels <= 0 {
        return;
    }
    with_stack(|| match data_type.kind.as_ref() {
        Some(Kind::Struct(fields)) => {
            fields.fields.iter().for_each(|field| named(field, prefix, levels, out));
        }
        Some(Kind::Array(array)) => {
            let flag = ("containsNull", array.contains_null);
            line("element", array.element_type.as_deref(), flag, prefix, levels, out);
        }
        Some(Kind::Map(map)) => {
            bare_key(map.key_type.as_deref(), prefix, levels, out);
            let flag = ("valueContainsNull", map.value_contains_null);
            line("value", map.value_type.as_deref(), flag, prefix, levels, out);
        }
        Some(Kind::Udt(udt)) => {
            if let Some(inner) = udt.sql_type.as_deref() {
                nested(inner, prefix, levels, out);
            }
        }
        _ => {}
    });
}

fn named(field: &StructField, prefix: &str, levels: i32, out: &mut String) {
    let StructField { name, data_type, nullable, metadata: _ } = field;
    line(name, data_type.as_ref(), ("nullable", *nullable), prefix, levels, out);
}

fn line(
    name: &str,
    data_type: Option<&DataType>,
    (flag, value): (&str, bool),
    prefix: &str,
    levels: i32,
    out: &mut String,
) {
    let Some(data_type) = data_type else { return };
    let _ = writeln!(out, "{prefix}-- {name}: {} ({flag} = {value})", type_name(data_type));
    nested(data_type, &format!("{prefix}    |"), levels - 1, out);
}

fn bare_key(data_type: Option<&DataType>, prefix: &str, levels: i32, out: &mut String) {
    let Some(data_type) = data_type else { return };
    let _ = writeln!(out, "{prefix}-- key: {}", type_name(data_type));
    nested(data_type, &format!("{prefix}    |"), levels - 1, out);
}

/// The name without what is inside: its parts have lines of their own.
fn type_name(data_type: &DataType) -> String {
    match data_type.kind.as_ref() {
        Some(Kind::Struct(_)) => "struct".to_owned(),
        Some(Kind::Array(_)) => "array".to_owned(),
        Some(Kind::Map(_)) => "map".to_owned(),
        Some(Kind::Byte(_)) => "byte".to_owned(),
        Some(Kind::Short(_)) => "short".to_owned(),
        Some(Kind::Integer(_)) => "integer".to_owned(),
        Some(Kind::Long(_)) => "long".to_owned(),
        _ => simple_string(data_type),
    }
}
