//! HLL sketches: how many distinct values there are.
//!
//! Spark writes the layout that can be updated, with registers of a byte; the library
//! writes the compact one. Few values are kept as coupons, whose places in the table show
//! in the bytes, so the tables of coupons are ours; registers are the library's.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datasketches::hll::{HllSketch, HllType, HllUnion};

use super::aggregate::{Sketch, sketches};
use super::{
    Key, binary, constant, each_bytes, each_key, guarded, invalid, refused, rounded, words,
};
use crate::error::{Condition, Error};
use crate::function::udf::rows::row_functions;

pub(crate) const LEAST_LG_K: i32 = 4;
pub(crate) const MOST_LG_K: i32 = 21;
const DEFAULT_LG_K: u8 = 12;

/// Bytes before a list, a set, and registers.
const LIST_START: usize = 8;
const SET_START: usize = 12;
const REGISTERS_START: usize = 40;
/// Flags and the bits of a coupon that are a place.
const EMPTY: u8 = 4;
const OUT_OF_ORDER: u8 = 16;
const COMPACT: u8 = 8;
const PLACE_BITS: u32 = 26;
/// Modes, with registers of a byte.
const MODE_LIST: u8 = 8;
const MODE_SET: u8 = 9;
const MODE_REGISTERS: u8 = 10;

/// A sketch.
#[derive(Debug, Clone)]
pub(crate) struct Hll {
    lg_k: u8,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Coupons(Coupons),
    Registers(HllSketch),
}

/// Coupons, in a list of 8 or in a hash table.
#[derive(Debug, Clone)]
struct Coupons {
    table: Vec<u32>,
    count: usize,
    hashed: bool,
}

impl Coupons {
    fn list() -> Self {
        Self { table: vec![0; 8], count: 0, hashed: false }
    }

    fn set(lg_size: u32) -> Self {
        Self { table: vec![0; 1 << lg_size], count: 0, hashed: true }
    }

    fn lg_size(&self) -> u32 {
        self.table.len().trailing_zeros()
    }

    fn iter(&self) -> impl Iterator<Item = u32> {
        self.table.iter().copied().filter(|coupon| *coupon != 0)
    }

    /// Whether the coupon is a new one. There is always room.
    fn insert(&mut self, coupon: u32) -> bool {
        let mask = self.table.len() - 1;
        let place = (coupon & ((1 << PLACE_BITS) - 1)) as usize;
        let (mut at, stride) = match self.hashed {
            true => (coupon as usize & mask, (place >> self.lg_size()) | 1),
            false => (0, 1),
        };
        for _ in 0..self.table.len() {
            match self.table[at] {
                0 => {
                    self.table[at] = coupon;
                    self.count += 1;
                    return true;
                }
                same if same == coupon => return false,
                _ => at = (at + stride) & mask,
            }
        }
        false
    }

    fn moved(&self, lg_size: u32) -> Self {
        let mut set = Self::set(lg_size);
        self.iter().for_each(|coupon| {
            set.insert(coupon);
        });
        set
    }
}

impl Hll {
    pub(crate) fn new(lg_k: u8) -> Self {
        Self { lg_k, state: State::Coupons(Coupons::list()) }
    }

    fn is_empty(&self) -> bool {
        match &self.state {
            State::Coupons(coupons) => coupons.count == 0,
            State::Registers(sketch) => sketch.is_empty(),
        }
    }

    fn update(&mut self, key: Key<'_>) -> Result<()> {
        match &mut self.state {
            State::Registers(sketch) => sketch.update(key),
            State::Coupons(_) => {
                let mut one = HllSketch::new(4, HllType::Hll8).map_err(refused)?;
                one.update(key);
                if let Some(coupon) = words(&one.serialize(), LIST_START).next() {
                    self.insert(coupon)?;
                }
            }
        }
        Ok(())
    }

    /// Adds a coupon while there are only coupons.
    fn insert(&mut self, coupon: u32) -> Result<()> {
        let State::Coupons(coupons) = &mut self.state else { return Ok(()) };
        if !coupons.insert(coupon) {
            return Ok(());
        }
        let most = u32::from(self.lg_k).saturating_sub(3);
        match coupons.hashed {
            false if coupons.count < coupons.table.len() => {}
            false if self.lg_k >= 8 => *coupons = coupons.moved(5),
            true if 4 * coupons.count <= 3 * coupons.table.len() => {}
            true if coupons.lg_size() < most => *coupons = coupons.moved(coupons.lg_size() + 1),
            _ => self.promote()?,
        }
        Ok(())
    }

    /// From coupons to registers.
    fn promote(&mut self) -> Result<()> {
        let State::Coupons(coupons) = &self.state else { return Ok(()) };
        let estimate = self.sketch()?.estimate();
        let mut registers = vec![0_u8; 1 << self.lg_k];
        let mask = registers.len() - 1;
        for coupon in coupons.iter() {
            let register = &mut registers[coupon as usize & mask];
            *register = (*register).max((coupon >> PLACE_BITS) as u8);
        }
        let image = image(self.lg_k, &registers, estimate, false);
        self.state = State::Registers(HllSketch::deserialize(&image).map_err(refused)?);
        Ok(())
    }

    /// The sketch as the library has it.
    fn sketch(&self) -> Result<HllSketch> {
        match &self.state {
            State::Registers(sketch) => Ok(sketch.clone()),
            State::Coupons(_) => HllSketch::deserialize(&self.bytes()).map_err(refused),
        }
    }

    /// Takes another sketch in. A set of an equal size that comes first is copied as it
    /// is, unless it is read in place.
    fn merge(&mut self, other: &Self, in_place: bool) -> Result<()> {
        if other.is_empty() {
            return Ok(());
        }
        if let (State::Coupons(mine), State::Coupons(theirs)) = (&self.state, &other.state) {
            if mine.count == 0 && theirs.hashed && self.lg_k == other.lg_k && !in_place {
                self.state = other.state.clone();
                return Ok(());
            }
            for coupon in theirs.iter() {
                self.insert(coupon)?;
            }
            if matches!(self.state, State::Coupons(_)) {
                return Ok(());
            }
        }
        let mut union = HllUnion::new(self.lg_k).map_err(refused)?;
        union.update(&self.sketch()?);
        union.update(&other.sketch()?);
        let sketch = union.to_sketch(HllType::Hll8);
        self.lg_k = sketch.lg_config_k();
        self.state = State::Registers(sketch);
        Ok(())
    }

    fn estimate(&self) -> Result<f64> {
        Ok(self.sketch()?.estimate())
    }

    /// The bytes that Spark writes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match &self.state {
            State::Registers(sketch) => least_counted(sketch.serialize()),
            State::Coupons(coupons) => {
                let lg_size = coupons.lg_size() as u8;
                let mut bytes = match coupons.hashed {
                    false => {
                        let flags = if coupons.count == 0 { EMPTY } else { 0 };
                        vec![2, 1, 7, self.lg_k, lg_size, flags, coupons.count as u8, MODE_LIST]
                    }
                    true => vec![3, 1, 7, self.lg_k, lg_size, 0, 0, MODE_SET],
                };
                if coupons.hashed {
                    bytes.extend((coupons.count as u32).to_le_bytes());
                }
                bytes.extend(coupons.table.iter().flat_map(|coupon| coupon.to_le_bytes()));
                bytes
            }
        }
    }

    /// Reads a sketch of any layout; none if the bytes are none.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let sketch = guarded(|| HllSketch::deserialize(bytes))?;
        let (flags, mode) = (*bytes.get(5)?, *bytes.get(7)?);
        let lg_k = sketch.lg_config_k();
        let state = match mode & 3 {
            0 | 1 => State::Coupons(coupons(bytes, mode & 3 == 1, flags & COMPACT != 0)?),
            _ if mode & 0xC == 8 => {
                let registers = bytes.get(REGISTERS_START..)?.get(..1 << lg_k)?;
                if registers.iter().any(|register| *register > 63) {
                    return None;
                }
                let hip = f64::from_le_bytes(bytes.get(8..16)?.try_into().ok()?);
                let image = image(lg_k, registers, hip, flags & OUT_OF_ORDER != 0);
                State::Registers(HllSketch::deserialize(&image).ok()?)
            }
            _ => State::Registers(guarded(|| {
                let mut union = HllUnion::new(lg_k)?;
                union.update(&sketch);
                Ok::<_, datasketches::error::Error>(union.to_sketch(HllType::Hll8))
            })?),
        };
        Some(Self { lg_k, state })
    }

    fn read_for(bytes: &[u8], function: &str) -> Result<Self> {
        let condition = Condition::HLL_INVALID_INPUT_SKETCH_BUFFER;
        Self::read(bytes).ok_or_else(|| invalid(condition, function))
    }
}

/// The coupons of a sketch that the library has read without complaint.
fn coupons(bytes: &[u8], hashed: bool, compact: bool) -> Option<Coupons> {
    let lg_size = u32::from(*bytes.get(4)?);
    let start = if hashed { SET_START } else { LIST_START };
    let mut coupons = if hashed { Coupons::set(lg_size) } else { Coupons::list() };
    let given = match (hashed, compact) {
        (false, true) => usize::from(*bytes.get(6)?),
        (true, true) => words(bytes, LIST_START).next()? as usize,
        _ => coupons.table.len(),
    };
    let words = words(bytes, start).take(given);
    if hashed && compact {
        words.for_each(|coupon| {
            coupons.insert(coupon);
        });
    } else {
        coupons.table.iter_mut().zip(words).for_each(|(place, coupon)| *place = coupon);
        coupons.count = coupons.iter().count();
    }
    // A coupon of no value could not be told from an empty place.
    let whole = 4 * coupons.count <= 3 * coupons.table.len() || !hashed && coupons.count < 8;
    whole.then_some(coupons)
}

/// Registers with all that follows from them.
fn image(lg_k: u8, registers: &[u8], hip: f64, out_of_order: bool) -> Vec<u8> {
    let power = |register: &u8| 2_f64.powi(-i32::from(*register));
    let (low, high): (Vec<u8>, Vec<u8>) = registers.iter().partition(|register| **register < 32);
    let zeros = registers.iter().filter(|register| **register == 0).count() as u32;
    let flags = if out_of_order { OUT_OF_ORDER } else { 0 };
    let mut bytes = vec![10, 1, 7, lg_k, 0, flags, 0, MODE_REGISTERS];
    bytes.extend(hip.to_le_bytes());
    bytes.extend(low.iter().map(power).sum::<f64>().to_le_bytes());
    bytes.extend((high.iter().map(power).sum::<f64>() + 0.0).to_le_bytes());
    bytes.extend(zeros.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(registers);
    bytes
}

/// Spark writes the least register of merged sketches, and how many are as small.
fn least_counted(mut bytes: Vec<u8>) -> Vec<u8> {
    let registers = bytes.get(REGISTERS_START..).unwrap_or_default();
    let least = registers.iter().copied().min().unwrap_or(0);
    let count = registers.iter().filter(|register| **register == least).count() as u32;
    if bytes[5] & OUT_OF_ORDER != 0 && least > 0 {
        bytes[6] = least;
        bytes[32..36].copy_from_slice(&count.to_le_bytes());
    }
    bytes
}

fn different(left: u8, right: u8, function: &str) -> DataFusionError {
    let parameters = [
        ("left", left.to_string()),
        ("right", right.to_string()),
        ("function", format!("`{function}`")),
    ];
    Error::analysis(Condition::HLL_UNION_DIFFERENT_LG_K, parameters).into()
}

/// `hll_sketch_agg`; constant: lgConfigK.
impl Sketch for Hll {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        each_key(&columns[0], |_, key| Hll::update(self, key))
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        Hll::merge(self, &Self::read_for(state, "hll_sketch_agg")?, false)
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok((!self.is_empty()).then(|| self.bytes()))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(self.bytes())))
    }

    fn size(&self) -> usize {
        match &self.state {
            State::Coupons(coupons) => 4 * coupons.table.len(),
            State::Registers(sketch) => sketch.estimated_size(),
        }
    }
}

/// `hll_union_agg`; constant: whether sketches of other sizes may come.
#[derive(Debug)]
struct Union {
    any_size: bool,
    sketch: Option<Hll>,
}

impl Union {
    fn add(&mut self, bytes: &[u8], in_place: bool) -> Result<()> {
        let name = "hll_union_agg";
        let other = Hll::read_for(bytes, name)?;
        let mine = self.sketch.get_or_insert_with(|| Hll::new(other.lg_k));
        if mine.lg_k != other.lg_k && !self.any_size {
            return Err(different(mine.lg_k, other.lg_k, name));
        }
        mine.merge(&other, in_place)
    }
}

impl Sketch for Union {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        each_bytes(&columns[0], |bytes| self.add(bytes, true))
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        self.add(state, false)
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(self.sketch.as_ref().map(Hll::bytes))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        let bytes = self.sketch.as_ref().map_or_else(|| Hll::new(DEFAULT_LG_K).bytes(), Hll::bytes);
        Ok(ScalarValue::Binary(Some(bytes)))
    }

    fn size(&self) -> usize {
        self.sketch.as_ref().map_or(0, Sketch::size)
    }
}

sketches! {
    AGG "spark_hll_sketch_agg" false, binary, |constants, _| {
        let lg_k = constant(constants, 0).and_then(|lg_k| u8::try_from(lg_k).ok());
        Ok(Box::new(Hll::new(lg_k.unwrap_or(DEFAULT_LG_K))))
    };
    UNION_AGG "spark_hll_union_agg" false, binary, |constants, _| {
        let any_size = constants.first() == Some(&ScalarValue::Boolean(Some(true)));
        Ok(Box::new(Union { any_size, sketch: None }))
    };
}

row_functions! {
    ESTIMATE "spark_hll_sketch_estimate" Propagate Skip i64, |row| {
        let sketch = Hll::read_for(row.bytes(0), "hll_sketch_estimate")?;
        Ok(Some(rounded(sketch.estimate()?)))
    };
    UNION "spark_hll_union" Propagate Skip Vec<u8>, |row| {
        let name = "hll_union";
        let (left, right) = (Hll::read_for(row.bytes(0), name)?, Hll::read_for(row.bytes(1), name)?);
        if left.lg_k != right.lg_k && !row.flag(2) {
            return Err(different(left.lg_k, right.lg_k, name));
        }
        let mut union = Hll::new(left.lg_k.min(right.lg_k));
        union.merge(&left, false)?;
        union.merge(&right, false)?;
        Ok(Some(union.bytes()))
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lg_k: u8, values: std::ops::Range<i64>) -> Hll {
        let mut sketch = Hll::new(lg_k);
        values.for_each(|value| sketch.update(Key::Long(value)).unwrap_or_default());
        sketch
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    #[test]
    fn lists_and_registers_are_written_as_spark_does() {
        let list = "0201070C030003082BF2FB06862FF90D75816607".to_owned() + &"0".repeat(40);
        assert_eq!(hex(&of(12, 1..4).bytes()), list);
        assert_eq!(
            hex(&of(4, 0..100).bytes()),
            "0A0107040000000A15EB1DC787F15440000000000000FB3F00000000000000000000000000000000\
             04020307030403060304050202030704"
        );
    }

    #[test]
    fn what_is_written_is_read() {
        for (lg_k, most) in [(4, 3), (5, 100), (12, 3), (12, 20), (12, 300), (12, 5000), (21, 9)] {
            let bytes = of(lg_k, 0..most).bytes();
            assert_eq!(Hll::read(&bytes).map(|sketch| sketch.bytes()), Some(bytes));
        }
    }

    #[test]
    fn parts_make_the_whole() -> Result<()> {
        for most in [4, 100, 300, 1000, 50_000] {
            let mut union = Hll::new(12);
            union.merge(&of(12, 0..most / 2), false)?;
            union.merge(&of(12, most / 2..most), false)?;
            let estimate = union.estimate()? / most as f64;
            assert!((0.95..1.05).contains(&estimate), "{most}: {estimate}");
            assert_eq!(Hll::read(&union.bytes()).map(|sketch| sketch.bytes()), Some(union.bytes()));
        }
        Ok(())
    }

    #[test]
    fn damage_is_found_or_harmless() {
        for most in [3, 50, 5000] {
            let whole = of(10, 0..most).bytes();
            for at in 0..whole.len().min(80) {
                for value in [0, 1, 7, 9, 11, 31, 63, 127, 255] {
                    let mut bytes = whole.clone();
                    bytes[at] = value;
                    if let Some(read) = Hll::read(&bytes) {
                        let mut union = of(10, 10_000..10_400);
                        let _ = union.merge(&read, false);
                        let _ = (read.estimate(), union.estimate(), union.bytes());
                    }
                }
                assert!(at >= whole.len() || Hll::read(&whole[..at]).is_none() || at >= 8);
            }
        }
    }
}
