//! Hashes, and what tells about the session.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ExprSchemable;
use datafusion_spark::function::hash as spark;

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, implicit, scalar_of};
use crate::function::coerce::Kind;
use crate::function::table::Build::{Custom, Udf};
use crate::function::table::Param::{Binary, Long, String};
use crate::function::udf::random::Random;
use crate::function::udf::{hash, marks};
use crate::function::{Typed, generated};
use crate::planner::scope::Scope;
use crate::types::variant::holds_variant;

pub(super) const TABLE: Family = &[
    (
        "md5",
        Udf {
            udf: datafusion::functions::crypto::md5,
            takes: &[Binary],
            least: 1,
            returns: String,
        },
    ),
    ("sha", Udf { udf: spark::sha1, takes: &[Binary], least: 1, returns: String }),
    ("sha1", Udf { udf: spark::sha1, takes: &[Binary], least: 1, returns: String }),
    ("sha2", Custom(sha2)),
    ("crc32", Udf { udf: spark::crc32, takes: &[Binary], least: 1, returns: Long }),
    ("hash", Custom(murmur)),
    ("xxhash64", Custom(xxhash64)),
    ("uuid", Custom(uuid)),
    ("rand", Custom(rand)),
    ("random", Custom(rand)),
    ("spark_partition_id", Custom(partition_id)),
    ("monotonically_increasing_id", Custom(row_id)),
    ("distributed_sequence_id", Custom(row_number)),
    ("typeof", Custom(type_of)),
    ("version", Custom(version)),
    ("current_user", Custom(current_user)),
    ("user", Custom(current_user)),
    ("session_user", Custom(current_user)),
    ("current_catalog", Custom(current_catalog)),
    ("current_database", Custom(current_database)),
    ("current_schema", Custom(current_database)),
];

fn sha2(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let value = implicit(call, 0, &DataType::Binary, scope)?;
    let bits = implicit(call, 1, &DataType::Int32, scope)?;
    Ok(scalar_of(&spark::sha2(), [value, bits], DataType::Utf8))
}

fn murmur(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    hashed(call, scope)?;
    Ok(scalar_of(&hash::MURMUR3, call.arguments.iter().cloned(), DataType::Int32))
}

fn xxhash64(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    hashed(call, scope)?;
    Ok(scalar_of(&spark::xxhash64(), call.arguments.iter().cloned(), DataType::Int64))
}

/// Maps and variants have no hash.
fn hashed(call: &FunctionCall, scope: &Scope<'_>) -> Result<()> {
    call.plain()?;
    if call.arguments.is_empty() {
        return Err(call.wrong_number("> 0"));
    }
    for value in &call.arguments {
        let own = value.data_type(scope)?;
        let refused = match Kind::of(own) {
            Kind::Map => Some(Condition::DATATYPE_MISMATCH_HASH_MAP_TYPE),
            _ if holds_variant(own) => Some(Condition::DATATYPE_MISMATCH_HASH_VARIANT_TYPE),
            _ => None,
        };
        if let Some(condition) = refused {
            return Err(Error::analysis(
                condition,
                [
                    ("sqlExpr", crate::function::call::display_call(call)),
                    ("functionName", format!("`{}`", call.name)),
                ],
            ));
        }
    }
    Ok(())
}

fn uuid(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    if !call.arguments.is_empty() {
        return Err(Error::unsupported("function.uuid.seed"));
    }
    let uuid = scalar_of(&datafusion::functions::string::uuid(), [], DataType::Utf8);
    Ok(generated::known(uuid))
}

/// `rand(seed?)`.
fn rand(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    match call.arguments.as_slice() {
        [] => Ok(Typed::new(Random::Even.any(), DataType::Float64)),
        [seed] => match seed.as_literal().map(|seed| seed.cast_to(&DataType::Int64)) {
            Some(Ok(ScalarValue::Int64(seed))) => {
                let numbers = Random::Even.seeded(seed.unwrap_or(0));
                Ok(Typed::new(numbers, DataType::Float64))
            }
            _ => Err(Error::unsupported("function.rand.computed_seed")),
        },
        _ => Err(Error::unsupported("function.rand.range")),
    }
}

fn partition_id(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(scalar_of(&marks::PARTITION, [], DataType::Int32))
}

fn row_id(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(scalar_of(&marks::ID, [], DataType::Int64))
}

fn row_number(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(scalar_of(&marks::NUMBER, [], DataType::Int64))
}

fn type_of(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let own = value.data_type(scope)?;
    let data_type = match Kind::of(own).is_interval() {
        // Their fields are not in Arrow's type.
        true => {
            let (_, field) = value.expr().to_field(scope.df_schema().as_ref())?;
            crate::types::from_field(&field)?
        }
        false => crate::types::from_arrow(own)?,
    };
    Ok(Typed::literal(crate::types::simple_string(&data_type).as_str().into()))
}

/// The version of Spark whose answers these are.
fn version(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(Typed::literal("4.3.0".into()))
}

fn current_user(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(Typed::literal(scope.planner().session().user_id().into()))
}

fn current_catalog(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(Typed::literal(scope.planner().session().current_catalog().as_str().into()))
}

fn current_database(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [] = call.arguments()?;
    Ok(Typed::literal(scope.planner().session().current_database().as_str().into()))
}
