//! Lists the profiles of printers, so that adding a printer is adding one file.

use std::path::Path;
use std::{env, fs, io};

const FOLDER: &str = "src/profile";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let mut names = Vec::new();
    for entry in fs::read_dir(FOLDER)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            names.extend(
                path.file_stem()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    let here = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let entries = names.iter().map(|name| {
        let file = format!("{here}/{FOLDER}/{name}.toml");
        format!("({name:?}, include_str!({file:?})),\n")
    });
    let list = format!("&[\n{}]\n", entries.collect::<String>());
    let folder = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&folder).join("profiles.rs"), list)
}
