//! The control service over TLS, with a certificate of an authority that the machine does not know.

use std::path::Path;

use causeway_scenarios::{Installation, free_port, until};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

const TOKEN: &str = "correct-horse";

/// An authority, and a certificate from it for `localhost`: `ca.pem`, `control.pem`, `control.key`.
fn write_certificates(folder: &Path) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &authority).unwrap();
    std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    std::fs::write(folder.join("control.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("control.key"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("token"), TOKEN).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_reach_control_over_tls_with_its_authority_and_token() {
    let folder = tempfile::tempdir().unwrap();
    write_certificates(folder.path());
    let file = folder.path().join("causeway.yaml");
    std::fs::write(&file, "connections: {}\nsyncs: {}\n").unwrap();
    let on = |file: &str| {
        let database = format!("sqlite://{}", folder.path().join(file).display());
        let queue = format!("embedded:{database}");
        let installation = Installation::new(folder.path(), database, queue);
        installation.run(&["migrate"]);
        installation
    };
    let installation = on("control.db");
    let port = free_port();
    let mut control = installation.role(&[
        "control",
        "--config",
        file.to_str().unwrap(),
        "--listen-control",
        &format!("127.0.0.1:{port}"),
        "--control-token-from",
        "file:token",
        "--tls-certificate",
        "file:control.pem",
        "--tls-key",
        "file:control.key",
    ]);
    let address = format!("https://localhost:{port}");
    let ask = |token: &str, more: &[&str]| {
        let usual = ["status", "--control", &address, "--control-token", token];
        let (status, said) = installation.ask(&[&usual, more].concat());
        (status == 0, said)
    };
    let with_authority = ["--control-ca", "ca.pem"];
    until("control answers over TLS", async || {
        control.assert_alive();
        let (answered, said) = ask(TOKEN, &with_authority);
        answered.then_some(()).ok_or(said)
    })
    .await;

    let (answered, said) = ask(TOKEN, &[]);
    assert!(!answered && said.contains("--control-ca"), "{said}");
    assert!(said.contains("certificate"), "{said}");
    let (answered, said) = ask("wrong", &with_authority);
    assert!(
        !answered && said.contains("CAUSEWAY_CONTROL_TOKEN"),
        "{said}"
    );
    let (answered, said) = ask(TOKEN, &["--control-ca", "token"]);
    assert!(!answered && said.contains("holds no certificate"), "{said}");

    // A worker's line goes the same way. An embedded platform is one process's own: this one has nothing to do but to call.
    let elsewhere = on("worker.db");
    let mut worker = elsewhere.role(&[
        "push",
        "--control",
        &address,
        "--control-token",
        TOKEN,
        "--control-ca",
        "ca.pem",
    ]);
    until("the worker is connected", async || {
        worker.assert_alive();
        let (_, said) = ask(TOKEN, &with_authority);
        said.contains("1 worker connected")
            .then_some(())
            .ok_or(said)
    })
    .await;
    assert!(worker.terminate().await.success());
    assert!(control.terminate().await.success());
}
