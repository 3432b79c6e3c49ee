//! `join`: all types, with a condition, with USING columns, or neither.

mod packed;
pub(super) mod ranked;
mod using;

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchemaRef, JoinConstraint, JoinType, NullEquality};
use datafusion::logical_expr::builder::build_join_schema;
use datafusion::logical_expr::{EmptyRelation, Expr, ExprSchemable as _, Join, LogicalPlan};

use super::lateral::{refuse_outer_beneath, refuse_scalars};
use super::select::Select;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::{naming, plan};
use crate::function::comparison;
use crate::planner::columns::{Columns, FieldNames};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::join::JoinType as Kind;
use crate::types::arrow_sql_name;

pub(super) fn plan_join(
    message: &proto::Join,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Join { left: _, right: _, join_condition, join_type, using_columns, join_data_type } =
        message;
    let kind = Kind::try_from(*join_type).unwrap_or(Kind::Unspecified);
    let [left, right] = context.inputs.as_slice() else {
        return Err(Error::internal("a join has two inputs"));
    };
    if let Some(packed) = join_data_type {
        let condition = join_condition.as_ref();
        return packed::plan(context, packed, kind, condition);
    }
    let sides = Sides::new(context, left, right)?;
    match (join_condition, using_columns.is_empty()) {
        (Some(_), false) => {
            Err(Error::invalid_plan("a join has a condition or USING columns, not both"))
        }
        (None, false) => using::plan(context, &sides, join_type_of(kind)?, using_columns),
        (condition, true) => {
            let filter = condition
                .as_ref()
                .map(|condition| sides.condition(condition, context).at("join_condition"));
            sides.join(join_type_of(kind)?, Vec::new(), filter.transpose()?)
        }
    }
}

pub(super) fn join_type_of(kind: Kind) -> Result<JoinType> {
    Ok(match kind {
        Kind::Inner | Kind::Cross => JoinType::Inner,
        Kind::FullOuter => JoinType::Full,
        Kind::LeftOuter => JoinType::Left,
        Kind::RightOuter => JoinType::Right,
        Kind::LeftAnti => JoinType::LeftAnti,
        Kind::LeftSemi => JoinType::LeftSemi,
        Kind::Unspecified => return Err(Error::missing_field("join_type")),
    })
}

/// The join type that a text names, as Spark prints it.
///
/// # Errors
/// `UNSUPPORTED_JOIN_TYPE`.
pub(super) fn kind_by_name(text: &str) -> Result<&'static str> {
    Ok(match text.to_lowercase().replace('_', "").as_str() {
        "inner" => "Inner",
        "outer" | "full" | "fullouter" => "FullOuter",
        "leftouter" | "left" => "LeftOuter",
        "rightouter" | "right" => "RightOuter",
        "leftsemi" | "semi" => "LeftSemi",
        "leftanti" | "anti" => "LeftAnti",
        "cross" => "Cross",
        _ => {
            return Err(Error::analysis(
                Condition::UNSUPPORTED_JOIN_TYPE,
                [("typ", text.to_owned()), ("supported", JOIN_TYPES.to_owned())],
            ));
        }
    })
}

const JOIN_TYPES: &str = "'inner', 'outer', 'full', 'fullouter', 'full_outer', 'leftouter', 'left', \
     'left_outer', 'rightouter', 'right', 'right_outer', 'leftsemi', 'left_semi', 'semi', \
     'leftanti', 'left_anti', 'anti', 'cross'";

/// The two inputs of a join, told apart: no id and no field name is in both.
pub(super) struct Sides {
    pub(super) left: Planned,
    pub(super) right: Input,
    /// Both inputs side by side, as the condition sees them.
    pub(super) together: Planned,
    /// Of an inner join.
    schema: DFSchemaRef,
}

impl Sides {
    pub(super) fn new(
        context: &RelationContext<'_, '_>,
        left: &Planned,
        right: &Planned,
    ) -> Result<Self> {
        let right = apart(context, left, right.renewed(&left.columns().ids()))?;
        let (left_schema, right_schema) = (left.df_schema(), right.planned().df_schema());
        let schema = Arc::new(build_join_schema(left_schema, right_schema, &JoinType::Inner)?);
        let together = Planned::node(
            placeholder(Arc::clone(&schema)),
            side_by_side(left, right.planned()),
            vec![Input::plain(left), right.clone()],
            Shape::Sides,
        );
        Ok(Self { left: left.clone(), right, together, schema })
    }

    /// A condition over the columns of both sides.
    pub(super) fn condition(
        &self,
        condition: &proto::Expression,
        context: &RelationContext<'_, '_>,
    ) -> Result<Expr> {
        let scope = context.scope(&self.together);
        let expr = plan(condition, &scope)?;
        match expr.get_type(self.together.df_schema())? {
            DataType::Boolean | DataType::Null => comparison::bare(expr),
            other => Err(Error::analysis(
                Condition::JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE,
                [
                    ("joinCondition", format!("\"{}\"", naming::name(condition, &scope)?)),
                    ("conditionType", format!("\"{}\"", arrow_sql_name(&other))),
                ],
            )),
        }
    }

    /// The join with the columns of both sides, or of the left only.
    pub(super) fn join(
        &self,
        join_type: JoinType,
        on: Vec<(Expr, Expr)>,
        filter: Option<Expr>,
    ) -> Result<Planned> {
        let columns = match join_type {
            JoinType::LeftSemi | JoinType::LeftAnti => self.left.columns().clone(),
            _ => self.together.columns().clone(),
        };
        let inputs = match join_type {
            JoinType::LeftSemi | JoinType::LeftAnti => vec![Input::plain(&self.left)],
            _ => vec![Input::plain(&self.left), self.right.clone()],
        };
        refuse_outer_beneath(join_type, self.left.plan(), self.right.planned().plan())?;
        refuse_scalars("Join", &filter)?;
        let plan = Arc::new(self.node(join_type, on, filter)?);
        Ok(Planned::node(plan, columns, inputs, Shape::Opaque))
    }

    /// An inner or left join that gives the rows of the left in their order, whatever is
    /// known of the sizes: DataFusion's hash join streams its right side.
    pub(super) fn join_in_order(
        &self,
        join_type: JoinType,
        filter: Option<Expr>,
    ) -> Result<Planned> {
        let join_type = match join_type {
            JoinType::Left => JoinType::Right,
            other => other,
        };
        let (held, streamed) = (self.right.planned().plan(), self.left.plan());
        let schema = build_join_schema(held.schema(), streamed.schema(), &join_type)?;
        let plan = node_of(held, streamed, join_type, Vec::new(), filter, Arc::new(schema));
        let inputs = vec![Input::plain(&self.left), self.right.clone()];
        let columns = self.together.columns().clone();
        Ok(Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque))
    }

    pub(super) fn node(
        &self,
        join_type: JoinType,
        on: Vec<(Expr, Expr)>,
        filter: Option<Expr>,
    ) -> Result<LogicalPlan> {
        let (left, right) = (self.left.plan(), self.right.planned().plan());
        let schema = match join_type {
            JoinType::Inner => Arc::clone(&self.schema),
            _ => Arc::new(build_join_schema(left.schema(), right.schema(), &join_type)?),
        };
        Ok(node_of(left, right, join_type, on, filter, schema))
    }
}

fn node_of(
    left: &Arc<LogicalPlan>,
    right: &Arc<LogicalPlan>,
    join_type: JoinType,
    on: Vec<(Expr, Expr)>,
    filter: Option<Expr>,
    schema: DFSchemaRef,
) -> LogicalPlan {
    LogicalPlan::Join(Join {
        left: Arc::clone(left),
        right: Arc::clone(right),
        on,
        filter,
        join_type,
        join_constraint: JoinConstraint::On,
        schema,
        null_equality: NullEquality::NullEqualsNothing,
        null_aware: false,
    })
}

/// A plan that only has a schema, to type expressions against.
fn placeholder(schema: DFSchemaRef) -> Arc<LogicalPlan> {
    Arc::new(LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema }))
}

fn side_by_side(left: &Planned, right: &Planned) -> Columns {
    let both = |a: &[_], b: &[_]| a.iter().chain(b).map(Arc::clone).collect::<Vec<_>>();
    Columns::with_hidden(
        both(left.columns().entries(), right.columns().entries()),
        both(left.columns().hidden(), right.columns().hidden()),
    )
}

/// The right input under field names that the left does not have.
fn apart(context: &RelationContext<'_, '_>, left: &Planned, right: Input) -> Result<Input> {
    let mut names = FieldNames::default();
    names.take_fields(left.df_schema());
    let fields = right.planned().df_schema().fields();
    if !fields.iter().any(|field| names.contains(field.name())) {
        return Ok(right);
    }
    names.extend(context.field_names());
    let mut select = Select::new(right.planned(), names);
    let columns = right.planned().columns();
    columns.entries().iter().chain(columns.hidden()).for_each(|entry| select.pass(entry));
    let projected = select.finish()?;
    let (output, hidden) = projected.columns().entries().split_at(columns.len());
    let columns = Columns::with_hidden(output.to_vec(), hidden.to_vec());
    let plan = Arc::clone(projected.plan());
    let plan_id = right.planned().plan_id();
    let renamed = Planned::node(plan, columns, vec![right], Shape::Opaque);
    Ok(Input::plain(&renamed.with_plan_id(plan_id)))
}
