//! Options of readers and writers: honoured or refused, never dropped.

use std::collections::{BTreeMap, HashMap};

use crate::error::{Error, Result};

/// Options by lower-case name; whoever honours one takes it out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    left: BTreeMap<String, String>,
    /// `read` or `write`, for the names of what is refused.
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

    fn new(options: &HashMap<String, String>, purpose: &'static str) -> Self {
        let left = options.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
        Self { left: left.collect(), purpose }
    }

    /// An option's text.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.left.remove(name)
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
    pub(crate) fn byte(&mut self, name: &str) -> Result<Option<u8>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match value.replace("\\t", "\t").as_bytes() {
            [] | [0] => Ok(Some(0)),
            [byte] => Ok(Some(*byte)),
            _ => Err(self.refused(&format!("{name}.several_characters"))),
        }
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

/// What readers of all files may be told, and are not here.
pub(crate) const OF_ALL_READERS: &[&str] = &[
    "ignorecorruptfiles",
    "ignoremissingfiles",
    "modifiedafter",
    "modifiedbefore",
    "pathglobfilter",
    "recursivefilelookup",
];

/// # Errors
/// If there is any option.
pub(crate) fn refuse_all(options: &HashMap<String, String>) -> Result<()> {
    match options.keys().min() {
        None => Ok(()),
        Some(name) => Err(Error::unsupported(format!("read.option.{}", name.to_lowercase()))),
    }
}

/// What writers of all files may be told, and are not here.
pub(crate) const OF_ALL_WRITERS: &[&str] = &["maxrecordsperfile"];
