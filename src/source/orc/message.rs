//! The messages that say what is where in a file.

use prost::Message;

/// The end of a file: how it is packed, and how long what comes before is.
#[derive(Clone, PartialEq, Message)]
pub(super) struct PostScript {
    #[prost(uint64, tag = "1")]
    pub(super) footer_length: u64,
    #[prost(int32, optional, tag = "2")]
    pub(super) compression: Option<i32>,
    #[prost(uint64, optional, tag = "3")]
    pub(super) block_size: Option<u64>,
    #[prost(uint32, repeated, tag = "4")]
    pub(super) version: Vec<u32>,
    #[prost(uint64, optional, tag = "5")]
    pub(super) metadata_length: Option<u64>,
    #[prost(uint32, optional, tag = "6")]
    pub(super) writer_version: Option<u32>,
    #[prost(string, tag = "8000")]
    pub(super) magic: String,
}

/// The columns of a file, and its stripes.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Footer {
    #[prost(uint64, tag = "1")]
    pub(super) header_length: u64,
    #[prost(uint64, tag = "2")]
    pub(super) content_length: u64,
    #[prost(message, repeated, tag = "3")]
    pub(super) stripes: Vec<Stripe>,
    #[prost(message, repeated, tag = "4")]
    pub(super) types: Vec<Type>,
    #[prost(uint64, tag = "6")]
    pub(super) rows: u64,
    #[prost(uint32, optional, tag = "8")]
    pub(super) row_index_stride: Option<u32>,
    #[prost(uint32, optional, tag = "9")]
    pub(super) writer: Option<u32>,
    #[prost(int32, optional, tag = "11")]
    pub(super) calendar: Option<i32>,
}

/// Old dates are in the calendar of their time.
pub(super) const JULIAN_CALENDAR: i32 = 1;
/// Old dates are in today's calendar.
pub(super) const GREGORIAN_CALENDAR: i32 = 2;

/// Where the rows of a part of a file are.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Stripe {
    #[prost(uint64, tag = "1")]
    pub(super) offset: u64,
    #[prost(uint64, tag = "2")]
    pub(super) index_length: u64,
    #[prost(uint64, tag = "3")]
    pub(super) data_length: u64,
    #[prost(uint64, tag = "4")]
    pub(super) footer_length: u64,
    #[prost(uint64, tag = "5")]
    pub(super) rows: u64,
}

/// The type of a column. Columns are counted from the root, children after parents.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Type {
    #[prost(enumeration = "Kind", optional, tag = "1")]
    pub(super) kind: Option<i32>,
    #[prost(uint32, repeated, tag = "2")]
    pub(super) subtypes: Vec<u32>,
    #[prost(string, repeated, tag = "3")]
    pub(super) field_names: Vec<String>,
    #[prost(uint32, optional, tag = "5")]
    pub(super) precision: Option<u32>,
    #[prost(uint32, optional, tag = "6")]
    pub(super) scale: Option<u32>,
    #[prost(message, repeated, tag = "7")]
    pub(super) attributes: Vec<Attribute>,
}

/// What a writer says of a type beside.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Attribute {
    #[prost(string, tag = "1")]
    pub(super) key: String,
    #[prost(string, tag = "2")]
    pub(super) value: String,
}

/// Kinds of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(super) enum Kind {
    Boolean = 0,
    Byte = 1,
    Short = 2,
    Int = 3,
    Long = 4,
    Float = 5,
    Double = 6,
    String = 7,
    Binary = 8,
    Timestamp = 9,
    List = 10,
    Map = 11,
    Struct = 12,
    Union = 13,
    Decimal = 14,
    Date = 15,
    Varchar = 16,
    Char = 17,
    Instant = 18,
}

/// What streams a stripe has, in their order, and how columns are encoded.
#[derive(Clone, PartialEq, Message)]
pub(super) struct StripeFooter {
    #[prost(message, repeated, tag = "1")]
    pub(super) streams: Vec<StreamInfo>,
    #[prost(message, repeated, tag = "2")]
    pub(super) columns: Vec<Encoding>,
    #[prost(string, tag = "3")]
    pub(super) time_zone: String,
    #[prost(bytes = "vec", repeated, tag = "4")]
    pub(super) encryption: Vec<Vec<u8>>,
}

/// Bytes of a column.
#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamInfo {
    #[prost(int32, optional, tag = "1")]
    pub(super) kind: Option<i32>,
    #[prost(uint32, optional, tag = "2")]
    pub(super) column: Option<u32>,
    #[prost(uint64, tag = "3")]
    pub(super) length: u64,
}

/// What the bytes of a stream say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Present,
    Data,
    Length,
    Dictionary,
    Secondary,
}

impl Role {
    pub(super) fn number(self) -> i32 {
        match self {
            Self::Present => 0,
            Self::Data => 1,
            Self::Length => 2,
            Self::Dictionary => 3,
            Self::Secondary => 5,
        }
    }
}

/// How a column is encoded.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Encoding {
    #[prost(int32, optional, tag = "1")]
    pub(super) kind: Option<i32>,
    #[prost(uint32, optional, tag = "2")]
    pub(super) dictionary_size: Option<u32>,
}

impl Encoding {
    /// Whether texts are numbers of entries of a dictionary.
    pub(super) fn has_dictionary(&self) -> bool {
        matches!(self.kind, Some(1 | 3))
    }

    /// Whether whole numbers are in runs of the second kind.
    pub(super) fn is_second(&self) -> bool {
        matches!(self.kind, Some(2 | 3))
    }
}
