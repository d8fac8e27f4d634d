//! `cargo xtask planted`: does the simulation find bugs? The bugs of a list are planted into a copy of the
//! packages, each behind a switch; the copy is built once and lives with one bug after the other. At the
//! end the same seeds are lived without a bug, and nothing may be found.

use std::collections::BTreeSet;
use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::workspace;

/// The bugs, from the root.
const LIST: &str = "crates/hall/tests/whole/planted.txt";

/// The packages into which bugs are planted.
const PACKAGES: [&str; 3] = ["queue", "store", "hall"];

/// What tells the planted code which bug is switched on.
const SWITCH: &str = r#"
/// Whether a bug is switched on.
#[doc(hidden)]
pub fn planted(bug: &str) -> bool {
    static ON: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    ON.get_or_init(|| std::env::var("PAIHAO_PLANTED").unwrap_or_default()) == bug
}
"#;

/// The test that lives until something does not hold, and the one that plants bugs around the hall.
const LIFE: &str = "a_long_life";
const AROUND: &str = "bugs_around_the_hall_are_found";

/// Without a bug at least so many hours are lived, whatever the bugs needed.
const SOUND_H: u64 = 500;

/// So much of what was found is shown, in characters.
const SHOWN: usize = 110;

#[derive(Args)]
pub struct Options {
    /// Only this bug; may be said several times
    #[arg(long)]
    bug: Vec<String>,
    /// Hours of hall life in which a bug has to be found
    #[arg(long, default_value_t = 10_000)]
    hours: u64,
    /// Only see whether every bug can be planted
    #[arg(long)]
    dry: bool,
}

struct Bug {
    name: String,
    says: String,
    file: String,
    from: String,
    into: String,
}

/// What a life with a bug came to.
struct Found {
    what: String,
    seed: u64,
    /// Hours of hall life until then.
    after_h: u64,
}

pub fn run(options: &Options) -> Result<()> {
    let list = fs::read_to_string(workspace::root().join(LIST)).context(LIST)?;
    let bugs = list.split("\nbug ").skip(1).map(Bug::read);
    let bugs: Vec<Bug> = bugs.collect::<Result<_>>()?;
    let copy = workspace::output("planted");
    copy_packages(&copy, &bugs)?;
    println!("{} bugs are planted in {}", bugs.len(), copy.display());
    if options.dry {
        return Ok(());
    }
    let program = Program::build(&copy)?;
    let wanted = |bug: &&Bug| options.bug.is_empty() || options.bug.contains(&bug.name);
    let (mut missed, mut most_h) = (Vec::new(), SOUND_H);
    for bug in bugs.iter().filter(wanted) {
        let began = Instant::now();
        let found = program.live(&bug.name, options.hours)?;
        println!("{:<24} {}", bug.name, bug.says);
        match &found {
            Some(found) => println!("{:<24} {found} ({} s)", "", began.elapsed().as_secs()),
            None => println!("{:<24} NOT FOUND in {} hours", "", options.hours),
        }
        most_h = most_h.max(found.as_ref().map_or(0, |found| found.after_h));
        missed.extend(found.is_none().then_some(bug.name.as_str()));
    }
    if options.bug.is_empty() {
        program.live_with_bugs_around()?;
    }
    if let Some(found) = program.live("", most_h)? {
        bail!("without a bug something does not hold: {found}");
    }
    println!("without a bug everything holds for {most_h} hours from the same seed on");
    ensure!(missed.is_empty(), "not found: {}", missed.join(", "));
    Ok(())
}

impl Bug {
    fn read(text: &str) -> Result<Self> {
        let part = |from: &str, to: &str| -> Result<String> {
            let part = text
                .split_once(from)
                .and_then(|(_, behind)| behind.split_once(to));
            let (part, _) = part.with_context(|| format!("a bug without {from:?}: {text}"))?;
            Ok(part.to_owned())
        };
        Ok(Self {
            name: text.lines().next().unwrap_or_default().to_owned(),
            says: part("\nsays ", "\n")?,
            file: part("\nfile ", "\n")?,
            from: part("\nfrom\n", "\ninto\n")?,
            into: part("\ninto\n", "\nend")?,
        })
    }

    /// Puts the bug into the text of its file.
    fn plant(&self, text: &str) -> Result<String> {
        ensure!(
            text.matches(&self.from).count() == 1,
            "{}: its text does not stand once in {}",
            self.name,
            self.file
        );
        Ok(text.replace(&self.from, &self.into))
    }
}

/// Everything that git keeps, elsewhere, with the bugs in it. What is there already and the same stays
/// untouched, so that cargo builds only what has changed.
fn copy_packages(copy: &Path, bugs: &[Bug]) -> Result<()> {
    let kept = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others"])
        .arg("--exclude-standard")
        .current_dir(workspace::root())
        .output()
        .context("git says which files there are")?;
    let names = String::from_utf8_lossy(&kept.stdout);
    let mut copied = BTreeSet::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let to = copy.join(name);
        // One that git keeps and somebody has just taken away is not there to be copied.
        let Ok(mut bytes) = fs::read(workspace::root().join(name)) else {
            continue;
        };
        if let Some(sound) = source(name, &bytes) {
            bytes = planted(name, sound, bugs)?.into_bytes();
        }
        if !fs::read(&to).is_ok_and(|there| there == bytes) {
            fs::create_dir_all(to.parent().unwrap_or(copy))?;
            fs::write(&to, bytes).with_context(|| name.to_owned())?;
        }
        copied.insert(to);
    }
    take_away_others(copy, copy, &copied)
}

/// What was copied once and is no more would be built along; cargo's own folder stays.
fn take_away_others(copy: &Path, folder: &Path, copied: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path == copy.join("target") {
            continue;
        }
        if path.is_dir() {
            take_away_others(copy, &path, copied)?;
        } else if !copied.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The text of a file of Rust.
fn source(name: &str, bytes: &[u8]) -> Option<String> {
    let text = name.ends_with(".rs").then(|| bytes.to_vec())?;
    String::from_utf8(text).ok()
}

fn planted(name: &str, mut text: String, bugs: &[Bug]) -> Result<String> {
    for bug in bugs.iter().filter(|bug| bug.file == name) {
        text = bug.plant(&text)?;
    }
    let has_switch = |package: &&str| name == format!("crates/{package}/src/lib.rs");
    if PACKAGES.iter().any(has_switch) {
        text += SWITCH;
    }
    Ok(text)
}

/// The simulation over the planted hall.
struct Program {
    file: PathBuf,
    folder: PathBuf,
}

impl Program {
    fn build(copy: &Path) -> Result<Self> {
        let mut cargo = Command::new(env!("CARGO"));
        // What cargo told this program of its own package would have others built anew.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(name);
            }
        }
        let output = cargo
            .args(["test", "--release", "--offline", "--no-run"])
            .args(["--package", "hall", "--test", "whole"])
            // A folder of its own: in that of the sound hall the one would take the other's place.
            .arg("--target-dir")
            .arg(copy.join("target"))
            .current_dir(copy)
            .output()
            .context("cargo could not be started")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "the planted hall could not be built:\n{said}"
        );
        let file = said
            .rsplit_once('(')
            .and_then(|(_, behind)| behind.split_once(')'));
        let (file, _) = file.context("cargo does not say what it has built")?;
        Ok(Self {
            file: copy.join(file),
            folder: copy.join("crates/hall"),
        })
    }

    fn test(&self, name: &str) -> Command {
        let mut test = Command::new(&self.file);
        test.args(["--exact", name, "--nocapture"])
            .current_dir(&self.folder);
        test
    }

    /// Lives with a bug for so many hours, and gives what was found.
    fn live(&self, bug: &str, hours: u64) -> Result<Option<Found>> {
        let output = self
            .test(LIFE)
            .env("PAIHAO_PLANTED", bug)
            .env("PAIHAO_CASES", hours.to_string())
            .env("PAIHAO_SEED", "1")
            .output()
            .context("the planted hall could not be started")?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if output.status.success() {
            return Ok(None);
        }
        Ok(Some(Found::read(&said)))
    }

    /// With each of the bugs that the simulation itself plants: in the disk, the clock, the network and
    /// the clients.
    fn live_with_bugs_around(&self) -> Result<()> {
        let output = self.test(AROUND).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let found = said.lines().filter(|line| line.contains(": seed "));
        found.for_each(|line| println!("{}", shortened(line)));
        ensure!(
            output.status.success(),
            "a bug around the hall was not found:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }
}

impl Found {
    /// Reads what the simulation says at its end.
    fn read(said: &str) -> Self {
        let number = |line: &str, before: &str| {
            let (_, behind) = line.split_once(before)?;
            let digits = behind.split(|sign: char| !sign.is_ascii_digit()).next()?;
            digits.parse().ok()
        };
        let what = said.lines().find(|line| line.starts_with("seed "));
        let panicked = || said.lines().find(|line| line.contains("panicked"));
        let hours = said.lines().find_map(|line| number(line, "found after "));
        Self {
            what: what.or_else(panicked).unwrap_or("it fell over").to_owned(),
            seed: what.and_then(|line| number(line, "seed ")).unwrap_or(0),
            after_h: hours.unwrap_or(0),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self
            .what
            .split_once(": ")
            .map_or(&*self.what, |(_, what)| what);
        write!(
            f,
            "seed {}, after {} h: {}",
            self.seed,
            self.after_h,
            shortened(what)
        )
    }
}

fn shortened(line: &str) -> String {
    line.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_read_from_what_the_simulation_says() {
        let found = Found::read(
            "running 1 test\nseed 12, hour 3: I5: a table differs\n\nfound after 291 hours of hall life\n",
        );
        assert_eq!((found.seed, found.after_h), (12, 291));
        assert_eq!(
            found.to_string(),
            "seed 12, after 291 h: I5: a table differs"
        );
    }

    #[test]
    fn a_bug_is_planted_where_its_text_stands_once() {
        let list = "\nbug b\nsays it\nfile a.rs\nfrom\n    one\ninto\n    two\nend\n";
        let bug = Bug::read(list.trim_start_matches("\nbug ")).expect("a bug");
        assert_eq!(
            bug.plant("x\n    one\ny").expect("planted"),
            "x\n    two\ny"
        );
        assert!(bug.plant("    one\n    one\n").is_err());
    }
}
