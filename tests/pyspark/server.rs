//! The server binary as a child process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::run;

/// A server of its own for one test, on a port of its own.
pub(crate) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts the server and waits until it listens.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// As [`Self::start`], with more arguments.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let binary = env!("CARGO_BIN_EXE_spark-connect-server");
        let mut child = Command::new(binary)
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {binary}: {e}"));
        let line = first_line(child.stdout.take().unwrap());
        let address = line.strip_prefix("listening on ").map(str::to_owned);
        let address = address.unwrap_or_else(|| panic!("the server said {line:?}"));
        Self { child, address }
    }

    pub(crate) fn remote(&self) -> String {
        format!("sc://{}", self.address)
    }

    /// Asks the server to stop, and insists that it does so by itself and well.
    pub(crate) fn stop(mut self) {
        run(Command::new("kill").args(["-TERM", &self.child.id().to_string()]));
        let patience = Instant::now() + Duration::from_secs(20);
        while Instant::now() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(status.success(), "the server ended with {status}");
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("the server did not stop when asked to");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first line of a process's output; the rest is read and dropped, so that
/// the process never blocks on a full pipe.
pub(crate) fn first_line(output: impl Read + Send + 'static) -> String {
    let mut reader = BufReader::new(output);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    line.trim_end().to_owned()
}
