//! A record's state in the merchant's words: what, why, who has to act, what to do.

use std::fmt::Write as _;

use jiff::Timestamp;
use proto::control::v1::RecordRow;

use super::output::{harmless, one_line};
use super::time;

/// The whole story, a line each.
pub(super) fn story(row: &RecordRow, now: Timestamp) -> String {
    let name = row.name.clone().unwrap_or_default();
    let mut text = String::new();
    let mut line = |heading: &str, what: &str| {
        if !what.is_empty() {
            let what = harmless(what).replace('\n', "\n              ");
            // Writing to a String cannot fail.
            writeln!(text, "{heading:<14}{what}").ok();
        }
    };
    line(
        "Record",
        &format!(
            "{} {} (id {}) of sync {}",
            name.kind, row.number, name.id, name.sync
        ),
    );
    line(
        "Status",
        &format!(
            "{} for {}",
            row.status,
            time::age(row.changed_at.as_ref(), now)
        ),
    );
    line("What", what(&row.status));
    line("Why", row.reason.trim());
    line("Who acts", who(row));
    line("What to do", &what_to_do(row, now));
    line("At target", &twin(row));
    line(
        "First seen",
        &format!("{} ago", time::age(row.first_seen.as_ref(), now)),
    );
    text
}

/// A record's twin in a few words; empty when it has none.
pub(super) fn twin(row: &RecordRow) -> String {
    match (row.twin_number.as_str(), row.twin_id.as_str()) {
        ("", id) => one_line(id),
        (number, id) => format!("{} (id {})", one_line(number), one_line(id)),
    }
}

fn what(status: &str) -> &'static str {
    match status {
        "queued" => "It was read and is on its way.",
        "held" => "A rule or a check wants a person to look before anything is written.",
        "waiting" => "It needs another record that is not there yet.",
        "retrying" => "The last attempt failed; another one will follow by itself.",
        "uncertain" => "It was sent, and the answer was lost: it may or may not be there.",
        "synced" => "The target has it.",
        "unchanged" => "The target has it already as it is now.",
        "skipped" => "A filter leaves it out.",
        "failed" => "The other side refused it.",
        "ignored" => "A person set it aside.",
        _ => "",
    }
}

fn who(row: &RecordRow) -> &'static str {
    match (row.actor.as_str(), row.status.as_str()) {
        ("operations", _) => "operations: it is a matter of data or mapping",
        ("engineer", _) => "the engineer: it is a matter of credentials, rights or configuration",
        ("nobody", _) | (_, "queued" | "retrying" | "uncertain") => "nobody: it passes by itself",
        (_, "held" | "failed") => "operations",
        _ => "",
    }
}

fn what_to_do(row: &RecordRow, now: Timestamp) -> String {
    let name = row.name.clone().unwrap_or_default();
    let target = format!("{} {}", name.sync, quoted(&name.id));
    let attempts = row.attempts;
    match row.status.as_str() {
        "held" => format!(
            "Mend what does not fit (the record, a table, the mapping), then: causeway retry {target}\nor set it aside: causeway ignore {target}"
        ),
        "failed" => format!(
            "Mend what the other side objects to, then: causeway retry {target}\nor set it aside: causeway ignore {target}"
        ),
        "waiting" => {
            "Nothing, if that record is on its way: its arrival releases this one. Else create it."
                .to_owned()
        }
        "retrying" => {
            let due = time::read(row.next_try.as_ref()).map_or_else(
                || "soon".to_owned(),
                |at| format!("in {}", time::span(now, at)),
            );
            format!(
                "Nothing: after {attempts} failed the next attempt comes {due}. At once: causeway retry {target}"
            )
        }
        "uncertain" => {
            "Nothing: it is looked up at the target before anything is sent again.".to_owned()
        }
        "ignored" => format!("Nothing. If it should be sent after all: causeway retry {target}"),
        _ => String::new(),
    }
}

/// As a shell takes it for one word.
fn quoted(id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if !id.is_empty() && id.chars().all(plain) {
        id.to_owned()
    } else {
        format!("'{}'", id.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use proto::control::v1::RecordName;

    use super::*;

    fn row(status: &str) -> RecordRow {
        RecordRow {
            name: Some(RecordName {
                sync: "orders".into(),
                kind: "order".into(),
                id: "450789469".into(),
            }),
            number: "#1001".into(),
            status: status.into(),
            reason: "refused: Invalid item".into(),
            actor: "operations".into(),
            ..RecordRow::default()
        }
    }

    fn told(row: &RecordRow) -> String {
        story(row, "2026-03-01T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_failure_says_what_why_who_and_what_to_do() {
        let story = told(&row("failed"));
        for words in [
            "order #1001 (id 450789469) of sync orders",
            "The other side refused it.",
            "refused: Invalid item",
            "operations: it is a matter of data or mapping",
            "causeway retry orders 450789469",
            "causeway ignore orders 450789469",
        ] {
            assert!(story.contains(words), "{words} is not in\n{story}");
        }
    }

    #[test]
    fn every_status_is_explained() {
        for status in ports::Status::ALL {
            assert!(
                told(&row(status.as_str())).contains("What "),
                "{}",
                status.as_str()
            );
        }
    }

    #[test]
    fn what_is_to_be_typed_is_one_word_for_the_shell() {
        let mut odd = row("held");
        odd.name.as_mut().unwrap().id = "a b'; rm x".into();
        assert!(told(&odd).contains(r"causeway retry orders 'a b'\''; rm x'"));
    }
}
