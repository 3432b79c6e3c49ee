//! Aggregates that keep a sketch, whose state between stages is its bytes.

use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
};

use crate::function::udaf::gather::{Rows, Work, gather};

/// A sketch in the making.
pub(crate) trait Sketch: Debug + Send + Sync {
    /// Takes rows in, a column an argument.
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()>;

    /// Takes in what another one's `state` gave.
    fn merge(&mut self, state: &[u8]) -> Result<()>;

    /// What is known so far; none if nothing is.
    fn state(&mut self) -> Result<Option<Vec<u8>>>;

    /// The aggregate's value.
    fn finish(&mut self) -> Result<ScalarValue>;

    /// About how many bytes it holds.
    fn size(&self) -> usize;
}

/// An empty sketch, from the constants and the arguments' types.
pub(crate) type Make = fn(&[ScalarValue], &[DataType]) -> Result<Box<dyn Sketch>>;

/// An aggregate, and how it does over rows that are gathered first: distinct ones, and
/// those of windows that move.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sketching {
    pub(crate) work: &'static Work,
    pub(crate) make: Make,
}

/// Aggregates by sketches: a static, its name, the type of its value, and how an empty
/// sketch is made.
macro_rules! sketches {
    ($($static:ident $name:literal $nulls:literal, $returns:expr, $make:expr;)*) => {
        $(pub(crate) static $static: $crate::function::sketch::Sketching = {
            static WORK: $crate::function::udaf::gather::Work =
                $crate::function::udaf::gather::Work {
                    name: $name,
                    nulls: $nulls,
                    nullable: false,
                    returns: $returns,
                    finish: |rows| $crate::function::sketch::of_rows(&$static, rows),
                };
            $crate::function::sketch::Sketching { work: &WORK, make: $make }
        };)*
    };
}
pub(super) use sketches;

/// The value for rows that are all there.
pub(crate) fn of_rows(sketching: &Sketching, rows: &Rows<'_>) -> Result<ScalarValue> {
    let types: Vec<_> = rows.columns.iter().map(|column| column.data_type().clone()).collect();
    let mut sketch = (sketching.make)(rows.constants, &types)?;
    sketch.update(&rows.columns)?;
    sketch.finish()
}

/// The aggregate with these constants.
pub(crate) fn sketching(
    sketching: &'static Sketching,
    constants: Vec<ScalarValue>,
) -> Arc<AggregateUDF> {
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(AggregateUDF::new_from_impl(Function { sketching, constants, signature }))
}

#[derive(Debug)]
struct Function {
    sketching: &'static Sketching,
    constants: Vec<ScalarValue>,
    signature: Signature,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.constants == other.constants
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
        self.constants.hash(state);
    }
}

impl Function {
    fn gathered(&self) -> Arc<AggregateUDF> {
        gather(self.sketching.work, self.constants.clone(), Vec::new())
    }
}

impl AggregateUDFImpl for Function {
    fn name(&self) -> &str {
        self.sketching.work.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        (self.sketching.work.returns)(arguments, &self.constants)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return self.gathered().accumulator(args);
        }
        let types = args.expr_fields.iter().map(|field| field.data_type().clone());
        let types: Vec<_> = types.collect();
        Ok(Box::new(Sketched((self.sketching.make)(&self.constants, &types)?)))
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        self.gathered().accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        if args.is_distinct {
            return self.gathered().state_fields(args);
        }
        let name = format_state_name(args.name, "sketch");
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn default_value(&self, data_type: &DataType) -> Result<ScalarValue> {
        ScalarValue::try_from(data_type)
    }
}

#[derive(Debug)]
struct Sketched(Box<dyn Sketch>);

impl Accumulator for Sketched {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.update(values)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.finish()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(self.0.state()?)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let states = states[0].as_binary::<i32>();
        states.iter().flatten().try_for_each(|state| self.0.merge(state))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.size()
    }
}
