//! The table of functions: a family a file, a function a line.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::logical_expr::ScalarUDF;

use super::call::{FunctionCall, implicit, scalar};
use super::{Typed, cast, coerce, family};
use crate::error::Result;
use crate::planner::scope::Scope;

/// How a call becomes an expression.
#[derive(Debug, Clone, Copy)]
pub(super) enum Build {
    /// By a function of its own.
    Custom(fn(&FunctionCall, &Scope<'_>) -> Result<Typed>),
    /// By a function of DataFusion's that does as Spark's does, once the arguments
    /// are of the types it takes.
    Udf {
        udf: fn() -> Arc<ScalarUDF>,
        takes: &'static [Param],
        /// How many of the parameters must be given.
        least: usize,
        returns: Param,
    },
    /// The same, for any number of arguments of one type.
    Variadic { udf: fn() -> Arc<ScalarUDF>, takes: Param, returns: Param },
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Param {
    Any,
    Boolean,
    Int,
    Long,
    Double,
    String,
    Binary,
    Date,
    Timestamp,
}

impl Param {
    fn data_type(self, scope: &Scope<'_>) -> Option<DataType> {
        Some(match self {
            Self::Any => return None,
            Self::Boolean => DataType::Boolean,
            Self::Int => DataType::Int32,
            Self::Long => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::String => DataType::Utf8,
            Self::Binary => DataType::Binary,
            Self::Date => DataType::Date32,
            Self::Timestamp => {
                let zone = scope.planner().session().time_zone();
                DataType::Timestamp(TimeUnit::Microsecond, Some(zone))
            }
        })
    }

    fn of(self, call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
        match self.data_type(scope) {
            Some(data_type) => implicit(call, at, &data_type, scope),
            None => Ok(call.arguments[at].clone()),
        }
    }
}

impl Build {
    pub(super) fn call(self, call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
        match self {
            Self::Custom(build) => build(call, scope),
            Self::Udf { udf, takes, least, returns } => {
                call.plain()?;
                let given = call.arguments.len();
                if !(least..=takes.len()).contains(&given) {
                    return Err(call.wrong_number(&expected(least, takes.len())));
                }
                let arguments = takes[..given].iter().enumerate();
                let arguments = arguments.map(|(at, param)| param.of(call, at, scope));
                finish(&udf(), arguments.collect::<Result<Vec<_>>>()?, returns, scope)
            }
            Self::Variadic { udf, takes, returns } => {
                call.plain()?;
                let arguments = (0..call.arguments.len()).map(|at| takes.of(call, at, scope));
                finish(&udf(), arguments.collect::<Result<Vec<_>>>()?, returns, scope)
            }
        }
    }
}

fn expected(least: usize, most: usize) -> String {
    if least == most {
        return most.to_string();
    }
    let counts: Vec<_> = (least..=most).map(|count| count.to_string()).collect();
    format!("[{}]", counts.join(", "))
}

/// The call, as the type Spark gives it.
fn finish(
    udf: &Arc<ScalarUDF>,
    arguments: Vec<Typed>,
    returns: Param,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let value = scalar(udf, arguments);
    let Some(wanted) = returns.data_type(scope) else { return Ok(value) };
    // All widths of strings are one type; asking for it at every level of a deep
    // expression would cost its depth each time.
    if returns == Param::String {
        return Ok(Typed::new(value.into_expr(), wanted));
    }
    if coerce::same(value.data_type(scope)?, &wanted) {
        return Ok(value);
    }
    Ok(cast::plain(value, &wanted))
}

type Table = HashMap<&'static str, Build>;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let families = family::ALL.iter().chain(family::SKETCHES).flat_map(|family| family.iter());
    families.map(|(name, build)| (*name, *build)).collect()
});

/// The entry of a function, by its name in lower case.
pub(super) fn find(name: &str) -> Option<Build> {
    TABLE.get(name).copied()
}

/// The functions served, for docs.
pub(crate) fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = TABLE.keys().copied().collect();
    names.sort_unstable();
    names
}

/// Whether DataFusion or datafusion-spark registers a function of this name by
/// itself: then it is no function of the embedder's.
pub(super) fn is_datafusions(name: &str) -> bool {
    static NAMES: LazyLock<std::collections::HashSet<String>> = LazyLock::new(|| {
        let defaults = datafusion::execution::SessionStateDefaults::default_scalar_functions();
        let aggregates = datafusion::execution::SessionStateDefaults::default_aggregate_functions();
        let spark = datafusion_spark::all_default_scalar_functions();
        let spark_aggregates = datafusion_spark::all_default_aggregate_functions();
        let scalars = defaults.iter().chain(&spark).flat_map(|udf| {
            std::iter::once(udf.name().to_owned()).chain(udf.aliases().iter().cloned())
        });
        let aggregates = aggregates.iter().chain(&spark_aggregates).flat_map(|udf| {
            std::iter::once(udf.name().to_owned()).chain(udf.aliases().iter().cloned())
        });
        scalars.chain(aggregates).collect()
    });
    NAMES.contains(name)
}
