//! What bears a SKU.

use std::collections::BTreeMap;

use ports::Fault;

/// Records of the shop by the SKU that they bear.
#[derive(Debug)]
pub struct BySku<T>(BTreeMap<String, Vec<T>>);

impl<T> Default for BySku<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> BySku<T> {
    /// Takes in a record.
    pub fn add(&mut self, sku: String, record: T) {
        self.0.entry(sku).or_default().push(record);
    }

    /// The one record of that SKU; `what` of it is wanted, and `called` says what such records are called.
    ///
    /// # Errors
    /// [`Fault::Missing`] where there is none, [`Fault::Held`] where there are several.
    pub fn one(&self, sku: &str, what: &str, called: &str) -> Result<&T, Fault> {
        match self.0.get(sku).map(Vec::as_slice) {
            Some([one]) => Ok(one),
            None | Some([]) => Err(Fault::Missing {
                what: format!("item:{sku}"),
            }),
            Some(several) => Err(Fault::Held {
                why: format!(
                    "{} {called} bear the SKU {sku}: which one's {what} is meant cannot be told; give each its own",
                    several.len()
                ),
            }),
        }
    }

    /// Every record found, with its SKU.
    pub fn all(&self) -> impl Iterator<Item = (&String, &T)> {
        let all = self.0.iter();
        all.flat_map(|(sku, records)| records.iter().map(move |one| (sku, one)))
    }

    /// Every record found, to be completed.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.values_mut().flatten()
    }
}
