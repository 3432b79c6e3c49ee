//! What is known of a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::proto::DataType;
use crate::source::{Buckets, KnownPartitions};
use crate::types;

/// Who owns a table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Dropping the table drops its rows.
    Managed,
    /// Rows are at a place of the user's.
    External,
    /// A query.
    View,
}

impl Kind {
    /// The name that Spark shows.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Managed => "MANAGED",
            Self::External => "EXTERNAL",
            Self::View => "VIEW",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Managed, Self::External, Self::View].into_iter().find(|kind| kind.name() == name)
    }
}

/// A table or a view.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableDefinition {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The format; empty for views.
    pub(crate) provider: String,
    /// Where the rows are; empty for views.
    pub(crate) location: String,
    /// All columns, those of partitions last: a struct.
    pub(crate) schema: DataType,
    pub(crate) partition_by: Vec<String>,
    /// The partitions that it knows of; all that are there if it is none.
    pub(crate) partitions: Option<Arc<KnownPartitions>>,
    pub(crate) buckets: Option<Buckets>,
    pub(crate) options: BTreeMap<String, String>,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) comment: Option<String>,
    /// A view's query.
    pub(crate) text: Option<String>,
    /// The catalog and database that names in a view's query are looked up in.
    pub(crate) text_namespace: Vec<String>,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
}

impl TableDefinition {
    /// Whether it is a query.
    pub(crate) fn is_view(&self) -> bool {
        self.kind == Kind::View
    }

    /// The definition as JSON text.
    pub(super) fn to_json(&self) -> String {
        let Self {
            name,
            kind,
            provider,
            location,
            schema,
            partition_by,
            partitions,
            buckets,
            options,
            properties,
            comment,
            text,
            text_namespace,
            created,
        } = self;
        json!({
            "name": name,
            "kind": kind.name(),
            "provider": provider,
            "location": location,
            "schema": types::json::to_json(schema),
            "partitionBy": partition_by,
            "knowsPartitions": partitions.is_some(),
            "buckets": buckets.as_ref().map(Buckets::to_json),
            "options": options,
            "properties": properties,
            "comment": comment,
            "text": text,
            "textNamespace": text_namespace,
            "created": created,
        })
        .to_string()
    }

    /// The definition without what it knows of partitions, which is kept beside.
    ///
    /// # Errors
    /// If the text is no definition.
    pub(super) fn from_json(text: &str) -> Result<Self> {
        let invalid = || Error::internal(format!("no definition of a table: {text}"));
        let value: Value = serde_json::from_str(text).map_err(|_| invalid())?;
        let object = value.as_object().ok_or_else(invalid)?;
        let string = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let knows = object.get("knowsPartitions").and_then(Value::as_bool).unwrap_or_default();
        Ok(Self {
            name: string("name").ok_or_else(invalid)?,
            kind: string("kind").and_then(|name| Kind::from_name(&name)).ok_or_else(invalid)?,
            provider: string("provider").unwrap_or_default(),
            location: string("location").unwrap_or_default(),
            schema: types::json::from_json(&string("schema").ok_or_else(invalid)?)?,
            partition_by: strings(object.get("partitionBy")),
            partitions: knows.then(Arc::default),
            buckets: object.get("buckets").and_then(Buckets::from_json),
            options: pairs(object.get("options")),
            properties: pairs(object.get("properties")),
            comment: string("comment"),
            text: string("text"),
            text_namespace: strings(object.get("textNamespace")),
            created: object.get("created").and_then(Value::as_i64).unwrap_or_default(),
        })
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The texts of a JSON object.
pub(super) fn pairs(value: Option<&Value>) -> BTreeMap<String, String> {
    let empty = Map::new();
    let object = value.and_then(Value::as_object).unwrap_or(&empty);
    let pairs =
        object.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    pairs.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn definitions_survive_json() {
        let definition = TableDefinition {
            name: "t".to_owned(),
            kind: Kind::External,
            provider: "csv".to_owned(),
            location: "file:/x".to_owned(),
            schema: crate::sql::parse_schema("a int not null comment 'c', b array<string>")
                .unwrap(),
            partition_by: vec!["b".to_owned()],
            partitions: Some(Arc::default()),
            buckets: Some(Buckets {
                count: 3,
                columns: vec!["a".to_owned()],
                sort_columns: Vec::new(),
            }),
            options: BTreeMap::from([("header".to_owned(), "true".to_owned())]),
            properties: BTreeMap::new(),
            comment: None,
            text: None,
            text_namespace: Vec::new(),
            created: 7,
        };
        let again = TableDefinition::from_json(&definition.to_json()).unwrap();
        assert_eq!(again, definition);
    }
}
