//! The functions of XPath 1.0.

use super::document::Kind;
use super::eval::{Context, Value, number_of_text};
use super::{Fault, parser::Expr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Last,
    Position,
    Count,
    Id,
    LocalName,
    NamespaceUri,
    Name,
    String,
    Concat,
    StartsWith,
    Contains,
    SubstringBefore,
    SubstringAfter,
    Substring,
    StringLength,
    NormalizeSpace,
    Translate,
    Boolean,
    Not,
    True,
    False,
    Lang,
    Number,
    Sum,
    Floor,
    Ceiling,
    Round,
}

impl Function {
    /// The function of a name that takes so many arguments.
    pub(super) fn of(name: &str, arguments: usize) -> Option<Self> {
        let (function, least, most) = match name {
            "last" => (Self::Last, 0, 0),
            "position" => (Self::Position, 0, 0),
            "count" => (Self::Count, 1, 1),
            "id" => (Self::Id, 1, 1),
            "local-name" => (Self::LocalName, 0, 1),
            "namespace-uri" => (Self::NamespaceUri, 0, 1),
            "name" => (Self::Name, 0, 1),
            "string" => (Self::String, 0, 1),
            "concat" => (Self::Concat, 2, usize::MAX),
            "starts-with" => (Self::StartsWith, 2, 2),
            "contains" => (Self::Contains, 2, 2),
            "substring-before" => (Self::SubstringBefore, 2, 2),
            "substring-after" => (Self::SubstringAfter, 2, 2),
            "substring" => (Self::Substring, 2, 3),
            "string-length" => (Self::StringLength, 0, 1),
            "normalize-space" => (Self::NormalizeSpace, 0, 1),
            "translate" => (Self::Translate, 3, 3),
            "boolean" => (Self::Boolean, 1, 1),
            "not" => (Self::Not, 1, 1),
            "true" => (Self::True, 0, 0),
            "false" => (Self::False, 0, 0),
            "lang" => (Self::Lang, 1, 1),
            "number" => (Self::Number, 0, 1),
            "sum" => (Self::Sum, 1, 1),
            "floor" => (Self::Floor, 1, 1),
            "ceiling" => (Self::Ceiling, 1, 1),
            "round" => (Self::Round, 1, 1),
            _ => return None,
        };
        (least..=most).contains(&arguments).then_some(function)
    }

    pub(super) fn call(self, arguments: &[Expr], context: &Context<'_>) -> Result<Value, Fault> {
        let value = |at: usize| match arguments.get(at) {
            Some(argument) => context.eval(argument),
            // What is not given is the node at hand.
            None => Ok(Value::Nodes(vec![context.node])),
        };
        let text = |at: usize| Ok(value(at)?.text(context.document));
        let number = |at: usize| Ok(value(at)?.number(context.document));
        Ok(match self {
            Self::Last => Value::Number(context.size),
            Self::Position => Value::Number(context.position),
            Self::Count => Value::Number(value(0)?.nodes()?.len() as f64),
            // Nothing says which attributes are identifiers, or which language there is.
            Self::Id => Value::Nodes(Vec::new()),
            Self::Lang => Value::Boolean(false),
            Self::NamespaceUri => {
                value(0)?.nodes()?;
                Value::Text(String::new())
            }
            Self::Name => Value::Text(name(value(0)?, context)?),
            Self::LocalName => {
                let name = name(value(0)?, context)?;
                let local = name.split_once(':').map(|(_, local)| local.to_owned());
                Value::Text(local.unwrap_or(name))
            }
            Self::String => Value::Text(text(0)?),
            Self::Concat => {
                let mut all = String::new();
                for at in 0..arguments.len() {
                    all.push_str(&text(at)?);
                }
                Value::Text(all)
            }
            Self::StartsWith => Value::Boolean(text(0)?.starts_with(&text(1)?)),
            Self::Contains => Value::Boolean(text(0)?.contains(&text(1)?)),
            Self::SubstringBefore => {
                let (whole, part) = (text(0)?, text(1)?);
                Value::Text(
                    whole
                        .split_once(&part)
                        .map(|(before, _)| before.to_owned())
                        .unwrap_or_default(),
                )
            }
            Self::SubstringAfter => {
                let (whole, part) = (text(0)?, text(1)?);
                Value::Text(
                    whole.split_once(&part).map(|(_, after)| after.to_owned()).unwrap_or_default(),
                )
            }
            Self::Substring => {
                let length = if arguments.len() > 2 { Some(number(2)?) } else { None };
                Value::Text(substring(&text(0)?, number(1)?, length))
            }
            Self::StringLength => Value::Number(text(0)?.encode_utf16().count() as f64),
            Self::NormalizeSpace => {
                let text = text(0)?;
                let words = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
                Value::Text(words.collect::<Vec<_>>().join(" "))
            }
            Self::Translate => Value::Text(translate(&text(0)?, &text(1)?, &text(2)?)),
            Self::Boolean => Value::Boolean(value(0)?.boolean()),
            Self::Not => Value::Boolean(!value(0)?.boolean()),
            Self::True => Value::Boolean(true),
            Self::False => Value::Boolean(false),
            Self::Number => Value::Number(number(0)?),
            Self::Sum => {
                let nodes = value(0)?.nodes()?;
                let numbers = nodes.iter().map(|at| number_of_text(&context.document.text(*at)));
                Value::Number(numbers.sum::<f64>())
            }
            Self::Floor => Value::Number(number(0)?.floor()),
            Self::Ceiling => Value::Number(number(0)?.ceil()),
            Self::Round => Value::Number(round(number(0)?)),
        })
    }
}

/// The name of the first node.
fn name(value: Value, context: &Context<'_>) -> Result<String, Fault> {
    let nodes = value.nodes()?;
    let node = nodes.first().map(|at| context.document.node(*at));
    Ok(node
        .filter(|node| node.kind != Kind::Root)
        .map(|node| node.name.clone())
        .unwrap_or_default())
}

/// Halves go up.
fn round(number: f64) -> f64 {
    if number.fract() == 0.0 || !number.is_finite() { number } else { (number + 0.5).floor() }
}

/// Places count from one, in Java's characters.
fn substring(text: &str, start: f64, length: Option<f64>) -> String {
    if start.is_nan() && length.is_none() {
        // Contrary to the standard.
        return text.to_owned();
    }
    let from = round(start);
    let to = length.map_or(f64::INFINITY, |length| from + round(length));
    let units = text.encode_utf16().zip(1_u32..).filter(|(_, place)| {
        let place = f64::from(*place);
        place >= from && place < to
    });
    String::from_utf16_lossy(&units.map(|(unit, _)| unit).collect::<Vec<_>>())
}

/// Each of some characters as the one in its place, or as none.
fn translate(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let changed = text.chars().filter_map(|c| match from.chars().position(|other| other == c) {
        Some(at) => to.get(at).copied(),
        None => Some(c),
    });
    changed.collect()
}
