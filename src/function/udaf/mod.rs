//! Aggregates of our own: sums that notice overflow, averages that round as Spark
//! does.
//!
//! Integers, decimals and intervals are all summed as 128-bit numbers; what differs is what
//! the total becomes at the end ([`Total`]).

pub(crate) mod collect;
pub(crate) mod count_min;
pub(crate) mod extreme;
pub(crate) mod gather;
mod groups;
mod one;
pub(crate) mod percentile;
pub(crate) mod quantiles;
pub(crate) mod ranked;
pub(crate) mod shape;
mod total;
pub(crate) mod variant;

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility,
};

use crate::function::coerce::MAX_PRECISION;
use crate::function::udf::cast::Mode;
use crate::planner::scope::Scope;
use crate::types::fields::{fields_of, interval_field};
use total::Total;

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Sum,
    Average,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Summing {
    what: What,
    mode: Mode,
    signature: Signature,
}

macro_rules! functions {
    ($($static:ident $what:ident $mode:ident;)*) => {
        $(static $static: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| {
            let signature = Signature::any(1, Volatility::Immutable);
            let function = Summing { what: What::$what, mode: Mode::$mode, signature };
            Arc::new(AggregateUDF::new_from_impl(function))
        });)*
    };
}

functions! {
    SUM Sum Ansi;
    LEGACY_SUM Sum Legacy;
    TRY_SUM Sum Try;
    AVG Average Ansi;
    LEGACY_AVG Average Legacy;
    TRY_AVG Average Try;
}

/// The sum of BIGINTs, decimals or intervals.
pub(super) fn sum(scope: &Scope<'_>) -> Arc<AggregateUDF> {
    Arc::clone(if super::ansi(scope) { &SUM } else { &LEGACY_SUM })
}

/// The average of decimals or intervals.
pub(super) fn avg(scope: &Scope<'_>) -> Arc<AggregateUDF> {
    Arc::clone(if super::ansi(scope) { &AVG } else { &LEGACY_AVG })
}

/// The sum, NULL if it overflows.
pub(super) fn try_sum() -> Arc<AggregateUDF> {
    Arc::clone(&TRY_SUM)
}

/// The average, NULL if it overflows.
pub(super) fn try_avg() -> Arc<AggregateUDF> {
    Arc::clone(&TRY_AVG)
}

impl Summing {
    fn total(&self, from: &DataType) -> Result<Total> {
        Ok(Total { what: self.what, mode: self.mode, from: from.clone(), to: self.result(from)? })
    }

    fn result(&self, from: &DataType) -> Result<DataType> {
        match (self.what, from) {
            (What::Sum, DataType::Int64) => Ok(DataType::Int64),
            (What::Sum, DataType::Decimal128(precision, scale)) => {
                Ok(DataType::Decimal128((precision + 10).min(MAX_PRECISION), *scale))
            }
            (What::Average, DataType::Decimal128(precision, scale)) => {
                let precision = (precision + 4).min(MAX_PRECISION);
                let most = i8::try_from(MAX_PRECISION).unwrap_or(i8::MAX);
                Ok(DataType::Decimal128(precision, (scale + 4).min(most)))
            }
            (_, interval @ (DataType::Duration(_) | DataType::Interval(_))) => Ok(interval.clone()),
            (_, other) => exec_err!("no {} of {other}", self.name()),
        }
    }
}

/// The type in which sums are kept between stages.
fn state_type(from: &DataType) -> DataType {
    let scale = match from {
        DataType::Decimal128(_, scale) => *scale,
        _ => 0,
    };
    DataType::Decimal128(MAX_PRECISION, scale)
}

impl AggregateUDFImpl for Summing {
    fn name(&self) -> &str {
        match (self.what, self.mode) {
            (What::Sum, Mode::Ansi) => "spark_sum",
            (What::Sum, Mode::Legacy) => "spark_legacy_sum",
            (What::Sum, Mode::Try) => "spark_try_sum",
            (What::Average, Mode::Ansi) => "spark_avg",
            (What::Average, Mode::Legacy) => "spark_legacy_avg",
            (What::Average, Mode::Try) => "spark_try_avg",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [only] => self.result(only),
            _ => exec_err!("{} takes one argument", self.name()),
        }
    }

    /// A sum of intervals has their fields, an average all there are.
    fn return_field(&self, arguments: &[FieldRef]) -> Result<FieldRef> {
        let [only] = arguments else { return exec_err!("{} takes one argument", self.name()) };
        let to = self.result(only.data_type())?;
        let fields = if self.what == What::Sum { fields_of(only) } else { None };
        Ok(Arc::new(interval_field(self.name(), &to, fields, true)?))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let total = self.total(args.expr_fields[0].data_type())?;
        if args.is_distinct {
            return Ok(Box::new(one::Distinct::new(total)));
        }
        Ok(Box::new(one::Plain::new(total)))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let sum = state_type(args.input_fields[0].data_type());
        let name = |part: &str| format_state_name(args.name, part);
        if args.is_distinct {
            let values = DataType::new_list(sum, true);
            return Ok(vec![Arc::new(Field::new(name("values"), values, true))]);
        }
        Ok(vec![
            Arc::new(Field::new(name("sum"), sum, true)),
            Arc::new(Field::new(name("count"), DataType::Int64, true)),
        ])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(groups::Groups::new(self.total(args.expr_fields[0].data_type())?)))
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        self.accumulator(args)
    }
}
