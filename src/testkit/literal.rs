//! Rust values as the protocol's literals.

use crate::proto::expression::Literal;
use crate::proto::expression::literal::{self, LiteralType};
use crate::proto::{DataType, data_type};

/// A Rust value that [`lit`](super::lit) takes.
pub trait ToLiteral {
    /// The value as PySpark sends it.
    fn to_literal(self) -> Literal;
}

fn literal(kind: LiteralType) -> Literal {
    Literal { literal_type: Some(kind), data_type: None }
}

macro_rules! to_literal {
    ($($rust:ty => $variant:ident;)*) => {$(
        impl ToLiteral for $rust {
            fn to_literal(self) -> Literal {
                literal(LiteralType::$variant(self.into()))
            }
        }
    )*};
}

to_literal! {
    bool => Boolean;
    i8 => Byte;
    i16 => Short;
    i32 => Integer;
    i64 => Long;
    f32 => Float;
    f64 => Double;
    &str => String;
    String => String;
    &[u8] => Binary;
    Vec<u8> => Binary;
}

impl ToLiteral for Literal {
    fn to_literal(self) -> Literal {
        self
    }
}

impl ToLiteral for LiteralType {
    fn to_literal(self) -> Literal {
        literal(self)
    }
}

/// NULL of no type.
impl ToLiteral for () {
    fn to_literal(self) -> Literal {
        let kind = data_type::Kind::Null(data_type::Null::default());
        literal(LiteralType::Null(DataType { kind: Some(kind) }))
    }
}

/// An array; its element type is that of the first element.
impl<T: ToLiteral, const N: usize> ToLiteral for [T; N] {
    #[allow(deprecated)]
    fn to_literal(self) -> Literal {
        let elements = self.into_iter().map(T::to_literal).collect();
        literal(LiteralType::Array(literal::Array { element_type: None, elements }))
    }
}
