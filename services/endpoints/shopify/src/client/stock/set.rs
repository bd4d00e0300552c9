//! Setting levels: compare-and-set, all of a call or nothing.

use commerce::Digest;
use ports::{Fault, Lane};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Aimed, Progress, not_stocked};
use crate::client::api::Api;
use crate::client::documents::SET_LEVELS;
use crate::map::Change;
use crate::wire::UserError;

/// Why the quantities change, of the reasons that Shopify knows.
const REASON: &str = "correction";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetData {
    inventory_set_quantities: Option<SetPayload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetPayload {
    user_errors: Vec<UserError>,
}

/// Changes that go into one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) changes: Vec<Change>,
    /// Whether its levels were already read again because they had changed in between.
    reread: bool,
    /// Whether its idempotency key was already spent on a call that failed.
    spent: bool,
}

/// What becomes of a group that was refused.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sorted {
    /// Writes that cannot be made, with the reason.
    pub(super) failed: Vec<(usize, Fault)>,
    /// Writes whose level changed since it was read.
    pub(super) stale: Vec<usize>,
    /// What is tried again without them.
    pub(super) again: Vec<Group>,
}

/// Sets the group's levels. Shopify's objections come back as a list, empty when all are set.
pub(super) async fn set(
    api: &Api,
    group: &Group,
    round: &[Aimed<'_>],
    progress: &mut Progress,
) -> Result<Vec<UserError>, Fault> {
    let quantities: Vec<Value> = group
        .changes
        .iter()
        .map(|change| {
            json!({
                "inventoryItemId": change.item,
                "locationId": format!("gid://shopify/Location/{}", change.target.location),
                "quantity": change.target.units,
                "changeFromQuantity": change.from,
            })
        })
        .collect();
    let salt = group.spent.then(|| api.now().as_nanosecond().to_string());
    let variables = json!({
        "input": { "name": "available", "reason": REASON, "quantities": quantities },
        "key": key(group, round, salt.as_deref()),
    });
    let (result, exchange) = api
        .mutate::<SetData>(Lane::Stock, SET_LEVELS, variables)
        .await;
    progress.exchanges.push(exchange);
    let payload = result?.inventory_set_quantities;
    let payload = payload.ok_or_else(|| Fault::Uncertain {
        why: "Shopify answered with neither a change nor an error".to_owned(),
    })?;
    Ok(payload.user_errors)
}

/// The same for the same changes, whoever sends them how often; another for the same change made again after the level has moved.
fn key(group: &Group, round: &[Aimed<'_>], salt: Option<&str>) -> String {
    let mut parts: Vec<Vec<u8>> = Vec::with_capacity(group.changes.len() + 1);
    for change in &group.changes {
        let aimed = round.iter().find(|aimed| aimed.write == change.write);
        let event = aimed.map(|aimed| aimed.event.id.to_string());
        let text = json!([
            event,
            change.item,
            change.target.location,
            change.target.units,
            change.from,
            change.stamp
        ]);
        parts.push(text.to_string().into_bytes());
    }
    parts.extend(salt.map(|salt| salt.as_bytes().to_vec()));
    Digest::of(parts.iter().map(Vec::as_slice)).to_string()
}

impl Group {
    pub(super) const fn new(changes: Vec<Change>) -> Self {
        Self {
            changes,
            reread: false,
            spent: false,
        }
    }

    pub(super) const fn read_again(changes: Vec<Change>) -> Self {
        Self {
            changes,
            reread: true,
            spent: false,
        }
    }

    fn part(&self, changes: Vec<Change>) -> Self {
        Self {
            changes,
            reread: self.reread,
            spent: false,
        }
    }

    /// Finds the culprits of a refusal, by the place that Shopify names or else by halving, so that the others can go on.
    pub(super) fn sort(self, errors: &[UserError]) -> Sorted {
        let blamed: Vec<(usize, &UserError)> = errors
            .iter()
            .filter_map(|error| Some((place(error)?, error)))
            .filter(|(place, _)| *place < self.changes.len())
            .collect();
        if blamed.is_empty() {
            return self.sort_unnamed(errors);
        }
        let mut sorted = Sorted::default();
        let mut others = Vec::new();
        for (place, change) in self.changes.iter().enumerate() {
            let own = blamed.iter().find(|(blamed, _)| *blamed == place);
            match own.map(|(_, error)| *error) {
                None => others.push(change.clone()),
                Some(error) if is_stale(error) && !self.reread => sorted.stale.push(change.write),
                Some(error) => sorted.failed.push((change.write, fault(error, change))),
            }
        }
        if !others.is_empty() {
            sorted.again.push(self.part(others));
        }
        sorted
    }

    fn sort_unnamed(mut self, errors: &[UserError]) -> Sorted {
        let has = |code: &str| {
            errors
                .iter()
                .any(|error| error.code.as_deref() == Some(code))
        };
        let words: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        let why = words.join("; ");
        let all = |fault: Fault| Sorted {
            failed: self
                .changes
                .iter()
                .map(|change| (change.write, fault.clone()))
                .collect(),
            ..Sorted::default()
        };
        if has("IDEMPOTENCY_CONCURRENT_REQUEST") {
            return all(Fault::Throttled { after: None, why });
        }
        let spent =
            has("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED") || has("IDEMPOTENCY_KEY_PARAMETER_MISMATCH");
        if spent && !self.spent {
            self.spent = true;
            return Sorted {
                again: vec![self],
                ..Sorted::default()
            };
        }
        if spent || self.changes.len() < 2 {
            return all(Fault::Refused { why });
        }
        let second = self.changes.split_off(self.changes.len() / 2);
        Sorted {
            again: vec![self.part(second), self],
            ..Sorted::default()
        }
    }
}

/// The place in the call that an error names: `["input", "quantities", "3", "locationId"]`.
fn place(error: &UserError) -> Option<usize> {
    let field = error.field.as_ref()?;
    let list = field.iter().position(|part| part == "quantities")?;
    field.get(list + 1)?.parse().ok()
}

fn is_stale(error: &UserError) -> bool {
    matches!(
        error.code.as_deref(),
        Some("CHANGE_FROM_QUANTITY_STALE" | "COMPARE_QUANTITY_STALE")
    )
}

fn fault(error: &UserError, change: &Change) -> Fault {
    let why = error.message.clone();
    match error.code.as_deref().unwrap_or_default() {
        "CHANGE_FROM_QUANTITY_STALE" | "COMPARE_QUANTITY_STALE" => Fault::Throttled {
            after: None,
            why: format!("the level changes faster than it can be read and set: {why}"),
        },
        "ITEM_NOT_STOCKED_AT_LOCATION" => not_stocked("the article", &change.target.location),
        "INVALID_LOCATION" => Fault::Held {
            why: format!(
                "the shop has no location {}: correct the connection's table 'locations'",
                change.target.location
            ),
        },
        _ => Fault::Refused { why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::Target;

    fn group(writes: std::ops::Range<usize>) -> Group {
        Group::new(
            writes
                .map(|write| Change {
                    write,
                    item: format!("gid://shopify/InventoryItem/{write}"),
                    target: Target {
                        location: "9".into(),
                        units: 5,
                    },
                    from: 4,
                    stamp: None,
                })
                .collect(),
        )
    }

    fn error(code: &str, place: Option<usize>) -> UserError {
        UserError {
            code: Some(code.into()),
            field: place.map(|place| {
                vec![
                    "input".into(),
                    "quantities".into(),
                    place.to_string(),
                    "quantity".into(),
                ]
            }),
            message: "words".into(),
        }
    }

    fn writes(groups: &[Group]) -> Vec<Vec<usize>> {
        let writes = |group: &Group| group.changes.iter().map(|change| change.write).collect();
        groups.iter().map(writes).collect()
    }

    #[test]
    fn named_culprits_stand_alone_and_the_others_go_on() {
        let errors = [
            error("INVALID_QUANTITY_TOO_HIGH", Some(1)),
            error("CHANGE_FROM_QUANTITY_STALE", Some(3)),
        ];
        let sorted = group(0..5).sort(&errors);
        assert_eq!(
            sorted.failed,
            [(
                1,
                Fault::Refused {
                    why: "words".into()
                }
            )]
        );
        assert_eq!(sorted.stale, [3]);
        assert_eq!(writes(&sorted.again), [vec![0, 2, 4]]);
    }

    #[test]
    fn a_refusal_that_names_nobody_is_halved_until_the_culprit_stands_alone() {
        let sorted = group(0..3).sort(&[error("INVALID_REASON", None)]);
        assert_eq!(writes(&sorted.again), [vec![1, 2], vec![0]]);
        let sorted = group(2..3).sort(&[error("INVALID_REASON", None)]);
        assert_eq!(
            sorted.failed,
            [(
                2,
                Fault::Refused {
                    why: "words".into()
                }
            )]
        );
        assert!(sorted.again.is_empty());
    }

    #[test]
    fn a_level_is_read_again_once() {
        let mut again = group(0..1);
        again.reread = true;
        let sorted = again.sort(&[error("CHANGE_FROM_QUANTITY_STALE", Some(0))]);
        assert!(matches!(
            sorted.failed.as_slice(),
            [(0, Fault::Throttled { .. })]
        ));
        assert!(sorted.stale.is_empty());
    }

    #[test]
    fn a_spent_key_is_replaced_once() {
        let errors = [error("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", None)];
        let sorted = group(0..2).sort(&errors);
        let [again] = sorted.again.as_slice() else {
            panic!("{sorted:?}");
        };
        assert_ne!(key(again, &[], Some("1")), key(again, &[], None));
        assert_eq!(again.clone().sort(&errors).failed.len(), 2);
    }

    #[test]
    fn the_same_change_after_another_has_another_key() {
        let first = group(0..1);
        let mut later = first.clone();
        for change in &mut later.changes {
            change.stamp = Some("2026-03-01T10:00:00Z".into());
        }
        assert_eq!(key(&first, &[], None), key(&first.clone(), &[], None));
        assert_ne!(key(&first, &[], None), key(&later, &[], None));
    }
}
