//! JSON.

mod infer;
mod key;
mod syntax;
mod write;

use datafusion::arrow::datatypes::{DataType, Fields, Schema};

use super::values::{check_fields_and_variants, double, time};
use super::{Datum, Guess, Mode, Options, Parse, Parsed, Times};
use crate::error::Result;
use crate::function::udf::cast;
use crate::function::udf::variant::built;
use crate::planner::grown::with_stack;
use crate::types::variant::{Built, is_variant};

pub(crate) use infer::Inference;
pub(crate) use syntax::{Leniency, Node, Value, first_value};
pub(crate) use write::Writer;
use write::base64_bytes;

/// How JSON is read.
#[derive(Debug, Clone)]
pub(crate) struct Json {
    pub(crate) mode: Mode,
    pub(crate) corrupt: Option<String>,
    pub(crate) multi_line: bool,
    pub(crate) line_end: Option<String>,
    leniency: Leniency,
    times: Times,
    primitives_as_text: bool,
    prefers_decimal: bool,
    drop_null_fields: bool,
    infer_timestamp: bool,
    /// Whether texts of other values are these as they are written.
    exact: bool,
}

impl Json {
    /// # Errors
    /// If an option is not served, or is none.
    pub(crate) fn take(options: &mut Options, time_zone: &str) -> Result<Self> {
        options.allow_utf8()?;
        options.allow_only(&[("samplingratio", &["1", "1.0"])])?;
        options.refuse(&["singlevariantcolumn"])?;
        Ok(Self {
            mode: Mode::take(options),
            corrupt: options.take("columnnameofcorruptrecord"),
            multi_line: options.flag("multiline", false)?,
            line_end: options.line_end()?,
            leniency: Leniency::take(options)?,
            times: Times::take(options, time_zone)?,
            primitives_as_text: options.flag("primitivesasstring", false)?,
            prefers_decimal: options.flag("prefersdecimal", false)?,
            drop_null_fields: options.flag("dropfieldifallnull", false)?,
            infer_timestamp: options.flag("infertimestamp", false)?,
            exact: true,
        })
    }

    /// For texts that are values of columns: Spark writes anew what is in them where a
    /// text is wanted.
    pub(crate) fn of_texts(self) -> Self {
        Self { exact: false, ..self }
    }

    /// A text by itself as a value of a type: none if it is blank. One object may stand
    /// for a list of it, but a list for no object.
    ///
    /// # Errors
    /// If the type is not served.
    pub(crate) fn single(&self, text: &str, to: &DataType) -> Option<Single> {
        let node = match first_value(text, &self.leniency) {
            None => return Some(Single::Bad(Datum::Null)),
            Some(None) => return None,
            Some(Some(node)) => node,
        };
        let found = match (to, &node.value) {
            (variant, _) if is_variant(variant) => self.convert(&node, to),
            // Unlike a value in others, none at all is malformed.
            (_, Value::Null) => Found::Nothing,
            (DataType::List(element), Value::Object(_)) if is_struct(element.data_type()) => {
                match self.convert(&node, element.data_type()) {
                    Found::All(value) => Found::All(Datum::List(vec![value])),
                    Found::Some(value) => Found::Some(Datum::List(vec![value])),
                    Found::Nothing => Found::Nothing,
                }
            }
            _ => self.convert(&node, to),
        };
        Some(match found {
            Found::All(value) => Single::Value(value),
            Found::Some(value) => Single::Bad(value),
            Found::Nothing => Single::Bad(Datum::Null),
        })
    }

    /// The type of a text as SQL writes it; none if it is malformed.
    pub(crate) fn schema_of(&self, text: &str, time_zone: &str) -> Option<String> {
        let Some(node) = first_value(text, &self.leniency)? else { return Some("STRING".into()) };
        let mut guess = self.guess(&node)?;
        if let (true, Guess::Struct(fields)) = (self.drop_null_fields, &mut guess) {
            fields.retain_mut(|(_, guess)| infer::keep(guess));
        }
        Some(guess.sql(time_zone))
    }

    /// Reads records as structs of these columns.
    ///
    /// # Errors
    /// If a column is of a type that is not served.
    pub(crate) fn parser(&self, wanted: &Schema) -> Result<Parser> {
        check_fields_and_variants(wanted.fields())?;
        Ok(Parser { json: self.clone(), columns: wanted.fields().clone() })
    }
}

fn is_struct(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Struct(_)) && !is_variant(data_type)
}

/// # Errors
/// If values of the type are not read from JSON.
pub(crate) fn check_type(data_type: &DataType) -> Result<()> {
    let field = datafusion::arrow::datatypes::Field::new("value", data_type.clone(), true);
    check_fields_and_variants(&Fields::from(vec![field]))
}

/// What a text by itself turned out to be.
#[derive(Debug)]
pub(crate) enum Single {
    Value(Datum),
    /// Malformed, with what could be read of it.
    Bad(Datum),
}

/// Reads records as structs of some columns.
#[derive(Debug, Clone)]
pub(crate) struct Parser {
    json: Json,
    columns: Fields,
}

impl Parse for Parser {
    /// A record is one object, a list of objects that are a row each, or blank.
    fn parse(&self, record: &str) -> Result<Parsed> {
        Ok(match first_value(record, &self.json.leniency) {
            None => Parsed::Bad(None),
            Some(None) => Parsed::Rows(Vec::new()),
            Some(Some(Node { value: Value::Array(elements), .. })) => self.rows(&elements),
            Some(Some(node)) => self.row(&node),
        })
    }
}

impl Parser {
    fn row(&self, node: &Node<'_>) -> Parsed {
        match self.json.structure(node, &self.columns) {
            Found::All(Datum::Struct(row)) => Parsed::Rows(vec![row]),
            Found::Some(Datum::Struct(row)) => Parsed::Bad(Some(row)),
            Found::All(_) | Found::Some(_) | Found::Nothing => Parsed::Bad(None),
        }
    }

    fn rows(&self, elements: &[Node<'_>]) -> Parsed {
        let mut rows = Vec::with_capacity(elements.len());
        for element in elements {
            match self.row(element) {
                Parsed::Rows(row) => rows.extend(row),
                bad @ Parsed::Bad(_) => return bad,
            }
        }
        Parsed::Rows(rows)
    }
}

/// What could be read of a value.
enum Found {
    All(Datum),
    /// The value with NULL for what is malformed in it.
    Some(Datum),
    Nothing,
}

impl Found {
    fn of(datum: Option<Datum>) -> Self {
        datum.map_or(Self::Nothing, Self::All)
    }

    fn with(datum: Datum, whole: bool) -> Self {
        if whole { Self::All(datum) } else { Self::Some(datum) }
    }
}

impl Json {
    fn convert(&self, node: &Node<'_>, data_type: &DataType) -> Found {
        if is_variant(data_type) {
            return Found::of(variant(node));
        }
        if matches!(node.value, Value::Null) {
            return Found::All(Datum::Null);
        }
        with_stack(|| match data_type {
            DataType::Struct(fields) => self.structure(node, fields),
            DataType::List(element) => self.list(node, element.data_type()),
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(pair) => self.map(node, pair),
                _ => Found::Nothing,
            },
            _ => Found::of(self.scalar(node, data_type)),
        })
    }

    fn structure(&self, node: &Node<'_>, fields: &Fields) -> Found {
        let Value::Object(members) = &node.value else { return Found::Nothing };
        let mut values = vec![Datum::Null; fields.len()];
        let mut whole = true;
        for (name, member) in members {
            let Some(at) = fields.iter().position(|field| field.name() == name) else { continue };
            match self.convert(member, fields[at].data_type()) {
                Found::All(value) => values[at] = value,
                Found::Some(value) => {
                    values[at] = value;
                    whole = false;
                }
                Found::Nothing => whole = false,
            }
        }
        Found::with(Datum::Struct(values), whole)
    }

    fn list(&self, node: &Node<'_>, element: &DataType) -> Found {
        let Value::Array(nodes) = &node.value else { return Found::Nothing };
        let mut values = Vec::with_capacity(nodes.len());
        let mut whole = true;
        for node in nodes {
            match self.convert(node, element) {
                Found::All(value) => values.push(value),
                Found::Some(value) => {
                    values.push(value);
                    whole = false;
                }
                Found::Nothing => return Found::Nothing,
            }
        }
        Found::with(Datum::List(values), whole)
    }

    fn map(&self, node: &Node<'_>, pair: &Fields) -> Found {
        let (Value::Object(members), [_, field]) = (&node.value, pair.as_ref()) else {
            return Found::Nothing;
        };
        let mut values = Vec::with_capacity(members.len());
        let mut whole = true;
        for (name, node) in members {
            let key = Datum::Text(name.clone().into_owned());
            match self.convert(node, field.data_type()) {
                Found::All(value) => values.push((key, value)),
                Found::Some(value) => {
                    values.push((key, value));
                    whole = false;
                }
                Found::Nothing => return Found::Nothing,
            }
        }
        Found::with(Datum::Map(values), whole)
    }

    /// A value without others in it.
    fn scalar(&self, node: &Node<'_>, data_type: &DataType) -> Option<Datum> {
        match (data_type, &node.value) {
            (DataType::Utf8, Value::Text(text)) => Some(Datum::Text(text.clone().into_owned())),
            (DataType::Utf8, value) if !self.exact => Some(Datum::Text(value.text())),
            // Whatever it is, as it is written.
            (DataType::Utf8, _) => Some(Datum::Text(node.raw.to_owned())),
            (DataType::Boolean, Value::Boolean(value)) => Some(Datum::Boolean(*value)),
            (DataType::Binary, Value::Text(text)) => base64_bytes(text).map(Datum::Bytes),
            (
                DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64,
                Value::Number(text),
            ) => whole(text, data_type).map(Datum::Whole),
            (DataType::Float32 | DataType::Float64, _) => {
                let named = self.leniency.has_named_numbers();
                float(&node.value, data_type, named).map(Datum::Float)
            }
            (DataType::Decimal128(precision, scale), Value::Number(text)) => {
                cast::parse_decimal(text, *precision, *scale).map(Datum::Decimal)
            }
            (DataType::Decimal128(precision, scale), Value::Text(text)) => {
                cast::parse_decimal(text, *precision, *scale).map(Datum::Decimal)
            }
            // Seconds.
            (DataType::Timestamp(_, Some(_)), Value::Number(text)) => {
                text.parse::<i64>().ok()?.checked_mul(1_000_000).map(Datum::Whole)
            }
            (_, Value::Text(text)) if !text.is_empty() => time(text, data_type, &self.times),
            _ => None,
        }
    }
}

/// A value as a variant, by the bytes that are one; none if it is too large.
fn variant(node: &Node<'_>) -> Option<Datum> {
    let Built { value, metadata } = built(node, "from_json").ok()??;
    Some(Datum::Struct(vec![Datum::Bytes(value), Datum::Bytes(metadata)]))
}

/// A whole number; bytes wrap, as they do in Spark.
fn whole(text: &str, data_type: &DataType) -> Option<i64> {
    let value: i64 = text.parse().ok()?;
    match data_type {
        DataType::Int8 if (-128..=255).contains(&value) => Some((value as i8).into()),
        _ => super::values::whole(text, data_type),
    }
}

fn float(value: &Value<'_>, data_type: &DataType, can_be_named: bool) -> Option<f64> {
    match value {
        Value::Number(text) if data_type == &DataType::Float32 => {
            text.parse::<f32>().ok().map(f64::from)
        }
        Value::Number(text) => text.parse().ok(),
        Value::NoNumber(text) => named(text),
        Value::Text(text) if can_be_named => named(text),
        Value::Text(_) => None,
        Value::Null | Value::Boolean(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Words for what is no number.
fn named(text: &str) -> Option<f64> {
    match text {
        "NaN" => double(text),
        "+INF" | "INF" | "+Infinity" | "Infinity" => Some(f64::INFINITY),
        "-INF" | "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}
