//! Compiles the plugin's messages. Those of Spark that they hold are the core crate's.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let spark = std::env::var("DEP_DATAFUSION_SPARK_CONNECT_PROTO")?;
    let files = ["delta/connect/relations.proto", "delta/connect/commands.proto"];
    let files = protox::compile(files, ["proto", &spark])?;
    prost_build::Config::new()
        .enable_type_names()
        .btree_map(["."])
        .extern_path(".spark.connect", "::datafusion_spark_connect::proto")
        .compile_fds(files)?;
    Ok(())
}
