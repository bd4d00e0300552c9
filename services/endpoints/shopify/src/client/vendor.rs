//! Shopify as the HTTP client's vendor.

use async_trait::async_trait;
use http::{Client, Judgement, Reply, Request, Vendor};
use ports::Fault;

use super::auth::Tokens;
use super::judge::judge;

pub(super) struct Shopify {
    pub(super) tokens: Tokens,
}

#[async_trait]
impl Vendor for Shopify {
    async fn authorize(&self, request: &mut Request, transport: &Client) -> Result<(), Fault> {
        let token = self.tokens.token(transport, request.lane).await?;
        request.headers.retain(|(name, _)| *name != TOKEN);
        request.headers.push((TOKEN, token.expose().to_owned()));
        Ok(())
    }

    fn judge(&self, request: &Request, reply: &Reply) -> Judgement {
        judge(request, reply)
    }

    fn refused(&self) -> bool {
        self.tokens.forget()
    }

    fn secret_names(&self) -> &[&str] {
        &[]
    }
}

const TOKEN: &str = "x-shopify-access-token";
