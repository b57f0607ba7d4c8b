//! NATS JetStream: a durable pull consumer; a message is acknowledged once its events are on disk here.
//!
//! One batch is in flight at a time. What was taken and not acknowledged comes again, and is the same events: their ids
//! are made of the message's `Nats-Msg-Id`, else of its place in the stream, and of the time it was published.

use crate::{FIRST_WAIT, Input, LONGEST_WAIT, Refused, Told, waiting};
use async_nats::connection::State;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::{self, Message};
use async_nats::{Client, ConnectOptions};
use futures_util::StreamExt;
use jiff::Timestamp;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;
use watchkeep_connect::{Authorities, shown, words};
use watchkeep_ingest::Batch;

/// Messages, and their bytes, that are taken at a time.
const MESSAGES: usize = 500;
const BYTES: usize = 16 << 20;
/// How long the server may hold a question that has no answer yet.
const PATIENCE: Duration = Duration::from_secs(2);
/// After this long the server gives a message again that was not acknowledged.
const ACK_WAIT: Duration = Duration::from_secs(60);

/// A stream of a server, and the consumer that keeps the place in it.
#[derive(Debug, Clone)]
pub struct Place {
    server: String,
    tls: bool,
    stream: String,
    consumer: Option<String>,
}

/// What the server asks of clients.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// A `.creds` file: a JWT and its seed.
    pub credentials: Option<PathBuf>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub token: Option<String>,
    pub authorities: Authorities,
}

impl std::str::FromStr for Place {
    type Err = Refused;

    /// `nats://host:4222/STREAM`, `tls://…` over TLS, either with `/CONSUMER` behind.
    fn from_str(place: &str) -> Result<Self, Refused> {
        let address: Url = place.parse().map_err(|error| Refused::new(place, format!("{error}")))?;
        if !address.username().is_empty() || address.password().is_some() {
            let words = "user, password or token belong in WATCHKEEP_NATS_USER, WATCHKEEP_NATS_PASSWORD or WATCHKEEP_NATS_TOKEN";
            return Err(Refused::new(place, words));
        }
        let expected = "expected nats://host:4222/STREAM or tls://host:4222/STREAM, and a /CONSUMER where one was made";
        let host = address.host_str().filter(|host| !host.is_empty() && matches!(address.scheme(), "nats" | "tls"));
        let host = host.ok_or_else(|| Refused::new(place, expected))?;
        let mut names = address.path().trim_matches('/').split('/').filter(|name| !name.is_empty()).map(str::to_owned);
        let (Some(stream), consumer, None) = (names.next(), names.next(), names.next()) else {
            return Err(Refused::new(place, expected));
        };
        let tls = address.scheme() == "tls";
        let server = format!("{}://{host}:{}", address.scheme(), address.port().unwrap_or(4222));
        Ok(Self { server, tls, stream, consumer })
    }
}

impl Place {
    /// The address as it may be shown.
    pub fn shown(&self) -> String {
        shown(&format!("{}/{}", self.server, self.stream))
    }
}

/// Takes messages until it is stopped; a server that does not answer is asked again and again.
///
/// # Errors
/// When the sink fails for good.
pub async fn follow(place: Place, secrets: Secrets, input: Input) -> io::Result<()> {
    let mut told = Told::new(&input, place.shown());
    let mut wait = FIRST_WAIT;
    while !input.stopped() {
        let before = told.state.answered;
        match session(&place, &secrets, &input, &mut told).await {
            Ok(()) => return Ok(()),
            Err(Broken::Server(why)) => told.trouble(why),
            Err(Broken::Sink(why)) => {
                told.trouble(format!("stopped until the next start: {why}"));
                return Err(io::Error::other(why));
            }
        }
        wait = if told.state.answered == before { (wait * 2).min(LONGEST_WAIT) } else { FIRST_WAIT };
        if !input.rest(wait).await {
            return Ok(());
        }
    }
    Ok(())
}

/// Why no more messages are taken over a connection.
enum Broken {
    Server(String),
    Sink(String),
}

fn server<E: std::error::Error>(error: E) -> Broken {
    Broken::Server(words(&error))
}

async fn connect(place: &Place, secrets: &Secrets) -> Result<Client, Broken> {
    let mut options = ConnectOptions::new().name("watchkeep").connection_timeout(Duration::from_secs(10));
    if let Some(path) = &secrets.credentials {
        options = options.credentials_file(path).await.map_err(server)?;
    }
    if let (Some(user), Some(password)) = (&secrets.user, &secrets.password) {
        options = options.user_and_password(user.clone(), password.clone());
    }
    if let Some(token) = &secrets.token {
        options = options.token(token.clone());
    }
    if place.tls {
        options = options.tls_client_config(secrets.authorities.client().map_err(server)?);
    }
    options.require_tls(place.tls).connect(&place.server).await.map_err(server)
}

/// The consumer as somebody made it; else one that starts with the oldest message.
async fn consumer(place: &Place, input: &Input, client: &Client) -> Result<PullConsumer, Broken> {
    let mine: String = input.source.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = place.consumer.clone().unwrap_or_else(|| format!("watchkeep-{mine}"));
    let context = jetstream::new(client.clone());
    if let Ok(known) = context.get_consumer_from_stream::<pull::Config, _, _>(&name, &place.stream).await {
        return Ok(known);
    }
    let config = pull::Config {
        durable_name: Some(name),
        description: Some("Watchkeep".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        ..pull::Config::default()
    };
    context.create_consumer_on_stream(config, &place.stream).await.map_err(server)
}

/// Takes messages over one connection for as long as it holds.
async fn session(place: &Place, secrets: &Secrets, input: &Input, told: &mut Told) -> Result<(), Broken> {
    let client = connect(place, secrets).await?;
    let mut consumer = consumer(place, input, &client).await?;
    let pending = consumer.info().await.map_err(server)?.num_pending;
    told.answered(waiting(pending, "message"));
    let mut one_by_one = false;
    while !input.stopped() {
        let batch = consumer.batch().expires(PATIENCE);
        let batch = if one_by_one { batch.max_messages(1) } else { batch.max_messages(MESSAGES).max_bytes(BYTES) };
        let mut coming = batch.messages().await.map_err(server)?;
        let (mut messages, mut broken) = (Vec::new(), None);
        while let Some(message) = coming.next().await {
            match message {
                Ok(message) => messages.push(message),
                Err(error) => {
                    broken = Some(error.to_string());
                    break;
                }
            }
        }
        // A single message may be larger than what is asked for at a time.
        one_by_one = messages.is_empty() && broken.as_ref().is_some_and(|why| why.contains("MaxBytes"));
        let left = take(input, &place.stream, &messages).await?;
        if client.connection_state() != State::Connected {
            return Err(Broken::Server(format!("{} does not answer", place.server)));
        }
        match broken.filter(|_| messages.is_empty() && !one_by_one) {
            Some(why) => return Err(Broken::Server(why)),
            None => told.answered(waiting(left, "message")),
        }
    }
    // What is acknowledged is on its way before the connection ends.
    client.flush().await.map_err(server)
}

/// Makes the events of messages durable, then acknowledges them; how many more there are.
async fn take(input: &Input, stream: &str, messages: &[Message]) -> Result<u64, Broken> {
    let (mut all, mut left) = (Batch::default(), 0);
    for message in messages {
        let info = message.info().map_err(|error| Broken::Server(error.to_string()))?;
        left = info.pending;
        let sent = Timestamp::from_nanosecond(info.published.unix_timestamp_nanos());
        let sent = sent.unwrap_or_else(|_| (input.clock)());
        let id = message.headers.as_ref().and_then(|headers| headers.get(NATS_MESSAGE_ID));
        let key = match id {
            Some(id) => format!("{stream} {id}"),
            None => format!("{stream}#{}", info.stream_sequence),
        };
        let batch = input.message(message.payload.clone(), &message.subject, &key, sent);
        all.events.extend(batch.events);
        all.bad.extend(batch.bad);
    }
    input.deliver(all).await.map_err(Broken::Sink)?;
    for message in messages {
        message.ack().await.map_err(|error| Broken::Server(error.to_string()))?;
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_name_a_stream_and_no_secret() {
        let place: Place = "nats://10.0.0.1/LOGS".parse().expect("a place");
        assert_eq!((place.server.as_str(), place.stream.as_str(), place.tls), ("nats://10.0.0.1:4222", "LOGS", false));
        let place: Place = "tls://nats.example:4333/LOGS/mine".parse().expect("a place");
        assert_eq!((place.server.as_str(), place.consumer.as_deref()), ("tls://nats.example:4333", Some("mine")));
        for wrong in ["LOGS", "nats://host", "http://host/LOGS", "nats://host/a/b/c"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
        let refused = "nats://anna:secret@host/LOGS".parse::<Place>().map_err(|error| error.to_string());
        assert!(refused.is_err_and(|why| why.contains("WATCHKEEP_NATS_PASSWORD") && !why.contains("secret@")));
    }
}
