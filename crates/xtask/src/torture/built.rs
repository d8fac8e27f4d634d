//! The test programs, built once before the first row, and as the product is: what a row promises in
//! seconds is promised of a release.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::fuzz;
use super::rows::Fault;
use crate::workspace;

/// What cargo has built: the source file of each test program, and the program.
pub struct Built(Vec<(String, PathBuf)>);

impl Built {
    /// Builds what the rows need. Each group by itself: what one package asks of a library all get that
    /// are built with it, and would be built anew when other rows are chosen.
    pub fn of(rows: &[&Fault]) -> Result<Self> {
        let mut built = Vec::new();
        for group in GROUPS {
            let of_group = |fault: &&Fault| group.has(fault);
            let rows: Vec<&Fault> = rows.iter().copied().filter(of_group).collect();
            if !rows.is_empty() {
                built.extend(build(group, &rows)?);
            }
        }
        Ok(Self(built))
    }

    /// The program that has the test of a row.
    pub fn program(&self, fault: &Fault) -> Result<&PathBuf> {
        let source = format!("{}/{}", fault.folder, fault.source);
        let mut built = self.0.iter();
        let found = built.find(|(path, _)| path.ends_with(&source));
        found
            .map(|(_, program)| program)
            .with_context(|| format!("cargo has not built {source}"))
    }
}

/// Packages that are built together, for the fuzzer or not.
struct Group {
    packages: &'static [&'static str],
    fuzzed: bool,
}

/// For the fuzzer each package alone: the programs of others would have nobody to tell what they reach.
const GROUPS: [Group; 5] = [
    Group {
        packages: &["store", "hall"],
        fuzzed: false,
    },
    Group {
        packages: &["e2e"],
        fuzzed: false,
    },
    Group {
        packages: &["protocol"],
        fuzzed: true,
    },
    Group {
        packages: &["hall"],
        fuzzed: true,
    },
    Group {
        packages: &["ticket"],
        fuzzed: true,
    },
];

impl Group {
    fn has(&self, fault: &Fault) -> bool {
        self.fuzzed == fault.seeds.is_some() && self.packages.contains(&fault.package())
    }
}

/// The source and the program of each test that the rows need.
fn build(group: Group, rows: &[&Fault]) -> Result<Vec<(String, PathBuf)>> {
    let mut cargo = match group.fuzzed {
        true => fuzz::cargo(),
        false => workspace::cargo(["test"]),
    };
    cargo.args(["--release", "--no-run"]);
    cargo.arg("--message-format=json-render-diagnostics");
    for package in group.packages {
        cargo.args(["--package", package]);
    }
    let targets: BTreeSet<Option<&str>> = rows.iter().map(|fault| fault.test_program()).collect();
    for target in targets {
        match target {
            Some(name) => cargo.args(["--test", name]),
            None => cargo.arg("--lib"),
        };
    }
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        bail!("the tests could not be built");
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(program_of).collect())
}

/// From a line of cargo's messages. They are flat where it matters, so no parser is needed.
fn program_of(message: &str) -> Option<(String, PathBuf)> {
    let text = |name: &str| {
        let (_, behind) = message.split_once(&format!("\"{name}\":\""))?;
        behind.split('"').next()
    };
    Some((text("src_path")?.to_owned(), text("executable")?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::torture::rows::ROWS;

    #[test]
    fn every_row_is_built_in_one_group() {
        for fault in ROWS {
            let groups = GROUPS.iter().filter(|group| group.has(fault));
            assert_eq!(groups.count(), 1, "{}", fault.test);
        }
    }

    #[test]
    fn a_message_names_source_and_program() {
        let message = r#"{"reason":"compiler-artifact","target":{"kind":["test"],"name":"faults","src_path":"/p/crates/store/tests/faults/main.rs"},"filenames":["/t/faults-1"],"executable":"/t/faults-1","fresh":true}"#;
        let (source, program) = program_of(message).unwrap();
        assert!(source.ends_with("crates/store/tests/faults/main.rs"));
        assert_eq!(program, PathBuf::from("/t/faults-1"));
        assert!(program_of(r#"{"src_path":"/p/lib.rs","executable":null}"#).is_none());
    }
}
