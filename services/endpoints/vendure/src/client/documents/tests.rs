use apollo_compiler::{ExecutableDocument, Schema};

use super::*;

#[test]
fn every_document_is_valid_and_reads_no_deprecated_field() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let path = contracts.join("vendure/recorded/admin-api.schema.graphql");
    let sdl = std::fs::read_to_string(path).unwrap();
    let schema = Schema::parse_and_validate(sdl, "schema.graphql")
        .map_err(|invalid| invalid.errors.to_string())
        .unwrap();
    for (name, document) in [
        ("login", LOGIN),
        ("standing", STANDING),
        ("key standing", KEY_STANDING),
        ("orders", ORDERS),
        ("order ids", ORDER_IDS),
        ("articles", ARTICLES),
        ("set levels", SET_LEVELS),
        ("fulfil", FULFIL),
        ("move", MOVE),
        ("give back", GIVE_BACK),
        ("call off", CALL_OFF),
    ] {
        let checked = ExecutableDocument::parse_and_validate(&schema, document.text, name)
            .unwrap_or_else(|invalid| panic!("{name}: {}", invalid.errors));
        for operation in checked.operations.iter() {
            for field in operation.all_fields(&checked) {
                let deprecated = field.definition.directives.get("deprecated");
                assert!(deprecated.is_none(), "{name}: {} is deprecated", field.name);
            }
        }
    }
}
