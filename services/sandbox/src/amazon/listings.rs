//! Listings Items 2021-08-01.

use serde_json::{Value as Json, json};

use super::asked::{Answer, Answered, Asked, Problem, list, required};
use super::books::Books;
use super::listing::Listing;
use super::submission::Issue;

const DATASETS: [&str; 8] = [
    "summaries",
    "attributes",
    "issues",
    "offers",
    "fulfillmentAvailability",
    "procurement",
    "relationships",
    "productTypes",
];

fn is_seller(asked: &Asked<'_>) -> Result<(), Problem> {
    if asked.name(0) == asked.options.seller_id {
        return Ok(());
    }
    Err(Problem::unauthorized("The seller is another one."))
}

fn included<'a>(asked: &'a Asked<'_>) -> Result<Vec<&'a str>, Problem> {
    let wanted = asked.list("includedData");
    if let Some(one) = wanted.iter().find(|one| !DATASETS.contains(one)) {
        return Err(Problem::invalid(format!("includedData {one} is invalid.")));
    }
    Ok(if wanted.is_empty() {
        vec!["summaries"]
    } else {
        wanted
    })
}

fn unknown(sku: &str) -> Problem {
    Problem::new(
        404,
        "NOT_FOUND",
        format!("SKU '{sku}' not found in marketplace."),
    )
}

pub(super) fn one(books: &Books, asked: &Asked<'_>) -> Answered {
    is_seller(asked)?;
    let places = asked.marketplaces()?;
    let included = included(asked)?;
    let listing = books.listings.get(asked.name(1));
    let listing = listing.ok_or_else(|| unknown(asked.name(1)))?;
    Ok(Answer::ok(listing.shown(&places, &included)))
}

pub(super) fn search(books: &Books, asked: &Asked<'_>) -> Answered {
    is_seller(asked)?;
    let places = asked.marketplaces()?;
    let included = included(asked)?;
    let size = asked.number("pageSize", 1..=20, 10)?;
    let from: usize = match asked.text("pageToken") {
        Some(token) => token
            .parse()
            .map_err(|_| Problem::invalid("pageToken is invalid."))?,
        None => 0,
    };
    let wanted = asked.list("identifiers");
    if wanted.len() > 20 {
        return Err(Problem::invalid("identifiers takes 20 at most."));
    }
    if !wanted.is_empty() && asked.text("identifiersType") != Some("SKU") {
        return Err(Problem::invalid("identifiersType must be SKU here."));
    }
    let all = books.listings.values();
    let found: Vec<&Listing> = all
        .filter(|one| wanted.is_empty() || wanted.contains(&one.sku.as_str()))
        .collect();
    let items = found.iter().skip(from).take(size);
    let items: Vec<Json> = items.map(|one| one.shown(&places, &included)).collect();
    let mut pagination = json!({});
    if let Some(fields) = pagination
        .as_object_mut()
        .filter(|_| from + size < found.len())
    {
        fields.insert("nextToken".to_owned(), json!((from + size).to_string()));
    }
    Ok(Answer::ok(
        json!({ "numberOfResults": found.len(), "pagination": pagination, "items": items }),
    ))
}

pub(super) fn patch(books: &mut Books, asked: &Asked<'_>) -> Answered {
    is_seller(asked)?;
    let places: Vec<&str> = asked.marketplaces()?.iter().map(|place| place.id).collect();
    let product_type = required(&asked.body, "productType")?;
    let patches = list(&asked.body, "patches");
    if patches.is_empty() {
        return Err(Problem::invalid("patches is required."));
    }
    for patch in patches {
        required(patch, "op")?;
        required(patch, "path")?;
    }
    let number = books.number();
    let listing = books.listings.get_mut(asked.name(1));
    let listing = listing.ok_or_else(|| unknown(asked.name(1)))?;
    let mut changed = listing.clone();
    let issues = changed.patch(product_type, patches, &places);
    let preview = asked.text("mode") == Some("VALIDATION_PREVIEW");
    if issues.is_empty() && !preview {
        listing.become_now(changed, asked.now);
    }
    let status = match (issues.is_empty(), preview) {
        (false, _) => "INVALID",
        (true, true) => "VALID",
        (true, false) => "ACCEPTED",
    };
    let issues: Vec<Json> = issues.iter().map(Issue::shown).collect();
    Ok(Answer::ok(json!({
        "sku": listing.sku, "status": status, "submissionId": format!("{number:032x}"), "issues": issues,
    })))
}
