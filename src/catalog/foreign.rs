//! Formats that are not built in: DataFusion's table factories, by upper-case name.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::catalog::{TableProvider, TableProviderFactory};
use datafusion::common::{DFSchema, TableReference};
use datafusion::execution::SessionState;
use datafusion::logical_expr::CreateExternalTable;

use crate::error::{Condition, Error, Result};

/// A table of a format that an embedder or a plugin knows.
#[derive(Debug, Clone)]
pub(crate) struct Foreign<'a> {
    pub(crate) format: &'a str,
    pub(crate) schema: Option<Schema>,
    pub(crate) locations: Vec<String>,
    pub(crate) partition_by: Vec<String>,
    pub(crate) options: HashMap<String, String>,
}

/// What a factory is told of rows that will be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// There must be none.
    Refuse,
    /// New rows are added.
    Keep,
    /// New rows take their place; the table stays what it is.
    Overwrite,
    /// A new table takes its place.
    Replace,
}

impl Foreign<'_> {
    /// The table as it is.
    ///
    /// # Errors
    /// `DATA_SOURCE_NOT_FOUND` if nobody knows the format; those of the factory.
    pub(crate) async fn read(self, state: &SessionState) -> Result<Arc<dyn TableProvider>> {
        self.create(state, Existing::Keep).await
    }

    /// The table that rows are to be written into.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) async fn create(
        self,
        state: &SessionState,
        existing: Existing,
    ) -> Result<Arc<dyn TableProvider>> {
        let factory = self.factory(state)?;
        let schema = match self.schema {
            Some(schema) => DFSchema::try_from(schema)?,
            None => DFSchema::empty(),
        };
        let name = TableReference::bare(self.format);
        let command = CreateExternalTable::builder(name, "", self.format, Arc::new(schema))
            .with_locations(self.locations)
            .with_partition_cols(self.partition_by)
            .with_if_not_exists(matches!(existing, Existing::Keep | Existing::Overwrite))
            .with_or_replace(matches!(existing, Existing::Overwrite | Existing::Replace))
            .with_options(self.options)
            .build();
        Ok(factory.create(state, &command).await?)
    }

    /// # Errors
    /// `DATA_SOURCE_NOT_FOUND` if nobody knows the format.
    pub(crate) fn check_known(&self, state: &SessionState) -> Result<()> {
        self.factory(state).map(|_| ())
    }

    fn factory(&self, state: &SessionState) -> Result<Arc<dyn TableProviderFactory>> {
        // Those that DataFusion brings along are not Spark's formats of that name.
        const OWN: &[&str] = &["PARQUET", "CSV", "JSON", "NDJSON", "AVRO", "ARROW"];
        let name = self.format.to_uppercase();
        let factory = state.table_factories().get(&name);
        factory.filter(|_| !OWN.contains(&name.as_str())).cloned().ok_or_else(|| {
            Error::analysis(
                Condition::DATA_SOURCE_NOT_FOUND,
                [("provider", self.format.to_owned())],
            )
        })
    }
}
