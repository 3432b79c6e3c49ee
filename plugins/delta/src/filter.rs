//! Conditions over partition columns, which hold for whole files.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, StringArray, new_null_array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::{DFSchema, TableReference};
use datafusion::execution::SessionState;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::utils::{conjunction, split_conjunction};
use datafusion::physical_expr::PhysicalExpr;
use datafusion_spark_connect::Result;

use crate::error::OrArrow as _;
use crate::files::Partition;

/// A condition over partition columns, ready to be asked.
#[derive(Clone)]
pub(crate) struct PartitionFilter {
    condition: Arc<dyn PhysicalExpr>,
    schema: SchemaRef,
}

impl fmt::Debug for PartitionFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PartitionFilter").field(&self.condition).finish()
    }
}

impl PartitionFilter {
    /// What a condition says about partitions; none if it says nothing.
    ///
    /// `schema` has the table's columns, and `qualifier` is what they are qualified
    /// with in the condition.
    pub(crate) fn of(
        condition: &Expr,
        schema: &Schema,
        partition_by: &[String],
        qualifier: Option<&TableReference>,
        state: &SessionState,
    ) -> Result<Option<Self>> {
        let is_partition = |name: &str| partition_by.iter().any(|column| column == name);
        let parts = split_conjunction(condition);
        let about: Vec<Expr> = parts
            .into_iter()
            .filter(|part| {
                let columns = part.column_refs();
                !part.is_volatile()
                    && !columns.is_empty()
                    && columns.iter().all(|column| is_partition(column.name()))
            })
            .cloned()
            .collect();
        let Some(about) = conjunction(about) else { return Ok(None) };
        let fields: Vec<_> = schema
            .fields()
            .iter()
            .filter(|field| is_partition(field.name()))
            .map(|field| Field::new(field.name(), field.data_type().clone(), true))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let named = match qualifier {
            Some(table) => DFSchema::try_from_qualified_schema(table.clone(), &schema)?,
            None => DFSchema::try_from(Arc::clone(&schema))?,
        };
        let condition = state.create_physical_expr(about, &named)?;
        Ok(Some(Self { condition, schema }))
    }

    /// For each partition whether the condition holds.
    pub(crate) fn holds<'p>(
        &self,
        partitions: impl IntoIterator<Item = &'p Partition>,
    ) -> Result<Vec<bool>> {
        let partitions: Vec<_> = partitions.into_iter().collect();
        let batch = batch(&partitions, &self.schema)?;
        let values = self.condition.evaluate(&batch)?.into_array(batch.num_rows())?;
        let values = values.as_boolean();
        Ok((0..partitions.len()).map(|at| values.is_valid(at) && values.value(at)).collect())
    }

    /// Whether the condition may hold for a partition of which perhaps nothing is known.
    pub(crate) fn may_hold(&self, partition: Option<&Partition>) -> Result<bool> {
        match partition {
            Some(partition) => Ok(self.holds([partition])?.first().copied().unwrap_or(true)),
            None => Ok(true),
        }
    }
}

/// Partitions as rows.
pub(crate) fn batch(partitions: &[&Partition], schema: &SchemaRef) -> Result<RecordBatch> {
    let column = |field: &Arc<Field>| {
        let texts = partitions.iter().map(|values| {
            let value = values.get(field.name())?.as_deref();
            value.filter(|text| !text.is_empty())
        });
        parsed(StringArray::from_iter(texts), field.data_type())
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(partitions.len()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options).or_arrow()
}

/// Values as the log writes them, which is in UTC for times.
fn parsed(texts: StringArray, data_type: &DataType) -> Result<ArrayRef> {
    match data_type {
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
            let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
            cast(&cast(&texts, &utc).or_arrow()?, data_type).or_arrow()
        }
        DataType::Null => Ok(new_null_array(data_type, texts.len())),
        other => cast(&texts, other).or_arrow(),
    }
}

/// Partitions that differ.
pub(crate) fn distinct<'p>(partitions: impl IntoIterator<Item = &'p Partition>) -> usize {
    let sorted = |values: &'p Partition| values.iter().collect::<BTreeSet<_>>();
    partitions.into_iter().map(sorted).collect::<BTreeSet<_>>().len()
}

/// Things of one partition each, together by partition, in the order of their first.
pub(crate) fn grouped<T>(
    things: Vec<T>,
    partition: impl Fn(&T) -> &Partition,
) -> Vec<(Partition, Vec<T>)> {
    let mut places = HashMap::new();
    let mut groups: Vec<(Partition, Vec<T>)> = Vec::new();
    for thing in things {
        let values = partition(&thing).clone();
        let key: Vec<_> = values.clone().into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let at = *places.entry(key).or_insert_with(|| {
            groups.push((values, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, group)) = groups.get_mut(at) {
            group.push(thing);
        }
    }
    groups
}
