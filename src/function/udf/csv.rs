//! Lines of CSV as structs, and structs as lines of CSV.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray, StructArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::parameterized::{Parameterized, parameterized};
use super::text::strings;
use super::{Nulls, evaluated};
use crate::function::udf::cast::parse_timestamp;

/// The cells of a line; quotes hold separators and, doubled or escaped, themselves.
fn cells(line: &str, separator: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let (mut quoted, mut rest) = (false, line);
    while let Some(letter) = rest.chars().next() {
        let Some(cell) = cells.last_mut() else { break };
        if quoted && letter == '\\' {
            let mut letters = rest.chars();
            letters.next();
            cell.extend(letters.next());
            rest = letters.as_str();
            continue;
        }
        if letter == '"' && (quoted || cell.trim().is_empty()) {
            quoted = !quoted;
            if quoted {
                cell.clear();
            }
            rest = &rest[1..];
            continue;
        }
        if !quoted
            && !separator.is_empty()
            && let Some(after) = rest.strip_prefix(separator)
        {
            cells.push(String::new());
            rest = after;
            continue;
        }
        cell.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    cells
}

/// `from_csv`: a struct of the cells; what is not of its type is NULL.
pub(crate) fn reader(to: DataType, zone: Arc<str>, separator: String) -> Arc<ScalarUDF> {
    parameterized(Parameterized {
        name: "spark_from_csv",
        parameters: vec![zone.to_string(), separator],
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        to,
        run: |parameters, to, args| {
            let (Some(zone), Some(separator)) = (parameters.first(), parameters.get(1)) else {
                return exec_err!("a time zone and a separator are needed");
            };
            let (zone, separator, to) = (zone.clone(), separator.clone(), to.clone());
            evaluated(&args, |arrays, _| read(&strings(&arrays[0])?, &to, &zone, &separator))
        },
    })
}

fn read(lines: &StringArray, to: &DataType, zone: &str, separator: &str) -> Result<ArrayRef> {
    let DataType::Struct(fields) = to else { return exec_err!("a struct is needed") };
    let rows: Vec<Option<Vec<String>>> =
        lines.iter().map(|line| line.map(|line| cells(line, separator))).collect();
    let columns = fields.iter().enumerate().map(|(at, field)| {
        let column: StringArray = rows
            .iter()
            .map(|row| {
                let cell = row.as_ref()?.get(at)?;
                let text = field.data_type() == &DataType::Utf8;
                let cell = if text { cell.as_str() } else { cell.trim() };
                (!cell.is_empty()).then(|| cell.to_owned())
            })
            .collect();
        converted(column, field.data_type(), zone)
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let nulls: NullBuffer = rows.iter().map(Option::is_some).collect();
    let fields = fields.clone();
    let structs = StructArray::try_new_with_length(fields, columns, Some(nulls), rows.len())?;
    Ok(Arc::new(structs))
}

fn converted(texts: StringArray, to: &DataType, zone: &str) -> Result<ArrayRef> {
    match to {
        DataType::Utf8 => Ok(Arc::new(texts)),
        DataType::Timestamp(TimeUnit::Microsecond, own) => {
            let zone = if own.is_some() { zone } else { "UTC" };
            let micros = texts.iter().map(|text| parse_timestamp(text?, zone));
            let micros = micros.collect::<datafusion::arrow::array::TimestampMicrosecondArray>();
            Ok(Arc::new(micros.with_data_type(to.clone())))
        }
        _ => Ok(datafusion::arrow::compute::cast(&texts, to)?),
    }
}

/// `to_csv`: the fields as they are cast to strings.
pub(crate) fn writer(zone: Arc<str>, separator: String) -> Arc<ScalarUDF> {
    parameterized(Parameterized {
        name: "spark_to_csv",
        parameters: vec![zone.to_string(), separator],
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        to: DataType::Utf8,
        run: |parameters, to, args| {
            debug_assert_eq!(to, &DataType::Utf8);
            let (Some(zone), Some(separator)) = (parameters.first(), parameters.get(1)) else {
                return exec_err!("a time zone and a separator are needed");
            };
            let (zone, separator) = (zone.clone(), separator.clone());
            evaluated(&args, |arrays, rows| write(&arrays[0], rows, &zone, &separator))
        },
    })
}

fn write(array: &ArrayRef, rows: usize, zone: &str, separator: &str) -> Result<ArrayRef> {
    let zone = zone.parse::<datafusion::arrow::array::timezone::Tz>()?;
    let structs = array.as_struct();
    let texts = (0..rows).map(|row| {
        if structs.is_null(row) {
            return Ok(None);
        }
        let cells = structs.columns().iter().map(|column| cell(column, row, zone, separator));
        Ok(Some(cells.collect::<Result<Vec<_>>>()?.join(separator)))
    });
    Ok(Arc::new(texts.collect::<Result<StringArray>>()?))
}

fn cell(
    column: &ArrayRef,
    row: usize,
    zone: datafusion::arrow::array::timezone::Tz,
    separator: &str,
) -> Result<String> {
    use datafusion::arrow::datatypes::{Float32Type, Float64Type, TimestampMicrosecondType};
    if column.is_null(row) || column.data_type().is_null() {
        return Ok(String::new());
    }
    Ok(match column.data_type() {
        DataType::Timestamp(_, own) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            super::time::iso(micros, own.as_ref().map(|_| zone))
        }
        DataType::Float32 => {
            crate::types::display::float_text(column.as_primitive::<Float32Type>().value(row))
        }
        DataType::Float64 => {
            crate::types::display::double_text(column.as_primitive::<Float64Type>().value(row))
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let texts = strings(column)?;
            quoted(texts.value(row), separator)
        }
        _ => datafusion::arrow::util::display::array_value_to_string(column, row)?,
    })
}

fn quoted(text: &str, separator: &str) -> String {
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    let special = text.contains(separator) || text.contains(['"', '\n', '\r']);
    match special {
        true => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        false => text.to_owned(),
    }
}

/// `schema_of_csv`: the types of the cells of one line.
pub(crate) fn schema_of(line: &str, separator: &str) -> String {
    let types = cells(line, separator).into_iter().enumerate();
    let fields = types.map(|(at, cell)| format!("_c{at}: {}", inferred(&cell)));
    format!("STRUCT<{}>", fields.collect::<Vec<_>>().join(", "))
}

fn inferred(cell: &str) -> &'static str {
    let is_date = |text: &str| {
        chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() && text.len() == 10
    };
    if cell.parse::<i32>().is_ok() {
        "INT"
    } else if cell.parse::<i64>().is_ok() {
        "BIGINT"
    } else if cell.parse::<f64>().is_ok() && cell.starts_with(|c: char| c != 'i' && c != 'n') {
        "DOUBLE"
    } else if is_date(cell) {
        "DATE"
    } else if cell.len() > 10
        && cell.get(..10).is_some_and(is_date)
        && parse_timestamp(cell, "UTC").is_some()
    {
        "TIMESTAMP"
    } else if matches!(cell.to_ascii_lowercase().as_str(), "true" | "false") {
        "BOOLEAN"
    } else {
        "STRING"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_outside_of_quotes() {
        assert_eq!(cells("1,abc", ","), ["1", "abc"]);
        assert_eq!(cells(r#""a,b",c"#, ","), ["a,b", "c"]);
        assert_eq!(cells("", ","), [""]);
    }

    #[test]
    fn types_are_those_of_the_cells() {
        assert_eq!(schema_of("1,abc,2.5", ","), "STRUCT<_c0: INT, _c1: STRING, _c2: DOUBLE>");
    }
}
