//! Tuple sketches: theta sketches whose keys have numbers, summed up as their mode says.
//!
//! The library takes no fewer than 32 nominal entries. Fewer cannot be had from more here,
//! since the entries of one sketch are written as many as they are.

use std::fmt::Debug;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{ArrowPrimitiveType, Float64Type, Int32Type};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datasketches::codec::{SketchBytes, SketchSlice};
use datasketches::tuple::{
    CompactTupleSketch, SummaryCombinePolicy, SummaryPolicy, SummaryUpdatePolicy, TupleANotB,
    TupleIntersection, TupleSketch, TupleSketchBuilder, TupleSummaryValue, TupleUnion,
    TupleUnionBuilder,
};

use super::aggregate::Sketch;
use super::{constant, each_bytes, each_key, guarded, refused, theta};
use crate::error::Condition;
use crate::function::udf::rows::Row;

/// The least that the library takes.
pub(crate) const LEAST_LG_ENTRIES: i32 = 5;
const DEFAULT_LG_ENTRIES: u8 = 12;
const FAMILY: u8 = 9;
/// What Spark writes for no entries, and its flags for some.
const NONE: [u8; 8] = [1, 3, FAMILY, 1, 0, 0x0E, 0xCC, 0x93];
const COMPACT: u8 = 0x0A;

/// How the numbers of a key become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Sum,
    Min,
    Max,
    AlwaysOne,
}

impl Mode {
    const ALL: [Self; 4] = [Self::Sum, Self::Min, Self::Max, Self::AlwaysOne];

    pub(crate) fn named(name: &str) -> Option<Self> {
        let names = ["sum", "min", "max", "alwaysone"];
        let at = names.iter().position(|known| name.eq_ignore_ascii_case(known))?;
        Some(Self::ALL[at])
    }

    /// The mode's number, as constants have it.
    pub(crate) fn number(self) -> i32 {
        self as i32
    }

    fn numbered(number: Option<i32>) -> Option<Self> {
        usize::try_from(number?).ok().and_then(|at| Self::ALL.get(at).copied())
    }
}

/// A number that is summed up, and its Arrow type.
pub(crate) trait Number: Copy + Debug + PartialOrd + Send + Sync + 'static {
    type Arrow: ArrowPrimitiveType;
    const SUFFIX: &'static str;
    const SIZE: usize;
    const ZERO: Self;
    const ONE: Self;
    const LEAST: Self;
    const MOST: Self;

    fn plus(self, other: Self) -> Self;
    fn of(value: <Self::Arrow as ArrowPrimitiveType>::Native) -> Self;
    fn write(self, bytes: &mut SketchBytes);
    fn read(bytes: &mut SketchSlice<'_>) -> Option<Self>;
}

impl Number for f64 {
    type Arrow = Float64Type;
    const SUFFIX: &'static str = "double";
    const SIZE: usize = 8;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const LEAST: Self = Self::NEG_INFINITY;
    const MOST: Self = Self::INFINITY;

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn of(value: f64) -> Self {
        value
    }

    fn write(self, bytes: &mut SketchBytes) {
        bytes.write_f64_le(self);
    }

    fn read(bytes: &mut SketchSlice<'_>) -> Option<Self> {
        bytes.read_f64_le().ok()
    }
}

impl Number for i32 {
    type Arrow = Int32Type;
    const SUFFIX: &'static str = "integer";
    const SIZE: usize = 4;
    const ZERO: Self = 0;
    const ONE: Self = 1;
    const LEAST: Self = Self::MIN;
    const MOST: Self = Self::MAX;

    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    fn of(value: i32) -> Self {
        value
    }

    fn write(self, bytes: &mut SketchBytes) {
        bytes.write_i32_le(self);
    }

    fn read(bytes: &mut SketchSlice<'_>) -> Option<Self> {
        bytes.read_i32_le().ok()
    }
}

/// The number of a key.
#[derive(Debug, Clone, Copy)]
struct Summary<N> {
    value: N,
    mode: Mode,
}

impl<N: Number> Summary<N> {
    fn new(mode: Mode) -> Self {
        let value = match mode {
            Mode::Sum => N::ZERO,
            Mode::Min => N::MOST,
            Mode::Max => N::LEAST,
            Mode::AlwaysOne => N::ONE,
        };
        Self { value, mode }
    }

    fn add(&mut self, value: N) {
        match self.mode {
            Mode::Sum => self.value = self.value.plus(value),
            Mode::Min if value < self.value => self.value = value,
            Mode::Max if value > self.value => self.value = value,
            Mode::AlwaysOne => self.value = N::ONE,
            Mode::Min | Mode::Max => {}
        }
    }
}

impl<N: Number> TupleSummaryValue for Summary<N> {
    fn serialize_size(&self) -> usize {
        N::SIZE + 1
    }

    fn serialize_value(&self, bytes: &mut SketchBytes) {
        self.value.write(bytes);
        bytes.write_u8(self.mode as u8);
    }

    fn deserialize_value(
        cursor: &mut SketchSlice<'_>,
    ) -> std::result::Result<Self, datasketches::error::Error> {
        let value = N::read(cursor);
        let mode = Mode::numbered(cursor.read_u8().ok().map(i32::from));
        value.zip(mode).map(|(value, mode)| Self { value, mode }).ok_or_else(|| {
            let kind = datasketches::error::ErrorKind::InvalidData;
            datasketches::error::Error::new(kind, "no summary")
        })
    }
}

/// Sums numbers up in a mode.
#[derive(Debug, Clone, Copy)]
struct Policy<N> {
    mode: Mode,
    number: std::marker::PhantomData<N>,
}

impl<N: Number> Policy<N> {
    fn new(mode: Mode) -> Self {
        Self { mode, number: std::marker::PhantomData }
    }
}

impl<N: Number> SummaryPolicy for Policy<N> {
    type Summary = Summary<N>;

    fn create(&self) -> Summary<N> {
        Summary::new(self.mode)
    }
}

impl<N: Number> SummaryUpdatePolicy<N> for Policy<N> {
    fn update(&self, summary: &mut Summary<N>, value: N) {
        summary.add(value);
    }
}

impl<N: Number> SummaryCombinePolicy for Policy<N> {
    fn combine(&self, summary: &mut Summary<N>, other: &Summary<N>) {
        let mut both = Summary::new(self.mode);
        both.add(summary.value);
        both.add(other.value);
        *summary = both;
    }
}

type Compact<N> = CompactTupleSketch<Summary<N>>;

/// Spark's error for bytes that are no tuple sketch; the function without its suffix.
fn no_tuple<N: Number>(bytes: &[u8], function: &str) -> DataFusionError {
    let conditions = [
        Condition::TUPLE_INVALID_INPUT_SKETCH_BUFFER_FAMILY,
        Condition::TUPLE_INVALID_INPUT_SKETCH_BUFFER,
    ];
    theta::not_of_family(FAMILY, conditions, bytes, &format!("{function}_{}", N::SUFFIX))
}

fn read<N: Number>(bytes: &[u8], function: &str) -> Result<Compact<N>> {
    let sketch = guarded(|| Compact::<N>::deserialize(bytes));
    sketch.ok_or_else(|| no_tuple::<N>(bytes, function))
}

/// A theta sketch as one whose numbers are those that a mode begins with.
fn read_theta<N: Number>(bytes: &[u8], mode: Mode, function: &str) -> Result<Compact<N>> {
    let sketch = theta::read(bytes, &format!("{function}_{}", N::SUFFIX))?;
    if sketch.is_empty() {
        return Compact::<N>::deserialize(&NONE).map_err(refused);
    }
    let mut bytes = SketchBytes::with_capacity(24 + sketch.num_retained() * (9 + N::SIZE));
    bytes.write(&[3, 3, FAMILY, 1, 0, COMPACT]);
    bytes.write_u16_le(sketch.seed_hash());
    bytes.write_u64_le(sketch.num_retained() as u64);
    bytes.write_u64_le(sketch.theta64());
    for entry in sketch.iter() {
        bytes.write_u64_le(entry.hash());
        Summary::<N>::new(mode).serialize_value(&mut bytes);
    }
    Compact::<N>::deserialize(&bytes.into_bytes()).map_err(refused)
}

/// The bytes that Spark writes; it says of no sketch that it is ordered.
fn written<N: Number>(sketch: &Compact<N>) -> Vec<u8> {
    if sketch.is_empty() {
        return NONE.to_vec();
    }
    let mut bytes = sketch.serialize();
    bytes[5] = COMPACT;
    bytes
}

fn new_union<N: Number>(lg_entries: u8, mode: Mode) -> Result<TupleUnion<Policy<N>>> {
    TupleUnionBuilder::new(Policy::new(mode)).lg_k(lg_entries).build().map_err(refused)
}

/// `tuple_sketch_agg_*`; constants: lgNomEntries, mode. Parts of other stages come into a
/// union.
#[derive(Debug)]
struct Tuple<N: Number> {
    lg_entries: u8,
    mode: Mode,
    sketch: TupleSketch<Policy<N>>,
    union: Option<TupleUnion<Policy<N>>>,
}

impl<N: Number> Tuple<N> {
    fn result(&mut self) -> Result<Compact<N>> {
        let own = self.sketch.compact(false);
        match &mut self.union {
            None => Ok(own),
            Some(union) => {
                union.update(&own).map_err(refused)?;
                // What is in the union by now must not come into it again.
                let policy = Policy::new(self.mode);
                let fresh = TupleSketchBuilder::new(policy).lg_k(self.lg_entries).build();
                self.sketch = fresh.map_err(refused)?;
                Ok(union.to_sketch(false))
            }
        }
    }
}

impl<N: Number> Sketch for Tuple<N> {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let values = columns[1].as_primitive::<N::Arrow>();
        each_key(&columns[0], |row, key| {
            if values.is_valid(row) {
                self.sketch.update(key, N::of(values.value(row)));
            }
            Ok(())
        })
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let other = read::<N>(state, "tuple_sketch_agg")?;
        let union = match &mut self.union {
            Some(union) => union,
            None => self.union.insert(new_union(self.lg_entries, self.mode)?),
        };
        union.update(&other).map_err(refused)
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(Some(written(&self.result()?)))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(written(&self.result()?))))
    }

    fn size(&self) -> usize {
        let union = self.union.as_ref().map_or(0, TupleUnion::estimated_size);
        self.sketch.estimated_size() + union
    }
}

/// `tuple_union_agg_*`; constants: lgNomEntries, mode.
#[derive(Debug)]
struct Union<N: Number>(TupleUnion<Policy<N>>);

impl<N: Number> Sketch for Union<N> {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        each_bytes(&columns[0], |bytes| self.merge(bytes))
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let name = "tuple_union_agg";
        let sketch = read::<N>(state, name)?;
        guarded(|| self.0.update(&sketch)).ok_or_else(|| no_tuple::<N>(state, name))
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(Some(written(&self.0.to_sketch(false))))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(written(&self.0.to_sketch(false)))))
    }

    fn size(&self) -> usize {
        self.0.estimated_size()
    }
}

/// `tuple_intersection_agg_*`; constants: none, mode.
#[derive(Debug)]
struct Intersection<N: Number>(TupleIntersection<Policy<N>>);

impl<N: Number> Sketch for Intersection<N> {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        each_bytes(&columns[0], |bytes| self.merge(bytes))
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let name = "tuple_intersection_agg";
        let sketch = read::<N>(state, name)?;
        guarded(|| self.0.update(&sketch)).ok_or_else(|| no_tuple::<N>(state, name))
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(self.0.to_sketch(false).as_ref().map(written))
    }

    /// The intersection of nothing is empty.
    fn finish(&mut self) -> Result<ScalarValue> {
        let bytes = self.0.to_sketch(false).as_ref().map_or_else(|| NONE.to_vec(), written);
        Ok(ScalarValue::Binary(Some(bytes)))
    }

    fn size(&self) -> usize {
        self.0.estimated_size()
    }
}

fn settings(constants: &[ScalarValue]) -> (u8, Mode) {
    let lg_entries = constant(constants, 0).and_then(|lg_entries| u8::try_from(lg_entries).ok());
    let mode = Mode::numbered(constant(constants, 1));
    (lg_entries.unwrap_or(DEFAULT_LG_ENTRIES), mode.unwrap_or(Mode::Sum))
}

fn made<N: Number>(constants: &[ScalarValue]) -> Result<Box<dyn Sketch>> {
    let (lg_entries, mode) = settings(constants);
    let sketch = TupleSketchBuilder::new(Policy::new(mode)).lg_k(lg_entries).build();
    let sketch = sketch.map_err(refused)?;
    Ok(Box::new(Tuple::<N> { lg_entries, mode, sketch, union: None }))
}

fn united<N: Number>(constants: &[ScalarValue]) -> Result<Box<dyn Sketch>> {
    let (lg_entries, mode) = settings(constants);
    Ok(Box::new(Union::<N>(new_union(lg_entries, mode)?)))
}

fn intersected<N: Number>(constants: &[ScalarValue]) -> Box<dyn Sketch> {
    let (_, mode) = settings(constants);
    Box::new(Intersection::<N>(TupleIntersection::new(Policy::new(mode))))
}

/// The second argument, as a tuple sketch.
fn second<N: Number>(row: &Row<'_>, of_theta: bool, mode: Mode, name: &str) -> Result<Compact<N>> {
    match of_theta {
        true => read_theta(row.bytes(1), mode, name),
        false => read(row.bytes(1), name),
    }
}

/// Arguments: two sketches, lgNomEntries, mode.
fn union<N: Number>(row: &Row<'_>, of_theta: bool) -> Result<Option<Vec<u8>>> {
    let name = if of_theta { "tuple_union_theta" } else { "tuple_union" };
    let mode = Mode::numbered(Some(row.int(3))).unwrap_or(Mode::Sum);
    let mut union = new_union::<N>(u8::try_from(row.int(2)).unwrap_or(DEFAULT_LG_ENTRIES), mode)?;
    for sketch in [read(row.bytes(0), name)?, second(row, of_theta, mode, name)?] {
        guarded(|| union.update(&sketch)).ok_or_else(|| no_tuple::<N>(row.bytes(0), name))?;
    }
    Ok(Some(written(&union.to_sketch(false))))
}

/// Arguments: two sketches, mode.
fn intersection<N: Number>(row: &Row<'_>, of_theta: bool) -> Result<Option<Vec<u8>>> {
    let name = if of_theta { "tuple_intersection_theta" } else { "tuple_intersection" };
    let mode = Mode::numbered(Some(row.int(2))).unwrap_or(Mode::Sum);
    let mut both = TupleIntersection::new(Policy::<N>::new(mode));
    for sketch in [read(row.bytes(0), name)?, second(row, of_theta, mode, name)?] {
        guarded(|| both.update(&sketch)).ok_or_else(|| no_tuple::<N>(row.bytes(0), name))?;
    }
    Ok(both.to_sketch(false).as_ref().map(written))
}

fn difference<N: Number>(row: &Row<'_>, of_theta: bool) -> Result<Option<Vec<u8>>> {
    let name = if of_theta { "tuple_difference_theta" } else { "tuple_difference" };
    let (left, right) =
        (read::<N>(row.bytes(0), name)?, second::<N>(row, of_theta, Mode::Sum, name)?);
    let left_only = guarded(|| TupleANotB::default().compute(&left, &right, false));
    let left_only = left_only.ok_or_else(|| no_tuple::<N>(row.bytes(0), name))?;
    Ok(Some(written(&left_only)))
}

fn estimate<N: Number>(row: &Row<'_>) -> Result<Option<f64>> {
    Ok(Some(read::<N>(row.bytes(0), "tuple_sketch_estimate")?.estimate()))
}

fn theta_of<N: Number>(row: &Row<'_>) -> Result<Option<f64>> {
    Ok(Some(read::<N>(row.bytes(0), "tuple_sketch_theta")?.theta()))
}

/// All numbers as one. Arguments: a sketch, mode.
fn summary<N: Number, S>(
    row: &Row<'_>,
    sum: fn(&[N]) -> S,
    count: fn(usize) -> S,
    one: fn(N) -> S,
) -> Result<Option<S>> {
    let sketch = read::<N>(row.bytes(0), "tuple_sketch_summary")?;
    let values: Vec<N> = sketch.iter().map(|entry| entry.summary().value).collect();
    Ok(Some(match Mode::numbered(Some(row.int(1))).unwrap_or(Mode::Sum) {
        _ if values.is_empty() => count(0),
        Mode::Sum => sum(&values),
        Mode::AlwaysOne => count(values.len()),
        mode => {
            let mut all = Summary::new(mode);
            values.into_iter().for_each(|value| all.add(value));
            one(all.value)
        }
    }))
}

/// The functions for one type of numbers.
macro_rules! functions {
    ($($module:ident $number:ty, $summary:ty, $sum:expr, $count:expr, $one:expr,
        $agg:literal $union_agg:literal $intersection_agg:literal
        $estimate:literal $theta:literal $summary_name:literal
        $union:literal $union_theta:literal $intersection:literal $intersection_theta:literal
        $difference:literal $difference_theta:literal;)*) => {
        $(pub(crate) mod $module {
            use super::*;
            use crate::function::sketch::aggregate::sketches;
            use crate::function::sketch::binary;
            use crate::function::udf::rows::row_functions;

            sketches! {
                AGG $agg false, binary, |constants, _| made::<$number>(constants);
                UNION_AGG $union_agg false, binary, |constants, _| united::<$number>(constants);
                INTERSECTION_AGG $intersection_agg false, binary,
                    |constants, _| Ok(intersected::<$number>(constants));
            }

            row_functions! {
                ESTIMATE $estimate Propagate Skip f64, estimate::<$number>;
                THETA $theta Propagate Skip f64, theta_of::<$number>;
                SUMMARY $summary_name Propagate Skip $summary,
                    |row| summary::<$number, $summary>(row, $sum, $count, $one);
                UNION $union Propagate Skip Vec<u8>, |row| union::<$number>(row, false);
                UNION_THETA $union_theta Propagate Skip Vec<u8>,
                    |row| union::<$number>(row, true);
                INTERSECTION $intersection Propagate Skip Vec<u8>,
                    |row| intersection::<$number>(row, false);
                INTERSECTION_THETA $intersection_theta Propagate Skip Vec<u8>,
                    |row| intersection::<$number>(row, true);
                DIFFERENCE $difference Propagate Skip Vec<u8>,
                    |row| difference::<$number>(row, false);
                DIFFERENCE_THETA $difference_theta Propagate Skip Vec<u8>,
                    |row| difference::<$number>(row, true);
            }
        })*
    };
}

functions! {
    double f64, f64, |values| values.iter().sum::<f64>() + 0.0, |count| count as f64,
        |value| value,
        "spark_tuple_sketch_agg_double" "spark_tuple_union_agg_double"
        "spark_tuple_intersection_agg_double" "spark_tuple_sketch_estimate_double"
        "spark_tuple_sketch_theta_double" "spark_tuple_sketch_summary_double"
        "spark_tuple_union_double" "spark_tuple_union_theta_double"
        "spark_tuple_intersection_double" "spark_tuple_intersection_theta_double"
        "spark_tuple_difference_double" "spark_tuple_difference_theta_double";
    integer i32, i64, |values| values.iter().map(|value| i64::from(*value)).sum(),
        |count| count as i64, i64::from,
        "spark_tuple_sketch_agg_integer" "spark_tuple_union_agg_integer"
        "spark_tuple_intersection_agg_integer" "spark_tuple_sketch_estimate_integer"
        "spark_tuple_sketch_theta_integer" "spark_tuple_sketch_summary_integer"
        "spark_tuple_union_integer" "spark_tuple_union_theta_integer"
        "spark_tuple_intersection_integer" "spark_tuple_intersection_theta_integer"
        "spark_tuple_difference_integer" "spark_tuple_difference_theta_integer";
}

#[cfg(test)]
mod tests {
    use super::super::Key;
    use super::*;

    fn of(values: std::ops::Range<i64>) -> Result<Tuple<f64>> {
        let sketch = TupleSketchBuilder::new(Policy::new(Mode::Sum)).lg_k(5).build();
        let sketch = sketch.map_err(refused)?;
        let mut tuple = Tuple { lg_entries: 5, mode: Mode::Sum, sketch, union: None };
        values.for_each(|value| tuple.sketch.update(Key::Long(value), value as f64));
        Ok(tuple)
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    #[test]
    fn bytes_are_spark_s() -> Result<()> {
        let bytes = |values| -> Result<_> { Ok(hex(&written(&of(values)?.result()?))) };
        assert_eq!(bytes(0..0)?, "01030901000ECC93");
        assert_eq!(bytes(1..2)?, "01030901000ACC9315F97DCBBD86A105000000000000F03F00");
        Ok(())
    }

    #[test]
    fn parts_make_the_whole() -> Result<()> {
        let mut parts = of(0..10)?;
        for part in [0..20, 5..15] {
            parts.merge(&of(part)?.state()?.unwrap_or_default())?;
        }
        let whole = parts.result()?;
        let sum: f64 = whole.iter().map(|entry| entry.summary().value).sum();
        assert_eq!((whole.num_retained(), sum), (20, 45.0 + 190.0 + 95.0));
        // Once more, as windows ask.
        assert_eq!(parts.result()?.iter().map(|entry| entry.summary().value).sum::<f64>(), sum);
        Ok(())
    }

    #[test]
    fn damage_is_found_or_harmless() -> Result<()> {
        for most in [1, 2, 20, 500] {
            let whole = written(&of(0..most)?.result()?);
            for at in 0..whole.len().min(60) {
                for value in [0, 1, 2, 3, 4, 26, 30, 63, 127, 255] {
                    let mut bytes = whole.clone();
                    bytes[at] = value;
                    let Ok(sketch) = read::<f64>(&bytes, "f") else { continue };
                    let mut union = new_union::<f64>(5, Mode::Max)?;
                    union.update(&sketch).map_err(refused)?;
                    written(&union.to_sketch(false));
                }
            }
        }
        Ok(())
    }
}
