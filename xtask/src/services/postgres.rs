//! A private PostgreSQL server.

use std::{
    fmt::Write as _,
    fs::{self, DirBuilder, File},
    io::Read as _,
    os::unix::fs::{DirBuilderExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

use super::{
    packages::{is_root, user_id},
    quote,
    run_folder::RunFolder,
    tail,
};

/// The user Debian's package makes. PostgreSQL refuses to run as root.
const OWNER: &str = "postgres";

/// Tests need no crash safety, only speed and enough connections. No socket file: its path could
/// be too long, and loopback is enough.
const OPTIONS: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off";

/// Without a clean shutdown: the data goes anyway.
const STOP: &str = r#"
if pg_ctl status >/dev/null 2>&1; then
    pg_ctl -m immediate -w stop >/dev/null || exit 1
fi
rm -rf "$home"
"#;

/// Makes a server with its own data and waits until it takes connections. Returns its URL as
/// superuser, with a password of its own: a superuser can run programs.
pub(super) fn start(
    programs: &Path,
    run: &RunFolder,
    ports: &mut impl Iterator<Item = u16>,
) -> anyhow::Result<String> {
    let port = ports.next().context("no free port for PostgreSQL")?;
    let server = Server::place(programs, run, port)?;
    let password = password()?;
    server.initialise(&password)?;
    server.start(port)?;
    eprintln!("started: PostgreSQL on 127.0.0.1:{port}");
    Ok(format!(
        "postgres://postgres:{password}@127.0.0.1:{port}/postgres"
    ))
}

struct Server<'a> {
    programs: &'a Path,
    home: PathBuf,
    /// Root hands over to the user of this id.
    owner: Option<u32>,
}

impl<'a> Server<'a> {
    /// Chooses and makes the folder, and says how to stop what will run in it.
    fn place(programs: &'a Path, run: &RunFolder, port: u16) -> anyhow::Result<Self> {
        let mut home = run.path().join("postgres");
        let owner = if is_root() {
            let owner = user_id(&[OWNER])
                .with_context(|| format!("there is no user {OWNER} to run PostgreSQL as"))?;
            // The checkout may lie where that user cannot go, as under /root.
            if !reaches(run.path())? {
                home = std::env::temp_dir().join(format!("causeway-postgres-{port}"));
            }
            Some(owner)
        } else {
            None
        };
        let server = Self {
            programs,
            home,
            owner,
        };
        run.at_end("postgres", &server.stop())?;
        DirBuilder::new()
            .mode(0o700)
            .create(&server.home)
            .with_context(|| format!("cannot make {}", server.home.display()))?;
        server.hand_over(&server.home)?;
        Ok(server)
    }

    fn initialise(&self, password: &str) -> anyhow::Result<()> {
        let file = self.home.join("password");
        fs::write(&file, password).context("cannot write PostgreSQL's password")?;
        self.hand_over(&file)?;
        let mut initdb = self.program("initdb");
        initdb.args([
            "--username=postgres",
            "--auth=password",
            "--pwfile=password",
        ]);
        initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        let output = initdb
            .args(["-D", "data"])
            .output()
            .context("cannot run initdb")?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!("initdb failed: {errors}");
        }
        Ok(())
    }

    fn start(&self, port: u16) -> anyhow::Result<()> {
        let output = self
            .program("pg_ctl")
            .args(["-D", "data", "-l", "log", "-w", "-t", "60"])
            .args(["-o", &format!("-p {port} {OPTIONS}"), "start"])
            .output()
            .context("cannot run pg_ctl")?;
        if !output.status.success() {
            let log = tail(&self.home.join("log"));
            bail!("PostgreSQL did not start:\n{log}");
        }
        Ok(())
    }

    /// One of PostgreSQL's programs, in its folder and as its user.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if self.owner.is_some() {
            let mut runuser = Command::new("runuser");
            runuser.args(["-u", OWNER, "--"]).arg(program);
            runuser
        } else {
            Command::new(program)
        };
        command.current_dir(&self.home);
        command
    }

    fn hand_over(&self, path: &Path) -> anyhow::Result<()> {
        let Some(owner) = self.owner else {
            return Ok(());
        };
        chown(path, Some(owner), None)
            .with_context(|| format!("cannot give {} to {OWNER}", path.display()))
    }

    /// `pg_ctl` finds the server through its data folder, so it can reach no other.
    fn stop(&self) -> String {
        let program = quote(&self.programs.join("pg_ctl"));
        let run_as = self
            .owner
            .map_or_else(String::new, |_| format!("runuser -u {OWNER} -- "));
        let home = quote(&self.home);
        format!("home={home}\npg_ctl() {{ {run_as}{program} -D \"$home/data\" \"$@\"; }}{STOP}")
    }
}

/// Whether the server's user can go into the folder.
fn reaches(folder: &Path) -> anyhow::Result<bool> {
    let status = Command::new("runuser")
        .args(["-u", OWNER, "--", "test", "-x"])
        .arg(folder)
        .status()
        .context("cannot run runuser, by which root starts PostgreSQL")?;
    Ok(status.success())
}

/// A password that nobody else knows.
pub(super) fn password() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .context("cannot read /dev/urandom")?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    }))
}
