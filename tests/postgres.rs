//! A PostgreSQL server of our own for the time of a test: temporary folder, loopback, a free port.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use watchkeep_store::Location;

/// Stopped and removed when dropped.
pub struct Postgres {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a server; `None` with a message where PostgreSQL is not installed (never in CI).
    pub fn start() -> Option<Self> {
        let Some(bin) = newest() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is missing: apt-get install postgresql");
            println!("skipped: no PostgreSQL server; apt-get install postgresql");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("wkpg").tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let server = Self { folder, bin, port };
        if root() {
            let given = Command::new("chown").arg("postgres").arg(server.folder.path()).status().expect("chown");
            assert!(given.success());
        }
        server.run("initdb", &["-A", "trust", "-U", "watchkeep", "-E", "UTF8", "--no-sync"]);
        let options =
            format!("-c listen_addresses=127.0.0.1 -p {port} -k {} -c fsync=off", server.folder.path().display());
        server.run("pg_ctl", &["-w", "-o", &options, "-l", "/dev/null", "start"]);
        Some(server)
    }

    pub fn location(&self) -> Location {
        Location::Postgres(format!("postgres://watchkeep@127.0.0.1:{}/postgres", self.port))
    }

    /// Postgres refuses to run as root, so root hands over to the packaged user.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.bin.join(program);
        let mut command = if root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        let data = self.folder.path().join("data");
        command.arg("-D").arg(data).args(arguments).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
        assert!(command.status().expect("it runs").success(), "{} failed", program.display());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "stop"]);
    }
}

fn newest() -> Option<PathBuf> {
    let mut found: Vec<_> =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin")).collect();
    found.retain(|bin| bin.join("initdb").exists());
    found.sort();
    found.pop()
}

fn root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0"))
}
