//! Places on a curve that keeps rows together which are alike in several columns.

use std::sync::Arc;

use datafusion::arrow::array::BinaryBuilder;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// Bytes of a value that count.
const WIDTH: usize = 16;

#[derive(Debug, PartialEq, Eq, Hash)]
struct ZOrder {
    signature: Signature,
}

/// The place of a row, by the bits of its values in turn.
pub(super) fn key(columns: Vec<Expr>) -> Expr {
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(ScalarUDF::from(ZOrder { signature })).call(columns)
}

impl ScalarUDFImpl for ZOrder {
    fn name(&self) -> &str {
        "delta_z_order"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(&args.args)?;
        let mut places = vec![vec![0_u8; WIDTH * columns.len()]; args.number_rows];
        for (at, column) in columns.iter().enumerate() {
            // Bytes that sort as the values do.
            let field = SortField::new(column.data_type().clone());
            let rows = RowConverter::new(vec![field])?.convert_columns(&[Arc::clone(column)])?;
            for (row, place) in rows.iter().zip(&mut places) {
                interleave(row.as_ref(), at, columns.len(), place);
            }
        }
        let mut keys = BinaryBuilder::with_capacity(places.len(), 0);
        places.iter().for_each(|place| keys.append_value(place));
        Ok(ColumnarValue::Array(Arc::new(keys.finish())))
    }
}

/// Puts the bits of a value where they belong among those of `of` values.
fn interleave(value: &[u8], at: usize, of: usize, place: &mut [u8]) {
    for (byte, bits) in value.iter().take(WIDTH).enumerate() {
        for bit in 0..8 {
            if bits & (0x80 >> bit) == 0 {
                continue;
            }
            let target = (byte * 8 + bit) * of + at;
            if let Some(byte) = place.get_mut(target / 8) {
                *byte |= 0x80 >> (target % 8);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_take_turns() {
        let mut place = [0; 2 * WIDTH];
        interleave(&[0b1111_0000], 0, 2, &mut place);
        interleave(&[0b0000_1111], 1, 2, &mut place);
        assert_eq!(place[..2], [0b1010_1010, 0b0101_0101]);
    }
}
