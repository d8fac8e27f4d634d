//! Holds the arrows of ARCHITECTURE.md: which package may know of which. Asked of cargo, not of
//! the reader of a change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// Every package and what it may name of our own: while it runs, and while it is built. Tests
/// of a program may name anything.
const ARROWS: [(&str, &[&str], &[&str]); 13] = [
    ("queue", &[], &[]),
    ("store", &["queue"], &[]),
    ("protocol", &[], &[]),
    ("hall", &["protocol", "queue", "store", "ticket"], &[]),
    ("link", &["protocol"], &[]),
    ("ticket", &[], &[]),
    ("ui", &[], &[]),
    ("client", &["link", "protocol", "ticket"], &[]),
    ("kiosk", &["client", "link", "protocol", "ticket"], &["ui"]),
    (
        "counter",
        &["client", "link", "protocol", "ticket"],
        &["ui"],
    ),
    ("display", &["client", "link", "protocol"], &["ui"]),
    ("xtask", &[], &[]),
    ("e2e", &["link", "protocol", "ticket"], &[]),
];

/// Crates by others that only some packages may name, and why.
const RESERVED: [(&str, &[&str], &str); 10] = [
    (
        "rusqlite",
        &["store", "kiosk"],
        "one place writes the hall's file; a kiosk may spool its print jobs",
    ),
    (
        "slint",
        &["client", "kiosk", "counter", "display"],
        "only programs with a window draw",
    ),
    (
        "slint-build",
        &["kiosk", "counter", "display", "ui"],
        "only programs with a window draw",
    ),
    ("axum", &["hall"], "only the hall listens to clients"),
    ("hyper", &["hall"], "only the hall listens to clients"),
    (
        "tokio-tungstenite",
        &["hall", "link"],
        "one client, and the rehearsal of a hall",
    ),
    (
        "escpos",
        &["ticket"],
        "bytes for printers are made in one place",
    ),
    ("nusb", &["ticket"], "printers are spoken to in one place"),
    (
        "ab_glyph",
        &["ticket"],
        "bytes for printers are made in one place",
    ),
    (
        "zbus",
        &["e2e"],
        "screen readers are the toolkit's business",
    ),
];

/// The rules know nothing of the world, so nothing may bring the world in.
#[test]
fn the_rules_depend_on_nothing() {
    let packages = packages();
    let queue = &packages["queue"];
    assert_eq!(queue.names(&[Kind::Normal, Kind::Build]), BTreeSet::new());
}

#[test]
fn what_travels_is_only_data() {
    let packages = packages();
    let allowed = BTreeSet::from(["schemars", "serde", "uuid"]);
    let named = packages["protocol"].names(&[Kind::Normal, Kind::Build]);
    assert!(named.is_subset(&allowed), "protocol names {named:?}");
}

/// The first thing that a bare machine builds stays small.
#[test]
fn the_commands_need_little() {
    let packages = packages();
    let named = packages["xtask"].names(&[Kind::Normal, Kind::Build]);
    // serde_json reads what cargo and the tests of the faults say.
    assert_eq!(named, BTreeSet::from(["anyhow", "clap", "serde_json"]));
}

#[test]
fn every_arrow_points_the_agreed_way() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    let listed: BTreeSet<&str> = ARROWS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(ours, listed, "ARROWS lists every package of the workspace");
    for (name, running, building) in ARROWS {
        for (kind, allowed) in [(Kind::Normal, running), (Kind::Build, building)] {
            let named = packages[name].names(&[kind]);
            let surplus: Vec<&&str> = named
                .intersection(&ours)
                .filter(|one| !allowed.contains(one))
                .collect();
            assert!(surplus.is_empty(), "{name} may not name {surplus:?}");
        }
    }
}

/// No client can decide anything: it does not even have the rules or the file at hand.
#[test]
fn no_client_sees_the_rules_or_the_file() {
    let packages = packages();
    for client in ["link", "client", "kiosk", "counter", "display"] {
        let seen = closure(&packages, client);
        for hidden in ["queue", "store", "hall"] {
            assert!(!seen.contains(hidden), "{client} sees {hidden}");
        }
    }
}

#[test]
fn reserved_crates_stay_where_they_belong() {
    for (name, package) in packages() {
        let named = package.names(&[Kind::Normal, Kind::Build]);
        for (reserved, owners, why) in RESERVED {
            let allowed = !named.contains(reserved) || owners.contains(&name.as_str());
            assert!(allowed, "{name} names {reserved}: {why}");
        }
    }
}

/// Tests may look at anything, but the rules' tests have no other package's help either.
#[test]
fn the_tests_of_the_rules_stand_alone() {
    let packages = packages();
    let named = packages["queue"].names(&[Kind::Dev]);
    assert_eq!(named, BTreeSet::from(["proptest"]));
}

/// Everything of ours that a package reaches, over any number of steps, without its tests.
fn closure<'a>(packages: &'a BTreeMap<String, Package>, from: &'a str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        let Some(package) = packages.get(name) else {
            continue;
        };
        if seen.insert(name) {
            open.extend(package.names(&[Kind::Normal, Kind::Build]));
        }
    }
    seen
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

#[derive(Clone, Copy)]
enum Kind {
    Normal,
    Build,
    Dev,
}

impl Package {
    fn names(&self, kinds: &[Kind]) -> BTreeSet<&str> {
        self.dependencies
            .iter()
            .filter(|dependency| kinds.iter().any(|kind| dependency.is_of(*kind)))
            .map(|dependency| dependency.name.as_str())
            .collect()
    }
}

impl Dependency {
    fn is_of(&self, kind: Kind) -> bool {
        let name = match kind {
            Kind::Normal => None,
            Kind::Build => Some("build"),
            Kind::Dev => Some("dev"),
        };
        self.kind.as_deref() == name
    }
}

/// The packages of the workspace with what each names in its manifest.
fn packages() -> BTreeMap<String, Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{output:?}");
    let metadata: Metadata = serde_json::from_slice(&output.stdout).expect("metadata");
    metadata
        .packages
        .into_iter()
        .map(|package| (package.name.clone(), package))
        .collect()
}
