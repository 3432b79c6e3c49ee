//! Compiles the protocol's `.proto` files with protox, so no system `protoc` is needed.

use prost::Message as _;
use std::{env, error::Error, fs, path::PathBuf};

const FILES: &[&str] = &[
    "spark/connect/base.proto",
    "spark/connect/catalog.proto",
    "spark/connect/commands.proto",
    "spark/connect/common.proto",
    "spark/connect/example_plugins.proto",
    "spark/connect/expressions.proto",
    "spark/connect/ml.proto",
    "spark/connect/ml_common.proto",
    "spark/connect/pipelines.proto",
    "spark/connect/relations.proto",
    "spark/connect/types.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    // For crates whose own messages hold Spark's: their build scripts find the files
    // in DEP_DATAFUSION_SPARK_CONNECT_PROTO.
    let files = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("proto");
    println!("cargo:proto={}", files.display());
    let mut descriptors = protox::compile(FILES, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // Comments and positions are for readers of the files only.
    descriptors.file.iter_mut().for_each(|file| file.source_code_info = None);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    let mut config = prost_build::Config::new();
    // Our proto comments are written for the files, not for rustdoc.
    config.disable_comments(["."]);
    config.enable_type_names();
    config.type_name_domain(["."], "type.googleapis.com");
    generate(config, descriptors)
}

#[cfg(feature = "server")]
fn generate(
    config: prost_build::Config,
    descriptors: prost_types::FileDescriptorSet,
) -> Result<(), Box<dyn Error>> {
    tonic_prost_build::configure()
        .build_client(true)
        // The server is our own: messages are read within bounds.
        .build_server(false)
        .build_transport(false)
        .compile_fds_with_config(descriptors, config)?;
    Ok(())
}

#[cfg(not(feature = "server"))]
fn generate(
    mut config: prost_build::Config,
    descriptors: prost_types::FileDescriptorSet,
) -> Result<(), Box<dyn Error>> {
    config.compile_fds(descriptors)?;
    Ok(())
}
