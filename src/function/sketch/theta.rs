//! Theta sketches: sets whose unions, intersections and differences can be counted.
//!
//! The library takes no fewer than 32 nominal entries, Spark takes 16: then twice as many
//! are kept, and the least of them written, which is the same.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datasketches::theta::{
    CompactThetaSketch, ThetaANotB, ThetaIntersection, ThetaSketch, ThetaSketchBuilder, ThetaUnion,
    ThetaUnionBuilder,
};

use super::aggregate::{Sketch, sketches};
use super::{binary, constant, each_bytes, each_key, guarded, refused, rounded};
use crate::error::{Condition, Error};
use crate::function::udf::rows::row_functions;

pub(crate) const LEAST_LG_ENTRIES: i32 = 4;
pub(crate) const MOST_LG_ENTRIES: i32 = 26;
const DEFAULT_LG_ENTRIES: u8 = 12;
/// The least that the library takes.
const LEAST_KEPT: u8 = 5;
const FAMILY: u8 = 3;
/// Flags of sketches that are read only, compact, ordered, and of one entry.
const ORDERED: u8 = 0x1A;
const SINGLE: u8 = 0x20;

/// The families of sketches, by their numbers.
const FAMILIES: [&str; 22] = [
    "",
    "ALPHA",
    "QUICKSELECT",
    "COMPACT",
    "UNION",
    "INTERSECTION",
    "A_NOT_B",
    "HLL",
    "QUANTILES",
    "TUPLE",
    "FREQUENCY",
    "RESERVOIR",
    "RESERVOIR_UNION",
    "VAROPT",
    "VAROPT_UNION",
    "KLL",
    "CPC",
    "REQ",
    "COUNTMIN",
    "EBPPS",
    "TDIGEST",
    "BLOOMFILTER",
];

/// Spark's error for bytes that are of no sketch of a family: another condition for those
/// of a whole one of another family.
pub(super) fn not_of_family(
    expected: u8,
    [other, invalid]: [Condition; 2],
    bytes: &[u8],
    function: &str,
) -> DataFusionError {
    let name_of = |family: u8| FAMILIES.get(usize::from(family)).copied().unwrap_or_default();
    let family = bytes.get(2).copied().filter(|family| bytes.len() >= 8 && *family != expected);
    match family.map(name_of) {
        None | Some("") => super::invalid(invalid, function),
        Some(actual) => {
            let parameters = [
                ("function", format!("`{function}`")),
                ("expectedFamily", name_of(expected).to_owned()),
                ("actualFamily", actual.to_owned()),
            ];
            Error::analysis(other, parameters).into()
        }
    }
}

/// Spark's error for bytes that are no theta sketch.
fn no_theta(bytes: &[u8], function: &str) -> DataFusionError {
    let conditions = [
        Condition::THETA_INVALID_INPUT_SKETCH_BUFFER_FAMILY,
        Condition::THETA_INVALID_INPUT_SKETCH_BUFFER,
    ];
    not_of_family(FAMILY, conditions, bytes, function)
}

/// Reads a sketch. What says that its entries are in order must be so, since writing
/// them relies on it.
pub(super) fn read(bytes: &[u8], function: &str) -> Result<CompactThetaSketch> {
    let sketch = guarded(|| CompactThetaSketch::deserialize(bytes));
    let whole = sketch.filter(|sketch| {
        let mut hashes: Vec<_> = sketch.iter().map(|entry| entry.hash()).collect();
        if !sketch.is_ordered() {
            hashes.sort_unstable();
        }
        hashes.is_sorted_by(|a, b| a < b)
    });
    whole.ok_or_else(|| no_theta(bytes, function))
}

/// The bytes that Spark writes for an ordered sketch.
fn written(sketch: &CompactThetaSketch) -> Vec<u8> {
    let mut bytes = sketch.serialize_compressed();
    if bytes.first() == Some(&1) && bytes.get(1) == Some(&3) && !sketch.is_empty() {
        bytes[5] |= SINGLE;
    }
    bytes
}

/// The sketch with no more than so many entries, the least.
fn trimmed(sketch: CompactThetaSketch, lg_entries: u8) -> Result<CompactThetaSketch> {
    let most = 1_usize << lg_entries;
    if sketch.num_retained() <= most {
        return Ok(sketch);
    }
    let mut hashes: Vec<_> = sketch.iter().map(|entry| entry.hash()).collect();
    hashes.sort_unstable();
    let mut bytes = vec![3, 3, FAMILY, 0, 0, ORDERED];
    bytes.extend(sketch.seed_hash().to_le_bytes());
    bytes.extend((most as u64).to_le_bytes());
    bytes.extend(hashes[most].to_le_bytes());
    bytes.extend(hashes[..most].iter().flat_map(|hash| hash.to_le_bytes()));
    CompactThetaSketch::deserialize(&bytes).map_err(refused)
}

fn new_sketch(lg_entries: u8) -> Result<ThetaSketch> {
    ThetaSketchBuilder::default().lg_k(lg_entries.max(LEAST_KEPT)).build().map_err(refused)
}

fn new_union(lg_entries: u8) -> Result<ThetaUnion> {
    ThetaUnionBuilder::default().lg_k(lg_entries.max(LEAST_KEPT)).build().map_err(refused)
}

/// `theta_sketch_agg`; constant: lgNomEntries. Parts of other stages come into a union.
#[derive(Debug)]
struct Theta {
    lg_entries: u8,
    sketch: ThetaSketch,
    union: Option<ThetaUnion>,
}

impl Theta {
    fn result(&mut self) -> Result<CompactThetaSketch> {
        self.sketch.trim();
        let own = self.sketch.compact(true);
        let sketch = match &mut self.union {
            None => own,
            Some(union) => {
                union.update(&own).map_err(refused)?;
                union.to_sketch(true)
            }
        };
        trimmed(sketch, self.lg_entries)
    }
}

impl Sketch for Theta {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        each_key(&columns[0], |_, key| {
            self.sketch.update(key);
            Ok(())
        })
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let other = read(state, "theta_sketch_agg")?;
        let union = match &mut self.union {
            Some(union) => union,
            None => self.union.insert(new_union(self.lg_entries)?),
        };
        union.update(&other).map_err(refused)
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        let sketch = self.result()?;
        Ok((!sketch.is_empty()).then(|| written(&sketch)))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(written(&self.result()?))))
    }

    fn size(&self) -> usize {
        let union = self.union.as_ref().map_or(0, ThetaUnion::estimated_size);
        self.sketch.estimated_size() + union
    }
}

/// `theta_union_agg`; constant: lgNomEntries.
#[derive(Debug)]
struct Union {
    lg_entries: u8,
    union: ThetaUnion,
}

impl Sketch for Union {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        each_bytes(&columns[0], |bytes| self.merge(bytes))
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let name = "theta_union_agg";
        let sketch = read(state, name)?;
        guarded(|| self.union.update(&sketch)).ok_or_else(|| no_theta(state, name))
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        let sketch = trimmed(self.union.to_sketch(true), self.lg_entries)?;
        Ok((!sketch.is_empty()).then(|| written(&sketch)))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        let sketch = trimmed(self.union.to_sketch(true), self.lg_entries)?;
        Ok(ScalarValue::Binary(Some(written(&sketch))))
    }

    fn size(&self) -> usize {
        self.union.estimated_size()
    }
}

/// `theta_intersection_agg`.
#[derive(Debug, Default)]
struct Intersection(ThetaIntersection);

impl Sketch for Intersection {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        each_bytes(&columns[0], |bytes| self.merge(bytes))
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let name = "theta_intersection_agg";
        let sketch = read(state, name)?;
        guarded(|| self.0.update(&sketch)).ok_or_else(|| no_theta(state, name))
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(self.0.to_sketch(true).as_ref().map(written))
    }

    /// The intersection of nothing is empty.
    fn finish(&mut self) -> Result<ScalarValue> {
        let bytes = match self.0.to_sketch(true) {
            Some(sketch) => written(&sketch),
            None => written(&new_sketch(DEFAULT_LG_ENTRIES)?.compact(true)),
        };
        Ok(ScalarValue::Binary(Some(bytes)))
    }

    fn size(&self) -> usize {
        self.0.estimated_size()
    }
}

fn lg_entries(constants: &[ScalarValue]) -> u8 {
    let given = constant(constants, 0).and_then(|lg_entries| u8::try_from(lg_entries).ok());
    given.unwrap_or(DEFAULT_LG_ENTRIES)
}

sketches! {
    AGG "spark_theta_sketch_agg" false, binary, |constants, _| {
        let lg_entries = lg_entries(constants);
        Ok(Box::new(Theta { lg_entries, sketch: new_sketch(lg_entries)?, union: None }))
    };
    UNION_AGG "spark_theta_union_agg" false, binary, |constants, _| {
        let lg_entries = lg_entries(constants);
        Ok(Box::new(Union { lg_entries, union: new_union(lg_entries)? }))
    };
    INTERSECTION_AGG "spark_theta_intersection_agg" false, binary, |_, _| {
        Ok(Box::new(Intersection::default()))
    };
}

/// Spark's error for a number of entries out of range.
pub(crate) fn check_entries(lg_entries: i32, function: &str) -> Result<u8, Error> {
    let fitting = (LEAST_LG_ENTRIES..=MOST_LG_ENTRIES).contains(&lg_entries);
    u8::try_from(lg_entries).ok().filter(|_| fitting).ok_or_else(|| {
        Error::analysis(
            Condition::SKETCH_INVALID_LG_NOM_ENTRIES,
            [
                ("function", format!("`{function}`")),
                ("min", LEAST_LG_ENTRIES.to_string()),
                ("max", MOST_LG_ENTRIES.to_string()),
                ("value", lg_entries.to_string()),
            ],
        )
    })
}

row_functions! {
    ESTIMATE "spark_theta_sketch_estimate" Propagate Skip i64, |row| {
        Ok(Some(rounded(read(row.bytes(0), "theta_sketch_estimate")?.estimate())))
    };
    UNION "spark_theta_union" Propagate Skip Vec<u8>, |row| {
        let name = "theta_union";
        let lg_entries = check_entries(row.int(2), name)?;
        let mut union = new_union(lg_entries)?;
        for at in 0..2 {
            let sketch = read(row.bytes(at), name)?;
            guarded(|| union.update(&sketch)).ok_or_else(|| no_theta(row.bytes(at), name))?;
        }
        Ok(Some(written(&trimmed(union.to_sketch(true), lg_entries)?)))
    };
    INTERSECTION "spark_theta_intersection" Propagate Skip Vec<u8>, |row| {
        let name = "theta_intersection";
        let mut intersection = ThetaIntersection::default();
        for at in 0..2 {
            let sketch = read(row.bytes(at), name)?;
            guarded(|| intersection.update(&sketch)).ok_or_else(|| no_theta(row.bytes(at), name))?;
        }
        Ok(intersection.to_sketch(true).as_ref().map(written))
    };
    DIFFERENCE "spark_theta_difference" Propagate Skip Vec<u8>, |row| {
        let name = "theta_difference";
        let (left, right) = (read(row.bytes(0), name)?, read(row.bytes(1), name)?);
        let difference = guarded(|| ThetaANotB::default().compute(&left, &right, true));
        let difference = difference.ok_or_else(|| no_theta(row.bytes(0), name))?;
        Ok(Some(written(&difference)))
    };
}

#[cfg(test)]
mod tests {
    use super::super::Key;
    use super::*;

    fn of(lg_entries: u8, values: std::ops::Range<i64>) -> Result<Theta> {
        let sketch = new_sketch(lg_entries)?;
        let mut theta = Theta { lg_entries, sketch, union: None };
        values.for_each(|value| theta.sketch.update(Key::Long(value)));
        Ok(theta)
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    #[test]
    fn bytes_are_spark_s() -> Result<()> {
        let bytes = |lg_entries, values| -> Result<_> {
            Ok(hex(&written(&of(lg_entries, values)?.result()?)))
        };
        assert_eq!(bytes(12, 0..0)?, "01030300001E0000");
        assert_eq!(bytes(12, 1..2)?, "01030300003ACC9315F97DCBBD86A105");
        let three = "0104033E011ACC930316861AF72DF7E4558FBE9C3477E9EAEFB2E5966BADAA3DC0";
        assert_eq!(bytes(12, 1..4)?, three);
        let many = bytes(4, 0..1000)?;
        assert!(many.starts_with("02040337011ACC9394DED6C8A0752A021054E975E5DB13AAED949BB9F88C"));
        Ok(())
    }

    #[test]
    fn parts_make_the_whole() -> Result<()> {
        for most in [3, 100, 10_000] {
            let mut parts = of(4, 0..most / 3)?;
            let others = [of(4, most / 3..most / 2)?.state()?, of(4, most / 2..most)?.state()?];
            for part in others.into_iter().flatten() {
                parts.merge(&part)?;
            }
            assert_eq!(written(&parts.result()?), written(&of(4, 0..most)?.result()?));
        }
        Ok(())
    }

    #[test]
    fn damage_is_found_or_harmless() -> Result<()> {
        for most in [1, 2, 20, 500] {
            let whole = written(&of(5, 0..most)?.result()?);
            for at in 0..whole.len().min(60) {
                for value in [0, 1, 2, 3, 4, 26, 30, 63, 127, 255] {
                    let mut bytes = whole.clone();
                    bytes[at] = value;
                    let Ok(sketch) = read(&bytes, "f") else { continue };
                    let mut union = new_union(5)?;
                    union.update(&sketch).map_err(refused)?;
                    written(&union.to_sketch(true));
                    let other = of(5, 0..9)?.result()?;
                    for (a, b) in [(&sketch, &other), (&other, &sketch)] {
                        let difference = ThetaANotB::default().compute(a, b, true);
                        written(&difference.map_err(refused)?);
                    }
                }
            }
        }
        Ok(())
    }
}
