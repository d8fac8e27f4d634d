//! The rows that a fuzzer plays: libFuzzer calls a test again and again with inputs that it changes,
//! and keeps those that reach other code. The crate bolero has put it into the test; no tool is
//! needed but a C++ compiler.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use super::result::Outcome;
use super::rows::Fault;
use crate::workspace;

/// Every branch counts how often it is taken, and every comparison tells what it compares: what
/// cargo-bolero gives to the compiler, without a sanitizer, for which a stable one has no name.
/// Arithmetic that runs over panics.
const FLAGS: [&str; 11] = [
    "--cfg=fuzzing",
    "--cfg=fuzzing_libfuzzer",
    "-Ccodegen-units=1",
    "-Cdebug-assertions=on",
    "-Coverflow-checks=on",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    // A program of the package that is no fuzz target has nobody to tell, and is not run.
    "-Clink-arg=-Wl,--unresolved-symbols=ignore-all",
];

/// Beside what is built for everybody else.
const FOLDER: &str = "target/fuzz";

/// An input that takes longer is a find.
const SLOWEST_S: u64 = 5;

/// Room for the largest seed several times over.
const LARGEST_BYTES: u64 = 16_384;

/// A corpus in the repository is to stay small: the fuzzer makes the rest anew within a minute.
const MOST_KEPT: usize = 80;
const LARGEST_KEPT_BYTES: u64 = 2_048;

/// A call of cargo that builds fuzz targets. With a target named, what runs while building is not
/// watched.
pub fn cargo() -> Command {
    let mut cargo = workspace::cargo(["test", "--target=host-tuple", "--target-dir", FOLDER]);
    cargo.env("RUSTFLAGS", FLAGS.join(" "));
    cargo
}

/// A fuzz target with its folders, from the root.
pub struct Target<'a> {
    fault: &'static Fault,
    program: &'a Path,
    /// What the fuzzer found on this machine, in this run and those before.
    found: String,
    /// What it knows to begin with.
    seeds: String,
    /// What is kept with the test.
    corpus: String,
    /// What once failed.
    crashes: String,
}

impl<'a> Target<'a> {
    pub fn new(fault: &'static Fault, program: &'a Path) -> Result<Self> {
        let own = format!("{FOLDER}/corpus/{}", name(fault));
        let kept = kept(fault);
        let target = Self {
            fault,
            program,
            found: format!("{own}/found"),
            seeds: format!("{own}/seeds"),
            corpus: format!("{kept}/corpus"),
            crashes: format!("{kept}/crashes"),
        };
        for folder in target.folders() {
            fs::create_dir_all(workspace::root().join(folder))?;
        }
        target.sow()?;
        Ok(target)
    }

    fn folders(&self) -> [&str; 4] {
        [&self.found, &self.seeds, &self.corpus, &self.crashes]
    }

    /// Each frame of a text of frames, or the whole file, becomes an input.
    fn sow(&self) -> Result<()> {
        for file in self.fault.seeds.unwrap_or_default() {
            let text = fs::read_to_string(workspace::root().join(file))
                .with_context(|| format!("{file} cannot be read"))?;
            for (place, seed) in pieces(file, &text).into_iter().enumerate() {
                let path = format!("{}/{place:03}", self.seeds);
                fs::write(workspace::root().join(path), seed)?;
            }
        }
        Ok(())
    }

    /// Lets the fuzzer play the test with so many inputs. A find stays with the test, where
    /// `cargo test` plays it again from then on.
    pub fn play(&self, cases: u64, seed: Option<u64>) -> Result<Outcome> {
        let seed = seed.unwrap_or(1);
        let begin = Instant::now();
        let (succeeded, said) = self.run(&format!(
            "{} -artifact_prefix={}/ -runs={cases} -seed={seed} -max_len={LARGEST_BYTES} -timeout={SLOWEST_S} -print_final_stats=1",
            self.folders().join(" "),
            self.crashes
        ))?;
        if !succeeded {
            eprintln!("{said}\nThe input is kept in {}.", self.crashes);
        }
        let ran = executed(&said).unwrap_or_default();
        let reached = reached(&said).unwrap_or_default();
        let told =
            format!(r#"{{"wanted":{cases},"passed":{ran},"seed":{seed},"measured":"{reached}"}}"#);
        let elapsed = begin.elapsed();
        Ok(Outcome::of(self.fault, cases, succeeded, &told, elapsed))
    }

    /// Keeps some of the found inputs with the test, small ones and larger ones alike. Each of them reached
    /// something new when it was found.
    pub fn keep(&self) -> Result<()> {
        let path = workspace::root().join(&self.found);
        let mut inputs = Vec::new();
        for input in fs::read_dir(&path)? {
            let input = input?;
            inputs.push((input.metadata()?.len(), input.file_name()));
        }
        inputs.retain(|(bytes, _)| *bytes <= LARGEST_KEPT_BYTES);
        inputs.sort();
        let corpus = workspace::root().join(&self.corpus);
        for (_, name) in inputs
            .iter()
            .step_by(inputs.len().div_ceil(MOST_KEPT).max(1))
        {
            fs::copy(path.join(name), corpus.join(name))?;
        }
        Ok(())
    }

    /// Runs the test under libFuzzer with its arguments; gives what it said.
    fn run(&self, words: &str) -> Result<(bool, String)> {
        let output = Command::new(self.program)
            .current_dir(workspace::root())
            .args([
                self.fault.test,
                "--exact",
                "--nocapture",
                "--test-threads=1",
            ])
            .env("BOLERO_LIBFUZZER_ARGS", words)
            .stdout(Stdio::null())
            .output()
            .context("the fuzzer could not be started")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok((output.status.success(), said))
    }
}

/// Where bolero looks for the inputs that are kept with a test: beside its source.
fn kept(fault: &Fault) -> String {
    let mut folder = Path::new(fault.source).with_file_name("");
    let modules: Vec<&str> = fault.test.split("::").collect();
    // The source of the last module stands in the folder of the one before it.
    folder.extend(&modules[..modules.len().saturating_sub(2)]);
    let folder = folder.display().to_string();
    let folder = folder.trim_end_matches('/');
    format!("{}/{folder}/__fuzz__/{}", fault.folder, name(fault))
}

/// A test's name as that of a folder.
fn name(fault: &Fault) -> String {
    fault.test.replace("::", "__")
}

fn pieces<'a>(file: &str, text: &'a str) -> Vec<&'a str> {
    if !file.ends_with(".txt") {
        return vec![text];
    }
    let frame = |line: &'a str| Some(&line[line.find('{')?..]);
    text.lines().filter_map(frame).collect()
}

/// From libFuzzer's statistics at its end.
fn executed(said: &str) -> Option<u64> {
    let (_, behind) = said.split_once("stat::number_of_executed_units:")?;
    behind.split_whitespace().next()?.parse().ok()
}

/// How much it reached, from its last line: `#300000 DONE cov: 2130 ft: 9000 corp: 800/120Kb …`.
fn reached(said: &str) -> Option<String> {
    let last = said.lines().rfind(|line| line.contains(" cov: "))?;
    let value = |name: &str| last.split_once(name)?.1.split_whitespace().next();
    let (branches, inputs) = (value(" cov: ")?, value(" corp: ")?);
    let inputs = inputs.split('/').next()?;
    Some(format!(
        "{branches} branches reached, {inputs} inputs that reach something of their own"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::torture::rows::ROWS;

    const SAID: &str = "#200\tpulse  cov: 9 ft: 10 corp: 2/2b lim: 4 exec/s: 7 rss: 40Mb
#300\tDONE   cov: 2130 ft: 9000 corp: 80/12Kb lim: 4096 exec/s: 0 rss: 60Mb
Done 300 runs in 1 second(s)
stat::number_of_executed_units: 300
stat::average_exec_per_sec:     300
";

    #[test]
    fn the_end_of_the_fuzzer_is_understood() {
        assert_eq!(executed(SAID), Some(300));
        let reached = reached(SAID).unwrap();
        assert!(
            reached.starts_with("2130 branches reached, 80 inputs"),
            "{reached}"
        );
        assert_eq!(executed("it did not even begin"), None);
    }

    #[test]
    fn every_fuzz_target_has_a_corpus_that_cargo_test_replays() {
        for fault in ROWS.iter().filter(|fault| fault.seeds.is_some()) {
            let corpus = workspace::root().join(kept(fault)).join("corpus");
            let files = fs::read_dir(&corpus).map_or(0, Iterator::count);
            assert!(files > 0, "{} is empty", corpus.display());
        }
    }

    #[test]
    fn each_frame_is_a_seed_of_its_own() {
        let text = "# words\n> {\"a\":1}\n< {\"b\":2}\n";
        assert_eq!(pieces("frames.txt", text), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(pieces("hall.toml", text), [text]);
    }
}
