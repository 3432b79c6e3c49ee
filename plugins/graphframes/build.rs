//! Compiles the plugin's messages.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(["graphframes.proto"], ["proto"])?;
    prost_build::Config::new().enable_type_names().compile_fds(files)?;
    Ok(())
}
