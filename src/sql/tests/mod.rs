#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod render;

/// For development: renders the texts of a file.
#[test]
#[ignore = "reads a file named in the environment"]
fn probe() {
    let file = std::env::var("SQL_PROBE").unwrap();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let (kind, text) = line.split_once('\t').unwrap();
        println!("@@{}", render::outcome(kind, &text.replace('␤', "\n")));
    }
}
