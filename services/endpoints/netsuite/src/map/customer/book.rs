//! A customer's address book. A company's places are entries of it, labelled with the place's name: NetSuite ships and bills by address, while
//! a sub-customer for each place would split the company's balance and credit.

use std::collections::BTreeMap;

use commerce::Address;
use ports::Fault;
use serde_json::Value;

use super::Told;
use crate::map::address::{Ruled, ruled, ruled_parts};
use crate::wire::{AddressRow, Json, Object};

/// An address that records tell of, as an entry of their customer's address book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// Equal for what is the same address, however it is written.
    pub(crate) mark: String,
    /// The same for a company's place, which stays that place when the company takes another name.
    place: Option<String>,
    address: &'a Address,
    set: BTreeMap<String, Value>,
    label: Option<&'a str>,
    billing: bool,
    shipping: bool,
}

/// The addresses that these tell of, each once: one that is for both bills and goods takes the rules of both. Where those want different
/// things of one field it is listed twice. The first record's are the ones to bill and to ship to.
pub(crate) fn entries<'a>(told: &[&Told<'a>]) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for (place, told) in told.iter().enumerate() {
        for one in &told.uses {
            let parts = ruled_parts(one.address, one.set);
            if parts.iter().flatten().all(|part| plain(part).is_empty()) {
                continue;
            }
            let mark = mark(&parts);
            let (billing, shipping) = (one.billing && place == 0, one.shipping && place == 0);
            let same = |entry: &&mut Entry<'a>| entry.mark == mark && agree(&entry.set, one.set);
            if let Some(known) = entries.iter_mut().find(same) {
                known.billing |= billing;
                known.shipping |= shipping;
                let further = one.set.into_iter().flatten();
                known
                    .set
                    .extend(further.map(|(name, value)| (name.clone(), value.clone())));
                continue;
            }
            entries.push(Entry {
                mark,
                place: one.label.map(|_| place_mark(&parts)),
                address: one.address,
                set: one.set.cloned().unwrap_or_default(),
                label: one.label,
                billing,
                shipping,
            });
        }
    }
    entries
}

/// Whether no field is to hold two things.
fn agree(ours: &BTreeMap<String, Value>, theirs: Ruled<'_>) -> bool {
    let theirs = theirs.into_iter().flatten();
    theirs
        .into_iter()
        .all(|(name, value)| ours.get(name).is_none_or(|own| own == value))
}

impl Entry<'_> {
    /// Whether it is the address of these marks.
    pub(crate) fn is(&self, [mark, place]: &[String; 2]) -> bool {
        self.mark == *mark || self.place.as_ref() == Some(place)
    }

    /// The entry as NetSuite takes it; one that joins others leaves the defaults as they are.
    ///
    /// # Errors
    /// [`Fault::Held`] when a rule gives what the field cannot take.
    pub(crate) fn json(&self, first: bool) -> Result<Json, Fault> {
        let address = ruled(self.address, Some(&self.set))?;
        let mut fields = Object::from([("addressBookAddress".to_owned(), address)]);
        if first {
            fields.insert("defaultBilling".to_owned(), Json::from(self.billing));
            fields.insert("defaultShipping".to_owned(), Json::from(self.shipping));
        }
        if let Some(label) = self.label {
            fields.insert("label".to_owned(), Json::from(label));
        }
        Ok(Json::Object(fields))
    }
}

/// The marks of an address that is there: as anybody's, and as a company's place.
pub(crate) fn row_marks(row: &AddressRow) -> [String; 2] {
    let parts = [
        row.addressee.clone(),
        row.attention.clone(),
        row.addr1.clone(),
        row.addr2.clone(),
        row.city.clone(),
        row.zip.clone(),
        row.country.clone(),
    ];
    [mark(&parts), place_mark(&parts)]
}

/// NetSuite may rewrite states and telephone numbers, which therefore do not count.
fn mark(parts: &[Option<String>]) -> String {
    let parts = parts.iter().map(|part| part.as_deref().unwrap_or_default());
    let plain: Vec<String> = parts.map(plain).collect();
    plain.join("|")
}

fn place_mark(parts: &[Option<String>; 7]) -> String {
    let [_addressee, rest @ ..] = parts;
    format!("place|{}", mark(rest))
}

/// Letters and digits alone, in lower case.
fn plain(text: &str) -> String {
    let text = text.chars().filter(|c| c.is_alphanumeric());
    text.flat_map(char::to_lowercase).collect()
}
