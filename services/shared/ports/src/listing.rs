//! Entries of an account's lists, and what settings and rules say of them.

use serde::{Deserialize, Serialize};

/// An entry of an account's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// How many entries an error shows.
const SHOWN: usize = 8;

impl Listing {
    /// Whether a setting's or rule's text is an id: digits, of the system's own entries with a minus sign before them. Every other text is a name.
    #[must_use]
    pub fn is_id(text: &str) -> bool {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
    }

    /// The entry of that name: written exactly so, else in any case.
    ///
    /// # Errors
    /// That there is none, with the names that come nearest, or several, with their ids.
    pub fn named<'a>(name: &str, list: &str, entries: &'a [Self]) -> Result<&'a Self, String> {
        let name = name.trim();
        let exact: Vec<&Self> = entries.iter().filter(|one| one.name == name).collect();
        let folded = name.to_lowercase();
        let same = |one: &&Self| one.name.trim().to_lowercase() == folded;
        let fitting = if exact.is_empty() {
            entries.iter().filter(same).collect()
        } else {
            exact
        };
        match fitting.as_slice() {
            [one] => Ok(one),
            [] if entries.is_empty() => Err(format!(
                "the account's {list} are empty, so that none is called '{name}'"
            )),
            [] => Err(format!(
                "none of the account's {list} is called '{name}'; there are: {}",
                told(&nearest(&folded, entries))
            )),
            several => {
                let ids: Vec<&str> = several.iter().map(|one| one.id.as_str()).collect();
                let count = ids.len();
                let ids = ids.join(", ");
                Err(format!(
                    "{count} of the account's {list} are called '{name}': write the id of the one that is meant ({ids})"
                ))
            }
        }
    }

    /// What is wrong with an id that should be in a list, and which there are; `None` where it is there. Ids below zero are the system's own.
    #[must_use]
    pub fn trouble_with(id: &str, list: &str, entries: &[Self]) -> Option<String> {
        if id.starts_with('-') || entries.iter().any(|entry| entry.id == id) {
            return None;
        }
        let all: Vec<&Self> = entries.iter().collect();
        Some(format!(
            "the account's {list} have no id '{id}'; there are: {}",
            told(&all)
        ))
    }
}

/// The entries by how near their names come to a text, in lower case: those that hold it first.
fn nearest<'a>(text: &str, entries: &'a [Listing]) -> Vec<&'a Listing> {
    let mut near: Vec<&Listing> = entries.iter().collect();
    near.sort_by_cached_key(|entry| {
        let name = entry.name.to_lowercase();
        let holds = name.contains(text) || text.contains(&name);
        (!holds, strsim::damerau_levenshtein(text, &name))
    });
    near
}

fn told(entries: &[&Listing]) -> String {
    let shown = entries.iter().take(SHOWN);
    let shown: Vec<String> = shown
        .map(|entry| format!("{} {}", entry.id, entry.name))
        .collect();
    let more = if entries.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(all: &[(&str, &str)]) -> Vec<Listing> {
        let entry = |(id, name): &(&str, &str)| Listing {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
        };
        all.iter().map(entry).collect()
    }

    #[test]
    fn only_digits_are_ids() {
        for id in ["1", "-1", "61234567890"] {
            assert!(Listing::is_id(id), "{id}");
        }
        for name in [
            "",
            "-",
            "Berlin",
            "7 North",
            "1a",
            "gid://shopify/Location/1",
        ] {
            assert!(!Listing::is_id(name), "{name}");
        }
    }

    #[test]
    fn an_id_that_is_not_there_is_told_with_those_that_are() {
        let entries = entries(&[("1", "Main Warehouse"), ("5", "Berlin")]);
        let told = |id| Listing::trouble_with(id, "locations", &entries);
        assert_eq!(told("5"), None);
        assert_eq!(told("-4"), None);
        let unknown = told("7").unwrap();
        assert!(
            unknown.ends_with("there are: 1 Main Warehouse, 5 Berlin"),
            "{unknown}"
        );
    }

    #[test]
    fn a_name_is_found_as_written_else_in_any_case_and_never_guessed() {
        let entries = entries(&[
            ("1", "Main Warehouse"),
            ("2", "East Warehouse"),
            ("5", "Berlin"),
            ("6", "berlin"),
            ("8", "Outlet"),
            ("9", "Outlet"),
        ]);
        let found = |name| {
            let found = Listing::named(name, "locations", &entries);
            found.map(|entry| entry.id.as_str())
        };
        assert_eq!(found("East Warehouse"), Ok("2"));
        assert_eq!(found(" east warehouse "), Ok("2"));
        assert_eq!(found("berlin"), Ok("6"));
        for (name, told) in [
            ("BERLIN", "2 of the account's locations are called 'BERLIN'"),
            ("Outlet", "the one that is meant (8, 9)"),
            (
                "Eest Warehouse",
                "is called 'Eest Warehouse'; there are: 2 East Warehouse, 1 Main Warehouse",
            ),
            ("main", "there are: 1 Main Warehouse"),
        ] {
            let why = found(name).unwrap_err();
            assert!(why.contains(told), "{why}");
        }
        let none = Listing::named("x", "classes", &[]).unwrap_err();
        assert!(none.contains("classes are empty"), "{none}");
    }
}
