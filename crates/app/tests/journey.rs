//! The whole product in Chromium: one-time link, triage by keyboard, an incident to its close; every screen accessible.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn from_first_sign_in_to_a_closed_incident() {
    if !Path::new("/usr/bin/chromium").exists() {
        assert!(std::env::var_os("CI").is_none(), "chromium is missing: apt-get install chromium");
        println!("skipped: no chromium; apt-get install chromium");
        return;
    }
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut server = Command::new(env!("CARGO_BIN_EXE_watchkeep"))
        .args(["demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(server.stdout.take().expect("its output")).lines();
    let _server = Server(server);
    let link = lines
        .map_while(Result::ok)
        .find_map(|line| line.split("http://").nth(1).filter(|rest| rest.contains("/once/")).map(str::to_owned));
    let link = link.expect("a one-time link");
    let (address, path) = link.split_at(link.find('/').expect("a path"));
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser");
    install(&scripts);
    let done = Command::new("node")
        .arg("journey.mjs")
        .env("WATCHKEEP_URL", format!("http://{address}"))
        .env("WATCHKEEP_ONCE", path)
        .current_dir(&scripts)
        .output()
        .expect("node is on PATH");
    assert!(
        done.status.success(),
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

/// `npm ci` once for each state of the lock file, whoever comes first.
fn install(scripts: &Path) {
    let lock = std::fs::File::create(scripts.join(".install-lock")).expect("a lock file");
    lock.lock().expect("the lock");
    let wanted = std::fs::read(scripts.join("package-lock.json")).expect("the lock file of npm");
    let stamp = scripts.join("node_modules/.installed-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return;
    }
    let installed =
        Command::new("npm").args(["ci", "--no-progress"]).current_dir(scripts).status().expect("npm is on PATH");
    assert!(installed.success(), "npm ci failed in tests/browser");
    std::fs::write(stamp, wanted).expect("the stamp");
}
