//! Scalar functions of our own, where DataFusion has none that does as Spark does.
//!
//! Each is a [`Kernel`]: a name, how the result's type follows from the
//! arguments', and the work. Errors are Spark's, carried through DataFusion.

pub(crate) mod arithmetic;
pub(crate) mod cast;
mod kernel;
pub(crate) mod nested;

pub(crate) use kernel::{Kernel, Nulls, evaluated, udf};
