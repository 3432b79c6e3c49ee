//! Windows of time that an instant is in.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, PrimitiveArray, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Int64Type, TimestampMicrosecondType};
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarFunctionArgs, ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};

/// The only window of an instant, where they follow one another: instant, length, slide
/// and offset in microseconds.
pub(crate) static WINDOW: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_window",
        nulls: Nulls::Never,
        volatility: Volatility::Immutable,
        returns: |args| Ok(window_type(args.arg_fields[0].data_type())),
        run: |args| {
            evaluated(&args, |arrays, rows| Ok(Arc::new(windows(arrays, rows)?.0) as ArrayRef))
        },
    })
});

/// All windows of an instant, the latest first; the same arguments.
pub(crate) static WINDOWS: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_windows",
        nulls: Nulls::Never,
        volatility: Volatility::Immutable,
        returns: |args| {
            let window = window_type(args.arg_fields[0].data_type());
            Ok(DataType::List(Arc::new(Field::new_list_field(window, true))))
        },
        run: |args: ScalarFunctionArgs| {
            evaluated(&args, |arrays, rows| {
                let (values, lengths) = windows(arrays, rows)?;
                let item = Arc::new(Field::new_list_field(values.data_type().clone(), true));
                let offsets = OffsetBuffer::from_lengths(lengths);
                Ok(Arc::new(ListArray::try_new(item, offsets, Arc::new(values), None)?) as ArrayRef)
            })
        },
    })
});

/// A window from its start and its end.
pub(crate) static SPAN: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_span",
        nulls: Nulls::Never,
        volatility: Volatility::Immutable,
        returns: |args| Ok(window_type(args.arg_fields[0].data_type())),
        run: |args| {
            evaluated(&args, |arrays, _| {
                let (starts, ends) = (Arc::clone(&arrays[0]), Arc::clone(&arrays[1]));
                let fields = window_fields(starts.data_type());
                Ok(Arc::new(StructArray::try_new(fields, vec![starts, ends], None)?) as ArrayRef)
            })
        },
    })
});

/// The type of a window of such instants.
fn window_type(instant: &DataType) -> DataType {
    DataType::Struct(window_fields(instant))
}

fn window_fields(instant: &DataType) -> Fields {
    let field = |name: &str| Field::new(name, instant.clone(), true);
    Fields::from(vec![field("start"), field("end")])
}

/// The windows of all rows, and how many each has: one at least where it stands alone.
fn windows(arrays: &[ArrayRef], rows: usize) -> Result<(StructArray, Vec<usize>)> {
    let instants = arrays[0].as_primitive::<TimestampMicrosecondType>();
    let constant = |at: usize| arrays[at].as_primitive::<Int64Type>();
    let (mut starts, mut ends, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..rows {
        let [length, slide, offset] = [1, 2, 3].map(|at| constant(at).value(row));
        let instant = instants.is_valid(row).then(|| instants.value(row));
        let before = starts.len();
        for start in starts_of(instant, length, slide, offset) {
            ends.push(start.map(|start| start.saturating_add(length)));
            starts.push(start);
        }
        lengths.push(starts.len() - before);
    }
    let data_type = arrays[0].data_type();
    let column = |values: Vec<Option<i64>>| {
        let values: PrimitiveArray<TimestampMicrosecondType> = values.into();
        Arc::new(values.with_data_type(data_type.clone())) as ArrayRef
    };
    let columns = vec![column(starts), column(ends)];
    Ok((StructArray::try_new(window_fields(data_type), columns, None)?, lengths))
}

/// Where the windows around an instant start, the latest first.
fn starts_of(
    instant: Option<i64>,
    length: i64,
    slide: i64,
    offset: i64,
) -> impl Iterator<Item = Option<i64>> {
    let latest = instant.map(|instant| {
        let since = (i128::from(instant) - i128::from(offset)).rem_euclid(i128::from(slide));
        instant.saturating_sub(since as i64)
    });
    let holds = move |start: &Option<i64>| match (start, instant) {
        (Some(start), Some(instant)) => instant < start.saturating_add(length),
        _ => true,
    };
    let earlier = move |start: &Option<i64>| match start {
        Some(start) if length > slide => start.checked_sub(slide).map(Some),
        _ => None,
    };
    std::iter::successors(Some(latest), earlier).take_while(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_counted_from_the_offset_back() {
        let starts = |instant, length, slide, offset| {
            starts_of(Some(instant), length, slide, offset).flatten().collect::<Vec<_>>()
        };
        assert_eq!(starts(7, 10, 10, 0), [0]);
        assert_eq!(starts(7, 10, 10, 8), [-2]);
        assert_eq!(starts(-1, 10, 10, 0), [-10]);
        assert_eq!(starts(5, 10, 3, 0), [3, 0, -3]);
        assert_eq!(starts(10, 10, 5, 0), [10, 5]);
    }
}
