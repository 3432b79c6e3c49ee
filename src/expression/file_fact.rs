//! Functions that tell of the file that a row is in.

use datafusion::functions::regex::expr_fn::regexp_replace;
use datafusion::logical_expr::lit;

use super::attribute::descend;
use crate::error::Result;
use crate::function::Typed;
use crate::planner::scope::{METADATA, Scope};

/// The value of such a function; rows that are in no file have an answer too.
pub(super) fn plan(name: &str, scope: &Scope<'_>) -> Result<Option<Typed>> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let (field, none) = if is("input_file_name") {
        ("file_path", lit(""))
    } else if is("input_file_block_start") {
        ("file_block_start", lit(-1_i64))
    } else if is("input_file_block_length") {
        ("file_block_length", lit(-1_i64))
    } else {
        return Ok(None);
    };
    let parts = [METADATA, field].map(str::to_owned);
    let Ok(found) = scope.resolve(&parts, None) else { return Ok(Some(Typed::from(none))) };
    let value = descend(found, &parts, scope)?;
    if field != "file_path" {
        return Ok(Some(value));
    }
    // The function prints local paths with the empty name of their host.
    let path = regexp_replace(value.into_expr(), lit("^file:/"), lit("file:///"), None);
    Ok(Some(Typed::from(path)))
}
