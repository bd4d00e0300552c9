use super::{Field, Kind, Needs, RecordType, Space, Sublist, computed, field, only_with};

const COMMON: &[Field] = &[
    computed("id", Kind::Text),
    field("externalId", Kind::Text),
    field("customForm", Kind::Reference("customForm")),
    field("isInactive", Kind::Flag),
    computed("lastModifiedDate", Kind::Instant),
];

const CUSTOMER: &[Field] = &[
    field("entityId", Kind::Text),
    field("autoName", Kind::Flag),
    field("isPerson", Kind::Flag),
    field("companyName", Kind::Text),
    field("salutation", Kind::Text),
    field("firstName", Kind::Text),
    field("middleName", Kind::Text),
    field("lastName", Kind::Text),
    field("email", Kind::Text),
    field("altEmail", Kind::Text),
    field("phone", Kind::Text),
    field("altPhone", Kind::Text),
    field("mobilePhone", Kind::Text),
    field("homePhone", Kind::Text),
    field("fax", Kind::Text),
    only_with(Needs::OneWorld, "subsidiary", Kind::Reference("subsidiary")),
    field("entityStatus", Kind::Reference("customerStatus")),
    field("category", Kind::Reference("customerCategory")),
    only_with(
        Needs::MultiCurrency,
        "currency",
        Kind::Reference("currency"),
    ),
    field("terms", Kind::Reference("term")),
    field("priceLevel", Kind::Reference("priceLevel")),
    field("language", Kind::Text),
    field("taxable", Kind::Flag),
    field("taxExempt", Kind::Flag),
    field("resaleNumber", Kind::Text),
    field("parent", Kind::Reference("customer")),
    field("salesRep", Kind::Reference("employee")),
    field("shipComplete", Kind::Flag),
    field("comments", Kind::Text),
    computed("dateCreated", Kind::Instant),
    computed("balance", Kind::Number),
];

const CONTACT: &[Field] = &[
    field("entityId", Kind::Text),
    field("salutation", Kind::Text),
    field("firstName", Kind::Text),
    field("middleName", Kind::Text),
    field("lastName", Kind::Text),
    field("title", Kind::Text),
    field("email", Kind::Text),
    field("altEmail", Kind::Text),
    field("phone", Kind::Text),
    field("mobilePhone", Kind::Text),
    field("officePhone", Kind::Text),
    field("company", Kind::Reference("customer")),
    only_with(Needs::OneWorld, "subsidiary", Kind::Reference("subsidiary")),
    field("isPrivate", Kind::Flag),
    field("comments", Kind::Text),
    computed("dateCreated", Kind::Instant),
];

const ADDRESS_BOOK: Sublist = Sublist {
    name: "addressBook",
    custom: None,
    needs: Needs::Nothing,
    fields: &[
        computed("id", Kind::Integer),
        computed("internalId", Kind::Integer),
        field("addressId", Kind::Text),
        field("label", Kind::Text),
        field("defaultBilling", Kind::Flag),
        field("defaultShipping", Kind::Flag),
        field("isResidential", Kind::Flag),
        field("addressBookAddress", Kind::Address),
    ],
};

const ITEM: &[Field] = &[
    field("itemId", Kind::Text),
    field("displayName", Kind::Text),
    field("description", Kind::Text),
    field("salesDescription", Kind::Text),
    field("storeDisplayName", Kind::Text),
    field("storeDescription", Kind::Text),
    field("upcCode", Kind::Text),
    field("mpn", Kind::Text),
    field("manufacturer", Kind::Text),
    computed("itemType", Kind::Text),
    field("isOnline", Kind::Flag),
    field("weight", Kind::Number),
    field(
        "weightUnit",
        Kind::Choice(&[("1", "lb"), ("2", "oz"), ("3", "kg"), ("4", "g")]),
    ),
    field("parent", Kind::Reference("item")),
    field(
        "matrixType",
        Kind::Choice(&[("PARENT", "Parent"), ("CHILD", "Child")]),
    ),
    field("cost", Kind::Number),
    field("taxSchedule", Kind::Reference("taxSchedule")),
    field("countryOfManufacture", Kind::Text),
    only_with(Needs::OneWorld, "includeChildren", Kind::Flag),
    computed("createdDate", Kind::Instant),
];

const NAMED: &[Field] = &[field("name", Kind::Text)];

const PRICE: Sublist = Sublist {
    name: "price",
    custom: None,
    needs: Needs::Nothing,
    fields: &[
        field("currencyPage", Kind::Reference("currency")),
        field("priceLevel", Kind::Reference("priceLevel")),
        field("quantity", Kind::Integer),
        field("price", Kind::Number),
    ],
};

const MEMBER: Sublist = Sublist {
    name: "member",
    custom: None,
    needs: Needs::Nothing,
    fields: &[
        field("lineNumber", Kind::Integer),
        field("item", Kind::Reference("item")),
        field("quantity", Kind::Number),
    ],
};

const fn item(name: &'static str, code: &'static str, sublists: &'static [Sublist]) -> RecordType {
    RecordType {
        name,
        code,
        space: Space::Item,
        groups: &[COMMON, ITEM],
        sublists,
        custom: Some("custitem_"),
        statuses: &[],
    }
}

const fn list(name: &'static str, groups: &'static [&'static [Field]]) -> RecordType {
    RecordType {
        name,
        code: "",
        space: Space::List(name),
        groups,
        sublists: &[],
        custom: None,
        statuses: &[],
    }
}

pub(super) const TYPES: &[RecordType] = &[
    RecordType {
        name: "customer",
        code: "",
        space: Space::Entity,
        groups: &[COMMON, CUSTOMER],
        sublists: &[ADDRESS_BOOK],
        custom: Some("custentity_"),
        statuses: &[],
    },
    RecordType {
        name: "contact",
        code: "",
        space: Space::Entity,
        groups: &[COMMON, CONTACT],
        sublists: &[],
        custom: Some("custentity_"),
        statuses: &[],
    },
    item("inventoryItem", "InvtPart", &[PRICE]),
    item("nonInventorySaleItem", "NonInvtPart", &[PRICE]),
    item("otherChargeSaleItem", "OthCharge", &[PRICE]),
    item("discountItem", "Discount", &[]),
    item("kitItem", "Kit", &[PRICE, MEMBER]),
    item("assemblyItem", "Assembly", &[PRICE, MEMBER]),
    list(
        "location",
        &[
            COMMON,
            NAMED,
            &[only_with(
                Needs::OneWorld,
                "subsidiary",
                Kind::Reference("subsidiary"),
            )],
        ],
    ),
    list(
        "subsidiary",
        &[
            COMMON,
            NAMED,
            &[only_with(
                Needs::MultiCurrency,
                "currency",
                Kind::Reference("currency"),
            )],
        ],
    ),
    list(
        "currency",
        &[
            COMMON,
            NAMED,
            &[
                field("symbol", Kind::Text),
                field("currencyPrecision", Kind::Integer),
                field("isBaseCurrency", Kind::Flag),
                field("exchangeRate", Kind::Number),
            ],
        ],
    ),
    list("priceLevel", &[COMMON, NAMED]),
    list("term", &[COMMON, NAMED]),
    list(
        "promotionCode",
        &[
            COMMON,
            NAMED,
            &[
                field("code", Kind::Text),
                field("discount", Kind::Reference("item")),
                field("rate", Kind::Number),
            ],
        ],
    ),
    list("shipItem", &[COMMON, &[field("itemId", Kind::Text)]]),
];
