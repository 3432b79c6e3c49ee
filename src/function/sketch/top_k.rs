//! `approx_top_k*`: the most frequent values.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, Int32Array, Int64Array, ListArray, StringArray,
    StructArray, new_null_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Int32Type, TimeUnit};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};

use super::aggregate::{Sketch, sketches};
use super::constant;
use super::frequent::{Frequent, MOST_LG_SIZE};
use super::item::{self, Value};
use crate::error::{Condition, Error};
use crate::function::udf::rows::{Missing, by_row};
use crate::function::udf::{Kernel, Nulls, evaluated, udf};
use crate::types::arrow_sql_name;

pub(crate) const MOST_ITEMS: i32 = 1_000_000;
const DEFAULT_ITEMS: i32 = 10_000;

/// The size of a table that tracks so many items.
fn lg_size(items: i32) -> u8 {
    let places = (f64::from(items) / 0.75).ceil() as u64;
    places.next_power_of_two().trailing_zeros() as u8
}

/// How often values came, and NULL.
#[derive(Debug, Clone)]
struct Counts {
    sketch: Frequent<Value>,
    nulls: i64,
    data_type: DataType,
}

impl Counts {
    fn new(lg_size: u8, data_type: &DataType) -> Self {
        Self { sketch: Frequent::new(lg_size), nulls: 0, data_type: data_type.clone() }
    }

    fn update(&mut self, column: &ArrayRef) -> Result<()> {
        item::each(column, |value| match value {
            Some(value) => self.sketch.update(value, 1),
            None => self.nulls += 1,
        })
    }

    fn merge(&mut self, other: &Self) {
        self.sketch.merge(&other.sketch);
        self.nulls = self.nulls.saturating_add(other.nulls);
    }

    /// The sketch, and the number of NULLs, big end first.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.sketch.bytes(|items| item::written(items, &self.data_type));
        bytes.extend(self.nulls.to_be_bytes());
        bytes
    }

    fn read(bytes: &[u8], data_type: &DataType) -> Result<Self> {
        let read = || {
            let (sketch, nulls) = bytes.split_last_chunk::<8>()?;
            let read = |bytes: &[u8], count| item::read(bytes, count, data_type);
            let sketch = Frequent::read(sketch, read)?;
            let nulls = i64::from_be_bytes(*nulls).max(0);
            Some(Self { sketch, nulls, data_type: data_type.clone() })
        };
        read().ok_or_else(damaged)
    }

    /// The `k` most frequent; NULL comes after what is as frequent.
    fn top(&self, k: i32) -> Result<Vec<(ScalarValue, i64)>> {
        let mut items: Vec<_> =
            self.sketch.items().into_iter().map(|(value, count)| (Some(value), count)).collect();
        if self.nulls > 0 {
            let at = items.partition_point(|(_, count)| *count >= self.nulls);
            items.insert(at, (None, self.nulls));
        }
        items.truncate(usize::try_from(k).unwrap_or(0));
        let items = items.into_iter();
        items.map(|(value, count)| Ok((item::scalar(value, &self.data_type)?, count))).collect()
    }

    fn size(&self) -> usize {
        self.sketch.len() * 2 * size_of::<Option<Value>>()
    }
}

fn damaged() -> DataFusionError {
    Error::analysis(Condition::ILLEGAL_ARGUMENT, [] as [(&str, String); 0]).into()
}

/// Rows of items and counts.
fn pairs(data_type: &DataType) -> Fields {
    Fields::from(vec![
        Field::new("item", data_type.clone(), true),
        Field::new("count", DataType::Int64, false),
    ])
}

fn list_of(data_type: &DataType) -> DataType {
    let element = DataType::Struct(pairs(data_type));
    DataType::List(Arc::new(Field::new_list_field(element, false)))
}

fn lists(rows: Vec<Vec<(ScalarValue, i64)>>, data_type: &DataType) -> Result<ListArray> {
    let offsets = OffsetBuffer::from_lengths(rows.iter().map(Vec::len));
    let (items, counts): (Vec<_>, Vec<_>) = rows.into_iter().flatten().unzip();
    let items = match items.is_empty() {
        true => new_null_array(data_type, 0),
        false => ScalarValue::iter_to_array(items)?,
    };
    let counts: ArrayRef = Arc::new(Int64Array::from(counts));
    let values = StructArray::try_new(pairs(data_type), vec![items, counts], None)?;
    let item = Arc::new(Field::new_list_field(values.data_type().clone(), false));
    Ok(ListArray::try_new(item, offsets, Arc::new(values), None)?)
}

/// What sketches of a type are handed on as.
fn state_type(data_type: &DataType) -> Fields {
    Fields::from(vec![
        Field::new("sketch", DataType::Binary, false),
        Field::new("maxItemsTracked", DataType::Int32, false),
        Field::new("itemDataType", data_type.clone(), true),
        Field::new("itemDataTypeDDL", DataType::Utf8, false),
    ])
}

fn state_of(bytes: &[u8], items: i32, ddl: &str, data_type: &DataType) -> Result<ScalarValue> {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(BinaryArray::from(vec![bytes])),
        Arc::new(Int32Array::from(vec![items])),
        new_null_array(data_type, 1),
        Arc::new(StringArray::from(vec![ddl])),
    ];
    let state = StructArray::try_new(state_type(data_type), columns, None)?;
    Ok(ScalarValue::Struct(Arc::new(state)))
}

/// The type of items as a state spells it.
fn ddl(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 => "item string not null".to_owned(),
        other => format!("item {} NOT NULL", arrow_sql_name(other)),
    }
}

/// The type that is spelled so, with any time zone.
fn type_of(ddl: &str) -> Option<DataType> {
    let spelled = ddl.to_ascii_uppercase();
    let name = spelled.strip_prefix("ITEM ")?.trim();
    let name = name.strip_suffix(" NOT NULL").unwrap_or(name).trim();
    Some(match name {
        "BOOLEAN" => DataType::Boolean,
        "TINYINT" => DataType::Int8,
        "SMALLINT" => DataType::Int16,
        "INT" => DataType::Int32,
        "BIGINT" => DataType::Int64,
        "FLOAT" => DataType::Float32,
        "DOUBLE" => DataType::Float64,
        "STRING" => DataType::Utf8,
        "DATE" => DataType::Date32,
        "TIMESTAMP" | "TIMESTAMP_NTZ" => DataType::Timestamp(TimeUnit::Microsecond, None),
        decimal => {
            let (precision, scale) =
                decimal.strip_prefix("DECIMAL(")?.strip_suffix(')')?.split_once(',')?;
            DataType::Decimal128(precision.trim().parse().ok()?, scale.trim().parse().ok()?)
        }
    })
}

/// The states in a column of them: bytes, number of items, type.
struct States<'a> {
    whole: &'a StructArray,
    sketches: ArrayRef,
    items: &'a Int32Array,
    types: ArrayRef,
}

impl<'a> States<'a> {
    fn of(column: &'a ArrayRef) -> Result<Self> {
        let Some(whole) = column.as_struct_opt() else {
            return exec_err!("a state of approx_top_k is a struct");
        };
        let [sketches, items, _, types] = whole.columns() else {
            return exec_err!("a state of approx_top_k has four fields");
        };
        Ok(Self {
            whole,
            sketches: datafusion::arrow::compute::cast(sketches, &DataType::Binary)?,
            items: items.as_primitive::<Int32Type>(),
            types: datafusion::arrow::compute::cast(types, &DataType::Utf8)?,
        })
    }

    /// What row `at` has; none if it is NULL or has NULLs.
    fn get(&self, at: usize) -> Option<(&[u8], i32, &str)> {
        let (sketches, types) = (self.sketches.as_binary::<i32>(), self.types.as_string::<i32>());
        let valid = self.whole.is_valid(at)
            && sketches.is_valid(at)
            && self.items.is_valid(at)
            && types.is_valid(at);
        valid.then(|| (sketches.value(at), self.items.value(at), types.value(at)))
    }
}

/// `approx_top_k` with a k, or `approx_top_k_accumulate`.
#[derive(Debug)]
struct Top {
    counts: Counts,
    items: i32,
    k: Option<i32>,
}

impl Sketch for Top {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        self.counts.update(&columns[0])
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        self.counts.merge(&Counts::read(state, &self.counts.data_type)?);
        Ok(())
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(Some(self.counts.bytes()))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        let data_type = &self.counts.data_type;
        match self.k {
            Some(k) => {
                Ok(ScalarValue::List(Arc::new(lists(vec![self.counts.top(k)?], data_type)?)))
            }
            None => state_of(&self.counts.bytes(), self.items, &ddl(data_type), data_type),
        }
    }

    fn size(&self) -> usize {
        self.counts.size()
    }
}

/// `approx_top_k_combine`; constant: the number of items, if it was given.
#[derive(Debug)]
struct Combined {
    items: Option<i32>,
    /// The type of the state's field.
    shown: DataType,
    /// Once a sketch came: the sum, the number of its items and its type.
    sum: Option<(Counts, i32, String)>,
}

impl Combined {
    fn lg_size(&self) -> u8 {
        self.items.map_or(MOST_LG_SIZE, lg_size)
    }

    fn add(&mut self, bytes: &[u8], items: i32, ddl: &str) -> Result<()> {
        let data_type = type_of(ddl).ok_or_else(damaged)?;
        let lg_size = self.lg_size();
        let (sum, size, known) = self
            .sum
            .get_or_insert_with(|| (Counts::new(lg_size, &data_type), items, ddl.to_owned()));
        if self.items.is_none() && *size != items {
            let parameters = [("size1", size.to_string()), ("size2", items.to_string())];
            let condition = Condition::APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH;
            return Err(Error::analysis(condition, parameters).into());
        }
        if !known.eq_ignore_ascii_case(ddl) {
            let name =
                |ddl: &str| type_of(ddl).map_or_else(String::new, |own| arrow_sql_name(&own));
            let quoted = |ddl: &str| format!("\"{}\"", name(ddl));
            let parameters = [("type1", quoted(known)), ("type2", quoted(ddl))];
            let condition = Condition::APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH;
            return Err(Error::analysis(condition, parameters).into());
        }
        sum.merge(&Counts::read(bytes, &data_type)?);
        Ok(())
    }
}

impl Sketch for Combined {
    fn update(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let states = States::of(&columns[0])?;
        let rows = (0..columns[0].len()).filter_map(|at| states.get(at));
        for (bytes, items, ddl) in rows {
            self.add(bytes, items, ddl)?;
        }
        Ok(())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let parts = || {
            let (items, rest) = state.split_first_chunk::<4>()?;
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let (ddl, bytes) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            Some((bytes, i32::from_le_bytes(*items), std::str::from_utf8(ddl).ok()?))
        };
        let (bytes, items, ddl) = parts().ok_or_else(damaged)?;
        self.add(bytes, items, ddl)
    }

    /// The number of items, the length of the type, the type, the sketch.
    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(self.sum.as_ref().map(|(sum, items, ddl)| {
            let mut bytes = items.to_le_bytes().to_vec();
            bytes.extend((ddl.len() as u32).to_le_bytes());
            bytes.extend(ddl.as_bytes());
            bytes.extend(sum.bytes());
            bytes
        }))
    }

    fn finish(&mut self) -> Result<ScalarValue> {
        match &self.sum {
            Some((sum, items, ddl)) => {
                let items = self.items.unwrap_or(*items);
                state_of(&sum.bytes(), items, ddl, &self.shown)
            }
            None => {
                let none = Counts::new(self.lg_size(), &self.shown);
                let items = self.items.unwrap_or(DEFAULT_ITEMS);
                state_of(&none.bytes(), items, &ddl(&self.shown), &self.shown)
            }
        }
    }

    fn size(&self) -> usize {
        self.sum.as_ref().map_or(0, |(sum, ..)| sum.size())
    }
}

/// The type of the items in states of this type.
pub(crate) fn item_type(state: &DataType) -> Option<&DataType> {
    match state {
        DataType::Struct(fields) => fields.get(2).map(|field| field.data_type()),
        _ => None,
    }
}

fn first(types: &[DataType]) -> Result<&DataType> {
    match types {
        [first, ..] => Ok(first),
        [] => exec_err!("approx_top_k takes a column"),
    }
}

fn item_of(types: &[DataType]) -> Result<&DataType> {
    match item_type(first(types)?) {
        Some(item) => Ok(item),
        None => exec_err!("a state of approx_top_k is a struct"),
    }
}

fn top(constants: &[ScalarValue], types: &[DataType], k: Option<i32>) -> Result<Box<dyn Sketch>> {
    let items = constant(constants, 0).unwrap_or(DEFAULT_ITEMS);
    Ok(Box::new(Top { counts: Counts::new(lg_size(items), first(types)?), items, k }))
}

// Constants: how many items are tracked, and k.
sketches! {
    TOP_K "spark_approx_top_k" true, |types, _| Ok(list_of(first(types)?)), |constants, types| {
        top(constants, types, Some(constant(constants, 1).unwrap_or(5)))
    };
    ACCUMULATE "spark_approx_top_k_accumulate" true,
        |types, _| Ok(DataType::Struct(state_type(first(types)?))),
        |constants, types| top(constants, types, None);
    COMBINE "spark_approx_top_k_combine" false,
        |types, _| Ok(DataType::Struct(state_type(item_of(types)?))), |constants, types| {
            let items = constant(constants, 0);
            Ok(Box::new(Combined { items, shown: item_of(types)?.clone(), sum: None }))
        };
}

/// Spark's error for asking for more items than are tracked.
pub(crate) fn check_tracked(items: i32, k: i32) -> Result<(), Error> {
    if items >= k {
        return Ok(());
    }
    let parameters = [("maxItemsTracked", items.to_string()), ("k", k.to_string())];
    Err(Error::analysis(Condition::APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K, parameters))
}

/// `approx_top_k_estimate(state, k)`.
pub(crate) static ESTIMATE: std::sync::LazyLock<Arc<datafusion::logical_expr::ScalarUDF>> =
    std::sync::LazyLock::new(|| {
        udf(Kernel {
            name: "spark_approx_top_k_estimate",
            nulls: Nulls::First(1),
            volatility: datafusion::logical_expr::Volatility::Immutable,
            returns: |args| {
                let states = args.arg_fields.first().map(|field| field.data_type().clone());
                Ok(list_of(item_of(&states.into_iter().collect::<Vec<_>>())?))
            },
            run: |args| evaluated(&args, estimated),
        })
    });

fn estimated(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let states = States::of(&arrays[0])?;
    let shown = item_of(&[arrays[0].data_type().clone()])?.clone();
    let of_row = |row: &crate::function::udf::rows::Row<'_>| {
        let (_, at) = row.column(0);
        let (bytes, items, ddl) = states.get(at).ok_or_else(damaged)?;
        check_tracked(items, row.int(1))?;
        let own = type_of(ddl).ok_or_else(damaged)?;
        let mut counts = Counts::read(bytes, &own)?;
        counts.data_type = shown.clone();
        counts.top(row.int(1)).map(Some)
    };
    let found = by_row(arrays, rows, Missing::Skip, of_row)?;
    let valid: Vec<bool> = found.iter().map(Option::is_some).collect();
    let found = found.into_iter().map(Option::unwrap_or_default).collect();
    let (item, offsets, values, _) = lists(found, &shown)?.into_parts();
    Ok(Arc::new(ListArray::try_new(item, offsets, values, Some(valid.into()))?))
}
