//! Builds anew when a starter rule changes, since they are part of the program.

fn main() {
    println!("cargo:rerun-if-changed=../../rules");
}
