//! What an answer means. Between WooCommerce and us stand a host, its cache and its firewall, each of which answers in its own name.

use http::{Intent, Judgement, Reply, Request, by_status};
use ports::{Fault, Feedback};

use super::body::json_within;
use crate::wire::Problem;

/// Judges a reply.
pub(super) fn judge(request: &Request, reply: &Reply) -> Judgement {
    let refused = matches!(reply.status, 429 | 503 | 508);
    Judgement {
        fault: fault(request, reply),
        feedback: Feedback {
            refused,
            retry_after: reply.retry_after(),
            ..Feedback::default()
        },
    }
}

fn fault(request: &Request, reply: &Reply) -> Option<Fault> {
    if reply.is_success() {
        return None;
    }
    let problem = problem(reply);
    let told = |problem: &Problem| format!("{} ({})", problem.message.0, problem.code.0);
    let throttled = |why: &str| Fault::Throttled {
        after: reply.retry_after(),
        why: format!("HTTP {}: {why}", reply.status),
    };
    match (reply.status, &problem) {
        (401 | 403, Some(problem)) => Some(Fault::Unauthorized {
            why: format!("{}: {}", told(problem), advice(request, problem)),
        }),
        // Not WordPress speaks: a firewall does, to many at once, and nothing of the site has run.
        (403, None) => Some(throttled(
            "the host or its firewall turns the request away without WordPress: allow this machine's address there",
        )),
        (429, _) => Some(throttled("the host asks for fewer requests")),
        (503 | 508, _) if request.intent == Intent::Read => Some(throttled(
            "the host is busy, or the site is being maintained",
        )),
        // A status of 500 with a reason of WooCommerce's own is a refusal: a refund of too much, for instance.
        (500, Some(problem)) if problem.code.0.starts_with("woocommerce_") => {
            Some(Fault::Refused { why: told(problem) })
        }
        (404, Some(problem)) if problem.code.0 == "rest_no_route" => Some(Fault::Refused {
            why: format!(
                "{}: the site has no such part of WooCommerce's REST API. Is 'url' right, WooCommerce active and new enough, are permalinks other than plain, and is the feature switched on?",
                told(problem)
            ),
        }),
        (400..=499, Some(problem)) if !matches!(reply.status, 408 | 425) => {
            Some(Fault::Refused { why: told(problem) })
        }
        _ => by_status(request, reply),
    }
}

/// WordPress' own words.
fn problem(reply: &Reply) -> Option<Problem> {
    let body =
        json_within(&reply.body).map_or(Some(&*reply.body), |range| reply.body.get(range))?;
    let problem: Problem = serde_json::from_slice(body).ok()?;
    (!problem.code.0.is_empty()).then_some(problem)
}

/// The refusal of a wrong key says so. One that only says that something may not be done comes as well where WooCommerce saw no key at all.
fn advice(request: &Request, problem: &Problem) -> &'static str {
    if problem.code.0 == "woocommerce_rest_authentication_error" {
        return "check 'auth' and this machine's clock; a key is shown only once, make a new one where in doubt";
    }
    if request.url.scheme() == "http" {
        return "the key lacks the right, or its user does";
    }
    "the key or its user lacks the right; or WooCommerce sees no key: the host takes the Authorization header away (set 'auth.in_query'), or a proxy ends TLS without telling WordPress (X-Forwarded-Proto)"
}

#[cfg(test)]
mod tests;
