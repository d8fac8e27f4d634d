//! What `SECURITY.md` says is proved somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::process::files;

const PAGE: &str = include_str!("../../../../SECURITY.md");

/// A test has a sentence for a name; nothing else on the page has so many words in one.
const WORDS_OF_A_TEST: usize = 6;

#[test]
fn every_test_that_the_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut tests = String::new();
    for folder in [
        "crates/hall/src",
        "crates/hall/tests",
        "crates/link",
        "kiosk",
        "tests/tests",
    ] {
        let sources: Vec<PathBuf> = files(&root.join(folder));
        for file in sources
            .iter()
            .filter(|file| file.extension().is_some_and(|it| it == "rs"))
        {
            tests += &fs::read_to_string(file).expect("text");
        }
    }
    let quoted = PAGE.split('`').skip(1).step_by(2);
    let names = quoted.filter_map(|text| text.split(": ").last());
    let names: BTreeSet<&str> = names
        .filter(|name| name.split('_').count() >= WORDS_OF_A_TEST)
        .collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(
            tests.contains(&format!("fn {name}(")),
            "there is no test {name}"
        );
    }
}
