//! `schema_of_json`: the type of a JSON text.

use super::Json;

/// The type of a value, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inferred {
    Null,
    Boolean,
    Long,
    /// Too large for BIGINT: so many digits.
    Decimal(usize),
    Double,
    Text,
    Array(Box<Inferred>),
    Struct(Vec<(String, Inferred)>),
}

/// The type of a JSON text in DDL; none if it is malformed.
pub(crate) fn schema_of(text: &str) -> Option<String> {
    Json::parse(text).map(|json| Inferred::of(&json).ddl())
}

impl Inferred {
    fn of(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(_) => Self::Boolean,
            Json::Integer(number) => match i64::try_from(*number) {
                Ok(_) => Self::Long,
                Err(_) => Self::Decimal(number.unsigned_abs().to_string().len()),
            },
            Json::Double(_) => Self::Double,
            Json::Text(_) | Json::Raw(_) => Self::Text,
            Json::Array(items) => {
                let types = items.iter().map(Self::of);
                Self::Array(Box::new(types.fold(Self::Null, Self::merged)))
            }
            Json::Object(fields) => {
                let mut fields: Vec<_> =
                    fields.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect();
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                Self::Struct(fields)
            }
        }
    }

    /// The type that values of both have.
    fn merged(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Null, other) | (other, Self::Null) => other,
            (Self::Long | Self::Decimal(_), Self::Double)
            | (Self::Double, Self::Long | Self::Decimal(_)) => Self::Double,
            (Self::Long, Self::Decimal(n)) | (Self::Decimal(n), Self::Long) => {
                Self::Decimal(n.max(20))
            }
            (Self::Decimal(a), Self::Decimal(b)) => Self::Decimal(a.max(b)),
            (Self::Array(a), Self::Array(b)) => Self::Array(Box::new(a.merged(*b))),
            (Self::Struct(a), Self::Struct(b)) => {
                let mut fields = std::collections::BTreeMap::new();
                for (name, inferred) in a.into_iter().chain(b) {
                    let known = fields.remove(&name).unwrap_or(Self::Null);
                    fields.insert(name, known.merged(inferred));
                }
                Self::Struct(fields.into_iter().collect())
            }
            _ => Self::Text,
        }
    }

    pub(crate) fn ddl(&self) -> String {
        match self {
            Self::Null | Self::Text => "STRING".to_owned(),
            Self::Boolean => "BOOLEAN".to_owned(),
            Self::Long => "BIGINT".to_owned(),
            Self::Decimal(digits) if *digits <= 38 => format!("DECIMAL({digits},0)"),
            Self::Decimal(_) | Self::Double => "DOUBLE".to_owned(),
            Self::Array(element) => format!("ARRAY<{}>", element.ddl()),
            Self::Struct(fields) => {
                let fields = fields.iter().map(|(name, inferred)| {
                    let name = crate::types::names::quoted_if_needed(name);
                    format!("{name}: {}", inferred.ddl())
                });
                format!("STRUCT<{}>", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_those_of_the_values() {
        let schema = schema_of(r#"[{"b":0},{"a":1.5,"b":null}]"#);
        assert_eq!(schema.as_deref(), Some("ARRAY<STRUCT<a: DOUBLE, b: BIGINT>>"));
        assert_eq!(schema_of("{"), None);
    }
}
