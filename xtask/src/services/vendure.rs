//! A private Vendure server: somebody else's system that really runs. npm installs it on the tester's machine; nothing of it is part of
//! this project or shipped with it.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use super::{run_folder::RunFolder, tail};
use crate::workspace;

/// Installing from an empty cache takes half a minute where the registry is near.
const INSTALLING: Duration = Duration::from_secs(150);
const STARTING: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(100);
/// What Vendure asks for.
const NODE: u32 = 20;
/// What the server prints once it answers.
const READY: &str = "\nready\n";

/// Starts a server with a database of its own beside that PostgreSQL and waits until it answers. Returns its URL, with name and password of its
/// administrator. The error says why there is none.
pub(super) fn start(
    run: &RunFolder,
    postgres: &str,
    ports: &mut impl Iterator<Item = u16>,
) -> Result<String, String> {
    let home = install()?;
    let port = ports.next().ok_or("no free port")?;
    let password = super::postgres::password().map_err(|error| error.to_string())?;
    let log = run.path().join("vendure.log");
    let file = File::create(&log).map_err(told("cannot write its log"))?;
    let errors = file.try_clone().map_err(told("cannot write its log"))?;
    let mut server = Command::new("node")
        .arg("server.js")
        .current_dir(&home)
        .env("NODE_ENV", "production")
        // It would phone home otherwise.
        .env("VENDURE_DISABLE_TELEMETRY", "true")
        .env("PEER_POSTGRES", postgres)
        .env("PEER_PORT", port.to_string())
        .env("PEER_PASSWORD", &password)
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(told("cannot run node"))?;
    // Before the database goes, by the order of names.
    let stop = format!("kill -s KILL -- -{} 2>/dev/null || true\n", server.id());
    run.at_end("peer-vendure", &stop)
        .map_err(|error| error.to_string())?;
    for _ in 0..looks(STARTING) {
        let text = fs::read_to_string(&log).unwrap_or_default();
        if format!("\n{text}").contains(READY) {
            eprintln!("started: Vendure on 127.0.0.1:{port}");
            return Ok(format!("http://superadmin:{password}@127.0.0.1:{port}/"));
        }
        if matches!(server.try_wait(), Ok(Some(_))) {
            return Err(format!("it ended:\n{}", tail(&log)));
        }
        thread::sleep(LOOK);
    }
    kill(&mut server);
    Err(format!(
        "it did not answer within {} s:\n{}",
        STARTING.as_secs(),
        tail(&log)
    ))
}

/// The folder in which it is installed: kept from run to run, and made anew when what is asked for changed.
fn install() -> Result<PathBuf, String> {
    let version = output("node", "--version")?;
    let major = version.trim_start_matches('v').split('.').next();
    let major: u32 = major.and_then(|text| text.parse().ok()).unwrap_or_default();
    if major < NODE {
        return Err(format!(
            "it needs Node.js {NODE} or later, and this is {version}"
        ));
    }
    output("npm", "--version")?;
    let own = workspace::root().join("xtask/peers/vendure");
    let home = workspace::root().join("target/peers/vendure");
    fs::create_dir_all(&home).map_err(told("cannot make its folder"))?;
    // One run at a time installs.
    let turn = File::create(home.join("lock")).map_err(told("cannot lock its folder"))?;
    turn.lock().map_err(told("cannot lock its folder"))?;
    let wanted = read(&own.join("package-lock.json"))?;
    for name in ["package.json", "package-lock.json", "server.js"] {
        fs::copy(own.join(name), home.join(name)).map_err(told("cannot copy what starts it"))?;
    }
    let installed = home.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(home);
    }
    eprintln!("installing: Vendure, by npm");
    fs::remove_file(&installed).ok();
    let log = home.join("npm.log");
    let file = File::create(&log).map_err(told("cannot write npm's log"))?;
    let errors = file.try_clone().map_err(told("cannot write npm's log"))?;
    let mut npm = Command::new("npm")
        // Nothing of it has to be compiled, and no package's own script is run.
        .args([
            "ci",
            "--ignore-scripts",
            "--omit=dev",
            "--no-audit",
            "--no-fund",
        ])
        .args([
            "--prefer-offline",
            "--fetch-retries=1",
            "--fetch-timeout=30000",
        ])
        .current_dir(&home)
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(told("cannot run npm"))?;
    match wait(&mut npm, INSTALLING) {
        Some(status) if status.success() => {}
        Some(_) => return Err(format!("npm cannot install it:\n{}", tail(&log))),
        None => {
            kill(&mut npm);
            return Err(format!(
                "npm did not install it within {} s",
                INSTALLING.as_secs()
            ));
        }
    }
    fs::write(&installed, wanted).map_err(told("cannot note that it is installed"))?;
    Ok(home)
}

fn wait(child: &mut Child, longest: Duration) -> Option<ExitStatus> {
    for _ in 0..looks(longest) {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(LOOK);
    }
    None
}

/// How often is looked in that time.
fn looks(time: Duration) -> u128 {
    time.as_millis() / LOOK.as_millis()
}

/// The process and those that it started.
fn kill(child: &mut Child) {
    let group = format!("-{}", child.id());
    Command::new("kill")
        .args(["-s", "KILL", "--", &group])
        .stderr(Stdio::null())
        .status()
        .ok();
    child.wait().ok();
}

fn output(program: &str, argument: &str) -> Result<String, String> {
    let output = Command::new(program).arg(argument).output();
    let output = output.map_err(|_| format!("it needs {program}, which is not installed"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(told("cannot read what it needs"))
}

fn told(what: &str) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{what}: {error}")
}
