//! Functions that differ by what the planner knows: a schema, a time zone, options.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use super::Nulls;

/// A function with parameters of its own.
#[derive(Debug, Clone)]
pub(crate) struct Parameterized {
    pub(crate) name: &'static str,
    pub(crate) parameters: Vec<String>,
    pub(crate) nulls: Nulls,
    pub(crate) volatility: Volatility,
    /// The result's type.
    pub(crate) to: DataType,
    pub(crate) run: fn(&[String], &DataType, ScalarFunctionArgs) -> Result<ColumnarValue>,
}

/// The function as DataFusion takes it.
pub(crate) fn parameterized(function: Parameterized) -> Arc<ScalarUDF> {
    let signature = Signature::variadic_any(function.volatility);
    Arc::new(ScalarUDF::new_from_impl(Function { function, signature }))
}

#[derive(Debug)]
struct Function {
    function: Parameterized,
    signature: Signature,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&self.function, &other.function);
        a.name == b.name && a.parameters == b.parameters && a.to == b.to
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
        self.function.parameters.hash(state);
        self.function.to.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.function.to.clone())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let nullable = self.function.nulls.of(&args);
        Ok(Arc::new(Field::new(self.function.name, self.function.to.clone(), nullable)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        (self.function.run)(&self.function.parameters, &self.function.to, args)
    }
}
