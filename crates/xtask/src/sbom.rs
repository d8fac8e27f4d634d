//! `cargo xtask sbom`: what Paihao is made of, for whoever must answer for it: a CycloneDX 1.5 list of every
//! package that Cargo.lock names.
//!
//! The same Cargo.lock gives the same bytes: no time and no serial number stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::workspace;

/// What halls run. The other targets that Cargo.lock provides for are not ours.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// What is installed at a hall.
const PROGRAMS: [&str; 4] = ["hall", "kiosk", "counter", "display"];

#[derive(Args)]
pub struct Options {
    /// Where to write it.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(options: &Options) -> Result<()> {
    let usual = || workspace::output("sbom").join("paihao.cdx.json");
    let path = options.output.clone().unwrap_or_else(usual);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let list = list()?;
    fs::write(&path, serde_json::to_string_pretty(&list)? + "\n")
        .with_context(|| format!("write {}", path.display()))?;
    let count = list["components"].as_array().map_or(0, Vec::len);
    println!("{count} packages: {}", path.display());
    Ok(())
}

/// A package as Cargo.lock names it.
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

fn list() -> Result<Value> {
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock"))?;
    let metadata = metadata()?;
    let known = by_name(&metadata)?;
    let built = built(&metadata)?;
    let components: Vec<Value> = locked(&lock)
        .iter()
        .map(|package| {
            let about = known.get(&(package.name.clone(), package.version.clone()));
            let id = about.and_then(|about| about["id"].as_str()).unwrap_or("");
            component(package, about.copied(), built.contains(id))
        })
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "bom-ref": "paihao",
            "name": "paihao",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Runs the queue of a public service hall.",
            "licenses": [{ "expression": "GPL-3.0-only" }],
        }},
        "components": components,
        "dependencies": dependencies(&metadata)?,
    }))
}

/// One package. `excluded` is what CycloneDX calls that which is there, but not in the programs: what only
/// builds and tests them, and what Cargo.lock keeps for systems that are not ours.
fn component(package: &Locked, about: Option<&Value>, is_built: bool) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(&package.name, &package.version),
        "name": package.name,
        "version": package.version,
        "scope": if is_built { "required" } else { "excluded" },
    });
    // What comes from no registry is ours.
    if let Some(checksum) = &package.checksum {
        component["purl"] = json!(reference(&package.name, &package.version));
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    let text = |name: &str| about.and_then(|about| about[name].as_str());
    if let Some(licence) = text("license") {
        // As it was written before there were expressions.
        component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
    }
    if let Some(repository) = text("repository") {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

/// The address of a package in any list (package-url), and its name in this one.
fn reference(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{version}")
}

fn metadata() -> Result<Value> {
    let mut cargo = workspace::cargo(["metadata", "--format-version", "1", "--locked"]);
    for target in TARGETS {
        cargo.args(["--filter-platform", target]);
    }
    let output = cargo.output().context("cargo could not be started")?;
    ensure!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn array<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    let array = value[name].as_array();
    array.with_context(|| format!("cargo metadata has no `{name}`"))
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    let text = value[name].as_str();
    text.with_context(|| format!("cargo metadata has no `{name}`"))
}

fn by_name(metadata: &Value) -> Result<BTreeMap<(String, String), &Value>> {
    let packages = array(metadata, "packages")?.iter();
    packages
        .map(|package| {
            let name = text(package, "name")?.to_owned();
            Ok(((name, text(package, "version")?.to_owned()), package))
        })
        .collect()
}

/// The ids of all that ends up in a program: what the programs need while they run, and what that needs.
fn built(metadata: &Value) -> Result<BTreeSet<String>> {
    let nodes = array(&metadata["resolve"], "nodes")?;
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in nodes {
        let normal = |dependency: &&Value| {
            let kinds = dependency["dep_kinds"].as_array();
            kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
        };
        let dependencies = array(node, "deps")?.iter().filter(normal);
        let ids = dependencies.map(|dependency| text(dependency, "pkg"));
        needs.insert(text(node, "id")?, ids.collect::<Result<_>>()?);
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = Vec::new();
    for package in array(metadata, "packages")? {
        if package["source"].is_null() && PROGRAMS.contains(&text(package, "name")?) {
            open.push(text(package, "id")?);
        }
    }
    while let Some(id) = open.pop() {
        if found.insert(id.to_owned()) {
            open.extend(needs.get(id).into_iter().flatten());
        }
    }
    Ok(found)
}

/// Who needs whom, of any kind.
fn dependencies(metadata: &Value) -> Result<Vec<Value>> {
    let mut references = BTreeMap::new();
    for package in array(metadata, "packages")? {
        let of = reference(text(package, "name")?, text(package, "version")?);
        references.insert(text(package, "id")?, of);
    }
    let mut list = Vec::new();
    for node in array(&metadata["resolve"], "nodes")? {
        let needed = array(node, "dependencies")?.iter();
        let needed: BTreeSet<_> = needed
            .filter_map(|id| references.get(id.as_str()?))
            .collect();
        list.push(json!({ "ref": references.get(text(node, "id")?), "dependsOn": needed }));
    }
    Ok(list)
}

/// Cargo.lock is written by cargo alone: one `[[package]]` after the other, a key a line.
fn locked(lock: &str) -> Vec<Locked> {
    let package = |block: &str| {
        let value = |key: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(key));
            let quoted = line.and_then(|rest| rest.strip_prefix(" = \""));
            quoted
                .and_then(|rest| rest.strip_suffix('"'))
                .map(str::to_owned)
        };
        Some(Locked {
            name: value("name")?,
            version: value("version")?,
            checksum: value("checksum"),
        })
    };
    lock.split("[[package]]").filter_map(package).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_locked_package_is_in_the_list_with_version_licence_and_checksum() {
        let list = list().unwrap();
        let components = list["components"].as_array().unwrap();
        let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap();
        assert_eq!(components.len(), lock.matches("[[package]]").count());
        assert!(components.len() > 500, "only {}", components.len());
        for package in locked(&lock) {
            let here = |it: &&Value| it["name"] == package.name && it["version"] == package.version;
            let found: Vec<&Value> = components.iter().filter(here).collect();
            let [component] = found[..] else {
                panic!(
                    "{} {} is {} times there",
                    package.name,
                    package.version,
                    found.len()
                );
            };
            match &package.checksum {
                Some(checksum) => {
                    assert_eq!(component["hashes"][0]["content"], *checksum);
                    assert_eq!(checksum.len(), 64);
                }
                None => assert_eq!(component["licenses"][0]["expression"], "GPL-3.0-only"),
            }
            if component["scope"] == "required" {
                let licence = component["licenses"][0]["expression"].as_str();
                assert!(licence.is_some_and(|it| !it.contains('/')), "{component}");
            }
        }
    }

    #[test]
    fn what_runs_at_a_hall_is_told_from_what_only_builds_and_tests_it() {
        let list = list().unwrap();
        let scope = |name: &str| {
            let mut components = list["components"].as_array().unwrap().iter();
            let found = components.find(|it| it["name"] == name).unwrap();
            found["scope"].as_str().unwrap().to_owned()
        };
        for name in ["hall", "kiosk", "rusqlite", "rustls", "slint", "link"] {
            assert_eq!(scope(name), "required", "{name}");
        }
        for name in ["proptest", "slint-build", "e2e", "xtask", "windows-sys"] {
            assert_eq!(scope(name), "excluded", "{name}");
        }
    }

    #[test]
    fn the_same_lock_file_gives_the_same_list() {
        assert_eq!(list().unwrap(), list().unwrap());
    }
}
