//! A call of a function by name.

use std::borrow::Cow;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::expr::{NullTreatment, ScalarFunction, Sort};
use datafusion::logical_expr::{AggregateUDF, Expr, ScalarUDF};

use super::{Typed, cast, known, table};
use crate::error::{Condition, Error, Result};
use crate::planner::scope::Scope;

/// A function's name and arguments, and what else a call may say.
#[derive(Debug, Clone)]
pub(crate) struct FunctionCall {
    /// As the client wrote it; case does not matter.
    pub(crate) name: String,
    pub(crate) arguments: Vec<Typed>,
    pub(crate) distinct: bool,
    /// `IGNORE NULLS` of an aggregate or window function.
    pub(crate) ignore_nulls: bool,
    /// `FILTER (WHERE ..)` of an aggregate.
    pub(crate) filter: Option<Expr>,
    /// `WITHIN GROUP (ORDER BY ..)` of an aggregate.
    pub(crate) order_by: Vec<Sort>,
    /// A user's function: built-in ones are no candidates.
    pub(crate) user_defined: bool,
}

impl FunctionCall {
    /// A plain call.
    pub(crate) fn new<T: Into<Typed>>(
        name: impl Into<String>,
        arguments: impl IntoIterator<Item = T>,
    ) -> Self {
        Self {
            name: name.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            distinct: false,
            ignore_nulls: false,
            filter: None,
            order_by: Vec::new(),
            user_defined: false,
        }
    }

    /// The arguments, if there are as many as the function takes.
    pub(super) fn arguments<const N: usize>(&self) -> Result<&[Typed; N]> {
        self.arguments.as_slice().try_into().map_err(|_| self.wrong_number(&N.to_string()))
    }

    /// Spark's error for a call with too many or too few arguments.
    pub(crate) fn wrong_number(&self, expected: &str) -> Error {
        Error::analysis(
            Condition::WRONG_NUM_ARGS,
            [
                ("functionName", format!("`{}`", self.name.to_lowercase())),
                ("expectedNum", expected.to_owned()),
                ("actualNum", self.arguments.len().to_string()),
            ],
        )
    }

    /// Refuses what only aggregates understand.
    pub(super) fn plain(&self) -> Result<()> {
        let Self { name, arguments: _, distinct, ignore_nulls, filter, order_by, user_defined: _ } =
            self;
        if *distinct || *ignore_nulls || filter.is_some() || !order_by.is_empty() {
            let what = if *distinct { "DISTINCT" } else { "FILTER, IGNORE NULLS or WITHIN GROUP" };
            return Err(Error::analysis(
                Condition::INVALID_SQL_SYNTAX_FUNCTION_WITH_UNSUPPORTED_SYNTAX,
                [("prettyName", format!("`{}`", name.to_lowercase())), ("syntax", what.to_owned())],
            ));
        }
        Ok(())
    }
}

/// The value of a function call.
///
/// # Errors
/// `UNRESOLVED_ROUTINE` for a name that nothing has, `Unsupported` for one that
/// only Spark has, and what the function itself refuses.
pub(crate) fn call(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let name = lower(&call.name);
    if let Some(registered) = registered(call, &name, scope)? {
        return Ok(registered);
    }
    match table::find(&name) {
        Some(build) => {
            if !super::is_aggregate(&name) {
                call.plain()?;
            }
            build.call(call, scope)
        }
        None if super::window::is_window_only(&name) => Err(Error::analysis(
            Condition::WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE,
            [("funcName", format!("\"{name}()\""))],
        )),
        None if known::is_known(&name) => {
            super::signature::check(call, &name, scope)?;
            Err(Error::unsupported(format!("function.{name}")))
        }
        None => Err(unresolved(&call.name)),
    }
}

/// A name as the tables have it.
pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(name.to_ascii_lowercase());
    }
    Cow::Borrowed(name)
}

/// A function that the embedder put into DataFusion's state beside those that
/// DataFusion itself brings, whose semantics are not Spark's.
fn registered(call: &FunctionCall, name: &str, scope: &Scope<'_>) -> Result<Option<Typed>> {
    // Operators are ours alone.
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok(None);
    }
    let state = scope.planner().state();
    if let Some(udf) = state.scalar_functions().get(name)
        && !table::is_datafusions(name)
    {
        call.plain()?;
        return Ok(Some(scalar(udf, call.arguments.iter().cloned())));
    }
    if let Some(udf) = state.aggregate_functions().get(name)
        && !table::is_datafusions(name)
    {
        return Ok(Some(aggregate(udf, call, call.arguments.iter().cloned())));
    }
    Ok(None)
}

/// A scalar function of these arguments, as they are.
pub(super) fn scalar(
    udf: &std::sync::Arc<ScalarUDF>,
    arguments: impl IntoIterator<Item = Typed>,
) -> Typed {
    let arguments = arguments.into_iter().map(Typed::into_expr).collect();
    let udf = super::nullable::told(udf);
    Typed::from(Expr::ScalarFunction(ScalarFunction::new_udf(udf, arguments)))
}

/// The same, where the type is known.
pub(crate) fn scalar_of(
    udf: &std::sync::Arc<ScalarUDF>,
    arguments: impl IntoIterator<Item = Typed>,
    data_type: DataType,
) -> Typed {
    Typed::new(scalar(udf, arguments).into_expr(), data_type)
}

/// An aggregate function of these arguments, with what else the call says.
pub(super) fn aggregate(
    udf: &std::sync::Arc<AggregateUDF>,
    call: &FunctionCall,
    arguments: impl IntoIterator<Item = Typed>,
) -> Typed {
    use datafusion::logical_expr::expr::AggregateFunction;
    let treatment = call.ignore_nulls.then_some(NullTreatment::IgnoreNulls);
    let function = AggregateFunction::new_udf(
        std::sync::Arc::clone(udf),
        arguments.into_iter().map(Typed::into_expr).collect(),
        call.distinct,
        call.filter.clone().map(Box::new),
        call.order_by.clone(),
        treatment,
    );
    Typed::from(Expr::AggregateFunction(function))
}

pub(crate) fn unresolved(name: &str) -> Error {
    Error::analysis(
        Condition::UNRESOLVED_ROUTINE,
        [
            ("routineName", format!("`{name}`")),
            (
                "searchPath",
                "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]".to_owned(),
            ),
        ],
    )
}

/// The argument as a value of `to`, by Spark's implicit casts; an error that names
/// the parameter if there is none.
pub(crate) fn implicit(
    call: &FunctionCall,
    at: usize,
    to: &DataType,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let argument =
        call.arguments.get(at).ok_or_else(|| call.wrong_number(&(at + 1).to_string()))?;
    cast::implicit(argument, to, scope)?.ok_or_else(|| {
        let required = crate::types::arrow_sql_name(to);
        unexpected_type(call, at, &required, scope)
    })
}

/// Spark's error for an argument of a wrong type.
pub(crate) fn unexpected_type(
    call: &FunctionCall,
    at: usize,
    required: &str,
    scope: &Scope<'_>,
) -> Error {
    const ORDINALS: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    let argument = call.arguments.get(at);
    let actual = argument
        .and_then(|argument| argument.data_type(scope).ok())
        .map_or_else(|| "\"VOID\"".to_owned(), quoted_type);
    Error::analysis(
        Condition::DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
        [
            ("sqlExpr", display_call(call)),
            ("paramIndex", ORDINALS.get(at).copied().unwrap_or("last").to_owned()),
            ("requiredType", format!("\"{required}\"")),
            ("inputSql", argument.map_or_else(String::new, display)),
            ("inputType", actual),
        ],
    )
}

/// A type as error messages print it.
pub(super) fn quoted_type(data_type: &DataType) -> String {
    format!("\"{}\"", crate::types::arrow_sql_name(data_type))
}

/// An expression as error messages print it.
pub(super) fn display(value: &Typed) -> String {
    format!("\"{}\"", value.expr().human_display())
}

/// A call as error messages print it.
pub(crate) fn display_call(call: &FunctionCall) -> String {
    let arguments: Vec<_> =
        call.arguments.iter().map(|a| a.expr().human_display().to_string()).collect();
    let symbolic = !call.name.starts_with(|c: char| c.is_ascii_alphabetic());
    match (symbolic, arguments.as_slice()) {
        (true, [left, right]) => format!("\"({left} {} {right})\"", call.name),
        _ => format!("\"{}({})\"", call.name.to_lowercase(), arguments.join(", ")),
    }
}
