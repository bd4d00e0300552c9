//! WooCommerce as the HTTP client's vendor.

use async_trait::async_trait;
use http::{Client, Judgement, Reply, Request, Vendor};
use ports::Fault;

use super::auth::Signer;
use super::judge::judge;

pub(super) struct Woo {
    pub(super) signer: Signer,
}

#[async_trait]
impl Vendor for Woo {
    async fn authorize(&self, request: &mut Request, transport: &Client) -> Result<(), Fault> {
        self.signer.sign(request, transport.clock().now())
    }

    fn judge(&self, request: &Request, reply: &Reply) -> Judgement {
        judge(request, reply)
    }

    fn refused(&self) -> bool {
        false
    }

    fn secret_names(&self) -> &[&str] {
        &["oauth_consumer_key", "oauth_nonce", "order_key"]
    }
}
