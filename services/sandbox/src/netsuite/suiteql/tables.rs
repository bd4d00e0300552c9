//! The tables SuiteQL shows, and their columns.

use crate::netsuite::schema::Needs;

/// A table: its name, its columns, and what it is searched by.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// `name` for text, `name#` for numbers. An ending `__df` is a hidden label.
    pub(super) columns: &'static str,
    pub(super) indexes: &'static [&'static str],
    /// Prefix of its custom columns.
    pub(super) custom: Option<&'static str>,
    pub(super) needs: Needs,
}

const fn table(
    name: &'static str,
    columns: &'static str,
    indexes: &'static [&'static str],
) -> Table {
    Table {
        name,
        columns,
        indexes,
        custom: None,
        needs: Needs::Nothing,
    }
}

/// Columns that exist only with a feature, whatever the table.
pub(super) fn needs(column: &str) -> Needs {
    match column.trim_end_matches("__df") {
        "subsidiary" => Needs::OneWorld,
        "location" => Needs::MultiLocation,
        "currency" | "exchangerate" => Needs::MultiCurrency,
        _ => Needs::Nothing,
    }
}

pub(super) const TABLES: &[Table] = &[
    Table {
        custom: Some("custbody_"),
        ..table(
            "transaction",
            "id# tranid transactionnumber externalid type type__df recordtype status status__df entity# entity__df otherrefnum memo \
             trandate createddate lastmodifieddate currency# currency__df exchangerate# foreigntotal# foreignamountpaid# \
             foreignamountunpaid# foreignpaymentamountused# foreignpaymentamountunused# shippingaddress# billingaddress# shipdate actualshipdate employee# terms# postingperiod# posting \
             voided void source",
            &["id", "type, lastmodifieddate", "externalid"],
        )
    },
    Table {
        custom: Some("custcol_"),
        ..table(
            "transactionline",
            "transaction# id# linesequencenumber# uniquekey# mainline taxline item# item__df itemtype quantity# quantityshiprecv# \
             quantitybilled# quantitybackordered# quantitycommitted# quantitypacked# quantitypicked# rate# netamount# \
             foreignamount# price# location# location__df subsidiary# department# class# createdfrom# isclosed \
             isinventoryaffecting shipmethod# memo kitmemberof# assemblycomponent dropship specialorder",
            &["\"transaction\", id", "createdfrom", "uniquekey"],
        )
    },
    table(
        "previoustransactionlinelink",
        "previousdoc# previousline# previoustype previousdate nextdoc# nextline# nexttype nextdate linktype foreignamount# \
         lastmodifieddate",
        &["nextdoc, nextline", "previousdoc"],
    ),
    table(
        "trackingnumbermap",
        "transaction# trackingnumber#",
        &["\"transaction\""],
    ),
    table("trackingnumber", "id# trackingnumber", &["id"]),
    table(
        "itemfulfillmentpackage",
        "itemfulfillment# packagetrackingnumber packageweight# packagedescr",
        &["itemfulfillment"],
    ),
    table("transactionshippingaddress", ADDRESS, &["nkey"]),
    table("transactionbillingaddress", ADDRESS, &["nkey"]),
    Table {
        custom: Some("custentity_"),
        ..table(
            "customer",
            "id# entityid externalid isperson companyname firstname lastname email phone isinactive lastmodifieddate datecreated \
             defaultshippingaddress# defaultbillingaddress# pricelevel# terms# category# parent# subsidiary# currency#",
            &["id", "externalid", "email"],
        )
    },
    Table {
        custom: Some("custentity_"),
        ..table(
            "contact",
            "id# entityid externalid firstname lastname title email phone company# subsidiary# isinactive lastmodifieddate",
            &["id", "externalid", "email"],
        )
    },
    table(
        "customeraddressbook",
        "entity# internalid# label defaultshipping defaultbilling addressbookaddress#",
        &["entity"],
    ),
    table("customeraddressbookentityaddress", ADDRESS, &["nkey"]),
    Table {
        custom: Some("custitem_"),
        ..table(
            "item",
            "id# itemid externalid fullname displayname description upccode mpn itemtype itemtype__df subtype isinactive isonline \
             matrixtype parent# lastmodifieddate createddate weight# weightunit# cost# averagecost# totalquantityonhand#",
            &["id", "externalid", "itemid"],
        )
    },
    table(
        "pricing",
        "item# pricelevel# pricelevel__df quantity# unitprice# currency#",
        &["item"],
    ),
    table(
        "itemprice",
        "item# pricelevel# pricelevelname price# isinactive",
        &["item"],
    ),
    table(
        "kititemmember",
        "parentitem# item# quantity# linenumber#",
        &["parentitem", "item"],
    ),
    Table {
        needs: Needs::MultiLocation,
        ..table(
            "aggregateitemlocation",
            "item# item__df location# location__df quantityonhand# quantityavailable# quantitycommitted# quantityonorder# \
             quantitybackordered# quantityintransit# reorderpoint# preferredstocklevel# lastquantityavailablechange",
            &["item, location", "lastquantityavailablechange"],
        )
    },
    table(
        "pricelevel",
        "id# name isinactive isonline discountpct#",
        &["id"],
    ),
    Table {
        needs: Needs::MultiLocation,
        ..table(
            "location",
            "id# name externalid subsidiary# isinactive makeinventoryavailable",
            &["id"],
        )
    },
    Table {
        needs: Needs::OneWorld,
        ..table("subsidiary", "id# name isinactive currency#", &["id"])
    },
    Table {
        needs: Needs::MultiCurrency,
        ..table(
            "currency",
            "id# symbol name exchangerate# isbasecurrency isinactive",
            &["id"],
        )
    },
    table("shipitem", "id# itemid displayname isinactive", &["id"]),
    table("paymentmethod", "id# name isinactive", &["id"]),
    table("term", "id# name isinactive", &["id"]),
    table("department", "id# name fullname isinactive", &["id"]),
    table("classification", "id# name fullname isinactive", &["id"]),
    table("salestaxitem", "id# itemid rate# isinactive", &["id"]),
    table("customfield", "scriptid name fieldtype", &["scriptid"]),
    table(
        "deletedrecord",
        "deleteddate recordid# recordtypeid# recordtypeid__df type name context",
        &["deleteddate"],
    ),
    table("dual", "dummy", &[]),
];

const ADDRESS: &str =
    "nkey# addressee attention addr1 addr2 addr3 city state zip country addrphone";

/// The same rows under another name.
pub(super) const VIEWS: &[(&str, &str)] = &[
    ("nexttransactionlinelink", "previoustransactionlinelink"),
    ("inventoryitemlocations", "aggregateitemlocation"),
    (
        "itemfulfillmentshippingaddress",
        "transactionshippingaddress",
    ),
];
