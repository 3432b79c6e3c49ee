//! What a plugin's relation costs over a built-in one that does as much.

use criterion::Criterion;
use datafusion_spark_connect::Result;

use super::report::Report;

/// Measures both.
pub(crate) fn bench(_criterion: &mut Criterion, _report: &mut Report) -> Result<()> {
    Ok(())
}
