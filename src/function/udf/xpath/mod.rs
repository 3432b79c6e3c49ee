//! XPath 1.0 in texts of XML, as Java's library evaluates it: without namespaces.

mod document;
mod eval;
mod functions;
mod lexer;
mod parser;

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array,
    ListBuilder, StringArray, StringBuilder,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::parameterized::{Parameterized, parameterized};
use super::text::strings;
use super::{Nulls, evaluated};
use crate::error::{Condition, Error};
use document::{Document, Fault as DocumentFault};
use eval::{Context, Value};
use parser::Expr;

/// Why an expression cannot be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It is none, or is about values of another kind.
    Malformed,
    /// It is too long, or too deeply nested.
    TooLong,
    /// It asks for nodes of namespaces.
    Namespaces,
}

/// The function that evaluates a path, if there is one, in texts of XML. What it gives
/// is what a value of `to` is in XPath: a list has the values of nodes.
pub(crate) fn function(path: Option<String>, to: DataType) -> Arc<ScalarUDF> {
    parameterized(Parameterized {
        name: "spark_xpath",
        parameters: path.into_iter().collect(),
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        to,
        run: |parameters, to, args| {
            evaluated(&args, |arrays, _| {
                let texts = strings(&arrays[0])?;
                // Neither a path that is empty nor a text that is leads anywhere.
                let path = parameters.first().filter(|path| !path.is_empty());
                let path = path.map(|path| Path { text: path, expr: parser::parse(path) });
                let found = texts.iter().map(|text| match (text, &path) {
                    (None | Some(""), _) | (_, None) => Ok(None),
                    (Some(text), Some(path)) => path.find(text).map(Some),
                });
                column(&found.collect::<Result<Vec<_>>>()?, to)
            })
        },
    })
}

struct Path<'p> {
    text: &'p str,
    expr: std::result::Result<Expr, Fault>,
}

/// A value and the document it is from.
struct Found(Value, Document);

impl Path<'_> {
    fn find(&self, text: &str) -> Result<Found> {
        let expr = self.expr.as_ref().map_err(|fault| self.refused(*fault))?;
        let document = Document::parse(text).map_err(|fault| match fault {
            DocumentFault::Malformed => java(format!("Error loading expression '{}'", self.text)),
            DocumentFault::Declarations => Error::unsupported("function.xpath.declarations"),
        })?;
        let value = Context::new(&document).eval(expr).map_err(|fault| self.refused(fault))?;
        Ok(Found(value, document))
    }

    fn refused(&self, fault: Fault) -> Error {
        match fault {
            Fault::Malformed => java(format!("Invalid XPath '{}'", self.text)),
            Fault::TooLong => Error::unsupported("function.xpath.length"),
            Fault::Namespaces => Error::unsupported("function.xpath.namespaces"),
        }
    }
}

fn java(message: String) -> Error {
    Error::analysis(Condition::JAVA_RUNTIME, [("message", message)])
}

fn column(found: &[Option<Found>], to: &DataType) -> Result<ArrayRef> {
    let numbers = || found.iter().map(|found| found.as_ref().map(|f| f.0.number(&f.1)));
    Ok(match to {
        DataType::Boolean => {
            let flags = found.iter().map(|found| found.as_ref().map(|f| f.0.boolean()));
            Arc::new(flags.collect::<BooleanArray>())
        }
        DataType::Float64 => Arc::new(numbers().collect::<Float64Array>()),
        DataType::Float32 => {
            Arc::new(numbers().map(|n| n.map(|n| n as f32)).collect::<Float32Array>())
        }
        // As Java narrows doubles: within bounds for INT and BIGINT, by bits for SMALLINT.
        DataType::Int64 => Arc::new(numbers().map(|n| n.map(|n| n as i64)).collect::<Int64Array>()),
        DataType::Int32 => Arc::new(numbers().map(|n| n.map(|n| n as i32)).collect::<Int32Array>()),
        DataType::Int16 => {
            Arc::new(numbers().map(|n| n.map(|n| n as i32 as i16)).collect::<Int16Array>())
        }
        DataType::Utf8 => {
            let texts = found.iter().map(|found| found.as_ref().map(|f| f.0.text(&f.1)));
            Arc::new(texts.collect::<StringArray>())
        }
        DataType::List(_) => lists(found)?,
        other => return exec_err!("a path leads to no {other}"),
    })
}

fn lists(found: &[Option<Found>]) -> Result<ArrayRef> {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for found in found {
        match found {
            None => lists.append_null(),
            Some(Found(Value::Nodes(nodes), document)) => {
                nodes.iter().for_each(|at| lists.values().append_option(document.value(*at)));
                lists.append(true);
            }
            Some(_) => return Err(java("A path must lead to nodes".to_owned()).into()),
        }
    }
    let lists = lists.finish();
    let to = DataType::new_list(DataType::Utf8, true);
    Ok(datafusion::arrow::compute::cast(&lists, &to)?)
}
