//! What NetSuite's answers mean (NetSuite help, "Error Handling and Error Types in REST Web Services"; refusals for concurrency come in
//! many disguises).

use http::{Intent, Judgement, Reply, Request};
use ports::{Fault, Feedback};

use crate::wire::{Problem, RestletError};

/// Codes of a refusal for too many requests at once, whatever the status: REST, RESTlet and SOAP.
const CONCURRENCY_CODES: [&str; 5] = [
    "CONCURRENCY_LIMIT_EXCEEDED",
    "SSS_REQUEST_LIMIT_EXCEEDED",
    "WS_REQUEST_BLOCKED",
    "WS_CONCUR_SESSION_DISALLWD",
    "EXCEEDED_CONCURRENCY_LIMIT",
];
/// The same in words.
const CONCURRENCY_WORDS: [&str; 5] = [
    "concurrent request limit",
    "concurrency limit",
    "request limit exceeded",
    "request blocked",
    "too many concurrent",
];
/// A record that somebody else is at work on: it passes.
const LOCK_WORDS: [&str; 6] = [
    "record has been changed",
    "rcrd_has_been_changed",
    "been locked by",
    "is locked",
    "currently being processed",
    "record_locked",
];
/// How much of an answer's words goes into a fault.
const SHOWN_CHARS: usize = 600;

/// Judges an answer: its status, its body, then its words.
pub(super) fn judge(request: &Request, reply: &Reply) -> Judgement {
    let said = Said::of(reply);
    let fault = if said.is_concurrency(reply) {
        Some(Fault::Throttled {
            after: reply.retry_after(),
            why: said.words(),
        })
    } else {
        fault(request, reply, &said)
    };
    let refused = matches!(fault, Some(Fault::Throttled { .. }));
    Judgement {
        feedback: Feedback {
            refused,
            retry_after: reply.retry_after().filter(|_| refused),
            ..Feedback::default()
        },
        fault,
    }
}

/// Whether the record is there already, by NetSuite's words. They name no field: a look-up has to tell whether it is ours.
pub(super) fn is_duplicate(reply: &Reply) -> bool {
    reply.status == 400
        && Said::of(reply)
            .text
            .to_lowercase()
            .contains("already exists")
}

/// The fields that NetSuite finds fault with (`o:errorPath`).
pub(super) fn paths(reply: &Reply) -> Vec<String> {
    let problem: Option<Problem> = serde_json::from_slice(&reply.body).ok();
    let details = problem.map(|problem| problem.details).unwrap_or_default();
    details
        .into_iter()
        .filter_map(|detail| detail.path)
        .collect()
}

fn fault(request: &Request, reply: &Reply, said: &Said) -> Option<Fault> {
    let why = said.words();
    match reply.status {
        200..=299 if !said.is_error => None,
        200..=299 | 400 => Some(business(said)),
        401 => Some(Fault::Unauthorized { why: login(why) }),
        403 if said.has("INSUFFICIENT_PERMISSION") => Some(Fault::Unauthorized {
            why: format!(
                "{why}. Add the permission it names to the role of this connection (Setup > Users/Roles > Manage Roles)"
            ),
        }),
        429 => Some(Fault::Throttled {
            after: reply.retry_after(),
            why,
        }),
        408 | 500.. => Some(match request.intent {
            Intent::Read => Fault::Unavailable { why },
            Intent::Write => Fault::Uncertain { why },
        }),
        300..=399 => Some(Fault::Refused {
            why: format!(
                "HTTP {}: NetSuite redirects to {}; set 'url' to that address",
                reply.status,
                reply.headers.get("location").unwrap_or("elsewhere")
            ),
        }),
        _ => Some(Fault::Refused { why }),
    }
}

/// A refusal by NetSuite's own rules: permanent, unless somebody only holds the record at the moment.
fn business(said: &Said) -> Fault {
    let text = said.text.to_lowercase();
    let why = said.words();
    if said.has("INVALID_LOGIN_ATTEMPT") || said.has("INVALID_LOGIN") || said.is_bearer_error {
        return Fault::Unauthorized { why: login(why) };
    }
    // A locked accounting period stays locked until somebody opens it.
    if !text.contains("period") && LOCK_WORDS.iter().any(|words| text.contains(words)) {
        return Fault::Unavailable { why };
    }
    match advice(&text) {
        Some(advice) => Fault::Refused {
            why: format!("{why} {advice}"),
        },
        None => Fault::Refused { why },
    }
}

/// NetSuite tells every failed login alike; the causes are these.
fn login(why: String) -> String {
    format!(
        "{why} Possible causes: a revoked or mistyped token, key or certificate; a disabled integration record; a role without REST Web Services or Log In permission; the wrong account id; this machine's clock more than five minutes off; a user locked after five failures (30 minutes). The account's Login Audit Trail (Setup > Users/Roles > User Management > View Login Audit Trail) tells which"
    )
}

/// What usually helps.
fn advice(text: &str) -> Option<&'static str> {
    let table = [
        (
            "please enter value",
            "Set these fields in the connection's 'orders' settings or by a mapping rule.",
        ),
        (
            "invalid field value",
            "The id does not exist in this account, is inactive, or is not allowed for the subsidiary or form: check the setting or rule that gives it.",
        ),
        (
            "invalid reference",
            "The id does not exist in this account, is inactive, or is not allowed for the subsidiary or form: check the setting or rule that gives it.",
        ),
        (
            "unknown property",
            "The field does not exist on this record in this account: check the spelling in the mapping rule, or enable the feature it belongs to.",
        ),
        (
            "unknown field",
            "The field does not exist on this record in this account: check the spelling in the mapping rule, or enable the feature it belongs to.",
        ),
        (
            "closed period",
            "Open the accounting period, or set tranDate by a mapping rule.",
        ),
        (
            "period is closed",
            "Open the accounting period, or set tranDate by a mapping rule.",
        ),
        (
            "already exists",
            "Another record has the same name or number: turn on auto-numbering for it (Setup > Company > Auto-Generated Numbers).",
        ),
        (
            "was not found",
            "The role does not see this record type or the feature is off: run the connection's check, which names the permission.",
        ),
        (
            "invalid search type",
            "The role does not see this record type or the feature is off: run the connection's check, which names the permission.",
        ),
        (
            "unknown identifier",
            "A field of the settings does not exist in this account, or its feature is off.",
        ),
    ];
    table
        .into_iter()
        .find(|(words, _)| text.contains(words))
        .map(|(_, advice)| advice)
}

/// What a body says, in whichever of NetSuite's shapes.
struct Said {
    status: u16,
    codes: Vec<String>,
    /// Its words; of a body that is no error of a known shape, its beginning.
    text: String,
    is_error: bool,
    is_bearer_error: bool,
}

impl Said {
    fn of(reply: &Reply) -> Self {
        let problem: Option<Problem> = serde_json::from_slice(&reply.body).ok();
        let (codes, text) = problem.map(read).unwrap_or_default();
        let is_error = !codes.is_empty() || !text.is_empty();
        let challenge = reply.headers.get("www-authenticate").unwrap_or_default();
        Self {
            status: reply.status,
            codes,
            text: if is_error || reply.status < 300 {
                text
            } else {
                plain(&reply.body)
            },
            is_error,
            is_bearer_error: challenge.starts_with("Bearer") && challenge.contains("error="),
        }
    }

    fn has(&self, code: &str) -> bool {
        self.codes.iter().any(|own| own == code)
    }

    fn is_concurrency(&self, reply: &Reply) -> bool {
        let text = self.text.to_lowercase();
        let coded = CONCURRENCY_CODES
            .iter()
            .any(|code| self.has(code) || text.contains(&code.to_lowercase()));
        let failed = self.is_error || reply.status >= 300;
        failed && (coded || CONCURRENCY_WORDS.iter().any(|words| text.contains(words)))
    }

    fn words(&self) -> String {
        let codes = self.codes.join(", ");
        let shown: String = self.text.chars().take(SHOWN_CHARS).collect();
        match (codes.is_empty(), shown.is_empty()) {
            (true, true) => format!("NetSuite answered HTTP {} without a word", self.status),
            (true, false) => format!("NetSuite says (HTTP {}): {shown}", self.status),
            (false, _) => format!("NetSuite says (HTTP {}, {codes}): {shown}", self.status),
        }
    }
}

fn read(problem: Problem) -> (Vec<String>, String) {
    let mut codes = Vec::new();
    let mut words = Vec::new();
    for detail in problem.details {
        codes.extend(detail.code);
        let path = detail.path.map(|path| format!(" [{path}]"));
        words.extend(
            detail
                .detail
                .map(|text| text + path.as_deref().unwrap_or_default()),
        );
    }
    match problem.error {
        Some(RestletError::Coded { code, message }) => {
            codes.extend(code);
            words.extend(message);
        }
        Some(RestletError::Plain(code)) => codes.push(code),
        None => {}
    }
    if words.is_empty() && !codes.is_empty() {
        words.extend(problem.title);
    }
    (codes, words.join(" "))
}

/// The words of an answer of no known shape: markup is left out.
fn plain(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut shown = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                shown.push(' ');
            }
            _ if !inside => shown.push(c),
            _ => {}
        }
    }
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
