//! The way out to TAXII servers: TLS, no redirects, bounded time and size.

use std::time::Duration;
use watchkeep_connect::{Authorities, words};
use watchkeep_desk::feeds::taxii::{ACCEPT, Answer, Fetch, Question};

/// Longest time for one answer.
const LONGEST: Duration = Duration::from_secs(60);

/// A client, and the runtime that its work is done on.
pub struct Client {
    client: reqwest::Client,
    runtime: tokio::runtime::Handle,
}

/// What asks outward: no redirects, an answer within a time, these authorities besides those of the machine.
pub fn client(authorities: &Authorities, longest: Duration) -> anyhow::Result<reqwest::Client> {
    let mut client = reqwest::Client::builder()
        .timeout(longest)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("watchkeep/", env!("CARGO_PKG_VERSION")));
    for certificate in authorities.certificates() {
        client = client.add_root_certificate(reqwest::Certificate::from_der(certificate)?);
    }
    Ok(client.build()?)
}

impl Client {
    /// Within a runtime.
    pub fn new(authorities: &Authorities) -> anyhow::Result<Self> {
        Ok(Self { client: client(authorities, LONGEST)?, runtime: tokio::runtime::Handle::current() })
    }

    async fn ask(&self, question: &Question) -> Result<Answer, String> {
        let address = &question.address;
        let failed = |error: reqwest::Error| format!("{address} does not answer: {}", words(&error.without_url()));
        let mut request = self.client.get(address).header("accept", ACCEPT);
        if let Some(authorization) = &question.authorization {
            request = request.header("authorization", authorization);
        }
        let mut response = request.send().await.map_err(failed)?;
        let added_last = response.headers().get("x-taxii-date-added-last");
        let added_last = added_last.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > question.most {
                return Err(format!("{address} answers with more than {} MB", question.most >> 20));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Answer { status, added_last, bytes })
    }
}

impl Fetch for Client {
    fn fetch(&self, question: &Question) -> Result<Answer, String> {
        self.runtime.block_on(self.ask(question))
    }
}
