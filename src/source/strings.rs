//! Texts of a relation as records: a table of what they say.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Fields, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result as DataFusionResult};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Expr, LogicalPlan, TableType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{
    ExecutionPlan, ExecutionPlanProperties as _, SendableRecordBatchStream,
};
use futures::stream;
use futures::{StreamExt as _, TryStreamExt as _};

use super::Format;
use super::format::{shared, without};
use crate::error::{Error, Result};
use crate::record::csv::{self, safe_header};
use crate::record::{Columns, Guess, Mode, Parse, Parsed, Rows, json, xml};

/// A relation of texts, each a record of a format.
#[derive(Debug)]
pub(crate) struct StringTable {
    /// The plan whose only column has the texts.
    texts: LogicalPlan,
    format: Format,
    schema: SchemaRef,
    /// A record that is none: the names of columns.
    header: Option<String>,
}

impl StringTable {
    pub(crate) fn new(
        texts: LogicalPlan,
        format: Format,
        schema: SchemaRef,
        header: Option<String>,
    ) -> Self {
        Self { texts, format, schema, header }
    }
}

/// The columns that fit all texts, and the text that names them.
///
/// # Errors
/// If a record is malformed where none may be.
pub(crate) fn infer(
    format: &Format,
    batches: &[RecordBatch],
    time_zone: &str,
) -> Result<(SchemaRef, Option<String>)> {
    let corrupt = format.corrupt();
    let fields = match format {
        Format::Json(own) => {
            let mut inference = json::Inference::new(own);
            each(batches, |text| inference.add(text))?;
            inference.finish(corrupt, time_zone)?
        }
        Format::Xml(own) => {
            let mut inference = xml::Inference::new(own);
            each(batches, |text| inference.record(text))?;
            inference.finish(corrupt, time_zone)
        }
        Format::Csv(own) => return infer_csv(own, batches, time_zone),
        _ => return Err(Error::internal("the format has no records")),
    };
    Ok((shared(fields), None))
}

fn infer_csv(
    csv: &csv::Csv,
    batches: &[RecordBatch],
    time_zone: &str,
) -> Result<(SchemaRef, Option<String>)> {
    let mut names: Option<(String, Vec<String>)> = None;
    let mut inference = None;
    each(batches, |text| {
        if csv.dialect.is_skipped(text) {
            return Ok(());
        }
        let pieces = csv.dialect.pieces(text)?;
        let (first, own) = match &names {
            Some((first, own)) => (first, own),
            None => {
                let own = safe_header(csv, &pieces, false);
                let (first, own) = names.insert((text.to_owned(), own));
                (&*first, &*own)
            }
        };
        let inference = inference.get_or_insert_with(|| csv::Inference::new(csv, own.len()));
        if !csv.header || first != text {
            inference.add(&pieces);
        }
        Ok(())
    })?;
    let (Some((first, names)), Some(inference)) = (names, inference) else {
        return Ok((shared(Fields::empty()), None));
    };
    let fields = names.into_iter().zip(inference.finish()).map(|(name, guess)| {
        let guess = if csv.infer { guess } else { Guess::Text };
        let data_type = guess.data_type(time_zone).unwrap_or(DataType::Utf8);
        datafusion::arrow::datatypes::Field::new(name, data_type, true)
    });
    Ok((shared(fields.collect()), csv.header.then_some(first)))
}

fn each(batches: &[RecordBatch], mut work: impl FnMut(&str) -> Result<()>) -> Result<()> {
    for batch in batches {
        let texts = cast(batch.column(0), &DataType::Utf8).map_err(DataFusionError::from)?;
        texts.as_string::<i32>().iter().flatten().try_for_each(&mut work)?;
    }
    Ok(())
}

#[async_trait]
impl TableProvider for StringTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let wanted = match projection {
            Some(columns) => {
                let field = |at: &usize| self.schema.fields().get(*at).cloned();
                shared(columns.iter().filter_map(field).collect::<Vec<FieldRef>>().into())
            }
            None => Arc::clone(&self.schema),
        };
        let texts = state.create_physical_plan(&self.texts).await?;
        let read = Arc::new(Reading {
            format: self.format.clone(),
            all: Arc::clone(&self.schema),
            wanted: Arc::clone(&wanted),
            header: self.header.clone(),
        });
        let count = texts.output_partitioning().partition_count();
        let parts = (0..count).map(|part| -> Arc<dyn PartitionStream> {
            Arc::new(Partition { read: Arc::clone(&read), texts: Arc::clone(&texts), part })
        });
        let plan =
            StreamingTableExec::try_new(wanted, parts.collect(), None, Vec::new(), false, limit)?;
        Ok(Arc::new(plan))
    }
}

/// What texts are read as.
#[derive(Debug)]
struct Reading {
    format: Format,
    all: SchemaRef,
    wanted: SchemaRef,
    header: Option<String>,
}

impl Reading {
    fn batch(&self, texts: &RecordBatch) -> Result<RecordBatch> {
        let columns = Columns::new(Arc::clone(&self.wanted), self.format.corrupt());
        let in_records = columns.in_records();
        let parser: Box<dyn Parse> = match &self.format {
            Format::Csv(csv) => {
                Box::new(csv.parser(&without(&self.all, self.format.corrupt()), &in_records)?)
            }
            Format::Json(json) => Box::new(json.parser(&in_records)?),
            Format::Xml(xml) => Box::new(xml.parser(&in_records)?),
            _ => return Err(Error::internal("the format has no records")),
        };
        let mode = self.format.mode();
        let mut rows = Rows::new(columns, mode);
        let texts = cast(texts.column(0), &DataType::Utf8).map_err(DataFusionError::from)?;
        for text in texts.as_string::<i32>().iter() {
            self.add(text, parser.as_ref(), mode, &mut rows)?;
        }
        rows.take()
    }

    fn add(
        &self,
        text: Option<&str>,
        parser: &dyn Parse,
        mode: Mode,
        rows: &mut Rows,
    ) -> Result<()> {
        match (&self.format, text) {
            (Format::Csv(_), None) => Ok(()),
            (Format::Csv(csv), Some(text)) if csv.dialect.is_skipped(text) => Ok(()),
            (Format::Csv(_), Some(text)) if self.header.as_deref() == Some(text) => Ok(()),
            (_, Some(text)) => rows.add(text, parser.parse(text)?),
            // NULL is malformed, but there is no text of it to keep.
            (_, None) if mode == Mode::Permissive => rows.add("", Parsed::Rows(vec![Vec::new()])),
            (_, None) => rows.add("null", Parsed::Bad(None)),
        }
    }
}

#[derive(Debug)]
struct Partition {
    read: Arc<Reading>,
    texts: Arc<dyn ExecutionPlan>,
    part: usize,
}

impl PartitionStream for Partition {
    fn schema(&self) -> &SchemaRef {
        &self.read.wanted
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let read = Arc::clone(&self.read);
        let rows = match self.texts.execute(self.part, context) {
            Ok(texts) => texts.map(move |batch| Ok(read.batch(&batch?)?)).boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        };
        let rows = rows.into_stream();
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.read.wanted), rows))
    }
}
