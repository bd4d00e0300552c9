use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt as _;
use url::Url;

use crate::Error;
use crate::wreck::Cut;

/// One listening server. Not `axum::serve`: that one always answers, and a sandbox has to be able to drop a connection.
#[derive(Debug)]
pub(crate) struct Server {
    url: Url,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(listen: SocketAddr, router: Router) -> Result<Self, Error> {
        let failed = |source| Error::Listen {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let url = Url::parse(&format!("http://{address}/"))
            .map_err(|_| failed(io::ErrorKind::AddrNotAvailable.into()))?;
        Ok(Self {
            url,
            task: tokio::spawn(accept(listener, router)),
        })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Stops listening and drops the connections that are open.
    pub(crate) async fn stop(mut self) {
        self.task.abort();
        drop((&mut self.task).await);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, router: Router) {
    // Dropping the set with this task ends every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, router.clone()));
                }
                // Out of file descriptors, or the peer is gone already: neither is a reason to stop serving the others.
                Err(error) => {
                    tracing::warn!(%error, "sandbox: a connection was not accepted");
                    tokio::task::yield_now().await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, router: Router) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "sandbox: TCP_NODELAY was not set");
    }
    let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "sandbox: a connection ended early");
    }
}

/// An error here makes hyper close the connection without a word.
async fn answer(router: Router, request: Request<Incoming>) -> Result<Response, io::Error> {
    let Ok(response) = router.oneshot(request.map(Body::new)).await;
    if response.extensions().get::<Cut>().is_some() {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(response)
}
