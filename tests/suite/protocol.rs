//! The compiled protocol is Spark's, field by field.

use std::collections::BTreeSet;

use datafusion_spark_connect::proto::DESCRIPTORS;
use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet,
    ServiceDescriptorProto,
};

/// What PySpark 4.3.0 ships, written by `data/record_protocol.py`.
const RECORDED: &str = include_str!("data/protocol.txt");

fn compiled() -> BTreeSet<String> {
    let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
    let mut lines = BTreeSet::new();
    for file in files.file.iter().filter(|file| file.package() == "spark.connect") {
        let scope = file.package();
        file.message_type.iter().for_each(|message| list_message(scope, message, &mut lines));
        file.enum_type.iter().for_each(|of| list_enum(scope, of, &mut lines));
        file.service.iter().for_each(|service| list_service(scope, service, &mut lines));
    }
    lines
}

fn list_message(scope: &str, message: &DescriptorProto, lines: &mut BTreeSet<String>) {
    let name = format!("{scope}.{}", message.name());
    lines.insert(format!("message {name}"));
    for field in &message.field {
        let (kind, label) = match map_entry(&name, message, field) {
            Some(entry) => {
                (format!("map<{},{}>", kind(&entry.field[0]), kind(&entry.field[1])), "map")
            }
            None => (kind(field), label(field)),
        };
        let oneof = match field.oneof_index {
            Some(at) if !field.proto3_optional() => message.oneof_decl[at as usize].name(),
            _ => "-",
        };
        let (field, number) = (field.name(), field.number());
        lines.insert(format!("field {name} {field} {number} {kind} {label} {oneof}"));
    }
    message.enum_type.iter().for_each(|of| list_enum(&name, of, lines));
    let nested = message.nested_type.iter().filter(|nested| !is_map_entry(nested));
    nested.for_each(|nested| list_message(&name, nested, lines));
}

fn is_map_entry(message: &DescriptorProto) -> bool {
    message.options.as_ref().is_some_and(|options| options.map_entry())
}

fn map_entry<'m>(
    scope: &str,
    message: &'m DescriptorProto,
    field: &FieldDescriptorProto,
) -> Option<&'m DescriptorProto> {
    let entries = message.nested_type.iter().filter(|nested| is_map_entry(nested));
    entries.into_iter().find(|entry| field.type_name() == format!(".{scope}.{}", entry.name()))
}

fn kind(field: &FieldDescriptorProto) -> String {
    match field.r#type() {
        Type::Message | Type::Enum | Type::Group => {
            field.type_name().trim_start_matches('.').to_owned()
        }
        scalar => scalar.as_str_name().trim_start_matches("TYPE_").to_lowercase(),
    }
}

fn label(field: &FieldDescriptorProto) -> &'static str {
    match field.label() {
        Label::Repeated => "repeated",
        _ if field.proto3_optional() => "optional",
        _ => "singular",
    }
}

fn list_enum(scope: &str, of: &EnumDescriptorProto, lines: &mut BTreeSet<String>) {
    for value in &of.value {
        lines.insert(format!("enum {scope}.{} {} {}", of.name(), value.name(), value.number()));
    }
}

fn list_service(scope: &str, service: &ServiceDescriptorProto, lines: &mut BTreeSet<String>) {
    let stream = |streaming: bool| if streaming { "stream " } else { "" };
    for rpc in &service.method {
        lines.insert(format!(
            "rpc {scope}.{} {} {}{} -> {}{}",
            service.name(),
            rpc.name(),
            stream(rpc.client_streaming()),
            rpc.input_type().trim_start_matches('.'),
            stream(rpc.server_streaming()),
            rpc.output_type().trim_start_matches('.'),
        ));
    }
}

#[test]
fn compiled_protocol_is_the_recorded_one() {
    let recorded: BTreeSet<String> = RECORDED.lines().map(str::to_owned).collect();
    let compiled = compiled();
    let missing: Vec<_> = recorded.difference(&compiled).collect();
    let extra: Vec<_> = compiled.difference(&recorded).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:#?}\nextra: {extra:#?}");
}

#[test]
fn protocol_has_the_known_size() {
    let lines = compiled();
    let count = |prefix: &str| lines.iter().filter(|line| line.starts_with(prefix)).count();
    assert_eq!(count("message "), 376);
    assert_eq!(count("field "), 1278);
    assert_eq!(count("rpc "), 12);
    let any = |line: &&String| line.starts_with("field ") && line.contains("google.protobuf.Any");
    assert_eq!(lines.iter().filter(any).count(), 16);
}
