//! What an answer means: most failures come with status 200.

use http::{Intent, Judgement, Reply, Request, by_status};
use ports::{Fault, Feedback};

use crate::wire::{Envelope, Problem};

/// Judges a reply.
pub(super) fn judge(request: &Request, reply: &Reply) -> Judgement {
    Judgement {
        fault: fault(request, reply),
        feedback: Feedback {
            refused: matches!(reply.status, 429 | 503),
            retry_after: reply.retry_after(),
            ..Feedback::default()
        },
    }
}

fn fault(request: &Request, reply: &Reply) -> Option<Fault> {
    let envelope = serde_json::from_slice::<Envelope<'_>>(&reply.body).ok();
    match envelope {
        Some(envelope) if !envelope.errors.is_empty() => Some(worst(request, &envelope.errors)),
        Some(envelope) if reply.is_success() && envelope.data.is_some() => None,
        _ if reply.is_success() => Some(unclear(
            request,
            "the answer is none of Vendure's: is 'url' the Admin API's address?",
        )),
        _ => by_status(request, reply),
    }
}

/// The one fault that stands for all errors.
fn worst(request: &Request, errors: &[Problem]) -> Fault {
    let has = |codes: &[&str]| {
        let mut all = errors.iter();
        all.find(|error| codes.contains(&error.extensions.code.as_str()))
    };
    if let Some(error) = has(&["FORBIDDEN", "UNAUTHORIZED"]) {
        return Fault::Unauthorized {
            why: format!(
                "{}: check 'auth', and that the administrator's role has the rights in this channel",
                error.message
            ),
        };
    }
    if let Some(error) = has(&["CHANNEL_NOT_FOUND"]) {
        return Fault::Unauthorized {
            why: format!("{}: check 'channel'", error.message),
        };
    }
    let words: Vec<String> = errors
        .iter()
        .map(|error| match error.extensions.code.as_str() {
            "" => error.message.clone(),
            code => format!("{} ({code})", error.message),
        })
        .collect();
    let words = words.join("; ");
    // Without a code, or with this one, something broke: what was done before that is not known.
    let broke =
        |error: &Problem| matches!(error.extensions.code.as_str(), "" | "INTERNAL_SERVER_ERROR");
    if errors.iter().any(broke) {
        return unclear(request, &words);
    }
    Fault::Refused { why: words }
}

/// Nothing is known of what happened: of a write that is an uncertain outcome.
fn unclear(request: &Request, why: &str) -> Fault {
    let why = why.to_owned();
    match request.intent {
        Intent::Write => Fault::Uncertain { why },
        Intent::Read => Fault::Unavailable { why },
    }
}
