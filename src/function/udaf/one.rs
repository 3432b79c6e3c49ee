//! One group at a time: without GROUP BY, over windows, over distinct values.

use std::collections::HashSet;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{Decimal128Type, Int64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::Accumulator;

use super::state_type;
use super::total::{Part, Total, for_each};

/// Over all values.
#[derive(Debug)]
pub(super) struct Plain {
    total: Total,
    part: Part,
}

impl Plain {
    pub(super) fn new(total: Total) -> Self {
        Self { total, part: Part::default() }
    }
}

fn finished(total: &Total, part: Part) -> Result<ScalarValue> {
    let result = total.finish(std::iter::once(part))?;
    ScalarValue::try_from_array(&result, 0)
}

impl Accumulator for Plain {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let part = &mut self.part;
        for_each(&values[0], |_, value| {
            if let Some(value) = value {
                part.add(value);
            }
        })
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let part = &mut self.part;
        for_each(&values[0], |_, value| {
            if let Some(value) = value {
                part.subtract(value);
            }
        })
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let sums = states[0].as_primitive::<Decimal128Type>();
        let counts = states[1].as_primitive::<Int64Type>();
        for (sum, count) in sums.iter().zip(counts) {
            self.part.merge(sum, count.unwrap_or(0));
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let states = self.total.states(&[self.part]);
        states.iter().map(|state| ScalarValue::try_from_array(state, 0)).collect()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        finished(&self.total, self.part)
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// Over every value once.
#[derive(Debug)]
pub(super) struct Distinct {
    total: Total,
    values: HashSet<i128>,
}

impl Distinct {
    pub(super) fn new(total: Total) -> Self {
        Self { total, values: HashSet::new() }
    }
}

impl Accumulator for Distinct {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let seen = &mut self.values;
        for_each(&values[0], |_, value| seen.extend(value))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for list in states[0].as_list::<i32>().iter().flatten() {
            self.update_batch(&[list])?;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let data_type = state_type(&self.total.from);
        let values = self.values.iter().map(|value| match data_type {
            datafusion::arrow::datatypes::DataType::Decimal128(precision, scale) => {
                ScalarValue::Decimal128(Some(*value), precision, scale)
            }
            _ => ScalarValue::Null,
        });
        let values: Vec<_> = values.collect();
        Ok(vec![ScalarValue::List(ScalarValue::new_list_nullable(&values, &data_type))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut part = Part::default();
        self.values.iter().for_each(|value| part.add(*value));
        finished(&self.total, part)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.capacity() * size_of::<i128>()
    }
}
