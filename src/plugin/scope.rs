//! What an expression plugin gets: the names in reach of its expression.

use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;

/// The surroundings of a plugin's expression: the relation it is evaluated over,
/// enclosing queries and lambda variables.
///
/// Expressions that the plugin's message holds are planned in it:
/// [`plan`](Self::plan) for messages, [`plan_bytes`](Self::plan_bytes) for
/// messages as bytes, [`sql`](Self::sql) for text.
pub struct ExpressionScope<'a>(&'a Scope<'a>);

impl<'a> ExpressionScope<'a> {
    pub(crate) fn new(scope: &'a Scope<'a>) -> Self {
        Self(scope)
    }

    pub(crate) fn inner(&self) -> &'a Scope<'a> {
        self.0
    }

    /// The planner of the request: session, configuration, state of plugins.
    pub fn planner(&self) -> &'a SparkConnectPlanner {
        self.0.planner()
    }

    /// The relation that the expression is evaluated over.
    pub fn input(&self) -> &'a Planned {
        self.0.input()
    }
}
