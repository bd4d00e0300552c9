//! The configuration file: connections, syncs, tables. Read strictly: what it does not know is an error with its line.

use std::path::Path;

use anyhow::Context as _;

mod check;
mod duration;
mod file;
mod listed;
mod names;
mod place;
mod schema;
mod section;

pub(crate) use check::{Config, ConnectionConfig, Draft};
pub(crate) use duration::parse as parse_span;
pub(crate) use file::File;
pub(crate) use names::{Mention, Names};
pub(crate) use place::Problem;
pub(crate) use schema::{lists, schema, schema_with};
pub(crate) use section::with_names;

/// Reads and checks a configuration. Its names have to have been looked up.
///
/// # Errors
/// Every problem found, each with what, where and what to do.
pub(crate) fn read(text: &str) -> Result<Config, Vec<Problem>> {
    let draft = draft(text)?;
    let unknown = draft.unknown().map(|one| {
        let why = format!(
            "which of {}'s {} is called '{}' was not looked up yet: `causeway apply` does that, and `causeway resolve`",
            one.connection, one.list, one.text
        );
        Problem::at(&one.path, why, text)
    });
    let unknown: Vec<Problem> = unknown.collect();
    if unknown.is_empty() {
        Ok(draft.config)
    } else {
        Err(unknown)
    }
}

/// Reads and checks a configuration whose names may not have been looked up yet.
///
/// # Errors
/// As [`read`], names aside.
pub(crate) fn draft(text: &str) -> Result<Draft, Vec<Problem>> {
    let file = File::parse(text).map_err(|problem| vec![problem])?;
    check::check(file, text)
}

/// What the names of a configuration stand for, as far as it says so itself.
pub(crate) fn names(text: &str) -> Names {
    File::parse(text).map_or_else(|_| Names::default(), |file| file.names)
}

/// The file's plain values, for showing differences.
///
/// # Errors
/// The problem, when the text cannot be parsed.
pub(crate) fn values(text: &str) -> Result<serde_json::Value, Problem> {
    file::values(text)
}

/// A file's text.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// Problems of a file as one error, each on a line.
pub(crate) fn told(path: &Path, problems: &[Problem]) -> anyhow::Error {
    let lines = problems
        .iter()
        .map(|problem| format!("{}: {problem}", path.display()));
    anyhow::anyhow!(lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../deploy/examples/causeway.yaml");

    fn problems(text: &str) -> String {
        let problems = read(text).expect_err("should not hold together");
        problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect()
    }

    fn line_of(needle: &str) -> usize {
        EXAMPLE
            .lines()
            .position(|line| line.contains(needle))
            .unwrap()
            + 1
    }

    #[test]
    fn the_example_holds_together() {
        let draft = draft(EXAMPLE).unwrap_or_else(|problems| panic!("{problems:?}"));
        let config = draft.config;
        assert_eq!(config.connections.len(), 2);
        assert_eq!(config.syncs.len(), 11);
        assert_eq!(config.routes().len(), 11);
    }

    #[test]
    fn the_example_of_shipstation_holds_together() {
        let example = include_str!("../../../deploy/examples/shipstation.yaml");
        let config = read(example).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert_eq!(config.routes().len(), config.syncs.len());
    }

    #[test]
    fn an_unknown_key_is_told_with_its_line_and_the_likely_one() {
        let told = problems(&EXAMPLE.replace("    filter: order", "    filtr: order"));
        let line = line_of("filter: order");
        assert!(told.contains(&format!("line {line}")), "{told}");
        assert!(told.contains("did you mean `filter`?"), "{told}");
    }

    #[test]
    fn an_unknown_setting_of_an_endpoint_is_told_with_its_place() {
        let told = problems(
            &EXAMPLE
                .replace("order_status", "x")
                .replace("price_level", "x")
                .replace(
                    "        subsidiary: 1\n        location: 1",
                    "        subsidary: 1\n        location: 1",
                ),
        );
        assert!(
            told.contains("connections.netsuite.settings.orders"),
            "{told}"
        );
        assert!(told.contains("did you mean `subsidiary`?"), "{told}");
    }

    #[test]
    fn a_secret_itself_is_refused_and_not_repeated() {
        let told = problems(&EXAMPLE.replace("env:SHOPIFY_TOKEN", "shpat_0123456789"));
        assert!(told.contains("connections.shop.settings"), "{told}");
        assert!(!told.contains("shpat_0123456789"), "{told}");
    }

    #[test]
    fn a_bad_expression_is_refused_with_its_place() {
        let told = problems(&EXAMPLE.replace("filter: order.total > 0", "filter: order.totl > 0"));
        assert!(told.contains("syncs.orders.filter"), "{told}");
    }

    #[test]
    fn a_field_that_the_target_does_not_have_is_refused_with_its_place_and_the_likely_one() {
        for (from, to, place, told_of) in [
            (
                "      memo: ",
                "      memmo: ",
                "syncs.orders.set.memmo",
                "did you mean 'memo'?",
            ),
            (
                "      memo: '\"web order \" + order.number'",
                "      shipDate: order.total",
                "syncs.orders.set.shipDate",
                "the field takes a day",
            ),
            (
                "      custbody_web_order: order.number",
                "      custcol_web_order: order.number",
                "syncs.orders.set.custcol_web_order",
                "custom fields begin with 'custbody'",
            ),
            (
                "  stock:\n    kind: stock",
                "  stock:\n    set: { a: stock.sku }\n    kind: stock",
                "syncs.stock.set.a",
                "takes no field of a stock",
            ),
        ] {
            let text = EXAMPLE.replacen(from, to, 1);
            assert_ne!(text, EXAMPLE, "{from}");
            let told = problems(&text);
            assert!(told.contains(place), "{told}");
            assert!(told.contains(told_of), "{told}");
            assert!(told.starts_with("line "), "{told}");
        }
    }

    #[test]
    fn ends_that_do_not_exist_or_cannot_are_told() {
        let told = problems(&EXAMPLE.replacen(
            "    from: shop\n    to: netsuite",
            "    from: shopp\n    to: shop",
            1,
        ));
        assert!(told.contains("there is no connection 'shopp'"), "{told}");
        assert!(told.contains("shopify cannot be written order"), "{told}");
    }

    #[test]
    fn two_syncs_of_the_same_records_are_told() {
        let twin = "  again:\n    kind: stock\n    from: netsuite\n    to: shop\n";
        let told = problems(&format!("{EXAMPLE}{twin}"));
        assert!(
            told.contains("already takes stock from netsuite to shop"),
            "{told}"
        );
    }

    #[test]
    fn names_are_taken_once_they_were_looked_up_and_never_before() {
        let draft = draft(EXAMPLE).unwrap();
        let unknown: Vec<(&str, &str, &str)> = draft
            .unknown()
            .map(|one| (one.path.as_str(), one.list.as_str(), one.text.as_str()))
            .collect();
        assert_eq!(
            unknown,
            [
                (
                    "connections.netsuite.settings.orders.places.1.location",
                    "locations",
                    "East Warehouse"
                ),
                (
                    "tables.ship_methods.entries.Standard",
                    "ship_methods",
                    "UPS Ground"
                ),
                ("tables.ship_methods.unmapped", "ship_methods", "UPS Ground"),
            ]
        );
        let told = problems(EXAMPLE);
        let line = line_of("Standard: UPS Ground");
        assert!(
            told.contains(&format!(
                "line {line}: tables.ship_methods.entries.Standard: "
            )),
            "{told}"
        );
        assert!(told.contains("`causeway apply`"), "{told}");

        let names = r#"{"netsuite": {"locations": {"East Warehouse": "8"}, "ship_methods": {"UPS Ground": "4"}}}"#;
        let names: Names = serde_json::from_str(names).unwrap();
        let config = read(&with_names(EXAMPLE, &names)).unwrap();
        let settings = &config.connections.values().next().unwrap().settings;
        assert_eq!(settings["orders"]["places"][1]["location"], "8");
        let orders = config
            .syncs
            .iter()
            .find(|one| one.sync.id.as_str() == "orders");
        let references = config.mapping(orders.unwrap()).unwrap().references();
        assert!(
            references.iter().all(|one| ports::Listing::is_id(&one.id)),
            "{references:?}"
        );
    }

    #[test]
    fn a_name_in_a_table_is_of_one_list() {
        let told = problems(&EXAMPLE.replace(
            "department: # the first",
            "terms: { table: ship_methods, of: order.shipping_method }\n      department: # the first",
        ));
        assert!(
            told.contains("among ship_methods and among terms"),
            "{told}"
        );
    }

    #[test]
    fn toml_says_the_same() {
        let toml = "[connections.shop]\nendpoint = \"shopify\"\n[connections.shop.settings]\nshop = \"s\"\nauth = { access_token = \"env:T\" }\n[syncs]\n";
        assert_eq!(read(toml).unwrap().connections.len(), 1);
    }
}
