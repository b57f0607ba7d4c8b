//! Inputs that fetch, as the settings name them: object-store folders, NATS JetStream, Kafka.

use crate::clock;
use anyhow::{Context, anyhow};
use clap::Args;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use watchkeep_connect::{Authorities, shown};
use watchkeep_desk::Desk;
use watchkeep_ingest::Format;
use watchkeep_pull::{Input, kafka, keep_up, nats, objects};

/// Longest time to bring what is begun to a place to go on from.
const LAST: Duration = Duration::from_secs(5);
/// Settings of buckets that events are read from go before those of the lake.
const OURS: &str = "WATCHKEEP_OBJECTS_";

/// What is fetched, and with which secrets.
#[derive(Debug, Clone, Args)]
pub struct PullArgs {
    /// Objects to read as they come, as NAME=s3://bucket/prefix or NAME=FOLDER, or NAME:FORMAT=... where their first
    /// lines do not tell what they are; NAME becomes the log source. Keys, region and endpoint as for --lake, or under
    /// WATCHKEEP_OBJECTS_AWS_ACCESS_KEY_ID and so on where they are others.
    #[arg(long, value_name = "NAME=PLACE")]
    objects: Vec<String>,
    /// Stream of NATS JetStream to take messages from, as NAME=nats://host:4222/STREAM (tls:// over TLS), with
    /// /CONSUMER behind where a durable one was made for it.
    #[arg(long, value_name = "NAME=ADDRESS")]
    nats: Vec<String>,
    /// Credentials file (.creds) for NATS.
    #[arg(long, env = "WATCHKEEP_NATS_CREDS", value_name = "FILE")]
    nats_creds: Option<PathBuf>,
    /// User for NATS; its password is WATCHKEEP_NATS_PASSWORD. A token is WATCHKEEP_NATS_TOKEN.
    #[arg(long, env = "WATCHKEEP_NATS_USER")]
    nats_user: Option<String>,
    /// Kafka topic to take records from, as NAME=kafka://host:9092/TOPIC (kafkas:// over TLS).
    #[arg(long, value_name = "NAME=ADDRESS")]
    kafka: Vec<String>,
    /// User for Kafka; its password is WATCHKEEP_KAFKA_PASSWORD.
    #[arg(long, env = "WATCHKEEP_KAFKA_USER")]
    kafka_user: Option<String>,
    /// How the password is shown to Kafka: plain, scram-sha-256 or scram-sha-512.
    #[arg(long, env = "WATCHKEEP_KAFKA_MECHANISM", default_value = "scram-sha-512")]
    kafka_mechanism: String,
}

/// The inputs that fetch, until they are ended.
pub struct Pulls {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Pulls {
    /// Starts every one; a wrong setting stops the start, a place that does not answer is tried again and again.
    pub fn start(args: &PullArgs, data: &Path, authorities: &Authorities, desk: &Desk) -> anyhow::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let mut pulls = Self { stop, tasks: JoinSet::new() };
        let sink: Arc<Desk> = Arc::new(desk.clone());
        let input = |named: &Named<'_>| Input {
            source: desk.source(named.source),
            format: named.format,
            sink: sink.clone(),
            clock: clock::now,
            stop: stopped.clone(),
        };
        for setting in &args.objects {
            let named = named(setting)?;
            let ours = std::env::vars().filter_map(|(name, value)| Some((name.strip_prefix(OURS)?.to_owned(), value)));
            let settings = std::env::vars().filter(|(name, _)| name.starts_with("AWS_")).chain(ours);
            let place = objects::Place::new(named.place, settings, authorities)?;
            let kept = objects::Kept::in_folder(data, named.source);
            pulls.spawn(input(&named), place.shown().to_owned(), move |input| {
                objects::follow(place.clone(), kept.clone(), input)
            });
        }
        let secret = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        for setting in &args.nats {
            let named = named(setting)?;
            let secrets = nats::Secrets {
                credentials: args.nats_creds.clone(),
                user: args.nats_user.clone(),
                password: secret("WATCHKEEP_NATS_PASSWORD"),
                token: secret("WATCHKEEP_NATS_TOKEN"),
                authorities: authorities.clone(),
            };
            let place: nats::Place = named.place.parse()?;
            pulls.spawn(input(&named), place.shown(), move |input| nats::follow(place.clone(), secrets.clone(), input));
        }
        for setting in &args.kafka {
            let named = named(setting)?;
            let secrets = kafka::Secrets {
                user: args.kafka_user.clone(),
                password: secret("WATCHKEEP_KAFKA_PASSWORD"),
                mechanism: args.kafka_mechanism.parse().map_err(anyhow::Error::msg)?,
                authorities: authorities.clone(),
            };
            let (place, folder): (kafka::Place, _) = (named.place.parse()?, data.to_owned());
            pulls.spawn(input(&named), place.shown(), move |input| {
                kafka::follow(place.clone(), secrets.clone(), folder.clone(), input)
            });
        }
        Ok(pulls)
    }

    fn spawn<W>(&mut self, input: Input, from: String, work: impl Fn(Input) -> W + Send + Sync + 'static)
    where
        W: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        self.tasks.spawn(async move {
            let source = input.source.name.clone();
            if let Err(error) = keep_up(input, from.clone(), work).await {
                tracing::error!(source = &*source, "fetching {source} from {from} stopped: {error}");
            }
        });
    }

    /// Ends all of them, each at a place to go on from.
    pub async fn end(mut self) {
        let _ = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST, all).await.is_err() {
            tracing::warn!("a place that is fetched from did not end in time; what was not acknowledged comes again");
        }
    }
}

/// `NAME=PLACE`, or `NAME:FORMAT=PLACE`.
pub struct Named<'a> {
    pub source: &'a str,
    pub format: Format,
    pub place: &'a str,
}

/// # Errors
/// When a part is missing, or the format is none.
pub fn named(setting: &str) -> anyhow::Result<Named<'_>> {
    let shown = shown(setting);
    // An equals sign may stand in an address too.
    let (name, place) = setting
        .split_once('=')
        .filter(|(name, _)| !name.contains("://"))
        .ok_or_else(|| anyhow!("`{shown}` is not NAME=PLACE"))?;
    let (source, format) = match name.rsplit_once(':') {
        Some((source, word)) => (source, word.parse::<Format>().with_context(|| format!("in `{shown}`"))?),
        None => (name, Format::Auto),
    };
    anyhow::ensure!(!source.trim().is_empty(), "`{shown}` names no log source; write NAME=PLACE");
    Ok(Named { source, format, place })
}
