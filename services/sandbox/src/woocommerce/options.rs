use std::fmt;

use jiff::Timestamp;

use crate::Rule;

/// What the site is and how it behaves.
#[derive(Clone)]
pub struct Options {
    /// The shop's currency: one with two decimals.
    pub currency: String,
    /// The REST API key's consumer key.
    pub consumer_key: String,
    /// The REST API key's consumer secret.
    pub consumer_secret: String,
    /// Whether the key may write.
    pub may_write: bool,
    /// What webhooks are signed with.
    pub webhook_secret: String,
    /// Orders at the start, one each minute from `first_order_at` on.
    pub orders: u32,
    /// When the first order came in.
    pub first_order_at: Timestamp,
    /// Whether WooCommerce's own fulfilments are switched on.
    pub fulfillments: bool,
    /// Whether PHP prints a notice before every answer.
    pub notices: bool,
    /// Faults from the start.
    pub faults: Vec<Rule>,
}

/// Without the secrets: a sandbox's are made up, but what prints options may print other ones too.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("currency", &self.currency)
            .field("orders", &self.orders)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            currency: "USD".to_owned(),
            consumer_key: "ck_sandbox".to_owned(),
            consumer_secret: "cs_sandbox".to_owned(),
            may_write: true,
            webhook_secret: "sandbox-secret".to_owned(),
            orders: 0,
            first_order_at: Timestamp::constant(1_767_261_600, 0),
            fulfillments: false,
            notices: false,
            faults: Vec::new(),
        }
    }
}
