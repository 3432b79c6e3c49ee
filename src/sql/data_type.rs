//! Data types and the columns of schemas.

use crate::error::{Condition, Result};
use crate::proto;
use crate::proto::data_type::{self, Kind as TypeKind};

use super::build::of_kind;
use super::cursor::{NO_PARAMETERS, Parser};
use super::interval_text::{day_field, month_field};
use super::lexer::{Kind, Token};

/// Digits of the widest decimal.
const MAX_PRECISION: i32 = 38;
/// Digits of a second's fraction, down to microseconds and nanoseconds.
const MICROSECONDS: i32 = 6;
const NANOSECONDS: i32 = 9;

impl Parser<'_> {
    /// A data type.
    pub(super) fn data_type(&mut self) -> Result<proto::DataType> {
        self.nested(Self::data_type_here).map(of_kind)
    }

    /// `a INT, b STRING NOT NULL COMMENT 'x'`, as a struct.
    pub(super) fn table_schema(&mut self) -> Result<proto::DataType> {
        let fields = self.list(Self::field)?;
        Ok(of_kind(TypeKind::Struct(data_type::Struct { fields, type_variation_reference: 0 })))
    }

    fn data_type_here(&mut self) -> Result<TypeKind> {
        if !self.identifier_at(0) {
            return Err(self.unexpected());
        }
        let token = self.bump();
        let name = self.text_of(&token).to_ascii_uppercase();
        match name.as_str() {
            "ARRAY" => self.array(&token),
            "MAP" => self.map(&token),
            "STRUCT" => self.struct_type(&token),
            "INTERVAL" => self.interval_type(),
            "DECIMAL" | "DEC" | "NUMERIC" => self.decimal_type(&token),
            "CHAR" | "CHARACTER" => self.length(&token, &name).map(|length| {
                TypeKind::Char(data_type::Char { length, type_variation_reference: 0 })
            }),
            "VARCHAR" => self.length(&token, &name).map(|length| {
                TypeKind::VarChar(data_type::VarChar { length, type_variation_reference: 0 })
            }),
            "STRING" => self.string_type(),
            "TIMESTAMP" => self.timestamp_type(),
            "TIME" => self.time_type(),
            "GEOMETRY" | "GEOGRAPHY" if self.symbol_at(0, "(") => self.spatial(&name),
            _ => match simple(&name) {
                Some(kind) if !self.symbol_at(0, "(") => Ok(kind),
                _ => Ok(self.unknown_type(&token, &name)),
            },
        }
    }

    /// Notes that there is no such type, and stands in for it.
    fn unknown_type(&mut self, token: &Token, name: &str) -> TypeKind {
        let mut name = name.to_owned();
        if self.symbol_at(0, "(")
            && let Some(behind) = self.behind(self.index())
        {
            let end = self.token_at(behind.saturating_sub(1)).end;
            name.push_str(self.slice(self.token(0).start, end));
            self.seek(behind);
        }
        let name = format!("\"{name}\"");
        self.blame(self.fault(token, Condition::UNSUPPORTED_DATATYPE, [("typeName", name)]));
        TypeKind::Null(data_type::Null::default())
    }

    fn array(&mut self, token: &Token) -> Result<TypeKind> {
        if !self.eat("<") {
            let condition = Condition::INCOMPLETE_TYPE_DEFINITION_ARRAY;
            let parameters = [("elementType", "<INT>".to_owned())];
            return Err(self.fault(token, condition, parameters));
        }
        let element = self.data_type()?;
        self.require_closing()?;
        Ok(TypeKind::Array(Box::new(data_type::Array {
            element_type: Some(Box::new(element)),
            contains_null: true,
            type_variation_reference: 0,
        })))
    }

    fn map(&mut self, token: &Token) -> Result<TypeKind> {
        if !self.eat("<") {
            let condition = Condition::INCOMPLETE_TYPE_DEFINITION_MAP;
            return Err(self.fault(token, condition, NO_PARAMETERS));
        }
        let key = self.data_type()?;
        self.require(",")?;
        let value = self.data_type()?;
        self.require_closing()?;
        Ok(TypeKind::Map(Box::new(data_type::Map {
            key_type: Some(Box::new(key)),
            value_type: Some(Box::new(value)),
            value_contains_null: true,
            type_variation_reference: 0,
        })))
    }

    fn struct_type(&mut self, token: &Token) -> Result<TypeKind> {
        let fields = if self.eat("<>") {
            Vec::new()
        } else if !self.eat("<") {
            let condition = Condition::INCOMPLETE_TYPE_DEFINITION_STRUCT;
            return Err(self.fault(token, condition, NO_PARAMETERS));
        } else if self.closing_ahead() {
            self.require_closing()?;
            Vec::new()
        } else {
            let fields = self.list(Self::field)?;
            self.require_closing()?;
            fields
        };
        Ok(TypeKind::Struct(data_type::Struct { fields, type_variation_reference: 0 }))
    }

    fn field(&mut self) -> Result<data_type::StructField> {
        let name = self.checked_identifier()?;
        // Spark's own columns take no colon, but its Python client lets them.
        self.eat(":");
        let data_type = self.data_type()?;
        let nullable = !self.eat_words(&["NOT", "NULL"]);
        let metadata = if self.word_at(0, "COMMENT") && self.token(1).kind == Kind::String {
            self.bump();
            Some(serde_json::json!({ "comment": self.string()? }).to_string())
        } else {
            None
        };
        Ok(data_type::StructField { name, data_type: Some(data_type), nullable, metadata })
    }

    fn interval_type(&mut self) -> Result<TypeKind> {
        let unit =
            |parser: &Self, ahead: usize| parser.text_of(parser.token(ahead)).to_ascii_lowercase();
        let start = unit(self, 0);
        let end = if self.word_at(1, "TO") { unit(self, 2) } else { start.clone() };
        let tokens = if self.word_at(1, "TO") { 3 } else { 1 };
        let known = |unit: &str| unit != "week" && !unit.ends_with("second") || unit == "second";
        if let (Some(from), Some(to)) = (month_field(&start), month_field(&end)) {
            if from < to || tokens == 1 {
                self.seek(self.index() + tokens);
                return Ok(TypeKind::YearMonthInterval(data_type::YearMonthInterval {
                    start_field: Some(from),
                    end_field: Some(to),
                    type_variation_reference: 0,
                }));
            }
            return Err(self.unexpected_at(self.index() + 1, ""));
        }
        if let (Some(from), Some(to)) = (day_field(&start), day_field(&end))
            && known(&start)
            && known(&end)
        {
            if from < to || tokens == 1 {
                self.seek(self.index() + tokens);
                return Ok(TypeKind::DayTimeInterval(data_type::DayTimeInterval {
                    start_field: Some(from),
                    end_field: Some(to),
                    type_variation_reference: 0,
                }));
            }
            return Err(self.unexpected_at(self.index() + 1, ""));
        }
        if self.word_at(1, "TO") {
            return Err(self.unexpected_at(self.index() + 1, ""));
        }
        Ok(TypeKind::CalendarInterval(data_type::CalendarInterval::default()))
    }

    fn decimal_type(&mut self, token: &Token) -> Result<TypeKind> {
        let (mut precision, mut scale) = (10, 0);
        if self.eat("(") {
            precision = self.size()?;
            if self.eat(",") {
                scale = self.size()?;
            }
            self.require(")")?;
        }
        if precision > MAX_PRECISION {
            let condition = Condition::DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION;
            let most = ("maxPrecision", MAX_PRECISION.to_string());
            self.blame(self.fault(token, condition, [("precision", precision.to_string()), most]));
        } else if scale > precision {
            let condition = Condition::DECIMAL_SCALE_EXCEEDS_PRECISION;
            let parameters = [("scale", scale.to_string()), ("precision", precision.to_string())];
            self.blame(self.fault(token, condition, parameters));
        }
        Ok(TypeKind::Decimal(data_type::Decimal {
            scale: Some(scale),
            precision: Some(precision),
            type_variation_reference: 0,
        }))
    }

    fn length(&mut self, token: &Token, name: &str) -> Result<i32> {
        if !self.eat("(") {
            let parameters = [("type", format!("\"{name}\""))];
            return Err(self.fault(token, Condition::DATATYPE_MISSING_SIZE, parameters));
        }
        let length = self.size()?;
        self.require(")")?;
        Ok(length)
    }

    fn string_type(&mut self) -> Result<TypeKind> {
        let collation = if self.eat_word("COLLATE") {
            self.multipart_identifier()?.join(".")
        } else {
            String::new()
        };
        Ok(TypeKind::String(data_type::String { type_variation_reference: 0, collation }))
    }

    fn timestamp_type(&mut self) -> Result<TypeKind> {
        if self.eat("(") {
            if self.size()? > MICROSECONDS {
                self.refuse("type.timestamp_nanos");
            }
            self.require(")")?;
        }
        if self.eat_words(&["WITHOUT", "TIME", "ZONE"]) {
            return Ok(TypeKind::TimestampNtz(data_type::TimestampNtz::default()));
        }
        Ok(TypeKind::Timestamp(data_type::Timestamp::default()))
    }

    fn time_type(&mut self) -> Result<TypeKind> {
        let precision = if self.eat("(") {
            let precision = self.size()?;
            self.require(")")?;
            precision
        } else {
            MICROSECONDS
        };
        if precision > NANOSECONDS {
            let condition = Condition::UNSUPPORTED_TIME_PRECISION;
            let token = *self.token(0);
            self.blame(self.fault(&token, condition, [("precision", precision.to_string())]));
        }
        self.eat_words(&["WITHOUT", "TIME", "ZONE"]);
        Ok(TypeKind::Time(data_type::Time {
            precision: Some(precision),
            type_variation_reference: 0,
        }))
    }

    /// `GEOMETRY(4326)`, `GEOGRAPHY(ANY)`.
    fn spatial(&mut self, name: &str) -> Result<TypeKind> {
        self.require("(")?;
        let srid = if self.eat_word("ANY") { -1 } else { self.size()? };
        self.require(")")?;
        let type_variation_reference = 0;
        Ok(if name == "GEOMETRY" {
            TypeKind::Geometry(data_type::Geometry { srid, type_variation_reference })
        } else {
            TypeKind::Geography(data_type::Geography { srid, type_variation_reference })
        })
    }

    fn size(&mut self) -> Result<i32> {
        match self.text_of(self.token(0)).parse() {
            Ok(size) => {
                self.bump();
                Ok(size)
            }
            Err(_) => Err(self.unexpected()),
        }
    }
}

fn simple(name: &str) -> Option<TypeKind> {
    Some(match name {
        "BOOLEAN" => TypeKind::Boolean(data_type::Boolean::default()),
        "TINYINT" | "BYTE" => TypeKind::Byte(data_type::Byte::default()),
        "SMALLINT" | "SHORT" => TypeKind::Short(data_type::Short::default()),
        "INT" | "INTEGER" => TypeKind::Integer(data_type::Integer::default()),
        "BIGINT" | "LONG" => TypeKind::Long(data_type::Long::default()),
        "FLOAT" | "REAL" => TypeKind::Float(data_type::Float::default()),
        "DOUBLE" => TypeKind::Double(data_type::Double::default()),
        "DATE" => TypeKind::Date(data_type::Date::default()),
        "TIMESTAMP_NTZ" => TypeKind::TimestampNtz(data_type::TimestampNtz::default()),
        "TIMESTAMP_LTZ" => TypeKind::Timestamp(data_type::Timestamp::default()),
        "BINARY" => TypeKind::Binary(data_type::Binary::default()),
        "VOID" => TypeKind::Null(data_type::Null::default()),
        "VARIANT" => TypeKind::Variant(data_type::Variant::default()),
        _ => return None,
    })
}
