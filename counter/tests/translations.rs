//! Every text of the window has its Chinese: the program's own and those of the shared widgets.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn slint_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            files.extend(slint_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "slint") {
            files.push(path);
        }
    }
    files
}

/// The first text of each `@tr(...)`: a literal, as the extractor wants it.
fn texts_of(folder: &Path) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for file in slint_files(folder) {
        let source = fs::read_to_string(file).expect("the file can be read");
        for call in source.split("@tr(").skip(1) {
            texts.insert(call.split('"').nth(1).expect("a literal").to_owned());
        }
    }
    texts
}

/// Translated texts of the file; a text with an empty translation is none.
fn translated() -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("lang/zh_CN/LC_MESSAGES/counter.po");
    let text = fs::read_to_string(file).expect("the file can be read");
    let entries = text.split("\n\n").skip(1);
    entries
        .filter(|entry| !entry.contains("msgstr \"\"") && !entry.contains("msgstr[0] \"\""))
        .map(|entry| entry.split('"').nth(1).expect("a msgid").to_owned())
        .collect()
}

#[test]
fn every_text_is_translated_and_no_translation_is_left_over() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = texts_of(&own.join("ui"));
    texts.extend(texts_of(&own.join("../crates/ui/slint")));
    let translated = translated();
    let missing: Vec<_> = texts.difference(&translated).collect();
    let left_over: Vec<_> = translated.difference(&texts).collect();
    assert!(missing.is_empty(), "without Chinese: {missing:?}");
    assert!(left_over.is_empty(), "no text needs these: {left_over:?}");
}
