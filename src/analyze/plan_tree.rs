//! Physical plans as trees of text, in the form that Spark prints its own.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::physical_plan::ExecutionPlan;

use super::operator::{self, Operator};
use crate::execute;
use crate::planner::grown::with_stack;

/// A line for each operator, with what it does.
pub(super) fn simple(plan: &Arc<dyn ExecutionPlan>) -> String {
    let mut text = String::new();
    write_tree(plan, &mut Indent::default(), &mut text, &mut |plan| {
        Operator::of(plan.as_ref()).iter().map(ToString::to_string).collect()
    });
    text
}

/// The operators by number, and what each does below.
pub(super) fn formatted(plan: &Arc<dyn ExecutionPlan>) -> String {
    let mut tree = String::new();
    let mut numbered = Vec::new();
    number(plan, &mut numbered);
    write_tree(plan, &mut Indent::default(), &mut tree, &mut |plan| {
        let at = numbered.iter().position(|other| Arc::ptr_eq(other, plan)).unwrap_or(0);
        vec![format!("{} ({})", operator::name(plan.as_ref()), at + 1)]
    });
    tree.push_str("\n\n");
    for (at, plan) in numbered.iter().enumerate() {
        let schema = plan.schema();
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let _ = writeln!(tree, "({}) {}", at + 1, operator::name(plan.as_ref()));
        let _ = writeln!(tree, "Output [{}]: [{}]", names.len(), names.join(", "));
        for Operator { arguments, .. } in Operator::of(plan.as_ref()) {
            if !arguments.is_empty() {
                let _ = writeln!(tree, "Arguments: {arguments}");
            }
        }
        tree.push('\n');
    }
    tree
}

/// Operators from the leaves up, as Spark counts them.
fn number(plan: &Arc<dyn ExecutionPlan>, numbered: &mut Vec<Arc<dyn ExecutionPlan>>) {
    with_stack(|| {
        for child in children(plan) {
            number(child, numbered);
        }
        numbered.push(Arc::clone(plan));
    });
}

/// The inputs of an operator, those too that DataFusion does not know of.
fn children(plan: &Arc<dyn ExecutionPlan>) -> Vec<&Arc<dyn ExecutionPlan>> {
    match execute::hidden_input(plan.as_ref()) {
        Some(input) => vec![input],
        None => plan.children(),
    }
}

/// What stands before a line.
#[derive(Default)]
struct Indent(String);

fn write_tree(
    plan: &Arc<dyn ExecutionPlan>,
    indent: &mut Indent,
    text: &mut String,
    lines: &mut impl FnMut(&Arc<dyn ExecutionPlan>) -> Vec<String>,
) {
    with_stack(|| {
        let outside = indent.0.len();
        for (at, line) in lines(plan).iter().enumerate() {
            if at > 0 {
                let _ = write!(text, "{}+- ", indent.0);
                indent.0.push_str("   ");
            }
            let _ = writeln!(text, "{line}");
        }
        let children = children(plan);
        let last = children.len().saturating_sub(1);
        for (at, child) in children.into_iter().enumerate() {
            let (mark, deeper) = if at == last { ("+- ", "   ") } else { (":- ", ":  ") };
            let _ = write!(text, "{}{mark}", indent.0);
            let length = indent.0.len();
            indent.0.push_str(deeper);
            write_tree(child, indent, text, lines);
            indent.0.truncate(length);
        }
        indent.0.truncate(outside);
    });
}
