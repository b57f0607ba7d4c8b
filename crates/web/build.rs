//! Builds the browser's files with npm and esbuild, and writes the table that puts them in the binary.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Outcome<T> = Result<T, Box<dyn Error>>;

const INSTALL_HINT: &str = "npm is not on PATH: install Node 18 or newer with npm (Debian: apt-get install npm), \
     or set WEB_PREBUILT=<dir> to a folder that `node web/build.mjs <dir>` wrote";

fn main() {
    if let Err(problem) = run() {
        println!("cargo::error={problem}");
        std::process::exit(1);
    }
}

fn run() -> Outcome<()> {
    let crate_dir = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-env-changed=WEB_PREBUILT");
    let built = match env::var_os("WEB_PREBUILT") {
        Some(prebuilt) => PathBuf::from(prebuilt),
        None => build(&crate_dir.join("../../web").canonicalize()?, &out.join("assets"))?,
    };
    fs::write(out.join("asset_table.rs"), table(&built)?)?;
    Ok(())
}

/// Installs the packages if the lock file changed, bundles into `target`, and returns `target`.
fn build(web: &Path, target: &Path) -> Outcome<PathBuf> {
    for source in ["src", "css", "icons.json", "mark.svg", "build.mjs", "package.json", "package-lock.json"] {
        println!("cargo::rerun-if-changed={}", web.join(source).display());
    }
    let lock = File::create(web.join(".build-lock"))?;
    lock.lock()?;
    install(web)?;
    let bundled = Command::new("node").arg("build.mjs").arg(target).current_dir(web).output();
    let bundled = bundled.map_err(|error| format!("cannot run node ({error}); {INSTALL_HINT}"))?;
    if !bundled.status.success() {
        return Err(one_line("the browser's files do not build", &bundled.stderr).into());
    }
    Ok(target.to_path_buf())
}

fn install(web: &Path) -> Outcome<()> {
    let wanted = fs::read(web.join("package-lock.json"))?;
    let stamp = web.join("node_modules/.installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let installed = Command::new("npm").args(["ci", "--no-progress"]).current_dir(web).stdin(Stdio::null()).output();
    let installed = installed.map_err(|_| INSTALL_HINT)?;
    if !installed.status.success() {
        return Err(one_line("npm ci failed", &installed.stderr).into());
    }
    fs::write(stamp, wanted)?;
    Ok(())
}

fn one_line(what: &str, stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(12).collect();
    format!("{what}: {}", lines.join(" / "))
}

/// Rust source of the table: one row an asset, bodies by `include_bytes!`.
fn table(built: &Path) -> Outcome<String> {
    let manifest = built.join("manifest.tsv");
    println!("cargo::rerun-if-changed={}", manifest.display());
    let rows = fs::read_to_string(&manifest)
        .map_err(|error| format!("cannot read {}: {error}; was it written by web/build.mjs?", manifest.display()))?;
    let mut source = String::from("pub const ASSETS: &[Asset] = &[\n");
    for row in rows.lines() {
        let [name, file, mime] = row.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("{}: `{row}` is not name, file and type", manifest.display()).into());
        };
        let path = built.join(file).canonicalize()?;
        let packed = built.join(format!("{file}.br")).canonicalize()?;
        writeln!(
            source,
            "    Asset {{ name: {name:?}, address: {:?}, mime: {mime:?}, body: include_bytes!({path:?}), brotli: include_bytes!({packed:?}) }},",
            format!("/assets/{file}"),
        )?;
    }
    source.push_str("];\n");
    Ok(source)
}
