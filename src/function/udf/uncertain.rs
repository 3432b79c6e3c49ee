//! A value that Spark takes for one that may be NULL, whatever its parts say.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

/// The value, perhaps NULL.
pub(crate) static UNCERTAIN: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    let signature = Signature::any(1, Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(Uncertain { signature }))
});

#[derive(Debug, PartialEq, Eq, Hash)]
struct Uncertain {
    signature: Signature,
}

impl ScalarUDFImpl for Uncertain {
    fn name(&self) -> &'static str {
        "spark_uncertain"
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        self.schema_name(args)
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        match args {
            [value] => Ok(value.schema_name().to_string()),
            _ => exec_err!("one value is needed"),
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [own] => Ok(own.clone()),
            _ => exec_err!("one value is needed"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        match args.arg_fields {
            [own] => Ok(Arc::new(own.as_ref().clone().with_nullable(true))),
            _ => exec_err!("one value is needed"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.into_iter().next() {
            Some(value) => Ok(value),
            None => exec_err!("one value is needed"),
        }
    }
}
