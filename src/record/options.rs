//! Options of readers and writers: honoured or refused, never dropped.

use std::collections::{BTreeMap, HashMap};

use crate::error::{Condition, Error, Result};

/// Options by lower-case name; whoever honours one takes it out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    left: BTreeMap<String, String>,
    /// `read`, `write` or a function, for the names of what is refused.
    purpose: &'static str,
}

impl Options {
    /// The options of a reader.
    pub(crate) fn reading(options: &HashMap<String, String>) -> Self {
        Self::new(options, "read")
    }

    /// The options of a writer.
    pub(crate) fn writing(options: &HashMap<String, String>) -> Self {
        Self::new(options, "write")
    }

    /// The options of a function, which `purpose` names.
    pub(crate) fn of_function<'o>(
        options: impl IntoIterator<Item = (&'o str, &'o str)>,
        purpose: &'static str,
    ) -> Self {
        let options = options.into_iter();
        let left = options.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self { left: left.collect(), purpose }
    }

    fn new(options: &HashMap<String, String>, purpose: &'static str) -> Self {
        let left = options.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
        Self { left: left.collect(), purpose }
    }

    /// Sets an option that is not given.
    pub(crate) fn set_default(&mut self, name: &str, value: impl FnOnce() -> Option<String>) {
        if !self.left.contains_key(name)
            && let Some(value) = value()
        {
            self.left.insert(name.to_owned(), value);
        }
    }

    /// An option's text.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.left.remove(name)
    }

    /// Whether an option is given and empty.
    pub(crate) fn is_empty_text(&self, name: &str) -> bool {
        self.left.get(name).is_some_and(String::is_empty)
    }

    /// A switch.
    ///
    /// # Errors
    /// If the value is neither `true` nor `false`.
    pub(crate) fn flag(&mut self, name: &str, default: bool) -> Result<bool> {
        match self.take(name).map(|value| value.to_lowercase()).as_deref() {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(Error::analysis(
                Condition::ILLEGAL_ARGUMENT,
                [("message", format!("the option {name} is true or false, not {other}"))],
            )),
        }
    }

    /// A single character, such as a quote; an empty text and a zero are none.
    ///
    /// # Errors
    /// If the value is longer.
    pub(crate) fn character(&mut self, name: &str, default: Option<char>) -> Result<Option<char>> {
        let Some(value) = self.take(name) else { return Ok(default) };
        let mut characters = value.chars();
        match (characters.next(), characters.next()) {
            (None | Some('\0'), None) => Ok(None),
            (one, None) => Ok(one),
            (_, Some(_)) => Err(Error::analysis(
                Condition::ILLEGAL_ARGUMENT,
                [("message", format!("{name} cannot be more than one character"))],
            )),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// If the value is none.
    pub(crate) fn whole(&mut self, name: &str, default: i64) -> Result<i64> {
        let Some(value) = self.take(name) else { return Ok(default) };
        value.parse().map_err(|_| {
            Error::analysis(
                Condition::ILLEGAL_ARGUMENT,
                [("message", format!("{name} should be an integer. Found {value}"))],
            )
        })
    }

    /// What a record ends with; none if any end of a line does.
    ///
    /// # Errors
    /// If the value is empty.
    pub(crate) fn line_end(&mut self) -> Result<Option<String>> {
        match self.take("linesep") {
            Some(text) if text.is_empty() => Err(Error::analysis(
                Condition::ILLEGAL_ARGUMENT,
                [("message", "'lineSep' cannot be an empty string.".to_owned())],
            )),
            text => Ok(text),
        }
    }

    /// Text is UTF-8; other encodings are refused.
    ///
    /// # Errors
    /// If another encoding is asked for.
    pub(crate) fn allow_utf8(&mut self) -> Result<()> {
        const UTF8: &[&str] = &["utf-8", "utf8"];
        self.allow_only(&[("encoding", UTF8), ("charset", UTF8)])
    }

    /// Options that change nothing if they have this value.
    ///
    /// # Errors
    /// If one has another.
    pub(crate) fn allow_only(&mut self, allowed: &[(&str, &[&str])]) -> Result<()> {
        for (name, values) in allowed {
            let Some(value) = self.take(name) else { continue };
            if !values.iter().any(|allowed| allowed.eq_ignore_ascii_case(&value)) {
                return Err(self.refused(name));
            }
        }
        Ok(())
    }

    /// Refuses options that Spark knows and that are not served; what Spark itself
    /// does not know it ignores.
    ///
    /// # Errors
    /// If one of them is left.
    pub(crate) fn refuse(&self, known: &[&str]) -> Result<()> {
        match known.iter().find(|name| self.left.contains_key(**name)) {
            None => Ok(()),
            Some(name) => Err(self.refused(name)),
        }
    }

    fn refused(&self, name: &str) -> Error {
        Error::unsupported(format!("{}.option.{name}", self.purpose))
    }
}

/// # Errors
/// If there is any option.
pub(crate) fn refuse_all(options: &HashMap<String, String>) -> Result<()> {
    match options.keys().min() {
        None => Ok(()),
        Some(name) => Err(Error::unsupported(format!("read.option.{}", name.to_lowercase()))),
    }
}
