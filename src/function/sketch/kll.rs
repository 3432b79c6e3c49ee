//! KLL sketches: quantiles of numbers.

use std::fmt::Debug;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, ListArray, PrimitiveArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Field, FieldRef, Float32Type, Float64Type, Int64Type,
};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarFunctionArgs};
use datasketches::common::SearchCriteria::Inclusive;
use datasketches::kll::{KllFloat, KllSketch, KllValue};

use super::aggregate::Sketch;
use super::{constant, each_bytes, guarded, invalid};
use crate::error::{Condition, Error};
use crate::function::udf::rows::{Missing, Row, by_row};
use crate::types::display::{double_text, float_text};

pub(crate) const LEAST_K: i32 = 8;
pub(crate) const MOST_K: i32 = 65_535;
const DEFAULT_K: u16 = 200;
/// Bytes before the items of sketches of one item, and of more.
const SINGLE_START: usize = 8;
const START: usize = 20;

/// A number that is sketched, and its Arrow type.
pub(crate) trait Number: KllValue + Ord + Copy + Debug + Send + Sync + 'static {
    type Arrow: ArrowPrimitiveType;
    /// The last word of its functions' names.
    const SUFFIX: &'static str;
    /// The word that descriptions have for it.
    const TITLE: &'static str;
    const SIZE: usize = size_of::<<Self::Arrow as ArrowPrimitiveType>::Native>();

    fn of(value: <Self::Arrow as ArrowPrimitiveType>::Native) -> Option<Self>;
    fn native(self) -> <Self::Arrow as ArrowPrimitiveType>::Native;
    fn read(bytes: &[u8]) -> Option<Self>;
    fn text(self) -> String;
}

macro_rules! numbers {
    ($($number:ty, $native:ty, $arrow:ty, $suffix:literal, $title:literal,
        |$value:ident| $of:expr, |$back:ident| $native_of:expr, $text:expr;)*) => {
        $(impl Number for $number {
            type Arrow = $arrow;
            const SUFFIX: &'static str = $suffix;
            const TITLE: &'static str = $title;

            fn of($value: $native) -> Option<Self> {
                $of
            }

            fn native(self) -> $native {
                let $back = self;
                $native_of
            }

            fn read(bytes: &[u8]) -> Option<Self> {
                Self::of(<$native>::from_le_bytes(bytes.try_into().ok()?))
            }

            fn text(self) -> String {
                $text(self.native())
            }
        })*
    };
}

numbers! {
    i64, i64, Int64Type, "bigint", "Longs", |value| Some(value), |value| value,
        |value: i64| value.to_string();
    KllFloat<f64>, f64, Float64Type, "double", "Doubles",
        |value| KllFloat::<f64>::new(value).ok(), |value| value.into_inner(), double_text;
    KllFloat<f32>, f32, Float32Type, "float", "Floats",
        |value| KllFloat::<f32>::new(value).ok(), |value| value.into_inner(), float_text;
}

/// How many items so many levels hold.
fn capacity(k: u16, levels: usize) -> usize {
    fn part(k: u64, depth: u32) -> u64 {
        let third = (k << 1 << depth) / 3_u64.pow(depth);
        (third + 1) >> 1
    }
    let held = (0..levels).map(|level| {
        let depth = u32::try_from(levels - level - 1).unwrap_or(60).min(60);
        let held = match depth {
            0..=30 => part(u64::from(k), depth),
            _ => part(part(u64::from(k), depth / 2), depth - depth / 2),
        };
        usize::try_from(held.max(8)).unwrap_or(8)
    });
    held.sum()
}

/// The bytes of a sketch without any that follow, which Spark ignores.
fn trimmed<T: Number>(bytes: &[u8]) -> Option<&[u8]> {
    let flags = *bytes.get(3)?;
    let length = match (flags & 1 != 0, flags & 4 != 0) {
        (true, _) => SINGLE_START,
        (_, true) => SINGLE_START + T::SIZE,
        _ => {
            let levels = usize::from(*bytes.get(18)?);
            let k = u16::from_le_bytes(bytes.get(4..6)?.try_into().ok()?);
            let first = u32::from_le_bytes(bytes.get(20..24)?.try_into().ok()?) as usize;
            let items = capacity(k, levels).checked_sub(first)?;
            START + 4 * levels + (2 + items) * T::SIZE
        }
    };
    bytes.get(..length)
}

fn read<T: Number>(bytes: &[u8], function: &str) -> Result<KllSketch<T>> {
    let sketch = trimmed::<T>(bytes).and_then(|bytes| guarded(|| KllSketch::deserialize(bytes)));
    sketch.ok_or_else(|| no_sketch::<T>(function))
}

/// Spark's error for bytes that are no such sketch; the function without its suffix.
fn no_sketch<T: Number>(function: &str) -> DataFusionError {
    invalid(Condition::KLL_INVALID_INPUT_SKETCH_BUFFER, &format!("{function}_{}", T::SUFFIX))
}

/// Takes another sketch in. The first level's items come in the order of its bytes, so
/// that ours are written in Spark's.
fn absorb<T: Number>(sketch: &mut KllSketch<T>, other: &KllSketch<T>) -> Option<()> {
    if other.is_estimation_mode() {
        return guarded(|| sketch.merge(other));
    }
    let bytes = other.serialize();
    let start = match other.n() {
        0 => return Some(()),
        1 => SINGLE_START,
        _ => START + 4 + 2 * T::SIZE,
    };
    let items = bytes.get(start..)?.chunks_exact(T::SIZE).filter_map(T::read);
    items.for_each(|item| sketch.update(item));
    Some(())
}

fn new<T: Number>(k: Option<u16>) -> Result<KllSketch<T>> {
    KllSketch::new(k.unwrap_or(DEFAULT_K)).map_err(super::refused)
}

/// `kll_sketch_agg_*` or `kll_merge_agg_*`; constant: k, if it was given.
#[derive(Debug)]
struct Kll<T> {
    /// Whether rows have sketches.
    merges: bool,
    k: Option<u16>,
    /// None before the first row of sketches, if that decides on k.
    sketch: Option<KllSketch<T>>,
}

impl<T: Number> Kll<T> {
    fn add(&mut self, bytes: &[u8]) -> Result<()> {
        let name = if self.merges { "kll_merge_agg" } else { "kll_sketch_agg" };
        let other = read::<T>(bytes, name)?;
        let sketch = match &mut self.sketch {
            Some(sketch) => sketch,
            None => self.sketch.insert(new(self.k.or(Some(other.k())))?),
        };
        absorb(sketch, &other).ok_or_else(|| no_sketch::<T>(name))
    }
}

impl<T: Number> Sketch for Kll<T> {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        if self.merges {
            return each_bytes(&columns[0], |bytes| self.add(bytes));
        }
        let sketch = match &mut self.sketch {
            Some(sketch) => sketch,
            None => self.sketch.insert(new(self.k)?),
        };
        let values = columns[0].as_primitive::<T::Arrow>();
        values.iter().flatten().filter_map(T::of).for_each(|value| sketch.update(value));
        Ok(())
    }

    /// Sketches of sketches are put together as if one had taken them all.
    fn merge(&mut self, state: &[u8]) -> Result<()> {
        if !self.merges {
            return self.add(state);
        }
        let other = read::<T>(state, "kll_merge_agg")?;
        let sketch = match &mut self.sketch {
            Some(sketch) => sketch,
            None => self.sketch.insert(new(self.k.or(Some(other.k())))?),
        };
        guarded(|| sketch.merge(&other)).ok_or_else(|| no_sketch::<T>("kll_merge_agg"))
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(self.sketch.as_ref().map(KllSketch::serialize))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        let bytes = match &self.sketch {
            Some(sketch) => sketch.serialize(),
            None => new::<T>(self.k)?.serialize(),
        };
        Ok(ScalarValue::Binary(Some(bytes)))
    }

    fn size(&self) -> usize {
        self.sketch.as_ref().map_or(0, |sketch| 2 * T::SIZE * sketch.num_retained())
    }
}

fn made<T: Number>(merges: bool, constants: &[ScalarValue]) -> Box<dyn Sketch> {
    let k = constant(constants, 0).and_then(|k| u16::try_from(k).ok());
    Box::new(Kll::<T> { merges, k, sketch: None })
}

/// The quantile at a share of the rows; NaN is the least.
fn quantile<T: Number>(sketch: &KllSketch<T>, share: f64) -> Result<T> {
    let name = "kll_sketch_get_quantile";
    let share = if share.is_nan() { 0.0 } else { share };
    if !(0.0..=1.0).contains(&share) {
        let name = format!("`{name}_{}`", T::SUFFIX);
        let parameters = [("functionName", name), ("quantile", share.to_string())];
        return Err(Error::analysis(Condition::KLL_INVALID_QUANTILE_RANGE, parameters).into());
    }
    let found = guarded(|| sketch.quantile(share, Inclusive)).flatten();
    found.ok_or_else(|| no_sketch::<T>(name))
}

/// The share of rows up to a value.
fn rank<T: Number>(
    sketch: &KllSketch<T>,
    value: <T::Arrow as ArrowPrimitiveType>::Native,
) -> Result<f64> {
    let rank = T::of(value).and_then(|value| sketch.rank(&value, Inclusive));
    rank.ok_or_else(|| no_sketch::<T>("kll_sketch_get_rank"))
}

/// The sketch as DataSketches describes it.
fn described<T: Number>(sketch: &KllSketch<T>) -> String {
    let bytes = sketch.serialize();
    let levels = if sketch.n() > 1 { usize::from(bytes[18]) } else { 1 };
    let capacity = capacity(sketch.k(), levels);
    let end = |item: Option<&T>| item.map_or_else(|| "NaN".to_owned(), |item| item.text());
    let lines = [
        ("K", sketch.k().to_string()),
        ("Dynamic min K", sketch.min_k().to_string()),
        ("M", "8".to_owned()),
        ("N", sketch.n().to_string()),
        ("Epsilon", format!("{:.3}%", 100.0 * sketch.normalized_rank_error())),
        ("Epsilon PMF", format!("{:.3}%", 100.0 * sketch.normalized_pmf_error())),
        ("Empty", sketch.is_empty().to_string()),
        ("Estimation Mode", sketch.is_estimation_mode().to_string()),
        ("Levels", levels.to_string()),
        ("Level 0 Sorted", (bytes[3] & 2 != 0).to_string()),
        ("Capacity Items", capacity.to_string()),
        ("Retained Items", sketch.num_retained().to_string()),
        ("Free Space", (capacity - sketch.num_retained().min(capacity)).to_string()),
        ("ReadOnly", "false".to_owned()),
        (
            "Updatable Storage Bytes",
            (START + 4 * (levels + 1) + (2 + capacity) * T::SIZE).to_string(),
        ),
        ("Compact Storage Bytes", bytes.len().to_string()),
        ("Min Item", end(sketch.min_item())),
        ("Max Item", end(sketch.max_item())),
    ];
    let mut text = format!("\n### KllKll{}Sketch Summary:\n", T::TITLE);
    for (name, value) in lines {
        text.push_str(&format!("   {name:<23}: {value}\n"));
    }
    text.push_str("### End sketch summary\n");
    text
}

fn merged<T: Number>(row: &Row<'_>) -> Result<Option<Vec<u8>>> {
    let name = "kll_sketch_merge";
    let (mut left, right) = (read::<T>(row.bytes(0), name)?, read::<T>(row.bytes(1), name)?);
    absorb(&mut left, &right).ok_or_else(|| no_sketch::<T>(name))?;
    Ok(Some(left.serialize()))
}

/// One value for a number, a list for a list.
fn shaped(args: &ReturnFieldArgs<'_>, element: DataType) -> DataType {
    match args.arg_fields.get(1).map(|field| field.data_type()) {
        Some(DataType::List(_)) => DataType::List(item(element)),
        _ => element,
    }
}

fn item(element: DataType) -> FieldRef {
    Arc::new(Field::new_list_field(element, false))
}

/// Answers to the second argument, a number or a list of them, from the sketch of the
/// row. NULL in a list is zero.
fn answers<T: Number, A: ArrowPrimitiveType, R>(
    arrays: &[ArrayRef],
    rows: usize,
    function: &str,
    answer: fn(&KllSketch<T>, A::Native) -> Result<R>,
    array: fn(Vec<Option<R>>) -> ArrayRef,
) -> Result<ArrayRef> {
    let listed = matches!(arrays[1].data_type(), DataType::List(_));
    let of_row = |row: &Row<'_>| {
        let sketch = read::<T>(row.bytes(0), function)?;
        let (asked, at) = row.column(1);
        if !listed {
            let asked = asked.as_primitive::<A>().value(at);
            return Ok(Some(vec![Some(answer(&sketch, asked)?)]));
        }
        let list = asked.as_list::<i32>().value(at);
        let asked = list.as_primitive::<A>().iter().map(Option::unwrap_or_default);
        let answers = asked.map(|asked| answer(&sketch, asked).map(Some));
        answers.collect::<Result<Vec<_>>>().map(Some)
    };
    let found: Vec<Option<Vec<Option<R>>>> = by_row(arrays, rows, Missing::Skip, of_row)?;
    if !listed {
        return Ok(array(found.into_iter().map(|one| one?.pop()?).collect()));
    }
    let nulls = found.iter().map(Option::is_some).collect::<Vec<_>>().into();
    let lengths = found.iter().map(|answers| answers.as_ref().map_or(0, Vec::len));
    let offsets = OffsetBuffer::from_lengths(lengths);
    let values = array(found.into_iter().flatten().flatten().collect());
    let item = item(values.data_type().clone());
    Ok(Arc::new(ListArray::try_new(item, offsets, values, Some(nulls))?))
}

fn quantiles<T: Number>(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let name = "kll_sketch_get_quantile";
    answers::<T, Float64Type, T>(arrays, rows, name, quantile, |found| {
        let found = found.into_iter().map(|item| item.map(Number::native));
        Arc::new(found.collect::<PrimitiveArray<T::Arrow>>())
    })
}

fn ranks<T: Number>(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let name = "kll_sketch_get_rank";
    answers::<T, T::Arrow, f64>(arrays, rows, name, rank, |found| {
        Arc::new(found.into_iter().collect::<Float64Array>())
    })
}

/// A function of sketches and numbers, by whole columns.
type Columns = fn(&[ArrayRef], usize) -> Result<ArrayRef>;

fn asked(
    args: &ScalarFunctionArgs,
    work: Columns,
) -> Result<datafusion::logical_expr::ColumnarValue> {
    crate::function::udf::evaluated(args, work)
}

/// The functions for one type of numbers.
macro_rules! functions {
    (
        $($module:ident $number:ty,
            $agg:literal $merge_agg:literal $get_n:literal $to_string:literal $merge:literal
            $get_quantile:literal $get_rank:literal;)*
    ) => {
        $(pub(crate) mod $module {
            use super::*;
            use crate::function::sketch::aggregate::sketches;
            use crate::function::sketch::binary;
            use crate::function::udf::rows::row_functions;
            use crate::function::udf::{Kernel, Nulls, udf};
            use datafusion::logical_expr::{ScalarUDF, Volatility};
            use std::sync::LazyLock;

            sketches! {
                AGG $agg false, binary,
                    |constants, _| Ok(made::<$number>(false, constants));
                MERGE_AGG $merge_agg false, binary,
                    |constants, _| Ok(made::<$number>(true, constants));
            }

            row_functions! {
                GET_N $get_n Propagate Skip i64, |row| {
                    let sketch = read::<$number>(row.bytes(0), "kll_sketch_get_n")?;
                    Ok(i64::try_from(sketch.n()).ok())
                };
                TO_STRING $to_string Propagate Skip String,
                    |row| {
                        let name = "kll_sketch_to_string";
                        Ok(Some(described(&read::<$number>(row.bytes(0), name)?)))
                    };
                MERGE $merge Propagate Skip Vec<u8>,
                    merged::<$number>;
            }

            pub(crate) static GET_QUANTILE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
                udf(Kernel {
                    name: $get_quantile,
                    nulls: Nulls::Propagate,
                    volatility: Volatility::Immutable,
                    returns: |args| Ok(shaped(args, <$number as Number>::Arrow::DATA_TYPE)),
                    run: |args| asked(&args, quantiles::<$number>),
                })
            });

            pub(crate) static GET_RANK: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
                udf(Kernel {
                    name: $get_rank,
                    nulls: Nulls::Propagate,
                    volatility: Volatility::Immutable,
                    returns: |args| Ok(shaped(args, DataType::Float64)),
                    run: |args| asked(&args, ranks::<$number>),
                })
            });
        })*
    };
}

functions! {
    bigint i64,
        "spark_kll_sketch_agg_bigint" "spark_kll_merge_agg_bigint" "spark_kll_sketch_get_n_bigint"
        "spark_kll_sketch_to_string_bigint" "spark_kll_sketch_merge_bigint"
        "spark_kll_sketch_get_quantile_bigint" "spark_kll_sketch_get_rank_bigint";
    double KllFloat<f64>,
        "spark_kll_sketch_agg_double" "spark_kll_merge_agg_double" "spark_kll_sketch_get_n_double"
        "spark_kll_sketch_to_string_double" "spark_kll_sketch_merge_double"
        "spark_kll_sketch_get_quantile_double" "spark_kll_sketch_get_rank_double";
    float KllFloat<f32>,
        "spark_kll_sketch_agg_float" "spark_kll_merge_agg_float" "spark_kll_sketch_get_n_float"
        "spark_kll_sketch_to_string_float" "spark_kll_sketch_merge_float"
        "spark_kll_sketch_get_quantile_float" "spark_kll_sketch_get_rank_float";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(k: u16, values: std::ops::Range<i64>) -> Result<KllSketch<i64>> {
        let mut sketch = new(Some(k))?;
        values.for_each(|value| sketch.update(value));
        Ok(sketch)
    }

    #[test]
    fn capacities_and_lengths_are_the_library_s() -> Result<()> {
        assert_eq!((capacity(200, 3), capacity(8, 7), capacity(300, 4)), (422, 56, 722));
        for most in [0, 1, 2, 50, 1000, 100_000] {
            let bytes = of(200, 0..most)?.serialize();
            let mut longer = bytes.clone();
            longer.extend([1, 2, 3]);
            assert_eq!(trimmed::<i64>(&longer), Some(bytes.as_slice()));
        }
        Ok(())
    }

    #[test]
    fn parts_make_the_whole() -> Result<()> {
        let mut parts = Kll::<i64> { merges: false, k: None, sketch: None };
        for part in [0..10, 10..1000, 1000..5000] {
            parts.add(&of(200, part)?.serialize())?;
        }
        let whole = parts.sketch.as_ref().map(|sketch| quantile(sketch, 0.5));
        assert!(matches!(whole, Some(Ok(2300..=2700))), "{whole:?}");
        Ok(())
    }

    #[test]
    fn damage_is_found_or_harmless() -> Result<()> {
        for most in [0, 1, 2, 300] {
            let whole = of(8, 0..most)?.serialize();
            for at in 0..whole.len().min(80) {
                for value in [0, 1, 2, 4, 8, 61, 127, 255] {
                    let mut bytes = whole.clone();
                    bytes[at] = value;
                    if let Ok(read) = read::<i64>(&bytes, "f") {
                        let mut sketch = of(8, 0..90)?;
                        absorb(&mut sketch, &read);
                        let _ = (described(&read), quantile(&read, 0.5), rank(&read, 3));
                    }
                }
            }
        }
        Ok(())
    }
}
