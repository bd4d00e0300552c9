//! Reading what a process measures.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What `/metrics` of a process says, in whole numbers.
#[derive(Debug, Default)]
pub struct Metrics(BTreeMap<String, u64>);

impl Metrics {
    /// Everything it says now; nothing while nobody answers.
    pub async fn of(address: &str) -> Self {
        let Ok(mut line) = TcpStream::connect(address).await else {
            return Self::default();
        };
        let request =
            format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        line.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).await.unwrap();
        let series = answer.lines().filter(|line| line.starts_with("causeway_"));
        let read = series
            .filter_map(|line| line.rsplit_once(' '))
            .filter_map(|(series, value)| Some((series.to_owned(), value.parse().ok()?)));
        Self(read.collect())
    }

    /// The sum of a metric's series that carry all those labels (`sync="orders"`); `None` where there is no such series.
    #[must_use]
    pub fn sum(&self, name: &str, labels: &[&str]) -> Option<u64> {
        let chosen = self.0.iter().filter(|(series, _)| {
            let labelled = series
                .strip_prefix(name)
                .filter(|rest| rest.starts_with('{'));
            labelled.is_some_and(|rest| labels.iter().all(|label| rest.contains(label)))
        });
        chosen
            .map(|(_, value)| *value)
            .reduce(|sum, value| sum + value)
    }
}
