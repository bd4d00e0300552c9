//! Customers and contacts: what they are called, and whose they are.

use serde_json::{Value, json};

use crate::lab::{Lab, RECORDS, customer};

async fn lab(numbered: bool) -> Lab {
    let lab = Lab::start().await;
    lab.settings(|settings| settings.numbers_customers = numbered);
    lab
}

#[tokio::test]
async fn an_account_that_numbers_customers_takes_any_name_twice() {
    let lab = lab(true).await;
    for key in ["a", "b"] {
        lab.post(&format!("{RECORDS}/customer"), &customer(key))
            .await
            .saved();
    }
    let names: Vec<String> = lab
        .account()
        .records("customer")
        .iter()
        .map(|one| one.text("entityId").unwrap().to_owned())
        .collect();
    assert!(
        names.iter().all(|name| name.starts_with("CUS")),
        "{names:?}"
    );
}

#[tokio::test]
async fn an_account_that_names_customers_takes_a_name_once() {
    let lab = lab(false).await;
    let first = lab
        .post(&format!("{RECORDS}/customer"), &customer("a"))
        .await
        .saved();
    let own = lab.get(&format!("{RECORDS}/customer/{first}")).await.body["entityId"].clone();
    let mut second = customer("b");
    let refused = lab.post(&format!("{RECORDS}/customer"), &second).await;
    assert_eq!(refused.status, 400);
    assert!(refused.error().1.contains("This entity already exists."));
    let name = format!("{} (Austin)", own.as_str().unwrap());
    (second["entityId"], second["autoName"]) = (json!(name), json!(false));
    let second = lab
        .post(&format!("{RECORDS}/customer"), &second)
        .await
        .saved();
    let stored = lab.get(&format!("{RECORDS}/customer/{second}")).await.body;
    assert_eq!(stored["entityId"], json!(name));
}

#[tokio::test]
async fn contacts_belong_to_companies() {
    let lab = lab(true).await;
    let company = |key: &str| json!({"externalId": key, "companyName": "Acme", "subsidiary": {"id": "1"}, "terms": {"id": "2"}});
    let acme = lab
        .post(&format!("{RECORDS}/customer"), &company("acme"))
        .await
        .saved();
    let other = lab
        .post(&format!("{RECORDS}/customer"), &company("other"))
        .await
        .saved();
    let contact = |company: u64, key: &str, subsidiary: &str| -> Value {
        json!({"externalId": key, "firstName": "Ada", "lastName": "Byron", "email": "ada@example.com",
            "company": {"id": company.to_string()}, "subsidiary": {"id": subsidiary}})
    };
    let url = format!("{RECORDS}/contact");
    lab.post(&url, &contact(acme, "c1", "1")).await.saved();
    let again = lab.post(&url, &contact(acme, "c2", "1")).await;
    assert!(
        again
            .error()
            .1
            .contains("Every contact record must have a unique name.")
    );
    let elsewhere = lab.post(&url, &contact(other, "c3", "2")).await;
    assert_eq!(elsewhere.error().0, "INVALID_CONTENT");
    lab.post(&url, &contact(other, "c3", "1")).await.saved();
    let query = "SELECT c.id, c.entityid, c.company FROM contact c WHERE LOWER(c.email) IN (?) ORDER BY c.id";
    let rows = lab.query(query, &["ada@example.com"]).await;
    let companies: Vec<&Value> = rows.iter().map(|row| &row["company"]).collect();
    assert_eq!(
        companies,
        [&json!(acme.to_string()), &json!(other.to_string())]
    );
    assert_eq!(rows[0]["entityid"], "Ada Byron");
    // One space of external ids for all entities.
    let taken = lab.post(&url, &contact(other, "acme", "1")).await;
    assert!(taken.error().1.contains("This entity already exists."));
}
