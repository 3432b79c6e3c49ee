//! Texts of CSV, JSON and XML as values, and values as such texts, by what the readers
//! and writers of files know.

mod read;
mod write;

pub(crate) use read::reader;
pub(crate) use write::writer;

use datafusion::common::exec_err;

use crate::error::Result;
use crate::record::{Options, csv::Csv, json::Json, xml::Xml};

/// What the texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Json,
    Xml,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Csv, Self::Json, Self::Xml].into_iter().find(|format| format.name() == name)
    }
}

/// Options as a call gives them.
pub(crate) type Given = [(String, String)];

fn taken(given: &Given, purpose: &'static str) -> Options {
    let given = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Options::of_function(given, purpose)
}

/// The type of a text as SQL writes it; none if the text is malformed.
///
/// # Errors
/// If an option is not served, or is none; if malformed texts are to be errors.
pub(crate) fn schema_of(
    format: Format,
    text: &str,
    zone: &str,
    given: &Given,
) -> Result<Option<String>> {
    Ok(match format {
        Format::Csv => {
            let mut options = taken(given, "function.schema_of_csv");
            Some(Csv::take(&mut options, zone)?.schema_of(text, zone)?)
        }
        Format::Json => {
            let mut options = taken(given, "function.schema_of_json");
            Json::take(&mut options, zone)?.schema_of(text, zone)
        }
        Format::Xml => {
            let mut options = taken(given, "function.schema_of_xml");
            Some(Xml::take(&mut options, zone, false)?.schema_of(text, zone)?)
        }
    })
}

/// A format, a time zone and options as a function's parameters.
fn parameters(format: Format, zone: &str, given: &Given) -> Vec<String> {
    let options = given.iter().flat_map(|(name, value)| [name.clone(), value.clone()]);
    [format.name().to_owned(), zone.to_owned()].into_iter().chain(options).collect()
}

/// A format, a time zone and options.
type Parts<'p> = (Format, &'p str, Vec<(String, String)>);

/// What [`parameters`] made.
fn from_parameters(parameters: &[String]) -> datafusion::common::Result<Parts<'_>> {
    let [format, zone, options @ ..] = parameters else {
        return exec_err!("a format and a time zone are needed");
    };
    let Some(format) = Format::of(format) else { return exec_err!("{format} is no format") };
    let options = options.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    Ok((format, zone, options.collect()))
}
