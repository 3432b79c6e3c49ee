//! Expressions in a few words.

use std::ops;

use super::literal::ToLiteral;
use crate::proto::expression::cast::CastToType;
use crate::proto::expression::sort_order::{NullOrdering, SortDirection};
use crate::proto::expression::{
    Alias, Cast, ExprType, ExpressionString, SortOrder, UnresolvedAttribute,
    UnresolvedExtractValue, UnresolvedFunction, UnresolvedStar, Window,
};
use crate::proto::{self, Deep, Expression};

/// An [`Expression`] in the making; reads like the message itself.
///
/// ```
/// use datafusion_spark_connect::testkit::{call, col, lit};
///
/// let total = call("sum", [col("price") * (lit(1) - col("discount"))]).alias("total");
/// assert!(total.expr_type.is_some());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionBuilder {
    message: Deep<Expression>,
    depth: usize,
}

fn build(kind: ExprType, depth: usize) -> ExpressionBuilder {
    // The message of the kind, and whatever small message hangs on it.
    let depth = depth + 2;
    let message = Expression { common: None, expr_type: Some(kind) };
    ExpressionBuilder { message: Deep::with_depth(message, depth), depth }
}

/// The column of this name; dots lead into its fields or behind its qualifier.
pub fn col(name: impl Into<String>) -> ExpressionBuilder {
    attribute(name.into(), None)
}

/// The column `df["name"]` of the DataFrame that was sent under `plan_id`.
pub fn col_of(plan_id: i64, name: impl Into<String>) -> ExpressionBuilder {
    attribute(name.into(), Some(plan_id))
}

fn attribute(unparsed_identifier: String, plan_id: Option<i64>) -> ExpressionBuilder {
    let attribute = UnresolvedAttribute { unparsed_identifier, plan_id, is_metadata_column: None };
    build(ExprType::UnresolvedAttribute(attribute), 0)
}

/// A constant; `lit(())` is NULL.
pub fn lit(value: impl ToLiteral) -> ExpressionBuilder {
    build(ExprType::Literal(value.to_literal()), 2)
}

/// A function's value.
pub fn call<E: Into<ExpressionBuilder>>(
    name: impl Into<String>,
    arguments: impl IntoIterator<Item = E>,
) -> ExpressionBuilder {
    function(name.into(), arguments.into_iter().map(Into::into).collect(), false)
}

/// An aggregate over distinct values.
pub fn call_distinct<E: Into<ExpressionBuilder>>(
    name: impl Into<String>,
    arguments: impl IntoIterator<Item = E>,
) -> ExpressionBuilder {
    function(name.into(), arguments.into_iter().map(Into::into).collect(), true)
}

fn function(
    function_name: String,
    arguments: Vec<ExpressionBuilder>,
    is_distinct: bool,
) -> ExpressionBuilder {
    let (arguments, depth) = unwrap(arguments);
    let function = UnresolvedFunction {
        function_name,
        arguments,
        is_distinct,
        is_user_defined_function: false,
        is_internal: None,
    };
    build(ExprType::UnresolvedFunction(function), depth)
}

/// SQL text.
pub fn expr(text: impl Into<String>) -> ExpressionBuilder {
    build(ExprType::ExpressionString(ExpressionString { expression: text.into() }), 0)
}

/// All columns.
pub fn star() -> ExpressionBuilder {
    build(ExprType::UnresolvedStar(UnresolvedStar::default()), 0)
}

/// All columns behind a qualifier, or all fields of a struct: `star_of("t")` is `t.*`.
pub fn star_of(target: &str) -> ExpressionBuilder {
    let unparsed_target = Some(format!("{target}.*"));
    build(ExprType::UnresolvedStar(UnresolvedStar { unparsed_target, plan_id: None }), 0)
}

/// `CASE WHEN condition THEN value ELSE otherwise END`.
pub fn when(
    condition: impl Into<ExpressionBuilder>,
    value: impl Into<ExpressionBuilder>,
    otherwise: impl Into<ExpressionBuilder>,
) -> ExpressionBuilder {
    call("when", [condition.into(), value.into(), otherwise.into()])
}

/// A plugin's expression.
pub fn extension<M: prost::Name>(message: &M) -> ExpressionBuilder {
    build(ExprType::Extension(proto::pack(message)), 0)
}

/// The messages, and the depth of the deepest.
pub(super) fn unwrap(builders: Vec<ExpressionBuilder>) -> (Vec<Expression>, usize) {
    let depth = builders.iter().map(|builder| builder.depth).max().unwrap_or(0);
    (builders.into_iter().map(ExpressionBuilder::into_message).collect(), depth)
}

fn boxed(builder: ExpressionBuilder) -> Option<Box<Expression>> {
    Some(Box::new(builder.into_message()))
}

impl ExpressionBuilder {
    /// The message.
    pub fn into_message(self) -> Expression {
        self.message.into_inner()
    }

    /// Levels of messages at most.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The expression under a name.
    #[must_use]
    pub fn alias(self, name: impl Into<String>) -> Self {
        let depth = self.depth;
        let alias = Alias { expr: boxed(self), name: vec![name.into()], metadata: None };
        build(ExprType::Alias(Box::new(alias)), depth)
    }

    /// The value as another type, written as in SQL: `"decimal(10, 2)"`.
    #[must_use]
    pub fn cast(self, to: impl Into<String>) -> Self {
        let depth = self.depth;
        let cast = Cast {
            expr: boxed(self),
            eval_mode: 0,
            cast_to_type: Some(CastToType::TypeStr(to.into())),
        };
        build(ExprType::Cast(Box::new(cast)), depth)
    }

    /// A struct's field, an array's element, a map's value.
    #[must_use]
    pub fn get(self, key: impl ToLiteral) -> Self {
        let depth = self.depth;
        let extract = UnresolvedExtractValue { child: boxed(self), extraction: boxed(lit(key)) };
        build(ExprType::UnresolvedExtractValue(Box::new(extract)), depth.max(4))
    }

    /// Ascending, NULLs first.
    #[must_use]
    pub fn asc(self) -> Self {
        self.ordered(SortDirection::Ascending, NullOrdering::SortNullsFirst)
    }

    /// Descending, NULLs last.
    #[must_use]
    pub fn desc(self) -> Self {
        self.ordered(SortDirection::Descending, NullOrdering::SortNullsLast)
    }

    /// In the order given.
    #[must_use]
    pub fn ordered(self, direction: SortDirection, nulls: NullOrdering) -> Self {
        let depth = self.depth;
        let order = SortOrder {
            child: boxed(self),
            direction: direction.into(),
            null_ordering: nulls.into(),
        };
        build(ExprType::SortOrder(Box::new(order)), depth)
    }

    /// The function over a window without a frame of its own.
    #[must_use]
    pub fn over<P, O>(
        self,
        partition_by: impl IntoIterator<Item = P>,
        order_by: impl IntoIterator<Item = O>,
    ) -> Self
    where
        P: Into<Self>,
        O: Into<Self>,
    {
        let (partition_spec, partitions) =
            unwrap(partition_by.into_iter().map(Into::into).collect());
        let (order_spec, orders) = sort_orders(order_by);
        let depth = self.depth.max(partitions).max(orders);
        let window =
            Window { window_function: boxed(self), partition_spec, order_spec, frame_spec: None };
        build(ExprType::Window(Box::new(window)), depth)
    }

    /// `self IS NULL`.
    #[must_use]
    pub fn is_null(self) -> Self {
        call("isNull", [self])
    }

    /// `self IS NOT NULL`.
    #[must_use]
    pub fn is_not_null(self) -> Self {
        call("isNotNull", [self])
    }
}

/// The sort orders; what is none is ascending.
pub(super) fn sort_orders<E: Into<ExpressionBuilder>>(
    orders: impl IntoIterator<Item = E>,
) -> (Vec<SortOrder>, usize) {
    let (expressions, depth) = unwrap(orders.into_iter().map(Into::into).collect());
    let orders = expressions.into_iter().map(|expression| match expression.expr_type {
        Some(ExprType::SortOrder(order)) => *order,
        other => SortOrder {
            child: Some(Box::new(Expression { common: None, expr_type: other })),
            direction: SortDirection::Ascending.into(),
            null_ordering: NullOrdering::SortNullsFirst.into(),
        },
    });
    (orders.collect(), depth + 2)
}

macro_rules! binary {
    ($($method:ident $function:literal;)*) => {
        impl ExpressionBuilder {$(
            #[doc = concat!("The function `", $function, "` of both.")]
            #[must_use]
            pub fn $method(self, other: impl Into<Self>) -> Self {
                call($function, [self, other.into()])
            }
        )*}
    };
}

binary! {
    eq "==";
    eq_null_safe "<=>";
    lt "<";
    le "<=";
    gt ">";
    ge ">=";
    and "and";
    or "or";
}

macro_rules! operators {
    ($($trait:ident $method:ident $function:literal;)*) => {$(
        impl<E: Into<ExpressionBuilder>> ops::$trait<E> for ExpressionBuilder {
            type Output = Self;

            fn $method(self, other: E) -> Self {
                call($function, [self, other.into()])
            }
        }
    )*};
}

operators! {
    Add add "+";
    Sub sub "-";
    Mul mul "*";
    Div div "/";
    Rem rem "%";
}

impl ops::Neg for ExpressionBuilder {
    type Output = Self;

    fn neg(self) -> Self {
        call("negative", [self])
    }
}

impl ops::Not for ExpressionBuilder {
    type Output = Self;

    fn not(self) -> Self {
        call("not", [self])
    }
}

impl ops::Deref for ExpressionBuilder {
    type Target = Expression;

    fn deref(&self) -> &Expression {
        &self.message
    }
}

/// A column's name, as in PySpark's `select("a")`; `"*"` is every column.
impl From<&str> for ExpressionBuilder {
    fn from(name: &str) -> Self {
        if name == "*" { star() } else { col(name) }
    }
}

/// A message that is not deep.
impl From<Expression> for ExpressionBuilder {
    fn from(message: Expression) -> Self {
        Self { message: Deep::new(message), depth: 100 }
    }
}

impl From<ExpressionBuilder> for Expression {
    fn from(builder: ExpressionBuilder) -> Self {
        builder.into_message()
    }
}
