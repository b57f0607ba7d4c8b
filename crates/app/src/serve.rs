//! `watchkeep serve` and `watchkeep demo`: pages, API, inputs and timers in one process.

use crate::clock;
use crate::open::DataArgs;
use crate::pulls::{PullArgs, Pulls};
use crate::{inputs, pager, rules};
use anyhow::Context;
use clap::Args;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use watchkeep_connect::Authorities;
use watchkeep_desk::Desk;
use watchkeep_desk::feeds::taxii::Servers;
use watchkeep_desk::rules::RuleFolders;
use watchkeep_web::{App, Settings};

const SERVE: &str = "\
The first start prints a one-time link for the administrator. SIGHUP reloads the rules; SIGTERM ends.

Examples:
  watchkeep serve --data ./data
  watchkeep serve --syslog-udp 127.0.0.1:5514 --syslog-tcp 127.0.0.1:5514 --tail web=/var/log/nginx/access.log
  watchkeep serve --objects cloudtrail=s3://our-trail/AWSLogs --nats app=nats://127.0.0.1:4222/LOGS
  watchkeep serve --rules ./sigma/rules --rules ./our-rules
  WATCHKEEP_LOG=debug watchkeep serve --database postgres://watchkeep@127.0.0.1/watchkeep";

const DEMO: &str = "\
Takes every setting of `watchkeep serve`.

Examples:
  watchkeep demo --data ./demo --listen 127.0.0.1:8000";

/// Serve pages, API and inputs; ready when GET /healthz answers 200
#[derive(Debug, Clone, Args)]
#[command(after_help = SERVE)]
pub struct ServeArgs {
    #[command(flatten)]
    pub data: DataArgs,
    /// Address to listen on. Put a TLS proxy in front before listening beyond this machine.
    #[arg(long, env = "WATCHKEEP_LISTEN", default_value = "127.0.0.1:7315")]
    pub listen: SocketAddr,
    /// Send cookies over TLS only: set it behind a TLS proxy.
    #[arg(long, env = "WATCHKEEP_SECURE")]
    pub secure: bool,
    /// E-mail of the first administrator, made on first start with a one-time link.
    #[arg(long, env = "WATCHKEEP_ADMIN", default_value = "admin@localhost")]
    pub admin: String,
    /// Where the files of the event lake go: a folder, or a bucket such as s3://bucket/prefix, with keys, region and
    /// endpoint in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT. The journal stays in the data
    /// folder [default: lake/events in the data folder]
    #[arg(long, env = "WATCHKEEP_LAKE", value_name = "PLACE")]
    pub lake: Option<String>,
    /// Folder of Sigma rules besides the starter rules; may be given several times. Changes take effect while it runs.
    #[arg(long, env = "WATCHKEEP_RULES", value_delimiter = ',')]
    pub rules: Vec<PathBuf>,
    /// Folder that feeds of indicators may be read from; may be given several times. Without it none is read.
    #[arg(long, env = "WATCHKEEP_FEEDS", value_delimiter = ',', value_name = "FOLDER")]
    pub feeds: Vec<PathBuf>,
    /// Server that TAXII collections may be fetched from, such as taxii.example or taxii.example:8443; may be given
    /// several times. Without it none is asked.
    #[arg(long, env = "WATCHKEEP_TAXII", value_delimiter = ',', value_name = "HOST")]
    pub taxii: Vec<String>,
    /// Where pages are handed over, by POST as JSON with an Idempotency-Key, until the answer is 2xx: such as
    /// https://pager.example/hooks/watchkeep; user and password may stand before an @. Without it, pages stand on the
    /// first page of whoever is called only.
    #[arg(long, env = "WATCHKEEP_PAGER", value_name = "URL", hide_env_values = true)]
    pub pager: Option<String>,
    /// Address for syslog over UDP, such as 127.0.0.1:5514.
    #[arg(long)]
    pub syslog_udp: Option<SocketAddr>,
    /// Address for syslog over TCP (newline or octet-counted).
    #[arg(long)]
    pub syslog_tcp: Option<SocketAddr>,
    /// Address for syslog over TLS (RFC 5425), such as 0.0.0.0:6514.
    #[arg(long, requires_all = ["tls_cert", "tls_key"])]
    pub syslog_tls: Option<SocketAddr>,
    /// Certificate of --syslog-tls in PEM, with those between it and its authority; read again when it changes.
    #[arg(long, value_name = "FILE", requires = "syslog_tls")]
    pub tls_cert: Option<PathBuf>,
    /// Key of the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "syslog_tls")]
    pub tls_key: Option<PathBuf>,
    /// Authorities of senders, in PEM: only who has a certificate of one of them is heard over TLS.
    #[arg(long, value_name = "FILE", requires = "syslog_tls")]
    pub syslog_tls_clients: Option<PathBuf>,
    /// Log file to follow through rotation, as NAME=PATH, or NAME:FORMAT=PATH where its first lines do not tell what
    /// it is; NAME becomes the log source.
    #[arg(long)]
    pub tail: Vec<String>,
    #[command(flatten)]
    pub pulls: PullArgs,
    /// Authorities that are believed besides those of this machine wherever Watchkeep connects to over TLS (buckets,
    /// NATS, Kafka, TAXII, the pager), in PEM; may be given several times.
    #[arg(long, env = "WATCHKEEP_CA", value_delimiter = ',', value_name = "FILE")]
    pub ca: Vec<PathBuf>,
}

/// Serve a demo organisation with invented events that keep coming
#[derive(Debug, Clone, Args)]
#[command(after_help = DEMO)]
pub struct DemoArgs {
    #[command(flatten)]
    pub serve: ServeArgs,
}

pub fn serve(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    run(args, false)
}

pub fn demo(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    run(&args.serve, true)
}

fn run(args: &ServeArgs, demo: bool) -> anyhow::Result<ExitCode> {
    // What a Kafka client says of each attempt is said once, in our words.
    let usual = |_| "info,rskafka=error,async_nats=error".into();
    let filter = tracing_subscriber::EnvFilter::try_from_env("WATCHKEEP_LOG").unwrap_or_else(usual);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let authorities = Authorities::read(&args.ca).context("reading --ca")?;
    let open = || args.data.open(args.lake.as_deref(), &authorities);
    let mut desk = open()?;
    if demo {
        watchkeep_desk::demo::organisation(&desk, clock::now())?;
        rules::load(&desk, &args.rules)?;
        if watchkeep_desk::demo::yesterday(&desk, clock::now())? {
            // What is only held in memory yet, such as when each asset was heard, is noted by the first round of jobs.
            desk.tick(clock::now(), 0)?;
            desk.lake.flush()?;
            drop(desk);
            tracing::warn!("what making the demo took is kept: {}", anew());
            desk = open()?;
        }
    }
    let folders = rules::load(&desk, &args.rules)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(listen(args, &authorities, desk, folders, demo))?;
    Ok(ExitCode::SUCCESS)
}

/// Begins anew as the same process, with what is on disk: what making a demo took in memory goes back to the system. Comes
/// back only where that fails.
fn anew() -> std::io::Error {
    match std::env::current_exe() {
        Ok(program) => Command::new(program).args(std::env::args_os().skip(1)).exec(),
        Err(error) => error,
    }
}

async fn listen(
    args: &ServeArgs,
    authorities: &Authorities,
    desk: Desk,
    folders: RuleFolders,
    demo: bool,
) -> anyhow::Result<()> {
    let listener =
        tokio::net::TcpListener::bind(args.listen).await.with_context(|| format!("listening on {}", args.listen))?;
    let address = listener.local_addr()?;
    let link = tokio::task::spawn_blocking({
        let (desk, admin) = (desk.clone(), args.admin.clone());
        move || first_link(&desk, &admin, demo)
    });
    println!("Watchkeep is at http://{address}/");
    if let Some(key) = link.await?? {
        println!("Sign in once within the hour: http://{address}/once/{key}");
    }
    let settings = Settings { secure_cookies: args.secure, now: clock::now, ..Settings::default() };
    desk.allow_feeds(&args.feeds)?;
    if !args.taxii.is_empty() {
        desk.allow_taxii(Servers {
            hosts: args.taxii.clone(),
            fetch: Box::new(crate::fetch::Client::new(authorities)?),
        });
    }
    if let Some(address) = &args.pager {
        pager::start(address, authorities, &desk).context("reading --pager")?;
    }
    inputs::start(args, &desk).await?;
    let pulls = Pulls::start(&args.pulls, &args.data.data, authorities, &desk)?;
    rules::follow(desk.clone(), folders)?;
    let app = Arc::new(App::new(desk.clone(), settings));
    let warm = desk.store.clone();
    std::thread::spawn(move || {
        if let Err(error) = warm.warm() {
            tracing::warn!("the first list will take longer: {error}");
        }
    });
    let last = desk.clone();
    let timers = tokio::task::spawn_blocking(move || timers(&desk, demo));
    axum::serve(listener, watchkeep_web::server(app)).with_graceful_shutdown(stopped()).await?;
    timers.abort();
    pulls.end().await;
    // What exceptions hid and feeds met since the last minute is counted too.
    let counted = move || last.note_hidden(clock::now()).and_then(|()| last.note_sightings(clock::now()));
    if let Err(error) = tokio::task::spawn_blocking(counted).await? {
        tracing::error!("what was counted in the last minute is not noted: {error}");
    }
    std::process::exit(0);
}

/// A link for the first administrator while they have no password; for the demo, always.
fn first_link(desk: &Desk, admin: &str, demo: bool) -> anyhow::Result<Option<String>> {
    let now = clock::now();
    let person = match desk.person_by_email(if demo { watchkeep_desk::demo::MANAGER } else { admin })? {
        Some(person) => person,
        None if desk.needs_administrator()? => {
            let made = desk.make(now, "person", vec![("name", "Administrator".into()), ("email", admin.into())])?;
            desk.make_administrator(now, &made.record)?;
            made.record
        }
        None => return Ok(None),
    };
    if !demo && desk.has_password(person.id, now)? {
        return Ok(None);
    }
    Ok(Some(desk.one_time_key(person.id, now)?))
}

/// Jobs that run every few seconds; each is safe to run twice.
fn timers(desk: &Desk, demo: bool) {
    let mut round = 0u64;
    loop {
        let now = clock::now();
        // A job that breaks must not end those that come after it.
        match catch_unwind(AssertUnwindSafe(|| desk.tick(now, round))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!("a timed job failed: {error}"),
            Err(_) => tracing::error!("a timed job broke; the next round goes on"),
        }
        if demo && let Err(error) = watchkeep_desk::demo::events(desk, now, round) {
            tracing::error!("the demo generator failed: {error}");
        }
        round += 1;
        std::thread::sleep(std::time::Duration::from_secs(5));
    }
}

async fn stopped() {
    let mut term = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(term) => term,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}
