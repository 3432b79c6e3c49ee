//! Scalar functions of our own, where DataFusion has none that does as Spark does.
//!
//! Each is a [`Kernel`]: a name, how the result's type follows from the
//! arguments', and the work. Errors are Spark's, carried through DataFusion.

pub(crate) mod arithmetic;
pub(crate) mod cast;
mod growth;
pub(crate) mod hash;
pub(crate) mod higher;
mod kernel;
pub(crate) mod marks;
pub(crate) mod nested;
pub(crate) mod number;
pub(crate) mod random;
pub(crate) mod text;
pub(crate) mod time;

pub(crate) use kernel::{Kernel, Nulls, evaluated, udf};
