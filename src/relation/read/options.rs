//! Reader options: honoured or refused, never dropped.

use std::collections::HashMap;

use crate::error::{Error, Result};

/// Options of a reader by lower-case name; whoever honours one takes it out.
pub(super) struct Options(HashMap<String, String>);

impl Options {
    pub(super) fn new(options: &HashMap<String, String>) -> Self {
        Self(options.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect())
    }

    /// An option's text.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// A switch.
    ///
    /// # Errors
    /// If the value is neither `true` nor `false`.
    pub(super) fn flag(&mut self, name: &str, default: bool) -> Result<bool> {
        match self.take(name).map(|value| value.to_lowercase()).as_deref() {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => {
                Err(Error::invalid_plan(format!("the option {name} is true or false, not {other}"))
                    .at("options"))
            }
        }
    }

    /// A single byte, such as a separator; an empty text is none.
    ///
    /// # Errors
    /// If the value is longer.
    pub(super) fn byte(&mut self, name: &str) -> Result<Option<u8>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match value.replace("\\t", "\t").as_bytes() {
            [] | [0] => Ok(Some(0)),
            [byte] => Ok(Some(*byte)),
            _ => Err(Error::unsupported(format!("read.option.{name}.several_characters"))),
        }
    }

    /// Options that change nothing if they have this value.
    ///
    /// # Errors
    /// If one has another.
    pub(super) fn allow_only(&mut self, allowed: &[(&str, &[&str])]) -> Result<()> {
        for (name, values) in allowed {
            let Some(value) = self.take(name) else { continue };
            if !values.iter().any(|allowed| allowed.eq_ignore_ascii_case(&value)) {
                return Err(Error::unsupported(format!("read.option.{name}")));
            }
        }
        Ok(())
    }

    /// # Errors
    /// If an option is left that nobody honoured.
    pub(super) fn refuse_rest(self) -> Result<()> {
        match self.0.keys().min() {
            None => Ok(()),
            Some(name) => Err(Error::unsupported(format!("read.option.{name}"))),
        }
    }
}

/// # Errors
/// If there is any option.
pub(super) fn refuse_all(options: &HashMap<String, String>) -> Result<()> {
    Options::new(options).refuse_rest()
}
