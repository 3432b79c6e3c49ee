//! Functions that take lambda functions: over the elements of an array.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, ListArray, UInt32Array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{interleave, take, take_arrays};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, HigherOrderFunctionArgs, HigherOrderReturnFieldArgs, HigherOrderSignature,
    HigherOrderUDF, HigherOrderUDFImpl, LambdaArgument, LambdaParametersProgress, ValueOrLambda,
    Volatility,
};

use super::nested::{as_list, packed};
use crate::function::coerce;

/// What becomes of the lambda function's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Transform,
    Filter,
    Exists,
    ForAll,
    Aggregate,
    Sort,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Higher {
    what: What,
    signature: HigherOrderSignature,
}

macro_rules! functions {
    ($($static:ident $what:ident;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<HigherOrderUDF>> = LazyLock::new(|| {
            let signature = HigherOrderSignature::variadic_any(Volatility::Immutable);
            Arc::new(HigherOrderUDF::new_from_impl(Higher { what: What::$what, signature }))
        });)*
    };
}

functions! {
    TRANSFORM Transform;
    FILTER Filter;
    EXISTS Exists;
    FOR_ALL ForAll;
    AGGREGATE Aggregate;
    SORT Sort;
}

/// What a lambda function over an array may take: the element, and its position.
pub(crate) fn element_parameters(array: &DataType) -> Option<Vec<FieldRef>> {
    let element = coerce::element(array)?;
    let value = Field::new("element", element.data_type().clone(), element.is_nullable());
    Some(vec![Arc::new(value), Arc::new(Field::new("index", DataType::Int32, false))])
}

type Fields<'a, L> = &'a [ValueOrLambda<FieldRef, L>];

fn value_field<'a, L>(fields: Fields<'a, L>, at: usize) -> Result<&'a FieldRef> {
    match fields.get(at) {
        Some(ValueOrLambda::Value(field)) => Ok(field),
        _ => exec_err!("a value is needed at {at}"),
    }
}

impl HigherOrderUDFImpl for Higher {
    fn name(&self) -> &str {
        match self.what {
            What::Transform => "spark_transform",
            What::Filter => "spark_filter",
            What::Exists => "spark_exists",
            What::ForAll => "spark_forall",
            What::Aggregate => "spark_aggregate",
            What::Sort => "spark_sort_by",
        }
    }

    fn signature(&self) -> &HigherOrderSignature {
        &self.signature
    }

    fn lambda_parameters(
        &self,
        _step: usize,
        fields: &[ValueOrLambda<FieldRef, Option<FieldRef>>],
    ) -> Result<LambdaParametersProgress> {
        let array = value_field(fields, 0)?;
        let Some(element) = element_parameters(array.data_type()) else {
            return exec_err!("an array is needed, not {}", array.data_type());
        };
        Ok(LambdaParametersProgress::Complete(match self.what {
            What::Aggregate => {
                let start = value_field(fields, 1)?;
                let total = Arc::new(Field::new("acc", start.data_type().clone(), true));
                vec![vec![Arc::clone(&total), Arc::clone(&element[0])], vec![total]]
            }
            What::Sort => vec![vec![Arc::clone(&element[0]), Arc::clone(&element[0])]],
            What::Transform | What::Filter | What::Exists | What::ForAll => vec![element],
        }))
    }

    fn return_field_from_args(&self, args: HigherOrderReturnFieldArgs<'_>) -> Result<FieldRef> {
        let array = value_field(args.arg_fields, 0)?;
        let lambda = |at: usize| match args.arg_fields.get(at) {
            Some(ValueOrLambda::Lambda(field)) => Ok(field),
            _ => exec_err!("a lambda function is needed at {at}"),
        };
        let (data_type, nullable) = match self.what {
            What::Transform => {
                let value = lambda(1)?;
                let list = DataType::new_list(value.data_type().clone(), value.is_nullable());
                (list, array.is_nullable())
            }
            What::Filter | What::Sort => match coerce::element(array.data_type()) {
                Some(element) => (DataType::List(Arc::clone(element)), array.is_nullable()),
                None => return exec_err!("an array is needed"),
            },
            What::Exists | What::ForAll => {
                (DataType::Boolean, array.is_nullable() || lambda(1)?.is_nullable())
            }
            What::Aggregate => (lambda(3)?.data_type().clone(), true),
        };
        Ok(Arc::new(Field::new(self.name(), data_type, nullable)))
    }

    fn invoke_with_args(&self, args: HigherOrderFunctionArgs) -> Result<ColumnarValue> {
        let array = value(&args, 0)?;
        let elements = Elements::new(&array)?;
        let to = args.return_field.data_type();
        let result = match self.what {
            What::Transform => elements.list(elements.evaluate(lambda(&args, 1)?)?, to)?,
            What::Filter => {
                let kept = elements.evaluate(lambda(&args, 1)?)?;
                elements.filtered(kept.as_boolean(), to)?
            }
            What::Sort => elements.sorted(lambda(&args, 1)?, to)?,
            What::Exists => elements.any(elements.evaluate(lambda(&args, 1)?)?.as_boolean(), true),
            What::ForAll => elements.any(elements.evaluate(lambda(&args, 1)?)?.as_boolean(), false),
            What::Aggregate => {
                let start = value(&args, 1)?;
                elements.aggregate(start, lambda(&args, 2)?, lambda(&args, 3)?)?
            }
        };
        Ok(ColumnarValue::Array(result))
    }
}

fn value(args: &HigherOrderFunctionArgs, at: usize) -> Result<ArrayRef> {
    match args.args.get(at) {
        Some(ValueOrLambda::Value(value)) => value.to_array(args.number_rows),
        _ => exec_err!("a value is needed at {at}"),
    }
}

fn lambda(args: &HigherOrderFunctionArgs, at: usize) -> Result<&LambdaArgument> {
    match args.args.get(at) {
        Some(ValueOrLambda::Lambda(lambda)) => Ok(lambda),
        _ => exec_err!("a lambda function is needed at {at}"),
    }
}

/// The elements of all arrays that are not NULL, behind one another.
struct Elements {
    values: ArrayRef,
    /// How many each row has.
    lengths: Vec<usize>,
    valid: Vec<bool>,
}

impl Elements {
    fn new(array: &ArrayRef) -> Result<Self> {
        let list: ListArray = as_list(array)?;
        let valid: Vec<bool> = (0..list.len()).map(|row| list.is_valid(row)).collect();
        let (values, lengths) = packed(&list, &valid)?;
        Ok(Self { values, lengths, valid })
    }

    /// The row that each element belongs to.
    fn rows(&self) -> UInt32Array {
        let rows = self.lengths.iter().enumerate();
        rows.flat_map(|(row, length)| {
            std::iter::repeat_n(u32::try_from(row).unwrap_or(u32::MAX), *length)
        })
        .collect()
    }

    /// The position of each element in its array.
    fn positions(&self) -> Int32Array {
        let positions = self.lengths.iter().flat_map(|length| 0..*length);
        positions.map(|at| i32::try_from(at).unwrap_or(i32::MAX)).collect::<Vec<_>>().into()
    }

    /// The lambda function of every element.
    fn evaluate(&self, lambda: &LambdaArgument) -> Result<ArrayRef> {
        let value = || Ok(Arc::clone(&self.values));
        let index = || Ok(Arc::new(self.positions()) as ArrayRef);
        let spread = |captured: &[ArrayRef]| Ok(take_arrays(captured, &self.rows(), None)?);
        lambda.evaluate(&[&value, &index], spread)?.into_array(self.values.len())
    }

    fn nulls(&self) -> Option<NullBuffer> {
        Some(NullBuffer::from(self.valid.clone()))
    }

    fn list(&self, values: ArrayRef, to: &DataType) -> Result<ArrayRef> {
        let DataType::List(field) = to else { return exec_err!("a list is needed") };
        let offsets = OffsetBuffer::from_lengths(self.lengths.iter().copied());
        Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, values, self.nulls())?))
    }

    fn filtered(&self, kept: &BooleanArray, to: &DataType) -> Result<ArrayRef> {
        let values = datafusion::arrow::compute::filter(&self.values, kept)?;
        let mut at = 0;
        let lengths = self.lengths.iter().map(|length| {
            let row = at..at + length;
            at = row.end;
            row.filter(|at| kept.is_valid(*at) && kept.value(*at)).count()
        });
        let kept = Self {
            values: Arc::clone(&values),
            lengths: lengths.collect(),
            valid: self.valid.clone(),
        };
        kept.list(values, to)
    }

    /// The elements of each row in the order of a comparison, which is asked for every
    /// pair of one row at once.
    fn sorted(&self, compare: &LambdaArgument, to: &DataType) -> Result<ArrayRef> {
        let mut order: Vec<u32> = Vec::with_capacity(self.values.len());
        let mut start = 0;
        for (row, length) in self.lengths.iter().enumerate() {
            let own = start..start + length;
            start = own.end;
            let pairs = own.clone().flat_map(|a| own.clone().map(move |b| (a, b)));
            let (left, right): (Vec<_>, Vec<_>) = pairs.unzip();
            let signs = self.signs(compare, row, &left, &right)?;
            let signs = signs.as_primitive::<datafusion::arrow::datatypes::Int32Type>();
            if let Some(at) = (0..signs.len()).find(|at| signs.is_null(*at)) {
                return Err(self.no_order(left[at], right[at])?.into());
            }
            let place = |a: usize, b: usize| (a - own.start) * length + (b - own.start);
            let mut positions: Vec<usize> = own.clone().collect();
            positions.sort_by(|a, b| signs.value(place(*a, *b)).cmp(&0));
            order.extend(positions.into_iter().filter_map(|at| u32::try_from(at).ok()));
        }
        self.list(take(&self.values, &UInt32Array::from(order), None)?, to)
    }

    fn signs(
        &self,
        compare: &LambdaArgument,
        row: usize,
        left: &[usize],
        right: &[usize],
    ) -> Result<ArrayRef> {
        let indices = |positions: &[usize]| {
            let positions = positions.iter().filter_map(|at| u32::try_from(*at).ok());
            UInt32Array::from(positions.collect::<Vec<_>>())
        };
        let (left, right) = (indices(left), indices(right));
        let rows = UInt32Array::from(vec![u32::try_from(row).unwrap_or(u32::MAX); left.len()]);
        let first = || Ok(take(&self.values, &left, None)?);
        let second = || Ok(take(&self.values, &right, None)?);
        let spread = |captured: &[ArrayRef]| Ok(take_arrays(captured, &rows, None)?);
        compare.evaluate(&[&first, &second], spread)?.into_array(left.len())
    }

    fn no_order(&self, a: usize, b: usize) -> Result<crate::error::Error> {
        let text = |at| {
            datafusion::common::ScalarValue::try_from_array(&self.values, at)
                .map(|value| value.to_string())
        };
        Ok(crate::error::Error::analysis(
            crate::error::Condition::COMPARATOR_RETURNS_NULL,
            [("firstValue", text(a)?), ("secondValue", text(b)?)],
        ))
    }

    /// Whether one element gives `wanted`; if none does but one gives NULL, so does
    /// the whole. For all to be true is for none to be false.
    fn any(&self, values: &BooleanArray, wanted: bool) -> ArrayRef {
        let mut at = 0;
        let found: BooleanArray = self
            .lengths
            .iter()
            .zip(&self.valid)
            .map(|(length, valid)| {
                let row = at..at + length;
                at = row.end;
                if !valid {
                    return None;
                }
                let mut unknown = false;
                for at in row {
                    if values.is_null(at) {
                        unknown = true;
                    } else if values.value(at) == wanted {
                        return Some(wanted);
                    }
                }
                (!unknown).then_some(!wanted)
            })
            .collect();
        Arc::new(found)
    }

    /// Merges element after element into a value of every row.
    fn aggregate(
        &self,
        start: ArrayRef,
        merge: &LambdaArgument,
        finish: &LambdaArgument,
    ) -> Result<ArrayRef> {
        let mut total = start;
        let longest = self.lengths.iter().copied().max().unwrap_or(0);
        let starts: Vec<usize> = self
            .lengths
            .iter()
            .scan(0, |next, length| Some(std::mem::replace(next, *next + length)))
            .collect();
        for step in 0..longest {
            let index = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let active: Vec<usize> =
                (0..self.lengths.len()).filter(|row| self.lengths[*row] > step).collect();
            let rows: UInt32Array = active.iter().map(|row| Some(index(*row))).collect();
            let at: UInt32Array =
                active.iter().map(|row| Some(index(starts[*row] + step))).collect();
            let so_far = || Ok(take(&total, &rows, None)?);
            let element = || Ok(take(&self.values, &at, None)?);
            let spread = |captured: &[ArrayRef]| Ok(take_arrays(captured, &rows, None)?);
            let merged = merge.evaluate(&[&so_far, &element], spread)?.into_array(rows.len())?;
            total = replaced(&total, &merged, &active)?;
        }
        let value = || Ok(Arc::clone(&total));
        let finished = finish.evaluate(&[&value], |captured| Ok(captured.to_vec()))?;
        let finished = finished.into_array(self.lengths.len())?;
        // A NULL array has no value.
        let missing: BooleanArray = self.valid.iter().map(|valid| Some(!valid)).collect();
        Ok(datafusion::arrow::compute::nullif(&finished, &missing)?)
    }
}

/// The values with those of some rows replaced.
fn replaced(all: &ArrayRef, new: &ArrayRef, rows: &[usize]) -> Result<ArrayRef> {
    let mut sources: Vec<(usize, usize)> = (0..all.len()).map(|row| (0, row)).collect();
    for (at, row) in rows.iter().enumerate() {
        sources[*row] = (1, at);
    }
    Ok(interleave(&[all.as_ref(), new.as_ref()], &sources)?)
}
