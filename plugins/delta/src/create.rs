//! `DeltaTable.create(..)` and its kin: tables without rows.

use std::collections::{BTreeMap, HashMap};

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion_spark_connect::proto::data_type::Kind;
use datafusion_spark_connect::{Error, NewTable, Result, SparkConnectPlanner, WhenThere};
use deltalake::DeltaTable;
use deltalake::kernel::{
    Action, EagerSnapshot, Metadata, MetadataExt as _, StructField, StructType, new_metadata,
};
use serde_json::json;

use crate::commit::{Commit, Operation, Reads, check_writable};
use crate::error::{OrDelta as _, analysis};
use crate::files;
use crate::proto::CreateDeltaTable;
use crate::proto::create_delta_table::{Column, Mode};
use crate::protocol::Needs;
use crate::source::SPARK_METADATA;
use crate::table::{At, Location, snapshot};
use crate::write::{GENERATED, Layout, delta_fields};

/// What a table is to be.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) columns: Vec<StructField>,
    pub(crate) partition_by: Vec<String>,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) comment: Option<String>,
}

impl Definition {
    /// # Errors
    /// If it is partitioned by a column that it does not have.
    pub(crate) fn new(
        columns: Vec<StructField>,
        partition_by: &[String],
        properties: BTreeMap<String, String>,
        comment: Option<String>,
    ) -> Result<Self> {
        let named = |name: &String| {
            let found = columns.iter().find(|column| column.name().eq_ignore_ascii_case(name));
            found.map(|column| column.name().clone()).ok_or_else(|| {
                analysis(
                    "DELTA_PARTITION_COLUMN_NOT_FOUND",
                    "42703",
                    format!("Partition column {name} is not a column of the table."),
                    &[("columnName", name)],
                )
            })
        };
        let partition_by = partition_by.iter().map(named).collect::<Result<Vec<_>>>()?;
        if !columns.is_empty() && partition_by.len() == columns.len() {
            return Err(analysis(
                "DELTA_CANNOT_USE_ALL_COLUMNS_FOR_PARTITION",
                "428FT",
                "Cannot use all columns for partition columns.",
                &[],
            ));
        }
        Ok(Self { columns, partition_by, properties, comment })
    }

    fn schema(&self) -> Result<StructType> {
        StructType::try_new(self.columns.iter().cloned()).map_err(Error::plugin)
    }

    /// The metadata of a new table.
    pub(crate) fn metadata(&self) -> Result<Metadata> {
        // These speak of the protocol, which has a place of its own.
        let is_stored = |key: &str| {
            !key.starts_with("delta.feature.")
                && key != "delta.minReaderVersion"
                && key != "delta.minWriterVersion"
        };
        let properties = self.properties.iter().filter(|(key, _)| is_stored(key));
        let metadata = new_metadata(&self.schema()?, &self.partition_by, properties).or_delta()?;
        match &self.comment {
            Some(comment) => metadata.with_description(comment.clone()).or_delta(),
            None => Ok(metadata),
        }
    }

    /// The metadata of a table that takes the place of another.
    pub(crate) fn metadata_after(&self, old: &Metadata) -> Result<Metadata> {
        self.metadata()?.with_table_id(old.id().to_owned()).or_delta()
    }

    /// What makes a table of it.
    pub(crate) fn actions(&self) -> Result<Vec<Action>> {
        let mut needs = Needs::default();
        needs.table(&self.schema()?, &self.properties)?;
        Ok(vec![Action::Protocol(needs.protocol()?), Action::Metadata(self.metadata()?)])
    }
}

/// What makes another table of one, its files aside.
pub(crate) fn made(before: &EagerSnapshot, layout: &Layout) -> Result<Vec<Action>> {
    let old = Needs::of(before.protocol());
    let mut needs = old.clone();
    let properties = layout.metadata.configuration().clone().into_iter().collect();
    needs.table(&layout.columns, &properties)?;
    let mut actions = Vec::new();
    if needs != old {
        actions.push(Action::Protocol(needs.protocol()?));
    }
    actions.push(Action::Metadata(layout.metadata.clone()));
    Ok(actions)
}

pub(crate) async fn create(
    message: &CreateDeltaTable,
    planner: &SparkConnectPlanner,
) -> Result<()> {
    let CreateDeltaTable {
        mode,
        table_name,
        location,
        comment,
        columns,
        partitioning_columns,
        properties,
        clustering_columns,
    } = message;
    if !clustering_columns.is_empty() {
        return crate::error::unsupported("create.cluster_by", "tables are not clustered here");
    }
    let mode = Mode::try_from(*mode).unwrap_or_default();
    let place = Place::of(table_name.as_deref(), location.as_deref(), planner).await?;
    let fields = columns.iter().map(|column| field(column, planner)).collect::<Result<Vec<_>>>()?;
    let definition = Definition::new(
        delta_fields(&Schema::new(fields))?,
        partitioning_columns,
        properties.clone().into_iter().collect(),
        comment.clone(),
    )?;
    let name = table_name.as_deref().unwrap_or(&place.location.shown);
    let found = place.location.find(&At::Latest).await?;
    match (mode, found) {
        (Mode::Unspecified, _) => return Err(Error::missing_field("mode")),
        (Mode::Replace, None) => return Err(cannot_replace(name)),
        (Mode::Create, _) if place.is_taken => return Err(already_there(name)),
        (Mode::Create, Some(_)) if place.new.is_none() => return Err(already_there(name)),
        (Mode::CreateIfNotExists, Some(_)) | (Mode::Create, Some(_)) => {
            // The rows were there before the name.
        }
        (Mode::Create | Mode::CreateIfNotExists | Mode::CreateOrReplace, None) => {
            make(&place.location, &definition, planner).await?;
        }
        (Mode::Replace | Mode::CreateOrReplace, Some(table)) => {
            replace(table, &definition, planner).await?;
        }
    }
    match place.new {
        Some(table) if !place.is_taken => planner.create_table(table).await.map(|_| ()),
        _ => Ok(()),
    }
}

/// Where a table is made, and what name it gets.
pub(crate) struct Place {
    pub(crate) location: Location,
    /// What the catalog is told, if the table has a name there.
    pub(crate) new: Option<NewTable>,
    /// Whether a table has that name.
    pub(crate) is_taken: bool,
}

impl Place {
    /// The place for a table by name, by path, or by both.
    pub(crate) async fn of(
        name: Option<&str>,
        path: Option<&str>,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        let by_path = |path: &str| -> Result<Self> {
            Ok(Self { location: Location::path(path)?, new: None, is_taken: false })
        };
        let Some(name) = name else {
            return match path {
                Some(path) => by_path(path),
                None => Err(Error::invalid_plan("a table needs a name or a location")),
            };
        };
        if let [format, own] = planner.parse_identifier(name)?.as_slice()
            && format.eq_ignore_ascii_case("delta")
        {
            return match path {
                Some(path) if Location::path(path)?.url != Location::path(own)?.url => {
                    Err(two_locations(own, path))
                }
                _ => by_path(own),
            };
        }
        let full = planner.table_name(name)?;
        let managed = planner.table_location(&full)?;
        let mut location = match Location::find_named(name, planner).await? {
            Some(known) => {
                let same = path.map(Location::path).transpose()?.is_none_or(|p| p.url == known.url);
                if !same {
                    return Err(two_locations(&known.display(), path.unwrap_or_default()));
                }
                return Ok(Self { location: known, new: None, is_taken: true });
            }
            None => Location::path(path.unwrap_or(&managed))?,
        };
        location.name = Some(planner.parse_identifier(name)?);
        let new = NewTable {
            provider: Some("delta".to_owned()),
            location: path.map(|_| location.display()),
            ..NewTable::new(full, WhenThere::Keep)
        };
        Ok(Self { location, new: Some(new), is_taken: false })
    }
}

fn two_locations(known: &str, given: &str) -> Error {
    analysis(
        "DELTA_CREATE_TABLE_IDENTIFIER_LOCATION_MISMATCH",
        "0AKDC",
        format!(
            "Creating path-based Delta table with a different location isn't supported. Identifier: {known}, Location: {given}."
        ),
        &[("identifier", known), ("location", given)],
    )
}

fn cannot_replace(name: &str) -> Error {
    analysis(
        "DELTA_CANNOT_REPLACE_MISSING_TABLE",
        "42P01",
        format!(
            "Table {name} cannot be replaced as it does not exist. Use CREATE OR REPLACE TABLE \
             to create the table."
        ),
        &[("tableName", name)],
    )
}

fn already_there(name: &str) -> Error {
    analysis(
        "TABLE_OR_VIEW_ALREADY_EXISTS",
        "42P07",
        format!(
            "Cannot create table or view {name} because it already exists. Choose a different \
             name, drop or replace the existing object, or add the IF NOT EXISTS clause to \
             tolerate pre-existing objects."
        ),
        &[("relationName", name)],
    )
}

/// A column as the builder describes it.
fn field(column: &Column, planner: &SparkConnectPlanner) -> Result<Field> {
    let Column { name, data_type, nullable, generated_always_as, comment, identity_info } = column;
    if identity_info.is_some() {
        return crate::error::unsupported(
            "create.identity_columns",
            "the numbers of identity columns are not kept",
        );
    }
    let data_type = data_type.as_ref().ok_or_else(|| Error::missing_field("data_type"))?;
    let data_type = match &data_type.kind {
        Some(Kind::Unparsed(text)) => {
            planner.arrow_type(&planner.parse_data_type(&text.data_type_string)?)?
        }
        _ => planner.arrow_type(data_type)?,
    };
    let mut metadata = serde_json::Map::new();
    if let Some(comment) = comment {
        metadata.insert("comment".to_owned(), json!(comment));
    }
    if let Some(expression) = generated_always_as {
        metadata.insert(GENERATED.to_owned(), json!(expression));
    }
    let metadata = match metadata.is_empty() {
        true => HashMap::new(),
        false => HashMap::from([(
            SPARK_METADATA.to_owned(),
            serde_json::Value::Object(metadata).to_string(),
        )]),
    };
    Ok(Field::new(name, data_type, *nullable).with_metadata(metadata))
}

/// Makes a table without rows.
pub(crate) async fn make(
    location: &Location,
    definition: &Definition,
    planner: &SparkConnectPlanner,
) -> Result<()> {
    if definition.columns.is_empty() {
        return Err(no_columns());
    }
    check(definition, planner)?;
    let table = location.create_handle()?;
    let actions = definition.actions()?;
    let operation = described("CREATE TABLE", definition);
    Commit { table, actions, reads: Reads::Nothing, operation }.run().await?;
    Ok(())
}

/// Makes a table without rows of one that is there.
pub(crate) async fn replace(
    table: DeltaTable,
    definition: &Definition,
    planner: &SparkConnectPlanner,
) -> Result<()> {
    if definition.columns.is_empty() {
        return Err(no_columns());
    }
    check(definition, planner)?;
    check_writable(&table, false)?;
    let before = snapshot(&table)?;
    let metadata = definition.metadata_after(before.metadata())?;
    let layout = Layout::of(&metadata, &planner.session().time_zone())?;
    let mut actions = made(before, &layout)?;
    actions.extend(files::of(&table)?.iter().map(|file| file.remove(true)));
    let operation = described("CREATE OR REPLACE TABLE", definition);
    Commit { table, actions, reads: Reads::Rows(None), operation }.run().await?;
    Ok(())
}

/// Constraints and generated columns must make sense before there are rows.
fn check(definition: &Definition, planner: &SparkConnectPlanner) -> Result<()> {
    let layout = Layout::of(&definition.metadata()?, &planner.session().time_zone())?;
    crate::write::check_rules(&layout, planner)
}

pub(crate) fn described(name: &'static str, definition: &Definition) -> Operation {
    let Definition { columns: _, partition_by, properties, comment } = definition;
    let operation = Operation::new(name)
        .with_json("partitionBy", &json!(partition_by))
        .with_json("clusterBy", &json!([]))
        .with_json("properties", &json!(properties));
    match comment {
        Some(comment) => operation.with("description", comment),
        None => operation,
    }
}

fn no_columns() -> Error {
    analysis(
        "DELTA_SCHEMA_NOT_PROVIDED",
        "42908",
        "Table schema is not provided. Please provide the schema (column definition) of the \
         table when using REPLACE table and an AS SELECT query is not provided.",
        &[],
    )
}
