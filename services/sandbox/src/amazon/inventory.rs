//! FBA Inventory v1: what Amazon has of the seller's.

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value as Json, json};

use super::asked::{Answer, Answered, Asked, Problem, shown};
use super::books::Books;
use super::kept::Kept;
use super::listing::Listing;

/// Summaries on a page.
const PAGE: usize = 50;
/// How long a token is good.
const TOKEN_SECONDS: i64 = 30;

pub(super) fn summaries(books: &Books, asked: &Asked<'_>) -> Answered {
    if asked.text("granularityType") != Some("Marketplace") {
        return Err(Problem::invalid("granularityType must be Marketplace."));
    }
    let place = asked.marketplace(asked.text("granularityId").unwrap_or_default())?;
    asked.marketplaces()?;
    let since = asked.time("startDateTime")?;
    if since.is_some_and(|since| since < asked.now - (548 * 24).hours()) {
        return Err(Problem::invalid(
            "startDateTime lies more than 18 months back.",
        ));
    }
    let mut skus = asked.list("sellerSkus");
    skus.extend(asked.text("sellerSku"));
    if skus.len() > 50 {
        return Err(Problem::invalid("sellerSkus takes 50 at most."));
    }
    let from = match asked.text("nextToken") {
        Some(token) => place_of(token, asked.now)?,
        None => 0,
    };
    let kept = books
        .listings
        .values()
        .filter_map(|one| Some((one, one.kept?)));
    let fits = |(listing, kept): &(&Listing, Kept)| {
        (skus.is_empty() || skus.contains(&listing.sku.as_str()))
            && since.is_none_or(|since| kept.updated >= since)
    };
    let found: Vec<(&Listing, Kept)> = kept.filter(fits).collect();
    let details = asked.text("details") == Some("true");
    let page = found.iter().skip(from).take(PAGE);
    let page: Vec<Json> = page
        .map(|(listing, kept)| summary(listing, *kept, details))
        .collect();
    let mut body = json!({ "payload": {
        "granularity": { "granularityType": "Marketplace", "granularityId": place.id }, "inventorySummaries": page,
    } });
    if let Some(fields) = body.as_object_mut().filter(|_| from + PAGE < found.len()) {
        let token = format!("{}/{}", from + PAGE, asked.now);
        fields.insert("pagination".to_owned(), json!({ "nextToken": token }));
    }
    Ok(Answer::ok(body))
}

fn place_of(token: &str, now: Timestamp) -> Result<usize, Problem> {
    let parts = || {
        let (from, made) = token.split_once('/')?;
        Some((from.parse().ok()?, made.parse::<Timestamp>().ok()?))
    };
    let (from, made) = parts().ok_or_else(|| Problem::invalid("nextToken is invalid."))?;
    if made + TOKEN_SECONDS.seconds() <= now {
        return Err(Problem::invalid("nextToken has expired."));
    }
    Ok(from)
}

fn summary(listing: &Listing, kept: Kept, details: bool) -> Json {
    let mut summary = json!({
        "asin": listing.asin, "fnSku": listing.fnsku, "sellerSku": listing.sku, "condition": "NewItem", "lastUpdatedTime": shown(kept.updated),
        "productName": listing.title, "totalQuantity": kept.fulfillable + kept.reserved,
    });
    if let Some(fields) = summary.as_object_mut().filter(|_| details) {
        let details = json!({
            "fulfillableQuantity": kept.fulfillable, "inboundWorkingQuantity": 0, "inboundShippedQuantity": 0, "inboundReceivingQuantity": 0,
            "reservedQuantity": {
                "totalReservedQuantity": kept.reserved, "pendingCustomerOrderQuantity": kept.reserved, "pendingTransshipmentQuantity": 0,
                "fcProcessingQuantity": 0,
            },
            "researchingQuantity": { "totalResearchingQuantity": 0, "researchingQuantityBreakdown": [] },
            "unfulfillableQuantity": { "totalUnfulfillableQuantity": 0 },
        });
        fields.insert("inventoryDetails".to_owned(), details);
    }
    summary
}
