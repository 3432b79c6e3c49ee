//! Functions of the place of a row, which no function of its values can tell: marks for
//! the planner, which computes them where partitions are known.

use std::hash::Hash;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use crate::error::Error;

/// What is asked of a row's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Mark {
    /// The number of its partition.
    Partition,
    /// An id that grows with partition and row.
    Id,
    /// Its number among all rows.
    Number,
    /// The number of its partition for a generator of random numbers, for which 0 will
    /// do.
    Draw,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Place {
    mark: Mark,
    signature: Signature,
}

macro_rules! marks {
    ($($static:ident $mark:ident;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            let signature = Signature::nullary(Volatility::Volatile);
            Arc::new(ScalarUDF::new_from_impl(Place { mark: Mark::$mark, signature }))
        });)*
    };
}

marks! {
    PARTITION Partition;
    ID Id;
    NUMBER Number;
    DRAW Draw;
}

/// What an expression asks, if it is such a mark.
pub(crate) fn mark_of(expr: &Expr) -> Option<Mark> {
    let Expr::ScalarFunction(call) = expr else { return None };
    call.func.inner().downcast_ref::<Place>().map(|place| place.mark)
}

impl ScalarUDFImpl for Place {
    fn name(&self) -> &str {
        match self.mark {
            Mark::Partition => "spark_partition_id",
            Mark::Id => "monotonically_increasing_id",
            Mark::Number => "distributed_sequence_id",
            Mark::Draw => "draw_partition_id",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(match self.mark {
            Mark::Partition | Mark::Draw => DataType::Int32,
            Mark::Id | Mark::Number => DataType::Int64,
        })
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), self.return_type(&[])?, false)))
    }

    fn invoke_with_args(&self, _args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match self.mark {
            Mark::Draw => Ok(ColumnarValue::Scalar(0_i32.into())),
            _ => Err(Error::unsupported(format!("function.{}.outside_select", self.name())).into()),
        }
    }
}
