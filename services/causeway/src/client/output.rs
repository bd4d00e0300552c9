//! Standard output: tables for people, JSON for programs.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, Color, ContentArrangement, Table};
use serde_json::Value;

/// Where answers go, and in which form.
pub(super) struct Output {
    /// For programs.
    pub(super) json: bool,
    colour: bool,
    terminal: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            json,
            colour: terminal && !plain,
            terminal,
        }
    }

    /// One line or several.
    pub(super) fn say(&self, text: impl Display) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{text}")
    }

    /// One JSON document.
    pub(super) fn document(&self, value: &Value) -> io::Result<()> {
        self.say(format_args!("{value:#}"))
    }

    /// One of many JSON documents, on a line of its own.
    pub(super) fn json_line(&self, value: &Value) -> io::Result<()> {
        self.say(value)
    }

    /// Begins a screen anew where there is one.
    pub(super) fn clear(&self) -> io::Result<()> {
        if self.terminal {
            write!(io::stdout().lock(), "\x1b[2J\x1b[H")?;
        }
        Ok(())
    }

    pub(super) fn table<'a>(&self, headings: impl IntoIterator<Item = &'a str>) -> Table {
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(headings);
        if self.terminal {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        table
    }

    pub(super) fn say_table(&self, table: &Table) -> io::Result<()> {
        self.say(table.trim_fmt())
    }

    /// A cell, in the colour of a status.
    pub(super) fn cell(&self, text: impl AsRef<str>, status: &str) -> Cell {
        let cell = Cell::new(one_line(text.as_ref()));
        match colour(status) {
            Some(colour) if self.colour => cell.fg(colour),
            _ => cell,
        }
    }
}

fn colour(status: &str) -> Option<Color> {
    match status {
        "failed" => Some(Color::Red),
        "held" | "waiting" | "paused" => Some(Color::Yellow),
        "retrying" | "uncertain" => Some(Color::Cyan),
        "synced" | "unchanged" => Some(Color::Green),
        _ => None,
    }
}

/// Foreign text on one line: buyers and other systems wrote it, so it must not be able to steer the terminal.
pub(super) fn one_line(text: &str) -> String {
    harmless(text.trim()).replace('\n', " ")
}

/// Foreign text with its lines, and without anything else that steers a terminal.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            '\t' | '\r' => ' ',
            c if c.is_control() || is_direction(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Characters that make a terminal show text in another order than it has.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `1 record`, `2 records`.
pub(super) fn counted(number: u64, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

#[cfg(test)]
mod tests {
    use super::{harmless, one_line};

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        assert_eq!(
            one_line("a\x1b[2Jb\r\nc\u{202e}"),
            "a\u{fffd}[2Jb  c\u{fffd}"
        );
        assert_eq!(harmless("a\n\tb\x07"), "a\n b\u{fffd}");
    }
}
