//! Ids of vertices as numbers from 0, in the order in which they are met.
//!
//! Ids may be of any type. Integers are kept as they are; all else as the bytes of
//! Arrow's row format, which are equal and ordered as the values are.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Int64Array, UInt32Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::HashMap;
use datafusion_spark_connect::{Error, Result};

use super::work::Work;
use crate::error::{OrArrow as _, no_such_vertex};
use crate::proto::StringOrLongId;
use crate::proto::string_or_long_id::Id;

/// Beside the bytes of a key: hash table and list, roughly.
const OVERHEAD: usize = 48;

/// See the module. A NULL equals nothing: every one is a vertex that no edge reaches.
pub(crate) struct Ids {
    data_type: DataType,
    count: usize,
    keys: Keys,
}

enum Keys {
    Long { places: HashMap<i64, u32>, keys: Vec<Option<i64>> },
    Any { converter: RowConverter, places: HashMap<Arc<[u8]>, u32>, keys: Vec<Option<Arc<[u8]>>> },
}

impl Ids {
    /// No ids yet, of this type.
    ///
    /// # Errors
    /// If values of the type cannot be compared.
    pub(crate) fn new(data_type: &DataType) -> Result<Self> {
        let keys = match data_type.is_integer() {
            true => Keys::Long { places: HashMap::new(), keys: Vec::new() },
            false => Keys::Any {
                converter: RowConverter::new(vec![SortField::new(data_type.clone())]).or_arrow()?,
                places: HashMap::new(),
                keys: Vec::new(),
            },
        };
        Ok(Self { data_type: data_type.clone(), count: 0, keys })
    }

    /// How many ids there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The numbers of these ids; new ones get the next.
    ///
    /// # Errors
    /// If memory runs out, or there are more than 2^32 vertices.
    pub(crate) fn add(&mut self, ids: &ArrayRef, work: &Work) -> Result<Vec<u32>> {
        let count = &mut self.count;
        let mut next = |bytes: usize| -> Result<u32> {
            work.reserve(bytes + OVERHEAD)?;
            let place = u32::try_from(*count).map_err(|_| {
                Error::unsupported_because("graphframes.vertices", "more than 2^32 vertices")
            })?;
            *count += 1;
            Ok(place)
        };
        let mut numbers = Vec::with_capacity(ids.len());
        match &mut self.keys {
            Keys::Long { places, keys } => {
                for id in longs(ids)?.iter() {
                    let known = id.and_then(|id| places.get(&id).copied());
                    let place = match known {
                        Some(place) => place,
                        None => {
                            let place = next(8)?;
                            keys.push(id);
                            id.map(|id| places.insert(id, place));
                            place
                        }
                    };
                    numbers.push(place);
                }
            }
            Keys::Any { converter, places, keys } => {
                let rows = converter.convert_columns(&[Arc::clone(ids)]).or_arrow()?;
                for (at, row) in rows.iter().enumerate() {
                    let bytes = row.as_ref();
                    let known = places.get(bytes).copied().filter(|_| ids.is_valid(at));
                    let place = match known {
                        Some(place) => place,
                        None => {
                            let place = next(bytes.len())?;
                            let key = ids.is_valid(at).then(|| Arc::<[u8]>::from(bytes));
                            key.clone().map(|key| places.insert(key, place));
                            keys.push(key);
                            place
                        }
                    };
                    numbers.push(place);
                }
            }
        }
        Ok(numbers)
    }

    /// The numbers of these ids, which may be of another type; none where no vertex has
    /// the id.
    ///
    /// # Errors
    /// If values of their type are no ids.
    pub(crate) fn find(&self, ids: &ArrayRef) -> Result<Vec<Option<u32>>> {
        match &self.keys {
            Keys::Long { places, keys: _ } => {
                let ids = longs(ids)?;
                Ok(ids.iter().map(|id| places.get(&id?).copied()).collect())
            }
            Keys::Any { converter, places, keys: _ } => {
                let ids = cast(ids, &self.data_type).or_arrow()?;
                let rows = converter.convert_columns(&[Arc::clone(&ids)]).or_arrow()?;
                let found = |(at, row): (usize, datafusion::arrow::row::Row<'_>)| {
                    places.get(row.as_ref()).copied().filter(|_| ids.is_valid(at))
                };
                Ok(rows.iter().enumerate().map(found).collect())
            }
        }
    }

    /// The number of an id that a client named.
    ///
    /// # Errors
    /// If no vertex has it.
    pub(crate) fn find_named(&self, id: Option<&StringOrLongId>) -> Result<u32> {
        let id = id.and_then(|StringOrLongId { id }| id.as_ref());
        let (array, shown): (ArrayRef, String) = match id {
            Some(Id::LongId(id)) => (Arc::new(Int64Array::from(vec![*id])), id.to_string()),
            Some(Id::StringId(id)) => {
                let text = datafusion::arrow::array::StringArray::from(vec![id.as_str()]);
                (Arc::new(text), id.clone())
            }
            None => return Err(Error::missing_field("id")),
        };
        // What cannot be cast to the type of ids is none of them.
        let found = self.find(&array).ok().and_then(|found| found.first().copied().flatten());
        found.ok_or_else(|| no_such_vertex(&shown))
    }

    /// Whether ids are integers.
    pub(crate) fn are_integers(&self) -> bool {
        matches!(self.keys, Keys::Long { .. })
    }

    /// A long for every id, by number: the id itself if it is an integer, else its place
    /// among all ids in order. NULL has none.
    ///
    /// # Errors
    /// If memory runs out.
    pub(crate) fn longs(&self, work: &Work) -> Result<Vec<Option<i64>>> {
        match &self.keys {
            Keys::Long { places: _, keys } => {
                work.reserve(keys.len() * size_of::<Option<i64>>())?;
                Ok(keys.clone())
            }
            Keys::Any { keys, .. } => {
                let mut longs = work.array(None, keys.len())?;
                let mut order = work.array(0_usize, keys.len())?;
                order.iter_mut().enumerate().for_each(|(at, place)| *place = at);
                order.sort_unstable_by(|a, b| keys[*a].cmp(&keys[*b]));
                let valid = order.into_iter().filter(|at| keys[*at].is_some());
                valid.zip(0_i64..).for_each(|(at, long)| longs[at] = Some(long));
                Ok(longs)
            }
        }
    }

    /// The ids with these numbers, in the type of the vertices' column.
    ///
    /// # Errors
    /// If Arrow refuses.
    pub(crate) fn array(&self, numbers: &UInt32Array) -> Result<ArrayRef> {
        let all: ArrayRef = match &self.keys {
            Keys::Long { places: _, keys } => Arc::new(Int64Array::from(keys.clone())),
            Keys::Any { converter, places: _, keys } => {
                let parser = converter.parser();
                let nothing = RowConverter::new(vec![SortField::new(self.data_type.clone())])
                    .or_arrow()?
                    .convert_columns(&[datafusion::arrow::array::new_null_array(
                        &self.data_type,
                        1,
                    )])
                    .or_arrow()?;
                let null = nothing.row(0);
                let rows = keys.iter().map(|key| match key {
                    Some(key) => parser.parse(key),
                    None => parser.parse(null.as_ref()),
                });
                let columns = converter.convert_rows(rows).or_arrow()?;
                let first = columns.into_iter().next();
                first.ok_or_else(|| Error::internal("ids are one column"))?
            }
        };
        cast(&take(&all, numbers, None).or_arrow()?, &self.data_type).or_arrow()
    }
}

fn longs(ids: &ArrayRef) -> Result<Int64Array> {
    let longs = cast(ids, &DataType::Int64).or_arrow()?;
    Ok(longs.as_primitive::<Int64Type>().clone())
}
