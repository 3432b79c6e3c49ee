#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::{any as arbitrary, prop_assert, proptest};

use super::*;
use crate::proto::{self, ExamplePluginExpression, ExecutePlanRequest, Filter, relation::RelType};

fn range() -> Relation {
    let range = proto::Range { start: None, end: 7, step: 1, num_partitions: None };
    Relation { common: None, rel_type: Some(RelType::Range(range)) }
}

fn filter(input: Relation) -> Relation {
    let filter = Filter { input: Some(Box::new(input)), condition: None };
    Relation { common: None, rel_type: Some(RelType::Filter(Box::new(filter))) }
}

/// `count` nested filters, written from the inside out.
fn filters(count: usize) -> Vec<u8> {
    // `Relation.filter` is field 4, `Filter.input` field 1.
    let mut bytes = range().encode_to_vec();
    bytes.reverse();
    let length = |bytes: &mut Vec<u8>, key: u8| {
        let mut prefix = vec![key];
        prost::encoding::encode_varint(bytes.len() as u64, &mut prefix);
        bytes.extend(prefix.iter().rev());
    };
    for _ in 0..count {
        length(&mut bytes, 0x0a);
        length(&mut bytes, 0x22);
    }
    bytes.reverse();
    bytes
}

fn message_of(error: &Error) -> &str {
    match error {
        Error::InvalidPlan(invalid) => invalid.message(),
        other => panic!("{other:?}"),
    }
}

fn on_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(512 * 1024).spawn(work).unwrap().join().unwrap()
}

#[test]
fn reads_what_was_written() {
    let bytes = filter(filter(range())).encode_to_vec();
    assert_eq!(bytes, filters(2));
    assert_eq!(*relation(&bytes, &Limits::default()).unwrap(), filter(filter(range())));
}

#[test]
fn deep_messages_are_read_and_dropped_on_small_stacks() {
    on_small_stack(|| {
        let decoded = relation(&filters(9_000), &Limits::default()).unwrap();
        let copy = decoded.clone();
        assert!(copy == decoded);
    });
}

#[test]
fn depth_is_limited() {
    let limits = Limits { message_depth: 200, ..Limits::default() };
    assert!(relation(&filters(99), &limits).is_ok());
    let error = relation(&filters(101), &limits).unwrap_err();
    assert_eq!(message_of(&error), "the spark.connect.Relation is nested deeper than 200 messages");
}

/// A message of a plugin that our descriptors do not know, and that nests.
#[derive(Clone, PartialEq, Message)]
struct Nest {
    #[prost(message, optional, boxed, tag = "1")]
    inner: Option<Box<Nest>>,
}

impl Name for Nest {
    const NAME: &'static str = "Nest";
    const PACKAGE: &'static str = "test";
}

#[test]
fn unknown_messages_cannot_exhaust_the_stack() {
    on_small_stack(|| {
        let mut bytes: Vec<u8> = Vec::new();
        for _ in 0..1_000_000 {
            let mut key = vec![0x0a];
            prost::encoding::encode_varint(bytes.len() as u64, &mut key);
            bytes.extend(key.iter().rev());
        }
        bytes.reverse();
        let error = message::<Nest>(&bytes, &Limits::default()).unwrap_err();
        assert!(message_of(&error).contains("nested deeper"), "{error}");
        // Each level claims more than the one around it has left.
        let overlong = [0x0a, 0xff, 0x7f].repeat(5_000);
        assert!(message::<Nest>(&overlong, &Limits::default()).is_err());
    });
}

#[test]
fn packed_messages_are_known_by_name() {
    let child = ExamplePluginExpression { child: None, custom_field: "x".into() };
    let mut packed = proto::pack(&child);
    packed.type_url = "https://example.com/spark.connect.ExamplePluginExpression".into();
    let limits = Limits::default();
    assert_eq!(*any::<ExamplePluginExpression>(&packed, &limits).unwrap(), child);
    let error = any::<Relation>(&packed, &limits).unwrap_err();
    assert_eq!(
        message_of(&error),
        "a spark.connect.Relation is needed here, not a spark.connect.ExamplePluginExpression"
    );
}

fn compressed(data: Vec<u8>, op_type: CompressedType) -> Vec<u8> {
    let packed = CompressedOperation {
        data,
        op_type: op_type.into(),
        compression_codec: CompressionCodec::Zstd.into(),
    };
    Plan { op_type: Some(OpType::CompressedOperation(packed)) }.encode_to_vec()
}

#[test]
fn compressed_plans_are_unpacked() {
    let data = zstd::encode_all(&filters(500)[..], 3).unwrap();
    let limits = Limits::default();
    let unpacked = plan(&compressed(data.clone(), CompressedType::Relation), &limits).unwrap();
    assert!(matches!(unpacked.op_type, Some(OpType::Root(_))));
    let error = plan(&compressed(data.clone(), CompressedType::Unspecified), &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[CONNECT_INVALID_PLAN] a compressed plan is neither a relation nor a command \
         (at compressed_operation) SQLSTATE: 56K00"
    );
    let half = data[..data.len() / 2].to_vec();
    assert!(plan(&compressed(half, CompressedType::Relation), &limits).is_err());
}

#[test]
fn compressed_plans_are_bounded() {
    let zeros = zstd::encode_all(&vec![0_u8; 10_000_000][..], 3).unwrap();
    let limits = Limits { decompressed_bytes: 1_000_000, ..Limits::default() };
    let error = plan(&compressed(zeros, CompressedType::Relation), &limits).unwrap_err();
    assert_eq!(message_of(&error), "a compressed plan is larger than 1000000 bytes when unpacked");
    let limits = Limits { message_depth: 100, ..limits };
    let deep = zstd::encode_all(&filters(500)[..], 3).unwrap();
    assert!(plan(&compressed(deep, CompressedType::Relation), &limits).is_err());
}

#[test]
fn truncated_messages_are_refused() {
    let bytes = filters(5);
    for end in 1..bytes.len() {
        let error = relation(&bytes[..end], &Limits::default()).unwrap_err();
        assert!(message_of(&error).starts_with("the bytes are no spark.connect.Relation"));
    }
}

proptest! {
    #[test]
    fn random_bytes_are_read_or_refused(bytes in proptest::collection::vec(arbitrary::<u8>(), 0..400)) {
        let limits = Limits::default();
        for error in [
            plan(&bytes, &limits).err(),
            expression(&bytes, &limits).err(),
            message::<ExecutePlanRequest>(&bytes, &limits).err(),
            message::<Nest>(&bytes, &limits).err(),
        ].into_iter().flatten() {
            prop_assert!(matches!(error, Error::InvalidPlan(_)), "{error}");
        }
    }

    #[test]
    fn damaged_messages_are_read_or_refused(at in 0_usize..60, byte in arbitrary::<u8>()) {
        let mut bytes = filters(12);
        let at = at % bytes.len();
        bytes[at] = byte;
        let read = relation(&bytes, &Limits::default());
        // The scan and prost agree on what is no message at all.
        let prost = Relation::decode(&bytes[..]);
        prop_assert!(prost.is_ok() || read.is_err());
        if let (Ok(read), Ok(prost)) = (read, prost) {
            prop_assert!(*read == prost);
        }
    }
}
