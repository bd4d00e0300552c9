//! Rebuilds the crate when a migration is added: `sqlx::migrate!` reads the folder, and the compiler does not watch folders.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
