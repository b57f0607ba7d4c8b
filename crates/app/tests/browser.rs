//! The whole product in Chromium: each journey on a demo organisation of its own, every screen accessible.

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
    walk("journey.mjs");
}

#[test]
fn what_one_may_not_see_is_not_there() {
    walk("refusals.mjs");
}

#[test]
fn triage_needs_no_mouse() {
    walk("keyboard.mjs");
}

#[test]
fn a_hunt_counts_narrows_completes_and_exports() {
    walk("hunting.mjs");
}

#[test]
fn an_import_with_errors_loses_nothing() {
    walk("import.mjs");
}

#[test]
fn a_duty_without_data_is_recorded_by_a_run() {
    walk("duties.mjs");
}

#[test]
fn who_has_read_a_policy_is_known_by_name() {
    walk("reading.mjs");
}

#[test]
fn an_inspection_without_a_connection_loses_nothing() {
    walk("rounds.mjs");
}

#[test]
fn a_feed_is_put_in_force_and_an_alert_leads_to_its_entry() {
    walk("feeds.mjs");
}

#[test]
fn an_alert_is_tuned_with_two_keys_and_a_reason() {
    walk("tuning.mjs");
}

#[test]
fn a_rule_is_read_tried_and_put_in_force() {
    walk("editor.mjs");
}

#[test]
fn source_health_and_the_map_of_techniques() {
    walk("health.mjs");
}

#[test]
fn fields_are_mapped_on_a_sample_and_what_is_packed_is_shown() {
    walk("mapping.mjs");
}

#[test]
fn every_screen_in_both_themes_and_sizes() {
    walk("looks.mjs");
}

#[test]
fn a_small_firm_from_its_first_day_to_the_end_of_the_month() {
    on("story-c.mjs", &["serve", "--admin", "sam@firm.example"]);
}

#[test]
fn a_tuesday_of_a_security_operations_centre() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    let pager = format!("http://watchkeep:secret@{free}/hook");
    paged("story-a.mjs", &["serve", "--admin", "mara@soc.example"], Some(&pager));
}

#[test]
fn a_day_of_three_guarded_sites() {
    on("story-b.mjs", &["serve", "--admin", "ada@sites.example"]);
}

/// Runs one script of `tests/browser` against a fresh demo.
fn walk(script: &str) {
    on(script, &["demo"]);
}

/// Runs one script against a server of its own, whose clock it may set ahead.
fn on(script: &str, command: &[&str]) {
    paged(script, command, None);
}

/// The same with a pager at an address of this machine, where the script listens.
fn paged(script: &str, command: &[&str], pager: Option<&str>) {
    let pager = pager.map(|address| ("WATCHKEEP_PAGER", address));
    if !Path::new("/usr/bin/chromium").exists() {
        assert!(std::env::var_os("CI").is_none(), "chromium is missing: apt-get install chromium");
        println!("skipped: no chromium; apt-get install chromium");
        return;
    }
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut server = Command::new(env!("CARGO_BIN_EXE_watchkeep"))
        .args(command)
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path().join("data"))
        .env("WATCHKEEP_TEST_CLOCK", folder.path().join("clock"))
        .envs(pager)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let pid = server.id().to_string();
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
        .arg(script)
        .env("WATCHKEEP_URL", format!("http://{address}"))
        .env("WATCHKEEP_ONCE", path)
        .env("WATCHKEEP_PID", pid)
        .envs(pager)
        .env("WATCHKEEP_BINARY", env!("CARGO_BIN_EXE_watchkeep"))
        .env("WATCHKEEP_DATA", folder.path().join("data"))
        .env("WATCHKEEP_TEST_CLOCK", folder.path().join("clock"))
        .current_dir(&scripts)
        .output()
        .expect("node is on PATH");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{script}: {}{}", said(&done.stdout), said(&done.stderr));
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
