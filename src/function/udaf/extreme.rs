//! `max_by` and `min_by`: the value of the row whose key is largest, or smallest. Of
//! several such rows it is the last, as in Spark.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
};

use super::gather::{Rows, Work, gather, own};

/// `max_by(value, key)`.
pub(crate) static MAX_BY: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| Extreme::function(true));

/// `min_by(value, key)`.
pub(crate) static MIN_BY: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| Extreme::function(false));

/// Windows that slide keep their rows: what leaves may have been the best.
static SLIDING_MAX: Work =
    Work { name: "spark_max_by", finish: |rows| last_best(rows, true), ..KEPT };
static SLIDING_MIN: Work =
    Work { name: "spark_min_by", finish: |rows| last_best(rows, false), ..KEPT };

const KEPT: Work = Work {
    name: "",
    nulls: true,
    nullable: true,
    returns: own,
    finish: |rows| ScalarValue::try_from(rows.to),
};

fn last_best(rows: &Rows<'_>, largest: bool) -> Result<ScalarValue> {
    let [values, keys] = rows.columns.as_slice() else {
        return exec_err!("rows have a value and a key");
    };
    let mut best = Best::new(largest, values.data_type(), keys.data_type())?;
    best.look(values, keys)?;
    Ok(best.value)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Extreme {
    largest: bool,
    signature: Signature,
}

impl Extreme {
    fn function(largest: bool) -> Arc<AggregateUDF> {
        let signature = Signature::any(2, Volatility::Immutable);
        Arc::new(AggregateUDF::new_from_impl(Self { largest, signature }))
    }
}

impl AggregateUDFImpl for Extreme {
    fn name(&self) -> &str {
        if self.largest { SLIDING_MAX.name } else { SLIDING_MIN.name }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        own(arguments, &[])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let [value, key] = args.expr_fields else {
            return exec_err!("{} takes a value and a key", self.name());
        };
        Ok(Box::new(Best::new(self.largest, value.data_type(), key.data_type())?))
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        let work = if self.largest { &SLIDING_MAX } else { &SLIDING_MIN };
        gather(work, Vec::new(), Vec::new()).accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let fields = args.input_fields.iter().zip(["value", "key"]).map(|(field, part)| {
            let name = format_state_name(args.name, part);
            Arc::new(Field::new(name, field.data_type().clone(), true))
        });
        Ok(fields.collect())
    }
}

/// The best row so far.
#[derive(Debug)]
struct Best {
    largest: bool,
    converter: RowConverter,
    row: Option<OwnedRow>,
    key: ScalarValue,
    value: ScalarValue,
}

impl Best {
    fn new(largest: bool, value: &DataType, key: &DataType) -> Result<Self> {
        Ok(Self {
            largest,
            converter: RowConverter::new(vec![SortField::new(key.clone())])?,
            row: None,
            key: ScalarValue::try_from(key)?,
            value: ScalarValue::try_from(value)?,
        })
    }

    /// Rows whose key is NULL do not count.
    fn look(&mut self, values: &ArrayRef, keys: &ArrayRef) -> Result<()> {
        let rows = self.converter.convert_columns(std::slice::from_ref(keys))?;
        let nulls = keys.logical_nulls();
        let present = |at: &usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(*at));
        let best = (0..rows.num_rows()).filter(present).reduce(|best, at| {
            let order = rows.row(at).cmp(&rows.row(best));
            if self.improves(order) { at } else { best }
        });
        let Some(best) = best else { return Ok(()) };
        let row = rows.row(best);
        if self.row.as_ref().is_none_or(|own| self.improves(row.cmp(&own.row()))) {
            self.row = Some(row.owned());
            self.key = ScalarValue::try_from_array(keys, best)?;
            self.value = ScalarValue::try_from_array(values, best)?;
        }
        Ok(())
    }

    /// Whether a row that compares so to the best one is the better: the later of equals is.
    fn improves(&self, order: std::cmp::Ordering) -> bool {
        if self.largest { order.is_ge() } else { order.is_le() }
    }
}

impl Accumulator for Best {
    fn update_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        match columns {
            [values, keys] => self.look(values, keys),
            _ => exec_err!("rows have a value and a key"),
        }
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.value.clone(), self.key.clone()])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(self.value.clone())
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.converter.size() + self.key.size() + self.value.size()
    }
}
