//! Who we are to NetSuite: OAuth 2.0 client credentials, or token-based authentication (OAuth 1.0a).

mod jwt;
mod oauth1;
mod oauth2;

use async_trait::async_trait;
use http::{Client, Judgement, Reply, Request, Vendor};
use ports::{ConfigError, Fault, Secret, SecretRef};
use ring::rand::{SecureRandom, SystemRandom};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::judge;

/// The credentials of an integration record and a role.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// OAuth 2.0 client credentials with a certificate (machine to machine). Preferred.
    Oauth2(Oauth2),
    /// Token-based authentication. From 2027.1 NetSuite makes no new integrations of this kind.
    Token(Token),
}

/// OAuth 2.0 client credentials (Setup > Integration > OAuth 2.0 Client Credentials (M2M) Setup).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Oauth2 {
    /// The integration record's client id.
    pub client_id: String,
    /// The certificate id that the M2M setup page shows beside the uploaded certificate.
    pub certificate_id: String,
    /// The certificate's private key, PEM in PKCS#8 (`-----BEGIN PRIVATE KEY-----`): elliptic curve P-256, or RSA of 3072 or 4096 bits.
    #[schemars(with = "String")]
    pub private_key: SecretRef,
}

/// Token-based authentication (Setup > Users/Roles > Access Tokens).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The integration record's consumer key.
    pub consumer_key: String,
    /// The integration record's consumer secret.
    #[schemars(with = "String")]
    pub consumer_secret: SecretRef,
    /// The access token's id.
    pub token_id: String,
    /// The access token's secret.
    #[schemars(with = "String")]
    pub token_secret: SecretRef,
}

/// One NetSuite account, as the HTTP client sees it.
pub(crate) struct Account {
    credentials: Credentials,
}

enum Credentials {
    Oauth2(Box<oauth2::Tokens>),
    Token(oauth1::Signer),
}

impl Account {
    /// Reads the secrets.
    pub(crate) fn new(account: &str, base: &Url, auth: &Auth) -> Result<Self, ConfigError> {
        let credentials = match auth {
            Auth::Oauth2(auth) => {
                let setting = "auth.oauth2.private_key";
                let pem = secret(&auth.private_key, setting)?;
                let key = jwt::Key::from_pem(pem.expose()).map_err(|why| wrong(setting, why))?;
                let url = base
                    .join("services/rest/auth/oauth2/v1/token")
                    .map_err(|error| wrong("url", error.to_string()))?;
                Credentials::Oauth2(Box::new(oauth2::Tokens::new(auth, key, url)))
            }
            Auth::Token(auth) => Credentials::Token(oauth1::Signer {
                realm: account.to_ascii_uppercase(),
                consumer_key: auth.consumer_key.clone(),
                consumer_secret: secret(&auth.consumer_secret, "auth.token.consumer_secret")?,
                token_id: auth.token_id.clone(),
                token_secret: secret(&auth.token_secret, "auth.token.token_secret")?,
            }),
        };
        Ok(Self { credentials })
    }
}

#[async_trait]
impl Vendor for Account {
    async fn authorize(&self, request: &mut Request, transport: &Client) -> Result<(), Fault> {
        let now = transport.clock().now();
        let value = match &self.credentials {
            Credentials::Oauth2(tokens) => {
                format!("Bearer {}", tokens.current(request.lane, transport).await?)
            }
            Credentials::Token(signer) => {
                signer.header(request.method, &request.url, &nonce()?, now.as_second())
            }
        };
        request.headers.push(("authorization", value));
        Ok(())
    }

    fn judge(&self, request: &Request, reply: &Reply) -> Judgement {
        if let (401, Credentials::Oauth2(tokens)) = (reply.status, &self.credentials) {
            let sent = request
                .headers
                .iter()
                .find(|(name, _)| *name == "authorization");
            if let Some(token) = sent.and_then(|(_, value)| value.strip_prefix("Bearer ")) {
                tokens.reject(token);
            }
        }
        judge::judge(request, reply)
    }

    fn refused(&self) -> bool {
        match &self.credentials {
            Credentials::Oauth2(tokens) => tokens.any_rejected(),
            // Another signature of the same credentials is no better, and five failures lock the user for half an hour.
            Credentials::Token(_) => false,
        }
    }

    fn secret_names(&self) -> &[&str] {
        &["client_assertion", "oauth_signature", "access_token"]
    }
}

fn secret(reference: &SecretRef, setting: &str) -> Result<Secret, ConfigError> {
    reference
        .resolve()
        .map_err(|error| wrong(setting, error.to_string()))
}

fn wrong(setting: &str, why: String) -> ConfigError {
    ConfigError {
        setting: setting.to_owned(),
        why,
    }
}

/// Thirty-two random hexadecimal digits.
fn nonce() -> Result<String, Fault> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Fault::Unavailable {
            why: "the system gives no random numbers".to_owned(),
        })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
