//! The listening side: token, TLS, health, reflection.

use std::net::SocketAddr;
use std::sync::Arc;

use ports::Secret;
use proto::control::v1::control_server::ControlServer;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic::{Request, Status};
use tracing::info;

use crate::service::Service;

/// Who may call.
#[derive(Debug, Clone)]
pub enum Access {
    /// Whoever sends this bearer token.
    Token(Secret),
    /// Whoever reaches the port; only accepted on a loopback address.
    LoopbackOnly,
}

/// How to listen.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Who may call.
    pub access: Access,
    /// Certificate chain and private key, both PEM; `None` = without TLS.
    pub tls: Option<(Secret, Secret)>,
}

/// The service could not start or broke off.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port is open to others and nobody has to identify.
    #[error(
        "{0} is reachable by others: set a token (--control-token env:NAME or file:PATH), or listen on 127.0.0.1"
    )]
    Open(SocketAddr),
    /// The socket.
    #[error("control socket: {0}")]
    Socket(#[from] std::io::Error),
    /// TLS or HTTP/2.
    #[error("control server: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The compiled-in schemas.
    #[error("control reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves until told to stop; calls under way may finish.
///
/// # Errors
/// [`Error`].
pub async fn serve(
    listener: TcpListener,
    service: Service,
    options: ServeOptions,
    stop: CancellationToken,
) -> Result<(), Error> {
    let address = listener.local_addr()?;
    if matches!(options.access, Access::LoopbackOnly) && !address.ip().is_loopback() {
        return Err(Error::Open(address));
    }
    // Before a configuration is active there are no pools: applying one makes them.
    if let Ok(outline) = service.outline().await {
        service.workers.share(&outline);
        service.declare(&outline).await;
    }
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<ControlServer<Service>>().await;
    let guard = Guard {
        access: Arc::new(options.access),
    };
    let workers = service.workers.clone();
    let mut server = Server::builder();
    if let Some((certificate, key)) = &options.tls {
        let identity = Identity::from_pem(certificate.expose(), key.expose());
        server = server.tls_config(ServerTlsConfig::new().identity(identity))?;
    }
    info!(address = %address, tls = options.tls.is_some(), "control listens");
    server
        .add_service(health_service)
        .add_service(reflection)
        .add_service(ControlServer::with_interceptor(service, move |request| {
            guard.check(request)
        }))
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), async move {
            stop.cancelled().await;
            workers.hang_up();
        })
        .await?;
    Ok(())
}

#[derive(Clone)]
struct Guard {
    access: Arc<Access>,
}

impl Guard {
    #[allow(
        clippy::result_large_err,
        reason = "tonic's interceptors return its status by value"
    )]
    fn check(&self, request: Request<()>) -> Result<Request<()>, Status> {
        let Access::Token(token) = &*self.access else {
            return Ok(request);
        };
        let sent = request
            .metadata()
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        let sent = sent
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        if same(sent.as_bytes(), token.expose().as_bytes()) {
            Ok(request)
        } else {
            Err(Status::unauthenticated(
                "the control token is missing or wrong: set CAUSEWAY_CONTROL_TOKEN",
            ))
        }
    }
}

/// Compares digests, so that the time taken tells nothing about where the texts differ.
fn same(left: &[u8], right: &[u8]) -> bool {
    let digest = |bytes| ring::digest::digest(&ring::digest::SHA256, bytes);
    digest(left).as_ref() == digest(right).as_ref()
}
