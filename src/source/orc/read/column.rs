//! A column: values, and which of them are none.

use datafusion::arrow::array::{Array, ArrayRef, UInt32Array, new_null_array};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;

use super::bits::Bits;
use super::corrupt;
use crate::error::{Error, Result};

/// Values of a column, none of which is null.
pub(super) trait Values: Send {
    /// The next values.
    ///
    /// # Errors
    /// If there are fewer, or they are malformed.
    fn read(&mut self, count: usize) -> Result<ArrayRef>;
}

/// See the module.
pub(super) struct Column {
    /// Which values there are; all if it is none.
    present: Option<Bits>,
    values: Box<dyn Values>,
    /// What the values are made of at last, if they are not of that type.
    cast: Option<DataType>,
}

impl Column {
    pub(super) fn new(
        present: Option<Bits>,
        values: Box<dyn Values>,
        cast: Option<DataType>,
    ) -> Self {
        Self { present, values, cast }
    }

    /// A column that a file does not have.
    pub(super) fn absent(data_type: &DataType) -> Self {
        Self::new(None, Box::new(Nulls(data_type.clone())), None)
    }

    /// The next rows.
    ///
    /// # Errors
    /// If there are fewer, or they are malformed.
    pub(super) fn read(&mut self, rows: usize) -> Result<ArrayRef> {
        let values = match &mut self.present {
            None => self.values.read(rows)?,
            Some(present) => {
                let present = present.read(rows)?;
                let values = self.values.read(present.count_set_bits())?;
                spread(values, &present)?
            }
        };
        match &self.cast {
            None => Ok(values),
            Some(data_type) => cast(&values, data_type).map_err(malformed),
        }
    }
}

/// Values are no good.
pub(super) fn malformed(error: ArrowError) -> Error {
    corrupt(error.to_string())
}

/// The values where they are present, and nulls between.
fn spread(values: ArrayRef, present: &BooleanBuffer) -> Result<ArrayRef> {
    if values.len() == present.len() {
        return Ok(values);
    }
    if values.is_empty() {
        return Ok(new_null_array(values.data_type(), present.len()));
    }
    let mut at = 0_u32;
    let places = present.iter().map(|is_there| {
        is_there.then(|| {
            at += 1;
            at - 1
        })
    });
    take(&values, &UInt32Array::from_iter(places), None).map_err(malformed)
}

struct Nulls(DataType);

impl Values for Nulls {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        Ok(new_null_array(&self.0, count))
    }
}
