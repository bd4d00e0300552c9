//! What the lock file resolves to: one TLS stack with one source of cryptography.

use super::{assert_none, workspace::metadata};

/// Other TLS stacks, and other sources of cryptography for rustls than ring.
const UNWANTED: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "boring",
    "boring-sys",
    "native-tls",
    "openssl",
    "openssl-sys",
    "rustls-graviola",
    "rustls-mbedtls-provider-utils",
    "rustls-openssl",
    "rustls-rustcrypto",
    "rustls-symcrypt",
];

/// rustls' own switches for another source of cryptography. With two it picks neither, and panics.
const OTHER_PROVIDERS: &[&str] = &["aws_lc_rs", "aws-lc-rs", "fips", "prefer-post-quantum"];

#[test]
fn no_other_tls_stack_is_linked() {
    let violations: Vec<String> = metadata()
        .packages
        .iter()
        .filter(|package| UNWANTED.contains(&package.name.as_str()))
        .map(|package| format!("{} is in the dependency graph", package.id))
        .collect();
    assert_none(&violations);
}

#[test]
fn rustls_has_ring_as_its_only_provider() {
    let metadata = metadata();
    let rustls: Vec<&str> = metadata
        .packages
        .iter()
        .filter(|package| package.name == "rustls")
        .map(|package| package.id.as_str())
        .collect();
    assert_eq!(rustls.len(), 1, "versions of rustls: {rustls:?}");
    let node = metadata
        .resolve
        .nodes
        .iter()
        .find(|node| node.id == rustls[0])
        .unwrap();
    assert!(
        node.features.iter().any(|feature| feature == "ring"),
        "rustls without ring"
    );
    let others: Vec<String> = node
        .features
        .iter()
        .filter(|feature| OTHER_PROVIDERS.contains(&feature.as_str()))
        .map(|feature| format!("{} has the feature {feature}", node.id))
        .collect();
    assert_none(&others);
}
