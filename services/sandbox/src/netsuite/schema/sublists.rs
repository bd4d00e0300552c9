//! Lists of lines that transactions have.

use super::{Field, Kind, Needs, Sublist, computed, field, only_with};

pub(super) const ITEM: Sublist = Sublist {
    name: "item",
    custom: Some("custcol_"),
    needs: Needs::Nothing,
    fields: &[
        field("line", Kind::Integer),
        computed("lineUniqueKey", Kind::Integer),
        field("orderLine", Kind::Integer),
        field("item", Kind::Reference("item")),
        field("quantity", Kind::Number),
        field("rate", Kind::Number),
        field("amount", Kind::Number),
        computed("grossAmt", Kind::Number),
        field("price", Kind::Reference("priceLevel")),
        field("description", Kind::Text),
        field("units", Kind::Reference("unitsType")),
        only_with(
            Needs::MultiLocation,
            "location",
            Kind::Reference("location"),
        ),
        field("department", Kind::Reference("department")),
        field("class", Kind::Reference("classification")),
        field("options", Kind::Text),
        field("isTaxable", Kind::Flag),
        field("isClosed", Kind::Flag),
        only_with(Needs::LegacyTax, "taxCode", Kind::Reference("salesTaxItem")),
        only_with(Needs::LegacyTax, "taxRate1", Kind::Number),
        only_with(Needs::LegacyTax, "taxRate2", Kind::Number),
        only_with(Needs::LegacyTax, "tax1Amt", Kind::Number),
        only_with(Needs::SuiteTax, "taxDetailsReference", Kind::Text),
        computed("itemType", Kind::Text),
        computed("quantityFulfilled", Kind::Number),
        computed("quantityBilled", Kind::Number),
        computed("quantityRemaining", Kind::Number),
        computed("kitMemberOf", Kind::Integer),
        field("itemReceive", Kind::Flag),
        field("restock", Kind::Flag),
    ],
};

pub(super) const TAX_DETAILS: Sublist = Sublist {
    name: "taxDetails",
    custom: None,
    needs: Needs::SuiteTax,
    fields: &[
        field("taxDetailsReference", Kind::Text),
        field("lineName", Kind::Text),
        field("lineType", Kind::Text),
        field("netAmount", Kind::Number),
        field("taxType", Kind::Reference("taxType")),
        field("taxCode", Kind::Reference("salesTaxItem")),
        field("taxBasis", Kind::Number),
        field("taxRate", Kind::Number),
        field("taxAmount", Kind::Number),
    ],
};

const APPLY_FIELDS: &[Field] = &[
    field("doc", Kind::Reference("transaction")),
    field("line", Kind::Integer),
    field("apply", Kind::Flag),
    field("amount", Kind::Number),
];
pub(super) const APPLY: Sublist = Sublist {
    name: "apply",
    custom: None,
    needs: Needs::Nothing,
    fields: APPLY_FIELDS,
};
pub(super) const DEPOSIT: Sublist = Sublist {
    name: "deposit",
    ..APPLY
};

/// What lies in Undeposited Funds, by the internal id of its transaction; ticked, it goes to the bank.
pub(super) const TICKED: Sublist = Sublist {
    name: "payment",
    custom: None,
    needs: Needs::Nothing,
    fields: &[field("id", Kind::Integer), field("deposit", Kind::Flag)],
};
const BANKED_FIELDS: &[Field] = &[
    field("account", Kind::Reference("account")),
    field("amount", Kind::Number),
    field("memo", Kind::Text),
    field("entity", Kind::Reference("customer")),
    field("paymentMethod", Kind::Reference("paymentMethod")),
    field("refNum", Kind::Text),
    field("department", Kind::Reference("department")),
    field("class", Kind::Reference("classification")),
];
pub(super) const OTHER: Sublist = Sublist {
    name: "other",
    custom: None,
    needs: Needs::Nothing,
    fields: BANKED_FIELDS,
};
pub(super) const CASH_BACK: Sublist = Sublist {
    name: "cashback",
    ..OTHER
};

const fn package(name: &'static str, fields: &'static [Field]) -> Sublist {
    Sublist {
        name,
        custom: None,
        needs: Needs::Nothing,
        fields,
    }
}

pub(super) const PACKAGES: &[Sublist] = &[
    ITEM,
    package(
        "package",
        &[
            field("packageTrackingNumber", Kind::Text),
            field("packageWeight", Kind::Number),
            field("packageDescr", Kind::Text),
            field("packageCartonNumber", Kind::Text),
        ],
    ),
    package(
        "packageUps",
        &[
            field("packageTrackingNumberUps", Kind::Text),
            field("packageWeightUps", Kind::Number),
        ],
    ),
    package(
        "packageFedEx",
        &[
            field("packageTrackingNumberFedEx", Kind::Text),
            field("packageWeightFedEx", Kind::Number),
        ],
    ),
    package(
        "packageUsps",
        &[
            field("packageTrackingNumberUsps", Kind::Text),
            field("packageWeightUsps", Kind::Number),
        ],
    ),
];
