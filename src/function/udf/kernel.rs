//! The shape that our scalar functions share.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use crate::function::coerce;

/// When the result may be NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// If an argument may be.
    Propagate,
    /// Whatever the arguments are.
    Always,
    /// If an argument may be, or an element of one.
    Elements,
    /// If the second argument may be.
    Second,
    /// If one of so many first arguments may be.
    First(usize),
    /// Never.
    Never,
}

impl Nulls {
    /// Whether the result may be NULL for these arguments.
    pub(crate) fn of(self, args: &ReturnFieldArgs<'_>) -> bool {
        match self {
            Self::Propagate => args.arg_fields.iter().any(|field| field.is_nullable()),
            Self::Elements => args.arg_fields.iter().any(|field| {
                let element = coerce::element(field.data_type());
                field.is_nullable() || element.is_some_and(|element| element.is_nullable())
            }),
            Self::Second => args.arg_fields.get(1).is_none_or(|field| field.is_nullable()),
            Self::First(count) => {
                args.arg_fields.iter().take(count).any(|field| field.is_nullable())
            }
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// A scalar function: values in, values out. It takes its arguments as they are;
/// implicit casts are done before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kernel {
    pub(crate) name: &'static str,
    pub(crate) nulls: Nulls,
    pub(crate) volatility: Volatility,
    /// The result's type, from the arguments' fields and constants.
    pub(crate) returns: fn(&ReturnFieldArgs<'_>) -> Result<DataType>,
    pub(crate) run: fn(ScalarFunctionArgs) -> Result<ColumnarValue>,
}

/// The function as DataFusion takes it; put it in a `LazyLock`.
pub(crate) fn udf(kernel: Kernel) -> Arc<ScalarUDF> {
    let signature = Signature::variadic_any(kernel.volatility);
    Arc::new(ScalarUDF::new_from_impl(Function { kernel, signature }))
}

#[derive(Debug)]
struct Function {
    kernel: Kernel,
    signature: Signature,
}

/// Names are unique.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.kernel.name == other.kernel.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kernel.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.kernel.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        datafusion::common::internal_err!("{} needs the arguments' fields", self.kernel.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let data_type = (self.kernel.returns)(&args)?;
        let nullable = self.kernel.nulls.of(&args);
        Ok(Arc::new(Field::new(self.kernel.name, data_type, nullable)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        (self.kernel.run)(args)
    }
}

/// Runs `work` on arrays; if all arguments are constants, on one row.
pub(crate) fn evaluated(
    args: &ScalarFunctionArgs,
    work: impl FnOnce(&[ArrayRef], usize) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let constant = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
    let rows = if constant { 1 } else { args.number_rows };
    let arrays = args.args.iter().map(|value| value.to_array(rows)).collect::<Result<Vec<_>>>()?;
    let result = work(&arrays, rows)?;
    if constant {
        return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?));
    }
    Ok(ColumnarValue::Array(result))
}

/// Functions of the values of whole columns, whose type and NULLs are plain: a static, a
/// name, when the result may be NULL, its type, and the work.
macro_rules! kernels {
    ($($static:ident $name:literal $nulls:ident $returns:expr, $work:expr;)*) => {
        $(pub(crate) static $static: std::sync::LazyLock<
            std::sync::Arc<datafusion::logical_expr::ScalarUDF>
        > = std::sync::LazyLock::new(|| {
            $crate::function::udf::udf($crate::function::udf::Kernel {
                name: $name,
                nulls: $crate::function::udf::Nulls::$nulls,
                volatility: datafusion::logical_expr::Volatility::Immutable,
                returns: |_| Ok($returns),
                run: |args| $crate::function::udf::evaluated(&args, $work),
            })
        });)*
    };
}
pub(super) use kernels;
