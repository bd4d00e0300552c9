//! Setting levels: compare-and-set, all of a call or nothing.

use ports::Fault;
use serde::Deserialize;

use super::{Progress, not_stocked};
use crate::client::api::Api;
use crate::client::documents::SET_LEVELS;
use crate::client::pushed::{Facts, part};
use crate::map::{Change, set_levels};
use crate::wire::UserError;

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

/// Sets the group's levels, under an idempotency key of the call's own. Shopify's objections come back as a list, empty when all are set.
pub(super) async fn set(
    api: &Api,
    group: &Group,
    key: &str,
    progress: &mut Progress,
) -> Result<Vec<UserError>, Fault> {
    let mut variables = set_levels(&group.changes);
    if let Some(fields) = variables.as_object_mut() {
        fields.insert("key".to_owned(), key.into());
    }
    let (result, exchange) = api
        .mutate::<SetData>(progress.lane, SET_LEVELS, variables)
        .await;
    for change in &group.changes {
        let facts = Facts::Level {
            item: change.item.clone(),
            from: change.from,
        };
        let alone = set_levels(std::slice::from_ref(change));
        let own = progress.own.entry(change.write).or_default();
        own.push(part(&exchange, &alone, &facts));
    }
    progress.exchanges.push(exchange);
    let payload = result?.inventory_set_quantities;
    let payload = payload.ok_or_else(|| Fault::Uncertain {
        why: "Shopify answered with neither a change nor an error".to_owned(),
    })?;
    Ok(payload.user_errors)
}

impl Group {
    pub(super) const fn new(changes: Vec<Change>) -> Self {
        Self {
            changes,
            reread: false,
        }
    }

    pub(super) const fn read_again(changes: Vec<Change>) -> Self {
        Self {
            changes,
            reread: true,
        }
    }

    fn part(&self, changes: Vec<Change>) -> Self {
        Self {
            changes,
            reread: self.reread,
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
        // The next attempt comes with another key.
        if has("IDEMPOTENCY_CONCURRENT_REQUEST") || has("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED") {
            return all(Fault::Throttled { after: None, why });
        }
        if self.changes.len() < 2 {
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
    fn a_key_that_is_in_use_is_no_refusal() {
        let sorted = group(0..2).sort(&[error("IDEMPOTENCY_CONCURRENT_REQUEST", None)]);
        assert_eq!(sorted.failed.len(), 2);
        assert!(matches!(
            sorted.failed.first(),
            Some((0, Fault::Throttled { .. }))
        ));
    }
}
