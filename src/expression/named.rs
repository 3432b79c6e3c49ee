//! Arguments by name: brought into the order of the function's parameters.

use std::borrow::Cow;

use crate::error::{Condition, Error, Required as _, Result};
use crate::proto::Expression;
use crate::proto::expression::ExprType;
use crate::sql::build::{null, text};

/// A parameter, and what it is if it is not given.
struct Parameter {
    name: &'static str,
    default: Option<fn() -> Expression>,
}

const fn needed(name: &'static str) -> Parameter {
    Parameter { name, default: None }
}

const fn optional(name: &'static str, default: fn() -> Expression) -> Parameter {
    Parameter { name, default: Some(default) }
}

/// The functions whose arguments have names in Spark.
const FUNCTIONS: &[(&str, &[Parameter])] = &[
    (
        "mask",
        &[
            needed("str"),
            optional("upperChar", || text("X")),
            optional("lowerChar", || text("x")),
            optional("digitChar", || text("n")),
            optional("otherChar", null),
        ],
    ),
    (
        "count_min_sketch",
        &[needed("column"), needed("epsilon"), needed("confidence"), needed("seed")],
    ),
];

/// The arguments in order, if some of them are given by name.
///
/// # Errors
/// Spark's, for a function without names, and for names that are wrong.
pub(in crate::expression) fn arranged<'e>(
    function: &str,
    arguments: &'e [Expression],
) -> Result<Cow<'e, [Expression]>> {
    let Some(first) = arguments.iter().position(|argument| name_of(argument).is_some()) else {
        return Ok(Cow::Borrowed(arguments));
    };
    let known = FUNCTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(function));
    let routine = format!("`{}`", function.to_lowercase());
    let Some((_, parameters)) = known else {
        return Err(Error::analysis(
            Condition::NAMED_PARAMETERS_NOT_SUPPORTED,
            [("functionName", routine)],
        ));
    };
    let (positional, named) = arguments.split_at(first);
    let mut places: Vec<Option<Expression>> = positional.iter().cloned().map(Some).collect();
    places.resize(parameters.len().max(first), None);
    for argument in named {
        put(argument, parameters, first, &mut places, &routine)?;
    }
    let filled = places.into_iter().enumerate().map(|(at, place)| match place {
        Some(value) => Ok(value),
        None => missing(at, parameters, &routine),
    });
    Ok(Cow::Owned(filled.collect::<Result<_>>()?))
}

fn name_of(argument: &Expression) -> Option<&str> {
    match argument.expr_type.as_ref()? {
        ExprType::NamedArgumentExpression(named) => Some(&named.key),
        _ => None,
    }
}

/// Puts one argument that comes after the first with a name into its place.
fn put(
    argument: &Expression,
    parameters: &[Parameter],
    positional: usize,
    places: &mut [Option<Expression>],
    routine: &str,
) -> Result<()> {
    let Some(ExprType::NamedArgumentExpression(named)) = &argument.expr_type else {
        let names = places.iter().zip(parameters).skip(positional);
        let before = names.rev().find(|(place, _)| place.is_some()).map(|(_, p)| p.name);
        let name = format!("`{}`", before.unwrap_or_default());
        let parameters = [("parameterName", name), ("routineName", routine.to_owned())];
        return Err(Error::analysis(Condition::UNEXPECTED_POSITIONAL_ARGUMENT, parameters));
    };
    let place = parameters.iter().position(|p| p.name.eq_ignore_ascii_case(&named.key));
    let Some(at) = place else {
        let proposal: Vec<_> = parameters.iter().map(|p| format!("`{}`", p.name)).collect();
        return Err(Error::analysis(
            Condition::UNRECOGNIZED_PARAMETER_NAME,
            [
                ("routineName", routine.to_owned()),
                ("argumentName", format!("`{}`", named.key)),
                ("proposal", proposal.join(" ")),
            ],
        ));
    };
    let value = named.value.as_deref().required("value")?.clone();
    if places.get(at).is_some_and(Option::is_some) {
        let condition = match at < positional {
            true => Condition::PARAMETER_BOTH_POSITIONAL_AND_NAMED,
            false => Condition::PARAMETER_NAMED_TWICE,
        };
        let name = format!("`{}`", parameters[at].name);
        let parameters = [("parameterName", name), ("routineName", routine.to_owned())];
        return Err(Error::analysis(condition, parameters));
    }
    if let Some(place) = places.get_mut(at) {
        *place = Some(value);
    }
    Ok(())
}

/// What a parameter is that was not given.
fn missing(at: usize, parameters: &[Parameter], routine: &str) -> Result<Expression> {
    let parameter = parameters.get(at);
    parameter.and_then(|parameter| parameter.default).map(|default| default()).ok_or_else(|| {
        let name = parameter.map_or("", |parameter| parameter.name);
        Error::analysis(
            Condition::REQUIRED_PARAMETER_NOT_FOUND,
            [
                ("routineName", routine.to_owned()),
                ("parameterName", format!("`{name}`")),
                ("index", at.to_string()),
            ],
        )
    })
}
