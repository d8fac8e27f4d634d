//! Habits of the house that a machine can hold, over every file that git keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What may stand at the top: the people who ordered the product fixed the folders.
const TOP_LEVEL: [&str; 18] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "SECURITY.md",
    "assets",
    "clippy.toml",
    "counter",
    "crates",
    "deny.toml",
    "display",
    "kiosk",
    "rust-toolchain.toml",
    "tests",
];

/// A file longer than this, without the tests at its end, holds more than one idea. The median of
/// ours is about 150.
const MAX_RUST_LINES: usize = 600;
const MAX_SLINT_LINES: usize = 400;

/// The programs with texts on a screen.
const PROGRAMS: [&str; 3] = ["kiosk", "counter", "display"];

#[test]
fn nothing_new_stands_at_the_top() {
    for file in files() {
        let first = file.path.components().next().unwrap();
        let name = first.as_os_str().to_string_lossy();
        assert!(
            name.starts_with('.') || TOP_LEVEL.contains(&&*name),
            "{name} is not one of the names that may stand at the top"
        );
    }
}

#[test]
fn nothing_is_left_undone() {
    // In halves, so that this file does not hold them.
    let signs = [
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("HA", "CK:"),
        concat!("#[ign", "ore"),
    ];
    for file in files_ending_in(&["rs", "slint", "toml"]) {
        for (number, line) in file.lines() {
            for sign in signs {
                assert!(!line.contains(sign), "{file}:{number}: {sign}");
            }
        }
    }
}

#[test]
fn colours_stand_in_the_tokens_alone() {
    for file in files_ending_in(&["slint"]) {
        if file.path.starts_with("crates/ui/slint/tokens") {
            continue;
        }
        for (number, line) in file.lines() {
            let code = line.split("//").next().unwrap_or_default();
            assert!(
                !has_hex_colour(code) && !code.contains("rgb(") && !code.contains("rgba("),
                "{file}:{number}: a colour outside the tokens: {line}"
            );
        }
    }
}

#[test]
fn a_file_holds_one_idea() {
    for (ending, limit) in [("rs", MAX_RUST_LINES), ("slint", MAX_SLINT_LINES)] {
        for file in files_ending_in(&[ending]) {
            let own = file.text.split("\n#[cfg(test)]\nmod tests {").next();
            let lines = own.unwrap_or_default().lines().count();
            assert!(
                lines <= limit,
                "{file} has {lines} lines, more than {limit}"
            );
        }
    }
}

#[test]
fn every_package_has_the_house_lints() {
    for file in files()
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"))
    {
        if file.path.components().count() > 1 {
            assert!(file.text.contains("[lints]\nworkspace = true"), "{file}");
        }
    }
}

#[test]
fn every_package_stands_in_the_code_map() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for file in files()
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"))
    {
        let folder = file.path.parent().unwrap().to_string_lossy().into_owned();
        assert!(
            folder.is_empty() || map.contains(&folder),
            "ARCHITECTURE.md does not tell of {folder}"
        );
    }
}

/// Pictures in the README are loaded by everybody who looks at the project.
#[test]
fn pictures_of_the_readme_exist_and_are_small() {
    let mut seen = 0;
    for page in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let links = text
            .split(['(', ')', '"'])
            .filter(|part| part.ends_with(".png"));
        for link in links {
            let size = fs::metadata(root().join(link)).map_or(0, |about| about.len());
            assert!(size > 0, "{page} shows {link}, which is not there");
            assert!(size < 200_000, "{link} has {size} bytes");
            seen += 1;
        }
    }
    assert!(seen >= 2, "both pages show pictures");
}

#[test]
fn every_text_on_a_screen_has_its_chinese() {
    for program in PROGRAMS {
        let translations = translations_of(program);
        for text in texts_of(program) {
            let found = translations.get(&text);
            assert!(
                found.is_some_and(|chinese| !chinese.is_empty()),
                "{program}: no Chinese for “{text}”"
            );
        }
    }
}

#[test]
fn no_translation_is_in_doubt() {
    for file in files_ending_in(&["po"]) {
        for (number, line) in file.lines() {
            assert!(!line.starts_with("#, fuzzy"), "{file}:{number}: in doubt");
        }
        let empty: Vec<String> = entries(&file.text)
            .into_iter()
            .filter(|(text, chinese)| !text.is_empty() && chinese.is_empty())
            .map(|(text, _)| text)
            .collect();
        assert!(empty.is_empty(), "{file}: no Chinese for {empty:?}");
    }
}

/// `#` and three to eight hexadecimal digits that end there.
fn has_hex_colour(code: &str) -> bool {
    code.split('#').skip(1).any(|after| {
        let digits = after.chars().take_while(char::is_ascii_hexdigit).count();
        let next = after.chars().nth(digits);
        (3..=8).contains(&digits) && !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// The source texts of every `@tr(…)` that a program can show: in its own files, and in those
/// of the shared widgets that it imports, over any number of steps.
fn texts_of(program: &str) -> BTreeSet<String> {
    let (mut seen, mut shared): (Vec<Kept>, Vec<Kept>) = files_ending_in(&["slint"])
        .into_iter()
        .filter(|file| file.path.starts_with(program) || file.path.starts_with("crates/ui"))
        .partition(|file| file.path.starts_with(program));
    let mut open: BTreeSet<String> = seen.iter().flat_map(|file| imports(&file.text)).collect();
    while let Some(name) = open.pop_first() {
        let declares = |file: &Kept| file.text.contains(&format!("component {name} "));
        if let Some(at) = shared.iter().position(declares) {
            let file = shared.swap_remove(at);
            open.extend(imports(&file.text));
            seen.push(file);
        }
    }
    seen.iter().flat_map(|file| texts(&file.text)).collect()
}

/// The names in `import { A, B } from`.
fn imports(source: &str) -> Vec<String> {
    source
        .split("import {")
        .skip(1)
        .filter_map(|after| after.split_once('}'))
        .flat_map(|(names, _)| names.split(','))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn texts(source: &str) -> Vec<String> {
    source
        .split("@tr(")
        .skip(1)
        .filter_map(|after| quoted(after.trim_start()))
        .collect()
}

fn translations_of(program: &str) -> BTreeMap<String, String> {
    let path = format!("{program}/lang/zh_CN/LC_MESSAGES/{program}.po");
    let text = fs::read_to_string(root().join(&path)).unwrap_or_else(|_| panic!("read {path}"));
    entries(&text).into_iter().collect()
}

/// The entries of a .po file: source text and translation, the first form of a plural.
fn entries(po: &str) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut in_translation = false;
    for line in po.lines() {
        if let Some(text) = line.strip_prefix("msgid ") {
            entries.push((quoted(text).unwrap_or_default(), String::new()));
            in_translation = false;
        } else if let Some(text) = line
            .strip_prefix("msgstr ")
            .or_else(|| line.strip_prefix("msgstr[0] "))
        {
            in_translation = true;
            append(&mut entries, in_translation, text);
        } else if line.starts_with('"') {
            append(&mut entries, in_translation, line);
        }
    }
    entries
}

fn append(entries: &mut [(String, String)], in_translation: bool, text: &str) {
    let Some((source, translation)) = entries.last_mut() else {
        return;
    };
    let target = if in_translation { translation } else { source };
    target.push_str(&quoted(text).unwrap_or_default());
}

/// The text between quotation marks at the beginning, without escapes.
fn quoted(text: &str) -> Option<String> {
    let mut letters = text.strip_prefix('"')?.chars();
    let mut inside = String::new();
    loop {
        match letters.next()? {
            '"' => return Some(inside),
            '\\' => match letters.next()? {
                'n' => inside.push('\n'),
                other => inside.push(other),
            },
            other => inside.push(other),
        }
    }
}

struct Kept {
    path: PathBuf,
    text: String,
}

impl Kept {
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }
}

impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path.display())
    }
}

/// Every file that git keeps and that is there. The text of a picture is empty.
fn files() -> Vec<Kept> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout)
        .expect("names of files are UTF-8")
        .split_terminator('\0')
        .map(PathBuf::from)
        .filter(|path| root().join(path).exists())
        .map(|path| {
            let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
            Kept { path, text }
        })
        .collect()
}

fn files_ending_in(endings: &[&str]) -> Vec<Kept> {
    let wanted = |path: &Path| {
        path.extension()
            .is_some_and(|ending| endings.iter().any(|one| ending == *one))
    };
    files()
        .into_iter()
        .filter(|file| wanted(&file.path))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace")
}

#[test]
fn the_tidy_eyes_see() {
    assert!(has_hex_colour("background: #0a5654;"));
    assert!(has_hex_colour("color: #fff"));
    assert!(!has_hex_colour("text: \"Number #12 of #counter\";"));
    assert_eq!(
        texts("@tr(\"{n} person\" | \"{n} people\" % n)"),
        ["{n} person"]
    );
    assert_eq!(
        imports("import { A, B } from \"@ui/ui.slint\";"),
        ["A", "B"]
    );
    let po = "msgid \"\"\n\"One \\\"two\\\"\"\nmsgstr \"一\"\n\"二\"\n";
    assert_eq!(entries(po), [("One \"two\"".to_owned(), "一二".to_owned())]);
}
