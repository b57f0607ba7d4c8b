//! The design page in Chromium: both themes, both sizes, keys, dialogs and pickers under the strict policy.

#[path = "../examples/design/app.rs"]
mod app;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_design_page_looks_and_works_right() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser");
    if !Path::new(&chromium()).exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is missing: apt-get install chromium", chromium().display());
        println!("skipped: no {}; apt-get install chromium", chromium().display());
        return;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(async move { axum::serve(listener, app::app()).await });
    let done = tokio::task::spawn_blocking(move || run(&scripts, &address)).await.expect("the script ran");
    assert!(
        done.status.success(),
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

fn chromium() -> PathBuf {
    std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from)
}

fn run(scripts: &Path, address: &str) -> Output {
    install(scripts);
    Command::new("node")
        .arg("design.mjs")
        .env("WATCHKEEP_URL", address)
        .current_dir(scripts)
        .output()
        .expect("node is on PATH")
}

/// `npm ci` once for each state of the lock file, whoever comes first.
fn install(scripts: &Path) {
    let lock = File::create(scripts.join(".install-lock")).expect("a lock file");
    lock.lock().expect("the lock");
    let wanted = fs::read(scripts.join("package-lock.json")).expect("the lock file of npm");
    let stamp = scripts.join("node_modules/.installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return;
    }
    let installed =
        Command::new("npm").args(["ci", "--no-progress"]).current_dir(scripts).status().expect("npm is on PATH");
    assert!(installed.success(), "npm ci failed in tests/browser");
    fs::write(stamp, wanted).expect("the stamp");
}
