//! Arrays, maps and structs.

use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, ExprSchemable as _};

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, display_call, quoted_type, scalar, scalar_of};
use crate::function::coerce::{self, Kind};
use crate::function::family::conditional::unified;
use crate::function::operator::comparison::no_order;
use crate::function::table::Build::Custom;
use crate::function::udf::nested;
use crate::function::{Typed, ansi, cast, generated, meeting};
use crate::planner::scope::Scope;
use crate::types::variant::holds_variant;

pub(crate) use super::structs::{Part, field, field_of_all, rebuilt};

pub(super) const TABLE: Family = &[
    ("array", Custom(array)),
    ("struct", Custom(named_struct)),
    ("named_struct", Custom(named_struct)),
    (crate::sql::build::ROW, Custom(named_struct)),
    ("get", Custom(get)),
    ("element_at", Custom(element_at)),
    ("try_element_at", Custom(try_element_at)),
    ("size", Custom(size)),
    ("cardinality", Custom(size)),
    ("array_size", Custom(array_size)),
    ("array_contains", Custom(array_contains)),
    ("array_position", Custom(array_position)),
    ("array_remove", Custom(array_remove)),
    ("array_append", Custom(array_append)),
    ("array_prepend", Custom(array_prepend)),
    ("array_distinct", Custom(array_distinct)),
    ("array_compact", Custom(array_compact)),
    ("array_sort", Custom(array_sort)),
    ("sort_array", Custom(sort_array)),
    ("array_union", Custom(array_union)),
    ("array_intersect", Custom(array_intersect)),
    ("array_except", Custom(array_except)),
    ("arrays_overlap", Custom(arrays_overlap)),
    ("array_max", Custom(array_max)),
    ("array_min", Custom(array_min)),
    ("array_join", Custom(array_join)),
    ("array_repeat", Custom(array_repeat)),
    ("flatten", Custom(flatten)),
    ("slice", Custom(slice)),
    ("sequence", Custom(sequence)),
    ("map", Custom(map)),
    ("map_from_arrays", Custom(map_from_arrays)),
    ("map_keys", Custom(map_keys)),
    ("map_values", Custom(map_values)),
    ("map_entries", Custom(map_entries)),
    ("map_contains_key", Custom(map_contains_key)),
];

fn array(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.is_empty() {
        let empty = ScalarValue::new_list(&[], &DataType::Null, false);
        return Ok(Typed::literal(ScalarValue::List(empty)));
    }
    let (values, _) = unified(call, &call.arguments.iter().collect::<Vec<_>>(), scope)?;
    Ok(scalar(&nested::ARRAY, values))
}

/// `struct(..)` comes here too, with its names put in by the planner.
fn named_struct(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.len() % 2 == 1 {
        return Err(call.wrong_number("2n (n > 0)"));
    }
    let fields = call.arguments.chunks(2).map(|pair| {
        let name = pair[0].as_literal().and_then(ScalarValue::try_as_str).flatten();
        let data_type = pair[1].data_type(scope)?.clone();
        Ok(name.map(|name| Field::new(name, data_type, true)))
    });
    let fields = fields.collect::<Result<Option<Fields>>>()?;
    let Some(_) = fields else {
        return Err(crate::error::Error::unsupported("function.named_struct.computed_name"));
    };
    Ok(scalar(&nested::STRUCT, call.arguments.iter().cloned()))
}

/// `array[index]`, counted from 0.
pub(crate) fn element(array: Typed, index: Typed, scope: &Scope<'_>) -> Result<Typed> {
    let data_type = element_type(&array, scope)?;
    let index = integer_index("get", index, scope)?;
    let udf = if ansi(scope) { &nested::ITEM } else { &nested::GET };
    let value = scalar_of(udf, [array.clone(), index.clone()], data_type);
    told_by_place(value, &array, &index, 0, scope)
}

fn integer_index(function: &str, index: Typed, scope: &Scope<'_>) -> Result<Typed> {
    let call = FunctionCall::new(function, [index.clone(), index.clone()]);
    match Kind::of(index.data_type(scope)?) {
        Kind::Integral => cast::coerced(&index, &DataType::Int64, scope),
        Kind::Null if function == "get" => cast::coerced(&index, &DataType::Int64, scope),
        _ => Err(crate::function::call::unexpected_type(&call, 1, "INTEGRAL", scope)),
    }
}

fn element_type(array: &Typed, scope: &Scope<'_>) -> Result<DataType> {
    let own = array.data_type(scope)?;
    Ok(coerce::element(own).map_or(DataType::Null, |element| element.data_type().clone()))
}

fn get(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [array, index] = call.arguments()?;
    let data_type = element_type(array, scope)?;
    let index = integer_index("get", index.clone(), scope)?;
    let value = scalar_of(&nested::GET, [array.clone(), index.clone()], data_type);
    told_by_place(value, array, &index, 0, scope)
}

/// An element that Spark looks up in the text: of a constant place it says whether the
/// element that is written there may be NULL, and that it may be if none is.
fn told_by_place(
    value: Typed,
    array: &Typed,
    index: &Typed,
    first: i64,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let Some(ScalarValue::Int64(Some(place))) = index.as_literal() else { return Ok(value) };
    let Expr::ScalarFunction(made) = array.expr() else { return Ok(generated::maybe(value)) };
    let places = i64::try_from(made.args.len()).unwrap_or(i64::MAX);
    let place = if first > 0 && *place < 0 { places + place } else { place - first };
    let element = usize::try_from(place).ok().and_then(|place| made.args.get(place));
    let certain = match element {
        Some(element) if made.func.name() == nested::ARRAY.name() => {
            !element.nullable(scope.df_schema().as_ref())?
        }
        _ => false,
    };
    Ok(if certain { generated::known(value) } else { generated::maybe(value) })
}

fn element_at(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let udf = if ansi(scope) { &nested::ELEMENT_AT } else { &nested::TRY_ELEMENT_AT };
    at(call, udf, scope)
}

fn try_element_at(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    at(call, &nested::TRY_ELEMENT_AT, scope)
}

fn at(
    call: &FunctionCall,
    udf: &std::sync::Arc<datafusion::logical_expr::ScalarUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [holder, key] = call.arguments()?;
    match Kind::of(holder.data_type(scope)?) {
        Kind::Array => {
            let data_type = element_type(holder, scope)?;
            let index = integer_index("element_at", key.clone(), scope)?;
            let value = scalar_of(udf, [holder.clone(), index.clone()], data_type);
            told_by_place(value, holder, &index, 1, scope)
        }
        Kind::Map => {
            check_key(call, holder, key, scope)?;
            map_value(holder.clone(), key.clone(), scope)
        }
        _ => Err(crate::function::call::unexpected_type(call, 0, "ARRAY\" or \"MAP", scope)),
    }
}

/// A map is asked for keys of its own type.
fn check_key(call: &FunctionCall, map: &Typed, key: &Typed, scope: &Scope<'_>) -> Result<()> {
    let (own, other) = (map.data_type(scope)?, key.data_type(scope)?);
    let common = map_types(own).and_then(|(key, _)| meeting::beside_elements(&key, other));
    if common.is_some() {
        return Ok(());
    }
    Err(crate::error::Error::analysis(
        Condition::DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES,
        [
            ("sqlExpr", display_call(call)),
            ("functionName", format!("`{}`", call.name.to_lowercase())),
            ("dataType", "\"MAP\"".to_owned()),
            ("leftType", quoted_type(own)),
            ("rightType", quoted_type(other)),
        ],
    ))
}

/// `map[key]`; NULL if the map has no such key.
pub(crate) fn map_value(map: Typed, key: Typed, scope: &Scope<'_>) -> Result<Typed> {
    let Some((key_type, value_type)) = map_types(map.data_type(scope)?) else {
        return Err(crate::error::Error::internal("a map without entries"));
    };
    let call = FunctionCall::new("element_at", [map.clone(), key]);
    let key = crate::function::call::implicit(&call, 1, &key_type, scope)?;
    Ok(scalar_of(&nested::MAP_VALUE, [map, key], value_type))
}

/// The types of a map's keys and values.
pub(crate) fn map_types(data_type: &DataType) -> Option<(DataType, DataType)> {
    let entries = coerce::entries(data_type)?;
    let DataType::Struct(fields) = entries.data_type() else { return None };
    match fields.as_ref() {
        [key, value] => Some((key.data_type().clone(), value.data_type().clone())),
        _ => None,
    }
}

/// Whether an argument is an array.
fn list(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.get(at) else { return Err(call.wrong_number("more")) };
    let own = value.data_type(scope)?;
    refuse_variants(call, own)?;
    match Kind::of(own) {
        Kind::Array => Ok(value.clone()),
        Kind::Null => cast::coerced(value, &DataType::new_list(DataType::Null, true), scope),
        _ => Err(crate::function::call::unexpected_type(call, at, "ARRAY", scope)),
    }
}

/// The functions of arrays that compare elements.
const COMPARING: &[&str] = &[
    "array_contains",
    "array_distinct",
    "array_except",
    "array_intersect",
    "array_max",
    "array_min",
    "array_position",
    "array_remove",
    "array_sort",
    "array_union",
    "arrays_overlap",
    "sort_array",
];

/// Variants are not compared.
fn refuse_variants(call: &FunctionCall, array: &DataType) -> Result<()> {
    let name = call.name.to_lowercase();
    let Some(element) = coerce::element(array).map(|element| element.data_type()) else {
        return Ok(());
    };
    if !holds_variant(element) || !COMPARING.contains(&name.as_str()) {
        return Ok(());
    }
    Err(no_order(call, if name == "sort_array" { array } else { element }))
}

/// Two arrays as arrays of one type.
fn pair(call: &FunctionCall, scope: &Scope<'_>) -> Result<(Vec<Typed>, DataType)> {
    let [a, b] = call.arguments()?;
    let types = [a.data_type(scope)?.clone(), b.data_type(scope)?.clone()];
    refuse_variants(call, &types[0])?;
    let arrays = types.iter().all(|own| Kind::of(own) == Kind::Array);
    if !arrays || meeting::compared(&types[0], &types[1]).is_none() {
        return Err(crate::error::Error::analysis(
            Condition::DATATYPE_MISMATCH_BINARY_ARRAY_DIFF_TYPES,
            [
                ("sqlExpr", display_call(call)),
                ("functionName", format!("`{}`", call.name.to_lowercase())),
                ("arrayType", "\"ARRAY\"".to_owned()),
                ("leftType", quoted_type(&types[0])),
                ("rightType", quoted_type(&types[1])),
            ],
        ));
    }
    let (values, common) = unified(call, &[a, b], scope)?;
    let element = |data_type: &DataType| coerce::element(data_type).map(|e| e.data_type().clone());
    // Which of them has NULLs among its elements matters.
    let kept = [a, b].into_iter().zip(types).zip(values).map(|((own, data_type), value)| {
        if element(&data_type) == element(&common) { own.clone() } else { value }
    });
    Ok((kept.collect(), common))
}

/// An array and a value of its elements' type.
fn with_element(call: &FunctionCall, scope: &Scope<'_>) -> Result<[Typed; 2]> {
    let [array, value] = call.arguments()?;
    let name = call.name.to_lowercase();
    let (own, other) = (array.data_type(scope)?, value.data_type(scope)?);
    refuse_variants(call, own)?;
    let searches = matches!(name.as_str(), "array_contains" | "array_position");
    let null = |data_type| Kind::of(data_type) == Kind::Null;
    if searches && (null(own) || (null(other) && name == "array_contains")) {
        return Err(null_type(call));
    }
    // `array_remove` says of all types at once what it takes.
    if name != "array_remove" && coerce::element(own).is_none() {
        return Err(crate::function::call::unexpected_type(call, 0, "ARRAY", scope));
    }
    let common = coerce::element(own).and_then(|e| meeting::beside_elements(e.data_type(), other));
    let Some(common) = common else {
        return Err(crate::error::Error::analysis(
            Condition::DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES,
            [
                ("sqlExpr", display_call(call)),
                ("functionName", format!("`{name}`")),
                ("dataType", "\"ARRAY\"".to_owned()),
                ("leftType", quoted_type(own)),
                ("rightType", quoted_type(other)),
            ],
        ));
    };
    let nullable = coerce::element(own).is_none_or(|element| element.is_nullable());
    let value = cast::coerced(value, &common, scope)?;
    let array = cast::coerced(array, &DataType::new_list(common, nullable), scope)?;
    Ok([array, value])
}

/// Spark's error for a bare NULL where its type would matter.
fn null_type(call: &FunctionCall) -> crate::error::Error {
    crate::error::Error::analysis(
        Condition::DATATYPE_MISMATCH_NULL_TYPE,
        [
            ("sqlExpr", display_call(call)),
            ("functionName", format!("`{}`", call.name.to_lowercase())),
        ],
    )
}

/// The number of elements of an array or map.
fn size(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        Kind::Array | Kind::Map => {
            let udf = if ansi(scope) { &nested::SIZE } else { &nested::LEGACY_SIZE };
            Ok(scalar_of(udf, [value.clone()], DataType::Int32))
        }
        Kind::Null => Ok(Typed::literal(ScalarValue::Int32(None))),
        _ => Err(crate::function::call::unexpected_type(call, 0, "ARRAY\" or \"MAP", scope)),
    }
}

fn array_size(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    Ok(scalar_of(&nested::SIZE, [list(call, 0, scope)?], DataType::Int32))
}

fn array_contains(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let values = with_element(call, scope)?;
    let udf = datafusion_spark::function::array::spark_array_contains();
    Ok(scalar_of(&udf, values, DataType::Boolean))
}

fn array_position(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let values = with_element(call, scope)?;
    Ok(scalar_of(&nested::POSITION, values, DataType::Int64))
}

fn array_remove(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let values = with_element(call, scope)?;
    let data_type = values[0].data_type(scope)?.clone();
    Ok(scalar_of(&nested::REMOVE, values, data_type))
}

fn array_append(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [array, value] = with_element(call, scope)?;
    let one = self::array(&FunctionCall::new("array", [value]), scope)?;
    Ok(scalar(&nested::APPEND, [array, one]))
}

fn array_prepend(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [array, value] = with_element(call, scope)?;
    let one = self::array(&FunctionCall::new("array", [value]), scope)?;
    Ok(scalar(&nested::APPEND, [one, array]))
}

macro_rules! of_one_list {
    ($($function:ident $udf:expr;)*) => {
        $(fn $function(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
            let [_] = call.arguments()?;
            Ok(scalar($udf, [list(call, 0, scope)?]))
        })*
    };
}

of_one_list! {
    array_distinct &nested::DISTINCT;
    array_compact &nested::COMPACT;
    array_sort &nested::SORT_NULLS_LAST;
}

macro_rules! of_two_lists {
    ($($function:ident $udf:expr;)*) => {
        $(fn $function(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
            let (values, _) = pair(call, scope)?;
            Ok(scalar($udf, values))
        })*
    };
}

of_two_lists! {
    array_union &nested::UNION;
    array_intersect &nested::INTERSECT;
    array_except &nested::EXCEPT;
}

fn arrays_overlap(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let (values, _) = pair(call, scope)?;
    Ok(scalar_of(&nested::OVERLAP, values, DataType::Boolean))
}

fn array_max(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    extreme(call, &nested::MAX, scope)
}

fn array_min(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    extreme(call, &nested::MIN, scope)
}

fn extreme(
    call: &FunctionCall,
    udf: &std::sync::Arc<datafusion::logical_expr::ScalarUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = list(call, 0, scope)?;
    let data_type = element_type(&value, scope)?;
    Ok(scalar_of(udf, [value], data_type))
}

/// `sort_array(array, ascending?)`: NULLs first if ascending, last if not.
fn sort_array(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(1..=2).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[1, 2]"));
    }
    let value = list(call, 0, scope)?;
    let data_type = value.data_type(scope)?.clone();
    let ascending = match call.arguments.get(1).map(Typed::as_literal) {
        None | Some(Some(ScalarValue::Boolean(Some(true)))) => true,
        Some(Some(ScalarValue::Boolean(Some(false)))) => false,
        Some(_) => {
            return Err(crate::function::call::unexpected_type(call, 1, "BOOLEAN", scope));
        }
    };
    let udf = if ascending { &nested::SORT } else { &nested::SORT_DESCENDING };
    Ok(scalar_of(udf, [value], data_type))
}

/// `array_join(array, separator, nullReplacement?)`.
fn array_join(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let strings = DataType::new_list(DataType::Utf8, true);
    let value = cast::coerced(&list(call, 0, scope)?, &strings, scope)?;
    let separator = crate::function::call::implicit(call, 1, &DataType::Utf8, scope)?;
    let mut arguments = vec![value, separator];
    if call.arguments.len() == 3 {
        arguments.push(crate::function::call::implicit(call, 2, &DataType::Utf8, scope)?);
    }
    Ok(scalar_of(&nested::JOIN, arguments, DataType::Utf8))
}

fn array_repeat(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, _] = call.arguments()?;
    let count = crate::function::call::implicit(call, 1, &DataType::Int32, scope)?;
    Ok(scalar(&nested::REPEAT, [value.clone(), count]))
}

fn flatten(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = list(call, 0, scope)?;
    let inner = element_type(&value, scope)?;
    if Kind::of(&inner) != Kind::Array {
        return Err(crate::function::call::unexpected_type(call, 0, "ARRAY<ARRAY>", scope));
    }
    Ok(scalar_of(&nested::FLATTEN, [value], inner))
}

/// `slice(array, start, length)`, from 1, or from the end if negative.
fn slice(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _, _] = call.arguments()?;
    let value = list(call, 0, scope)?;
    let data_type = value.data_type(scope)?.clone();
    let start = crate::function::call::implicit(call, 1, &DataType::Int32, scope)?;
    let length = crate::function::call::implicit(call, 2, &DataType::Int32, scope)?;
    Ok(scalar_of(&nested::SLICE, [value, start, length], data_type))
}

/// `sequence(start, stop, step?)` of whole numbers or of times.
fn sequence(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    if let Some(times) = super::sequence::of_times(call, scope)? {
        return Ok(times);
    }
    let (values, common) = unified(call, &call.arguments.iter().collect::<Vec<_>>(), scope)?;
    if Kind::of(&common) != Kind::Integral {
        return Err(super::sequence::wrong_types(call));
    }
    let values = values.iter().map(|value| cast::coerced(value, &DataType::Int64, scope));
    let numbers = DataType::new_list(DataType::Int64, false);
    let all = scalar_of(&nested::SEQUENCE, values.collect::<Result<Vec<_>>>()?, numbers);
    Ok(cast::plain(all, &DataType::new_list(common, false)))
}

/// `map(key, value, key, value, ..)`.
fn map(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if call.arguments.len() % 2 == 1 {
        return Err(call.wrong_number("2n (n > 0)"));
    }
    let keys: Vec<&Typed> = call.arguments.iter().step_by(2).collect();
    let values: Vec<&Typed> = call.arguments.iter().skip(1).step_by(2).collect();
    let (keys, key) = unified(call, &keys, scope)?;
    refuse_key(call, &key)?;
    let (values, _) = unified(call, &values, scope)?;
    let made = |values: Vec<Typed>| {
        if values.is_empty() {
            let empty = ScalarValue::new_list_nullable(&[], &DataType::Null);
            return Typed::literal(ScalarValue::List(empty));
        }
        scalar(&nested::ARRAY, values)
    };
    Ok(scalar(&nested::MAP, [made(keys), made(values)]))
}

/// Variants are no keys.
fn refuse_key(call: &FunctionCall, key: &DataType) -> Result<()> {
    if !holds_variant(key) {
        return Ok(());
    }
    Err(Error::analysis(
        Condition::DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE,
        [("sqlExpr", display_call(call)), ("keyType", quoted_type(key))],
    ))
}

fn map_from_arrays(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let (keys, values) = (list(call, 0, scope)?, list(call, 1, scope)?);
    if let Some(key) = coerce::element(keys.data_type(scope)?) {
        refuse_key(call, key.data_type())?;
    }
    Ok(scalar(&nested::MAP, [keys, values]))
}

fn of_map(call: &FunctionCall, scope: &Scope<'_>) -> Result<(Typed, DataType, DataType)> {
    let [value] = call.arguments()?;
    match map_types(value.data_type(scope)?) {
        Some((key, element)) => Ok((value.clone(), key, element)),
        None => Err(crate::function::call::unexpected_type(call, 0, "MAP", scope)),
    }
}

fn map_keys(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let (value, key, _) = of_map(call, scope)?;
    Ok(scalar_of(&nested::MAP_KEYS, [value], DataType::new_list(key, false)))
}

fn map_values(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let (value, _, _) = of_map(call, scope)?;
    Ok(scalar(&nested::MAP_VALUES, [value]))
}

fn map_entries(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let (value, _, _) = of_map(call, scope)?;
    Ok(scalar(&nested::MAP_ENTRIES, [value]))
}

fn map_contains_key(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [map, key] = call.arguments()?;
    if Kind::of(key.data_type(scope)?) == Kind::Null {
        return Err(null_type(call));
    }
    let keys = map_keys(&FunctionCall::new("map_keys", [map.clone()]), scope)?;
    check_key(call, map, key, scope)?;
    let call = FunctionCall::new("map_contains_key", [keys, key.clone()]);
    array_contains(&call, scope).map(generated::maybe)
}

/// A map's values, telling whether NULLs are among them.
pub(crate) fn items_of(map: Typed) -> Typed {
    scalar(&nested::MAP_ITEMS, [map])
}

/// A map's entries as an array of structs.
pub(crate) fn entries_of(map: Typed) -> Typed {
    scalar(&nested::MAP_ENTRIES, [map])
}
