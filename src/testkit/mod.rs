//! For unit tests of plan translation, in this crate and in yours: plans in a
//! few words, a session with tables in a line, and a rendering to compare.
//!
//! Together with [`insta`](https://insta.rs) a test is a message and a snapshot:
//!
//! ```
//! use datafusion_spark_connect::testkit::{TestSession, col, lit, relation, render};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let session = TestSession::new()?.table("t", [("a", [1, 2, 3].into())])?;
//! let relation = relation::read_table("t").filter(col("a").gt(lit(1)));
//! let planned = session.plan(&relation).await?;
//! let text = render(&planned);
//! // insta::assert_snapshot!(text, @"...");
//! assert!(text.starts_with("Filter: t.a > Int32(1)"), "{text}");
//! assert!(text.ends_with("\na: Int32 not null\n"), "{text}");
//! # Ok::<(), datafusion_spark_connect::Error>(())
//! # }).unwrap();
//! ```
//!
//! The builders write what PySpark's client sends. They are made for tests: what
//! they build is valid, but they check nothing.

mod expression;
mod literal;
pub mod relation;
mod render;
mod session;
mod table;

pub use expression::{
    ExpressionBuilder, call, call_distinct, col, col_of, expr, extension, lit, star, star_of, when,
};
pub use literal::ToLiteral;
pub use relation::RelationBuilder;
pub use render::{render, render_rows};
pub use session::{TestSession, session};
pub use table::Values;
