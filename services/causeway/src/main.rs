//! Causeway: moves orders from storefronts into Oracle NetSuite, and fulfilments and stock back out of it.

mod client;
mod commands;
mod config;
mod lookup;
mod platform;
mod roles;

use clap::Parser as _;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    // Before anything opens a connection: the one cryptography provider of the process.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        eprintln!("causeway: another cryptography provider is installed already");
        return std::process::ExitCode::FAILURE;
    }
    let command = commands::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("causeway: cannot start: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    match runtime.block_on(command.run()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("causeway: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
