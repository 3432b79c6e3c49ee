//! When the results of DataFusion's functions may be NULL.
//!
//! Many of them say "always", where Spark knows better and tells its clients.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::udf::Nulls;

/// Functions that are NULL if an argument is, and only then.
const IF_ANY: &[&str] = &[
    "upper",
    "lower",
    "btrim",
    "ltrim",
    "rtrim",
    "reverse",
    "levenshtein",
    "find_in_set",
    "starts_with",
    "ends_with",
    "contains",
    "md5",
    "soundex",
    "space",
    "hypot",
    "atan2",
    "hex",
    "concat",
    "array_reverse",
];

/// Functions that are NULL if an argument is, or an element of one.
const IF_ELEMENTS: &[&str] = &["array_contains"];

/// Functions that are NULL if all arguments are.
const IF_ALL: &[&str] = &["greatest", "least"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum When {
    Any,
    All,
    Elements,
}

/// The function, telling when it is NULL as Spark does.
pub(super) fn told(udf: &Arc<ScalarUDF>) -> Arc<ScalarUDF> {
    let when = match udf.name() {
        name if IF_ANY.contains(&name) => When::Any,
        name if IF_ALL.contains(&name) => When::All,
        name if IF_ELEMENTS.contains(&name) => When::Elements,
        _ => return Arc::clone(udf),
    };
    Arc::new(ScalarUDF::new_from_impl(Told { inner: Arc::clone(udf), when }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Told {
    inner: Arc<ScalarUDF>,
    when: When,
}

impl ScalarUDFImpl for Told {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.inner.inner().return_type(arguments)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let nullable = match self.when {
            When::Any => Nulls::Propagate.of(&args),
            When::All => args.arg_fields.iter().all(|field| field.is_nullable()),
            When::Elements => Nulls::Elements.of(&args),
        };
        let field: Field = self.inner.return_field_from_args(args)?.as_ref().clone();
        Ok(Arc::new(field.with_nullable(nullable)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        self.inner.invoke_with_args(args)
    }

    /// What it would become says again that it is always nullable.
    fn simplify(&self, args: Vec<Expr>, _info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        Ok(ExprSimplifyResult::Original(args))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.inner().coerce_types(types)
    }
}
