//! Python libraries from PyPI, each set of them in a folder of its own beside the build, installed once.

use crate::server::program;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder `name` beside the build with these pinned packages, whose programs are in `bin`; `None` with a message
/// where Python is missing (never in CI). Tests that need the same one wait for whoever installs it.
pub(crate) fn installed(name: &str, pinned: &[&str]) -> Option<PathBuf> {
    let home = program().parent().and_then(Path::parent).expect("the target folder").join(name);
    let lock = File::create(home.with_extension("lock")).expect("a lock");
    lock.lock().expect("locked");
    let (stamp, all) = (home.join("pinned"), pinned.join("\n"));
    if std::fs::read_to_string(&stamp).is_ok_and(|known| known == all) {
        return Some(home);
    }
    let run = |program: &Path, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|out| out.status.success())
    };
    let install = [&["install", "--quiet", "--only-binary", ":all:"], pinned].concat();
    if run(Path::new("python3"), &["-m", "venv", &home.to_string_lossy()]) && run(&home.join("bin/pip"), &install) {
        std::fs::write(stamp, all).expect("a stamp");
        return Some(home);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "python3 with venv cannot install {pinned:?}: apt-get install python3-venv"
    );
    println!("skipped: python3 with venv cannot install {pinned:?}; apt-get install python3-venv");
    None
}
