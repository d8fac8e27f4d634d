//! The systemd units keep their sandbox, and are started again however often they fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each unit, and how much it may leave open by `systemd-analyze security`, in tenths: 0 is nothing, 100 everything.
/// A newer systemd looks at more, hence a little more than it is.
const UNITS: [(&str, u32); 3] = [
    ("paihao-hall.service", 15),
    ("paihao-kiosk.service", 22),
    ("paihao-display.service", 22),
];

#[test]
fn every_unit_stays_in_its_sandbox() {
    if Command::new("systemd-analyze")
        .arg("--version")
        .output()
        .is_err()
    {
        eprintln!("NOT TESTED: systemd-analyze is missing on this machine (package systemd)");
        return;
    }
    for (unit, limit) in UNITS {
        let report = Command::new("systemd-analyze")
            .args(["security", "--offline=yes", "--no-pager"])
            .arg(format!("--threshold={limit}"))
            .arg(folder().join(unit))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&report.stdout);
        let errors = String::from_utf8_lossy(&report.stderr);
        let level = told.lines().find(|line| line.contains("exposure level"));
        println!("{}", level.unwrap_or_default().trim());
        assert!(report.status.success(), "{unit}\n{told}\n{errors}");
        assert!(level.is_some(), "{unit} was not judged:\n{told}\n{errors}");
    }
}

#[test]
fn what_a_sandbox_must_have_stands_in_each_unit() {
    let kept = [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "MemoryDenyWriteExecute=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "SystemCallFilter=@system-service",
        "CapabilityBoundingSet=\n",
        "Restart=always",
        "StartLimitIntervalSec=0",
        "LimitCORE=0",
        "UMask=0077",
    ];
    for (unit, _) in UNITS {
        let text = fs::read_to_string(folder().join(unit)).unwrap();
        for line in kept {
            assert!(text.contains(&format!("\n{line}")), "{unit} lacks {line}");
        }
        assert!(
            !text.contains("--pair"),
            "a code works once and belongs in no unit"
        );
    }
}

#[test]
fn every_unit_in_the_folder_is_tested() {
    let units = fs::read_dir(folder()).unwrap();
    let names = units.map(|unit| unit.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = names.filter(|name| name.ends_with(".service")).collect();
    found.sort();
    let mut tested = UNITS.map(|(unit, _)| unit);
    tested.sort_unstable();
    assert_eq!(found, tested);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/systemd")
}
