//! Variants with something put in, or taken out.

use super::path::{self, Step};
use crate::error::{Condition, Error, Result};
use crate::planner::grown::with_stack;
use crate::types::variant::{Builder, Elements, Object, Value, Variant, may_hold, too_large};

/// What is done at the end of a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action<'v> {
    /// A new field, or an element before the one at a place.
    Insert(Variant<'v>),
    /// Another value; a new one only if that is asked for.
    Set(Variant<'v>, bool),
    Delete,
    /// An element behind the last of an array.
    Append(Variant<'v>),
}

/// One change, and where.
pub(super) struct Edit<'e> {
    /// Who makes it, for errors.
    pub(super) function: &'e str,
    /// The path as it is written.
    pub(super) path: &'e str,
    pub(super) steps: &'e [Step],
    pub(super) action: Action<'e>,
}

/// Spark's error for a text that is no path to something that can be changed.
pub(super) fn no_target(function: &str, path: &str) -> Error {
    let parameters = [("path", path.to_owned()), ("functionName", format!("`{function}`"))];
    Error::analysis(Condition::INVALID_VARIANT_PATH, parameters)
}

impl Edit<'_> {
    /// Writes the value as the change leaves it.
    ///
    /// # Errors
    /// `VARIANT_PATH_TYPE_MISMATCH` if the path leads into what has no such parts,
    /// `VARIANT_DUPLICATE_KEY` if what is to be new is there.
    pub(super) fn write(&self, variant: &Variant<'_>, out: &mut Builder) -> Result<()> {
        self.at(variant, 0, out)
    }

    fn at(&self, variant: &Variant<'_>, depth: usize, out: &mut Builder) -> Result<()> {
        let Some(step) = self.steps.get(depth) else { return self.append(variant, depth, out) };
        match (variant.read()?, step) {
            (Value::Object(object), Step::Name(name)) => {
                with_stack(|| self.object(&object, name, depth, out))
            }
            (Value::Array(array), Step::Place(place)) => {
                with_stack(|| self.array(&array, *place, depth, out))
            }
            _ if matches!(self.action, Action::Delete) => out.append(variant),
            _ => Err(self.mismatch(depth)),
        }
    }

    fn mismatch(&self, depth: usize) -> Error {
        let reached = self.steps.get(..depth).unwrap_or_default();
        Error::analysis(
            Condition::VARIANT_PATH_TYPE_MISMATCH,
            [
                ("path", self.path.to_owned()),
                ("failedAt", path::text(reached)),
                ("functionName", format!("`{}`", self.function)),
            ],
        )
    }

    fn is_last(&self, depth: usize) -> bool {
        depth + 1 == self.steps.len()
    }

    /// The value to put where there is none.
    fn addition(&self) -> Option<&Variant<'_>> {
        match &self.action {
            Action::Insert(value) | Action::Set(value, true) => Some(value),
            Action::Set(_, false) | Action::Delete | Action::Append(_) => None,
        }
    }

    fn object(
        &self,
        object: &Object<'_>,
        wanted: &str,
        depth: usize,
        out: &mut Builder,
    ) -> Result<()> {
        let start = out.start();
        let mut fields = Vec::new();
        let mut found = false;
        for entry in object.iter() {
            let (name, value) = entry?;
            if name != wanted {
                fields.push(out.field(&name, start));
                out.append(&value)?;
                continue;
            }
            found = true;
            match &self.action {
                Action::Insert(_) if self.is_last(depth) => {
                    let parameters = [("key", name.into_owned())];
                    return Err(Error::analysis(Condition::VARIANT_DUPLICATE_KEY, parameters));
                }
                Action::Delete if self.is_last(depth) => {}
                Action::Set(new, _) if self.is_last(depth) => {
                    fields.push(out.field(&name, start));
                    out.append(new)?;
                }
                _ => {
                    fields.push(out.field(&name, start));
                    self.at(&value, depth + 1, out)?;
                }
            }
        }
        if let Some(new) = self.addition().filter(|_| !found) {
            fields.push(out.field(wanted, start));
            self.create(new, depth + 1, out)?;
        }
        out.object(start, fields)
    }

    fn array(
        &self,
        array: &Elements<'_>,
        wanted: usize,
        depth: usize,
        out: &mut Builder,
    ) -> Result<()> {
        let start = out.start();
        let mut places = Vec::new();
        for (at, value) in array.iter().enumerate() {
            let value = value?;
            if at == wanted && self.is_last(depth) {
                match &self.action {
                    Action::Delete => continue,
                    Action::Set(new, _) => {
                        places.push(out.start() - start);
                        out.append(new)?;
                        continue;
                    }
                    Action::Insert(new) => {
                        places.push(out.start() - start);
                        out.append(new)?;
                    }
                    Action::Append(_) => {
                        places.push(out.start() - start);
                        self.at(&value, depth + 1, out)?;
                        continue;
                    }
                }
            }
            places.push(out.start() - start);
            match at == wanted && !self.is_last(depth) {
                true => self.at(&value, depth + 1, out)?,
                false => out.append(&value)?,
            }
        }
        if let Some(new) = self.addition().filter(|_| wanted >= array.len()) {
            self.pad(wanted, start, &mut places, out)?;
            places.push(out.start() - start);
            self.create(new, depth + 1, out)?;
        }
        out.array(start, &places);
        Ok(())
    }

    /// Nulls up to a place.
    fn pad(
        &self,
        place: usize,
        start: usize,
        places: &mut Vec<usize>,
        out: &mut Builder,
    ) -> Result<()> {
        if !may_hold(place) {
            return Err(too_large(self.function));
        }
        while places.len() < place {
            places.push(out.start() - start);
            out.null();
        }
        Ok(())
    }

    /// The value, in all that the rest of the path asks for.
    fn create(&self, value: &Variant<'_>, depth: usize, out: &mut Builder) -> Result<()> {
        let start = out.start();
        match self.steps.get(depth) {
            None => out.append(value),
            Some(Step::Name(name)) => {
                let field = out.field(name, start);
                with_stack(|| self.create(value, depth + 1, out))?;
                out.object(start, vec![field])
            }
            Some(Step::Place(place)) => {
                let mut places = Vec::new();
                self.pad(*place, start, &mut places, out)?;
                places.push(out.start() - start);
                with_stack(|| self.create(value, depth + 1, out))?;
                out.array(start, &places);
                Ok(())
            }
        }
    }

    /// The end of the path is an array, which gets an element.
    fn append(&self, variant: &Variant<'_>, depth: usize, out: &mut Builder) -> Result<()> {
        let (Value::Array(array), Action::Append(new)) = (variant.read()?, &self.action) else {
            return Err(self.mismatch(depth));
        };
        let start = out.start();
        let mut places = Vec::new();
        for value in array.iter() {
            places.push(out.start() - start);
            out.append(&value?)?;
        }
        places.push(out.start() - start);
        out.append(new)?;
        out.array(start, &places);
        Ok(())
    }
}

/// Writes the value without the fields that are null, and without the elements that
/// are if that is asked for.
///
/// # Errors
/// If the bytes are no variant.
pub(super) fn strip(variant: &Variant<'_>, elements: bool, out: &mut Builder) -> Result<()> {
    match variant.read()? {
        Value::Object(object) => {
            let start = out.start();
            let mut fields = Vec::new();
            for entry in object.iter() {
                let (name, value) = entry?;
                if !is_null(&value)? {
                    fields.push(out.field(&name, start));
                    with_stack(|| strip(&value, elements, out))?;
                }
            }
            out.object(start, fields)
        }
        Value::Array(array) => {
            let start = out.start();
            let mut places = Vec::new();
            for value in array.iter() {
                let value = value?;
                if !elements || !is_null(&value)? {
                    places.push(out.start() - start);
                    with_stack(|| strip(&value, elements, out))?;
                }
            }
            out.array(start, &places);
            Ok(())
        }
        _ => out.append(variant),
    }
}

/// Whether a value is a variant's null.
///
/// # Errors
/// If the bytes are no variant.
pub(super) fn is_null(variant: &Variant<'_>) -> Result<bool> {
    Ok(matches!(variant.read()?, Value::Null))
}
