//! What becomes of a call that Shopify refused.

use ports::Fault;

use super::{Change, Progress};
use crate::wire::UserError;

/// Ends the changes that Shopify blames, and returns those to be tried again without them: nothing of a refused call was done, or
/// doing it again does no harm. A refusal that blames nobody is halved until the culprit stands alone.
pub(super) fn without_culprits<'a>(
    changes: Vec<Change<'a>>,
    errors: &[UserError],
    culprit: impl Fn(&UserError) -> Option<usize>,
    progress: &mut Progress,
) -> Vec<Vec<Change<'a>>> {
    let blamed: Vec<(usize, &UserError)> = errors
        .iter()
        .filter_map(|error| Some((culprit(error)?, error)))
        .filter(|(place, _)| *place < changes.len())
        .collect();
    if blamed.is_empty() {
        return halves(changes, errors, progress);
    }
    let mut others = Vec::new();
    for (place, change) in changes.into_iter().enumerate() {
        match blamed.iter().find(|(blamed, _)| *blamed == place) {
            None => others.push(change),
            Some((_, error)) => end(&change, error, progress),
        }
    }
    if others.is_empty() {
        Vec::new()
    } else {
        vec![others]
    }
}

fn halves<'a>(
    mut changes: Vec<Change<'a>>,
    errors: &[UserError],
    progress: &mut Progress,
) -> Vec<Vec<Change<'a>>> {
    if changes.len() < 2 {
        for change in &changes {
            errors
                .iter()
                .take(1)
                .for_each(|error| end(change, error, progress));
        }
        return Vec::new();
    }
    let second = changes.split_off(changes.len() / 2);
    vec![changes, second]
}

fn end(change: &Change<'_>, error: &UserError, progress: &mut Progress) {
    let why = error.message.clone();
    let code = error.code.as_deref().unwrap_or_default();
    let fault = if code.ends_with("VARIANT_NOT_FOUND") || code.ends_with("DOES_NOT_EXIST") {
        Fault::Missing {
            what: format!("item:{}", change.price.sku),
        }
    } else if code.ends_with("CURRENCY_MISMATCH") {
        Fault::Held { why }
    } else {
        Fault::Refused { why }
    };
    progress.outcomes.insert(change.write, Err(fault));
}
