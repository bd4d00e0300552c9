//! `causeway demo` as anybody runs it, with one store and with several: it ends well only where all sides agree.

use std::process::Command;

use causeway_scenarios::binary;

/// What the demo says, if it ends well.
fn demo(arguments: &[&str]) -> String {
    let usual = ["demo", "--orders", "16", "--minutes", "3"];
    let run = Command::new(binary()).args(usual).args(arguments).output();
    let run = run.unwrap();
    let told = String::from_utf8(run.stdout).unwrap();
    let wrong = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{arguments:?}: {told}\n{wrong}");
    told
}

#[test]
fn three_stores_sell_the_stock_of_one_netsuite() {
    let told = demo(&["--store", "shopify,woocommerce", "--store", "amazon"]);
    for store in ["Shopify", "WooCommerce", "Amazon"] {
        assert!(told.contains(&format!("a sandbox {store}")), "{told}");
        let title = format!("\n{store}\n");
        assert!(told.contains(&title), "no table of {store}: {told}");
    }
    assert!(
        told.contains("agrees in every store, Causeway and NetSuite"),
        "{told}"
    );
}

#[test]
fn one_store_may_be_any() {
    let told = demo(&["--store", "woocommerce"]);
    assert!(told.contains("a sandbox WooCommerce"), "{told}");
    assert!(!told.contains("Shopify"), "{told}");
}
