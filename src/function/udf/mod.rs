//! Scalar functions of our own, where DataFusion has none that does as Spark does.
//!
//! Each is a [`Kernel`]: a name, how the result's type follows from the
//! arguments', and the work. Errors are Spark's, carried through DataFusion.

pub(crate) mod absolute;
pub(crate) mod arithmetic;
pub(crate) mod bitmap;
pub(crate) mod bytes;
pub(crate) mod cast;
pub(crate) mod ceiling;
pub(crate) mod certain;
#[cfg(feature = "functions")]
pub(crate) mod crypto;
mod growth;
pub(crate) mod hash;
pub(crate) mod higher;
pub(crate) mod json;
mod kernel;
pub(crate) mod known;
pub(crate) mod marks;
pub(crate) mod nested;
pub(crate) mod number;
pub(crate) mod parameterized;
pub(crate) mod raise;
pub(crate) mod random;
pub(crate) mod record;
pub(crate) mod rows;
pub(crate) mod single;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod variant;
pub(crate) mod vector;
pub(crate) mod xpath;

pub(crate) use kernel::{Kernel, Nulls, evaluated, udf};
