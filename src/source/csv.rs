//! CSV.

use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::Session;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::provider_as_source;
use datafusion::functions_aggregate::expr_fn::{max, min};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use datafusion::physical_plan::collect;

use super::listing::Listing;
use super::options::Options;
use super::{FileTable, Format, Place};
use crate::error::Result;

/// How to read CSV.
#[derive(Debug, Clone)]
pub(crate) struct Csv {
    header: bool,
    infer: bool,
    separator: u8,
    quote: u8,
    escape: Option<u8>,
    comment: Option<u8>,
    multi_line: bool,
    null_value: Option<String>,
}

impl Csv {
    pub(super) fn new(options: &mut Options) -> Result<Self> {
        let separator = options.byte("sep")?;
        let delimiter = options.byte("delimiter")?;
        let csv = Self {
            header: options.flag("header", false)?,
            infer: options.flag("inferschema", false)?,
            separator: separator.or(delimiter).unwrap_or(b','),
            quote: options.byte("quote")?.unwrap_or(b'"'),
            escape: Some(options.byte("escape")?.unwrap_or(b'\\')),
            comment: options.byte("comment")?,
            multi_line: options.flag("multiline", false)?,
            null_value: options.take("nullvalue").filter(|text| !text.is_empty()),
        };
        options.allow_only(&[
            ("encoding", &["utf-8", "utf8"]),
            ("charset", &["utf-8", "utf8"]),
            ("mode", &["permissive"]),
            ("ignoreleadingwhitespace", &["false"]),
            ("ignoretrailingwhitespace", &["false"]),
            ("enforceschema", &["true"]),
            ("emptyvalue", &[""]),
        ])?;
        Ok(csv)
    }

    pub(super) fn file_format(&self) -> Arc<dyn FileFormat> {
        let escape = self.escape.filter(|byte| *byte != 0 && *byte != self.quote);
        let format = CsvFormat::default()
            .with_has_header(self.header)
            .with_delimiter(self.separator)
            .with_quote(self.quote)
            .with_escape(escape)
            .with_comment(self.comment.filter(|byte| *byte != 0))
            .with_newlines_in_values(self.multi_line)
            .with_null_regex(
                self.null_value.as_ref().map(|text| format!("^{}$|^$", escape_regex(text))),
            )
            .with_schema_infer_max_rec(if self.infer { usize::MAX } else { 0 });
        Arc::new(format)
    }

    /// Names from the header or `_c0`, `_c1`; types only if asked for.
    pub(super) async fn infer(&self, listing: &Listing, state: &dyn Session) -> Result<SchemaRef> {
        let format = Format::Csv(self.clone());
        let found = format.first(listing, state).await?;
        let named = found.fields().iter().enumerate().map(|(at, field)| {
            let name = if self.header { field.name().clone() } else { format!("_c{at}") };
            Field::new(
                name,
                if self.infer { spark_type(field.data_type()) } else { DataType::Utf8 },
                true,
            )
        });
        let schema = Arc::new(Schema::new(named.collect::<Vec<_>>()));
        if self.infer { narrowed(schema, format, listing, state).await } else { Ok(schema) }
    }
}

fn escape_regex(text: &str) -> String {
    let special = |c: char| !c.is_alphanumeric() && c != '_' && !c.is_whitespace();
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

fn spark_type(inferred: &DataType) -> DataType {
    match inferred {
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Null => DataType::Utf8,
        other => other.clone(),
    }
}

/// Whole numbers that all fit are INT, as Spark infers them.
async fn narrowed(
    schema: SchemaRef,
    format: Format,
    listing: &Listing,
    state: &dyn Session,
) -> Result<SchemaRef> {
    let whole = |field: &&Arc<Field>| field.data_type() == &DataType::Int64;
    let columns: Vec<_> = schema.fields().iter().filter(whole).map(|f| f.name().clone()).collect();
    if columns.is_empty() {
        return Ok(schema);
    }
    let place = Place::Listed(listing.clone());
    let table = FileTable::new(format, Arc::clone(&schema), Vec::new(), place);
    let table = provider_as_source(Arc::new(table));
    let column = |name: &String| Expr::Column(datafusion::common::Column::from_name(name));
    let bounds = columns.iter().enumerate().flat_map(|(at, name)| {
        [min(column(name)).alias(format!("min{at}")), max(column(name)).alias(format!("max{at}"))]
    });
    let plan = LogicalPlanBuilder::scan("csv", table, None)?
        .aggregate(Vec::<Expr>::new(), bounds.collect::<Vec<_>>())?
        .build()?;
    let plan = state.create_physical_plan(&plan).await?;
    let found = collect(plan, state.task_ctx()).await?;
    let fits = |at: usize| {
        found.iter().filter(|batch| batch.num_rows() > 0).all(|batch| {
            [2 * at, 2 * at + 1].into_iter().all(|column| {
                let values = batch.column(column).as_primitive::<Int64Type>();
                values.iter().flatten().all(|value| i32::try_from(value).is_ok())
            })
        })
    };
    let fields = schema.fields().iter().map(|field| {
        match columns.iter().position(|name| name == field.name()) {
            Some(at) if fits(at) => Field::clone(field).with_data_type(DataType::Int32),
            _ => Field::clone(field),
        }
    });
    Ok(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
}
