//! `from_csv`, `from_json`, `from_xml`: texts as values.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::parameterized::{Parameterized, parameterized};
use super::super::text::strings;
use super::super::{Nulls, evaluated};
use super::{Format, Given, from_parameters, parameters, taken};
use crate::error::{Condition, Error, Result};
use crate::record::csv::{self, Csv};
use crate::record::json::{Json, Single, check_type};
use crate::record::xml::{self, Xml};
use crate::record::{Datum, Mode, Parse as _, Parsed, array, malformed};
use crate::types::variant::is_variant;

/// The function that reads texts as values of a type.
///
/// # Errors
/// If an option or the type is not served, or is none.
pub(crate) fn reader(
    format: Format,
    to: DataType,
    zone: &str,
    given: &Given,
) -> Result<Arc<ScalarUDF>> {
    Reader::new(format, &to, zone, given)?;
    // Lines of CSV are records whatever they hold.
    let nulls = if format == Format::Csv { Nulls::Propagate } else { Nulls::Always };
    Ok(parameterized(Parameterized {
        name: "spark_from_record",
        parameters: parameters(format, zone, given),
        nulls,
        volatility: Volatility::Immutable,
        to,
        run: |parameters, to, args| {
            let (format, zone, given) = from_parameters(parameters)?;
            let reader = Reader::new(format, to, zone, &given)?;
            evaluated(&args, |arrays, _| {
                let texts = strings(&arrays[0])?;
                let values = texts.iter().map(|text| match text {
                    Some(text) => reader.value(text),
                    None => Ok(Datum::Null),
                });
                Ok(array(values.collect::<Result<Vec<_>>>()?, to)?)
            })
        },
    }))
}

struct Reader {
    own: Own,
    mode: Mode,
    /// How many members a struct has, and which of them takes malformed texts; none for
    /// what is no struct.
    members: Option<(usize, Option<usize>)>,
}

enum Own {
    Csv(csv::Parser),
    /// With the type but for the member that takes malformed texts.
    Json(Json, DataType),
    Xml(xml::Parser),
}

impl Reader {
    fn new(format: Format, to: &DataType, zone: &str, given: &Given) -> Result<Self> {
        let (own, mode, corrupt) = match format {
            Format::Csv => {
                let csv = Csv::take(&mut taken(given, "function.from_csv"), zone)?;
                let corrupt = csv.corrupt.clone();
                let fields = Schema::new(fields_of(&without(to, corrupt.as_deref())?.0)?);
                (Own::Csv(csv.parser(&fields, &fields)?), csv.mode, corrupt)
            }
            Format::Json => {
                let json = Json::take(&mut taken(given, "function.from_json"), zone)?.of_texts();
                let (mode, corrupt) = (json.mode, json.corrupt.clone());
                let own = without(to, corrupt.as_deref())?.0;
                check_type(&own)?;
                (Own::Json(json, own), mode, corrupt)
            }
            Format::Xml => {
                let xml = Xml::take(&mut taken(given, "function.from_xml"), zone, false)?;
                let (mode, corrupt) = (xml.mode, xml.corrupt.clone());
                let fields = Schema::new(fields_of(&without(to, corrupt.as_deref())?.0)?);
                (Own::Xml(xml.parser(&fields)?), mode, corrupt)
            }
        };
        let (own_type, at) = without(to, corrupt.as_deref())?;
        let members = match own_type {
            DataType::Struct(fields) if !is_variant(to) => Some((fields.len(), at)),
            _ => None,
        };
        Ok(Self { own, mode, members })
    }

    fn value(&self, text: &str) -> Result<Datum> {
        match &self.own {
            Own::Csv(parser) if parser.is_nothing(text) => Ok(self.whole(Datum::Null)),
            Own::Csv(parser) => self.record(text, parser.parse(text)?),
            Own::Json(json, to) => match json.single(text, to) {
                None => Ok(Datum::Null),
                Some(Single::Value(value)) => Ok(self.whole(value)),
                Some(Single::Bad(value)) => self.bad(text, value),
            },
            Own::Xml(parser) => self.record(text, parser.parse(text)?),
        }
    }

    fn record(&self, text: &str, parsed: Parsed) -> Result<Datum> {
        match parsed {
            Parsed::Rows(rows) => {
                let row = rows.into_iter().next();
                Ok(self.whole(row.map_or(Datum::Null, Datum::Struct)))
            }
            Parsed::Bad(row) => self.bad(text, row.map_or(Datum::Null, Datum::Struct)),
        }
    }

    fn whole(&self, value: Datum) -> Datum {
        self.with(value, Datum::Null)
    }

    fn bad(&self, text: &str, value: Datum) -> Result<Datum> {
        if self.mode == Mode::FailFast {
            let count = self.members.map_or(1, |(count, _)| count);
            return Err(malformed(&format!("[{}]", vec!["null"; count].join(","))));
        }
        Ok(self.with(value, Datum::Text(text.to_owned())))
    }

    /// A struct is always there, with a member for malformed texts if there is one.
    fn with(&self, value: Datum, corrupt: Datum) -> Datum {
        let Some((count, at)) = self.members else { return value };
        let mut row = match value {
            Datum::Struct(row) => row,
            _ => vec![Datum::Null; count],
        };
        if let Some(at) = at.filter(|at| *at <= row.len()) {
            row.insert(at, corrupt);
        }
        Datum::Struct(row)
    }
}

/// A type without the member that takes malformed texts, and where that is.
fn without(to: &DataType, corrupt: Option<&str>) -> Result<(DataType, Option<usize>)> {
    let (DataType::Struct(fields), false) = (to, is_variant(to)) else {
        return Ok((to.clone(), None));
    };
    let at = fields.iter().position(|field| Some(field.name().as_str()) == corrupt);
    let Some(found) = at.map(|at| &fields[at]) else { return Ok((to.clone(), None)) };
    if found.data_type() != &DataType::Utf8 {
        let own = format!("\"{}\"", crate::types::arrow_sql_name(found.data_type()));
        return Err(Error::analysis(
            Condition::INVALID_CORRUPT_RECORD_TYPE,
            [("columnName", format!("`{}`", found.name())), ("actualType", own)],
        ));
    }
    let others = fields.iter().enumerate().filter(|(place, _)| Some(*place) != at);
    Ok((DataType::Struct(others.map(|(_, field)| Arc::clone(field)).collect()), at))
}

fn fields_of(to: &DataType) -> Result<Vec<Arc<Field>>> {
    match to {
        variant if is_variant(variant) => Err(Error::unsupported("record.type.variant")),
        DataType::Struct(fields) => Ok(fields.iter().map(Arc::clone).collect()),
        _ => Err(Error::internal("records are structs")),
    }
}
