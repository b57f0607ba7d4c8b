//! Reading the NIST 800-53 catalog, resolving a baseline and laying both out as lines, in CPU time.

use cpu_time::ProcessTime;
use watchkeep_oscal::{Document, lines, parse, resolve};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/grc/oscal");
const CATALOG: &str = "NIST_SP-800-53_rev5_catalog-min.2021-06-08.json";
const ROUNDS: u32 = 20;

fn main() {
    let read = |name: &str| std::fs::read(format!("{FOLDER}/{name}"));
    let (Ok(catalog), Ok(high)) = (read(CATALOG), read("NIST_SP-800-53_rev5_HIGH-baseline_profile.json")) else {
        println!("skipped: {FOLDER} is not there");
        return;
    };
    let start = ProcessTime::now();
    let mut count = 0;
    for _ in 0..ROUNDS {
        let source = parse(CATALOG, &catalog).expect("a catalog");
        let Document::Catalog(catalog) = &source.document else { panic!("a catalog") };
        count = lines(catalog).len();
    }
    println!("catalog of {count} lines read and laid out: {:.2?} CPU each", start.elapsed() / ROUNDS);
    let given = [parse(CATALOG, &catalog).expect("a catalog")];
    let profile = parse("high.json", &high).expect("a profile");
    let start = ProcessTime::now();
    for _ in 0..ROUNDS {
        count = lines(&resolve(&profile, &given).expect("resolved").catalog).len();
    }
    println!("HIGH baseline of {count} lines resolved and laid out: {:.2?} CPU each", start.elapsed() / ROUNDS);
}
