//! Many groups at once.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array,
};
use datafusion::arrow::datatypes::{Decimal128Type, Int64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::state_type;
use super::total::{Part, Total, for_each};

pub(super) struct Groups {
    total: Total,
    parts: Vec<Part>,
}

impl Groups {
    pub(super) fn new(total: Total) -> Self {
        Self { total, parts: Vec::new() }
    }
}

fn included(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.parts.resize(total_num_groups, Part::default());
        let parts = &mut self.parts;
        for_each(&values[0], |row, value| {
            if let Some(value) = value.filter(|_| included(opt_filter, row)) {
                parts[group_indices[row]].add(value);
            }
        })
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.parts.resize(total_num_groups, Part::default());
        let sums = values[0].as_primitive::<Decimal128Type>();
        let counts = values[1].as_primitive::<Int64Type>();
        for (row, group) in group_indices.iter().enumerate() {
            let sum = sums.is_valid(row).then(|| sums.value(row));
            let count = if counts.is_valid(row) { counts.value(row) } else { 0 };
            self.parts[*group].merge(sum, count);
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let parts = emit_to.take_needed(&mut self.parts);
        self.total.finish(parts.into_iter())
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let parts = emit_to.take_needed(&mut self.parts);
        Ok(self.total.states(&parts))
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let mut sums = Vec::with_capacity(values[0].len());
        for_each(&values[0], |row, value| {
            sums.push(value.filter(|_| included(opt_filter, row)));
        })?;
        let counts: Int64Array = sums.iter().map(|sum| Some(i64::from(sum.is_some()))).collect();
        let sums = Decimal128Array::from(sums).with_data_type(state_type(&self.total.from));
        Ok(vec![Arc::new(sums), Arc::new(counts)])
    }

    fn size(&self) -> usize {
        self.parts.capacity() * size_of::<Part>()
    }
}
