use super::sublists::{APPLY, CASH_BACK, DEPOSIT, ITEM, OTHER, PACKAGES, TAX_DETAILS, TICKED};
use super::{Field, Kind, Needs, RecordType, Space, Sublist, computed, field, only_with};

const ORDER_STATUS: Kind = Kind::Choice(&[("A", "Pending Approval"), ("B", "Pending Fulfillment")]);
const SHIP_STATUS: Kind = Kind::Choice(&[("A", "Picked"), ("B", "Packed"), ("C", "Shipped")]);
const CARRIER: Kind = Kind::Choice(&[
    ("nonups", "More"),
    ("ups", "UPS"),
    ("fedex", "FedEx/USPS/More"),
]);
const HANDLING: Kind = Kind::Choice(&[
    ("MIMIC", "Mimic"),
    ("PROCESS", "Process"),
    ("SAVE_ONLY", "Save Only"),
]);
const OPERATION: Kind = Kind::Choice(&[
    ("SALE", "Sale"),
    ("CAPTURE", "Capture"),
    ("AUTHORIZATION", "Authorization"),
    ("VOID", "Void"),
    ("CREDIT", "Credit"),
    ("REFUND", "Refund"),
]);

const HEADER: &[Field] = &[
    computed("id", Kind::Text),
    field("externalId", Kind::Text),
    field("customForm", Kind::Reference("customForm")),
    field("tranDate", Kind::Date),
    field("tranId", Kind::Text),
    computed("transactionNumber", Kind::Text),
    field("memo", Kind::Text),
    only_with(Needs::OneWorld, "subsidiary", Kind::Reference("subsidiary")),
    only_with(
        Needs::MultiLocation,
        "location",
        Kind::Reference("location"),
    ),
    field("department", Kind::Reference("department")),
    field("class", Kind::Reference("classification")),
    only_with(
        Needs::MultiCurrency,
        "currency",
        Kind::Reference("currency"),
    ),
    only_with(Needs::MultiCurrency, "exchangeRate", Kind::Number),
    computed("createdDate", Kind::Instant),
    computed("lastModifiedDate", Kind::Instant),
    computed("source", Kind::Text),
    computed("status", Kind::Text),
    computed("createdFrom", Kind::Reference("transaction")),
    field("postingPeriod", Kind::Reference("accountingPeriod")),
    field("toBeEmailed", Kind::Flag),
    field("email", Kind::Text),
];

const PARTY: &[Field] = &[
    field("entity", Kind::Reference("customer")),
    field("otherRefNum", Kind::Text),
    field("salesRep", Kind::Reference("employee")),
];

const AMOUNTS: &[Field] = &[
    field("discountItem", Kind::Reference("item")),
    field("discountRate", Kind::Number),
    field("promoCode", Kind::Reference("promotionCode")),
    field("couponCode", Kind::Reference("couponCode")),
    computed("subtotal", Kind::Number),
    computed("discountTotal", Kind::Number),
    computed("taxTotal", Kind::Number),
    computed("total", Kind::Number),
    only_with(Needs::SuiteTax, "taxDetailsOverride", Kind::Flag),
    only_with(Needs::LegacyTax, "taxItem", Kind::Reference("salesTaxItem")),
    only_with(Needs::LegacyTax, "taxRate", Kind::Number),
    field("salesChannel", Kind::Reference("salesChannel")),
];

const TERMS: &[Field] = &[field("terms", Kind::Reference("term"))];

const OWED: &[Field] = &[
    field("dueDate", Kind::Date),
    computed("amountPaid", Kind::Number),
    computed("amountRemaining", Kind::Number),
];

const SHIPPING: &[Field] = &[
    field("shipDate", Kind::Date),
    field("startDate", Kind::Date),
    field("endDate", Kind::Date),
    field("shipMethod", Kind::Reference("shipItem")),
    field("shipCarrier", CARRIER),
    field("shippingCost", Kind::Number),
    field("shippingCostOverridden", Kind::Flag),
    field("handlingCost", Kind::Number),
    field("shippingAddress", Kind::Address),
    field("billingAddress", Kind::Address),
    field("shipAddressList", Kind::Reference("addressBook")),
    field("billAddressList", Kind::Reference("addressBook")),
    computed("linkedTrackingNumbers", Kind::Text),
];

const PAYMENT: &[Field] = &[
    field("paymentOption", Kind::Reference("paymentOption")),
    field(
        "paymentProcessingProfile",
        Kind::Reference("paymentProcessingProfile"),
    ),
    field("handlingMode", HANDLING),
    field("inputReferenceCode", Kind::Text),
    field("outputReferenceCode", Kind::Text),
    field("outputAuthCode", Kind::Text),
    field("dynamicDescriptor", Kind::Text),
    field("checkNumber", Kind::Text),
    field("paymentOperation", OPERATION),
];

const MONEY_ACCOUNT: &[Field] = &[
    field("account", Kind::Reference("account")),
    field(
        "undepFunds",
        Kind::Choice(&[("T", "Undeposited Funds"), ("F", "Account")]),
    ),
    field("aracct", Kind::Reference("account")),
];

const SALE: &[&[Field]] = &[HEADER, PARTY, AMOUNTS, SHIPPING, PAYMENT, MONEY_ACCOUNT];

const fn transaction(
    name: &'static str,
    code: &'static str,
    groups: &'static [&'static [Field]],
    sublists: &'static [Sublist],
) -> RecordType {
    RecordType {
        name,
        code,
        space: Space::Transaction,
        groups,
        sublists,
        custom: Some("custbody_"),
        statuses: OPEN,
    }
}

const OPEN: &[(&str, &str)] = &[("A", "Open"), ("B", "Paid In Full"), ("V", "Voided")];

/// What stands for money paid back has no status of its own.
const PAID_BACK: &[(&str, &str)] = &[("A", ""), ("V", "Voided")];

const PAID: &[(&str, &str)] = &[
    ("A", "Unapproved Payment"),
    ("B", "Not Deposited"),
    ("C", "Deposited"),
];

pub(super) const TYPES: &[RecordType] = &[
    RecordType {
        statuses: &[
            ("A", "Pending Approval"),
            ("B", "Pending Fulfillment"),
            ("C", "Cancelled"),
            ("D", "Partially Fulfilled"),
            ("E", "Pending Billing/Partially Fulfilled"),
            ("F", "Pending Billing"),
            ("G", "Billed"),
            ("H", "Closed"),
        ],
        ..transaction(
            "salesOrder",
            "SalesOrd",
            &[
                HEADER,
                PARTY,
                AMOUNTS,
                TERMS,
                SHIPPING,
                PAYMENT,
                &[
                    field("orderStatus", ORDER_STATUS),
                    field("shipComplete", Kind::Flag),
                ],
            ],
            &[ITEM, TAX_DETAILS],
        )
    },
    RecordType {
        statuses: &[("A", "Picked"), ("B", "Packed"), ("C", "Shipped")],
        ..transaction(
            "itemFulfillment",
            "ItemShip",
            &[
                HEADER,
                PARTY,
                SHIPPING,
                &[
                    field("shipStatus", SHIP_STATUS),
                    field("pickedDate", Kind::Date),
                    field("packedDate", Kind::Date),
                    field("shippedDate", Kind::Date),
                    field("inventoryLocation", Kind::Reference("location")),
                ],
            ],
            PACKAGES,
        )
    },
    // Nobody has paid yet: an invoice has no payment of its own.
    transaction(
        "invoice",
        "CustInvc",
        &[HEADER, PARTY, AMOUNTS, TERMS, OWED, SHIPPING, MONEY_ACCOUNT],
        &[ITEM, TAX_DETAILS],
    ),
    // Paid at once: a cash sale has no terms.
    RecordType {
        statuses: PAID,
        ..transaction("cashSale", "CashSale", SALE, &[ITEM, TAX_DETAILS])
    },
    transaction("creditMemo", "CustCred", SALE, &[ITEM, TAX_DETAILS, APPLY]),
    transaction("cashRefund", "CashRfnd", SALE, &[ITEM, TAX_DETAILS]),
    RecordType {
        statuses: &[
            ("A", "Pending Approval"),
            ("B", "Pending Receipt"),
            ("C", "Cancelled"),
            ("D", "Partially Received"),
            ("E", "Pending Refund/Partially Received"),
            ("F", "Pending Refund"),
            ("G", "Refunded"),
            ("H", "Closed"),
        ],
        ..transaction(
            "returnAuthorization",
            "RtnAuth",
            &[
                HEADER,
                PARTY,
                AMOUNTS,
                SHIPPING,
                PAYMENT,
                &[field(
                    "orderStatus",
                    Kind::Choice(&[("A", "Pending Approval"), ("B", "Pending Receipt")]),
                )],
            ],
            &[ITEM, TAX_DETAILS],
        )
    },
    transaction("itemReceipt", "ItemRcpt", &[HEADER, PARTY], &[ITEM]),
    RecordType {
        statuses: PAID,
        ..transaction(
            "customerDeposit",
            "CustDep",
            &[
                HEADER,
                PAYMENT,
                MONEY_ACCOUNT,
                &[
                    field("customer", Kind::Reference("customer")),
                    field("salesOrder", Kind::Reference("transaction")),
                    field("payment", Kind::Number),
                    computed("total", Kind::Number),
                ],
            ],
            &[],
        )
    },
    RecordType {
        statuses: PAID,
        ..transaction(
            "customerPayment",
            "CustPymt",
            &[
                HEADER,
                PAYMENT,
                MONEY_ACCOUNT,
                &[
                    field("customer", Kind::Reference("customer")),
                    field("payment", Kind::Number),
                    computed("total", Kind::Number),
                ],
            ],
            &[APPLY],
        )
    },
    transaction(
        "customerRefund",
        "CustRfnd",
        &[
            HEADER,
            PAYMENT,
            MONEY_ACCOUNT,
            &[
                field("customer", Kind::Reference("customer")),
                computed("total", Kind::Number),
            ],
        ],
        &[APPLY, DEPOSIT],
    ),
    RecordType {
        statuses: PAID_BACK,
        ..transaction(
            "deposit",
            "Deposit",
            &[
                HEADER,
                &[
                    field("account", Kind::Reference("account")),
                    field("cleared", Kind::Flag),
                    field("clearedDate", Kind::Date),
                    computed("total", Kind::Number),
                ],
            ],
            &[TICKED, OTHER, CASH_BACK],
        )
    },
    transaction(
        "inventoryAdjustment",
        "InvAdjst",
        &[
            HEADER,
            &[
                field("account", Kind::Reference("account")),
                only_with(
                    Needs::MultiLocation,
                    "adjLocation",
                    Kind::Reference("location"),
                ),
                field("customer", Kind::Reference("customer")),
            ],
        ],
        &[Sublist {
            name: "inventory",
            custom: Some("custcol_"),
            needs: Needs::Nothing,
            fields: &[
                field("line", Kind::Integer),
                field("item", Kind::Reference("item")),
                only_with(
                    Needs::MultiLocation,
                    "location",
                    Kind::Reference("location"),
                ),
                field("adjustQtyBy", Kind::Number),
                field("unitCost", Kind::Number),
                field("memo", Kind::Text),
            ],
        }],
    ),
];
