//! The project's own chores: `cargo xtask test`, `cargo xtask services`, `cargo xtask peers`, `cargo xtask licenses`.

mod licenses;
mod services;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::bail;

const USAGE: &str = "\
cargo xtask test [-- <arguments of cargo test>]
    runs every test, with a private RabbitMQ and PostgreSQL, and Vendure where Node.js is installed
cargo xtask services -- <command> [<argument>…]
    runs a command with a private RabbitMQ and PostgreSQL
cargo xtask peers vendure -- <command> [<argument>…]
    runs a command with a private Vendure server beside these, installed by npm
cargo xtask licenses [--check]
    writes THIRD-PARTY-LICENSES.md, or checks that it is true";

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (task.as_str(), rest.as_slice()) {
        ("test", ["--", arguments @ ..] | arguments) => test::run(arguments),
        ("services", ["--", program, arguments @ ..]) => services::run(program, arguments),
        ("peers", ["vendure", "--", program, arguments @ ..]) => {
            services::run_with_vendure(program, arguments)
        }
        ("licenses", []) => licenses::write(),
        ("licenses", ["--check"]) => licenses::check(),
        ("help" | "--help" | "-h", []) => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("usage:\n{USAGE}"),
    }
}
