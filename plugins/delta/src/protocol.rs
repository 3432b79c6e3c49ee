//! Protocol versions and table features: what a table asks of its readers and writers.

use std::collections::{BTreeMap, BTreeSet};

use datafusion_spark_connect::{Error, Result};
use deltalake::kernel::{
    DataType, EagerSnapshot, PrimitiveType, Protocol, StructField, StructType,
};
use serde_json::json;

use crate::error::illegal_argument;

/// Features that versions before table features imply, by writer version.
const LEGACY: [(i32, &str); 7] = [
    (2, "appendOnly"),
    (2, "invariants"),
    (3, "checkConstraints"),
    (4, "changeDataFeed"),
    (4, "generatedColumns"),
    (5, "columnMapping"),
    (6, "identityColumns"),
];

/// Features that this plugin writes by, with whether readers must know them.
const KNOWN: [(&str, bool); 12] = [
    ("appendOnly", false),
    ("invariants", false),
    ("checkConstraints", false),
    ("generatedColumns", false),
    ("changeDataFeed", false),
    ("timestampNtz", true),
    ("deletionVectors", true),
    ("columnMapping", true),
    ("identityColumns", false),
    ("domainMetadata", false),
    ("v2Checkpoint", true),
    ("vacuumProtocolCheck", true),
];

/// The version from which table features are named one by one.
pub(crate) const READER_FEATURES: i32 = 3;
/// The same for writers.
pub(crate) const WRITER_FEATURES: i32 = 7;

/// What a protocol asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) reader: i32,
    pub(crate) writer: i32,
    /// Named features, with whether readers must know them.
    pub(crate) features: BTreeMap<String, bool>,
}

impl Default for Needs {
    fn default() -> Self {
        Self { reader: 1, writer: 2, features: BTreeMap::new() }
    }
}

/// All features that a protocol has, named or implied.
pub(crate) fn features_of(protocol: &Protocol) -> Vec<String> {
    let mut names = named(protocol.writer_features());
    names.extend(named(protocol.reader_features()));
    if protocol.min_writer_version() < WRITER_FEATURES {
        let implied = LEGACY.iter().filter(|(from, _)| protocol.min_writer_version() >= *from);
        names.extend(implied.map(|(_, name)| (*name).to_owned()));
    }
    names
}

fn named<F: std::fmt::Display>(features: Option<&[F]>) -> Vec<String> {
    features.unwrap_or_default().iter().map(ToString::to_string).collect()
}

impl Needs {
    /// What a protocol asks for now.
    pub(crate) fn of(protocol: &Protocol) -> Self {
        let readers: BTreeSet<String> = named(protocol.reader_features()).into_iter().collect();
        let mut features: BTreeMap<String, bool> = named(protocol.writer_features())
            .into_iter()
            .map(|name| (name.clone(), readers.contains(&name)))
            .collect();
        features.extend(readers.into_iter().map(|name| (name, true)));
        Self {
            reader: protocol.min_reader_version(),
            writer: protocol.min_writer_version(),
            features,
        }
    }

    /// Asks for a feature that has a place among the old versions, by that if it can.
    fn legacy(&mut self, writer: i32, name: &str) {
        match self.writer >= WRITER_FEATURES {
            true => self.feature(name, false),
            false => self.writer = self.writer.max(writer),
        }
    }

    /// Asks for a feature by name, and for the versions that know of names.
    pub(crate) fn feature(&mut self, name: &str, readers: bool) {
        if self.writer < WRITER_FEATURES {
            let implied = LEGACY.iter().filter(|(from, _)| self.writer >= *from);
            self.features.extend(implied.map(|(_, name)| ((*name).to_owned(), false)));
            self.writer = WRITER_FEATURES;
        }
        if readers {
            self.reader = READER_FEATURES;
        }
        self.features.insert(name.to_owned(), readers);
    }

    /// Asks for versions, by name for what the old ones imply where that is needed.
    pub(crate) fn upgrade(&mut self, reader: i32, writer: i32) {
        if writer >= WRITER_FEATURES && self.writer < WRITER_FEATURES {
            let implied = LEGACY.iter().filter(|(from, _)| self.writer >= *from);
            self.features.extend(implied.map(|(_, name)| ((*name).to_owned(), false)));
        }
        self.reader = self.reader.max(reader);
        self.writer = self.writer.max(writer);
    }

    /// Asks no more for a feature that only writers must know.
    pub(crate) fn without(&mut self, name: &str) {
        self.upgrade(self.reader, WRITER_FEATURES);
        self.features.remove(name);
    }

    /// Asks for what a schema and properties need.
    ///
    /// # Errors
    /// If a property needs what is not served.
    pub(crate) fn table(
        &mut self,
        schema: &StructType,
        properties: &BTreeMap<String, String>,
    ) -> Result<()> {
        if schema.fields().any(|field| has_ntz(field.data_type())) {
            self.feature("timestampNtz", true);
        }
        if schema.fields().any(|field| field.metadata().contains_key("delta.generationExpression"))
        {
            self.legacy(4, "generatedColumns");
        }
        for (key, value) in properties {
            self.property(key, value)?;
        }
        Ok(())
    }

    fn property(&mut self, key: &str, value: &str) -> Result<()> {
        let on = value.eq_ignore_ascii_case("true");
        match key {
            "delta.enableChangeDataFeed" if on => self.legacy(4, "changeDataFeed"),
            "delta.minReaderVersion" => self.reader = self.reader.max(version(key, value)?),
            "delta.minWriterVersion" => self.writer = self.writer.max(version(key, value)?),
            "delta.enableDeletionVectors" if on => self.feature("deletionVectors", true),
            "delta.columnMapping.mode" if !value.eq_ignore_ascii_case("none") => {
                return Err(refused("column_mapping"));
            }
            "delta.enableRowTracking" if on => return Err(refused("row_tracking")),
            "delta.enableInCommitTimestamps" if on => return Err(refused("in_commit_timestamps")),
            "delta.enableTypeWidening" if on => return Err(refused("type_widening")),
            key if key.starts_with("delta.constraints.") => self.legacy(3, "checkConstraints"),
            key => {
                if let Some(feature) = key.strip_prefix("delta.feature.") {
                    self.feature(feature, readers_must_know(feature)?);
                }
            }
        }
        Ok(())
    }

    /// The action for the log.
    pub(crate) fn protocol(&self) -> Result<Protocol> {
        let mut value = json!({
            "minReaderVersion": self.reader,
            "minWriterVersion": self.writer,
        });
        if self.writer >= WRITER_FEATURES {
            value["writerFeatures"] = json!(self.features.keys().collect::<Vec<_>>());
        }
        if self.reader >= READER_FEATURES {
            let readers = self.features.iter().filter(|(_, readers)| **readers);
            value["readerFeatures"] = json!(readers.map(|(name, _)| name).collect::<Vec<_>>());
        }
        serde_json::from_value(value).map_err(Error::plugin)
    }
}

fn refused(feature: &str) -> Error {
    Error::unsupported_because(format!("delta.{feature}"), "this server writes tables without it")
}

fn version(key: &str, value: &str) -> Result<i32> {
    value.parse().map_err(|_| {
        illegal_argument(
            "DELTA_INVALID_PROTOCOL_VERSION",
            "KD004",
            format!("{value} is no version for {key}."),
            &[("key", key), ("value", value)],
        )
    })
}

/// Whether readers must know a feature.
///
/// # Errors
/// If nobody here knows it.
pub(crate) fn readers_must_know(feature: &str) -> Result<bool> {
    let known = KNOWN.iter().find(|(name, _)| *name == feature);
    known.map(|(_, readers)| *readers).ok_or_else(|| {
        illegal_argument(
            "DELTA_UNSUPPORTED_FEATURES_IN_CONFIG",
            "56038",
            format!("The table feature {feature} is not known to this server."),
            &[("feature", feature)],
        )
    })
}

fn has_ntz(data_type: &DataType) -> bool {
    match data_type {
        DataType::Primitive(primitive) => *primitive == PrimitiveType::TimestampNtz,
        DataType::Array(array) => has_ntz(array.element_type()),
        DataType::Map(map) => has_ntz(map.key_type()) || has_ntz(map.value_type()),
        DataType::Struct(fields) | DataType::Variant(fields) => {
            fields.fields().any(|field| has_ntz(field.data_type()))
        }
    }
}

/// # Errors
/// If writing rows of the table takes what this server does not do.
pub(crate) fn check_written(snapshot: &EagerSnapshot) -> Result<()> {
    let on = |key: &str| {
        let value = snapshot.metadata().configuration().get(key);
        value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    let mapping = snapshot.metadata().configuration().get("delta.columnMapping.mode");
    if mapping.is_some_and(|mode| !mode.eq_ignore_ascii_case("none")) {
        return Err(refused("column_mapping"));
    }
    if on("delta.enableRowTracking") {
        return Err(refused("row_tracking"));
    }
    if on("delta.enableInCommitTimestamps") {
        return Err(refused("in_commit_timestamps"));
    }
    let is_identity =
        |field: &StructField| field.metadata().keys().any(|key| key.starts_with("delta.identity."));
    if snapshot.schema().fields().any(is_identity) {
        return Err(refused("identity_columns"));
    }
    Ok(())
}
