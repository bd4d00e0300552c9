//! Fields of JSON that may not be there.

use serde_json::Value as Json;

/// The field of that name, or null.
pub(super) fn get<'a>(value: &'a Json, name: &str) -> &'a Json {
    value.get(name).unwrap_or(&Json::Null)
}

/// Sets a field of a record; of anything else nothing.
pub(super) fn set(value: &mut Json, name: &str, to: impl Into<Json>) {
    if let Some(fields) = value.as_object_mut() {
        fields.insert(name.to_owned(), to.into());
    }
}

/// The records of the list of that name.
pub(super) fn records<'a>(
    value: &'a mut Json,
    name: &str,
) -> impl Iterator<Item = &'a mut Json> + use<'a> {
    let list = value.get_mut(name).and_then(Json::as_array_mut);
    list.into_iter().flatten()
}
