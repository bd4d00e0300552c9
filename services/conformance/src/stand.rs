//! The stand-in of an endpoint's system in the sandbox: how it is reached, and how something happens there.

mod amazon;
mod netsuite;
mod shipstation;
mod shopify;
mod woocommerce;

use std::collections::BTreeMap;
use std::path::Path;

use commerce::Kind;
use sandbox::{Faults, Meter, Sandbox};
use serde_json::Value;

use crate::clause::Subject;

/// A stand-in, as the checks need it.
pub(crate) trait Stand: Sync {
    /// The endpoint's name, and the name of its connection.
    fn name(&self) -> &'static str;
    /// The name of the endpoint that its records of that kind go to and come from in the checks.
    fn counterpart(&self, subject: Subject, kind: Kind) -> &'static str;
    /// The settings by which it is reached. Secrets are files in the folder.
    fn settings(&self, sandbox: &Sandbox, secret: &dyn Fn(&str, &str) -> String) -> Value;
    /// What goes wrong there.
    fn faults<'a>(&self, sandbox: &'a Sandbox) -> &'a Faults;
    /// What it was asked.
    fn meter<'a>(&self, sandbox: &'a Sandbox) -> &'a Meter;
    /// Lets at least two records of that kind change there, other ones or otherwise each time; told the how-manieth time it is.
    fn happen(&self, sandbox: &Sandbox, kind: Kind, round: u32);
    /// How many records it holds of a kind of which every new write makes one more; `None` for kinds that are only changed.
    fn held(&self, sandbox: &Sandbox, kind: Kind) -> Option<usize>;
    /// Whether it sends webhooks.
    fn knocks(&self) -> bool;
    /// A genuine webhook, where it sends any.
    fn knock(&self, sandbox: &Sandbox) -> Option<Call>;
}

/// A webhook call: its headers, names in lower case, and its body.
pub(crate) type Call = (BTreeMap<String, String>, Vec<u8>);

/// Every stand-in there is: one line each.
pub(crate) static ALL: &[&dyn Stand] = &[
    &amazon::Amazon,
    &netsuite::Netsuite,
    &shipstation::ShipStation,
    &shopify::Shopify,
    &woocommerce::Woocommerce,
];

/// The stand-in for the endpoint of that name.
pub(crate) fn find(name: &str) -> Option<&'static dyn Stand> {
    ALL.iter().copied().find(|stand| stand.name() == name)
}

/// Writes a secret into the folder; the reference by which settings name it.
pub(crate) fn secret(folder: &Path, name: &str, text: &str) -> std::io::Result<String> {
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(format!("file:{}", path.display()))
}
