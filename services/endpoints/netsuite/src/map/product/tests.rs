use serde_json::{Value, json};

use super::*;

const SETTINGS: &str = r#"{
    "item_flag": "custitem_web",
    "description": "custitem_html",
    "tags": "custitem_tags",
    "images": ["custitem_image", "custitem_image_2"],
    "options": [{"field": "custitem_colour", "name": "Colour"}, {"field": "custitem_size", "name": "Size"}],
    "first_price": {"currency": "USD"}
}"#;

fn settings() -> Products {
    serde_json::from_str(SETTINGS).unwrap()
}

fn row(fields: Value) -> Row {
    let mut row = Row::from_iter([
        ("edited".to_owned(), json!("2026-03-02T10:00:00Z")),
        ("inactive".to_owned(), json!("F")),
        ("flag".to_owned(), json!("T")),
    ]);
    let Value::Object(fields) = fields else {
        panic!("no row");
    };
    row.extend(fields);
    row.retain(|_, value| !value.is_null());
    row
}

fn single(fields: Value) -> Row {
    let mut own =
        row(json!({"item": "7", "name": "MUG", "sku": "MUG", "title": "Mug", "barcode": "123"}));
    own.extend(row(fields));
    own.retain(|_, value| value != "");
    own
}

fn parent() -> Row {
    row(
        json!({"item": "8", "name": "TEE", "sku": "TEE", "matrix": "PARENT", "title": "Tee",
        "image_0": "https://x.example/tee.jpg"}),
    )
}

fn child(id: &str, sku: &str, colour: Option<&str>, size: Option<&str>) -> Row {
    row(
        json!({"item": id, "parent": "8", "name": format!("TEE : {sku}"), "sku": format!("TEE : {sku}"), "matrix": "CHILD",
        "option_0": colour, "option_1": size, "flag": null}),
    )
}

fn read(rows: &[Row]) -> Result<Option<Product>, String> {
    let prices = FirstPrices::from([("7".to_owned(), "9.90".parse().unwrap())]);
    product(rows, &prices, &settings()).map(|read| read.map(|read| read.record))
}

#[test]
fn an_item_is_a_product_with_one_variant() {
    let fields = json!({"weight": "0.25", "unit": "3", "tags": "tea, mugs,tea", "description": "<b>Big</b>",
        "image_0": "https://x.example/1.jpg", "image_1": "https://x.example/1.jpg"});
    let product = read(&[single(fields)]).unwrap().unwrap();
    assert!(product.offered);
    assert_eq!(product.number, "MUG");
    assert_eq!(product.description.as_deref(), Some("<b>Big</b>"));
    assert_eq!(product.tags, ["tea", "mugs"]);
    assert_eq!(product.images.len(), 1, "the same picture twice is one");
    assert!(product.options.is_empty());
    let [variant] = product.variants.as_slice() else {
        panic!("{product:?}");
    };
    let weight = variant.weight.unwrap();
    assert_eq!(
        (weight.value.to_string(), weight.unit),
        ("0.25".to_owned(), WeightUnit::Kilogram)
    );
    assert_eq!(variant.barcode.as_deref(), Some("123"));
    assert_eq!(
        variant.first_price.unwrap().to_string(),
        "9.90 USD".to_owned()
    );
}

#[test]
fn what_is_empty_is_not_given() {
    let fields = json!({"title": "", "barcode": "", "description": "  ", "weight": "1"});
    let product = read(&[single(fields)]).unwrap().unwrap();
    assert_eq!((product.title, product.description), (None, None));
    assert_eq!(product.variants[0].barcode, None);
    assert_eq!(product.variants[0].weight, None, "one what?");
    assert!(product.images.is_empty() && product.tags.is_empty());
}

#[test]
fn a_matrix_item_is_a_product_with_its_children_as_variants() {
    let rows = [
        parent(),
        child("9", "TEE-R-S", Some("Red"), Some("S")),
        child("10", "TEE-B-M", Some("Blue"), Some("M")),
    ];
    let product = read(&rows).unwrap().unwrap();
    assert_eq!(product.number, "TEE");
    assert_eq!(product.options, ["Colour", "Size"]);
    let variants: Vec<_> = product
        .variants
        .iter()
        .map(|one| (one.sku.as_str(), one.values.join("/")))
        .collect();
    assert_eq!(
        variants,
        [
            ("TEE-R-S", "Red/S".to_owned()),
            ("TEE-B-M", "Blue/M".to_owned())
        ]
    );
}

#[test]
fn an_option_that_no_child_has_is_none() {
    let rows = [parent(), child("9", "TEE-S", None, Some("S"))];
    assert_eq!(read(&rows).unwrap().unwrap().options, ["Size"]);
}

#[test]
fn children_that_are_inactive_or_not_ticked_are_withdrawn() {
    let mut inactive = child("10", "TEE-M", None, Some("M"));
    inactive.insert("inactive".to_owned(), json!("T"));
    let mut unticked = child("11", "TEE-L", None, Some("L"));
    unticked.insert("flag".to_owned(), json!("F"));
    let rows = [
        parent(),
        child("9", "TEE-S", None, Some("S")),
        inactive,
        unticked,
    ];
    let product = read(&rows).unwrap().unwrap();
    assert_eq!(product.variants.len(), 1);
    let withdrawn: Vec<&str> = product
        .withdrawn
        .iter()
        .map(commerce::Sku::as_str)
        .collect();
    assert_eq!(withdrawn, ["TEE-M", "TEE-L"]);
}

#[test]
fn what_is_taken_out_and_what_is_left_alone() {
    for (fields, expected) in [
        (json!({}), Some(true)),
        (json!({"inactive": "T"}), Some(false)),
        (json!({"flag": "F"}), Some(false)),
        (json!({"flag": "F", "inactive": "T"}), Some(false)),
        (json!({"flag": ""}), None),
        (json!({"flag": "", "inactive": "T"}), None),
    ] {
        let read = read(&[single(fields.clone())]).unwrap();
        assert_eq!(read.map(|product| product.offered), expected, "{fields}");
    }
    let mut open = settings();
    open.item_flag = None;
    let own = single(json!({"flag": ""}));
    let told = product(&[own], &FirstPrices::new(), &open)
        .unwrap()
        .unwrap();
    assert!(told.record.offered, "without a flag every item is offered");
    // Of a matrix item of which no child is left, nothing is.
    let mut last = child("9", "TEE-S", None, Some("S"));
    last.insert("inactive".to_owned(), json!("T"));
    assert!(!read(&[parent(), last]).unwrap().unwrap().offered);
    // A child whose parent is no item that is sold tells nothing.
    assert_eq!(read(&[child("9", "X", None, Some("S"))]).unwrap(), None);
}

#[test]
fn what_is_wrong_is_named() {
    for (rows, words) in [
        (vec![single(json!({"sku": ""}))], "item 7 has no SKU"),
        (
            vec![single(json!({"image_1": "4711"}))],
            "custitem_image_2 holds '4711'",
        ),
        (
            vec![single(json!({"weight": "1", "unit": "9"}))],
            "no unit of weight is 9",
        ),
        (
            vec![parent(), child("9", "TEE-S", None, None)],
            "products.options",
        ),
        (
            vec![
                parent(),
                child("9", "TEE-S", Some("Red"), Some("S")),
                child("10", "TEE-M", None, Some("M")),
            ],
            "item 10 (TEE : TEE-M) has no Colour",
        ),
    ] {
        let why = read(&rows).unwrap_err();
        assert!(why.contains(words), "{why}");
    }
}
