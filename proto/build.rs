//! Compiles every schema under `causeway/` with a pure Rust compiler, so that building needs no `protoc`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=causeway");
    let mut schemas = Vec::new();
    collect(Path::new("causeway"), &mut schemas)?;
    schemas.sort();
    for schema in &schemas {
        println!("cargo:rerun-if-changed={}", schema.display());
    }
    let descriptors = protox::compile(&schemas, ["."])?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}

fn collect(folder: &Path, schemas: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, schemas)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            schemas.push(path);
        }
    }
    Ok(())
}
