//! Unmodified PySpark clients against the built server.
//!
//! What the clients run, and how answers are compared, is Python's part
//! (`check.py`, `tpch/run.py`); this starts what they need: a Python environment
//! a client version under the target directory, the server binary, the data.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod environment;

mod server;

use std::path::{Path, PathBuf};
use std::process::Command;

use environment::{Environment, folder};
use server::Server;

/// A place in the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Where the programs lie.
fn programs() -> PathBuf {
    project("tests/pyspark")
}

/// Runs a command and insists that it succeeds. What it prints is the test's output.
fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    print!("{}", String::from_utf8_lossy(&output.stdout));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {}\n{errors}", output.status);
}

fn check_programs(client: &Environment) {
    let server = Server::start();
    let passing = programs().join("passing.txt");
    run(client
        .python(&programs().join("check.py"))
        .args(["--remote", &server.remote(), "--quiet", "--passing"])
        .arg(passing));
    server.stop();
}

#[test]
fn programs_of_client_4_2() {
    check_programs(&Environment::client_4_2());
}

#[test]
fn programs_of_client_4_0() {
    check_programs(&Environment::client_4_0());
}

/// The cases of PySpark's own documentation that are listed as passing; `--all` runs
/// those of functions too, which take minutes.
#[test]
fn doctests_of_client_4_2() {
    let server = Server::start();
    let script = programs().join("doctests.py");
    let mut doctests = Environment::client_4_2().python(&script);
    run(doctests.args(["--remote", &server.remote()]));
    server.stop();
}

#[test]
fn tables_outlive_the_server() {
    let warehouse = folder().join("restart-warehouse");
    let _ = std::fs::remove_dir_all(&warehouse);
    let place = warehouse.display().to_string();
    let script = programs().join("restart.py");
    for what in ["make", "look"] {
        let server = Server::start_with(&["--warehouse", &place]);
        let mut client = Environment::client_4_2().python(&script);
        run(client.args(["--remote", &server.remote(), what]));
        server.stop();
    }
    std::fs::remove_dir_all(warehouse).unwrap();
}

#[test]
fn tpch_at_scale_0_01() {
    let data = environment::tpch("0.01");
    let server = Server::start();
    for client in [Environment::client_4_2(), Environment::client_4_0()] {
        run(client
            .python(&programs().join("tpch/run.py"))
            .args(["--remote", &server.remote(), "--data"])
            .arg(&data)
            .arg("--answers")
            .arg(programs().join("answers/tpch_sf0.01.json")));
    }
    server.stop();
}

#[test]
fn python_package_of_the_example_plugin() {
    let package = project("plugins/example/python");
    let server = Server::start();
    for client in [Environment::client_4_2(), Environment::client_4_0()] {
        run(client
            .interpreter()
            .args(["-m", "unittest", "discover", "-v", "-s", "tests", "-t", "."])
            .current_dir(&package)
            .env("SPARK_REMOTE", server.remote()));
    }
    server.stop();
}

#[test]
fn delta_client() {
    let package = project("plugins/delta/python");
    let client = Environment::delta();
    let server = Server::start();
    run(client
        .interpreter()
        .args(["-m", "unittest", "discover", "-s", "tests", "-t", "."])
        .current_dir(&package)
        .env("SPARK_REMOTE", server.remote()));
    server.stop();
}

#[test]
fn graphframes_client() {
    let programs = project("plugins/graphframes/tests/client");
    let server = Server::start();
    run(Environment::graphframes()
        .interpreter()
        .args(["-m", "unittest", "discover", "-v", "-s"])
        .arg(&programs)
        .env("SPARK_REMOTE", server.remote()));
    server.stop();
}

#[test]
fn server_stops_cleanly_while_a_client_is_connected() {
    let client = Environment::client_4_2();
    let server = Server::start();
    let mut connected = client
        .interpreter()
        .args(["-c", "import sys; from pyspark.sql import SparkSession as S; s = S.builder.remote(sys.argv[1]).create(); print(s.range(3).count(), flush=True); sys.stdin.read()"])
        .arg(server.remote())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(server::first_line(connected.stdout.take().unwrap()), "3");
    server.stop();
    // The client would try for minutes to tell the server goodbye.
    connected.kill().unwrap();
    connected.wait().unwrap();
    assert!(folder().exists());
}
