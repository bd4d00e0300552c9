//! How far orders have come: what later documents do to the lines they were made from, the status letters that follow, and
//! the stock that is set aside, taken and put back.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::apply;
use super::books::Books;
use super::record::{Commitment, Line, Record};
use super::schema::Space;
use super::value::{Reference, Value};

/// Whether a document's effect comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Apply,
    Undo,
}

impl Turn {
    pub(super) fn sign(self, quantity: Decimal) -> Decimal {
        match self {
            Self::Apply => quantity,
            Self::Undo => -quantity,
        }
    }
}

/// Carries a document's lines over to the lines they were made from, and moves stock.
pub(super) fn carry(books: &mut Books, document: &Record, turn: Turn, at: Timestamp) {
    let shipped = document.kind.name == "itemFulfillment" && document.status == "C";
    let mut sources: Vec<u64> = Vec::new();
    for line in &document.lines {
        let quantity = turn.sign(line.quantity);
        if shipped || document.kind.name == "itemReceipt" {
            move_stock(books, document, line, quantity, at);
        }
        let Some((source, number)) = line.source.filter(|_| line.kit_member_of.is_none()) else {
            continue;
        };
        books.change(Space::Transaction, source, |order| {
            let Some(line) = order.line_mut(number) else {
                return;
            };
            let progress = &mut line.progress;
            match document.kind.name {
                "itemFulfillment" => {
                    progress.picked += quantity;
                    progress.shipped += if shipped { quantity } else { Decimal::ZERO };
                }
                "itemReceipt" => progress.shipped += quantity,
                "returnAuthorization" => progress.returned += quantity,
                _ => progress.billed += quantity,
            }
        });
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    for source in sources {
        settle(books, source, at);
    }
}

/// Brings a stored order's status and commitments in line with its lines.
pub(super) fn settle(books: &mut Books, id: u64, at: Timestamp) {
    let Some(mut order) = books
        .get(Space::Transaction, id)
        .map(|order| Record::clone(order))
    else {
        return;
    };
    release(books, &mut order, at);
    order.status = status(books, &order);
    order.modified = at;
    commit(books, &mut order, at);
    books.change(Space::Transaction, id, |stored| *stored = order);
}

/// The letter that follows from the lines.
pub(super) fn status(books: &Books, record: &Record) -> &'static str {
    match record.kind.name {
        "salesOrder" => order_status(books, record),
        "returnAuthorization" => return_status(record),
        // The money is in: in the account that is named, else among what is still to be deposited.
        "cashSale" | "customerDeposit" | "customerPayment" => match record.reference("account") {
            Some(_) if record.text("undepFunds") != Some("T") => "C",
            _ => "B",
        },
        "creditMemo" => apply::status(record),
        "itemFulfillment" => match record.text("shipStatus") {
            Some("A") => "A",
            Some("B") => "B",
            _ => "C",
        },
        _ if record.status.is_empty() => "A",
        _ => record.status,
    }
}

fn order_status(books: &Books, order: &Record) -> &'static str {
    // Nothing brings a cancelled order back.
    if order.status == "C" {
        return "C";
    }
    if !order.lines.is_empty() && order.lines.iter().all(|line| line.closed) {
        return "H";
    }
    if order.text("orderStatus") == Some("A") {
        return "A";
    }
    let shippable = || {
        order
            .lines
            .iter()
            .filter(|line| is_shippable(books, line.item))
    };
    let waiting = shippable().any(|line| !line.closed && line.progress.shipped < line.quantity);
    let shipped = shippable().any(|line| line.progress.shipped > Decimal::ZERO);
    let unbilled = shippable().any(|line| line.progress.shipped > line.progress.billed);
    let billed = order
        .lines
        .iter()
        .all(|line| line.closed || line.progress.billed >= line.quantity);
    match (waiting, shipped) {
        (true, false) => "B",
        (true, true) if unbilled => "E",
        (true, true) => "D",
        (false, _) if billed => "G",
        (false, _) => "F",
    }
}

fn return_status(order: &Record) -> &'static str {
    if order.text("orderStatus") == Some("A") {
        return "A";
    }
    let received = order
        .lines
        .iter()
        .any(|line| line.progress.shipped > Decimal::ZERO);
    let waiting = order
        .lines
        .iter()
        .any(|line| line.progress.shipped < line.quantity);
    let refunded = order
        .lines
        .iter()
        .all(|line| line.progress.billed >= line.quantity);
    match (received, waiting) {
        _ if refunded => "G",
        (false, _) => "B",
        (true, true) => "D",
        (true, false) => "F",
    }
}

/// Whether it has to go through a fulfilment before the order can be done.
pub(super) fn is_shippable(books: &Books, item: u64) -> bool {
    let kind = books
        .get(Space::Item, item)
        .map_or("", |record| record.kind.name);
    ["inventoryItem", "kitItem", "nonInventorySaleItem"].contains(&kind)
}

pub(super) fn is_stocked(books: &Books, item: u64) -> bool {
    books
        .get(Space::Item, item)
        .is_some_and(|record| record.kind.name == "inventoryItem")
}

/// Sets stock aside for what an approved order still has to ship.
pub(super) fn commit(books: &mut Books, order: &mut Record, at: Timestamp) {
    if order.kind.name != "salesOrder" || !["B", "D", "E"].contains(&order.status) {
        return;
    }
    let default = location(books, order, None);
    for line in &mut order.lines {
        let open = if line.closed {
            Decimal::ZERO
        } else {
            line.quantity - line.progress.shipped
        };
        let Some(location) = line.location.or(default).filter(|_| open > Decimal::ZERO) else {
            continue;
        };
        let parts = if line.members.is_empty() {
            vec![(line.item, open)]
        } else {
            line.members
                .iter()
                .map(|(_, item, each)| (*item, open * each))
                .collect()
        };
        for (item, wanted) in parts {
            if is_stocked(books, item) {
                let place = (item, location);
                let committed = books.stock.commit(place, wanted, at);
                line.commitments.push(Commitment {
                    place,
                    committed,
                    back_ordered: wanted - committed,
                });
            }
        }
    }
}

/// Gives back what an order had set aside.
pub(super) fn release(books: &mut Books, order: &mut Record, at: Timestamp) {
    for line in &mut order.lines {
        for taken in std::mem::take(&mut line.commitments) {
            books
                .stock
                .release(taken.place, taken.committed, taken.back_ordered, at);
        }
    }
}

fn move_stock(books: &mut Books, document: &Record, line: &Line, quantity: Decimal, at: Timestamp) {
    let back = document.kind.name == "itemReceipt";
    if back && line.fields.get("restock") == Some(&Value::Flag(false)) {
        return;
    }
    if let Some(location) =
        location(books, document, line.location).filter(|_| is_stocked(books, line.item))
    {
        books.stock.adjust(
            (line.item, location),
            if back { quantity } else { -quantity },
            at,
        );
    }
}

/// Whether the document gives goods back by itself: one that was made from another leaves that to the receipt.
pub(super) fn takes_back(document: &Record) -> bool {
    ["creditMemo", "cashRefund"].contains(&document.kind.name)
        && document.get("createdFrom").is_none()
}

/// The goods on a credit of its own are in stock again.
pub(super) fn take_back(books: &mut Books, document: &Record, at: Timestamp) {
    for line in document.lines.iter().filter(|_| takes_back(document)) {
        let place = location(books, document, line.location);
        if let Some(place) = place.filter(|_| is_stocked(books, line.item)) {
            books.stock.adjust((line.item, place), line.quantity, at);
        }
    }
}

/// Whether the document hands goods over by itself: one that was made from an order leaves that to the fulfilment.
pub(super) fn hands_over(document: &Record) -> bool {
    ["invoice", "cashSale"].contains(&document.kind.name) && document.get("createdFrom").is_none()
}

/// What the line takes from stock: the item itself, or what a kit is made of.
pub(super) fn goods(books: &Books, line: &Line) -> Vec<(u64, Decimal)> {
    let own = [(0, line.item, Decimal::ONE)];
    let parts = if line.members.is_empty() {
        own.as_slice()
    } else {
        &line.members
    };
    let stocked = parts.iter().filter(|(_, item, _)| is_stocked(books, *item));
    stocked
        .map(|(_, item, each)| (*item, line.quantity * each))
        .collect()
}

/// The goods on a bill of its own leave the stock, or come back where it is changed.
pub(super) fn hand_over(books: &mut Books, document: &Record, turn: Turn, at: Timestamp) {
    for line in document.lines.iter().filter(|_| hands_over(document)) {
        let Some(place) = location(books, document, line.location) else {
            continue;
        };
        for (item, quantity) in goods(books, line) {
            books.stock.adjust((item, place), -turn.sign(quantity), at);
        }
    }
}

/// The line's location, else the document's; without Multi-Location Inventory there is only one.
pub(super) fn location(books: &Books, document: &Record, line: Option<u64>) -> Option<u64> {
    if !books.features.multi_location {
        return books
            .catalogue
            .locations
            .first()
            .map(|location| location.netsuite_id);
    }
    line.or_else(|| {
        document
            .reference("location")
            .and_then(|id| u64::try_from(id).ok())
    })
}

/// A reference to a stored transaction.
pub(super) fn pointer(record: &Record) -> Value {
    let id = i64::try_from(record.id).unwrap_or_default();
    Value::Reference(Reference {
        target: record.kind.name,
        id,
        name: record.label(),
    })
}
