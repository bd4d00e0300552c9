//! Pictures: fetched by the shop once, and again only when they change.

use commerce::Product;
use serde_json::{Value, json};

use super::Plan;
use crate::wire::{self, Picture, State};

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
    let ours = known.map_or(&[][..], |state| state.images.as_slice());
    if known.is_some() && ours.iter().map(|picture| &picture.of).eq(&digests) {
        return;
    }
    let there = shop.map_or(&[][..], |shop| shop.media.nodes.as_slice());
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
}

/// Takes down which of the shop's media our pictures became. It lists them in the order in which they were set.
pub(crate) fn remember(state: &mut State, media: &[String]) {
    for (picture, id) in state.images.iter_mut().zip(media) {
        picture.media = Some(id.clone());
    }
}
