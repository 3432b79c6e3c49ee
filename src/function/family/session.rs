//! What depends on the session or the run: assertions, ids, encryption.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::Typed;
use crate::function::call::{FunctionCall, implicit, scalar_of, unexpected_type};
use crate::function::coerce::{Kind, element};
use crate::function::constant::{self, non_foldable, out_of_range};
use crate::function::table::Build::{Custom, Udf};
#[cfg(feature = "functions")]
use crate::function::table::Param::Binary;
use crate::function::table::Param::Long;
use crate::function::udf::random::Random;
use crate::function::udf::{bitmap, raise, vector};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("raise_error", Custom(raise_error)),
    ("assert_true", Custom(assert_true)),
    ("current_path", Custom(current_path)),
    ("randn", Custom(randn)),
    ("randstr", Custom(randstr)),
    ("uniform", Custom(uniform)),
    ("shuffle", Custom(shuffle)),
    (
        "bitmap_bit_position",
        Udf { udf: || bitmap::POSITION.clone(), takes: &[Long], least: 1, returns: Long },
    ),
    (
        "bitmap_bucket_number",
        Udf { udf: || bitmap::BUCKET.clone(), takes: &[Long], least: 1, returns: Long },
    ),
    ("bitmap_count", Custom(bitmap_count)),
    ("vector_cosine_similarity", Custom(vector_cosine)),
    ("vector_inner_product", Custom(vector_inner)),
    ("vector_l2_distance", Custom(vector_distance)),
    ("vector_norm", Custom(vector_norm)),
    ("vector_normalize", Custom(vector_normalize)),
    ("collation", Custom(collation)),
    ("from_avro", Custom(avro)),
    ("to_avro", Custom(avro)),
    ("schema_of_avro", Custom(avro)),
];

#[cfg(feature = "functions")]
pub(super) const CRYPTO: Family = {
    use crate::function::table::Param::String;
    use crate::function::udf::crypto;
    &[
        (
            "aes_encrypt",
            Udf {
                udf: || crypto::AES_ENCRYPT.clone(),
                takes: &[Binary, Binary, String, String, Binary, Binary],
                least: 2,
                returns: Binary,
            },
        ),
        (
            "aes_decrypt",
            Udf {
                udf: || crypto::AES_DECRYPT.clone(),
                takes: &[Binary, Binary, String, String, Binary],
                least: 2,
                returns: Binary,
            },
        ),
        (
            "try_aes_decrypt",
            Udf {
                udf: || crypto::TRY_AES_DECRYPT.clone(),
                takes: &[Binary, Binary, String, String, Binary],
                least: 2,
                returns: Binary,
            },
        ),
        (
            "hmac",
            Udf {
                udf: || crypto::HMAC.clone(),
                takes: &[Binary, Binary, String],
                least: 2,
                returns: Binary,
            },
        ),
    ]
};

#[cfg(not(feature = "functions"))]
pub(super) const CRYPTO: Family = &[];

/// `raise_error(message)`, or `raise_error(class, parameters)`.
fn raise_error(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let message = implicit(call, 0, &DataType::Utf8, scope)?;
    Ok(scalar_of(&raise::RAISE_ERROR, [message], DataType::Null))
}

/// `assert_true(condition, message?)`: NULL, or the error.
fn assert_true(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(1..=2).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[1, 2]"));
    }
    let test = &call.arguments[0];
    if !matches!(Kind::of(test.data_type(scope)?), Kind::Boolean | Kind::Null) {
        return Err(unexpected_type(call, 0, "BOOLEAN", scope));
    }
    let test = implicit(call, 0, &DataType::Boolean, scope)?;
    let message = match call.arguments.get(1) {
        Some(_) => implicit(call, 1, &DataType::Utf8, scope)?,
        None => {
            let text = format!("'{}' is not true!", call.arguments[0].expr().human_display());
            Typed::literal(text.as_str().into())
        }
    };
    Ok(scalar_of(&raise::ASSERT_TRUE, [test, message], DataType::Null))
}

fn current_path(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    let session = scope.planner().session();
    let (catalog, database) = (session.current_catalog(), session.current_database());
    let path = format!("system.builtin,system.session,{catalog}.{database}");
    Ok(Typed::literal(path.as_str().into()))
}

/// Values by chance, for a seed that is a constant whole number, if one is given.
fn by_chance(random: Random, call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    let Some(given) = call.arguments.get(at) else {
        return Ok(Typed::new(random.any(), random.data_type()));
    };
    if !matches!(Kind::of(given.data_type(scope)?), Kind::Integral | Kind::Null) {
        return Err(unexpected_type(call, at, "INT\" or \"BIGINT", scope));
    }
    let seed = match constant::argument(call, at, "seed", &DataType::Int64, scope)? {
        Some(ScalarValue::Int64(Some(seed))) => seed,
        _ => 0,
    };
    Ok(Typed::new(random.seeded(seed), random.data_type()))
}

/// `randn(seed?)`.
fn randn(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.len() > 1 {
        return Err(call.wrong_number("[0, 1]"));
    }
    by_chance(Random::Normal, call, 0, scope)
}

/// `randstr(length, seed?)`.
fn randstr(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(1..=2).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[1, 2]"));
    }
    let length = match constant::argument(call, 0, "length", &DataType::Int32, scope)? {
        Some(ScalarValue::Int32(Some(length))) => length,
        _ => 0,
    };
    if length < 0 {
        return Err(out_of_range(call, "length", "[0, 2147483647]", &length.to_string()));
    }
    by_chance(Random::Text(length.unsigned_abs()), call, 1, scope)
}

/// `uniform(from, to, seed?)`: of the wider type.
fn uniform(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let mut types = Vec::new();
    for at in 0..2 {
        let own = call.arguments[at].data_type(scope)?.clone();
        match Kind::of(&own) {
            kind if kind.is_numeric() || kind == Kind::Null => types.push(own),
            _ => return Err(unexpected_type(call, at, "NUMERIC", scope)),
        }
        if !constant::is_foldable(&call.arguments[at]) {
            return Err(non_foldable(call, at, if at == 0 { "min" } else { "max" }, "NUMERIC"));
        }
    }
    let random = by_chance(Random::Even, call, 2, scope)?.into_expr();
    let common = crate::function::coerce::wider(&types[0], &types[1]).unwrap_or(DataType::Null);
    if Kind::of(&common) == Kind::Null {
        return Ok(Typed::literal(ScalarValue::Null));
    }
    let double = |at| implicit(call, at, &DataType::Float64, scope).map(Typed::into_expr);
    let (from, to) = (double(0)?, double(1)?);
    let value = from.clone() + (to - from) * random;
    crate::function::cast::cast(
        Typed::new(value, DataType::Float64),
        &common,
        crate::function::cast::session_mode(scope),
        scope,
    )
}

fn shuffle(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments.as_slice() else {
        return match call.arguments.len() {
            2 => Err(Error::unsupported("function.shuffle.seed")),
            _ => Err(call.wrong_number("[1, 2]")),
        };
    };
    let own = value.data_type(scope)?.clone();
    if Kind::of(&own) != Kind::Array {
        return Err(unexpected_type(call, 0, "ARRAY", scope));
    }
    Ok(scalar_of(&datafusion_spark::function::array::shuffle(), [value.clone()], own))
}

fn bitmap_count(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        Kind::Binary => Ok(scalar_of(&bitmap::COUNT, [value.clone()], DataType::Int64)),
        _ => Err(unexpected_type(call, 0, "BINARY", scope)),
    }
}

/// The arguments, all of them arrays of floats.
fn vectors<const N: usize>(call: &FunctionCall, scope: &Scope<'_>) -> Result<Vec<Typed>> {
    let values: &[Typed; N] = call.arguments()?;
    for (at, value) in values.iter().enumerate() {
        match element(value.data_type(scope)?) {
            Some(field) if field.data_type() == &DataType::Float32 => {}
            _ => return Err(unexpected_type(call, at, "ARRAY<FLOAT>", scope)),
        }
    }
    Ok(values.to_vec())
}

fn vector_cosine(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&vector::COSINE, vectors::<2>(call, scope)?, DataType::Float32))
}

fn vector_inner(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&vector::INNER, vectors::<2>(call, scope)?, DataType::Float32))
}

fn vector_distance(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&vector::DISTANCE, vectors::<2>(call, scope)?, DataType::Float32))
}

/// `vector_norm(vector, degree?)`: 2 by default.
fn vector_norm(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    Ok(scalar_of(&vector::NORM, with_degree(call, scope)?, DataType::Float32))
}

fn vector_normalize(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let list = DataType::new_list(DataType::Float32, true);
    Ok(scalar_of(&vector::NORMALIZE, with_degree(call, scope)?, list))
}

fn with_degree(call: &FunctionCall, scope: &Scope<'_>) -> Result<Vec<Typed>> {
    let (vector, degree) = match call.arguments.as_slice() {
        [vector] => (vector, Typed::literal(2.0_f32.into())),
        [vector, degree] => match Kind::of(degree.data_type(scope)?) {
            Kind::Float | Kind::Null => (vector, implicit(call, 1, &DataType::Float32, scope)?),
            _ => return Err(unexpected_type(call, 1, "FLOAT", scope)),
        },
        _ => return Err(call.wrong_number("[1, 2]")),
    };
    let first = FunctionCall::new(call.name.as_str(), [vector.clone()]);
    let mut values = vectors::<1>(&first, scope)?;
    values.push(degree);
    Ok(values)
}

/// All strings here are compared by their bytes.
fn collation(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        Kind::String | Kind::Null => Ok(Typed::literal("SYSTEM.BUILTIN.UTF8_BINARY".into())),
        _ => Err(unexpected_type(call, 0, "STRING", scope)),
    }
}

/// As Spark answers without its Avro package.
fn avro(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let given = call.arguments.len();
    match call.name.to_ascii_lowercase().as_str() {
        "from_avro" if !(2..=3).contains(&given) => return Err(call.wrong_number("[2, 3]")),
        "to_avro" if !(1..=2).contains(&given) => return Err(call.wrong_number("[1, 2]")),
        _ => {}
    }
    Err(Error::analysis(
        Condition::AVRO_NOT_LOADED,
        [("functionName", format!("`{}`", call.name.to_uppercase()))],
    ))
}
