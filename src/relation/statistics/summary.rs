//! `summary` and `describe`: a row for each statistic, a column of text for each
//! column of numbers or text.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ExprSchema as _;
use datafusion::functions::core::expr_fn::{get_field, named_struct};
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::{Expr, lit};

use super::super::aggregate;
use super::super::missing::{Family, columns};
use super::super::select::Select;
use super::super::unpivot::unnest;
use super::{called, column, item};
use crate::error::{AtField as _, Condition, Error, Result};
use crate::function::cast::{CastMode, cast};
use crate::function::{FunctionCall, Typed, call};
use crate::planner::columns::ColumnEntry;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto;

const DESCRIBE: [&str; 5] = ["count", "mean", "stddev", "min", "max"];
const SUMMARY: [&str; 8] = ["count", "mean", "stddev", "min", "25%", "50%", "75%", "max"];
const ACCURACY: i32 = 10_000;

pub(in crate::relation) fn describe(
    message: &proto::StatDescribe,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::StatDescribe { input: _, cols } = message;
    let targets = columns(context.input()?, cols).at("cols")?;
    let statistics = DESCRIBE.map(Statistic::parse).into_iter().collect::<Result<Vec<_>>>()?;
    rows(context, &statistics, &targets)
}

pub(in crate::relation) fn summary(
    message: &proto::StatSummary,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::StatSummary { input: _, statistics } = message;
    let usual = SUMMARY.map(str::to_owned);
    let names = if statistics.is_empty() { &usual[..] } else { statistics };
    let statistics = names.iter().map(|name| Statistic::parse(name)).collect::<Result<Vec<_>>>()?;
    let targets = context.input()?.columns().entries().to_vec();
    rows(context, &statistics, &targets)
}

/// A statistic by its name.
struct Statistic<'m> {
    name: &'m str,
    kind: Kind,
}

enum Kind {
    Count,
    CountDistinct,
    ApproxCountDistinct,
    Mean,
    Stddev,
    Min,
    Max,
    Percentile(f64),
}

impl<'m> Statistic<'m> {
    fn parse(name: &'m str) -> Result<Self> {
        let kind = match name.to_lowercase().as_str() {
            "count" => Kind::Count,
            "count_distinct" => Kind::CountDistinct,
            "approx_count_distinct" => Kind::ApproxCountDistinct,
            "mean" => Kind::Mean,
            "stddev" => Kind::Stddev,
            "min" => Kind::Min,
            "max" => Kind::Max,
            other => Kind::Percentile(percentage(other).ok_or_else(|| unknown(name))?),
        };
        if matches!(kind, Kind::Percentile(share) if !(0.0..=1.0).contains(&share)) {
            return Err(Error::requirement("Percentiles must be in the range [0, 1]"));
        }
        Ok(Self { name, kind })
    }

    /// The statistic of a column; none if the column has none such.
    fn of(&self, entry: &ColumnEntry, is_text: bool, scope: &Scope<'_>) -> Result<Option<Expr>> {
        let value = column(entry);
        // Text counts as the numbers it spells.
        let number = |value: Expr| match is_text {
            true => cast(Typed::from(value), &DataType::Float64, CastMode::Try, scope)
                .map(Typed::into_expr),
            false => Ok(value),
        };
        let expr = match self.kind {
            Kind::Count => called("count", [value], scope)?,
            Kind::CountDistinct => {
                let mut counted = FunctionCall::new("count", [value]);
                counted.distinct = true;
                call(&counted, scope)?.into_expr()
            }
            Kind::ApproxCountDistinct => called("approx_count_distinct", [value], scope)?,
            Kind::Mean => called("avg", [number(value)?], scope)?,
            Kind::Stddev => called("stddev", [number(value)?], scope)?,
            Kind::Min => called("min", [value], scope)?,
            Kind::Max => called("max", [value], scope)?,
            Kind::Percentile(share) => {
                let arguments = [percentiled(number(value)?, scope)?, lit(share), lit(ACCURACY)];
                called("percentile_approx", arguments, scope)?
            }
        };
        Ok(Some(expr))
    }
}

/// Percentiles of decimals are doubles.
fn percentiled(value: Expr, scope: &Scope<'_>) -> Result<Expr> {
    let value = Typed::from(value);
    match value.data_type(scope)? {
        DataType::Decimal128(..) => {
            Ok(cast(value, &DataType::Float64, CastMode::Ansi, scope)?.into_expr())
        }
        _ => Ok(value.into_expr()),
    }
}

fn percentage(text: &str) -> Option<f64> {
    text.strip_suffix('%')?.parse::<f64>().ok().map(|percent| percent / 100.0)
}

fn unknown(name: &str) -> Error {
    Error::analysis(Condition::UNRECOGNIZED_STATISTIC, [("stats", format!("'{name}'"))])
}

/// All statistics are one aggregation; each then gets a row.
fn rows(
    context: &RelationContext<'_, '_>,
    statistics: &[Statistic<'_>],
    targets: &[Arc<ColumnEntry>],
) -> Result<Planned> {
    let input = context.input()?;
    let scope = context.scope(input);
    let mut described = Vec::new();
    let mut list = Vec::new();
    for entry in targets {
        let family = Family::of(input.df_schema().data_type(entry.column())?);
        if !matches!(family, Family::Number | Family::Text) {
            continue;
        }
        described.push(entry);
        for statistic in statistics {
            if let Some(expr) = statistic.of(entry, family == Family::Text, &scope)? {
                let text = cast(Typed::from(expr), &DataType::Utf8, CastMode::Ansi, &scope)?;
                list.push(item(format!("{}#{}", entry.name(), statistic.name), text.into_expr()));
            }
        }
    }
    let aggregated = aggregate::global(context, input, list)?;
    let cells: Vec<Expr> =
        aggregated.columns().entries().iter().map(|entry| column(entry)).collect();
    let record = |(at, statistic): (usize, &Statistic<'_>)| {
        let mut fields = vec![lit("summary"), lit(statistic.name)];
        for place in 0..described.len() {
            let cell = cells.get(place * statistics.len() + at).cloned();
            fields.extend([lit(format!("c{place}")), cell.unwrap_or_else(|| lit(""))]);
        }
        named_struct(fields)
    };
    let records = make_array(statistics.iter().enumerate().map(record).collect());
    let mut select = Select::new(&aggregated, context.field_names());
    select.compute("#records", records, None);
    let unnested = unnest(&select.finish()?)?;
    let Some(record) = unnested.columns().entries().first() else {
        return Err(Error::internal("the records are gone"));
    };
    let record = column(record);
    let mut select = Select::new(&unnested, context.field_names());
    select.compute("summary", get_field(record.clone(), "summary"), None);
    for (place, entry) in described.iter().enumerate() {
        select.compute(entry.name(), get_field(record.clone(), format!("c{place}")), None);
    }
    select.finish()
}
