//! Which settings of an endpoint hold ids of an account's lists: its schema says so.

use serde_json::Value;

/// The extension of a setting's schema with the list whose ids it, or everything in it, holds. A name may stand in the place of such an id.
pub(super) const LIST: &str = "x-list";

/// Calls `found` with the list, the path below the settings and the value of every setting that holds an id of a list.
pub(super) fn visit(
    schema: &Value,
    settings: &mut Value,
    found: &mut dyn FnMut(&str, &str, &mut Value),
) {
    Walk {
        root: schema,
        found,
    }
    .value(schema, None, "", settings);
}

struct Walk<'a> {
    root: &'a Value,
    found: &'a mut dyn FnMut(&str, &str, &mut Value),
}

impl<'a> Walk<'a> {
    fn value(&mut self, schema: &'a Value, list: Option<&'a str>, path: &str, value: &mut Value) {
        let list = schema.get(LIST).and_then(Value::as_str).or(list);
        let below = |part: &str| match path {
            "" => part.to_owned(),
            path => format!("{path}.{part}"),
        };
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let schema = list.map(|_| schema).or_else(|| self.field(schema, name));
                    if let Some(schema) = schema {
                        self.value(schema, list, &below(name), value);
                    }
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter_mut().enumerate() {
                    let schema = list.map(|_| schema).or_else(|| self.item(schema));
                    if let Some(schema) = schema {
                        self.value(schema, list, &below(&index.to_string()), value);
                    }
                }
            }
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                if let Some(list) = list {
                    (self.found)(list, path, value);
                }
            }
        }
    }

    fn field(&self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        self.variants(schema).into_iter().find_map(|variant| {
            let own = variant.get("properties").and_then(|all| all.get(name));
            let other = variant.get("additionalProperties");
            own.or_else(|| other.filter(|schema| schema.is_object()))
        })
    }

    fn item(&self, schema: &'a Value) -> Option<&'a Value> {
        let mut variants = self.variants(schema).into_iter();
        variants.find_map(|variant| variant.get("items"))
    }

    /// The schema and all it refers to that may say something of a value's parts.
    fn variants(&self, schema: &'a Value) -> Vec<&'a Value> {
        let named = schema.get("$ref").and_then(Value::as_str);
        let named = named.and_then(|name| self.root.pointer(name.strip_prefix('#')?));
        let several = ["anyOf", "oneOf", "allOf"].into_iter();
        let several = several
            .filter_map(|key| schema.get(key)?.as_array())
            .flatten();
        let further = named.into_iter().chain(several);
        let mut all = vec![schema];
        all.extend(further.flat_map(|one| self.variants(one)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_setting_with_an_id_of_a_list_is_found_wherever_it_stands() {
        let endpoint = endpoints::find("netsuite").unwrap();
        let mut settings = json!({
            "account": "1",
            "slots": { "reserve": 1 },
            "orders": {
                "subsidiary": "Honeycomb", "location": null, "custom_form": 5, "price_level": -1,
                "items": { "tip": 903 },
                "tax": { "suitetax_override": { "codes": { "VAT": { "tax_type": 5, "tax_code": "UK Standard" } } } },
                "terms": { "Net 30": "Net 30" },
                "places": [{ "countries": ["DE"], "location": "Berlin" }],
                "shipping": { "item": 904, "methods": { "Express": "UPS Air" } },
            },
            "stock": { "pools": { "web": { "locations": ["Berlin", 5], "buffer": "2" } } },
            "prices": { "lists": { "web": { "level": "Web", "currency": "EUR" } } },
        });
        let mut told = Vec::new();
        visit(
            &(endpoint.schema)(),
            &mut settings,
            &mut |list, path, value| {
                told.push(format!("{list} {path} {value}"));
                *value = json!("0");
            },
        );
        told.sort();
        assert_eq!(
            told,
            [
                r#"locations orders.places.0.location "Berlin""#,
                r#"locations stock.pools.web.locations.0 "Berlin""#,
                "locations stock.pools.web.locations.1 5",
                "price_levels orders.price_level -1",
                r#"price_levels prices.lists.web.level "Web""#,
                r#"ship_methods orders.shipping.methods.Express "UPS Air""#,
                r#"subsidiaries orders.subsidiary "Honeycomb""#,
                r#"tax_codes orders.tax.suitetax_override.codes.VAT.tax_code "UK Standard""#,
                r#"terms orders.terms.Net 30 "Net 30""#,
            ]
        );
        assert_eq!(settings["orders"]["custom_form"], 5);
        assert_eq!(
            settings["stock"]["pools"]["web"]["locations"],
            json!(["0", "0"])
        );
    }

    #[test]
    fn every_list_that_a_setting_names_is_one_that_the_endpoint_reads() {
        let text = (endpoints::find("netsuite").unwrap().schema)().to_string();
        for list in text.split("\"x-list\":\"").skip(1) {
            let list = list.split('"').next().unwrap();
            let known = [
                "locations",
                "subsidiaries",
                "departments",
                "classes",
                "currencies",
                "ship_methods",
                "payment_methods",
                "price_levels",
                "tax_codes",
                "terms",
            ];
            assert!(known.contains(&list), "{list}");
        }
    }
}
