//! The binary says when it is ready, and ends well when asked to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

fn stops_on(signal: &str) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_spark-connect-server"))
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    let address = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
    TcpStream::connect(&address).unwrap();
    let asked = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success());
    assert!(TcpStream::connect(&address).is_err(), "{address} still answers");
}

#[test]
fn stops_on_sigterm() {
    stops_on("-TERM");
}

#[test]
fn stops_on_ctrl_c() {
    stops_on("-INT");
}
