use fastrand::Rng;

use super::super::model::{Address, Customer, Order, Store};
use super::due;
use super::markets::Market;

const NAMES: [(&str, &str); 24] = [
    ("Maria", "Garcia"),
    ("James", "O'Brien-Smith"),
    ("Zoë", "Müller"),
    ("José", "Núñez y Peña"),
    ("Łukasz", "Żółkiewski"),
    ("山田", "太郎"),
    ("محمد", "العلي"),
    ("דוד", "כהן"),
    ("Nguyễn", "Thị Minh Khai"),
    ("Søren", "Ærøskøbing"),
    ("Anna 🌸", "Silva"),
    (
        "Wolfeschlegelsteinhausenbergerdorff",
        "Hubert Blaine Wolfe-Schlegelstein-Hausenberger-Dorff Senior",
    ),
    ("Ольга", "Щербакова"),
    ("Ἀλέξανδρος", "Παπαδόπουλος"),
    ("Þórunn", "Jónsdóttir"),
    ("", "Madonna"),
    ("Jean-François", "d'Artagnan"),
    ("Siobhán", "Ní Dhomhnaill"),
    ("Ayşe", "Çağlar"),
    ("김", "민준"),
    ("Ruth", "Null"),
    ("Li", "Wu"),
    ("Emily", "Clark"),
    ("Noah", "Williams"),
];
const COMPANIES: [&str; 4] = [
    "Müller & Söhne GmbH",
    "Acme, Inc.",
    "株式会社サンプル",
    "Société \"Étoile\" S.à r.l.",
];

/// Four out of five buyers are known; one in thirteen leaves no account. Returns the customer if it is a new one.
pub(super) fn buyer(
    order: &mut Order,
    store: &Store,
    market: &Market,
    rng: &mut Rng,
) -> Option<Customer> {
    if due(order.index, 13, 4) {
        let address = address(market, rng);
        order.email = Some(email(&address, rng.u32(..)));
        give(order, address, rng);
        return None;
    }
    if !store.customers.is_empty() && rng.u8(0..100) < 82 {
        let index = rng.usize(..store.customers.len());
        let known = store.customers.get(index)?;
        order.customer = Some(index);
        order.email.clone_from(&known.email);
        order.phone.clone_from(&known.phone);
        // Known buyers have things sent to where the order's market is, under their own name.
        let mut address = address(market, rng);
        if known.address.country_code == market.code {
            address = known.address.clone();
        } else {
            address.first_name.clone_from(&known.address.first_name);
            address.last_name.clone_from(&known.address.last_name);
        }
        give(order, address, rng);
        return None;
    }
    let index = store.customers.len();
    let address = address(market, rng);
    // Some people give a phone number only.
    let with_email = index % 15 != 9;
    let customer = Customer {
        index,
        email: with_email.then(|| email(&address, u32::try_from(index).unwrap_or(u32::MAX))),
        phone: if with_email {
            None
        } else {
            address
                .phone
                .clone()
                .or_else(|| Some(format!("{}{:04}", market.dial, index % 10_000)))
        },
        locale: market.locale,
        address: address.clone(),
        others: Vec::new(),
        note: None,
        consent: if index.is_multiple_of(3) {
            "SUBSCRIBED".to_owned()
        } else {
            "NOT_SUBSCRIBED".to_owned()
        },
        orders: 0,
        created_at: order.created_at,
        updated_at: order.created_at,
    };
    order.customer = Some(index);
    order.email.clone_from(&customer.email);
    order.phone.clone_from(&customer.phone);
    give(order, address, rng);
    Some(customer)
}

/// Puts the addresses on the order. At the till there are none.
fn give(order: &mut Order, address: Address, rng: &mut Rng) {
    if order.source == "pos" {
        order.retail_location = Some(2);
        return;
    }
    let elsewhere = due(order.index, 6, 4);
    order.billing = Some(if elsewhere {
        let (first, last) = rng.choice(NAMES).unwrap_or_default();
        Address {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            address1: "PO Box 17".to_owned(),
            address2: None,
            ..address.clone()
        }
    } else {
        address.clone()
    });
    order.shipping = Some(address);
}

fn address(market: &Market, rng: &mut Rng) -> Address {
    let (first, last) = rng.choice(NAMES).unwrap_or_default();
    let (city, province, province_code, zip) =
        rng.choice(market.towns)
            .copied()
            .unwrap_or(("Springfield", None, None, None));
    let street = rng.choice(market.streets).copied().unwrap_or("High Street");
    Address {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        company: (rng.u8(0..6) == 0)
            .then(|| rng.choice(COMPANIES).unwrap_or("Acme, Inc.").to_owned()),
        address1: format!("{} {street}", rng.u16(1..2_000)),
        address2: match rng.u8(0..8) {
            0 => Some("Apt #4 — ring twice 🔔".to_owned()),
            1 => Some(String::new()),
            _ => None,
        },
        city: city.to_owned(),
        province,
        province_code,
        zip: zip.map(str::to_owned),
        country: market.country,
        country_code: market.code,
        phone: (rng.u8(0..3) > 0).then(|| format!("{}{:04}", market.dial, rng.u16(0..10_000))),
    }
}

fn email(address: &Address, number: u32) -> String {
    let name: String = address
        .last_name
        .chars()
        .filter(char::is_ascii_alphabetic)
        .take(20)
        .collect::<String>()
        .to_lowercase();
    format!(
        "{}.{number}@example.com",
        if name.is_empty() { "buyer" } else { &name }
    )
}
