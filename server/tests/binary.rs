//! The program as its users start and stop it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spark-connect-server"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A started server, and the address it says it listens on.
fn started(arguments: &[&str]) -> (Child, String) {
    let mut server = program(arguments).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on ").unwrap().to_owned();
    (server, address)
}

/// What a program that is to end by itself printed. One that serves instead is
/// stopped, so that the test fails and does not hang.
fn run(arguments: &[&str]) -> Output {
    let mut child = program(arguments).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("still running: {arguments:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn it_says_when_it_is_ready_and_stops_when_told() {
    for signal in ["-TERM", "-INT"] {
        let (mut server, address) = started(&["--listen", "127.0.0.1:0"]);
        assert!(!address.ends_with(":0"));
        // A client that stays connected does not hold it up for good.
        let _client = TcpStream::connect(&address).unwrap();
        let pid = server.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let status = server.wait().unwrap();
        let mut complaints = String::new();
        server.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
        assert!(status.success(), "{signal}: {status} {complaints}");
        // It tells its plugins there, and nothing else.
        assert!(complaints.contains("plugin: relation example "), "{complaints}");
        assert!(complaints.lines().all(|line| line.starts_with("plugin: ")), "{complaints}");
        assert!(TcpStream::connect(&address).is_err(), "{address} still answers");
    }
}

#[test]
fn mistakes_are_told_at_start() {
    let unknown = run(&["--bogus"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("--listen ADDRESS"));
    let conf = run(&["--listen", "127.0.0.1:0", "--conf", "spark.sql.ansi.enabled=maybe"]);
    assert_eq!(conf.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&conf.stderr).contains("INVALID_CONF_VALUE.TYPE_MISMATCH"));
    // A directory cannot be made beneath a file.
    let program = env!("CARGO_BIN_EXE_spark-connect-server");
    let warehouse = format!("{program}/warehouse");
    let warehouse = run(&["--listen", "127.0.0.1:0", "--warehouse", &warehouse]);
    assert_eq!(warehouse.status.code(), Some(1));
    let complaint = String::from_utf8_lossy(&warehouse.stderr);
    assert!(complaint.contains(program), "{complaint}");
}

#[test]
fn help_is_no_mistake() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    assert!(String::from_utf8_lossy(&help.stdout).contains("--conf KEY=VALUE"));
}
