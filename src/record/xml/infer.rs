//! Types of XML.

use std::collections::BTreeMap;

use datafusion::arrow::datatypes::Fields;

use super::super::guess::{Guess, columns};
use super::super::values::double;
use super::super::{Mode, rows};
use super::Xml;
use super::tree::{self, Child, Element};
use crate::error::Result;
use crate::planner::columns::same_name;
use crate::planner::grown::with_stack;

/// The type that all elements seen so far fit.
#[derive(Debug)]
pub(crate) struct Inference<'a> {
    xml: &'a Xml,
    fields: Vec<(String, Guess)>,
    corrupt: bool,
}

impl<'a> Inference<'a> {
    pub(crate) fn new(xml: &'a Xml) -> Self {
        Self { xml, fields: Vec::new(), corrupt: false }
    }

    /// Looks at all rows of a document.
    ///
    /// # Errors
    /// `MALFORMED_RECORD_IN_PARSING` if malformed records end the reading.
    pub(crate) fn document(&mut self, text: &str) -> Result<()> {
        let xml = self.xml;
        let tag = xml.row_tag.as_deref().unwrap_or_default();
        let whole = tree::rows(text, tag, &xml.names, |element| {
            self.add(element);
            Ok(())
        })?;
        if whole { Ok(()) } else { self.malformed() }
    }

    /// Looks at one record.
    ///
    /// # Errors
    /// As [`Self::document`].
    pub(crate) fn record(&mut self, text: &str) -> Result<()> {
        match tree::only(text, &self.xml.names) {
            Some(element) => {
                self.add(&element);
                Ok(())
            }
            None => self.malformed(),
        }
    }

    fn malformed(&mut self) -> Result<()> {
        match self.xml.mode {
            Mode::Permissive => self.corrupt = true,
            Mode::DropMalformed => {}
            Mode::FailFast => return Err(rows::malformed("_corrupt_record")),
        }
        Ok(())
    }

    fn add(&mut self, element: &Element<'_>) {
        let before = std::mem::take(&mut self.fields);
        let own = Guess::Struct(self.xml.fields(element));
        let merged = merged(Guess::Struct(before), own, &self.xml.names.value);
        if let Guess::Struct(fields) = merged {
            self.fields = fields;
        }
    }

    /// The columns, in the order of their names; one for malformed records if there were
    /// any.
    pub(crate) fn finish(mut self, corrupt: &str, time_zone: &str) -> Fields {
        if self.corrupt && !self.fields.iter().any(|(name, _)| name == corrupt) {
            let at = self.fields.partition_point(|(name, _)| name.as_str() < corrupt);
            self.fields.insert(at, (corrupt.to_owned(), Guess::Text));
        }
        columns(&self.fields, time_zone)
    }
}

impl Xml {
    /// The columns that an element has.
    fn fields(&self, element: &Element<'_>) -> Vec<(String, Guess)> {
        let mut fields: Vec<(String, Guess)> = Vec::new();
        for (name, text) in &element.attributes {
            self.add(&mut fields, name, self.guess_text(text));
        }
        for child in &element.children {
            match child {
                Child::Text(text) if text.trim().is_empty() => {}
                Child::Text(text) => {
                    self.add(&mut fields, &self.names.value, self.guess_text(text));
                }
                Child::Element(inner) => self.add(&mut fields, &inner.name, self.guess(inner)),
            }
        }
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields
    }

    fn guess(&self, element: &Element<'_>) -> Guess {
        let bare = element.attributes.is_empty() && element.elements().next().is_none();
        match bare {
            true => self.guess_text(&element.text().unwrap_or_default()),
            false => Guess::Struct(with_stack(|| self.fields(element))),
        }
    }

    fn guess_text(&self, text: &str) -> Guess {
        let Some(text) = self.plain(text).filter(|text| !text.is_empty()) else {
            return Guess::Null;
        };
        if !self.infer {
            return Guess::Text;
        }
        if text.parse::<i64>().is_ok() {
            return Guess::Long;
        }
        if let Some(guess) = self.prefers_decimal.then(|| Guess::of_decimal(text)).flatten() {
            return guess;
        }
        let is_number = text.bytes().any(|byte| byte.is_ascii_digit())
            && text.trim() == text
            && !text.ends_with(['d', 'D', 'f', 'F'])
            && double(text).is_some();
        if is_number {
            Guess::Double
        } else if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
            Guess::Boolean
        } else if self.times.looks_like_date(text) {
            Guess::Date
        } else if self.times.timestamp(text).is_some() {
            Guess::Timestamp
        } else {
            Guess::Text
        }
    }

    /// Adds a field; one that is there already is a list.
    fn add(&self, fields: &mut Vec<(String, Guess)>, name: &str, guess: Guess) {
        let Some((_, before)) = fields.iter_mut().find(|(own, _)| same_name(own, name)) else {
            fields.push((name.to_owned(), guess));
            return;
        };
        let old = std::mem::replace(before, Guess::Null);
        *before = Guess::List(Box::new(match old {
            Guess::List(element) => merged(*element, guess, &self.names.value),
            old => merged(old, guess, &self.names.value),
        }));
    }
}

/// The type that values of both fit. One may stand for a list of it, and a text for an
/// element that has attributes beside its text.
fn merged(a: Guess, b: Guess, value_tag: &str) -> Guess {
    with_stack(|| match (a, b) {
        (Guess::Null, other) | (other, Guess::Null) => other,
        (Guess::List(a), Guess::List(b)) => Guess::List(Box::new(merged(*a, *b, value_tag))),
        (Guess::List(a), b) => Guess::List(Box::new(merged(*a, b, value_tag))),
        (a, Guess::List(b)) => Guess::List(Box::new(merged(a, *b, value_tag))),
        (Guess::Struct(a), Guess::Struct(b)) => {
            let mut fields: BTreeMap<String, Guess> = a.into_iter().collect();
            for (name, guess) in b {
                let before = fields.remove(&name).unwrap_or(Guess::Null);
                fields.insert(name, merged(before, guess, value_tag));
            }
            Guess::Struct(fields.into_iter().collect())
        }
        (Guess::Struct(fields), text) | (text, Guess::Struct(fields)) => {
            with_text(fields, text, value_tag)
        }
        (a, b) => a.with(b),
    })
}

fn with_text(mut fields: Vec<(String, Guess)>, text: Guess, value_tag: &str) -> Guess {
    let Some((_, own)) = fields.iter_mut().find(|(name, _)| name == value_tag) else {
        return Guess::Text;
    };
    let before = std::mem::replace(own, Guess::Null);
    *own = merged(before, text, value_tag);
    Guess::Struct(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_join_elements_that_have_a_text() {
        let element = |value| {
            Guess::Struct(vec![("_VALUE".to_owned(), value), ("_x".to_owned(), Guess::Long)])
        };
        let join = |a, b| merged(a, b, "_VALUE");
        assert_eq!(join(element(Guess::Long), Guess::Double), element(Guess::Double));
        assert_eq!(join(Guess::Double, element(Guess::Long)), element(Guess::Double));
        let bare = Guess::Struct(vec![("b".to_owned(), Guess::Long)]);
        assert_eq!(join(bare, Guess::Long), Guess::Text);
        let list = |element| Guess::List(Box::new(element));
        assert_eq!(join(list(Guess::Long), Guess::Double), list(Guess::Double));
    }
}
