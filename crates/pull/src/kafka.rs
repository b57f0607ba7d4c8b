//! Kafka: every partition of a topic, each from the offset that is kept here, beside the events it stands for.
//!
//! There is no consumer group: the place kept here is exact, and moves only once the events are on disk.

use crate::marks::{kept, replace};
use crate::{FIRST_WAIT, Input, LONGEST_WAIT, Refused, Told, waiting};
use jiff::Timestamp;
use rskafka::BackoffConfig;
use rskafka::client::error::{Error, ProtocolError};
use rskafka::client::partition::{OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder, Credentials, SaslConfig};
use rskafka::record::RecordAndOffset;
use serde_json::json;
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use watchkeep_connect::{Authorities, words};
use watchkeep_ingest::Batch;

/// Bytes of records that are asked for at a time, and of one answer.
const BYTES: i32 = 4 << 20;
const LARGEST: usize = 64 << 20;
/// How long a broker may hold a question that has no answer yet, in milliseconds; a round that brings nothing takes no
/// less: where the newest of a topic is no record but the end of a transaction, it is answered at once.
const PATIENCE: i32 = 500;
const ROUND: Duration = Duration::from_millis(PATIENCE.unsigned_abs() as u64);
/// How long one question is tried before the connection counts as lost. The client's own limit does not hold for
/// brokers that refuse connections.
const DEADLINE: Duration = Duration::from_secs(20);
/// Rounds over all partitions until new ones are looked for.
const ROUNDS: usize = 60;

/// A topic of a cluster.
#[derive(Debug, Clone)]
pub struct Place {
    brokers: Vec<String>,
    tls: bool,
    topic: String,
}

/// What brokers ask of clients.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    pub user: Option<String>,
    pub password: Option<String>,
    pub mechanism: Mechanism,
    pub authorities: Authorities,
}

/// How a password is shown to a broker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mechanism {
    Plain,
    ScramSha256,
    #[default]
    ScramSha512,
}

impl std::str::FromStr for Mechanism {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "plain" => Ok(Self::Plain),
            "scram-sha-256" => Ok(Self::ScramSha256),
            "scram-sha-512" => Ok(Self::ScramSha512),
            other => Err(format!("`{other}` is no mechanism; use plain, scram-sha-256 or scram-sha-512")),
        }
    }
}

impl std::str::FromStr for Place {
    type Err = Refused;

    /// `kafka://host:9092,other:9092/TOPIC`, or `kafkas://…` over TLS.
    fn from_str(place: &str) -> Result<Self, Refused> {
        let refused = |why: &str| Refused::new(place, why);
        let expected =
            "expected kafka://host:9092/TOPIC or kafkas://host:9093/TOPIC; several hosts with commas between";
        let (scheme, rest) = place.split_once("://").ok_or_else(|| refused(expected))?;
        let tls = match scheme {
            "kafka" => false,
            "kafkas" => true,
            _ => return Err(refused(expected)),
        };
        let (hosts, topic) = rest.split_once('/').ok_or_else(|| refused(expected))?;
        if hosts.contains('@') {
            return Err(refused("user and password belong in WATCHKEEP_KAFKA_USER and WATCHKEEP_KAFKA_PASSWORD"));
        }
        if tls && hosts.contains('[') {
            return Err(refused("over TLS a broker goes by its name or IPv4 address, which its certificate names"));
        }
        let usual = if tls { 9093 } else { 9092 };
        let brokers: Vec<&str> = hosts.split(',').filter(|host| !host.is_empty()).collect();
        let brokers: Option<Vec<String>> = brokers.into_iter().map(|host| with_port(host, usual)).collect();
        let brokers = brokers.ok_or_else(|| refused(expected))?;
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if brokers.is_empty() || topic.is_empty() || !topic.chars().all(named) {
            return Err(refused(expected));
        }
        Ok(Self { brokers, tls, topic: topic.to_owned() })
    }
}

impl Place {
    /// The address as it may be shown.
    pub fn shown(&self) -> String {
        format!("{}://{}/{}", if self.tls { "kafkas" } else { "kafka" }, self.brokers.join(","), self.topic)
    }
}

/// `host:port`, `host` or `[IPv6]`, with a port at last; none where it is none of them.
fn with_port(broker: &str, usual: u16) -> Option<String> {
    let (host, port) = match broker.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse::<u16>().ok()?),
        _ => (broker, usual),
    };
    let plain = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let whole = plain || address.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    whole.then(|| format!("{host}:{port}"))
}

/// The next offset of each partition.
struct Offsets {
    path: PathBuf,
    topic: String,
    next: BTreeMap<i32, i64>,
}

impl Offsets {
    /// Of another topic they say nothing.
    fn open(path: &Path, topic: &str) -> io::Result<Self> {
        let value = kept(path)?.unwrap_or_default();
        let known = value["next"].as_object().filter(|_| value["topic"] == topic);
        let pairs = known.into_iter().flatten();
        let next = pairs.filter_map(|(partition, next)| Some((partition.parse().ok()?, next.as_i64()?))).collect();
        Ok(Self { path: path.to_owned(), topic: topic.to_owned(), next })
    }

    fn keep(&mut self, partition: i32, next: i64) -> io::Result<()> {
        self.next.insert(partition, next);
        replace(&self.path, json!({"topic": self.topic, "next": self.next}).to_string().as_bytes())
    }
}

/// Takes records until it is stopped; a cluster that does not answer is asked again and again. Offsets are kept in
/// `folder`, in a file called after the source.
///
/// # Errors
/// When the sink fails for good, or offsets cannot be kept.
pub async fn follow(place: Place, secrets: Secrets, folder: PathBuf, input: Input) -> io::Result<()> {
    let name = input.source.name.replace(|c: char| !c.is_alphanumeric(), "_");
    let mut offsets = Offsets::open(&folder.join(format!("kafka-{name}.json")), &place.topic)?;
    let mut told = Told::new(&input, place.shown());
    let mut wait = FIRST_WAIT;
    while !input.stopped() {
        let before = told.state.answered;
        match session(&place, &secrets, &mut offsets, &input, &mut told).await {
            Ok(()) => continue,
            Err(Broken::Cluster(why)) => told.trouble(why),
            Err(Broken::Here(error)) => {
                told.trouble(format!("stopped until the next start: {error}"));
                return Err(error);
            }
        }
        wait = if told.state.answered == before { (wait * 2).min(LONGEST_WAIT) } else { FIRST_WAIT };
        if !input.rest(wait).await {
            return Ok(());
        }
    }
    Ok(())
}

/// Why no more records are taken.
enum Broken {
    Cluster(String),
    Here(io::Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Here(error)
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Cluster(match &error {
            Error::ServerError { protocol_error, .. } => format!("the broker answers {protocol_error}"),
            other => words(other),
        })
    }
}

/// The answer of a broker, unless it takes too long.
async fn answer<T>(asked: impl Future<Output = Result<T, Error>>) -> Result<Result<T, Error>, Broken> {
    let late = || Broken::Cluster(format!("no broker answers within {} seconds", DEADLINE.as_secs()));
    tokio::time::timeout(DEADLINE, asked).await.map_err(|_| late())
}

async fn connect(place: &Place, secrets: &Secrets) -> Result<Client, Broken> {
    let patience = BackoffConfig { deadline: Some(DEADLINE), ..BackoffConfig::default() };
    let mut builder = ClientBuilder::new(place.brokers.clone())
        .client_id("watchkeep")
        .max_message_size(LARGEST)
        .backoff_config(patience);
    if place.tls {
        builder = builder.tls_config(Arc::new(secrets.authorities.client()?));
    }
    if let (Some(user), Some(password)) = (&secrets.user, &secrets.password) {
        let both = Credentials::new(user.clone(), password.clone());
        builder = builder.sasl_config(match secrets.mechanism {
            Mechanism::Plain => SaslConfig::Plain(both),
            Mechanism::ScramSha256 => SaslConfig::ScramSha256(both),
            Mechanism::ScramSha512 => SaslConfig::ScramSha512(both),
        });
    }
    Ok(answer(builder.build()).await??)
}

/// Takes from every partition in turn, until it is time to look for new ones.
async fn session(
    place: &Place,
    secrets: &Secrets,
    offsets: &mut Offsets,
    input: &Input,
    told: &mut Told,
) -> Result<(), Broken> {
    let client = connect(place, secrets).await?;
    let topics = answer(client.list_topics()).await??;
    let topic = topics.into_iter().find(|topic| topic.name == place.topic);
    let topic = topic.ok_or_else(|| Broken::Cluster(format!("it has no topic {}", place.topic)))?;
    let mut partitions = Vec::new();
    for partition in topic.partitions {
        let asked = client.partition_client(&place.topic, partition, UnknownTopicHandling::Error);
        partitions.push(answer(asked).await??);
    }
    for _ in 0..ROUNDS {
        let (begun, mut left, mut some) = (Instant::now(), 0_u64, false);
        for partition in &partitions {
            if input.stopped() {
                return Ok(());
            }
            if let Some(more) = take(partition, partitions.len(), offsets, input).await? {
                (left, some) = (left.saturating_add(more), true);
            }
        }
        told.answered(waiting(left, "record"));
        if !some && !input.rest(ROUND.saturating_sub(begun.elapsed())).await {
            return Ok(());
        }
    }
    Ok(())
}

/// Takes what one partition has next; how many records follow, or none if it had none.
async fn take(
    partition: &PartitionClient,
    of: usize,
    offsets: &mut Offsets,
    input: &Input,
) -> Result<Option<u64>, Broken> {
    let number = partition.partition();
    let from = match offsets.next.get(&number) {
        Some(next) => *next,
        None => answer(partition.get_offset(OffsetAt::Earliest)).await??,
    };
    // With many partitions none keeps the others waiting.
    let patience = PATIENCE / i32::try_from(of.clamp(1, 50)).unwrap_or(1);
    let (records, end) = match answer(partition.fetch_records(from, 1..BYTES, patience)).await? {
        Ok(found) => found,
        Err(Error::ServerError { protocol_error: ProtocolError::OffsetOutOfRange, .. }) => {
            let earliest = answer(partition.get_offset(OffsetAt::Earliest)).await??;
            let source = &*input.source.name;
            let topic = partition.topic();
            let words = format!("{topic}/{number} no longer keeps offset {from}; it goes on from {earliest}");
            tracing::warn!(source, "{words}");
            // What is missing is no event, and must not go unseen.
            let mut told = Batch::unread(&input.source, &format!("{topic}/{number}"), 0, words, (input.clock)());
            told.fetched(&format!("{topic}/{number}"), (input.clock)());
            input.deliver(told).await.map_err(io::Error::other)?;
            offsets.keep(number, earliest)?;
            return Ok(Some(0));
        }
        Err(error) => return Err(error.into()),
    };
    let Some(next) = records.iter().map(|record| record.offset.saturating_add(1)).max() else { return Ok(None) };
    let mut all = Batch::default();
    // A packed batch of records comes whole, from before the offset that was asked for.
    for RecordAndOffset { record, offset } in records.into_iter().filter(|record| record.offset >= from) {
        let Some(value) = record.value else { continue };
        let place = format!("{}/{number}/{offset}", partition.topic());
        let sent = Timestamp::from_millisecond(record.timestamp.timestamp_millis());
        let batch = input.message(value.into(), &place, &place, sent.unwrap_or_else(|_| (input.clock)()));
        all.events.extend(batch.events);
        all.bad.extend(batch.bad);
    }
    input.deliver(all).await.map_err(io::Error::other)?;
    offsets.keep(number, next)?;
    Ok(Some(u64::try_from(end.saturating_sub(next)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_name_brokers_and_a_topic() {
        let place: Place = "kafka://a,b:9999/logs.all".parse().expect("a place");
        assert_eq!((place.brokers, place.tls), (vec!["a:9092".to_owned(), "b:9999".to_owned()], false));
        let place: Place = "kafkas://a/logs".parse().expect("a place");
        assert_eq!((place.brokers, place.tls), (vec!["a:9093".to_owned()], true));
        let place: Place = "kafka://[::1],[fe80::1]:9999/logs".parse().expect("a place");
        assert_eq!((place.shown().as_str(), place.brokers.len()), ("kafka://[::1]:9092,[fe80::1]:9999/logs", 2));
        for wrong in [
            "logs",
            "kafka://a",
            "kafka:///logs",
            "http://a/logs",
            "kafka://a/b/c",
            "kafka://::1/logs",
            "kafka://a:99999/logs",
            "kafka://[a]/logs",
            "kafka://a b/logs",
            "kafkas://[::1]:9093/logs",
        ] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
        let refused = "kafka://anna:secret@a/logs".parse::<Place>().map_err(|error| error.to_string());
        assert!(refused.is_err_and(|why| why.contains("WATCHKEEP_KAFKA_PASSWORD") && !why.contains("secret")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn a_file_of_offsets_is_refused_or_goes_on(
            text in prop_oneof![
                "[{}\\[\\]\":,a-z0-9.-]{0,60}",
                r#"\{"topic":"(logs|other)","next":(\{("-?[0-9]{1,12}":(-?[0-9]{1,21}|null|"a"),?){0,3}\}|7)\}"#,
            ],
        ) {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("kafka-x.json");
            std::fs::write(&path, &text)?;
            match Offsets::open(&path, "logs") {
                Ok(mut offsets) => {
                    offsets.keep(1, 8)?;
                    prop_assert_eq!(Offsets::open(&path, "logs")?.next, offsets.next);
                }
                Err(error) => {
                    prop_assert!(error.to_string().contains("kafka-x.json"), "{}", error);
                    prop_assert_eq!(std::fs::read_to_string(&path)?, text);
                }
            }
        }
    }

    #[test]
    fn offsets_hold_for_their_topic_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kafka-x.json");
        let mut offsets = Offsets::open(&path, "logs").expect("open");
        offsets.keep(0, 7).expect("kept");
        offsets.keep(3, 1).expect("kept");
        assert_eq!(Offsets::open(&path, "logs").expect("again").next, BTreeMap::from([(0, 7), (3, 1)]));
        assert!(Offsets::open(&path, "other").expect("again").next.is_empty());
    }
}
