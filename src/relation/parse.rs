//! `parse`: the texts of a relation's only column as records of CSV, JSON or XML.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::ExprSchema as _;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;

use super::read::normal;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::execute;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto::parse::ParseFormat;
use crate::record::Options;
use crate::source::{Format, StringTable, infer_texts, nullable};
use crate::types::{self, arrow_sql_name};
use crate::{proto, record};

pub(super) async fn plan(
    message: &proto::Parse,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Parse { input: _, format, schema, options } = message;
    let input = context.input()?;
    check(input)?;
    let session = context.planner.session();
    let time_zone = session.time_zone();
    let mut options = Options::reading(options);
    options.set_default("columnnameofcorruptrecord", || {
        session.conf().get_option("spark.sql.columnNameOfCorruptRecord")
    });
    let format = match ParseFormat::try_from(*format).unwrap_or_default() {
        ParseFormat::Csv => Format::Csv(record::csv::Csv::take(&mut options, &time_zone)?),
        ParseFormat::Json => Format::Json(record::json::Json::take(&mut options, &time_zone)?),
        ParseFormat::Xml => Format::Xml(record::xml::Xml::take(&mut options, &time_zone, false)?),
        ParseFormat::Unspecified => return Err(Error::missing_field("format")),
    };
    let given = schema.as_ref().filter(|schema| !types::is_empty_struct(schema));
    let given =
        given.map(|schema| types::to_schema(schema, &time_zone)).transpose().at("schema")?;
    let (schema, header) = match given {
        Some(schema) => (nullable(&schema), None),
        None => {
            let (_, batches) = execute::collect(context.planner, input).await?;
            infer_texts(&format, &batches, &time_zone)?
        }
    };
    format.check(schema.fields())?;
    let texts = input.to_output_plan()?;
    let table = Arc::new(StringTable::new(texts, format, schema, header));
    let plan = LogicalPlanBuilder::scan("texts", provider_as_source(table), None)?;
    normal::leaf(plan.build()?, Arc::from([]), &time_zone)
}

/// # Errors
/// If there is another column than one of texts.
fn check(input: &Planned) -> Result<()> {
    let [entry] = input.columns().entries() else {
        let schema: Arc<Schema> = input.schema()?;
        let name = types::sql_name(&types::from_schema(&schema)?);
        return Err(not_text(name));
    };
    match input.df_schema().data_type(entry.column())? {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Ok(()),
        other => Err(not_text(arrow_sql_name(other))),
    }
}

fn not_text(name: String) -> Error {
    Error::analysis(
        Condition::DATAFRAME_INPUT_NOT_STRING_TYPE,
        [("dataType", format!("\"{name}\""))],
    )
}
