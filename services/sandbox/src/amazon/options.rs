use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::Rule;

/// Who the seller is and how Amazon behaves.
#[derive(Clone)]
pub struct Options {
    /// The seller's id, a part of the paths of listings.
    pub seller_id: String,
    /// The application's client id at Login with Amazon.
    pub client_id: String,
    /// The application's client secret.
    pub client_secret: String,
    /// The seller's refresh token.
    pub refresh_token: String,
    /// How long an access token is good.
    pub token_lifetime: Duration,
    /// Ids of the marketplaces that the seller sells in: of `ATVPDKIKX0DER` (United States), `A1F83G8C2ARO7P` (United Kingdom),
    /// `A1PA6795UKMFR9` (Germany) and `A1VC38T7YXB528` (Japan). The first takes the orders that are made up, and the others some of them.
    pub marketplaces: Vec<String>,
    /// How many times the published rates and bursts the seller is granted; `None` for no limit, and no header that tells of one.
    pub usage_plan: Option<u32>,
    /// Of the plain items of the catalogue every so-manieth is kept and sent by Amazon; 0 for none.
    pub amazon_keeps_every: u32,
    /// How long an order is pending before its payment is settled.
    pub pending_for: Duration,
    /// How long after that Amazon sends what it keeps.
    pub amazon_ships_after: Duration,
    /// How long a feed waits and is worked on.
    pub feed_takes: Duration,
    /// Orders at the start, one each minute from `first_order_at` on.
    pub orders: u32,
    /// When the first order came in.
    pub first_order_at: Timestamp,
    /// Faults from the start.
    pub faults: Vec<Rule>,
}

/// Without the secrets: a sandbox's are made up, but what prints options may print other ones too.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("seller_id", &self.seller_id)
            .field("marketplaces", &self.marketplaces)
            .field("usage_plan", &self.usage_plan)
            .field("orders", &self.orders)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seller_id: "A3SANDBOXSELL".to_owned(),
            client_id: "amzn1.application-oa2-client.sandbox".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
            refresh_token: "Atzr|sandbox-refresh".to_owned(),
            token_lifetime: Duration::from_secs(3600),
            marketplaces: vec!["ATVPDKIKX0DER".to_owned()],
            usage_plan: Some(1),
            amazon_keeps_every: 4,
            pending_for: Duration::from_secs(30 * 60),
            amazon_ships_after: Duration::from_secs(6 * 3600),
            feed_takes: Duration::from_secs(60),
            orders: 0,
            first_order_at: Timestamp::constant(1_767_261_600, 0),
            faults: Vec::new(),
        }
    }
}
