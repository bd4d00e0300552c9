//! The part of a configuration's text that keeps what its names stand for, so that a version that is in force never changes its meaning.

use serde_json::{Value, json};

use super::file::looks_like_toml;
use super::names::Names;

/// Above the part; what stands below it is Causeway's.
const MARK: &str = "# What the names above stood for when this was applied. Without this part they are looked up anew.";

/// The text with the names at its end, in its own format (in a JSON document among its keys); any that were written before are replaced.
pub(crate) fn with_names(text: &str, names: &Names) -> String {
    let own = text.split_once(MARK).map_or(text, |(own, _)| own);
    if names.is_empty() {
        return own.to_owned();
    }
    if let Ok(Value::Object(mut document)) = serde_json::from_str(text) {
        document.insert("names".to_owned(), json!(names));
        return Value::Object(document).to_string();
    }
    let part = json!({ "names": names });
    let part = match looks_like_toml(text) {
        true => toml::to_string(&part).unwrap_or_default(),
        false => block(&part, ""),
    };
    format!("{}\n\n{MARK}\n{part}", own.trim_end())
}

/// Nested groups of texts as YAML; texts as JSON has them, which YAML reads.
fn block(value: &Value, indent: &str) -> String {
    let fields = value.as_object().into_iter().flatten();
    let lines = fields.map(|(name, value)| {
        let name = if indent.is_empty() {
            name.clone()
        } else {
            json!(name).to_string()
        };
        match value {
            Value::Object(_) => {
                format!("{indent}{name}:\n{}", block(value, &format!("{indent}  ")))
            }
            plain => format!("{indent}{name}: {plain}\n"),
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;
    use crate::config::values;

    fn names() -> Names {
        let names = json!({
            "netsuite": {
                "locations": { "East \"Warehouse\": 1 # x": "7", "Zürich": "8" },
                "terms": { "Net 30": "2" },
            },
            "other": { "locations": { "Main": "1" } },
        });
        serde_json::from_value(names).unwrap()
    }

    #[test]
    fn every_format_takes_the_names_and_gives_them_back() {
        for text in [
            "connections: {}\nsyncs: {}\n",
            "connections: {}\nsyncs: {} # no end of line",
            r#"{"connections": {}, "syncs": {}}"#,
            "[connections]\n[syncs]\n",
        ] {
            let with = with_names(text, &names());
            let file = File::parse(&with).unwrap_or_else(|problem| panic!("{problem}\n{with}"));
            assert_eq!(file.names, names(), "{with}");
            assert_eq!(with_names(&with, &names()), with, "twice is once");
            let mut values = values(&with).unwrap();
            values.as_object_mut().unwrap().remove("names");
            assert_eq!(values, json!({"connections": {}, "syncs": {}}), "{with}");
        }
    }

    #[test]
    fn a_text_without_names_stays_as_it_is() {
        for text in [
            "connections: {}\nsyncs: {}\n",
            r#"{"connections": {}, "syncs": {}}"#,
        ] {
            assert_eq!(with_names(text, &Names::default()), text);
        }
    }
}
