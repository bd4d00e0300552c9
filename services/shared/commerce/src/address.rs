//! Postal addresses.

use serde::{Deserialize, Serialize};

use crate::country::Country;

/// A postal address as a person gave it. Absent parts are `None`, never empty texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Company at that address.
    pub company: Option<String>,
    /// Street and number.
    pub line1: Option<String>,
    /// Flat, floor, department.
    pub line2: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// State or province: its code where the source has one, else its name.
    pub region: Option<String>,
    /// Postal code.
    pub postcode: Option<String>,
    /// Country; `None` where the source gave none or one that ISO 3166-1 does not know.
    pub country: Option<Country>,
    /// Telephone number as given.
    pub phone: Option<String>,
}

impl Address {
    /// Given and family name with one blank between, or nothing.
    #[must_use]
    pub fn person(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.first_name, &self.last_name]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if parts.is_empty() {
            None
        } else {
            Some(parts.join(" "))
        }
    }

    /// Whom a parcel is for: the person, else the company.
    #[must_use]
    pub fn addressee(&self) -> Option<String> {
        self.person().or_else(|| self.company.clone())
    }
}
