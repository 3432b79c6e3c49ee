//! Plans that are nested deeper than a small stack is large.
//!
//! A stack overflow ends the process, so every case runs in a process of its own,
//! on a thread of 2 MiB: a server's threads are no larger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod wire;

use std::process::Command;
use std::thread;

/// Names the case to the child process.
const CASE: &str = "SPARK_CONNECT_DEEP_CASE";
const STACK: usize = 2 * 1024 * 1024;

/// Runs a case in a child process.
fn in_child(case: &str) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(CASE, case)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{case}: {}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    assert!(text(&output.stdout).contains("case done"), "{case} did not run");
}

/// What the child process runs; nothing in the parent.
#[test]
fn child() {
    let Ok(name) = std::env::var(CASE) else { return };
    let case = cases::find(&name);
    thread::Builder::new().stack_size(STACK).spawn(case).unwrap().join().unwrap();
    println!("case done");
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            in_child(stringify!($name));
        }
    )*};
}

cases! {
    filters unions with_columns selects
    arithmetic casts
    sql_parentheses sql_operators sql_functions sql_subqueries
    beyond_the_relation_limit beyond_the_expression_limit beyond_the_message_limit
    executed
}
