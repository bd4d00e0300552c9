//! The fields that users' rules may set, as the REST API Browser of NetSuite 2026.1 has them: what NetSuite computes is left out, and so is the
//! external id, by which Causeway finds its records again.

use commerce::Kind;
use ports::{Fields, Place};

/// A sales order.
pub(super) static ORDER: Fields = Fields {
    text: &[
        "memo",
        "email",
        "otherRefNum",
        "tranId",
        "fob",
        "message",
        "inputReferenceCode",
        "outputReferenceCode",
        "outputAuthCode",
        "dynamicDescriptor",
        "checkNumber",
    ],
    number: &[
        "exchangeRate",
        "discountRate",
        "shippingCost",
        "handlingCost",
        "taxRate",
        "shippingTax1Rate",
        "shippingTax2Rate",
    ],
    bool: &[
        "shipComplete",
        "toBeEmailed",
        "toBeFaxed",
        "toBePrinted",
        "shipIsResidential",
        "shippingCostOverridden",
        "taxDetailsOverride",
    ],
    date: &[
        "tranDate",
        "shipDate",
        "startDate",
        "endDate",
        "salesEffectiveDate",
    ],
    id: &[
        ("customForm", ""),
        ("entity", ""),
        ("subsidiary", "subsidiaries"),
        ("location", "locations"),
        ("department", "departments"),
        ("class", "classes"),
        ("currency", "currencies"),
        ("orderStatus", ""),
        ("terms", "terms"),
        ("salesRep", ""),
        ("salesChannel", ""),
        ("partner", ""),
        ("leadSource", ""),
        ("job", ""),
        ("opportunity", ""),
        ("shipMethod", "ship_methods"),
        ("shipCarrier", ""),
        ("shipAddressList", ""),
        ("billAddressList", ""),
        ("discountItem", ""),
        ("promoCode", ""),
        ("couponCode", ""),
        ("taxItem", "tax_codes"),
        ("shippingTaxCode", "tax_codes"),
        ("handlingTaxCode", "tax_codes"),
        ("nexus", ""),
        ("paymentOption", "payment_methods"),
        ("paymentProcessingProfile", ""),
        ("paymentOperation", ""),
        ("handlingMode", ""),
        ("cardholderAuthentication", ""),
        ("customerPaymentAuthorization", ""),
    ],
    group: &[
        "shippingAddress",
        "billingAddress",
        "promotions",
        "giftCertRedemption",
        "taxDetails",
    ],
    custom: Some("custbody"),
};

/// A customer deposit: a payment of an order.
pub(super) static DEPOSIT: Fields = Fields {
    text: &[
        "memo",
        "tranId",
        "inputReferenceCode",
        "outputReferenceCode",
        "outputAuthCode",
        "dynamicDescriptor",
        "checkNumber",
    ],
    number: &["exchangeRate"],
    bool: &["toBeEmailed", "cleared"],
    date: &["tranDate"],
    id: &[
        ("customForm", ""),
        ("subsidiary", "subsidiaries"),
        ("location", "locations"),
        ("department", "departments"),
        ("class", "classes"),
        ("currency", "currencies"),
        ("account", ""),
        ("undepFunds", ""),
        ("paymentOption", "payment_methods"),
        ("paymentProcessingProfile", ""),
        ("handlingMode", ""),
        ("cardholderAuthentication", ""),
        ("customerPaymentAuthorization", ""),
        ("paymentOperation", ""),
        ("postingPeriod", ""),
        ("transactionToRefund", ""),
    ],
    group: &[],
    custom: Some("custbody"),
};

/// A credit memo or a cash refund: what either has.
pub(super) static CREDIT: Fields = Fields {
    text: &[
        "memo",
        "email",
        "otherRefNum",
        "tranId",
        "message",
        "checkNumber",
        "dynamicDescriptor",
        "inputReferenceCode",
        "outputAuthCode",
        "outputReferenceCode",
        "payPalTranId",
    ],
    number: &[
        "exchangeRate",
        "discountRate",
        "shippingCost",
        "handlingCost",
        "taxRate",
    ],
    bool: &[
        "autoApply",
        "refundCheck",
        "toBeEmailed",
        "toBeFaxed",
        "toBePrinted",
        "shippingCostOverridden",
        "taxDetailsOverride",
    ],
    date: &["tranDate", "salesEffectiveDate"],
    id: &[
        ("customForm", ""),
        ("entity", ""),
        ("subsidiary", "subsidiaries"),
        ("location", "locations"),
        ("department", "departments"),
        ("class", "classes"),
        ("currency", "currencies"),
        ("account", ""),
        ("postingPeriod", ""),
        ("salesRep", ""),
        ("salesChannel", ""),
        ("partner", ""),
        ("leadSource", ""),
        ("job", ""),
        ("shipMethod", "ship_methods"),
        ("shipCarrier", ""),
        ("shipAddressList", ""),
        ("billAddressList", ""),
        ("discountItem", ""),
        ("promoCode", ""),
        ("couponCode", ""),
        ("taxItem", "tax_codes"),
        ("shippingTaxCode", "tax_codes"),
        ("handlingTaxCode", "tax_codes"),
        ("paymentOption", "payment_methods"),
        ("paymentProcessingProfile", ""),
        ("paymentOperation", ""),
        ("handlingMode", ""),
        ("cardholderAuthentication", ""),
        ("customerPaymentAuthorization", ""),
    ],
    group: &[
        "shippingAddress",
        "billingAddress",
        "promotions",
        "taxDetails",
    ],
    custom: Some("custbody"),
};

/// A line of either.
pub(super) static LINE: Fields = Fields {
    text: &[
        "description",
        "options",
        "taxDetailsReference",
        "giftCertFrom",
        "giftCertMessage",
        "giftCertRecipientEmail",
        "giftCertRecipientName",
    ],
    number: &[
        "quantity",
        "rate",
        "amount",
        "grossAmt",
        "tax1Amt",
        "taxAmount",
        "taxRate1",
        "taxRate2",
        "costEstimate",
    ],
    bool: &["isTaxable", "isClosed"],
    date: &["expectedShipDate", "requestedDate"],
    id: &[
        ("item", ""),
        ("price", "price_levels"),
        ("units", ""),
        ("location", "locations"),
        ("department", "departments"),
        ("class", "classes"),
        ("taxCode", "tax_codes"),
        ("commitInventory", ""),
        ("createPo", ""),
        ("inventoryLocation", "locations"),
        ("inventorySubsidiary", "subsidiaries"),
        ("shipMethod", "ship_methods"),
        ("shipAddress", ""),
        ("costEstimateType", ""),
    ],
    group: &["inventoryDetail"],
    custom: Some("custcol"),
};

/// A customer.
pub(super) static CUSTOMER: Fields = Fields {
    text: &[
        "entityId",
        "companyName",
        "salutation",
        "firstName",
        "middleName",
        "lastName",
        "title",
        "comments",
        "phone",
        "altPhone",
        "mobilePhone",
        "homePhone",
        "fax",
        "email",
        "altEmail",
        "url",
        "accountNumber",
        "legalName",
        "printOnCheckAs",
        "resaleNumber",
        "vatRegNumber",
    ],
    number: &["creditLimit"],
    bool: &[
        "isPerson",
        "isInactive",
        "autoName",
        "taxable",
        "taxExempt",
        "shipComplete",
        "emailTransactions",
        "faxTransactions",
        "printTransactions",
    ],
    date: &["startDate", "endDate"],
    id: &[
        ("customForm", ""),
        ("subsidiary", "subsidiaries"),
        ("category", ""),
        ("priceLevel", "price_levels"),
        ("terms", "terms"),
        ("currency", "currencies"),
        ("taxItem", "tax_codes"),
        ("shippingItem", "ship_methods"),
        ("salesRep", ""),
        ("partner", ""),
        ("parent", ""),
        ("entityStatus", ""),
        ("leadSource", ""),
        ("language", ""),
        ("territory", ""),
        ("receivablesAccount", ""),
        ("creditHoldOverride", ""),
        ("emailPreference", ""),
        ("globalSubscriptionStatus", ""),
    ],
    group: &[],
    custom: Some("custentity"),
};

/// An address, of a record or in a customer's address book.
pub(super) static ADDRESS: Fields = Fields {
    text: &[
        "addressee",
        "attention",
        "addr1",
        "addr2",
        "addr3",
        "city",
        "state",
        "zip",
        "addrPhone",
    ],
    number: &[],
    bool: &["override"],
    date: &[],
    id: &[("country", "")],
    group: &[],
    custom: Some("custrecord"),
};

/// A bank deposit.
pub(super) static BANK_DEPOSIT: Fields = Fields {
    text: &["memo", "tranId"],
    number: &["exchangeRate"],
    bool: &["cleared"],
    date: &["tranDate", "clearedDate"],
    id: &[
        ("customForm", ""),
        ("account", ""),
        ("department", "departments"),
        ("class", "classes"),
        ("location", "locations"),
        ("postingPeriod", ""),
    ],
    group: &[],
    custom: Some("custbody"),
};

/// An item fulfilment.
pub(super) static FULFILMENT: Fields = Fields {
    text: &["memo", "tranId"],
    number: &["exchangeRate", "shippingCost", "handlingCost"],
    bool: &[],
    date: &["tranDate", "pickedDate", "packedDate", "shippedDate"],
    id: &[
        ("customForm", ""),
        ("department", "departments"),
        ("class", "classes"),
        ("shipMethod", "ship_methods"),
        ("postingPeriod", ""),
    ],
    group: &[],
    custom: Some("custbody"),
};

/// What rules may set, by the kind of record that is written and the place in it.
pub(crate) fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    match (kind, place) {
        (Kind::Order, Place::Record) => Some(&ORDER),
        (Kind::Refund, Place::Record) => Some(&CREDIT),
        (Kind::Payout, Place::Record) => Some(&BANK_DEPOSIT),
        (Kind::Fulfilment, Place::Record) => Some(&FULFILMENT),
        (Kind::Order | Kind::Refund, Place::Line) => Some(&LINE),
        (Kind::Order, Place::Customer) | (Kind::Customer | Kind::Company, Place::Record) => {
            Some(&CUSTOMER)
        }
        (Kind::Customer | Kind::Company, Place::Address) => Some(&ADDRESS),
        (Kind::Order, Place::Payment) => Some(&DEPOSIT),
        (Kind::Order, Place::BillingAddress | Place::ShippingAddress) => Some(&ADDRESS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use ports::FieldType;
    use serde_json::Value;

    use super::*;

    /// What Causeway writes itself, or leaves alone.
    const OURS: [&str; 9] = [
        "customer",
        "salesOrder",
        "payment",
        "externalId",
        "line",
        "item",
        "addressBook",
        "apply",
        "lastModifiedDate",
    ];

    fn fits(told: &str, holds: Option<FieldType>) -> bool {
        match told.split([' ', '{', ',']).next().unwrap_or_default() {
            "string" => holds == Some(FieldType::Text),
            "number" => holds == Some(FieldType::Number),
            "boolean" => holds == Some(FieldType::Bool),
            "date" => holds == Some(FieldType::Date),
            "ref" | "enum" => matches!(holds, Some(FieldType::Id(_))),
            _ => true,
        }
    }

    #[test]
    fn every_field_that_netsuite_lets_one_write_is_known_by_its_type() {
        let Some(contracts) = testkit::contracts() else {
            return;
        };
        let path = contracts.join("netsuite/facts/rest-fields-2026.1.json");
        let facts: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let order = &facts["salesOrder"];
        for (record, fields) in [
            (order, &ORDER),
            (&order["item.items[]"], &LINE),
            (&order["shippingAddress"], &ADDRESS),
            (&facts["creditMemo"], &CREDIT),
            (&facts["cashRefund"], &CREDIT),
            (&facts["customer"], &CUSTOMER),
            (&facts["customerDeposit"], &DEPOSIT),
        ] {
            for (name, told) in record.as_object().unwrap() {
                let Some(told) = told.as_str() else { continue };
                let computed = told.split(' ').any(|word| word.trim_matches(',') == "ro");
                if computed || name.contains(['*', '_']) || OURS.contains(&name.as_str()) {
                    continue;
                }
                assert!(fits(told, fields.find(name)), "{name}: {told}");
            }
        }
    }
}
