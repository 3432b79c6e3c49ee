//! Scripts: `BEGIN .. END`, step by step.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use futures::future::BoxFuture;

use super::answer;
use super::variable::{first, rows, variables};
use super::{run, run_statement};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::proto::Relation;
use crate::session::variables::Variable;
use crate::sql::script::{Block, Handler, Step};
use crate::sql::{self, Parameters, Statement};

/// What becomes of the flow behind a step.
enum Flow {
    On,
    Leave(String),
    Iterate(String),
    /// A handler ended its block.
    Exit,
}

/// A script at work.
struct Script<'a> {
    planner: &'a SparkConnectPlanner,
    /// What the last query gave.
    last: Option<Relation>,
}

/// Runs a script; the rows of its last query.
pub(super) async fn run_block(
    planner: &SparkConnectPlanner,
    block: &Block,
) -> Result<Option<Relation>> {
    let variables = variables(planner);
    let depth = variables.depth();
    let mut script = Script { planner, last: None };
    let done = script.block(block).await;
    variables.leave(depth);
    match done? {
        Flow::On | Flow::Exit | Flow::Leave(_) | Flow::Iterate(_) => Ok(script.last),
    }
}

impl Script<'_> {
    fn block<'s>(&'s mut self, block: &'s Block) -> BoxFuture<'s, Result<Flow>> {
        Box::pin(async move {
            let variables = variables(self.planner);
            let depth = variables.depth();
            variables.enter();
            let flow = self.handled(block).await;
            variables.leave(depth);
            Ok(match flow? {
                Flow::Leave(label) if is_label(&block.label, &label) => Flow::On,
                Flow::Exit => Flow::On,
                other => other,
            })
        })
    }

    /// The steps of a block, with its handlers for errors.
    async fn handled(&mut self, block: &Block) -> Result<Flow> {
        for step in &block.steps {
            let flow = match self.step(step).await {
                Ok(flow) => flow,
                Err(error) => match block.handlers.iter().find(|own| handles(own, &error)) {
                    Some(handler) => {
                        self.steps(&handler.steps).await?;
                        if handler.exits { Flow::Exit } else { Flow::On }
                    }
                    None => return Err(error),
                },
            };
            if !matches!(flow, Flow::On) {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn steps<'s>(&'s mut self, steps: &'s [Step]) -> BoxFuture<'s, Result<Flow>> {
        Box::pin(async move {
            for step in steps {
                let flow = self.step(step).await?;
                if !matches!(flow, Flow::On) {
                    return Ok(flow);
                }
            }
            Ok(Flow::On)
        })
    }

    async fn step(&mut self, step: &Step) -> Result<Flow> {
        self.planner.check_cancelled()?;
        match step {
            Step::Statement(text) => self.statement(text).await,
            Step::Assign(text) => {
                run(self.planner, &sql::parse_assignment(text)?).await?;
                Ok(Flow::On)
            }
            Step::Block(block) => self.block(block).await,
            Step::If { branches, otherwise } => {
                for (condition, steps) in branches {
                    if self.holds(condition).await? {
                        return self.steps(steps).await;
                    }
                }
                self.steps(otherwise).await
            }
            Step::Case { value, branches, otherwise } => {
                self.case(value.as_deref(), branches, otherwise.as_deref()).await
            }
            Step::While { label, condition, steps } => {
                while self.holds(condition).await? {
                    if let Some(flow) = after(label, self.steps(steps).await?) {
                        return Ok(flow);
                    }
                }
                Ok(Flow::On)
            }
            Step::Repeat { label, until, steps } => loop {
                if let Some(flow) = after(label, self.steps(steps).await?) {
                    return Ok(flow);
                }
                if self.holds(until).await? {
                    return Ok(Flow::On);
                }
            },
            Step::Loop { label, steps } => loop {
                if let Some(flow) = after(label, self.steps(steps).await?) {
                    return Ok(flow);
                }
            },
            Step::For { label, variable, query, steps } => {
                self.each(label, variable.as_deref(), query, steps).await
            }
            Step::Leave(label) => Ok(Flow::Leave(label.clone())),
            Step::Iterate(label) => Ok(Flow::Iterate(label.clone())),
        }
    }

    async fn statement(&mut self, text: &str) -> Result<Flow> {
        let statement = sql::parse_statement(text, &Parameters::default())?;
        let answer = run_statement(self.planner, &statement).await?;
        if let (Statement::Query(_), Some(query)) = (&statement, &answer) {
            // Variables may be others when the client asks for the rows.
            let (schema, batches) = rows(self.planner, query).await?;
            self.last = Some(answer::rows(&schema, batches)?);
        }
        Ok(Flow::On)
    }

    async fn holds(&self, condition: &str) -> Result<bool> {
        let query = query_of(&format!("SELECT ({condition})"))?;
        match first(self.planner, &query).await? {
            ScalarValue::Boolean(value) => Ok(value.unwrap_or(false)),
            ScalarValue::Null => Ok(false),
            _ => Err(Error::analysis(
                Condition::INVALID_BOOLEAN_STATEMENT,
                [("invalidStatement", condition.to_uppercase())],
            )),
        }
    }

    async fn case(
        &mut self,
        value: Option<&str>,
        branches: &[(String, Vec<Step>)],
        otherwise: Option<&[Step]>,
    ) -> Result<Flow> {
        for (when, steps) in branches {
            let condition = match value {
                Some(value) => format!("({value}) = ({when})"),
                None => when.clone(),
            };
            if self.holds(&condition).await? {
                return self.steps(steps).await;
            }
        }
        match otherwise {
            Some(steps) => self.steps(steps).await,
            None => Err(Error::analysis(Condition::CASE_NOT_FOUND, [])),
        }
    }

    /// The steps for each row of a query, whose columns are variables.
    async fn each(
        &mut self,
        label: &Option<String>,
        variable: Option<&str>,
        query: &str,
        steps: &[Step],
    ) -> Result<Flow> {
        let (schema, batches) = rows(self.planner, &query_of(query)?).await?;
        let variables = variables(self.planner);
        let depth = variables.depth();
        for batch in &batches {
            for row in 0..batch.num_rows() {
                variables.enter();
                let mut fields = Vec::new();
                for (field, column) in schema.fields().iter().zip(batch.columns()) {
                    let value = ScalarValue::try_from_array(column, row)?;
                    fields.push((field.clone(), value.to_array()?));
                    variables.declare(local(field.name(), field.data_type(), value), true);
                }
                if let Some(name) = variable {
                    let row = datafusion::arrow::array::StructArray::from(fields);
                    let data_type = DataType::Struct(schema.fields().clone());
                    let value = ScalarValue::Struct(std::sync::Arc::new(row));
                    variables.declare(local(name, &data_type, value), true);
                }
                let flow = self.steps(steps).await;
                variables.leave(depth);
                if let Some(flow) = after(label, flow?) {
                    return Ok(flow);
                }
            }
        }
        Ok(Flow::On)
    }
}

fn local(name: &str, data_type: &DataType, value: ScalarValue) -> Variable {
    let default = ScalarValue::Null;
    Variable { name: name.to_owned(), data_type: data_type.clone(), value, default }
}

fn query_of(text: &str) -> Result<Relation> {
    match sql::parse_statement(text, &Parameters::default())? {
        Statement::Query(query) => Ok(*query),
        Statement::Command(_) | Statement::Action(_) => {
            Err(Error::internal("a script's condition is a query"))
        }
    }
}

/// What is left of a flow behind one turn of a loop; none if it goes on.
fn after(label: &Option<String>, flow: Flow) -> Option<Flow> {
    match flow {
        Flow::On => None,
        Flow::Iterate(to) if is_label(label, &to) => None,
        Flow::Leave(from) if is_label(label, &from) => Some(Flow::On),
        other => Some(other),
    }
}

fn is_label(own: &Option<String>, label: &str) -> bool {
    own.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(label))
}

fn handles(handler: &Handler, error: &Error) -> bool {
    let state = match error {
        Error::Analysis(error) => error.sqlstate().to_owned(),
        _ => String::new(),
    };
    let condition = error.condition().unwrap_or_default();
    handler.conditions.iter().any(|own| match own.as_str() {
        "SQLEXCEPTION" => true,
        "NOT FOUND" => state.starts_with("02"),
        own => own == state || condition == own || condition.starts_with(&format!("{own}.")),
    })
}
