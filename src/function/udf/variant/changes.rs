//! The functions that change variants.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::edit::{Action, Edit, no_target, strip};
use super::{Paths, path};
use crate::error::{Condition, Error};
use crate::function::udf::kernel::kernels;
use crate::function::udf::text::strings;
use crate::function::udf::{Kernel, Nulls, evaluated, udf};
use crate::types::variant::{Builder, Built, Variant, Variants, VariantsBuilder, data_type};

kernels! {
    INSERT "spark_variant_insert" Propagate data_type(), |arrays, _| {
        changed(arrays, "variant_insert", insert)
    };
    TRY_INSERT "spark_try_variant_insert" Always data_type(), |arrays, _| {
        changed(arrays, "try_variant_insert", insert)
    };
    SET "spark_variant_set" Propagate data_type(), |arrays, _| {
        changed(arrays, "variant_set", set)
    };
    TRY_SET "spark_try_variant_set" Always data_type(), |arrays, _| {
        changed(arrays, "try_variant_set", set)
    };
    APPEND "spark_variant_array_append" Propagate data_type(), |arrays, _| {
        changed(arrays, "variant_array_append", append)
    };
    TRY_APPEND "spark_try_variant_array_append" Always data_type(), |arrays, _| {
        changed(arrays, "try_variant_array_append", append)
    };
    STRIP "spark_variant_strip_nulls" Propagate data_type(), |arrays, _| stripped(arrays);
}

/// `variant_delete`: paths that are NULL change nothing.
pub(crate) static DELETE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_variant_delete",
        nulls: Nulls::First(1),
        volatility: Volatility::Immutable,
        returns: |_| Ok(data_type()),
        run: |args| evaluated(&args, |arrays, _| deleted(arrays)),
    })
});

fn insert(value: Variant<'_>, _: bool) -> Action<'_> {
    Action::Insert(value)
}

fn set(value: Variant<'_>, create: bool) -> Action<'_> {
    Action::Set(value, create)
}

fn append(value: Variant<'_>, _: bool) -> Action<'_> {
    Action::Append(value)
}

/// A function of a value, a path, another value, and a flag if there is one.
fn changed(
    arrays: &[ArrayRef],
    function: &str,
    action: for<'v> fn(Variant<'v>, bool) -> Action<'v>,
) -> Result<ArrayRef> {
    let variants = Variants::of(arrays[0].as_ref())?;
    let (texts, values) = (strings(&arrays[1])?, Variants::of(arrays[2].as_ref())?);
    let mut known = Paths::default();
    let mut out = VariantsBuilder::new(variants.len());
    for row in 0..variants.len() {
        let flag = match arrays.get(3) {
            Some(flags) => flags.is_valid(row).then(|| flags.as_boolean().value(row)),
            None => Some(true),
        };
        let (Some(variant), Some(value), Some(flag), true) =
            (variants.get(row)?, values.get(row)?, flag, texts.is_valid(row))
        else {
            out.null();
            continue;
        };
        let action = action(value, flag);
        let text = texts.value(row);
        let steps = target(&mut known, text, function, matches!(action, Action::Append(_)))?;
        match edited(&variant, &Edit { function, path: text, steps, action }) {
            Ok(built) => out.append(Some(&built)),
            Err(error) if function.starts_with("try_") && is_tolerated(&error) => out.null(),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(out.finish()?)
}

/// What the functions that try give NULL for.
fn is_tolerated(error: &Error) -> bool {
    let tolerated = [Condition::VARIANT_DUPLICATE_KEY, Condition::VARIANT_PATH_TYPE_MISMATCH];
    tolerated.iter().any(|condition| error.condition() == Some(condition.name()))
}

/// The steps of a path to what can be changed; the whole value only if `whole`.
fn target<'p>(
    known: &'p mut Paths,
    text: &str,
    function: &str,
    whole: bool,
) -> crate::error::Result<&'p [path::Step]> {
    let steps = known.steps(text).filter(|steps| whole || !steps.is_empty());
    steps.ok_or_else(|| no_target(function, text))
}

fn edited(variant: &Variant<'_>, edit: &Edit<'_>) -> crate::error::Result<Built> {
    let mut builder = Builder::new();
    edit.write(variant, &mut builder)?;
    builder.finish(edit.function)
}

fn deleted(arrays: &[ArrayRef]) -> Result<ArrayRef> {
    const FUNCTION: &str = "variant_delete";
    let variants = Variants::of(arrays[0].as_ref())?;
    let paths = arrays[1..].iter().map(strings).collect::<Result<Vec<_>>>()?;
    let mut known: Vec<Paths> = paths.iter().map(|_| Paths::default()).collect();
    let mut out = VariantsBuilder::new(variants.len());
    for row in 0..variants.len() {
        let Some(variant) = variants.get(row)? else {
            out.null();
            continue;
        };
        let mut builder = Builder::new();
        builder.append(&variant)?;
        let mut built = builder.finish(FUNCTION)?;
        for (texts, known) in paths.iter().zip(&mut known) {
            if texts.is_null(row) {
                continue;
            }
            let text = texts.value(row);
            let steps = target(known, text, FUNCTION, false)?;
            let edit = Edit { function: FUNCTION, path: text, steps, action: Action::Delete };
            built = edited(&Variant::new(&built.value, &built.metadata)?, &edit)?;
        }
        out.append(Some(&built));
    }
    Ok(out.finish()?)
}

fn stripped(arrays: &[ArrayRef]) -> Result<ArrayRef> {
    let variants = Variants::of(arrays[0].as_ref())?;
    let flags = arrays[1].as_boolean();
    let mut out = VariantsBuilder::new(variants.len());
    for row in 0..variants.len() {
        let (Some(variant), true) = (variants.get(row)?, flags.is_valid(row)) else {
            out.null();
            continue;
        };
        let mut builder = Builder::new();
        strip(&variant, flags.value(row), &mut builder)?;
        out.append(Some(&builder.finish("variant_strip_nulls")?));
    }
    Ok(out.finish()?)
}
