//! The test programs, built once before the first row.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::rows::Fault;
use crate::workspace;

/// What cargo has built: the source file of each test program, and the program.
pub struct Built(Vec<(String, PathBuf)>);

impl Built {
    /// Builds what the rows need.
    pub fn of(rows: &[&Fault]) -> Result<Self> {
        let packages: BTreeSet<&str> = rows.iter().map(|fault| fault.package()).collect();
        let mut cargo = workspace::cargo([
            "test",
            "--no-run",
            "--message-format=json-render-diagnostics",
        ]);
        for package in packages {
            cargo.args(["--package", package]);
        }
        let targets: BTreeSet<Option<&str>> =
            rows.iter().map(|fault| fault.test_program()).collect();
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
        Ok(Self(text.lines().filter_map(program_of).collect()))
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

    #[test]
    fn a_message_names_source_and_program() {
        let message = r#"{"reason":"compiler-artifact","target":{"kind":["test"],"name":"faults","src_path":"/p/crates/store/tests/faults/main.rs"},"filenames":["/t/faults-1"],"executable":"/t/faults-1","fresh":true}"#;
        let (source, program) = program_of(message).unwrap();
        assert!(source.ends_with("crates/store/tests/faults/main.rs"));
        assert_eq!(program, PathBuf::from("/t/faults-1"));
        assert!(program_of(r#"{"src_path":"/p/lib.rs","executable":null}"#).is_none());
    }
}
