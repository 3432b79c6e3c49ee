//! Python environments and generated data, made once under the target directory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run;

/// What every client needs besides itself.
const COMPANIONS: [&str; 6] =
    ["pandas<3", "pyarrow", "zstandard", "grpcio-status", "googleapis-common-protos", "setuptools"];

/// A Python environment.
pub(crate) struct Environment(PathBuf);

impl Environment {
    pub(crate) fn client_4_2() -> Self {
        Self::client("pyspark-client==4.2.0")
    }

    pub(crate) fn client_4_0() -> Self {
        Self::client("pyspark-client==4.0.4")
    }

    /// The 4.2 client with that of Delta, and the `deltalake` package to check its work.
    pub(crate) fn delta() -> Self {
        let mut requirements = vec!["deltalake==1.6.6", "pyspark-client==4.2.0"];
        requirements.extend(COMPANIONS);
        // It asks for all of Spark, and needs but the client.
        Self::and(&requirements, &["delta-spark==4.4.1"])
    }

    /// The unmodified client of GraphFrames, and what its answers are checked against.
    pub(crate) fn graphframes() -> Self {
        let mut requirements = vec!["graphframes-py==0.12.3", "pyspark-client==4.2.0"];
        requirements.extend(COMPANIONS);
        requirements.extend(["networkx>=3.3,<4", "typing_extensions"]);
        Self::with(&requirements)
    }

    fn client(requirement: &str) -> Self {
        let mut requirements = vec![requirement];
        requirements.extend(COMPANIONS);
        Self::with(&requirements)
    }

    /// An environment with these packages, made if it is not there yet.
    pub(crate) fn with(requirements: &[&str]) -> Self {
        Self::and(requirements, &[])
    }

    /// The same, and packages without what they ask for.
    fn and(requirements: &[&str], alone: &[&str]) -> Self {
        let path = folder().join(requirements[0].replace("==", "-"));
        once(&path, &[requirements, alone].concat().join("\n"), || {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&path));
            let install = || {
                let mut pip = Command::new(path.join("bin/python"));
                pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
                pip
            };
            run(install().args(requirements));
            if !alone.is_empty() {
                run(install().arg("--no-deps").args(alone));
            }
        });
        Self(path)
    }

    pub(crate) fn bin(&self, name: &str) -> Command {
        Command::new(self.0.join("bin").join(name))
    }

    pub(crate) fn interpreter(&self) -> Command {
        let mut command = self.bin("python");
        // The 4.2 client looks for Spark's home on import; any folder will do.
        command.env("SPARK_HOME", &self.0).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env_remove("SPARK_REMOTE").env_remove("PYTHONPATH");
        command.arg("-Wignore");
        command
    }

    pub(crate) fn python(&self, script: &Path) -> Command {
        let mut command = self.interpreter();
        command.arg(script);
        command
    }
}

/// TPC-H tables as Parquet files, one a table.
pub(crate) fn tpch(scale: &str) -> PathBuf {
    let generator = Environment::with(&["tpchgen-cli==4.0.0"]);
    let path = folder().join(format!("tpch-{scale}"));
    once(&path, "tpchgen-cli 4.0.0", || {
        fs::create_dir_all(&path).unwrap();
        run(generator
            .bin("tpchgen-cli")
            .args(["parquet", "--overwrite", "-s", scale, "-o"])
            .arg(&path));
    });
    path
}

/// `target/pyspark`.
pub(crate) fn folder() -> PathBuf {
    let folder = profile_folder().parent().unwrap().join("pyspark");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// `target/debug`, or where else this test was built to.
fn profile_folder() -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    executable.parent().and_then(Path::parent).unwrap().to_path_buf()
}

/// Makes `path` unless it was made of the same `recipe` before. Tests, and whole
/// test runs, may do this at the same time: a lock makes the others wait.
fn once(path: &Path, recipe: &str, make: impl FnOnce()) {
    let beside = |suffix: &str| PathBuf::from(format!("{}.{suffix}", path.display()));
    let lock = File::create(beside("lock")).unwrap();
    lock.lock().unwrap();
    let stamp = beside("stamp");
    if path.exists() && fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == recipe) {
        return;
    }
    // Gone while it is being made: a run that was interrupted leaves no stamp.
    let _ = fs::remove_file(&stamp);
    make();
    fs::write(stamp, recipe).unwrap();
}
