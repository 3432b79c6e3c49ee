//! `DESCRIBE`.

use datafusion::arrow::datatypes::Schema;
use serde_json::json;

use super::answer::{Column, table, texts};
use super::namespace::find;
use super::{Known, WHOLE, known, quoted};
use crate::catalog::Kind;
use crate::error::{Condition, Error, Result};
use crate::function::is_builtin;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::same_name;
use crate::proto::data_type::{Kind as TypeKind, StructField};
use crate::proto::{DataType, Relation};
use crate::sql::action::{Describe, Name};
use crate::types;

/// A row of a description.
type Row = (String, String, Option<String>);

pub(super) async fn describe(planner: &SparkConnectPlanner, what: &Describe) -> Result<Relation> {
    match what {
        Describe::Table { name, column, extended, json } => {
            of_table(planner, name, column.as_ref(), *extended, *json).await
        }
        Describe::Namespace { name, extended } => namespace(planner, name, *extended),
        Describe::Function { name, extended } => function(planner, name, *extended),
        Describe::Query(query) => {
            let planned = planner.for_schema().plan_relation(query).await?;
            rows(columns(&schema_of(&*planned.schema()?)?))
        }
    }
}

fn schema_of(schema: &Schema) -> Result<DataType> {
    types::from_schema(schema)
}

fn fields(schema: &DataType) -> &[StructField] {
    match &schema.kind {
        Some(TypeKind::Struct(columns)) => &columns.fields,
        _ => &[],
    }
}

fn metadata(field: &StructField, key: &str) -> Option<String> {
    let metadata: serde_json::Value = serde_json::from_str(field.metadata.as_deref()?).ok()?;
    Some(metadata.get(key)?.as_str()?.to_owned())
}

fn simple(field: &StructField) -> String {
    field.data_type.as_ref().map(types::simple_string).unwrap_or_default()
}

/// A row for each column.
fn columns(schema: &DataType) -> Vec<Row> {
    let row = |field: &StructField| (field.name.clone(), simple(field), metadata(field, "comment"));
    fields(schema).iter().map(row).collect()
}

fn rows(rows: Vec<Row>) -> Result<Relation> {
    table(vec![
        texts("col_name", rows.iter().map(|(name, ..)| name.clone())),
        texts("data_type", rows.iter().map(|(_, text, _)| text.clone())),
        Column::Texts("comment", true, rows.into_iter().map(|(.., comment)| comment).collect()),
    ])
}

fn heading(text: &str) -> Row {
    (text.to_owned(), String::new(), Some(String::new()))
}

async fn of_table(
    planner: &SparkConnectPlanner,
    name: &[String],
    column: Option<&Name>,
    extended: bool,
    json: bool,
) -> Result<Relation> {
    if let Some(planned) = temporary(planner, name) {
        let schema = schema_of(&*planned.schema()?)?;
        return match column {
            Some(column) => of_column(&schema, column, name),
            None => rows(columns(&schema)),
        };
    }
    let known = match known(planner, name)? {
        Some(known) => known,
        None => return foreign(planner, name, column).await,
    };
    let schema = &known.definition.schema;
    if let Some(column) = column {
        return of_column(schema, column, &known.path());
    }
    if json {
        return as_json(&known);
    }
    let mut described = columns(schema);
    if !known.definition.partition_by.is_empty() {
        described.push(heading("# Partition Information"));
        let comment = Some("comment".to_owned());
        described.push(("# col_name".to_owned(), "data_type".to_owned(), comment));
        let is_key = |row: &&Row| {
            known.definition.partition_by.iter().any(|column| same_name(column, &row.0))
        };
        let keys: Vec<Row> = columns(schema).iter().filter(is_key).cloned().collect();
        described.extend(keys);
    }
    if extended {
        described.push(heading(""));
        described.push(heading("# Detailed Table Information"));
        let details = details(&known).into_iter();
        described.extend(details.map(|(key, value)| (key.to_owned(), value, Some(String::new()))));
    }
    let default = |field: &StructField| {
        Some((field.name.clone(), simple(field), Some(metadata(field, "CURRENT_DEFAULT")?)))
    };
    let defaults: Vec<Row> = fields(schema).iter().filter_map(default).collect();
    if !defaults.is_empty() {
        described.push(heading(""));
        described.push(heading("# Column Default Values"));
        described.extend(defaults);
    }
    rows(described)
}

fn temporary(
    planner: &SparkConnectPlanner,
    name: &[String],
) -> Option<crate::planner::planned::Planned> {
    match name {
        [view] => planner.session().views().get(view),
        [database, view] if same_name(database, crate::relation::read::table::GLOBAL_TEMP) => {
            planner.session().global_views().get(view)
        }
        _ => None,
    }
}

/// A table that is not the warehouse's.
async fn foreign(
    planner: &SparkConnectPlanner,
    name: &[String],
    column: Option<&Name>,
) -> Result<Relation> {
    let full = super::table::table_name(planner, name)?;
    let target = crate::table::target(planner, &full, name).await?;
    let schema = schema_of(target.schema(planner.session()).as_ref())?;
    match column {
        Some(column) => of_column(&schema, column, name),
        None => rows(columns(&schema)),
    }
}

fn of_column(schema: &DataType, column: &[String], table_name: &[String]) -> Result<Relation> {
    let wanted = column.last().map(String::as_str).unwrap_or_default();
    let field = fields(schema).iter().find(|field| same_name(&field.name, wanted));
    let field = field.ok_or_else(|| {
        let names: Vec<_> = fields(schema).iter().map(|f| format!("`{}`", f.name)).collect();
        let _ = table_name;
        Error::analysis(
            Condition::UNRESOLVED_COLUMN_WITH_SUGGESTION,
            [("objectName", quoted(column)), ("proposal", names.join(", "))],
        )
    })?;
    let comment = metadata(field, "comment").unwrap_or_else(|| "NULL".to_owned());
    table(vec![
        texts("info_name", ["col_name", "data_type", "comment"].map(str::to_owned)),
        texts("info_value", [field.name.clone(), simple(field), comment]),
    ])
}

/// What is known of a table beside its columns.
pub(super) fn details(known: &Known) -> Vec<(&'static str, String)> {
    let definition = &known.definition;
    let path = known.path();
    let created = chrono::DateTime::from_timestamp_millis(definition.created).unwrap_or_default();
    let mut details = vec![
        ("Catalog", path[0].clone()),
        ("Database", path[1].clone()),
        ("Table", path[2].clone()),
        ("Created Time", created.format("%a %b %d %H:%M:%S UTC %Y").to_string()),
        ("Last Access", "UNKNOWN".to_owned()),
        ("Created By", "Spark 4.3.0".to_owned()),
        ("Type", definition.kind.name().to_owned()),
    ];
    if definition.kind != Kind::View {
        details.push(("Provider", definition.provider.clone()));
    }
    if let Some(buckets) = &definition.buckets {
        let list = |names: &[String]| {
            let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("[{}]", quoted.join(", "))
        };
        details.push(("Num Buckets", buckets.count.to_string()));
        details.push(("Bucket Columns", list(&buckets.columns)));
        details.push(("Sort Columns", list(&buckets.sort_columns)));
    }
    if let Some(comment) = &definition.comment {
        details.push(("Comment", comment.clone()));
    }
    if let Some(text) = &definition.text {
        details.push(("View Text", text.clone()));
        details.push(("View Original Text", text.clone()));
        details.push(("View Schema Mode", "COMPENSATION".to_owned()));
        details.push(("View Catalog and Namespace", definition.text_namespace.join(".")));
        let names: Vec<_> = types::field_names(&definition.schema);
        details.push(("View Query Output Columns", format!("[{}]", names.join(", "))));
    }
    if !definition.properties.is_empty() {
        let pairs = definition.properties.iter().map(|(key, value)| format!("{key}={value}"));
        details.push(("Table Properties", format!("[{}]", pairs.collect::<Vec<_>>().join(", "))));
    }
    if !definition.location.is_empty() {
        details.push(("Location", definition.location.clone()));
    }
    if !definition.options.is_empty() {
        let pairs = definition.options.iter().map(|(key, value)| format!("{key}={value}"));
        details.push(("Storage Properties", format!("[{}]", pairs.collect::<Vec<_>>().join(", "))));
    }
    if !definition.partition_by.is_empty() {
        details.push(("Partition Provider", "Catalog".to_owned()));
    }
    details
}

fn as_json(known: &Known) -> Result<Relation> {
    let definition = &known.definition;
    let path = known.path();
    let column = |field: &StructField| json!({"name": field.name, "type": {"name": simple(field)}, "nullable": field.nullable});
    let created = chrono::DateTime::from_timestamp_millis(definition.created).unwrap_or_default();
    let text = json!({
        "table_name": path[2],
        "catalog_name": path[0],
        "namespace": [path[1]],
        "schema_name": path[1],
        "columns": fields(&definition.schema).iter().map(column).collect::<Vec<_>>(),
        "location": definition.location,
        "created_time": created.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "last_access": "UNKNOWN",
        "created_by": "Spark 4.3.0",
        "type": definition.kind.name(),
        "provider": definition.provider,
        "collation": "UTF8_BINARY",
    });
    table(vec![texts("json_metadata", [text.to_string()])])
}

fn namespace(planner: &SparkConnectPlanner, name: &[String], extended: bool) -> Result<Relation> {
    let database = find(planner, name)?;
    let definition = database.definition();
    let mut pairs = vec![
        ("Catalog Name", database.catalog.clone()),
        ("Namespace Name", database.name.clone()),
        ("Comment", definition.comment),
        ("Location", definition.location),
        ("Owner", owner()),
    ];
    if extended {
        let all = definition.properties.iter().map(|(key, value)| format!("({key},{value})"));
        let all = all.collect::<Vec<_>>().join(", ");
        pairs.push(("Properties", if all.is_empty() { all } else { format!("({all})") }));
    }
    table(vec![
        texts("info_name", pairs.iter().map(|(key, _)| (*key).to_owned())),
        Column::Texts("info_value", true, pairs.into_iter().map(|(_, text)| Some(text)).collect()),
    ])
}

fn owner() -> String {
    std::env::var("USER").unwrap_or_else(|_| "root".to_owned())
}

fn function(planner: &SparkConnectPlanner, name: &[String], extended: bool) -> Result<Relation> {
    let lower = name.last().map(|name| name.to_lowercase()).unwrap_or_default();
    let session = planner.session();
    let full = [session.current_catalog(), session.current_database(), lower.clone()].join(".");
    let routines = super::routine::routines(planner);
    if let Some(routine) = routines.get(&lower).or_else(|| routines.get(&full)) {
        return of_routine(&routine, extended);
    }
    let is_operator = !lower.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if !is_builtin(&lower) && !is_operator {
        return Err(Error::analysis(
            Condition::UNRESOLVED_ROUTINE,
            [
                ("routineName", quoted(name)),
                (
                    "searchPath",
                    format!(
                        "[{WHOLE}{}]",
                        quoted(&[session.current_catalog(), session.current_database()])
                    ),
                ),
            ],
        ));
    }
    let lines = [format!("Function: {lower}"), "Usage: N/A.".to_owned()];
    table(vec![texts("function_desc", lines)])
}

fn of_routine(routine: &crate::session::routines::Routine, extended: bool) -> Result<Relation> {
    let function = &routine.function;
    if let Some(class) = &function.class {
        let name = function.name.last().map(String::as_str).unwrap_or_default();
        let mut lines = vec![
            format!("Function: {}", routine.shown),
            format!("Class: {class}"),
            "Usage: N/A.".to_owned(),
        ];
        if extended {
            lines.push(format!("Extended Usage:\n    No example/argument for {name}.\n"));
        }
        return table(vec![texts("function_desc", lines)]);
    }
    let pad = |key: &str| match extended {
        true => format!("{key:<15}"),
        false => format!("{key:<10}"),
    };
    let input: Vec<_> = function
        .parameters
        .iter()
        .map(|parameter| format!("{} {}", parameter.name, types::sql_name(&parameter.data_type)))
        .collect();
    let kind = if function.is_table { "TABLE" } else { "SCALAR" };
    let name = if extended { pad("Function:") } else { "Function: ".to_owned() };
    let mut lines = vec![format!("{name}{}", routine.shown), format!("{}{kind}", pad("Type:"))];
    let input = if input.is_empty() { "()".to_owned() } else { input.join(", ") };
    lines.push(format!("{}{input}", pad("Input:")));
    if let Some(returns) = &function.returns {
        lines.push(format!("{}{}", pad("Returns:"), types::sql_name(returns)));
    }
    if extended {
        if let Some(comment) = &function.comment {
            lines.push(format!("{}{comment}", pad("Comment:")));
        }
        lines.push(format!("{}true", pad("Deterministic:")));
        lines.push(format!("{}CONTAINS SQL", pad("Data Access:")));
        lines.push(format!("{}{}", pad("Body:"), function.body));
    }
    table(vec![texts("function_desc", lines)])
}
