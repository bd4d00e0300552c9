//! Orders that a clerk edits.

use serde_json::{Value as Json, json};

use super::{Api, generous};
use crate::shopify::{Edit, Options, Purchase};

const ORDER: &str = r#"
query($id: ID!) { order(id: $id) {
  updatedAt
  totalPriceSet { shopMoney { amount } }
  currentTotalPriceSet { shopMoney { amount } }
  shippingAddress { address1 }
  lineItems(first: 50) { nodes { sku quantity currentQuantity } }
  shippingLines(first: 5) { nodes { originalPriceSet { shopMoney { amount } } } }
} }"#;

fn quiet() -> Options {
    Options {
        worked_by_hand: false,
        ..generous()
    }
}

impl Api {
    async fn told(&self, id: &str) -> Json {
        self.data(ORDER, json!({ "id": id })).await["order"].take()
    }
}

fn lines(order: &Json) -> &Vec<Json> {
    order["lineItems"]["nodes"].as_array().unwrap()
}

#[tokio::test]
async fn an_edit_shows_in_quantities_and_totals() {
    let api = Api::start(1, quiet()).await;
    let id = api.shop().orders()[0].id.clone();
    let before = api.told(&id).await;
    let units = lines(&before)[0]["quantity"].as_u64().unwrap();
    api.time.advance(60);

    let more = u32::try_from(units).unwrap() + 2;
    let edit = Edit::Quantity {
        line: 0,
        units: more,
    };
    assert!(api.shop().edit_order(&id, &edit));
    let told = api.told(&id).await;
    assert_eq!(lines(&told)[0]["quantity"], more);
    assert_eq!(lines(&told)[0]["currentQuantity"], more);
    assert_ne!(told["totalPriceSet"], before["totalPriceSet"]);
    assert_eq!(told["totalPriceSet"], told["currentTotalPriceSet"]);
    assert_ne!(told["updatedAt"], before["updatedAt"]);

    let sku = api.sandbox.catalogue().items[3].sku.clone();
    let add = Edit::Add {
        sku: sku.clone(),
        units: 2,
    };
    assert!(api.shop().edit_order(&id, &add));
    let moved = Edit::Address {
        street: "2 Side St".to_owned(),
        city: "Austin".to_owned(),
        zip: "78702".to_owned(),
    };
    assert!(api.shop().edit_order(&id, &moved));
    let told = api.told(&id).await;
    assert_eq!(lines(&told).last().unwrap()["sku"], sku);
    assert_eq!(told["shippingAddress"]["address1"], "2 Side St");

    // What is taken away was ordered all the same.
    let fewer = Edit::Quantity { line: 0, units: 1 };
    assert!(api.shop().edit_order(&id, &fewer));
    let told = api.told(&id).await;
    assert_eq!(lines(&told)[0]["quantity"], more);
    assert_eq!(lines(&told)[0]["currentQuantity"], 1);
    assert_ne!(told["totalPriceSet"], told["currentTotalPriceSet"]);
}

#[tokio::test]
async fn the_shop_does_not_allow_every_edit() {
    let api = Api::start(1, quiet()).await;
    let id = api.shop().orders()[0].id.clone();
    let edit = |edit: Edit| api.shop().edit_order(&id, &edit);
    assert!(!edit(Edit::Quantity { line: 99, units: 1 }));
    let unknown = "no such".to_owned();
    assert!(!edit(Edit::Add {
        sku: unknown,
        units: 1
    }));
    assert!(api.shop().cancel_order(&id));
    assert!(!edit(Edit::Shipping { cents: 100 }));
    assert!(!edit(Edit::Quantity { line: 0, units: 9 }));
}

#[tokio::test]
async fn edits_can_be_made_by_hand() {
    let api = Api::start(1, quiet()).await;
    let id = api.shop().orders()[0].id.clone();
    let post = async |page: &str, body: Json| {
        let url = api.sandbox.shopify_url().join(page).unwrap();
        api.client
            .post(url)
            .json(&body)
            .send()
            .await
            .unwrap()
            .status()
    };
    let edit = json!({ "id": id, "edit": { "quantity": { "line": 0, "units": 9 } } });
    assert_eq!(post("_sandbox/edit-order", edit.clone()).await, 204);
    assert_eq!(lines(&api.told(&id).await)[0]["quantity"], 9);
    assert_eq!(
        post("_sandbox/cancel-order", json!({ "id": id })).await,
        204
    );
    assert_eq!(post("_sandbox/edit-order", edit).await, 409);
}

#[tokio::test]
async fn a_buyer_can_be_a_company_somebody_or_nobody() {
    const BUYER: &str = r#"
query($id: ID!) { order(id: $id) {
  email
  customer { firstName }
  billingAddress { firstName lastName }
  paymentTerms { paymentTermsName }
  purchasingEntity { __typename ... on PurchasingCompany { company { id name externalId } location { name } } }
} }"#;
    let api = Api::start(30, quiet()).await;
    let orders = api.shop().orders();
    let mut known = orders
        .iter()
        .filter(|order| order.customer.is_some() && !order.cancelled);
    let (bought, left) = (known.next().unwrap(), known.next().unwrap());
    let told = |id: String| {
        let api = &api;
        async move { api.data(BUYER, json!({ "id": id })).await["order"].take() }
    };
    let before = told(bought.id.clone()).await;
    assert_eq!(before["purchasingEntity"]["__typename"], "Customer");
    assert_eq!(before["paymentTerms"], Json::Null);
    let purchase = Purchase {
        company: 88,
        name: "Acme Inc".to_owned(),
        external_id: Some("C-1200".to_owned()),
        location: "Harbour".to_owned(),
        terms: Some("Net 30".to_owned()),
    };
    assert!(api.shop().edit_order(&bought.id, &Edit::Company(purchase)));
    let after = told(bought.id.clone()).await;
    assert_eq!(after["paymentTerms"]["paymentTermsName"], "Net 30");
    assert_eq!(after["customer"], before["customer"]);
    let company = &after["purchasingEntity"];
    assert_eq!(
        company["company"],
        json!({"id": "gid://shopify/Company/88", "name": "Acme Inc", "externalId": "C-1200"})
    );
    assert_eq!(company["location"]["name"], "Harbour");

    let nobody = Edit::Guest {
        email: None,
        name: None,
    };
    assert!(
        !api.shop().edit_order(&bought.id, &nobody),
        "a company is somebody"
    );
    assert!(api.shop().edit_order(&left.id, &nobody));
    let told = told(left.id.clone()).await;
    for gone in ["email", "customer", "billingAddress", "purchasingEntity"] {
        assert_eq!(told[gone], Json::Null, "{gone}");
    }
}
