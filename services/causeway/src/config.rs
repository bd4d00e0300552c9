//! The configuration file: connections, syncs, tables. Read strictly: what it does not know is an error with its line.

use anyhow::Context as _;

mod check;
mod duration;
mod file;
mod place;
mod schema;

pub(crate) use check::{Config, ConnectionConfig};
pub(crate) use duration::parse as parse_span;
pub(crate) use file::File;
pub(crate) use place::Problem;
pub(crate) use schema::schema;

/// Reads and checks a configuration.
///
/// # Errors
/// Every problem found, each with what, where and what to do.
pub(crate) fn read(text: &str) -> Result<Config, Vec<Problem>> {
    let file = File::parse(text).map_err(|problem| vec![problem])?;
    check::check(file, text)
}

/// The file's plain values, for showing differences.
///
/// # Errors
/// The problem, when the text cannot be parsed.
pub(crate) fn values(text: &str) -> Result<serde_json::Value, Problem> {
    file::values(text)
}

/// Reads and checks a configuration file.
///
/// # Errors
/// The file cannot be read, or every problem in it, one on a line.
pub(crate) fn read_file(path: &std::path::Path) -> anyhow::Result<Config> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    read(&text).map_err(|problems| {
        let lines = problems
            .iter()
            .map(|problem| format!("{}: {problem}", path.display()));
        anyhow::anyhow!(lines.collect::<Vec<_>>().join("\n"))
    })
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
        let config = read(EXAMPLE).unwrap_or_else(|problems| panic!("{problems:?}"));
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
    fn toml_says_the_same() {
        let toml = "[connections.shop]\nendpoint = \"shopify\"\n[connections.shop.settings]\nshop = \"s\"\nauth = { access_token = \"env:T\" }\n[syncs]\n";
        assert_eq!(read(toml).unwrap().connections.len(), 1);
    }
}
