//! A private RabbitMQ node.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    net::TcpStream,
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context as _, bail};

use super::{quote, run_folder::RunFolder, tail};

const CONFIG: &str = "vm_memory_high_watermark.relative = 0.2\ndisk_free_limit.absolute = 50MB\n";

/// A node that was started and may not be ready yet.
pub(super) struct Node {
    process: Child,
    port: u16,
    log: PathBuf,
    control: PathBuf,
}

/// Starts a node in the run's folder, on two of the ports.
pub(super) fn launch(
    programs: &Path,
    run: &RunFolder,
    ports: &mut impl Iterator<Item = u16>,
) -> anyhow::Result<Node> {
    let port = ports.next().context("no free port for RabbitMQ")?;
    let distribution = ports.next().context("no free port for RabbitMQ")?;
    let home = run.path().join("rabbitmq");
    for folder in ["data", "log", "conf.d"] {
        fs::create_dir_all(home.join(folder)).context("cannot make RabbitMQ's folders")?;
    }
    fs::write(home.join("rabbitmq.conf"), CONFIG).context("cannot write RabbitMQ's settings")?;
    fs::write(home.join("enabled_plugins"), "[].").context("cannot write RabbitMQ's plugins")?;

    let environment = environment(&home, port, distribution);
    let control = run.path().join("rabbitmqctl");
    write_control(&control, programs, &environment)?;
    run.at_end("rabbitmq", &format!("home={}{STOP}", quote(&home)))?;

    let log = home.join("log/stdout");
    let output = File::create(&log).context("cannot make RabbitMQ's log")?;
    let process = Command::new("sh")
        // The shell notes its own process id, so that there is no moment without a note.
        .args(["-c", "echo $$ >\"$0\" && exec \"$1\""])
        .arg(home.join("pid"))
        .arg(programs.join("rabbitmq-server"))
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .stderr(output.try_clone().context("cannot share RabbitMQ's log")?)
        .stdout(output)
        // Ctrl-C must not stop it before the tests end; and its processes are one group to kill.
        .process_group(0)
        .spawn()
        .context("cannot start RabbitMQ")?;
    Ok(Node {
        process,
        port,
        log,
        control,
    })
}

impl Node {
    /// Waits until the node takes connections, two minutes at most.
    pub(super) fn await_startup(&mut self) -> anyhow::Result<()> {
        for _ in 0..1_200 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return self.confirm_startup();
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("RabbitMQ ended ({status}):\n{}", tail(&self.log));
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!(
            "RabbitMQ is not ready after two minutes:\n{}",
            tail(&self.log)
        )
    }

    /// The listener is up a little before the node says it is.
    fn confirm_startup(&self) -> anyhow::Result<()> {
        let output = Command::new(&self.control)
            .args(["await_startup", "--timeout", "60"])
            .output()
            .context("cannot run rabbitmqctl")?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!("RabbitMQ does not answer rabbitmqctl:\n{errors}");
        }
        eprintln!("started: RabbitMQ on 127.0.0.1:{}", self.port);
        Ok(())
    }

    pub(super) fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port)
    }

    /// A script that is `rabbitmqctl` for this node and no other.
    pub(super) fn control(&self) -> String {
        self.control.display().to_string()
    }
}

/// The whole environment of the node and its tools: nothing is inherited but the search path, so
/// that no setting of the system's own RabbitMQ reaches it.
fn environment(home: &Path, port: u16, distribution: u16) -> Vec<(&'static str, String)> {
    let at = |name: &str| home.join(name).display().to_string();
    vec![
        ("PATH", std::env::var("PATH").unwrap_or_default()),
        // The Erlang cookie lies there: other nodes refuse ours, and ours refuses them.
        ("HOME", home.display().to_string()),
        ("LC_ALL", "C.UTF-8".to_owned()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        // A port belongs to one node of this machine, so this name does.
        (
            "RABBITMQ_NODENAME",
            format!("causeway-test-{port}@localhost"),
        ),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
        ("RABBITMQ_NODE_PORT", port.to_string()),
        ("RABBITMQ_DIST_PORT", distribution.to_string()),
        ("RABBITMQ_MNESIA_BASE", at("data")),
        ("RABBITMQ_LOG_BASE", at("log")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", at("enabled_plugins")),
        ("RABBITMQ_CONFIG_FILE", at("rabbitmq")),
        ("RABBITMQ_CONFIG_FILES", at("conf.d")),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", at("advanced.config")),
        ("RABBITMQ_CONF_ENV_FILE", at("rabbitmq-env.conf")),
        (
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
            "-kernel inet_dist_use_interface {127,0,0,1}".to_owned(),
        ),
    ]
}

fn write_control(
    control: &Path,
    programs: &Path,
    environment: &[(&str, String)],
) -> anyhow::Result<()> {
    let mut script = "#!/bin/sh\nexec env -i".to_owned();
    for (name, value) in environment {
        script.push_str(&format!(" {name}={}", quote(Path::new(value))));
    }
    let program = programs.join("rabbitmqctl");
    script.push_str(&format!(" {} \"$@\"\n", quote(&program)));
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o755)
        .open(control)
        .and_then(|mut file| file.write_all(script.as_bytes()))
        .with_context(|| format!("cannot write {}", control.display()))
}

/// Kills the node's process group: its data goes anyway. A process id is trusted only if that
/// process was given our folder, for after a crash of the machine it may be another's.
const STOP: &str = r#"
read -r pid 2>/dev/null <"$home/pid" || exit 0
ours() { tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | grep -qxF "HOME=$home"; }
ours || exit 0
kill -s KILL -- "-$pid"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    ours || exit 0
    sleep 0.1
done
echo "RabbitMQ (process $pid) does not end" >&2
exit 1
"#;
