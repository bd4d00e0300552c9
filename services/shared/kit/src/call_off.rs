//! What becomes of an order in a shop that was called off elsewhere.

use commerce::Cancellation;
use ports::Standing;

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOff {
    /// Nothing: the shop has nothing left to call off.
    Moot,
    /// It is cancelled.
    Cancel,
    /// A person decides: why, and between what.
    Hold(String),
}

impl CallOff {
    /// Held: the order by its number in the shop, why, and what can be done there.
    #[must_use]
    pub fn held(off: &Cancellation, order: &str, why: &str, choice: &str) -> Self {
        Self::Hold(format!(
            "{order} was called off as {}, but {why}. Nothing was written. Choices: {choice} what will not be delivered, then mark this record as ignored; or open the lines there again",
            off.number
        ))
    }

    /// How the order stands by that.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self {
            Self::Cancel => Standing::Differs {
                what: "called off here, open there".to_owned(),
            },
            Self::Moot | Self::Hold(_) => Standing::Held,
        }
    }
}
