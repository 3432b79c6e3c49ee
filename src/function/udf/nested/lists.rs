//! Functions from arrays to arrays, by row: a row is a list of positions in the
//! elements, and the result takes them.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, Int64Array, ListArray, StringArray,
    StructArray, UInt32Array, make_comparator,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{SortOptions, concat, take};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Int64Type};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF, Volatility};

use super::super::growth::Growth;
use super::super::{Kernel, Nulls, evaluated, udf};
use super::{as_list, element_type};
use crate::error::{Condition, Error};
use crate::function::coerce;

fn same_as_first(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    Ok(args.arg_fields[0].data_type().clone())
}

/// Lists of the first one's elements, and NULLs among them or not.
fn elements_nullable(args: &ReturnFieldArgs<'_>, nullable: bool) -> Result<DataType> {
    Ok(DataType::new_list(element_type(args)?, nullable))
}

fn with_nulls(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    elements_nullable(args, true)
}

fn without_nulls(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    elements_nullable(args, false)
}

/// NULLs are among what two arrays share if they are in both.
fn nulls_of_both(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    let mut elements = args.arg_fields.iter().map(|field| coerce::element(field.data_type()));
    elements_nullable(args, elements.all(|element| element.is_some_and(|e| e.is_nullable())))
}

/// NULLs are among what two arrays have together if they are in one.
fn nulls_of_either(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    let mut elements = args.arg_fields.iter().map(|field| coerce::element(field.data_type()));
    elements_nullable(args, elements.any(|element| element.is_none_or(|e| e.is_nullable())))
}

/// An array of the value, which is NULL where the value may be.
fn repeated(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    let value = &args.arg_fields[0];
    Ok(DataType::new_list(value.data_type().clone(), value.is_nullable()))
}

fn boolean(_: &ReturnFieldArgs<'_>) -> Result<DataType> {
    Ok(DataType::Boolean)
}

fn int(_: &ReturnFieldArgs<'_>) -> Result<DataType> {
    Ok(DataType::Int32)
}

fn long(_: &ReturnFieldArgs<'_>) -> Result<DataType> {
    Ok(DataType::Int64)
}

fn string(_: &ReturnFieldArgs<'_>) -> Result<DataType> {
    Ok(DataType::Utf8)
}

macro_rules! kernels {
    ($($static:ident $name:literal $nulls:ident $returns:ident $work:expr;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: $name,
                nulls: Nulls::$nulls,
                volatility: Volatility::Immutable,
                returns: $returns,
                run: |args| {
                    let to = args.return_field.data_type().clone();
                    let work: fn(&[ArrayRef], usize, &DataType) -> Result<ArrayRef> = $work;
                    evaluated(&args, |arrays, rows| work(arrays, rows, &to))
                },
            })
        });)*
    };
}

kernels! {
    SIZE "spark_size" Propagate int |arrays, _, _| size(&arrays[0], None);
    LEGACY_SIZE "spark_legacy_size" Never int |arrays, _, _| size(&arrays[0], Some(-1));
    POSITION "spark_array_position" Propagate long |arrays, rows, _| position(arrays, rows);
    REMOVE "spark_array_remove" Propagate same_as_first remove;
    DISTINCT "spark_array_distinct" Propagate same_as_first |arrays, _, to| distinct(arrays, to);
    COMPACT "spark_array_compact" Propagate without_nulls |arrays, _, to| compact(arrays, to);
    SORT "spark_sort_array" Propagate same_as_first |arrays, _, to| sort(arrays, to, false, true);
    SORT_DESCENDING "spark_sort_array_desc" Propagate same_as_first |arrays, _, to| {
        sort(arrays, to, true, false)
    };
    SORT_NULLS_LAST "spark_array_sort" Propagate same_as_first |arrays, _, to| {
        sort(arrays, to, false, false)
    };
    CONCAT "spark_array_concat" Propagate nulls_of_either concat_lists;
    APPEND "spark_array_append" Propagate with_nulls concat_lists;
    UNION "spark_array_union" Propagate nulls_of_either |arrays, rows, to| {
        combine(arrays, rows, to, |_, _| true, true)
    };
    INTERSECT "spark_array_intersect" Propagate nulls_of_both |arrays, rows, to| {
        combine(arrays, rows, to, |_, in_second| in_second, false)
    };
    EXCEPT "spark_array_except" Propagate same_as_first |arrays, rows, to| {
        combine(arrays, rows, to, |_, in_second| !in_second, false)
    };
    OVERLAP "spark_arrays_overlap" Elements boolean |arrays, rows, _| overlap(arrays, rows);
    MAX "spark_array_max" Always element_type |arrays, _, _| extreme(arrays, Ordering::Greater);
    MIN "spark_array_min" Always element_type |arrays, _, _| extreme(arrays, Ordering::Less);
    JOIN "spark_array_join" Propagate string |arrays, rows, _| join(arrays, rows);
    FLATTEN "spark_flatten" Elements element_type |arrays, _, to| flatten(arrays, to);
    SLICE "spark_slice" Propagate same_as_first slice;
    REPEAT "spark_array_repeat" Second repeated repeat;
}

pub(crate) static SEQUENCE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_sequence",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::new_list(DataType::Int64, false)),
        run: |args| evaluated(&args, sequence),
    })
});

/// The elements of a row.
fn range(list: &ListArray, row: usize) -> std::ops::Range<usize> {
    let offsets = list.value_offsets();
    let at = |offset: i32| usize::try_from(offset).unwrap_or(0);
    at(offsets[row])..at(offsets[row + 1])
}

/// A list whose rows take these elements.
fn taken(
    values: &ArrayRef,
    rows: impl Iterator<Item = Option<Vec<usize>>>,
    to: &DataType,
) -> Result<ArrayRef> {
    let mut indices: Vec<u32> = Vec::new();
    let (mut lengths, mut valid) = (Vec::new(), Vec::new());
    for row in rows {
        let positions = row.as_deref().unwrap_or_default();
        lengths.push(positions.len());
        valid.push(row.is_some());
        indices.extend(positions.iter().filter_map(|at| u32::try_from(*at).ok()));
    }
    let values = take(values, &UInt32Array::from(indices), None)?;
    list_of(values, lengths, Some(NullBuffer::from(valid)), to)
}

fn list_of(
    values: ArrayRef,
    lengths: Vec<usize>,
    nulls: Option<NullBuffer>,
    to: &DataType,
) -> Result<ArrayRef> {
    let field = match to {
        DataType::List(field) => Arc::clone(field),
        _ => Arc::new(Field::new_list_field(values.data_type().clone(), true)),
    };
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(field, offsets, values, nulls)?))
}

fn size(array: &ArrayRef, missing: Option<i32>) -> Result<ArrayRef> {
    let length = |from: i32, to: i32| Some(to - from);
    let offsets: Vec<i32> = match array.as_map_opt() {
        Some(map) => map.value_offsets().to_vec(),
        None => as_list(array)?.value_offsets().to_vec(),
    };
    let sizes: Int32Array = (0..array.len())
        .map(|row| match array.is_null(row) {
            true => missing,
            false => length(offsets[row], offsets[row + 1]),
        })
        .collect();
    Ok(Arc::new(sizes))
}

type Compare = Box<dyn Fn(usize, usize) -> Ordering + Send + Sync>;

/// Orders elements of two arrays; NULLs are equal and come first.
fn comparator(left: &ArrayRef, right: &ArrayRef) -> Result<Compare> {
    let options = SortOptions { descending: false, nulls_first: true };
    Ok(make_comparator(left.as_ref(), right.as_ref(), options)?)
}

fn position(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let compare = comparator(list.values(), &arrays[1])?;
    let found: Int64Array = (0..rows)
        .map(|row| {
            if list.is_null(row) || arrays[1].is_null(row) {
                return None;
            }
            let at = range(&list, row).position(|at| compare(at, row).is_eq());
            Some(at.and_then(|at| i64::try_from(at + 1).ok()).unwrap_or(0))
        })
        .collect();
    Ok(Arc::new(found))
}

fn remove(arrays: &[ArrayRef], rows: usize, to: &DataType) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let compare = comparator(list.values(), &arrays[1])?;
    let kept = (0..rows).map(|row| {
        if list.is_null(row) || arrays[1].is_null(row) {
            return None;
        }
        Some(range(&list, row).filter(|at| compare(*at, row).is_ne()).collect())
    });
    taken(list.values(), kept, to)
}

/// The first of every group of equal elements, in their order.
fn firsts(positions: impl Iterator<Item = usize>, compare: &Compare) -> Vec<usize> {
    let positions: Vec<usize> = positions.collect();
    let mut sorted = positions.clone();
    // Stable: the first of its equals stays in front.
    sorted.sort_by(|a, b| compare(*a, *b));
    sorted.dedup_by(|next, kept| compare(*next, *kept).is_eq());
    sorted.sort_unstable();
    sorted
}

fn distinct(arrays: &[ArrayRef], to: &DataType) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let compare = comparator(list.values(), list.values())?;
    let kept =
        (0..list.len()).map(|row| list.is_valid(row).then(|| firsts(range(&list, row), &compare)));
    taken(list.values(), kept, to)
}

fn compact(arrays: &[ArrayRef], to: &DataType) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let values = list.values();
    let nulls = values.logical_nulls();
    let there = |at: &usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(*at));
    let kept = (0..list.len())
        .map(|row| list.is_valid(row).then(|| range(&list, row).filter(there).collect()));
    taken(values, kept, to)
}

fn sort(
    arrays: &[ArrayRef],
    to: &DataType,
    descending: bool,
    nulls_first: bool,
) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let options = SortOptions { descending, nulls_first };
    let compare = make_comparator(list.values().as_ref(), list.values().as_ref(), options)?;
    let sorted = (0..list.len()).map(|row| {
        list.is_valid(row).then(|| {
            let mut positions: Vec<usize> = range(&list, row).collect();
            positions.sort_by(|a, b| compare(*a, *b));
            positions
        })
    });
    taken(list.values(), sorted, to)
}

/// All lists' elements behind one another, and where each list's begin.
fn gathered(arrays: &[ArrayRef]) -> Result<(Vec<ListArray>, ArrayRef, Vec<usize>)> {
    let lists = arrays.iter().map(as_list).collect::<Result<Vec<_>>>()?;
    let values: Vec<&dyn Array> = lists.iter().map(|list| list.values().as_ref()).collect();
    let all = concat(&values)?;
    let mut starts = vec![0];
    for list in &lists {
        starts.push(starts[starts.len() - 1] + list.values().len());
    }
    Ok((lists, all, starts))
}

fn concat_lists(arrays: &[ArrayRef], rows: usize, to: &DataType) -> Result<ArrayRef> {
    let (lists, all, starts) = gathered(arrays)?;
    let joined = (0..rows).map(|row| {
        if lists.iter().any(|list| list.is_null(row)) {
            return None;
        }
        let parts = lists.iter().zip(&starts);
        Some(parts.flat_map(|(list, start)| range(list, row).map(move |at| at + start)).collect())
    });
    taken(&all, joined, to)
}

/// Distinct elements of the first list, of both if `both`, that `keep` wants.
fn combine(
    arrays: &[ArrayRef],
    rows: usize,
    to: &DataType,
    keep: fn(usize, bool) -> bool,
    both: bool,
) -> Result<ArrayRef> {
    let (lists, all, starts) = gathered(arrays)?;
    let [first, second] = lists.as_slice() else { return exec_err!("two arrays are needed") };
    let compare = comparator(&all, &all)?;
    let kept = (0..rows).map(|row| {
        if first.is_null(row) || second.is_null(row) {
            return None;
        }
        let theirs: Vec<usize> = range(second, row).map(|at| at + starts[1]).collect();
        if both {
            return Some(firsts(range(first, row).chain(theirs), &compare));
        }
        let mut sorted = theirs;
        sorted.sort_by(|a, b| compare(*a, *b));
        let found = |at: usize| sorted.binary_search_by(|other| compare(*other, at)).is_ok();
        let wanted = range(first, row).filter(|at| keep(*at, found(*at)));
        Some(firsts(wanted, &compare))
    });
    taken(&all, kept, to)
}

/// NULL if nothing is shared but a NULL might be.
fn overlap(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let (lists, all, starts) = gathered(arrays)?;
    let [first, second] = lists.as_slice() else { return exec_err!("two arrays are needed") };
    let compare = comparator(&all, &all)?;
    let nulls = all.logical_nulls();
    let is_null = |at: usize| nulls.as_ref().is_some_and(|nulls| nulls.is_null(at));
    let shared: BooleanArray = (0..rows)
        .map(|row| {
            if first.is_null(row) || second.is_null(row) {
                return None;
            }
            let ours: Vec<usize> = range(first, row).collect();
            let theirs: Vec<usize> = range(second, row).map(|at| at + starts[1]).collect();
            let same = |a: &usize| !is_null(*a) && theirs.iter().any(|b| compare(*a, *b).is_eq());
            if ours.iter().any(same) {
                return Some(true);
            }
            let nulls = ours.iter().chain(&theirs).any(|at| is_null(*at));
            let unknown = nulls && !ours.is_empty() && !theirs.is_empty();
            (!unknown).then_some(false)
        })
        .collect();
    Ok(Arc::new(shared))
}

fn extreme(arrays: &[ArrayRef], wanted: Ordering) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let values = list.values();
    let compare = comparator(values, values)?;
    let nulls = values.logical_nulls();
    let positions: UInt32Array = (0..list.len())
        .map(|row| {
            if list.is_null(row) {
                return None;
            }
            let present =
                range(&list, row).filter(|at| nulls.as_ref().is_none_or(|n| n.is_valid(*at)));
            let best =
                present.reduce(|best, at| if compare(at, best) == wanted { at } else { best });
            best.and_then(|at| u32::try_from(at).ok())
        })
        .collect();
    Ok(take(values, &positions, None)?)
}

fn join(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    use crate::function::udf::text::strings;
    let list = as_list(&arrays[0])?;
    let texts = strings(list.values())?;
    let separators = strings(&arrays[1])?;
    let replacements = arrays.get(2).map(strings).transpose()?;
    let joined: StringArray = (0..rows)
        .map(|row| {
            if list.is_null(row) || separators.is_null(row) {
                return None;
            }
            let replacement = match &replacements {
                Some(texts) if texts.is_null(row) => return None,
                Some(texts) => Some(texts.value(row)),
                None => None,
            };
            let words = range(&list, row).filter_map(|at| match texts.is_valid(at) {
                true => Some(texts.value(at)),
                false => replacement,
            });
            Some(words.collect::<Vec<_>>().join(separators.value(row)))
        })
        .collect();
    Ok(Arc::new(joined))
}

/// NULL if one of the inner arrays is.
fn flatten(arrays: &[ArrayRef], to: &DataType) -> Result<ArrayRef> {
    let outer = as_list(&arrays[0])?;
    let inner = as_list(outer.values())?;
    let flat = (0..outer.len()).map(|row| {
        if outer.is_null(row) || range(&outer, row).any(|at| inner.is_null(at)) {
            return None;
        }
        Some(range(&outer, row).flat_map(|at| range(&inner, at)).collect())
    });
    taken(inner.values(), flat, to)
}

fn slice(arrays: &[ArrayRef], rows: usize, to: &DataType) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let starts = arrays[1].as_primitive::<Int32Type>();
    let lengths = arrays[2].as_primitive::<Int32Type>();
    let mut sliced = Vec::with_capacity(rows);
    for row in 0..rows {
        if list.is_null(row) || starts.is_null(row) || lengths.is_null(row) {
            sliced.push(None);
            continue;
        }
        let (start, length) = (starts.value(row), lengths.value(row));
        let Ok(length) = usize::try_from(length) else {
            return Err(wrong_value("length", "greater than or equal to 0", length));
        };
        if start == 0 {
            return Err(Error::analysis(
                Condition::INVALID_PARAMETER_VALUE_START,
                [("parameter", "`start`".to_owned()), ("functionName", "`slice`".to_owned())],
            )
            .into());
        }
        let all = range(&list, row);
        let skip = if start > 0 {
            usize::try_from(start - 1).ok()
        } else {
            all.len().checked_sub(usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX))
        };
        sliced.push(Some(skip.map_or_else(Vec::new, |skip| all.skip(skip).take(length).collect())));
    }
    taken(list.values(), sliced.into_iter(), to)
}

fn wrong_value(parameter: &str, expected: &str, value: i32) -> datafusion::common::DataFusionError {
    Error::analysis(
        Condition::INVALID_PARAMETER_VALUE_LENGTH,
        [
            ("parameter", format!("`{parameter}`")),
            ("functionName", "`slice`".to_owned()),
            ("length", format!("{value}, not {expected}")),
        ],
    )
    .into()
}

fn repeat(arrays: &[ArrayRef], rows: usize, to: &DataType) -> Result<ArrayRef> {
    let counts = arrays[1].as_primitive::<Int32Type>();
    let mut growth = Growth::default();
    let mut times = Vec::with_capacity(rows);
    for row in 0..rows {
        let count = counts.is_valid(row).then(|| usize::try_from(counts.value(row)).unwrap_or(0));
        if let Some(count) = count {
            check_length("array_repeat", count as i128)?;
            let element = arrays[0].slice(row, 1).to_data().get_slice_memory_size()?;
            growth.add(count.saturating_mul(element.max(size_of::<u64>())))?;
        }
        times.push(count);
    }
    let repeated = times.iter().enumerate().map(|(row, count)| count.map(|count| vec![row; count]));
    taken(&arrays[0], repeated, to)
}

fn sequence(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let numbers = arrays.iter().map(|array| array.as_primitive::<Int64Type>()).collect::<Vec<_>>();
    let (mut values, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    let mut growth = Growth::default();
    for row in 0..rows {
        let missing = numbers.iter().any(|array| array.is_null(row));
        let before = values.len();
        if !missing {
            let (start, stop) = (numbers[0].value(row), numbers[1].value(row));
            let step = match numbers.get(2) {
                Some(steps) => steps.value(row),
                None => {
                    if start <= stop {
                        1
                    } else {
                        -1
                    }
                }
            };
            append_sequence(start, stop, step, &mut values, &mut growth)?;
        }
        lengths.push(values.len() - before);
        valid.push(!missing);
    }
    let values: ArrayRef = Arc::new(Int64Array::from(values));
    let to = DataType::new_list(DataType::Int64, false);
    list_of(values, lengths, Some(NullBuffer::from(valid)), &to)
}

/// The most elements an array may have.
const MOST: i128 = 2_147_483_632;

/// # Errors
/// Spark's, for an array that would be too long.
pub(in crate::function::udf) fn check_length(function: &str, length: i128) -> Result<()> {
    if length <= MOST {
        return Ok(());
    }
    let parameters = [
        ("numberOfElements", length.to_string()),
        ("maxRoundedArrayLength", MOST.to_string()),
        ("functionName", format!("`{function}`")),
        ("parameter", "`count`".to_owned()),
    ];
    Err(Error::analysis(Condition::COLLECTION_SIZE_LIMIT_EXCEEDED_PARAMETER, parameters).into())
}

fn append_sequence(
    start: i64,
    stop: i64,
    step: i64,
    out: &mut Vec<i64>,
    growth: &mut Growth,
) -> Result<()> {
    let towards = (step > 0 && start <= stop) || (step < 0 && start >= stop) || start == stop;
    if !towards {
        let parameters =
            [("start", start.to_string()), ("stop", stop.to_string()), ("step", step.to_string())];
        return Err(Error::analysis(Condition::ILLEGAL_SEQUENCE_BOUNDARIES, parameters).into());
    }
    let distance = (i128::from(stop) - i128::from(start)).abs();
    let length = if step == 0 { 1 } else { distance / i128::from(step).abs() + 1 };
    check_length("sequence", length)?;
    growth.add(usize::try_from(length).unwrap_or(usize::MAX).saturating_mul(size_of::<i64>()))?;
    let mut value = i128::from(start);
    for _ in 0..length {
        out.push(i64::try_from(value).unwrap_or(stop));
        value += i128::from(step);
    }
    Ok(())
}

pub(crate) static POSITIONED: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_positioned",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |args| match coerce::element(args.arg_fields[0].data_type()) {
            Some(element) => Ok(DataType::new_list(positioned_type(element), false)),
            None => exec_err!("an array is needed"),
        },
        run: |args| {
            let to = args.return_field.data_type().clone();
            evaluated(&args, |arrays, _| positioned(arrays, &to))
        },
    })
});

fn positioned_type(element: &Field) -> DataType {
    let fields = [Field::new("pos", DataType::Int32, false), element.clone().with_name("col")];
    DataType::Struct(fields.to_vec().into())
}

fn positioned(arrays: &[ArrayRef], to: &DataType) -> Result<ArrayRef> {
    let list = as_list(&arrays[0])?;
    let valid: Vec<bool> = (0..list.len()).map(|row| list.is_valid(row)).collect();
    let (values, lengths) = super::packed(&list, &valid)?;
    let positions: Int32Array =
        lengths.iter().flat_map(|length| 0..*length).map(|at| i32::try_from(at).ok()).collect();
    let fields = match coerce::element(to).map(|rows| rows.data_type()) {
        Some(DataType::Struct(fields)) => fields.clone(),
        _ => return exec_err!("an array of structs is needed"),
    };
    let length = values.len();
    let columns: Vec<ArrayRef> = vec![Arc::new(positions), values];
    let rows = StructArray::try_new_with_length(fields, columns, None, length)?;
    list_of(Arc::new(rows), lengths, Some(NullBuffer::from(valid)), to)
}
