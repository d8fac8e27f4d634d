//! The shared look: Slint tokens and widgets, used at build time.
//!
//! This crate holds `.slint` files and no Rust that runs in a program. A program's build
//! script asks [`library_path`] and imports with `import { Tokens } from "@ui/ui.slint";`.

use std::path::PathBuf;

/// The folder that the Slint library name `@ui` stands for.
#[must_use]
pub fn library_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("slint")
}
