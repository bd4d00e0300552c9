//! What the user's rules set, before anything is compared.

use std::collections::BTreeMap;

use commerce::Product;
use ports::Fault;
use serde_json::Value;

/// The product as the rules want it.
///
/// # Errors
/// [`Fault::Held`] for a field that rules cannot set, or a value that it cannot have.
pub(crate) fn assigned(product: &Product, set: &BTreeMap<String, Value>) -> Result<Product, Fault> {
    let mut product = product.clone();
    for (name, value) in set {
        let field = match name.as_str() {
            "title" => &mut product.title,
            "descriptionHtml" => &mut product.description,
            "vendor" => &mut product.vendor,
            "productType" => &mut product.product_type,
            "handle" => &mut product.handle,
            "tags" => {
                product.tags = words(value).ok_or_else(|| wrong(name))?;
                continue;
            }
            _ => {
                return Err(Fault::Held {
                    why: format!(
                        "a rule sets '{name}'; of a product rules can set title, descriptionHtml, vendor, productType, handle and tags: correct the mapping"
                    ),
                });
            }
        };
        *field = Some(value.as_str().ok_or_else(|| wrong(name))?.to_owned());
    }
    Ok(product)
}

fn words(value: &Value) -> Option<Vec<String>> {
    if let Some(text) = value.as_str() {
        let words = text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        return Some(words.map(str::to_owned).collect());
    }
    let words = value.as_array()?.iter();
    words.map(|word| word.as_str().map(str::to_owned)).collect()
}

fn wrong(name: &str) -> Fault {
    Fault::Held {
        why: format!("a rule sets '{name}' to something that is no text: correct the mapping"),
    }
}
