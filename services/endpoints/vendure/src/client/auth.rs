//! Who asks: a session's token, fetched by a login and kept until it is refused; or an API key.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use http::{Client, Judgement, Reply, Request, Vendor};
use ports::{Fault, Lane, Secret, SecretError};
use serde_json::json;
use url::Url;

use super::documents::LOGIN;
use super::judge::judge;
use crate::wire::{Answer, Done, Outcome};
use crate::{Auth, Login};

/// The header by which a login answers with its token.
const TOKEN: &str = "vendure-auth-token";

/// Vendure as the HTTP client's vendor.
pub(super) struct Vendure {
    url: Url,
    auth: Auth,
    session: Mutex<Option<Secret>>,
}

impl Vendure {
    pub(super) fn new(url: Url, auth: Auth) -> Self {
        Self {
            url,
            auth,
            session: Mutex::new(None),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Secret>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn log_in(&self, login: &Login, transport: &Client, lane: Lane) -> Result<Secret, Fault> {
        let password = login.password.resolve().map_err(no_secret)?;
        let variables = json!({ "username": login.username, "password": password.expose() });
        let body = json!({ "query": LOGIN.text, "variables": variables }).to_string();
        let request =
            Request::read(self.url.clone(), lane, body).header("content-type", "application/json");
        let reply = transport.send(request).await?;
        if let Ok(answer) = reply.json::<Answer<Done<Outcome>>>()
            && let Some(message) = answer.data.result.message
        {
            return Err(Fault::Unauthorized {
                why: format!(
                    "login of '{}': {message}: check 'auth.login'",
                    login.username
                ),
            });
        }
        let token = reply.headers.get(TOKEN).filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| Fault::Unauthorized {
            why: format!(
                "login of '{}' was answered without a token: the server's 'authOptions.tokenMethod' must have 'bearer'",
                login.username
            ),
        })?;
        let token = Secret::new(token.to_owned());
        *self.lock() = Some(token.clone());
        Ok(token)
    }
}

#[async_trait]
impl Vendor for Vendure {
    async fn authorize(&self, request: &mut Request, transport: &Client) -> Result<(), Fault> {
        let (header, value) = match &self.auth {
            Auth::ApiKey(key) => {
                let key = key.resolve().map_err(no_secret)?;
                ("vendure-api-key", key.expose().to_owned())
            }
            Auth::Login(login) => {
                let known = self.lock().clone();
                let token = match known {
                    Some(token) => token,
                    None => self.log_in(login, transport, request.lane).await?,
                };
                ("authorization", format!("Bearer {}", token.expose()))
            }
        };
        request.headers.retain(|(name, _)| *name != header);
        request.headers.push((header, value));
        Ok(())
    }

    fn judge(&self, request: &Request, reply: &Reply) -> Judgement {
        judge(request, reply)
    }

    fn refused(&self) -> bool {
        self.lock().take().is_some()
    }

    fn secret_names(&self) -> &[&str] {
        &["vendure-auth-token", "vendure-api-key"]
    }
}

fn no_secret(error: SecretError) -> Fault {
    Fault::Unauthorized {
        why: error.to_string(),
    }
}
