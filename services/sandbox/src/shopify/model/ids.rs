//! Numeric ids. What belongs to an order has ids from which the order can be told, so nothing needs a table.

/// Just above 2⁵³: a client that reads ids as floating-point numbers mixes up its orders.
const FIRST_ORDER: u64 = 9_007_199_254_741_001;
const FIRST_PART: u64 = 14_500_000_000_000;
/// Parts of one kind an order can have.
const PARTS: u64 = 10_000;
const FIRST_CUSTOMER: u64 = 7_300_000_000_001;
const FIRST_ADDRESS: u64 = 8_700_000_000_001;
const FIRST_VARIANT: u64 = 44_100_000_000_001;
const FIRST_PRODUCT: u64 = 8_100_000_000_001;
const FIRST_PUBLICATION: u64 = 210_000_000_001;
const FIRST_COLLECTION: u64 = 510_000_000_001;
const FIRST_SOURCE: u64 = 610_000_000_001;
const FIRST_PAYOUT: u64 = 95_000_000_001;
const FIRST_MOVEMENT: u64 = 96_000_000_000_001;
const FIRST_ITEM: u64 = 46_200_000_000_001;

pub(in crate::shopify) fn order(index: usize) -> u64 {
    FIRST_ORDER + index as u64
}

/// The id of the `place`th part of some kind of an order.
pub(in crate::shopify) fn part(order: usize, place: usize) -> u64 {
    FIRST_PART + order as u64 * PARTS + place as u64
}

pub(in crate::shopify) fn order_index(id: u64) -> Option<usize> {
    index(id, FIRST_ORDER)
}

/// The order that a part belongs to, and the part's place in it.
pub(in crate::shopify) fn part_place(id: u64) -> Option<(usize, usize)> {
    let offset = id.checked_sub(FIRST_PART)?;
    Some((
        usize::try_from(offset / PARTS).ok()?,
        usize::try_from(offset % PARTS).ok()?,
    ))
}

pub(in crate::shopify) fn customer(index: usize) -> u64 {
    FIRST_CUSTOMER + index as u64
}

pub(in crate::shopify) fn customer_index(id: u64) -> Option<usize> {
    index(id, FIRST_CUSTOMER)
}

pub(in crate::shopify) fn address(customer: usize) -> u64 {
    FIRST_ADDRESS + customer as u64
}

/// The id of the `place`th address in a customer's book; the default one is the first.
pub(in crate::shopify) fn book_address(customer: usize, place: usize) -> u64 {
    address(customer) + place as u64 * 1_000_000_000
}

pub(in crate::shopify) fn variant(index: usize) -> u64 {
    FIRST_VARIANT + index as u64
}

pub(in crate::shopify) fn variant_index(id: u64) -> Option<usize> {
    index(id, FIRST_VARIANT)
}

pub(in crate::shopify) fn product(index: usize) -> u64 {
    FIRST_PRODUCT + index as u64
}

pub(in crate::shopify) fn product_index(id: u64) -> Option<usize> {
    index(id, FIRST_PRODUCT)
}

pub(in crate::shopify) fn item(index: usize) -> u64 {
    FIRST_ITEM + index as u64
}

pub(in crate::shopify) fn item_index(id: u64) -> Option<usize> {
    index(id, FIRST_ITEM)
}

pub(in crate::shopify) fn publication(index: usize) -> u64 {
    FIRST_PUBLICATION + index as u64
}

pub(in crate::shopify) fn publication_index(id: u64) -> Option<usize> {
    index(id, FIRST_PUBLICATION)
}

pub(in crate::shopify) fn collection(index: usize) -> u64 {
    FIRST_COLLECTION + index as u64
}

pub(in crate::shopify) fn collection_index(id: u64) -> Option<usize> {
    index(id, FIRST_COLLECTION)
}

/// The part of a collection that products are put into.
pub(in crate::shopify) fn source(collection: usize) -> u64 {
    FIRST_SOURCE + collection as u64
}

pub(in crate::shopify) fn payout(place: usize) -> u64 {
    FIRST_PAYOUT + place as u64
}

pub(in crate::shopify) fn payout_index(id: u64) -> Option<usize> {
    index(id, FIRST_PAYOUT)
}

/// The id of a payout's balance transaction: room for a million of them.
pub(in crate::shopify) fn movement(payout: usize, number: u64) -> u64 {
    FIRST_MOVEMENT + payout as u64 * 1_000_000 + number
}

fn index(id: u64, first: u64) -> Option<usize> {
    usize::try_from(id.checked_sub(first)?).ok()
}

/// Shopify's global id.
pub(in crate::shopify) fn gid(kind: &str, id: u64) -> String {
    format!("gid://shopify/{kind}/{id}")
}

/// The type and number in a global id. Parameters after `?`, as in ids of inventory levels, are left out.
pub(in crate::shopify) fn parse(gid: &str) -> Option<(&str, u64)> {
    let (kind, number) = gid.strip_prefix("gid://shopify/")?.split_once('/')?;
    Some((kind, number.split('?').next()?.parse().ok()?))
}

/// The number in a global id of this type.
pub(in crate::shopify) fn number(kind: &str, gid: &str) -> Option<u64> {
    parse(gid)
        .filter(|(found, _)| *found == kind)
        .map(|(_, number)| number)
}
