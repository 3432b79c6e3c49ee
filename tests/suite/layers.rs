//! The layers of the crate: each knows only those before it, and its peers.
//!
//! What knows what is read off the paths `crate::...` in the sources. Tests and
//! documentation may name anything.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. A path belongs to the layer with its longest prefix.
const LAYERS: &[&[&str]] = &[
    // What everybody may use: errors, bounds, a stack that grows.
    &["error", "erased", "session::Limits", "planner::grown", "planner::cancel", "planner::cased"],
    &["proto"],
    // Types may come as text, so the parser is below them.
    &["sql"],
    &["types"],
    &["planner::columns", "planner::planned", "planner::output"],
    // A session holds views (planned) and plugins; plugins and scopes hold the
    // planner's handle, and that holds the session.
    &["session", "plugin", "planner::scope", "planner::SparkConnectPlanner", "planner::root"],
    // What tables say of themselves, by which plans are told apart.
    &["source::identity", "source::may_be_read"],
    // Running a plan that is made: relations that need values do it too.
    &["execute"],
    // Records of text have values that functions read.
    &["function", "record"],
    // A context of DataFusion's with rules of ours, which know hashes.
    &["context"],
    // Files as tables.
    &["source"],
    // Tables by name, for a session.
    &["catalog"],
    &["expression"],
    // The walk calls the table of relations, and relations get the walk's context.
    &["relation", "table", "planner::walk", "planner::services::Sides"],
    &["command", "analyze"],
    // The planner's public face: what a caller asks for, by the layers above.
    &["planner"],
    // Executions of clients plan first.
    &["execute::buffer", "execute::operation", "execute::response", "execute::run"],
    &["server"],
    &["testkit", "json"],
];

fn layer(path: &str) -> usize {
    let prefix = |p: &str| path == p || path.strip_prefix(p).is_some_and(|r| r.starts_with("::"));
    let places = LAYERS.iter().enumerate();
    let found = places.flat_map(|(at, paths)| paths.iter().map(move |p| (at, *p)));
    let best = found.filter(|(_, p)| prefix(p)).max_by_key(|(_, p)| p.len());
    best.unwrap_or_else(|| panic!("{path} is in no layer: give it its place")).0
}

#[test]
fn each_layer_knows_only_those_before_it() {
    let mut wrong = Vec::new();
    for (file, module) in modules() {
        let own = layer(&module);
        for used in crate_paths(&code(&file)) {
            if layer(&used) > own {
                wrong.push(format!("{module} uses crate::{used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "a lower layer knows a higher one:\n{}", wrong.join("\n"));
}

#[test]
fn only_the_server_names_tonic() {
    let wrong: Vec<String> = modules()
        .into_iter()
        .filter(|(file, module)| !module.starts_with("server") && code(file).contains("tonic::"))
        .map(|(_, module)| module)
        .collect();
    assert!(wrong.is_empty(), "tonic belongs to server/ alone: {wrong:?}");
}

#[test]
fn paths_are_found() {
    let code = "use crate::{error::Error, types};\nuse crate::planner::{scope::Scope, walk};\n\
                fn f() { crate::sql::parse() }";
    let found = crate_paths(code);
    let expected =
        ["error::Error", "types", "planner::scope::Scope", "planner::walk", "sql::parse"];
    assert_eq!(found, expected);
}

/// The files of the crate with their module paths, but for tests and the facade.
fn modules() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            if stem.ends_with("tests") || stem == "lib" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let module = path.strip_prefix(&root).unwrap().with_extension("");
            let module = module.to_string_lossy().replace('/', "::");
            found.push((path, module.trim_end_matches("::mod").to_owned()));
        }
    }
    assert!(found.len() > 20);
    found
}

/// The code of a file, without comments and without its unit tests.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let text = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// What follows `crate::`, with groups in braces taken apart.
fn crate_paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, start) in code.match_indices("crate::") {
        // `pub(crate)::` does not exist, but `my_crate::` may.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        expand("", &code[at + start.len()..], &mut found);
    }
    found
}

/// Reads one path, or a group of paths, at the start of `code`.
fn expand(prefix: &str, code: &str, found: &mut Vec<String>) -> usize {
    let name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = code.find(|c| !name(c)).unwrap_or(code.len());
    let path = format!("{prefix}{}", &code[..end]);
    if !code[end..].starts_with('{') || !path.is_empty() && !path.ends_with("::") {
        found.push(path.trim_end_matches("::self").trim_end_matches(':').to_owned());
        return end;
    }
    let mut at = end + 1;
    while !code[at..].starts_with('}') {
        let item = code[at..].starts_with(|c| name(c) || c == '{');
        at += if item { expand(&path, &code[at..], found) } else { 1 };
    }
    at + 1
}
