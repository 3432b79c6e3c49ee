//! The texts of `show()`, with and without `vertical`, and of a notebook's table.

use std::fmt::Write as _;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;

use super::display::ValueFormatter;
use crate::error::Result;

/// Narrowest column of a table, in characters.
const NARROWEST: usize = 3;

/// The cells of a table: a header, rows, and whether there were more.
struct Cells {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    more: bool,
}

/// The table that `show` prints: at most `num_rows` rows, cells cut to `truncate`
/// characters unless that is zero.
///
/// `batches` hold one row more than wanted if there are more.
///
/// # Errors
/// If a value has no text.
pub(crate) fn show_string(
    batches: &[RecordBatch],
    schema: &Schema,
    num_rows: usize,
    truncate: usize,
    vertical: bool,
) -> Result<String> {
    let cells = cells(batches, schema, num_rows, truncate)?;
    let mut out = if vertical { records(&cells) } else { table(&cells, truncate > 0) };
    out.push_str(footer(&cells, num_rows).trim_end());
    Ok(out)
}

/// The table as HTML, for notebooks.
///
/// # Errors
/// If a value has no text.
pub(crate) fn html_string(
    batches: &[RecordBatch],
    schema: &Schema,
    num_rows: usize,
    truncate: usize,
) -> Result<String> {
    let cells = cells(batches, schema, num_rows, truncate)?;
    let row = |cells: &[String], tag: &str| {
        let cells = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape_html(cell)));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let mut out = String::from("<table border='1'>\n");
    out.push_str(&row(&cells.header, "th"));
    cells.rows.iter().for_each(|cells| out.push_str(&row(cells, "td")));
    out.push_str("</table>\n");
    out.push_str(&footer(&cells, num_rows));
    Ok(out)
}

fn cells(
    batches: &[RecordBatch],
    schema: &Schema,
    num_rows: usize,
    truncate: usize,
) -> Result<Cells> {
    let formatters = schema.fields().iter().map(|field| ValueFormatter::new(field));
    let formatters = formatters.collect::<Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows().min(num_rows.saturating_sub(rows.len())) {
            let texts = formatters.iter().zip(batch.columns());
            let texts =
                texts.map(|(f, column)| Ok(cut(&escape(&f.text(column.as_ref(), row)?), truncate)));
            rows.push(texts.collect::<Result<Vec<_>>>()?);
        }
    }
    // Names are never cut.
    let header = schema.fields().iter().map(|field| escape(field.name())).collect();
    let total: usize = batches.iter().map(RecordBatch::num_rows).sum();
    Ok(Cells { header, rows, more: total > num_rows })
}

/// Control characters as escapes, so that a cell stays on its line.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{7}' => out.push_str("\\a"),
            other => out.push(other),
        }
    }
    out
}

/// The text cut to `limit` characters, with dots if there is room for them.
fn cut(text: &str, limit: usize) -> String {
    if limit == 0 || text.chars().count() <= limit {
        return text.to_owned();
    }
    match limit {
        0..4 => text.chars().take(limit).collect(),
        _ => text.chars().take(limit - 3).chain("...".chars()).collect(),
    }
}

/// Width on a terminal: East Asian wide characters take two places.
fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE10}'..='\u{FE19}' | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}')
}

fn table(cells: &Cells, right: bool) -> String {
    let mut widths: Vec<usize> = cells.header.iter().map(|c| width(c).max(NARROWEST)).collect();
    for row in &cells.rows {
        for (at, cell) in row.iter().enumerate() {
            widths[at] = widths[at].max(width(cell));
        }
    }
    let rule: String = widths.iter().map(|width| format!("+{}", "-".repeat(*width))).collect();
    let rule = format!("{rule}+\n");
    let line = |row: &[String]| {
        let cells =
            row.iter().zip(&widths).map(|(cell, width)| format!("|{}", pad(cell, *width, right)));
        format!("{}|\n", cells.collect::<String>())
    };
    let mut out = format!("{rule}{}{rule}", line(&cells.header));
    cells.rows.iter().for_each(|row| out.push_str(&line(row)));
    out.push_str(&rule);
    out
}

fn pad(text: &str, to: usize, right: bool) -> String {
    let fill = " ".repeat(to.saturating_sub(width(text)));
    if right { format!("{fill}{text}") } else { format!("{text}{fill}") }
}

fn records(cells: &Cells) -> String {
    if cells.rows.is_empty() {
        return "(0 rows)".to_owned();
    }
    let widest = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| width(text)).max().unwrap_or(0).max(NARROWEST)
    };
    let names = widest(&mut cells.header.iter());
    let values = widest(&mut cells.rows.iter().flatten());
    let mut out = String::new();
    for (number, row) in cells.rows.iter().enumerate() {
        let head = format!("-RECORD {number}");
        let _ = writeln!(out, "{head:-<width$}", width = names + values + 5);
        for (name, value) in cells.header.iter().zip(row) {
            let _ = writeln!(out, " {} | {} ", pad(name, names, false), pad(value, values, false));
        }
    }
    out
}

fn footer(cells: &Cells, num_rows: usize) -> String {
    match (cells.more, num_rows) {
        (false, _) => String::new(),
        (true, 1) => "only showing top 1 row\n".to_owned(),
        (true, _) => format!("only showing top {num_rows} rows\n"),
    }
}

fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
