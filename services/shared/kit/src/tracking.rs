//! Tracking numbers of deliveries.

use std::collections::BTreeSet;

use commerce::Fulfilment;
use ports::Standing;

/// A delivery's tracking numbers.
#[must_use]
pub fn tracking_numbers(delivery: &Fulfilment) -> BTreeSet<String> {
    let parcels = delivery.parcels.iter();
    let numbers = parcels.filter_map(|parcel| Some(parcel.tracking_number.as_deref()?.trim()));
    let given = numbers.filter(|number| !number.is_empty());
    given.map(str::to_owned).collect()
}

/// That the shop shows other numbers than the delivery has.
#[must_use]
pub fn tracking_differs(ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> Standing {
    Standing::Differs {
        what: format!(
            "tracking numbers: {} here, {} there",
            listed(ours),
            listed(theirs)
        ),
    }
}

fn listed(numbers: &BTreeSet<String>) -> String {
    if numbers.is_empty() {
        return "none".to_owned();
    }
    let all: Vec<&str> = numbers.iter().map(String::as_str).collect();
    all.join(", ")
}
