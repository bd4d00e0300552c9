//! Pictures: fetched by the shop once, and again only when they change.

use commerce::Product;
use serde_json::{Value, json};

use super::Plan;
use crate::wire::{self, MediaRef, Picture, Sent, State};

/// Sets the product's pictures where they are others than last time. Those that the shop has from us are named by its own id, so that
/// it does not fetch them again; those that people put in stay, behind ours.
pub(super) fn set(
    product: &Product,
    shop: Option<&wire::Product>,
    known: Option<&State>,
    plan: &mut Plan,
) {
    if product.images.is_empty() {
        return;
    }
    let digests: Vec<String> = product
        .images
        .iter()
        .map(|image| image.digest().to_string())
        .collect();
    let there = shop.map_or(&[][..], |shop| shop.media.nodes.as_slice());
    let old = known.map_or(&[][..], |state| state.images.as_slice());
    let sent = plan.state.sent.take();
    let arrived = sent.and_then(|sent| arrived(&sent, old, there));
    let ours = arrived.as_deref().unwrap_or(old);
    plan.state.images = ours.to_vec();
    if known.is_some() && ours.iter().map(|picture| &picture.of).eq(&digests) {
        return;
    }
    let fresh = |of: &String| Picture {
        of: of.clone(),
        media: None,
    };
    if known.is_none() && !there.is_empty() {
        // Either we made it a moment ago and did not come to taking that down; or somebody made it by hand, with pictures that may
        // well be the same ones.
        plan.state.images = digests.iter().map(fresh).collect();
        if shop.is_some_and(|shop| shop.key.is_some()) && there.len() == digests.len() {
            let ids: Vec<String> = there.iter().map(|media| media.id.clone()).collect();
            remember(&mut plan.state, &ids);
        }
        return;
    }
    let media = |of: &String| {
        let known = ours.iter().find(|picture| picture.of == *of);
        let id = known.and_then(|picture| picture.media.as_ref())?;
        there
            .iter()
            .any(|media| media.id == *id)
            .then(|| id.clone())
    };
    plan.state.images = digests
        .iter()
        .map(|of| Picture {
            of: of.clone(),
            media: media(of),
        })
        .collect();
    let mut files: Vec<Value> = Vec::new();
    for (image, picture) in product.images.iter().zip(&plan.state.images) {
        files.push(match &picture.media {
            Some(id) => json!({ "id": id }),
            None => {
                let mut file = json!({ "originalSource": image.url, "contentType": "IMAGE" });
                if let (Some(alt), Some(file)) = (&image.alt, file.as_object_mut()) {
                    file.insert("alt".to_owned(), alt.as_str().into());
                }
                file
            }
        });
    }
    let is_ours = |id: &String| {
        ours.iter()
            .any(|picture| picture.media.as_ref() == Some(id))
    };
    let theirs = there.iter().filter(|media| !is_ours(&media.id));
    files.extend(theirs.map(|media| json!({ "id": media.id })));
    plan.input.insert("files".to_owned(), files.into());
    plan.announced = shop.is_some().then(|| State {
        images: ours.to_vec(),
        sent: Some(Sent {
            images: plan.state.images.clone(),
            before: there.iter().map(|media| media.id.clone()).collect(),
        }),
        ..known.cloned().unwrap_or_default()
    });
}

/// Our pictures by now, where a change that was sent has arrived: the shop lists them first, in the order in which they were set.
fn arrived(sent: &Sent, old: &[Picture], there: &[MediaRef]) -> Option<Vec<Picture>> {
    let stays = |id: &String| sent.images.iter().any(|one| one.media.as_ref() == Some(id));
    let mut taken_out = old.iter().filter_map(|picture| picture.media.as_ref());
    let is_there = |id: &String| there.iter().any(|media| media.id == *id);
    if there.len() < sent.images.len() || taken_out.any(|id| !stays(id) && is_there(id)) {
        return None;
    }
    let pairs = sent.images.iter().zip(there);
    let found = pairs.map(|(picture, media)| {
        let is_it = match &picture.media {
            Some(id) => media.id == *id,
            None => !sent.before.contains(&media.id),
        };
        is_it.then(|| Picture {
            of: picture.of.clone(),
            media: Some(media.id.clone()),
        })
    });
    found.collect()
}

/// Takes down which of the shop's media our pictures became. It lists them in the order in which they were set.
pub(crate) fn remember(state: &mut State, media: &[String]) {
    for (picture, id) in state.images.iter_mut().zip(media) {
        picture.media = Some(id.clone());
    }
}
