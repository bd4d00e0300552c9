//! The line to the control service.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use proto::control::v1::control_client::ControlClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};

use super::ClientArgs;

/// A journey holds payloads as large as the storefront's documents.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Calls the control service.
pub(crate) type Control = ControlClient<InterceptedService<Channel, Introduction>>;

/// Says with every call who calls.
#[derive(Clone)]
pub(crate) struct Introduction {
    token: Option<MetadataValue<Ascii>>,
    user: Option<MetadataValue<Ascii>>,
}

impl Interceptor for Introduction {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        if let Some(token) = &self.token {
            metadata.insert("authorization", token.clone());
        }
        if let Some(user) = &self.user {
            metadata.insert("x-causeway-user", user.clone());
        }
        Ok(request)
    }
}

impl ClientArgs {
    /// Connects to the control service.
    ///
    /// # Errors
    /// Which address did not answer, and how to start what should.
    pub(crate) async fn connect(&self) -> anyhow::Result<Control> {
        let channel = self.endpoint()?.connect().await.map_err(|error| {
            let (address, innermost) = (&self.control, innermost(&error));
            if is_distrust(&error) {
                return anyhow!(
                    "the control service at {address} shows a certificate that is not accepted: if it comes from an authority of your own, \
                     name that authority's certificate with --control-ca (CAUSEWAY_CONTROL_CA); it has to be made out for the host in the address\n  \
                     {innermost}"
                );
            }
            anyhow!(
                "no control service answers at {address}: start it with `causeway up` or `causeway control`, \
                 or name another address with --control (CAUSEWAY_CONTROL)\n  {innermost}"
            )
        })?;
        Ok(
            ControlClient::with_interceptor(channel, self.introduction()?)
                .max_decoding_message_size(LONGEST_ANSWER),
        )
    }

    fn endpoint(&self) -> anyhow::Result<Endpoint> {
        let unusable = || {
            format!(
                "--control: '{}' is not an address like http://127.0.0.1:7400",
                self.control
            )
        };
        let endpoint = Endpoint::from_shared(self.control.clone())
            .with_context(unusable)?
            .connect_timeout(CONNECT_WITHIN)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_while_idle(true);
        if self.control.starts_with("https:") {
            Ok(endpoint.tls_config(self.tls()?).with_context(unusable)?)
        } else {
            anyhow::ensure!(
                self.control_ca.is_none(),
                "--control-ca (CAUSEWAY_CONTROL_CA) is for an encrypted line: write --control (CAUSEWAY_CONTROL) with https://"
            );
            Ok(endpoint)
        }
    }

    /// Trusts the named authority alone, or those that the machine trusts.
    fn tls(&self) -> anyhow::Result<ClientTlsConfig> {
        let Some(path) = &self.control_ca else {
            return Ok(ClientTlsConfig::new().with_native_roots());
        };
        let pem = std::fs::read_to_string(path)
            .with_context(|| format!("--control-ca: reading {}", path.display()))?;
        anyhow::ensure!(
            pem.contains("-----BEGIN CERTIFICATE-----"),
            "--control-ca: {} holds no certificate in PEM",
            path.display()
        );
        Ok(ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)))
    }

    fn introduction(&self) -> anyhow::Result<Introduction> {
        let bearer = |token: &String| {
            let mut value =
                MetadataValue::try_from(format!("Bearer {}", token.trim())).map_err(|_| {
                    // Not the library's own words: they could hold the token.
                    anyhow!(
                        "CAUSEWAY_CONTROL_TOKEN: a token has no control or non-ASCII characters"
                    )
                })?;
            value.set_sensitive(true);
            anyhow::Ok(value)
        };
        Ok(Introduction {
            token: self
                .control_token
                .as_ref()
                .filter(|token| !token.trim().is_empty())
                .map(bearer)
                .transpose()?,
            user: std::env::var("USER")
                .ok()
                .and_then(|user| MetadataValue::try_from(user).ok()),
        })
    }
}

/// A refused call in words for whoever made it. The service's own words say what to do; a broken line has none.
pub(super) fn told(status: Status) -> anyhow::Error {
    match status.code() {
        Code::Unauthenticated => anyhow!(
            "the control service wants a token, and this one is missing or wrong: set CAUSEWAY_CONTROL_TOKEN (or --control-token)"
        ),
        Code::Unimplemented => anyhow!(
            "the control service does not know this command: it is of another version, or something else answers at this address"
        ),
        Code::Unavailable | Code::Unknown if std::error::Error::source(&status).is_some() => {
            anyhow!(
                "the line to the control service broke: {}",
                status.message()
            )
        }
        _ => anyhow!("{}", status.message()),
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Whether the line failed because of the other side's certificate.
fn is_distrust(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        // An I/O error shows what it wraps as itself, and not as its source.
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        let found = error.downcast_ref::<rustls::Error>().or(wrapped);
        if matches!(found, Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        next = error.source();
    }
    false
}
