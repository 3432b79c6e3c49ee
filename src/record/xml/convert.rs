//! Elements as values.

use datafusion::arrow::datatypes::{DataType, Fields};

use super::super::values::{Words, double, time, value};
use super::super::{Datum, Parsed};
use super::Xml;
use super::tree::{Child, Element};
use crate::planner::grown::with_stack;

/// Values, and whether all of them could be read.
struct Row {
    values: Vec<Datum>,
    whole: bool,
}

impl Row {
    /// Puts a value in its place, if it is one.
    fn put(&mut self, at: usize, value: Option<Datum>) {
        match value {
            Some(value) => self.values[at] = value,
            None => self.whole = false,
        }
    }

    /// Adds an element to the list at a place.
    fn push(&mut self, at: usize, value: Option<Datum>) {
        let Some(value) = value else {
            self.whole = false;
            return;
        };
        match &mut self.values[at] {
            Datum::List(values) => values.push(value),
            other => *other = Datum::List(vec![value]),
        }
    }
}

fn place(fields: &Fields, name: &str) -> Option<usize> {
    fields.iter().position(|field| crate::planner::columns::same_name(field.name(), name))
}

impl Xml {
    /// The row that an element is.
    pub(super) fn row(&self, element: &Element<'_>, fields: &Fields) -> Parsed {
        let Row { values, whole } = self.structure(element, fields);
        if whole { Parsed::Rows(vec![values]) } else { Parsed::Bad(Some(values)) }
    }

    fn structure(&self, element: &Element<'_>, fields: &Fields) -> Row {
        let mut row = Row { values: vec![Datum::Null; fields.len()], whole: true };
        for (name, text) in &element.attributes {
            if let Some(at) = place(fields, name) {
                row.put(at, self.text(text, fields[at].data_type()));
            }
        }
        if !row.whole {
            // One attribute spoils all of them.
            row.values.fill(Datum::Null);
        }
        for child in &element.children {
            // Spark loses its place in an element in which something is malformed.
            if !row.whole {
                break;
            }
            match child {
                Child::Text(text) if text.trim().is_empty() => {}
                Child::Text(text) => self.add_text(text, fields, &mut row),
                Child::Element(inner) => self.add_element(inner, fields, &mut row),
            }
        }
        row
    }

    /// An element's own text.
    fn add_text(&self, text: &str, fields: &Fields, row: &mut Row) {
        let Some(at) = place(fields, &self.names.value) else { return };
        match fields[at].data_type() {
            DataType::List(element) => row.push(at, self.text(text, element.data_type())),
            data_type => row.put(at, self.text(text, data_type)),
        }
    }

    fn add_element(&self, inner: &Element<'_>, fields: &Fields, row: &mut Row) {
        if let Some(at) = place(fields, &inner.name) {
            return match fields[at].data_type() {
                DataType::List(element) => row.push(at, self.value(inner, element.data_type())),
                data_type => row.put(at, self.value(inner, data_type)),
            };
        }
        if let Some(at) = place(fields, &self.wildcard) {
            let text = Some(Datum::Text(inner.inner.to_owned()));
            match fields[at].data_type() {
                DataType::List(_) => row.push(at, text),
                _ => row.put(at, text),
            }
        }
    }

    /// The value that an element is; none if it is none.
    fn value(&self, element: &Element<'_>, data_type: &DataType) -> Option<Datum> {
        with_stack(|| match data_type {
            DataType::Struct(fields) => {
                let Row { values, whole } = self.structure(element, fields);
                whole.then_some(Datum::Struct(values))
            }
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(pair) => self.map(element, pair),
                _ => None,
            },
            DataType::List(inner) => {
                Some(Datum::List(vec![self.value(element, inner.data_type())?]))
            }
            _ => self.scalar(element, data_type),
        })
    }

    fn map(&self, element: &Element<'_>, pair: &Fields) -> Option<Datum> {
        let value_type = pair.get(1)?.data_type();
        if element.attributes.is_empty() && element.children.is_empty() {
            return Some(Datum::Null);
        }
        let mut pairs = Vec::new();
        for (name, text) in &element.attributes {
            pairs.push((Datum::Text(name.clone()), self.text(text, value_type)?));
        }
        for inner in element.elements() {
            pairs.push((Datum::Text(inner.name.clone()), self.value(inner, value_type)?));
        }
        Some(Datum::Map(pairs))
    }

    fn scalar(&self, element: &Element<'_>, data_type: &DataType) -> Option<Datum> {
        let is_text = data_type == &DataType::Utf8;
        match element.text() {
            Some(text) if text.is_empty() && !is_text => Some(Datum::Null),
            Some(text) => self.text(&text, data_type),
            // Elements in it are text as they are written.
            None if is_text => Some(Datum::Text(element.inner.trim().to_owned())),
            None => None,
        }
    }

    /// The value that a text stands for; none if it is none.
    fn text(&self, text: &str, data_type: &DataType) -> Option<Datum> {
        let Some(text) = self.plain(text) else { return Some(Datum::Null) };
        match data_type {
            DataType::Boolean => match text.to_lowercase().as_str() {
                "true" | "1" => Some(Datum::Boolean(true)),
                "false" | "0" => Some(Datum::Boolean(false)),
                _ => None,
            },
            DataType::Float32 | DataType::Float64 => double(text).map(Datum::Float),
            DataType::Binary => None,
            DataType::Date32 | DataType::Timestamp(_, _) => time(text, data_type, &self.times),
            DataType::Struct(fields) => {
                let mut row = Row { values: vec![Datum::Null; fields.len()], whole: true };
                self.add_text(text, fields, &mut row);
                row.whole.then_some(Datum::Struct(row.values))
            }
            DataType::List(element) => {
                Some(Datum::List(vec![self.text(text, element.data_type())?]))
            }
            _ => value(text, data_type, &self.times, &Words::default()),
        }
    }
}
