//! Aggregates that need all rows: they gather them, and work at the end.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, ListArray, UInt32Array, new_empty_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{
    SortColumn, SortOptions, concat, filter, is_not_null, lexsort_to_indices, take,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
};

use super::percentile::PERCENTILE_APPROX_NAME;
use crate::types::fields::{fields_of, interval_field};

/// What an aggregate does with the rows it gathered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) name: &'static str,
    /// Whether rows whose first argument is NULL count.
    pub(crate) nulls: bool,
    /// Whether the result may be NULL.
    pub(crate) nullable: bool,
    /// The result's type, from those of the arguments and the constants.
    pub(crate) returns: fn(&[DataType], &[ScalarValue]) -> Result<DataType>,
    pub(crate) finish: fn(&Rows<'_>) -> Result<ScalarValue>,
}

/// The rows of a group.
pub(crate) struct Rows<'a> {
    /// The arguments, a column each.
    pub(crate) columns: Vec<ArrayRef>,
    /// What was given as a constant.
    pub(crate) constants: &'a [ScalarValue],
    /// The result's type.
    pub(crate) to: &'a DataType,
}

/// The type of the first argument, for results that are one of its values.
pub(super) fn own(types: &[DataType], _: &[ScalarValue]) -> Result<DataType> {
    Ok(types.first().cloned().unwrap_or(DataType::Null))
}

/// The aggregate with these constants; the last arguments, as many as there are
/// orders, sort its rows and are not handed on.
pub(crate) fn gather(
    work: &'static Work,
    constants: Vec<ScalarValue>,
    order: Vec<SortOptions>,
) -> Arc<AggregateUDF> {
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(AggregateUDF::new_from_impl(Gather { work, constants, order, signature }))
}

#[derive(Debug)]
struct Gather {
    work: &'static Work,
    constants: Vec<ScalarValue>,
    order: Vec<SortOptions>,
    signature: Signature,
}

impl PartialEq for Gather {
    fn eq(&self, other: &Self) -> bool {
        self.work.name == other.work.name
            && self.constants == other.constants
            && self.order == other.order
    }
}

impl Eq for Gather {}

impl Hash for Gather {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.work.name.hash(state);
        self.constants.hash(state);
    }
}

impl AggregateUDFImpl for Gather {
    fn name(&self) -> &str {
        self.work.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        (self.work.returns)(arguments, &self.constants)
    }

    fn is_nullable(&self) -> bool {
        self.work.nullable
    }

    fn return_field(&self, arguments: &[FieldRef]) -> Result<FieldRef> {
        let types: Vec<_> = arguments.iter().map(|field| field.data_type().clone()).collect();
        let to = self.return_type(&types)?;
        let fields = arguments.first().and_then(|first| fields_of(first));
        let field = match (&to, fields) {
            (_, Some(_)) if self.work.name != PERCENTILE_APPROX_NAME => None,
            (DataType::List(element), Some(_)) => {
                let (name, own) = (element.name(), element.data_type());
                let element = interval_field(name, own, fields, element.is_nullable())?;
                let list = DataType::List(Arc::new(element));
                Some(Field::new(self.name(), list, self.work.nullable))
            }
            (own, Some(_)) => Some(interval_field(self.name(), own, fields, self.work.nullable)?),
            _ => None,
        };
        Ok(Arc::new(field.unwrap_or_else(|| Field::new(self.name(), to, self.work.nullable))))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let types = args.expr_fields.iter().map(|field| field.data_type().clone());
        let types: Vec<_> = types.collect();
        Ok(Box::new(Gathered {
            work: self.work,
            constants: self.constants.clone(),
            order: self.order.clone(),
            distinct: args.is_distinct,
            to: self.return_field(args.expr_fields)?.data_type().clone(),
            chunks: vec![Vec::new(); types.len()],
            types,
            dropped: 0,
        }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let fields = args.input_fields.iter().enumerate().map(|(at, field)| {
            let list = DataType::new_list(field.data_type().clone(), true);
            let name = format_state_name(args.name, &format!("column{at}"));
            Arc::new(Field::new(name, list, true))
        });
        Ok(fields.collect())
    }

    fn default_value(&self, data_type: &DataType) -> Result<ScalarValue> {
        ScalarValue::try_from(data_type)
    }
}

#[derive(Debug)]
struct Gathered {
    work: &'static Work,
    constants: Vec<ScalarValue>,
    order: Vec<SortOptions>,
    distinct: bool,
    to: DataType,
    types: Vec<DataType>,
    chunks: Vec<Vec<ArrayRef>>,
    /// How many of the first rows left a window again.
    dropped: usize,
}

impl Gathered {
    /// Whether a row counts.
    fn present(&self, columns: &[ArrayRef]) -> Result<Option<BooleanArray>> {
        match columns.first() {
            Some(first) if !self.work.nulls && first.logical_null_count() > 0 => {
                match first.data_type() {
                    DataType::Null => Ok(Some(BooleanArray::from(vec![false; first.len()]))),
                    _ => Ok(Some(is_not_null(first)?)),
                }
            }
            _ => Ok(None),
        }
    }

    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let present = self.present(columns)?;
        for (chunks, column) in self.chunks.iter_mut().zip(columns) {
            chunks.push(match &present {
                Some(present) => filter(column, present)?,
                None => Arc::clone(column),
            });
        }
        Ok(())
    }

    fn columns(&self) -> Result<Vec<ArrayRef>> {
        let all = self.chunks.iter().zip(&self.types).map(|(chunks, data_type)| {
            let chunks: Vec<&dyn Array> = chunks.iter().map(AsRef::as_ref).collect();
            let all = if chunks.is_empty() { new_empty_array(data_type) } else { concat(&chunks)? };
            let dropped = self.dropped.min(all.len());
            Ok(all.slice(dropped, all.len() - dropped))
        });
        all.collect()
    }
}

impl Accumulator for Gathered {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values.first().map_or(0, |column| column.len());
        self.dropped += self.present(values)?.map_or(rows, |present| present.true_count());
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut columns = self.columns()?;
        if self.distinct {
            columns = distinct(&columns)?;
        }
        columns = sorted(columns, &self.order)?;
        (self.work.finish)(&Rows { columns, constants: &self.constants, to: &self.to })
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let lists = self.columns()?.into_iter().map(|column| {
            let field = Arc::new(Field::new_list_field(column.data_type().clone(), true));
            let offsets = OffsetBuffer::from_lengths([column.len()]);
            let list = ListArray::try_new(field, offsets, column, None)?;
            Ok(ScalarValue::List(Arc::new(list)))
        });
        lists.collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, |state| state.len());
        for row in 0..rows {
            let columns = states.iter().map(|state| match state.as_list_opt::<i32>() {
                Some(list) => Ok(list.value(row)),
                None => exec_err!("the state of {} is a list", self.work.name),
            });
            let columns = columns.collect::<Result<Vec<_>>>()?;
            self.add(&columns)?;
        }
        Ok(())
    }

    fn size(&self) -> usize {
        let chunks = self.chunks.iter().flatten();
        size_of::<Self>() + chunks.map(|chunk| chunk.get_array_memory_size()).sum::<usize>()
    }
}

/// The first of rows that are alike.
fn distinct(columns: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
    let fields = columns.iter().map(|column| SortField::new(column.data_type().clone()));
    let converter = RowConverter::new(fields.collect())?;
    let rows = converter.convert_columns(columns)?;
    let mut seen = std::collections::HashSet::new();
    let kept: UInt32Array = (0..rows.num_rows())
        .filter(|row| seen.insert(rows.row(*row)))
        .filter_map(|row| u32::try_from(row).ok())
        .collect::<Vec<_>>()
        .into();
    columns.iter().map(|column| Ok(take(column, &kept, None)?)).collect()
}

/// The rows in the order of the last columns, which go.
fn sorted(mut columns: Vec<ArrayRef>, order: &[SortOptions]) -> Result<Vec<ArrayRef>> {
    if order.is_empty() {
        return Ok(columns);
    }
    let keys = columns.split_off(columns.len().saturating_sub(order.len()));
    let keys: Vec<_> = keys
        .into_iter()
        .zip(order)
        .map(|(values, options)| SortColumn { values, options: Some(*options) })
        .collect();
    let indices = lexsort_to_indices(&keys, None)?;
    columns.iter().map(|column| Ok(take(column, &indices, None)?)).collect()
}
