//! Deep messages, written from the inside out: encoding them would recurse too.

use datafusion_spark_connect::proto::{self, expression, relation::RelType};
use prost::Message as _;

/// A field of type message: key, length and content.
fn field(number: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 10);
    prost::encoding::encode_key(number, prost::encoding::WireType::LengthDelimited, &mut bytes);
    prost::encoding::encode_varint(content.len() as u64, &mut bytes);
    bytes.extend_from_slice(content);
    bytes
}

/// `count` times the relation `kind` (its field number in `Relation`), each the
/// input (field 1) of the next; `rest` holds the other fields.
pub(crate) fn relations(count: usize, kind: u32, rest: &[u8]) -> Vec<u8> {
    let mut bytes = table();
    for _ in 0..count {
        let message = [field(1, &bytes), rest.to_vec()].concat();
        bytes = field(kind, &message);
    }
    bytes
}

/// `count` times the expression `kind` (its field number in `Expression`), each
/// within the next by field `child`; `rest` holds the other fields.
pub(crate) fn expressions(count: usize, kind: u32, child: u32, rest: &[u8]) -> Vec<u8> {
    let attribute =
        expression::UnresolvedAttribute { unparsed_identifier: "a".into(), ..Default::default() };
    let column = proto::Expression {
        common: None,
        expr_type: Some(expression::ExprType::UnresolvedAttribute(attribute)),
    };
    let mut bytes = column.encode_to_vec();
    for _ in 0..count {
        let message = [rest.to_vec(), field(child, &bytes)].concat();
        bytes = field(kind, &message);
    }
    bytes
}

/// A `Project` of one expression over the table.
pub(crate) fn project(expression: &[u8]) -> Vec<u8> {
    field(3, &[field(1, &table()), field(3, expression)].concat())
}

/// A `Plan` of a relation.
pub(crate) fn plan(relation: &[u8]) -> Vec<u8> {
    field(1, relation)
}

/// The encoded relation `t`.
pub(crate) fn table() -> Vec<u8> {
    let named = proto::read::NamedTable { unparsed_identifier: "t".into(), ..Default::default() };
    let read = proto::Read {
        read_type: Some(proto::read::ReadType::NamedTable(named)),
        is_streaming: false,
    };
    proto::Relation { common: None, rel_type: Some(RelType::Read(read)) }.encode_to_vec()
}
