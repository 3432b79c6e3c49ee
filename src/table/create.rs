//! Making tables.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::catalog::TableProvider;
use datafusion::common::ToDFSchema as _;
use datafusion::logical_expr::dml::InsertOp::{self, Append};
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};

use super::insert::insert;
use crate::catalog::{
    Database, Existing, Foreign, Kind, TableDefinition, TableName, drop_table, find_catalog,
    find_database, find_partitions, open_table, schema_not_found,
};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::same_name;
use crate::planner::planned::Planned;
use crate::plugin::{TABLE_COMMENT, TABLE_PROPERTY};
use crate::proto::DataType;
use crate::record::Options;
use crate::source::{self, Buckets, Choice, Format, KnownPartitions, nullable};
use crate::types;

/// What becomes of a table of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenThere {
    /// It is an error.
    Fail,
    /// The new one is not made.
    Keep,
    /// Its rows are replaced. Whether the table stays what it is otherwise is for the
    /// format to say.
    Overwrite,
    /// The new one takes its place.
    Replace,
}

impl WhenThere {
    /// Whether rows that are there go.
    pub(crate) fn is_replaced(self) -> bool {
        matches!(self, Self::Overwrite | Self::Replace)
    }
}

/// A table to make.
#[derive(Debug, Clone)]
pub struct NewTable {
    /// The name in full.
    pub name: TableName,
    /// The format; the session's default if there is none.
    pub provider: Option<String>,
    /// Where the rows are; the database's directory if there is none.
    pub location: Option<String>,
    /// The columns as they were declared; those of the files if there are none.
    pub schema: Option<DataType>,
    /// Columns whose values make folders.
    pub partition_by: Vec<String>,
    /// What spreads rows over files.
    pub buckets: Option<Buckets>,
    /// Options of the format.
    pub options: BTreeMap<String, String>,
    /// Properties of the user's own.
    pub properties: BTreeMap<String, String>,
    /// What it is for.
    pub comment: Option<String>,
    /// What becomes of a table of the same name.
    pub when_there: WhenThere,
}

impl NewTable {
    /// A table of this name and nothing else.
    pub fn new(name: TableName, when_there: WhenThere) -> Self {
        Self {
            name,
            provider: None,
            location: None,
            schema: None,
            partition_by: Vec::new(),
            buckets: None,
            options: BTreeMap::new(),
            properties: BTreeMap::new(),
            comment: None,
            when_there,
        }
    }

    fn format(&self, planner: &SparkConnectPlanner) -> String {
        let default = || planner.session().conf().get_option("spark.sql.sources.default");
        let format = self.provider.clone().or_else(default);
        format.unwrap_or_else(|| "parquet".to_owned()).to_lowercase()
    }
}

/// Makes a table without rows of ours; whether it was made.
///
/// # Errors
/// `TABLE_OR_VIEW_ALREADY_EXISTS`, `SCHEMA_NOT_FOUND`, and those of the format.
pub(crate) async fn create(planner: &SparkConnectPlanner, table: NewTable) -> Result<bool> {
    let Some(database) = place(planner, &table).await? else { return Ok(false) };
    let mut definition = definition(planner, &database, &table);
    let state = planner.state();
    let options: HashMap<_, _> = definition.options.clone().into_iter().collect();
    let time_zone = planner.session().time_zone();
    let mut reading = Options::reading(&options);
    let built_in = Format::new(&definition.provider, &mut reading, &time_zone)?;
    let is_built_in = built_in.is_some();
    match (built_in, &table.schema) {
        (Some(format), Some(schema)) => {
            format.check(types::to_schema(schema, "UTC")?.fields())?;
            definition.schema = schema.clone();
        }
        (Some(format), None) if table.location.is_some() => {
            let paths = std::slice::from_ref(&definition.location);
            let listing = source::list(paths, &Choice::default(), state.runtime_env()).await?;
            let folders = listing.columns(None, true, &time_zone)?;
            let in_files = format.infer(&listing, state.as_ref(), &time_zone).await?;
            let in_files = nullable(&in_files);
            definition.partition_by = folders.iter().map(|field| field.name().clone()).collect();
            let fields = in_files.fields().iter().chain(&folders).cloned().collect::<Vec<_>>();
            definition.schema = types::from_schema(&Schema::new(fields))?;
        }
        (Some(format), None) => return Err(nothing_to_infer_from(&format)),
        (None, schema) => {
            let schema = schema.as_ref().map(|schema| types::to_schema(schema, "UTC"));
            let foreign = foreign(&definition, schema.transpose()?);
            let provider = match &table.schema {
                // It is made elsewhere, and only gets a name here.
                None => foreign.read(&state).await?,
                Some(_) => {
                    let provider = foreign.create(&state, existing(table.when_there)).await?;
                    insert(planner, provider.as_ref(), &no_rows(&provider)?, Append).await?;
                    provider
                }
            };
            definition.schema = types::from_schema(provider.schema().as_ref())?;
        }
    }
    if is_built_in {
        definition.schema = partitions_last(&definition)?;
        // What is there already has to be recovered.
        let has_partitions = !definition.partition_by.is_empty();
        definition.partitions = has_partitions.then(Arc::default);
    }
    put(planner, &database, definition).await?;
    Ok(true)
}

/// Makes a table of the rows of a query.
///
/// # Errors
/// As [`create`], and those of running the query.
pub(crate) async fn create_as(
    planner: &SparkConnectPlanner,
    table: NewTable,
    query: &Planned,
) -> Result<bool> {
    let Some(database) = place(planner, &table).await? else { return Ok(false) };
    let mut definition = definition(planner, &database, &table);
    let options: HashMap<_, _> = definition.options.clone().into_iter().collect();
    let time_zone = planner.session().time_zone();
    let mut reading = Options::reading(&options);
    let built_in = Format::new(&definition.provider, &mut reading, &time_zone)?;
    let is_built_in = built_in.is_some();
    // Other formats keep columns where they are.
    let last = if is_built_in { table.partition_by.as_slice() } else { &[] };
    let rows = super::save::arranged(query, last)?;
    check_buckets(&rows, &table)?;
    let schema = rows.schema()?;
    definition.schema = types::from_schema(&nullable(&schema))?;
    let state = planner.state();
    let provider = match built_in {
        Some(_) => {
            super::save::encoding(&definition.provider, &options, &time_zone)?.check(&schema)?;
            open_table(&definition, &state, &time_zone).await?
        }
        None => {
            let schema = Schema::new(nullable(&schema).fields().clone());
            let existing = existing(table.when_there);
            foreign(&definition, Some(schema)).create(&state, existing).await?
        }
    };
    let operation = match table.when_there {
        WhenThere::Overwrite | WhenThere::Replace => InsertOp::Overwrite,
        WhenThere::Fail | WhenThere::Keep if table.location.is_some() => InsertOp::Overwrite,
        WhenThere::Fail | WhenThere::Keep => InsertOp::Append,
    };
    insert(planner, provider.as_ref(), &rows, operation).await?;
    if is_built_in && !definition.partition_by.is_empty() {
        let found = find_partitions(&definition, &state).await?;
        definition.partitions = Some(Arc::new(KnownPartitions::new(found)));
    }
    put(planner, &database, definition).await?;
    Ok(true)
}

/// # Errors
/// If a column that spreads rows over files, or sorts them in one, is not there.
fn check_buckets(rows: &Planned, table: &NewTable) -> Result<()> {
    let Some(buckets) = &table.buckets else { return Ok(()) };
    let names: Vec<&str> = rows.columns().names().collect();
    for name in buckets.columns.iter().chain(&buckets.sort_columns) {
        let is_there = names.iter().any(|own| same_name(own, name));
        if !is_there || table.partition_by.iter().any(|own| same_name(own, name)) {
            let schema = types::simple_string(&types::from_schema(rows.schema()?.as_ref())?);
            return Err(Error::analysis(
                Condition::PARTITION_COLUMN_NOT_FOUND,
                [("col", name.clone()), ("schemaCatalog", schema)],
            ));
        }
    }
    Ok(())
}

fn existing(when_there: WhenThere) -> Existing {
    match when_there {
        WhenThere::Fail => Existing::Refuse,
        WhenThere::Keep => Existing::Keep,
        WhenThere::Overwrite => Existing::Overwrite,
        WhenThere::Replace => Existing::Replace,
    }
}

/// A relation of a table's columns that has no rows.
fn no_rows(table: &Arc<dyn TableProvider>) -> Result<Planned> {
    let schema = table.schema().to_dfschema_ref()?;
    let none = EmptyRelation { produce_one_row: false, schema };
    Ok(Planned::from(LogicalPlan::EmptyRelation(none)))
}

fn foreign(definition: &TableDefinition, schema: Option<Schema>) -> Foreign<'_> {
    let properties = definition.properties.iter();
    let properties = properties.map(|(key, value)| (format!("{TABLE_PROPERTY}{key}"), value));
    let comment = definition.comment.iter().map(|text| (TABLE_COMMENT.to_owned(), text));
    let about = properties.chain(comment).map(|(key, value)| (key, value.clone())).collect();
    Foreign {
        format: &definition.provider,
        schema: schema.map(|schema| schema.with_metadata(about)),
        locations: vec![definition.location.clone()],
        partition_by: definition.partition_by.clone(),
        options: definition.options.clone().into_iter().collect(),
    }
}

/// The database that the table goes into; none if a table of the name is kept.
async fn place(planner: &SparkConnectPlanner, table: &NewTable) -> Result<Option<Database>> {
    let name = &table.name;
    let state = planner.state();
    if find_catalog(&state, &name.catalog).is_none() {
        let quote = [&*name.catalog, &name.database, &name.table].join(".");
        return Err(Error::analysis(
            Condition::CATALOG_FOR_IDENTIFIER_NOT_FOUND,
            [("quote", quote)],
        ));
    }
    let database = find_database(&state, &name.catalog, &name.database);
    let database = database.ok_or_else(|| schema_not_found(&name.catalog, &name.database))?;
    if database.warehouse().is_none() {
        return Err(Error::unsupported_because(
            "catalog.create_table_elsewhere",
            "tables are made in the catalog of a warehouse",
        ));
    }
    if database.table_name(&name.table).is_none() {
        return Ok(Some(database));
    }
    match table.when_there {
        WhenThere::Keep => Ok(None),
        WhenThere::Overwrite | WhenThere::Replace => Ok(Some(database)),
        WhenThere::Fail => Err(Error::analysis(
            Condition::TABLE_OR_VIEW_ALREADY_EXISTS,
            [("relationName", full_name(&database, &name.table).quoted())],
        )),
    }
}

fn full_name(database: &Database, table: &str) -> TableName {
    TableName {
        catalog: database.catalog.clone(),
        database: database.name.clone(),
        table: table.to_lowercase(),
    }
}

fn definition(
    planner: &SparkConnectPlanner,
    database: &Database,
    table: &NewTable,
) -> TableDefinition {
    let name = table.name.table.to_lowercase();
    let managed = format!("{}/{name}", database.definition().location);
    let location = table.location.as_ref().map(|location| match location.contains(':') {
        true => location.clone(),
        false => format!("file:{location}"),
    });
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TableDefinition {
        kind: if location.is_some() { Kind::External } else { Kind::Managed },
        location: location.unwrap_or(managed),
        provider: table.format(planner),
        name,
        schema: types::structure(Vec::new()),
        partition_by: table.partition_by.clone(),
        partitions: None,
        buckets: table.buckets.clone(),
        options: table.options.clone(),
        properties: table.properties.clone(),
        comment: table.comment.clone(),
        text: None,
        text_namespace: Vec::new(),
        created: i64::try_from(now.as_millis()).unwrap_or_default(),
    }
}

/// Puts the definition in the place of another, whose rows go if it owned them and
/// they are elsewhere.
async fn put(
    planner: &SparkConnectPlanner,
    database: &Database,
    definition: TableDefinition,
) -> Result<()> {
    let Some(warehouse) = database.warehouse() else {
        return Err(Error::internal("tables are made in a warehouse"));
    };
    let old = warehouse.table(&database.name, &definition.name);
    if old.is_some_and(|old| old.location != definition.location) {
        drop_table(&planner.state(), database, &definition.name).await?;
    }
    warehouse.put_table(&database.name, definition)
}

/// The columns, those of partitions last, in the order in which they were named.
fn partitions_last(definition: &TableDefinition) -> Result<DataType> {
    let schema = types::to_schema(&definition.schema, "UTC")?;
    let of = |name: &String| schema.fields().iter().find(|field| same_name(field.name(), name));
    let mut last = Vec::new();
    for name in &definition.partition_by {
        let field = of(name).ok_or_else(|| {
            Error::analysis(
                Condition::PARTITION_COLUMN_NOT_FOUND,
                [
                    ("col", name.clone()),
                    ("schemaCatalog", types::simple_string(&definition.schema)),
                ],
            )
        })?;
        last.push(Arc::clone(field));
    }
    let is_last = |field: &Field| last.iter().any(|own| own.name() == field.name());
    let first = schema.fields().iter().filter(|field| !is_last(field)).cloned();
    let fields: Vec<_> = first.chain(last.iter().cloned()).collect();
    types::from_schema(&nullable(&Schema::new(fields)))
}

fn nothing_to_infer_from(format: &Format) -> Error {
    Error::analysis(Condition::UNABLE_TO_INFER_SCHEMA, [("format", format.title().to_owned())])
}
