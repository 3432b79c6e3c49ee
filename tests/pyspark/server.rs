//! The server binary as a child process.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::environment::profile_folder;
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
        let mut child = Command::new(binary())
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {}: {e}", binary().display()));
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

/// The server beside this test, up to date. Cargo builds a package's binary
/// along with that package's integration tests, with the features of this very
/// build, so there is nothing to compile if the whole workspace is under test.
fn binary() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

fn build() -> PathBuf {
    let folder = profile_folder();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--quiet", "--no-run", "--workspace", "--all-features"]);
    cargo.args(["--test", "binary", "--target-dir"]).arg(folder.parent().unwrap());
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    run(cargo.current_dir(env!("CARGO_MANIFEST_DIR")));
    folder.join("spark-connect-server")
}
