use super::super::graphql::{Arguments, GraphError};
use super::super::model::ids::gid;
use super::super::model::payout::{Movement, PaidOut};
use super::super::model::search::Search;
use super::{Node, Outcome, Thing, Value};

/// What the account of Shopify Payments needs to be seen.
const SCOPE: &str = "read_shopify_payments_payouts";

pub(super) fn may_be_seen(node: Node<'_>) -> Result<(), GraphError> {
    let scopes = &node.store.facts.scopes;
    if scopes.iter().any(|scope| scope == SCOPE) {
        return Ok(());
    }
    Err(GraphError::coded(
        "ACCESS_DENIED",
        format!(
            "Access denied for shopifyPaymentsAccount field. Required access: `{SCOPE}` access scope."
        ),
    ))
}

pub(super) fn account<'s>(node: Node<'s>, name: &str, arguments: &Arguments) -> Outcome<'s> {
    Ok(match name {
        "id" => gid("ShopifyPaymentsAccount", 1).into(),
        "activated" => true.into(),
        "country" => "US".into(),
        "defaultCurrency" => node.store.facts.currency.code.into(),
        "payouts" => node.many(payouts(node, arguments)?.into_iter().map(Thing::PaidOut)),
        "balanceTransactions" => node.many(
            movements(node, arguments)?
                .into_iter()
                .map(|(payout, movement)| Thing::Movement(payout, movement)),
        ),
        _ => Value::Null,
    })
}

/// By the time of issue: other orders are not known here.
fn payouts<'s>(node: Node<'s>, arguments: &Arguments) -> Result<Vec<&'s PaidOut>, GraphError> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let mut found = Vec::new();
    for payout in &node.store.payouts {
        let holds = search.matches(&|term| {
            Ok(match term.field.as_str() {
                "issued_at" => term.holds_time(payout.issued_at)?,
                "status" => term.holds_text(payout.status),
                "id" => term.holds_number(payout.id)?,
                _ => return Err(term.unknown()),
            })
        })?;
        if holds {
            found.push(payout);
        }
    }
    Ok(found)
}

/// What was paid out. Without `hideTransfers` each payout's own transfer would be among them; the sandbox has no such movement.
fn movements<'s>(
    node: Node<'s>,
    arguments: &Arguments,
) -> Result<Vec<(&'s PaidOut, &'s Movement)>, GraphError> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let mut found = Vec::new();
    for payout in &node.store.payouts {
        for movement in &payout.movements {
            let holds = search.matches(&|term| {
                Ok(match term.field.as_str() {
                    "payments_transfer_id" => term.holds_number(payout.id)?,
                    "transaction_type" => term.holds_text(movement.kind),
                    "processed_at" => term.holds_time(movement.at)?,
                    "id" => term.holds_number(movement.id)?,
                    _ => return Err(term.unknown()),
                })
            })?;
            if holds {
                found.push((payout, movement));
            }
        }
    }
    Ok(found)
}

pub(super) fn payout<'s>(node: Node<'s>, payout: &'s PaidOut, name: &str) -> Value<'s> {
    match name {
        "id" => gid("ShopifyPaymentsPayout", payout.id).into(),
        "legacyResourceId" => payout.id.to_string().into(),
        "status" => payout.status.into(),
        "issuedAt" => payout.issued_at.into(),
        "externalTraceId" => format!("TRACE{}", payout.id).into(),
        "transactionType" => if payout.net() < 0 {
            "WITHDRAWAL"
        } else {
            "DEPOSIT"
        }
        .into(),
        "net" => node.one(Thing::Money(node.store.facts.currency, payout.net())),
        _ => Value::Null,
    }
}

pub(super) fn movement<'s>(
    node: Node<'s>,
    payout: &'s PaidOut,
    movement: &'s Movement,
    name: &str,
) -> Value<'s> {
    let money = |minor| node.one(Thing::Money(node.store.facts.currency, minor));
    match name {
        "id" => gid("ShopifyPaymentsBalanceTransaction", movement.id).into(),
        "type" => movement.kind.into(),
        "test" => false.into(),
        "transactionDate" => movement.at.into(),
        "amount" => money(movement.gross),
        "fee" => money(movement.fee),
        "net" => money(movement.net()),
        "sourceType" => match movement.kind {
            "CHARGE" => "CHARGE",
            "REFUND" => "REFUND",
            "DISPUTE_WITHDRAWAL" | "DISPUTE_REVERSAL" => "DISPUTE",
            _ => "ADJUSTMENT",
        }
        .into(),
        "sourceId" | "sourceOrderTransactionId" => movement
            .transaction
            .map_or(Value::Null, |id| id.to_string().into()),
        "adjustmentReason" => movement.reason.map_or(Value::Null, Into::into),
        "associatedOrder" => {
            let order = movement.order.and_then(|at| node.store.orders.get(at));
            node.maybe(order.map(Thing::MovedOrder))
        }
        "associatedPayout" => node.one(Thing::MovedBy(payout)),
        _ => Value::Null,
    }
}
