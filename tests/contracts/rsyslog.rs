//! Debian's rsyslog against the running program: over TCP, over TLS, and as to Elasticsearch through a killed server;
//! every line is an event exactly once.

use crate::inputs::free_port;
use crate::server::{Server, command, program};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const RSYSLOG: &str = "/usr/sbin/rsyslogd";

/// rsyslog with a configuration and a folder of its own, following one file; ended when dropped.
struct Shipper {
    child: Child,
    folder: TempDir,
}

impl Shipper {
    /// Starts it where it is installed; `modules` are further ones that it must have.
    fn start(modules: &[&str], before: &str, action: &str) -> Option<Self> {
        if !installed(modules) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        // A network driver is loaded by its name where it is used.
        let loaded: String = modules
            .iter()
            .filter(|name| !name.starts_with("lm"))
            .map(|name| format!("module(load=\"{name}\")\n"))
            .collect();
        let text = format!(
            "global(workDirectory=\"{work}\" maxMessageSize=\"64k\" {before})\nmodule(load=\"imfile\")\n{loaded}\
             template(name=\"line\" type=\"string\" string=\"<134>1 %timereported:::date-rfc3339% web-9 app - - - %msg%\")\n\
             template(name=\"json\" type=\"list\" option.jsonf=\"on\") {{ property(outname=\"@timestamp\" name=\"timereported\" dateFormat=\"rfc3339\" format=\"jsonf\") property(outname=\"message\" name=\"msg\" format=\"jsonf\") }}\n\
             input(type=\"imfile\" file=\"{log}\" tag=\"app\" ruleset=\"out\")\nruleset(name=\"out\") {{ {action} }}\n",
            work = path(""),
            log = path("app.log"),
        );
        std::fs::write(folder.path().join("app.log"), "").expect("written");
        std::fs::write(folder.path().join("rsyslog.conf"), text).expect("written");
        let errors = std::fs::File::create(folder.path().join("errors")).expect("a file");
        let child = Command::new(RSYSLOG)
            .args(["-n", "-f", &path("rsyslog.conf"), "-i", &path("pid")])
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .expect("it starts");
        Some(Self { child, folder })
    }

    fn append(&self, lines: std::ops::Range<u32>) {
        let text: String = lines.map(|line| format!("line number {line} of many\n")).collect();
        let file = std::fs::File::options().append(true).open(self.folder.path().join("app.log"));
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
    }

    fn errors(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("errors")).unwrap_or_default()
    }

    /// Waits until exactly so many lines are events, each once.
    fn arrive(&self, server: &Server, source: &str, lines: u64) {
        server.until(&format!("{lines} lines; rsyslog says {}", self.errors()), || {
            server.count(&format!("source:{source}")) >= lines
        });
        assert_eq!(server.count(&format!("source:{source}")), lines, "none twice");
        let different = format!("source:{source} | stats dc(message)");
        let page = server
            .page(&format!("/events/export.jsonl?last=7300d&q={}", different.replace(' ', "%20").replace('|', "%7C")));
        assert!(page.text().contains(&format!(":{lines}}}")), "each of its own: {}", page.text());
    }
}

impl Drop for Shipper {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether rsyslog and its modules are here; says so where not. What it then refuses is a failure, not a skip.
fn installed(modules: &[&str]) -> bool {
    let libraries =
        std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path().join("rsyslog"));
    let folder = libraries.chain(["/usr/lib/rsyslog".into()]).find(|folder| folder.join("imfile.so").exists());
    let missing = |folder: &PathBuf| modules.iter().any(|name| !folder.join(format!("{name}.so")).exists());
    if Path::new(RSYSLOG).exists() && folder.as_ref().is_some_and(|folder| !missing(folder)) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "rsyslog with {modules:?} is missing");
    println!(
        "skipped: rsyslog with {modules:?} is missing: apt-get install rsyslog rsyslog-gnutls rsyslog-elasticsearch"
    );
    false
}

fn target(address: &str) -> String {
    let (host, port) = address.rsplit_once(':').expect("an address");
    format!(
        "type=\"omfwd\" target=\"{host}\" port=\"{port}\" protocol=\"tcp\" template=\"line\" action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\""
    )
}

#[test]
fn rsyslog_over_tcp_in_both_framings() {
    for framing in ["octet-counted", "traditional"] {
        let (data, address) = (tempfile::tempdir().expect("a folder"), free_port());
        let server = Server::new(data.path(), &["--syslog-tcp", &address]);
        let action = format!("action({} TCP_Framing=\"{framing}\")", target(&address));
        let Some(shipper) = Shipper::start(&[], "", &action) else { return };
        shipper.append(0..500);
        shipper.arrive(&server, "syslog", 500);
        assert_eq!(server.count("source:syslog host:web-9 \"line number 499 of many\""), 1, "{framing}");
    }
}

#[test]
fn rsyslog_over_tls_with_a_certificate_of_its_own() {
    let (data, address) = (tempfile::tempdir().expect("a folder"), free_port());
    let keys = tempfile::tempdir().expect("a folder");
    let Some([authority, certificate, key]) = certificates(keys.path()) else { return };
    let file = |path: &Path| path.display().to_string();
    let flags = [
        "--syslog-tls",
        &address,
        "--tls-cert",
        &file(&certificate),
        "--tls-key",
        &file(&key),
        "--syslog-tls-clients",
        &file(&authority),
    ];
    let server = Server::new(data.path(), &flags);
    let before = format!(
        "defaultNetstreamDriver=\"gtls\" defaultNetstreamDriverCAFile=\"{}\" defaultNetstreamDriverCertFile=\"{}\" defaultNetstreamDriverKeyFile=\"{}\"",
        file(&authority),
        file(&certificate),
        file(&key)
    );
    let tls = "StreamDriver=\"gtls\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/name\" StreamDriverPermittedPeers=\"localhost\"";
    let action = format!("action({} TCP_Framing=\"octet-counted\" {tls})", target(&address));
    let Some(shipper) = Shipper::start(&["lmnsd_gtls"], &before, &action) else { return };
    shipper.append(0..500);
    shipper.arrive(&server, "syslog", 500);
}

/// An authority, and a certificate for `localhost` with its key, made by openssl.
pub(crate) fn certificates(folder: &Path) -> Option<[PathBuf; 3]> {
    let script = "set -e
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout ca.key -out ca.pem -subj /CN=authority
openssl req -newkey rsa:2048 -nodes -keyout key.pem -out csr.pem -subj /CN=localhost
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2\\nextendedKeyUsage=serverAuth,clientAuth\\n' > ext
openssl x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out cert.pem";
    let made = Command::new("sh").args(["-c", script]).current_dir(folder).output().expect("a shell");
    if !made.status.success() {
        println!("skipped: no certificates: {}", String::from_utf8_lossy(&made.stderr));
        return None;
    }
    Some(["ca.pem", "cert.pem", "key.pem"].map(|name| folder.join(name)))
}

/// Killed in the middle of deliveries, with more written while it is away: what was acknowledged is there, what was not
/// comes again, and none counts twice: each line says its time, so that it is the same event when it comes again.
/// Its queue holds all of them: rsyslog drops what finds no room in its usual thousand for two seconds.
#[test]
fn rsyslog_as_to_elasticsearch_through_a_killed_server() {
    let (data, address) = (tempfile::tempdir().expect("a folder"), free_port());
    command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data.path());
    let token = command(&["token", "sam@demo.example"], data.path());
    let serve = || {
        let mut command = Command::new(program());
        command.args(["serve", "--listen", &address, "--data"]).arg(data.path());
        Server::spawn(command, data.path(), &token)
    };
    let server = serve();
    let action = format!(
        "action(type=\"omelasticsearch\" server=\"http://{address}\" uid=\"shipper\" pwd=\"{token}\" template=\"json\" \
         searchIndex=\"logs\" searchType=\"\" bulkmode=\"on\" queue.type=\"LinkedList\" queue.size=\"20000\" queue.dequeueBatchSize=\"50\" \
         action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\")"
    );
    let Some(shipper) = Shipper::start(&["omelasticsearch"], "", &action) else { return };
    shipper.append(0..200);
    server.until("the first lines", || server.count("source:bulk") > 0);
    shipper.append(200..3_000);
    let mut server = server;
    server.kill();
    shipper.append(3_000..3_200);
    let server = serve();
    shipper.arrive(&server, "bulk", 3_200);
}
