//! A private RabbitMQ and a private PostgreSQL for the length of one command.
//!
//! They listen on loopback only, on free ports, with data of their own, and never touch a service
//! that already runs. Whatever ends the command also ends them: see [`run_folder`].

mod packages;
mod postgres;
mod rabbitmq;
mod run_folder;
mod vendure;

use std::{
    collections::BTreeMap,
    fs,
    net::TcpListener,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, ExitCode, ExitStatus},
};

use anyhow::Context as _;

use crate::workspace;
use packages::Service;
use run_folder::RunFolder;

/// Where the tests find RabbitMQ.
const AMQP: &str = "CAUSEWAY_TEST_AMQP";
/// Where the tests find PostgreSQL, as a superuser.
const POSTGRES: &str = "CAUSEWAY_TEST_POSTGRES";
/// The command that steers exactly the private RabbitMQ.
const RABBITMQCTL: &str = "CAUSEWAY_TEST_RABBITMQCTL";
/// Where the tests find Vendure, with name and password of its administrator.
const VENDURE: &str = "CAUSEWAY_TEST_VENDURE";

/// Both services, until dropped.
pub(crate) struct Services {
    folder: RunFolder,
    variables: Vec<(&'static str, String)>,
    missing: Vec<String>,
}

impl Services {
    /// Starts what is not already given by the environment. A service that is not installed and
    /// cannot be is [missing](Self::missing); one that is installed but does not start is an error.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut services = Self {
            folder: RunFolder::create()?,
            variables: Vec::new(),
            missing: Vec::new(),
        };
        let wanted: Vec<Service> = [(Service::RabbitMq, AMQP), (Service::PostgreSql, POSTGRES)]
            .into_iter()
            .filter(|(service, variable)| !given(*service, variable))
            .map(|(service, _)| service)
            .collect();
        let refusal = packages::install(&wanted).err();
        let mut programs = BTreeMap::new();
        for service in wanted {
            if let Some(folder) = service.programs() {
                programs.insert(service, folder);
            } else {
                let why = refusal
                    .as_deref()
                    .unwrap_or("its package lacks its programs");
                services.missing.push(format!("{service}: {why}"));
            }
        }

        // RabbitMQ takes the longest: PostgreSQL starts meanwhile.
        let mut ports = free_ports();
        let rabbitmq = programs
            .get(&Service::RabbitMq)
            .map(|programs| rabbitmq::launch(programs, &services.folder, &mut ports))
            .transpose()?;
        if let Some(programs) = programs.get(&Service::PostgreSql) {
            let url = postgres::start(programs, &services.folder, &mut ports)?;
            services.variables.push((POSTGRES, url));
        }
        if let Some(mut rabbitmq) = rabbitmq {
            rabbitmq.await_startup()?;
            services.variables.push((AMQP, rabbitmq.url()));
            services.variables.push((RABBITMQCTL, rabbitmq.control()));
        }
        for service in &services.missing {
            eprintln!("not started: {service}");
        }
        Ok(services)
    }

    /// Starts Vendure beside them. Where it cannot be had it is [missing](Self::missing).
    pub(crate) fn start_vendure(&mut self) {
        if std::env::var_os(VENDURE).is_some_and(|url| !url.is_empty()) {
            eprintln!("given: Vendure by {VENDURE}");
            return;
        }
        let started = self.variables.iter().find(|(name, _)| *name == POSTGRES);
        let postgres = started.map(|(_, url)| url.clone());
        let postgres = postgres.or_else(|| std::env::var(POSTGRES).ok());
        let url = postgres
            .ok_or_else(|| "it needs PostgreSQL".to_owned())
            .and_then(|postgres| vendure::start(&self.folder, &postgres, &mut free_ports()));
        match url {
            Ok(url) => self.variables.push((VENDURE, url)),
            Err(why) => {
                let missing = format!("Vendure: {why}");
                eprintln!("not started: {missing}");
                self.missing.push(missing);
            }
        }
    }

    /// This run's own folder; it goes with the services.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What could not be had, each as `service: reason`.
    pub(crate) fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Runs the command with the variables that name the services.
    pub(crate) fn run(&self, command: &mut Command) -> anyhow::Result<ExitStatus> {
        let program = command.get_program().display().to_string();
        workspace::forget_own_package(command);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot run {program}"))?;
        self.folder.command_runs(child.id())?;
        let status = child.wait();
        self.folder.command_ended()?;
        status.with_context(|| format!("lost {program}"))
    }
}

/// `cargo xtask services -- <program> <arguments>`, in the folder it was called from.
pub(crate) fn run(program: &str, arguments: &[&str]) -> anyhow::Result<ExitCode> {
    let services = Services::start()?;
    let status = services.run(Command::new(program).args(arguments))?;
    Ok(exit_code(status))
}

/// `cargo xtask peers vendure -- <program> <arguments>`: the same, with Vendure beside the services.
pub(crate) fn run_with_vendure(program: &str, arguments: &[&str]) -> anyhow::Result<ExitCode> {
    let mut services = Services::start()?;
    services.start_vendure();
    let status = services.run(Command::new(program).args(arguments))?;
    Ok(exit_code(status))
}

/// The command's own exit code; by the shells' convention 128 and more for a signal.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// Whether the caller names a service of their own.
fn given(service: Service, variable: &str) -> bool {
    let given = std::env::var_os(variable).is_some_and(|url| !url.is_empty());
    if given {
        eprintln!("given: {service} by {variable}");
    }
    given
}

/// Loopback ports nobody listens on, below the range the kernel gives to outgoing connections:
/// one of those could take the port before the service listens. Runs begin at different places.
fn free_ports() -> impl Iterator<Item = u16> {
    let offset = u16::try_from(std::process::id() % 1_000).unwrap_or(0) * 10;
    (20_000 + offset..32_000).filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
}

/// One word for a POSIX shell.
fn quote(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// The end of a log, for an error message.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(15).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{free_ports, quote};

    #[test]
    fn ports_are_free_and_differ() {
        let ports: Vec<u16> = free_ports().take(3).collect();
        assert!(ports.windows(2).all(|pair| pair[0] < pair[1]), "{ports:?}");
        assert_eq!(ports.len(), 3);
    }

    #[test]
    fn a_quoted_path_is_one_word() {
        assert_eq!(quote(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }
}
