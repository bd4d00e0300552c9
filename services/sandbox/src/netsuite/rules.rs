//! What a record has to have before it is saved, and what NetSuite fills in.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::books::Books;
use super::draft::Draft;
use super::entity;
use super::problem::Problem;
use super::progress::{goods, hands_over, is_stocked, location, takes_back};
use super::record::{Line, Record};
use super::schema::Space;
use super::value::{Fields, Reference, Value};

/// Fills in defaults.
pub(super) fn default(books: &Books, record: &mut Record, now: Timestamp) {
    let today = books.today(now);
    let number = record.id;
    match record.space() {
        Space::Transaction => {
            record
                .fields
                .entry("tranDate".into())
                .or_insert(Value::Date(today));
            let tran_id = format!("{}{number}", prefix(record.kind.code));
            record
                .fields
                .entry("transactionNumber".into())
                .or_insert_with(|| Value::Text(tran_id.clone()));
            record
                .fields
                .entry("tranId".into())
                .or_insert(Value::Text(tran_id));
            record
                .fields
                .entry("source".into())
                .or_insert_with(|| Value::Choice {
                    id: "restWebServices".to_owned(),
                    name: "REST Web Services".to_owned(),
                });
            from_customer(books, record);
            from_promotion(books, record);
        }
        Space::Entity => entity::default(books, record),
        Space::Item | Space::List(_) => {}
    }
    if record
        .kind
        .field("currency")
        .is_some_and(|field| field.needs.met(&books.features))
    {
        let dollar = Reference {
            target: "currency",
            id: 1,
            name: "USD".to_owned(),
        };
        record
            .fields
            .entry("currency".into())
            .or_insert(Value::Reference(dollar));
    }
    if record.kind.name == "salesOrder" {
        let pending = Value::Choice {
            id: "A".to_owned(),
            name: "Pending Approval".to_owned(),
        };
        record.fields.entry("orderStatus".into()).or_insert(pending);
    }
}

fn prefix(code: &str) -> &'static str {
    match code {
        "SalesOrd" => "SO",
        "ItemShip" => "IF",
        "CustInvc" => "INV",
        "CashSale" => "CS",
        "CustCred" => "CM",
        "CashRfnd" => "CR",
        "RtnAuth" => "RMA",
        "CustDep" => "CD",
        "CustRfnd" => "REF",
        "CustPymt" => "PMT",
        "Deposit" => "DEP",
        "ItemRcpt" => "IR",
        _ => "TRN",
    }
}

/// Subsidiary and currency come with the customer.
fn from_customer(books: &Books, record: &mut Record) {
    let customer = record
        .reference("entity")
        .or(record.reference("customer"))
        .and_then(|id| u64::try_from(id).ok());
    let Some(customer) = customer.and_then(|id| books.get(Space::Entity, id)) else {
        return;
    };
    for name in ["subsidiary", "currency", "terms"] {
        let exists = record
            .kind
            .field(name)
            .is_some_and(|field| field.needs.met(&books.features));
        if let Some(value) = customer.get(name).filter(|_| exists) {
            record
                .fields
                .entry(name.into())
                .or_insert_with(|| value.clone());
        }
    }
}

/// A promotion adds a discount of its own, unless the sale says what is taken off.
fn from_promotion(books: &Books, record: &mut Record) {
    let promotion = record.reference("promoCode");
    let promotion = promotion.and_then(|id| u64::try_from(id).ok());
    let promotion = promotion.and_then(|id| books.get(Space::List("promotionCode"), id));
    let Some(promotion) = promotion else { return };
    if let Some(item) = promotion.get("discount") {
        record
            .fields
            .entry("discountItem".into())
            .or_insert_with(|| item.clone());
    }
    let sold: Decimal = record.lines.iter().map(|line| line.amount).sum();
    let off = sold * promotion.number("rate") / Decimal::ONE_HUNDRED;
    let off = Value::Number(-super::totals::round(off, books.precision(record)));
    record.fields.entry("discountRate".into()).or_insert(off);
}

/// Refuses a record that is not complete.
pub(super) fn check(books: &Books, record: &Record) -> Result<(), Problem> {
    let mut missing = Vec::new();
    for (name, label) in required(books, record) {
        if record
            .get(name)
            .is_none_or(|value| value.text() == Some(""))
        {
            missing.push(label);
        }
    }
    if !missing.is_empty() {
        return Err(Problem::missing(&missing));
    }
    if let (Some(Value::Date(date)), Some(limit)) =
        (record.get("tranDate"), books.settings.closed_before)
        && *date < limit
    {
        return Err(Problem::user_error(
            "The transaction date you specified is not within the date range of your accounting period.",
        ));
    }
    match record.kind.name {
        "salesOrder"
        | "invoice"
        | "cashSale"
        | "creditMemo"
        | "cashRefund"
        | "returnAuthorization" => {
            sale(books, record)?;
            bill(books, record)?;
            credit(books, record)
        }
        "inventoryAdjustment" => adjustment(books, record),
        "contact" => entity::works_there(books, record),
        "customerDeposit" | "customerPayment" => deposit(books, record),
        "deposit" => super::bank::check(books, record),
        "itemReceipt" => receipt(books, record),
        _ => Ok(()),
    }
}

/// Refuses changes of what an order sells once nothing more comes of it. Closed lines can be opened again.
pub(super) fn changeable(old: &Record, draft: &Draft) -> Result<(), Problem> {
    let mut lines = draft
        .sublists
        .iter()
        .filter(|(list, _)| list.name == "item");
    let opens = |lines: &Vec<Fields>| {
        let is_opened = |line: &Fields| line.get("isClosed") == Some(&Value::Flag(false));
        !lines.is_empty() && lines.iter().all(is_opened)
    };
    let word = match (old.kind.name, old.status) {
        ("salesOrder", "C") => "cancelled",
        ("salesOrder", "G") => "billed in full",
        ("salesOrder", "H") if lines.clone().all(|(_, lines)| opens(lines)) => return Ok(()),
        ("salesOrder", "H") => "closed",
        ("invoice", "B") => "paid in full",
        ("cashSale", "C") => "deposited",
        _ => return Ok(()),
    };
    if lines.next().is_some() || draft.fields.contains_key("shippingCost") {
        return Err(Problem::user_error(format!(
            "This transaction is {word} and its lines can no longer be changed."
        )));
    }
    Ok(())
}

fn required(books: &Books, record: &Record) -> Vec<(&'static str, &'static str)> {
    let mut required = match record.kind.name {
        "customer" if record.get("isPerson").is_some_and(Value::is_set) => {
            vec![("firstName", "First Name"), ("lastName", "Last Name")]
        }
        "customer" => vec![("companyName", "Company Name")],
        "contact" => vec![("entityId", "Contact")],
        "salesOrder"
        | "invoice"
        | "cashSale"
        | "creditMemo"
        | "cashRefund"
        | "returnAuthorization" => vec![("entity", "Customer")],
        "customerDeposit" | "customerPayment" => {
            vec![("customer", "Customer"), ("payment", "Payment Amount")]
        }
        "customerRefund" => vec![("customer", "Customer")],
        "deposit" => vec![("account", "Account")],
        "inventoryAdjustment" => vec![("account", "Adjustment Account")],
        "inventoryItem" | "nonInventorySaleItem" | "kitItem" | "assemblyItem" => {
            vec![("itemId", "Item Name/Number")]
        }
        _ => Vec::new(),
    };
    if books.features.one_world
        && ["customer", "contact", "inventoryAdjustment"].contains(&record.kind.name)
    {
        required.push(("subsidiary", "Subsidiary"));
    }
    required
}

fn sale(books: &Books, record: &Record) -> Result<(), Problem> {
    if record.lines.is_empty() {
        return Err(Problem::user_error(
            "You must enter at least one line item for this transaction.",
        ));
    }
    let customer = record
        .reference("entity")
        .and_then(|id| u64::try_from(id).ok());
    let customer = customer.and_then(|id| books.get(Space::Entity, id));
    let (ours, theirs) = (
        record.reference("subsidiary"),
        customer.and_then(|customer| customer.reference("subsidiary")),
    );
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours != theirs => Err(Problem::invalid_value(
            "subsidiary",
            &ours.to_string(),
            "subsidiary",
        )),
        _ => Ok(()),
    }
}

/// Goods that a bill hands over by itself have to come from somewhere.
fn bill(books: &Books, record: &Record) -> Result<(), Problem> {
    let lost = |line: &Line| {
        !goods(books, line).is_empty() && location(books, record, line.location).is_none()
    };
    if hands_over(record) && record.lines.iter().any(lost) {
        return Err(Problem::missing(&["Location"]));
    }
    Ok(())
}

/// Goods that a credit puts back need a place to go, and nobody is credited less than nothing.
fn credit(books: &Books, record: &Record) -> Result<(), Problem> {
    if !takes_back(record) {
        return Ok(());
    }
    let lost = |line: &&Line| {
        is_stocked(books, line.item) && location(books, record, line.location).is_none()
    };
    if record.lines.iter().any(|line| lost(&line)) {
        return Err(Problem::missing(&["Location"]));
    }
    let total: Decimal = record.lines.iter().map(|line| line.amount + line.tax).sum();
    if total + record.number("shippingCost") < Decimal::ZERO {
        return Err(Problem::user_error(
            "Transaction total can not be less than zero.",
        ));
    }
    Ok(())
}

/// Goods that come back need a place to go.
fn receipt(books: &Books, record: &Record) -> Result<(), Problem> {
    let lost = |line: &Line| {
        is_stocked(books, line.item) && location(books, record, line.location).is_none()
    };
    if record.lines.iter().any(lost) {
        return Err(Problem::missing(&["Location"]));
    }
    Ok(())
}

/// Money for a sales order comes from its customer, in its currency.
fn deposit(books: &Books, record: &Record) -> Result<(), Problem> {
    if record.number("payment") <= Decimal::ZERO {
        return Err(Problem::user_error(
            "The payment amount must be greater than zero.",
        ));
    }
    let order = record.reference("salesOrder");
    let order = order.and_then(|id| books.get(Space::Transaction, u64::try_from(id).ok()?));
    let Some(order) = order else { return Ok(()) };
    let same = order.kind.name == "salesOrder"
        && order.reference("entity") == record.reference("customer")
        && order.reference("currency") == record.reference("currency");
    if same {
        return Ok(());
    }
    let id = order.id.to_string();
    Err(Problem::invalid_value("salesOrder", &id, "salesOrder"))
}

fn adjustment(books: &Books, record: &Record) -> Result<(), Problem> {
    let lines = record
        .sublists
        .get("inventory")
        .map_or(&[][..], Vec::as_slice);
    if lines.is_empty() {
        return Err(Problem::user_error(
            "You must enter at least one line item for this transaction.",
        ));
    }
    let incomplete = |line: &Fields| {
        let place = super::lines::reference(line, "location");
        line.get("item").is_none()
            || line.get("adjustQtyBy").is_none()
            || location(books, record, place).is_none()
    };
    if lines.iter().any(incomplete) {
        Err(Problem::missing(&["Item", "Adjust Qty. By", "Location"]))
    } else {
        Ok(())
    }
}
