//! The GraphQL documents. Each is one operation with the fragments it uses; the fragments stand in files of their own so that every
//! request for a kind of record reads the same fields.

use std::sync::LazyLock;

/// A GraphQL operation with its fragments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document {
    pub(super) text: &'static str,
    /// About what it costs, in Shopify's points. The true cost comes with each answer; this only reserves.
    pub(super) points: u32,
}

macro_rules! document {
    ($points:literal, $($file:literal),+) => {
        Document {
            text: concat!($(include_str!(concat!("../../graphql/", $file, ".graphql"))),+),
            points: $points,
        }
    };
}

pub(super) const ORDERS: Document = document!(
    500,
    "orders",
    "order_fields",
    "line_fields",
    "shipping_fields",
    "charge_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const ORDERS_BY_ID: Document = document!(
    300,
    "orders_by_id",
    "order_fields",
    "line_fields",
    "shipping_fields",
    "charge_fields",
    "tax_fields",
    "bag_fields"
);
/// As [`ORDERS`], with companies and terms of payment, which need rights and points of their own.
pub(super) const COMPANY_ORDERS: Document = document!(
    700,
    "company_orders",
    "order_fields",
    "purchase_fields",
    "line_fields",
    "shipping_fields",
    "charge_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const COMPANY_ORDERS_BY_ID: Document = document!(
    320,
    "company_orders_by_id",
    "order_fields",
    "purchase_fields",
    "line_fields",
    "shipping_fields",
    "charge_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const ORDER_LINES: Document = document!(
    70,
    "order_lines",
    "line_fields",
    "charge_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const ORDER_SHIPPING: Document = document!(
    50,
    "order_shipping",
    "shipping_fields",
    "charge_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const ORDER_IDS: Document = document!(15, "order_ids");
pub(super) const CUSTOMERS: Document =
    document!(300, "customers", "customer_fields", "book_fields");
pub(super) const CUSTOMERS_BY_ID: Document =
    document!(300, "customers_by_id", "customer_fields", "book_fields");
pub(super) const CUSTOMER_IDS: Document = document!(15, "customer_ids");
pub(super) const CUSTOMER_ADDRESSES: Document = document!(30, "customer_addresses", "book_fields");
pub(super) const COMPANIES: Document = document!(
    700,
    "companies",
    "company_fields",
    "contact_fields",
    "site_fields",
    "site_address_fields"
);
pub(super) const COMPANIES_BY_ID: Document = document!(
    280,
    "companies_by_id",
    "company_fields",
    "contact_fields",
    "site_fields",
    "site_address_fields"
);
pub(super) const COMPANY_IDS: Document = document!(15, "company_ids");
pub(super) const COMPANY_CONTACTS: Document = document!(40, "company_contacts", "contact_fields");
pub(super) const COMPANY_SITES: Document =
    document!(60, "company_sites", "site_fields", "site_address_fields");
pub(super) const REFUNDS: Document = document!(
    400,
    "refunds",
    "refunded_order_fields",
    "refund_fields",
    "refund_line_fields",
    "refund_shipping_fields",
    "adjustment_fields",
    "repayment_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const REFUNDS_BY_ID: Document = document!(
    300,
    "refunds_by_id",
    "refunded_order_fields",
    "refund_fields",
    "refund_line_fields",
    "refund_shipping_fields",
    "adjustment_fields",
    "repayment_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const REFUND_IDS: Document = document!(30, "refund_ids");
pub(super) const REFUND_LINES: Document = document!(
    50,
    "refund_lines",
    "refund_line_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const REFUND_SHIPPING: Document = document!(
    40,
    "refund_shipping",
    "refund_shipping_fields",
    "tax_fields",
    "bag_fields"
);
pub(super) const REFUND_ADJUSTMENTS: Document =
    document!(20, "refund_adjustments", "adjustment_fields", "bag_fields");
pub(super) const REFUND_TRANSACTIONS: Document =
    document!(30, "refund_transactions", "repayment_fields", "bag_fields");
pub(super) const DELIVERIES: Document = document!(
    300,
    "deliveries",
    "delivery_fields",
    "remaining_fields",
    "fulfilled_fields"
);
pub(super) const FULFILLMENT_ORDERS: Document = document!(
    120,
    "fulfillment_orders",
    "delivery_fields",
    "remaining_fields"
);
pub(super) const FULFILLMENT_ORDER_LINES: Document =
    document!(40, "fulfillment_order_lines", "remaining_fields");
pub(super) const FULFILLMENT_LINES: Document =
    document!(30, "fulfillment_lines", "fulfilled_fields");
pub(super) const FULFIL: Document = document!(12, "fulfil");
pub(super) const TRACK: Document = document!(12, "track");
pub(super) const CALLED_OFF: Document = document!(60, "called_off", "called_off_fields");
pub(super) const CALL_OFF: Document = document!(12, "call_off");
pub(super) const CALLING_OFF: Document = document!(4, "calling_off", "called_off_fields");
pub(super) const GIVEBACKS: Document = document!(
    300,
    "givebacks",
    "giveback_fields",
    "giveback_line_fields",
    "repayment_fields",
    "bag_fields"
);
pub(super) const GIVEBACK_LINES: Document =
    document!(40, "giveback_lines", "giveback_line_fields", "bag_fields");
pub(super) const GIVE_BACK: Document = document!(15, "give_back", "bag_fields");
pub(super) const LEVELS: Document = document!(200, "levels", "level_fields");
pub(super) const ITEM_LEVELS: Document = document!(40, "item_levels", "level_fields");
pub(super) const SET_LEVELS: Document = document!(12, "set_levels");
pub(super) const PRODUCTS: Document =
    document!(300, "products", "product_fields", "variant_fields");
pub(super) const PRODUCT_BY_KEY: Document =
    document!(80, "product_by_key", "product_fields", "variant_fields");
pub(super) const PRODUCT_VARIANTS: Document = document!(60, "product_variants", "variant_fields");
pub(super) const PRODUCTS_BY_SKU: Document = document!(30, "products_by_sku");
pub(super) const SET_PRODUCT: Document = document!(40, "set_product");
pub(super) const KEY_DEFINITION: Document = document!(2, "key_definition");
pub(super) const DEFINE_KEY: Document = document!(12, "define_key");
pub(super) const REMEMBER: Document = document!(12, "remember");
pub(super) const PUBLICATIONS: Document = document!(30, "publications");
pub(super) const PUBLISH: Document = document!(12, "publish");
pub(super) const COLLECTIONS: Document = document!(20, "collections");
pub(super) const COLLECT: Document = document!(12, "collect");
pub(super) const VARIANTS: Document = document!(60, "variants");
pub(super) const SHOP_CURRENCY: Document = document!(2, "shop_currency");
pub(super) const FIXED_PRICES: Document = document!(200, "fixed_prices");
pub(super) const ADD_FIXED_PRICES: Document = document!(12, "add_fixed_prices");
pub(super) const DELETE_FIXED_PRICES: Document = document!(12, "delete_fixed_prices");
pub(super) const SET_QUANTITY_PRICES: Document = document!(12, "set_quantity_prices");
pub(super) const PROBE: Document = document!(4, "probe");
pub(super) const LOCATIONS: Document = document!(20, "locations");

/// Products whose prices one request sets: each is a mutation of its own, under a name of its own.
pub(super) const MOST_PRODUCTS: usize = 10;

/// Sets the prices of that many products' variants: `p0` to `p9` are the products, `v0` to `v9` their variants.
pub(super) fn set_prices(products: usize) -> Document {
    static TEXTS: LazyLock<Vec<String>> =
        LazyLock::new(|| (1..=MOST_PRODUCTS).map(set_prices_text).collect());
    let products = products.clamp(1, MOST_PRODUCTS);
    let text = TEXTS.get(products - 1).map_or("", String::as_str);
    Document {
        text,
        points: 12 * u32::try_from(products).unwrap_or(1),
    }
}

fn set_prices_text(products: usize) -> String {
    let each = |one: &dyn Fn(usize) -> String, between: &str| {
        let all: Vec<String> = (0..products).map(one).collect();
        all.join(between)
    };
    let variables = each(
        &|n| format!("$p{n}: ID!, $v{n}: [ProductVariantsBulkInput!]!"),
        ", ",
    );
    let fields = each(
        &|n| {
            format!(
                "  p{n}: productVariantsBulkUpdate(productId: $p{n}, variants: $v{n}) {{ userErrors {{ code field message }} }}"
            )
        },
        "\n",
    );
    format!("mutation SetPrices({variables}) {{\n{fields}\n}}\n")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use apollo_compiler::validation::Valid;
    use apollo_compiler::{ExecutableDocument, Schema};

    use super::*;
    use crate::API_VERSION;

    const ALL: [(&str, Document); 58] = [
        ("orders", ORDERS),
        ("orders by id", ORDERS_BY_ID),
        ("orders of companies", COMPANY_ORDERS),
        ("company orders by id", COMPANY_ORDERS_BY_ID),
        ("order lines", ORDER_LINES),
        ("order shipping", ORDER_SHIPPING),
        ("order ids", ORDER_IDS),
        ("customers", CUSTOMERS),
        ("customers by id", CUSTOMERS_BY_ID),
        ("customer ids", CUSTOMER_IDS),
        ("customer addresses", CUSTOMER_ADDRESSES),
        ("companies", COMPANIES),
        ("companies by id", COMPANIES_BY_ID),
        ("company ids", COMPANY_IDS),
        ("company contacts", COMPANY_CONTACTS),
        ("company sites", COMPANY_SITES),
        ("refunds", REFUNDS),
        ("refunds by id", REFUNDS_BY_ID),
        ("refund ids", REFUND_IDS),
        ("refund lines", REFUND_LINES),
        ("refund shipping", REFUND_SHIPPING),
        ("refund adjustments", REFUND_ADJUSTMENTS),
        ("refund transactions", REFUND_TRANSACTIONS),
        ("deliveries", DELIVERIES),
        ("fulfilment orders", FULFILLMENT_ORDERS),
        ("fulfilment order lines", FULFILLMENT_ORDER_LINES),
        ("fulfilment lines", FULFILLMENT_LINES),
        ("fulfil", FULFIL),
        ("track", TRACK),
        ("called off", CALLED_OFF),
        ("call off", CALL_OFF),
        ("calling off", CALLING_OFF),
        ("givebacks", GIVEBACKS),
        ("giveback lines", GIVEBACK_LINES),
        ("give back", GIVE_BACK),
        ("levels", LEVELS),
        ("item levels", ITEM_LEVELS),
        ("set levels", SET_LEVELS),
        ("products", PRODUCTS),
        ("product by key", PRODUCT_BY_KEY),
        ("product variants", PRODUCT_VARIANTS),
        ("products by SKU", PRODUCTS_BY_SKU),
        ("set product", SET_PRODUCT),
        ("key definition", KEY_DEFINITION),
        ("define key", DEFINE_KEY),
        ("remember", REMEMBER),
        ("publications", PUBLICATIONS),
        ("publish", PUBLISH),
        ("collections", COLLECTIONS),
        ("collect", COLLECT),
        ("variants", VARIANTS),
        ("shop currency", SHOP_CURRENCY),
        ("fixed prices", FIXED_PRICES),
        ("add fixed prices", ADD_FIXED_PRICES),
        ("delete fixed prices", DELETE_FIXED_PRICES),
        ("set quantity prices", SET_QUANTITY_PRICES),
        ("probe", PROBE),
        ("locations", LOCATIONS),
    ];

    /// The published schema, where it is at hand.
    fn schema() -> Option<Valid<Schema>> {
        let file = format!("shopify/admin_{API_VERSION}.nodesc.graphql.gz");
        let packed = std::fs::File::open(testkit::contracts()?.join(file)).unwrap();
        let mut sdl = String::new();
        flate2::read::GzDecoder::new(packed)
            .read_to_string(&mut sdl)
            .unwrap();
        // The published text uses these without declaring all of them.
        for (name, declaration) in [
            ("@oneOf", "directive @oneOf on INPUT_OBJECT\n"),
            (
                "@idempotent",
                "directive @idempotent(key: String!) on FIELD\n",
            ),
        ] {
            if !sdl.contains(&format!("directive {name}")) {
                sdl.insert_str(0, declaration);
            }
        }
        let schema = Schema::parse_and_validate(sdl, "schema.graphql");
        Some(
            schema
                .map_err(|invalid| invalid.errors.to_string())
                .unwrap(),
        )
    }

    #[test]
    fn every_document_is_valid_and_reads_no_deprecated_field() {
        let Some(schema) = schema() else {
            return;
        };
        let aliased = [1, MOST_PRODUCTS].map(|products| ("set prices", set_prices(products)));
        for (name, document) in ALL.into_iter().chain(aliased) {
            let checked = ExecutableDocument::parse_and_validate(&schema, document.text, name)
                .unwrap_or_else(|invalid| panic!("{name}: {}", invalid.errors));
            for operation in checked.operations.iter() {
                for field in operation.all_fields(&checked) {
                    let deprecated = field.definition.directives.get("deprecated");
                    assert!(deprecated.is_none(), "{name}: {} is deprecated", field.name);
                }
            }
        }
    }
}
