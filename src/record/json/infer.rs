//! Types of JSON.

use super::super::Mode;
use super::super::guess::{Guess, columns};
use super::Json;
use super::syntax::{Node, Value, first_value};
use crate::error::{Condition, Error, Result};
use crate::planner::grown::with_stack;
use datafusion::arrow::datatypes::Fields;

/// The type that all records seen so far fit.
#[derive(Debug)]
pub(crate) struct Inference<'a> {
    json: &'a Json,
    guess: Guess,
    corrupt: bool,
}

impl<'a> Inference<'a> {
    pub(crate) fn new(json: &'a Json) -> Self {
        Self { json, guess: Guess::Struct(Vec::new()), corrupt: false }
    }

    /// # Errors
    /// `MALFORMED_RECORD_IN_PARSING` if malformed records end the reading.
    pub(crate) fn add(&mut self, record: &str) -> Result<()> {
        let guess = match first_value(record, &self.json.leniency) {
            Some(None) => return Ok(()),
            Some(Some(node)) => self.json.guess(&node),
            None => None,
        };
        let of_rows = match guess {
            Some(Guess::Struct(fields)) => Some(Guess::Struct(fields)),
            Some(Guess::List(element)) if matches!(*element, Guess::Struct(_)) => Some(*element),
            // A list without elements says nothing.
            Some(Guess::List(element)) if *element == Guess::Null => return Ok(()),
            _ => None,
        };
        match (of_rows, self.json.mode) {
            (Some(guess), _) => {
                let before = std::mem::replace(&mut self.guess, Guess::Null);
                self.guess = before.with(guess);
            }
            (None, Mode::Permissive) => self.corrupt = true,
            (None, Mode::DropMalformed) => {}
            (None, Mode::FailFast) => return Err(super::super::rows::malformed("_corrupt_record")),
        }
        Ok(())
    }

    /// The columns, in the order of their names; one for malformed records if there were
    /// any.
    ///
    /// # Errors
    /// `COLUMN_ALREADY_EXISTS` if two names are the same to Spark.
    pub(crate) fn finish(self, corrupt: &str, time_zone: &str) -> Result<Fields> {
        let Guess::Struct(mut fields) = self.guess else { return Ok(Fields::empty()) };
        if self.corrupt && !fields.iter().any(|(name, _)| name == corrupt) {
            let at = fields.partition_point(|(name, _)| name.as_str() < corrupt);
            fields.insert(at, (corrupt.to_owned(), Guess::Text));
        }
        check_names(&fields)?;
        if self.json.drop_null_fields {
            fields.retain_mut(|(_, guess)| keep(guess));
        }
        Ok(columns(&fields, time_zone))
    }
}

fn check_names(fields: &[(String, Guess)]) -> Result<()> {
    for (at, (name, guess)) in fields.iter().enumerate() {
        let same = |(other, _): &(String, Guess)| crate::planner::columns::same_name(other, name);
        if fields[..at].iter().any(same) {
            return Err(Error::analysis(
                Condition::COLUMN_ALREADY_EXISTS,
                [("columnName", format!("`{}`", name.to_lowercase()))],
            ));
        }
        if let Guess::Struct(inner) = guess {
            with_stack(|| check_names(inner))?;
        }
    }
    Ok(())
}

/// Whether anything but NULL was seen.
pub(super) fn keep(guess: &mut Guess) -> bool {
    match guess {
        Guess::Null => false,
        Guess::List(element) => with_stack(|| keep(element)),
        Guess::Struct(fields) => {
            with_stack(|| fields.retain_mut(|(_, guess)| keep(guess)));
            !fields.is_empty()
        }
        _ => true,
    }
}

impl Json {
    /// The type of a value; none if a name is there twice with different meanings.
    pub(super) fn guess(&self, node: &Node<'_>) -> Option<Guess> {
        with_stack(|| self.guess_value(&node.value))
    }

    fn guess_value(&self, value: &Value<'_>) -> Option<Guess> {
        Some(match value {
            Value::Null => Guess::Null,
            Value::Text(text) => self.guess_text(text),
            Value::Boolean(_) | Value::Number(_) | Value::NoNumber(_)
                if self.primitives_as_text =>
            {
                Guess::Text
            }
            Value::Boolean(_) => Guess::Boolean,
            Value::NoNumber(_) => Guess::Double,
            Value::Number(text) => self.guess_number(text),
            Value::Array(elements) => {
                let mut all = Guess::Null;
                for element in elements {
                    all = all.with(self.guess(element)?);
                }
                Guess::List(Box::new(all))
            }
            Value::Object(members) => {
                let mut fields: Vec<(String, Guess)> = Vec::with_capacity(members.len());
                for (name, node) in members {
                    fields.push((name.clone().into_owned(), self.guess(node)?));
                }
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                Guess::Struct(fields)
            }
        })
    }

    fn guess_text(&self, text: &str) -> Guess {
        if text.is_empty() {
            return Guess::Null;
        }
        if self.prefers_decimal
            && let Some(guess) = Guess::of_decimal(text)
        {
            return guess;
        }
        match self.infer_timestamp && self.times.timestamp(text).is_some() {
            true => Guess::Timestamp,
            false => Guess::Text,
        }
    }

    fn guess_number(&self, text: &str) -> Guess {
        let is_whole = !text.contains(['.', 'e', 'E']);
        if is_whole && text.parse::<i64>().is_ok() {
            return Guess::Long;
        }
        match is_whole || self.prefers_decimal {
            true => Guess::of_decimal(text).unwrap_or(Guess::Double),
            false => Guess::Double,
        }
    }
}
