//! Compiles the messages of this crate; Spark's inside them are the core crate's.

use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    // The core crate tells its dependents where Spark's own files are.
    let spark = env::var("DEP_DATAFUSION_SPARK_CONNECT_PROTO")?;
    let files = protox::compile(["acme/second.proto"], ["proto", &spark])?;
    prost_build::Config::new()
        .enable_type_names()
        .extern_path(".spark.connect", "::datafusion_spark_connect::proto")
        .compile_fds(files)?;
    Ok(())
}
