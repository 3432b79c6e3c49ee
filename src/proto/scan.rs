//! How deep a message is nested, found on the wire before anything is decoded.
//!
//! prost decodes by recursion. The scan follows the same fields, which it knows
//! from the descriptors, on a stack of its own, so it is safe at any depth; text
//! and bytes are skipped whatever they hold.

use std::sync::LazyLock;

use datafusion::common::HashMap;
use prost::Message as _;
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FileDescriptorSet};

/// Which fields of which messages are messages.
pub(super) struct Tables {
    by_name: HashMap<String, usize>,
    /// By message: its message fields as number and message, sorted.
    fields: Vec<Vec<(u32, usize)>>,
}

/// The tables of the protocol.
pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let files = FileDescriptorSet::decode(super::DESCRIPTORS).unwrap_or_default();
    Tables::new(&files)
});

/// Why a scan ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nested deeper than allowed.
    TooDeep,
    /// No message: byte offset and what is wrong there.
    Malformed(usize, &'static str),
}

/// Messages and groups that have not ended. Few messages need memory for them.
struct Open {
    innermost: Option<Frame>,
    near: [Option<Frame>; Self::NEAR],
    far: Vec<Frame>,
    /// How many are around the innermost.
    count: usize,
}

impl Open {
    const NEAR: usize = 6;

    fn new(root: Frame) -> Self {
        Self { innermost: Some(root), near: [None; Self::NEAR], far: Vec::new(), count: 0 }
    }

    fn last(&self) -> Option<Frame> {
        self.innermost
    }

    fn push(&mut self, frame: Frame) {
        let Some(around) = self.innermost.replace(frame) else { return };
        match self.near.get_mut(self.count) {
            Some(place) => *place = Some(around),
            None => self.far.push(around),
        }
        self.count += 1;
    }

    fn pop(&mut self) {
        self.innermost = match self.count.checked_sub(1) {
            None => None,
            Some(at) => {
                self.count = at;
                self.near.get(at).copied().unwrap_or_else(|| self.far.pop())
            }
        };
    }

    /// Levels below the root.
    fn below(&self) -> usize {
        self.count
    }
}

impl Tables {
    fn new(files: &FileDescriptorSet) -> Self {
        let mut messages = Vec::new();
        for file in &files.file {
            for message in &file.message_type {
                collect(file.package(), message, &mut messages);
            }
        }
        let by_name: HashMap<String, usize> =
            messages.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect();
        let fields = messages.iter().map(|(_, message)| nested_fields(message, &by_name)).collect();
        Self { by_name, fields }
    }

    /// The table of a message by its full name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    fn nested(&self, message: usize, number: u32) -> Option<usize> {
        let fields = self.fields.get(message)?;
        let at = fields.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        fields.get(at).map(|(_, message)| *message)
    }

    /// Levels of messages (and groups) below the root, at most `limit`.
    pub(super) fn depth(&self, bytes: &[u8], root: usize, limit: usize) -> Result<usize, Fault> {
        let mut scan = Scan { bytes, at: 0 };
        let mut open = Open::new(Frame { kind: Kind::Message(root), end: bytes.len() });
        let mut deepest = 0;
        while let Some(frame) = open.last() {
            if scan.at == frame.end {
                match frame.kind {
                    Kind::Message(_) => open.pop(),
                    Kind::Group(_) => return Err(scan.fault("a group does not end")),
                }
                continue;
            }
            match self.step(&mut scan, frame)? {
                Step::Over => {}
                Step::Into(frame) => open.push(frame),
                Step::Out => open.pop(),
            }
            deepest = deepest.max(open.below());
            if deepest > limit {
                return Err(Fault::TooDeep);
            }
        }
        Ok(deepest)
    }

    fn step(&self, scan: &mut Scan<'_>, frame: Frame) -> Result<Step, Fault> {
        let (number, wire) = scan.key()?;
        match wire {
            0 => scan.varint().map(|_| ())?,
            1 => scan.skip(8, frame.end)?,
            5 => scan.skip(4, frame.end)?,
            2 => return self.delimited(scan, frame, number),
            3 => return Ok(Step::Into(Frame { kind: Kind::Group(number), end: frame.end })),
            4 if frame.kind == Kind::Group(number) => return Ok(Step::Out),
            4 => return Err(scan.fault("a group ends that did not begin")),
            _ => return Err(scan.fault("unknown wire type")),
        }
        if scan.at > frame.end {
            return Err(scan.fault("a field is longer than its message"));
        }
        Ok(Step::Over)
    }

    fn delimited(&self, scan: &mut Scan<'_>, frame: Frame, number: u32) -> Result<Step, Fault> {
        let length = scan.varint()?;
        let length = usize::try_from(length).map_err(|_| scan.fault("impossible length"))?;
        let start = scan.at;
        scan.skip(length, frame.end)?;
        let Kind::Message(message) = frame.kind else { return Ok(Step::Over) };
        match self.nested(message, number) {
            None => Ok(Step::Over),
            Some(message) => {
                scan.at = start;
                Ok(Step::Into(Frame { kind: Kind::Message(message), end: start + length }))
            }
        }
    }
}

/// `message` and all messages declared in it, by full name.
fn collect<'d>(
    scope: &str,
    root: &'d DescriptorProto,
    all: &mut Vec<(String, &'d DescriptorProto)>,
) {
    let mut open = vec![(scope.to_owned(), root)];
    while let Some((scope, message)) = open.pop() {
        let name = match scope.is_empty() {
            true => message.name().to_owned(),
            false => format!("{scope}.{}", message.name()),
        };
        open.extend(message.nested_type.iter().map(|nested| (name.clone(), nested)));
        all.push((name, message));
    }
}

fn nested_fields(message: &DescriptorProto, by_name: &HashMap<String, usize>) -> Vec<(u32, usize)> {
    let nested = message.field.iter().filter(|field| field.r#type() == Type::Message);
    let mut fields: Vec<_> = nested
        .filter_map(|field| {
            let name = field.type_name().trim_start_matches('.');
            Some((u32::try_from(field.number()).ok()?, *by_name.get(name)?))
        })
        .collect();
    fields.sort_unstable();
    fields
}

#[derive(Debug, Clone, Copy)]
struct Frame {
    kind: Kind,
    end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Message(usize),
    Group(u32),
}

enum Step {
    Over,
    Into(Frame),
    Out,
}

struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Scan<'_> {
    fn fault(&self, what: &'static str) -> Fault {
        Fault::Malformed(self.at, what)
    }

    fn varint(&mut self) -> Result<u64, Fault> {
        let mut value = 0_u64;
        for shift in 0..10 {
            let Some(byte) = self.bytes.get(self.at) else {
                return Err(self.fault("the message is cut off"));
            };
            self.at += 1;
            value |= u64::from(byte & 0x7f) << (7 * shift);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.fault("a number is too long"))
    }

    fn key(&mut self) -> Result<(u32, u32), Fault> {
        let key = self.varint()?;
        let key = u32::try_from(key).map_err(|_| self.fault("impossible field number"))?;
        match key >> 3 {
            0 => Err(self.fault("impossible field number")),
            number => Ok((number, key & 7)),
        }
    }

    fn skip(&mut self, length: usize, end: usize) -> Result<(), Fault> {
        match self.at.checked_add(length) {
            Some(next) if next <= end => {
                self.at = next;
                Ok(())
            }
            _ if end == self.bytes.len() => Err(self.fault("the message is cut off")),
            _ => Err(self.fault("a field is longer than its message")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::proto;

    fn depth_of(bytes: &[u8], limit: usize) -> Result<usize, Fault> {
        TABLES.depth(bytes, TABLES.find("spark.connect.Relation").unwrap(), limit)
    }

    fn filters(count: usize) -> Vec<u8> {
        let mut relation = proto::Relation::default();
        for _ in 0..count {
            let filter = proto::Filter { input: Some(Box::new(relation)), condition: None };
            relation = proto::Relation {
                common: None,
                rel_type: Some(proto::relation::RelType::Filter(Box::new(filter))),
            };
        }
        relation.encode_to_vec()
    }

    #[test]
    fn counts_messages_below_the_root() {
        assert_eq!(depth_of(&filters(0), 10), Ok(0));
        assert_eq!(depth_of(&filters(3), 10), Ok(6));
        assert_eq!(depth_of(&filters(6), 10), Err(Fault::TooDeep));
    }

    #[test]
    fn text_that_looks_like_messages_has_no_depth() {
        let sql = proto::Sql {
            query: String::from_utf8(filters(3)).unwrap_or_default(),
            ..Default::default()
        };
        let relation =
            proto::Relation { common: None, rel_type: Some(proto::relation::RelType::Sql(sql)) };
        assert_eq!(depth_of(&relation.encode_to_vec(), 10), Ok(1));
    }

    #[test]
    fn nested_unknown_groups_count() {
        // Field 500 is unknown; prost skips groups by recursion.
        let start: Vec<u8> = [0xa3, 0x1f].repeat(20);
        let end: Vec<u8> = [0xa4, 0x1f].repeat(20);
        let bytes = [start, end].concat();
        assert_eq!(depth_of(&bytes, 100), Ok(20));
        assert_eq!(depth_of(&bytes, 10), Err(Fault::TooDeep));
        assert!(matches!(depth_of(&bytes[..30], 100), Err(Fault::Malformed(..))));
    }

    #[test]
    fn children_that_outgrow_their_parents_are_refused() {
        // Every level claims more bytes than the one around it has left.
        let bytes = [0x1a, 0x7f].repeat(200);
        assert!(matches!(depth_of(&bytes, 1_000), Err(Fault::Malformed(..))));
    }
}
