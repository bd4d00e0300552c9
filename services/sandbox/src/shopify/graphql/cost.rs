//! What a query costs.
//!
//! Shopify's usage guide gives the parts: an object 1 point, a scalar nothing, a mutation 10, a connection by its size. The sizes
//! are not in the guide; these follow the costs that a public connector states for its queries (Business Central's, 2025 and
//! 2026): a connection costs 2 points and its node ⌊2·ln first⌋ times, a plain list costs one item, money and weights nothing.

/// Where ⌊2·ln n⌋ grows by one.
const STEPS: [u64; 11] = [2, 3, 5, 8, 13, 21, 34, 55, 91, 149, 245];

/// A mutation, beside what it returns.
pub(in crate::shopify) const MUTATION: u64 = 10;

/// A connection that is asked for `size` nodes of this cost.
pub(in crate::shopify) fn connection(size: u64, node: u64) -> u64 {
    let times = STEPS.iter().filter(|step| **step <= size).count() as u64;
    2 + times.max(1) * node
}

/// An object of this type, beside its fields.
pub(in crate::shopify) fn object(name: &str) -> u64 {
    u64::from(!matches!(
        name,
        "MoneyBag"
            | "MoneyV2"
            | "Weight"
            | "UserError"
            | "InventorySetQuantitiesUserError"
            | "ProductSetUserError"
            | "MetafieldsSetUserError"
            | "MetafieldDefinitionCreateUserError"
            | "ProductVariantsBulkUpdateUserError"
            | "PriceListPriceUserError"
            | "QuantityPricingByVariantUserError"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_published_costs() {
        // return { reverseFulfillmentOrders(first: 10) } = 7, staffMembers(first: 20) = 7, product { variants(first: 250) { inventoryItem } } = 25
        assert_eq!(1 + connection(10, 1), 7);
        assert_eq!(connection(20, 1), 7);
        assert_eq!(1 + connection(250, 2), 25);
    }
}
