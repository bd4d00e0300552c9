//! What is handed to those who run Causeway fits the binary and the platforms it is for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_causeway");

fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap()
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// Runs a program; `None` where it is not installed.
fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Option<Output> {
    let ran = Command::new(program.as_ref())
        .args(arguments)
        .current_dir(root())
        .output();
    ran.ok()
}

fn told(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&all).into_owned()
}

/// The manifests as they would be applied; `None` where kubectl is not installed.
static MANIFESTS: LazyLock<Option<String>> = LazyLock::new(|| {
    let rendered = run("kubectl", &["kustomize", "deploy/k8s"])?;
    assert!(rendered.status.success(), "{}", told(&rendered));
    Some(String::from_utf8(rendered.stdout).unwrap())
});

fn manifests() -> Option<Vec<Value>> {
    let Some(text) = &*MANIFESTS else {
        testkit::skip("kubectl is not installed");
        return None;
    };
    let documents = text.split("\n---\n");
    Some(
        documents
            .map(|one| serde_saphyr::from_str(one).unwrap())
            .collect(),
    )
}

/// A validator with the Kubernetes schemas, installed beside the build output.
fn validator() -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kubernetes-validate");
    let program = home.join("bin/kubernetes-validate");
    if !program.exists() {
        let made = run("python3", &["-m", "venv", home.to_str().unwrap()])?;
        let pip = home.join("bin/pip");
        let install = ["install", "--quiet", "kubernetes-validate"];
        let installed = made
            .status
            .success()
            .then(|| run(pip, &install))
            .flatten()?;
        if !installed.status.success() {
            return None;
        }
    }
    Some(program)
}

#[test]
fn the_manifests_are_valid_kubernetes() {
    if manifests().is_none() {
        return;
    }
    let Some(validator) = validator() else {
        return testkit::skip("kubernetes-validate (PyPI) cannot be installed");
    };
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manifests.yaml");
    std::fs::write(&file, MANIFESTS.as_deref().unwrap()).unwrap();
    let checked = run(validator, &["--strict", file.to_str().unwrap()]).unwrap();
    let words = told(&checked);
    assert!(checked.status.success(), "{words}");
    assert!(words.matches(" passed ").count() > 15, "{words}");
}

/// The containers of all workloads, with the workload's name.
fn containers(manifests: &[Value]) -> Vec<(String, Value)> {
    manifests
        .iter()
        .filter(|one| ["Deployment", "Job"].contains(&one["kind"].as_str().unwrap()))
        .flat_map(|one| {
            let name = one["metadata"]["name"].as_str().unwrap();
            let all = one["spec"]["template"]["spec"]["containers"]
                .as_array()
                .unwrap();
            all.iter()
                .map(move |container| (name.to_owned(), container.clone()))
        })
        .collect()
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

/// The command line means something to the binary.
fn assert_understood(whose: &str, arguments: &[String]) {
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["pull" | "push", endpoint, ..] = arguments[..] {
        assert!(endpoints::find(endpoint).is_some(), "{whose}: {endpoint}");
    }
    // Everything before it is parsed all the same.
    arguments.push("--help");
    let answer = run(BINARY, &arguments).unwrap();
    assert!(
        answer.status.success(),
        "{whose}: {arguments:?}: {}",
        told(&answer)
    );
}

#[test]
fn every_pod_runs_a_command_that_exists() {
    let Some(manifests) = manifests() else { return };
    let containers = containers(&manifests);
    assert!(containers.len() >= 7, "{containers:?}");
    for (workload, container) in containers {
        let mut arguments = texts(&container["args"]);
        for variable in container["env"].as_array().into_iter().flatten() {
            let reference = format!("$({})", variable["name"].as_str().unwrap());
            for argument in &mut arguments {
                *argument =
                    argument.replace(&reference, variable["value"].as_str().unwrap_or_default());
            }
        }
        assert_understood(&workload, &arguments);
    }
}

#[test]
fn every_endpoint_has_its_pullers_and_pushers() {
    let wanted: BTreeSet<String> = endpoints::ALL
        .iter()
        .flat_map(|endpoint| {
            let puller = (!endpoint.reads.is_empty()).then(|| format!("puller-{}", endpoint.name));
            let pusher = (!endpoint.writes.is_empty()).then(|| format!("pusher-{}", endpoint.name));
            puller.into_iter().chain(pusher)
        })
        .collect();
    let compose: Value = serde_saphyr::from_str(&read("docker-compose.yml")).unwrap();
    let services = compose["services"].as_object().unwrap();
    for name in &wanted {
        assert!(
            services.contains_key(name),
            "docker-compose.yml has no {name}"
        );
        let overlay = format!("deploy/k8s/overlays/{name}/kustomization.yaml");
        assert!(root().join(&overlay).is_file(), "there is no {overlay}");
    }
    // Those that not everybody has are named, and left out until somebody does.
    let offered = read("deploy/k8s/kustomization.yaml");
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|name| !offered.contains(&format!("- overlays/{name}\n")))
        .collect();
    assert!(
        missing.is_empty(),
        "deploy/k8s/kustomization.yaml does not name {missing:?}"
    );
}

#[test]
fn every_compose_service_of_ours_runs_a_command_that_exists() {
    let compose: Value = serde_saphyr::from_str(&read("docker-compose.yml")).unwrap();
    let services = compose["services"].as_object().unwrap();
    let ours: Vec<_> = services
        .iter()
        .filter(|(_, service)| service["image"] == "causeway:latest")
        .collect();
    assert!(ours.len() >= 8, "{ours:?}");
    for (name, service) in ours {
        assert_understood(name, &texts(&service["command"]));
    }
}

#[test]
fn the_example_configuration_is_a_good_one() {
    for name in [
        "amazon",
        "causeway",
        "shipstation",
        "vendure",
        "woocommerce",
    ] {
        let file = format!("deploy/examples/{name}.yaml");
        let checked = run(BINARY, &["check", "--offline", &file]).unwrap();
        assert!(checked.status.success(), "{file}: {}", told(&checked));
    }
}

#[test]
fn every_alerting_rule_reads_a_metric_that_is_told() {
    let rules: Value = serde_saphyr::from_str(&read("deploy/prometheus-rules.yaml")).unwrap();
    let metrics = read("services/shared/telemetry/src/metrics.rs");
    let rules = rules["groups"][0]["rules"].as_array().unwrap();
    assert!(rules.len() >= 4);
    for rule in rules {
        let expression = rule["expr"].as_str().unwrap();
        let words = expression.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let told: Vec<&str> = words
            .filter_map(|word| word.strip_prefix("causeway_"))
            .collect();
        assert!(!told.is_empty(), "{expression}");
        for name in told {
            assert!(metrics.contains(&format!("\"{name}\"")), "{name}");
        }
    }
}
