//! Paths into variants: `$.name`, `$['name']`, `$[0]`.

use crate::error::Result;
use crate::types::variant::{Value, Variant};

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Place(usize),
}

/// The steps of a path; none if the text is no path.
pub(crate) fn parse(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = step(rest)?;
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        return (!name.is_empty()).then(|| (Step::Name(name.to_owned()), rest));
    }
    for quote in ['\'', '"'] {
        let quoted = text.strip_prefix('[').and_then(|text| text.strip_prefix(quote));
        if let Some(rest) = quoted {
            let (name, rest) = rest.split_once(quote)?;
            return Some((Step::Name(name.to_owned()), rest.strip_prefix(']')?));
        }
    }
    let (place, rest) = text.strip_prefix('[')?.split_once(']')?;
    let digits = !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit());
    let place = digits.then(|| place.parse::<i32>().ok()).flatten()?;
    Some((Step::Place(usize::try_from(place).ok()?), rest))
}

/// The steps as a path again.
pub(crate) fn text(steps: &[Step]) -> String {
    let mut text = "$".to_owned();
    for step in steps {
        match step {
            Step::Name(name) => text.push_str(&format!(".{name}")),
            Step::Place(place) => text.push_str(&format!("[{place}]")),
        }
    }
    text
}

/// What is at the end of a path, if there is something.
///
/// # Errors
/// If the bytes are no variant.
pub(crate) fn find<'a>(variant: Variant<'a>, steps: &[Step]) -> Result<Option<Variant<'a>>> {
    let mut at = variant;
    for step in steps {
        let next = match (at.read()?, step) {
            (Value::Object(object), Step::Name(name)) => object.get(name)?,
            (Value::Array(array), Step::Place(place)) => array.get(*place)?,
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
