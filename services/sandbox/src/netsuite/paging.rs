use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::problem::Problem;

const MOST_PER_PAGE: usize = 1000;

/// Which part of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paging {
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Paging {
    /// `limit` is 1000 at most and by default; `offset` has to be a multiple of it (NetSuite help, "Collection Paging").
    pub(super) fn read(query: &HashMap<String, String>) -> Result<Self, Problem> {
        let get = |name: &str, default: usize| match query.get(name) {
            Some(text) => text.parse().map_err(|_| {
                Problem::parameter(
                    name,
                    format!("Invalid value of the query parameter {name}."),
                )
            }),
            None => Ok(default),
        };
        let (limit, offset) = (get("limit", MOST_PER_PAGE)?, get("offset", 0)?);
        if limit == 0 || limit > MOST_PER_PAGE {
            return Err(Problem::parameter(
                "limit",
                format!("The limit must be between 1 and {MOST_PER_PAGE}."),
            ));
        }
        if offset % limit != 0 {
            return Err(Problem::parameter(
                "offset",
                "The offset must be divisible by the limit.",
            ));
        }
        Ok(Self { limit, offset })
    }
}

/// A page of a collection, with links to its neighbours.
pub(super) fn page(url: &str, paging: Paging, items: Vec<Json>, total: usize) -> Json {
    let Paging { limit, offset } = paging;
    let href = |offset: usize| format!("{url}?limit={limit}&offset={offset}");
    let more = offset + items.len() < total;
    let mut links = vec![json!({ "rel": "self", "href": href(offset) })];
    if more {
        links.push(json!({ "rel": "next", "href": href(offset + limit) }));
        links.push(json!({ "rel": "last", "href": href(total.saturating_sub(1) / limit * limit) }));
    }
    if offset > 0 {
        links.push(json!({ "rel": "first", "href": href(0) }));
        links.push(json!({ "rel": "prev", "href": href(offset.saturating_sub(limit)) }));
    }
    json!({ "links": links, "count": items.len(), "hasMore": more, "items": items, "offset": offset, "totalResults": total })
}
