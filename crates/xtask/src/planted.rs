//! `cargo xtask planted`: does the simulation find bugs? The bugs of a list are planted into a copy of the
//! packages, each behind a switch; the copy is built once and lives with one bug after the other.

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

#[derive(Args)]
pub struct Options {
    /// Only this bug; may be said several times
    #[arg(long)]
    bug: Vec<String>,
    /// Hours of hall life in which a bug has to be found
    #[arg(long, default_value_t = 10_000)]
    hours: u64,
}

struct Bug {
    name: String,
    says: String,
    file: String,
    from: String,
    into: String,
}

pub fn run(options: &Options) -> Result<()> {
    let list = fs::read_to_string(workspace::root().join(LIST)).context(LIST)?;
    let bugs: Vec<Bug> = list
        .split("\nbug ")
        .skip(1)
        .map(Bug::read)
        .collect::<Result<_>>()?;
    let copy = copy_packages()?;
    bugs.iter().try_for_each(|bug| bug.plant(&copy))?;
    for package in PACKAGES {
        let file = copy.join("crates").join(package).join("src/lib.rs");
        let text = fs::read_to_string(&file)?;
        fs::write(&file, text + SWITCH)?;
    }
    let program = build(&copy)?;
    let wanted = |bug: &&Bug| options.bug.is_empty() || options.bug.contains(&bug.name);
    let mut missed = Vec::new();
    ensure!(
        live(&program, &copy, "", 500)?.is_none(),
        "without a bug something does not hold"
    );
    for bug in bugs.iter().filter(wanted) {
        let began = Instant::now();
        let found = live(&program, &copy, &bug.name, options.hours)?;
        let seconds = began.elapsed().as_secs();
        println!("{:<24} {}", bug.name, bug.says);
        println!(
            "{:<24} {} ({seconds} s)",
            "",
            found.as_deref().unwrap_or("NOT FOUND")
        );
        missed.extend(found.is_none().then_some(bug.name.as_str()));
    }
    if !missed.is_empty() {
        bail!("not found: {}", missed.join(", "));
    }
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

    fn plant(&self, copy: &Path) -> Result<()> {
        let Self {
            name,
            file,
            from,
            into,
            ..
        } = self;
        let path = copy.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("{name}: {file}"))?;
        ensure!(
            text.matches(from).count() == 1,
            "{name}: its text does not stand once in {file}"
        );
        fs::write(&path, text.replace(from, into))?;
        Ok(())
    }
}

/// Everything that git keeps, elsewhere.
fn copy_packages() -> Result<PathBuf> {
    let copy = workspace::output("planted");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    let kept = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(workspace::root())
        .output()
        .context("git says which files there are")?;
    for name in String::from_utf8_lossy(&kept.stdout)
        .split('\0')
        .filter(|name| !name.is_empty())
    {
        let (from, to) = (workspace::root().join(name), copy.join(name));
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        // One that git keeps and somebody has just taken away is not there to be copied.
        if from.exists() {
            fs::copy(&from, &to).with_context(|| name.to_owned())?;
        }
    }
    Ok(copy)
}

fn build(copy: &Path) -> Result<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args([
            "test",
            "--offline",
            "--no-run",
            "--package",
            "hall",
            "--test",
            "whole",
        ])
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
    let program = said
        .rsplit_once('(')
        .and_then(|(_, behind)| behind.split_once(')'));
    let (program, _) = program.context("cargo does not say what it has built")?;
    Ok(copy.join(program))
}

/// Lives with a bug for so many hours, and gives what was found.
fn live(program: &Path, copy: &Path, bug: &str, hours: u64) -> Result<Option<String>> {
    let output = Command::new(program)
        .args(["--exact", "a_long_life", "--nocapture"])
        .current_dir(copy.join("crates/hall"))
        .env("PAIHAO_PLANTED", bug)
        .env("PAIHAO_CASES", hours.to_string())
        .env("PAIHAO_SEED", "1")
        .output()
        .context("the planted hall could not be started")?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let found = said.lines().find(|line| line.starts_with("seed "));
    match (output.status.success(), found) {
        (true, _) => Ok(None),
        (false, Some(found)) => Ok(Some(found.chars().take(160).collect())),
        (false, None) => Ok(Some(
            said.lines()
                .find(|line| line.contains("panicked"))
                .unwrap_or("it fell over")
                .to_owned(),
        )),
    }
}
