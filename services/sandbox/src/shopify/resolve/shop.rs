use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::super::model::ids::gid;
use super::super::model::store::Subscription;
use super::super::money::Currency;
use super::{Node, Thing, Value};

const SHOP: u64 = 62_000_000_001;

pub(super) fn field<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    match node.thing {
        Thing::Installation => installation(node, name),
        Thing::App => app(node, name),
        Thing::Scope(handle) => match name {
            "description" => format!("May {}", handle.replace('_', " ")).into(),
            _ => handle.into(),
        },
        Thing::Version(version) => match name {
            "supported" => true.into(),
            "displayName" => format!("{version} (Supported)").into(),
            _ => version.into(),
        },
        Thing::Count(count, exact) => match name {
            "count" => count.into(),
            _ => if exact { "EXACT" } else { "AT_LEAST" }.into(),
        },
        Thing::ShopPlan => match name {
            "displayName" | "publicDisplayName" => "Development".into(),
            "partnerDevelopment" => true.into(),
            _ => false.into(),
        },
        Thing::Domain => match name {
            "id" => gid("Domain", SHOP).into(),
            "host" => (&node.store.facts.domain).into(),
            "url" => format!("https://{}", node.store.facts.domain).into(),
            _ => true.into(),
        },
        _ => shop(node, name),
    }
}

fn shop<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    let facts = &node.store.facts;
    match name {
        "id" => gid("Shop", SHOP).into(),
        "name" => (&facts.name).into(),
        "email" | "contactEmail" => format!("owner@{}", facts.domain).into(),
        "myshopifyDomain" => (&facts.domain).into(),
        "url" => format!("https://{}", facts.domain).into(),
        "currencyCode" => facts.currency.code.into(),
        "enabledPresentmentCurrencies" => {
            let codes = ["USD", "CAD", "EUR", "GBP", "JPY"]
                .into_iter()
                .filter_map(Currency::find);
            Value::Texts(codes.map(|currency| Cow::Borrowed(currency.code)).collect())
        }
        "ianaTimezone" => (&facts.time_zone).into(),
        "timezoneAbbreviation" => local(node, "%Z"),
        "timezoneOffset" => local(node, "%z"),
        "timezoneOffsetMinutes" => match TimeZone::get(&facts.time_zone) {
            Ok(zone) => (i64::from(zone.to_offset(facts.opened_at).seconds()) / 60).into(),
            Err(_) => 0i64.into(),
        },
        "taxesIncluded" | "taxShipping" | "setupRequired" => false.into(),
        "weightUnit" => "GRAMS".into(),
        "unitSystem" => "METRIC_SYSTEM".into(),
        "createdAt" | "updatedAt" => facts.opened_at.into(),
        "orderNumberFormatPrefix" => "#".into(),
        "orderNumberFormatSuffix" => "".into(),
        "shopOwnerName" => "Sandbox Owner".into(),
        "plan" => node.one(Thing::ShopPlan),
        "primaryDomain" => node.one(Thing::Domain),
        _ => Value::Null,
    }
}

fn local<'s>(node: Node<'s>, format: &str) -> Value<'s> {
    let facts = &node.store.facts;
    let zone = TimeZone::get(&facts.time_zone).unwrap_or(TimeZone::UTC);
    facts
        .opened_at
        .to_zoned(zone)
        .strftime(format)
        .to_string()
        .into()
}

fn installation<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    match name {
        "id" => gid("AppInstallation", 5_001).into(),
        "accessScopes" => node.many(
            node.store
                .facts
                .scopes
                .iter()
                .map(|scope| Thing::Scope(scope)),
        ),
        "app" => node.one(Thing::App),
        "launchUrl" => format!("https://{}/admin/apps/connector", node.store.facts.domain).into(),
        _ => Value::Null,
    }
}

fn app<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    match name {
        "id" => gid("App", 4_001).into(),
        "handle" => "connector".into(),
        "title" => "Connector".into(),
        "apiKey" => (&node.store.facts.client_id).into(),
        _ => Value::Null,
    }
}

pub(super) fn subscription<'s>(subscription: &'s Subscription, name: &str) -> Value<'s> {
    match name {
        "id" => gid("WebhookSubscription", subscription.id).into(),
        "legacyResourceId" => subscription.id.to_string().into(),
        "topic" => (&subscription.topic).into(),
        "format" => "JSON".into(),
        "uri" => (&subscription.uri).into(),
        "createdAt" | "updatedAt" => subscription.at.into(),
        "includeFields" => Value::Texts(Vec::new()),
        _ => Value::Null,
    }
}
