//! The table: each row with the test that plays it, and how many cases a run has.

/// A row of the table of faults. One row may have several tests.
pub struct Fault {
    /// Its number.
    pub row: &'static str,
    /// What fails.
    pub what: &'static str,
    /// The folder of the package, from the root.
    pub folder: &'static str,
    /// The source of the test program, from there.
    pub source: &'static str,
    /// The test.
    pub test: &'static str,
    /// Cases of a short run.
    pub short: u64,
    /// Cases of a long run.
    pub long: u64,
    /// Files of which a fuzzer knows to begin with, beside what is kept with the test; of a text with
    /// frames in it each frame. `None` where no fuzzer plays the test.
    pub seeds: Option<&'static [&'static str]>,
}

impl Fault {
    /// The package's name is that of its folder, except for the one that has no folder of its own.
    pub fn package(&self) -> &'static str {
        match self.folder.rsplit('/').next() {
            Some("tests") | None => "e2e",
            Some(name) => name,
        }
    }

    /// The name of the test program; `None` for the tests inside the package.
    pub fn test_program(&self) -> Option<&'static str> {
        let of_tests = self.source.strip_prefix("tests/")?;
        of_tests.split(['/', '.']).next()
    }

    /// The run of a day is no part of the others.
    pub fn only_when_asked(&self) -> bool {
        self.row == "23"
    }
}

const fn row(
    row: &'static str,
    what: &'static str,
    (folder, source, test): (&'static str, &'static str, &'static str),
    (short, long): (u64, u64),
) -> Fault {
    Fault {
        row,
        what,
        folder,
        source,
        test,
        short,
        long,
        seeds: None,
    }
}

/// A test that a fuzzer plays; its cases are inputs.
const fn fuzz(
    what: &'static str,
    place: (&'static str, &'static str, &'static str),
    seeds: &'static [&'static str],
    cases: (u64, u64),
) -> Fault {
    Fault {
        seeds: Some(seeds),
        ..row("fuzz", what, place, cases)
    }
}

const fn store(test: &'static str) -> (&'static str, &'static str, &'static str) {
    ("crates/store", "tests/faults/main.rs", test)
}

const fn hall(test: &'static str) -> (&'static str, &'static str, &'static str) {
    ("crates/hall", "tests/faults/main.rs", test)
}

const fn engine(test: &'static str) -> (&'static str, &'static str, &'static str) {
    ("crates/hall", "tests/engine/main.rs", test)
}

const fn network(test: &'static str) -> (&'static str, &'static str, &'static str) {
    ("crates/hall", "tests/network/main.rs", test)
}

/// Every row, in the order of the table.
pub const ROWS: &[Fault] = &[
    row(
        "1",
        "killed at any operation of the disk",
        store("power::the_program_is_killed"),
        (2_000, 100_000),
    ),
    row(
        "1",
        "killed before and after any commit",
        engine("killed::what_was_confirmed"),
        (60, 10_000),
    ),
    row(
        "1",
        "SIGKILL of the real hall under load",
        network("killed::kills_lose_nothing"),
        (50, 1_000),
    ),
    row(
        "1",
        "tickets when it is killed",
        hall("restart::a_killed_hall"),
        (100_000, 100_000),
    ),
    row(
        "2a",
        "power cut, un-synced sectors lost or torn",
        store("power::the_power_is_cut"),
        (20_000, 1_000_000),
    ),
    row(
        "2c",
        "a disk that lies about sync",
        store("power::a_disk_that_lies"),
        (1_000, 10_000),
    ),
    row(
        "3",
        "disk full at each write",
        store("each::a_full_disk"),
        (1, 10),
    ),
    row(
        "3",
        "a real hall on a full file system",
        hall("full::on_a_full_disk"),
        (1, 10),
    ),
    row(
        "4",
        "a flipped bit",
        store("bits::a_flipped_bit"),
        (200, 5_000),
    ),
    row(
        "4",
        "tickets brought back from a damaged file",
        store("bits::a_damaged_hall"),
        (100_000, 100_000),
    ),
    row(
        "5",
        "an error at each operation of the disk",
        store("each::a_disk_that_fails"),
        (1, 10),
    ),
    row(
        "5",
        "read-only at each change",
        store("each::a_disk_that_turns"),
        (1, 10),
    ),
    row(
        "6",
        "clock set by seconds, hours, days, years",
        hall("clock::whatever_the_clock_shows"),
        (200, 2_000),
    ),
    row(
        "6",
        "the clock of the real hall is set",
        hall("clock::the_real_hall"),
        (20, 200),
    ),
    row(
        "7",
        "partition, half-open, late, twice, reordered",
        hall("partition::wires_that_break"),
        (500, 100_000),
    ),
    row(
        "7",
        "half-open seen by real links",
        ("tests", "tests/link/main.rs", "a_half_open_link"),
        (1, 1),
    ),
    row(
        "8",
        "clients that do not read",
        hall("slow::who_does_not_read"),
        (10, 100),
    ),
    row(
        "9",
        "clients reconnect at once",
        hall("slow::a_thousand_clients"),
        (1_000, 20_000),
    ),
    row(
        "10",
        "seconds of malformed, oversize, floods",
        hall("wire::whatever_is_said"),
        (60, 28_800),
    ),
    row(
        "11",
        "slowloris",
        hall("slow::who_never_comes"),
        (200, 2_000),
    ),
    row("12", "JSON bombs", hall("wire::texts_that_make"), (1, 1)),
    row(
        "13",
        "printer fails at every byte of a job",
        (
            "tests",
            "tests/printer_truth.rs",
            "every_number_is_on_paper",
        ),
        (1, 1),
    ),
    row(
        "13",
        "the kiosk is killed at every byte of a job",
        ("tests", "tests/printer_truth.rs", "a_killed_process"),
        (1, 1),
    ),
    row(
        "14",
        "presses of kiosks at the same instant",
        hall("instant::kiosks_that_press"),
        (10_000, 1_000_000),
    ),
    row(
        "15",
        "double press, retry storm",
        hall("instant::the_same_press"),
        (10_000, 1_000_000),
    ),
    row(
        "16",
        "calls of counters at the same instant",
        hall("instant::counters_that_call"),
        (10_000, 1_000_000),
    ),
    row(
        "17",
        "upgrade with 200 clients acting",
        hall("upgrade::an_upgrade"),
        (5, 50),
    ),
    row(
        "18",
        "file of the first schema",
        (
            "crates/store",
            "tests/memory/main.rs",
            "migration::a_file_of_the_first_schema",
        ),
        (1, 1),
    ),
    row(
        "22",
        "no more open files",
        hall("scarce::without_open_files"),
        (2, 10),
    ),
    row(
        "22",
        "no more memory",
        hall("scarce::without_memory"),
        (2, 10),
    ),
    row(
        "23",
        "long run at ten times the load",
        hall("long::a_long_day"),
        (1, 1),
    ),
    fuzz(
        "frames of both directions",
        (
            "crates/protocol",
            "tests/fuzz.rs",
            "frames_are_refused_or_written_as_they_were_read",
        ),
        &["crates/protocol/tests/frames.txt"],
        (300_000, 100_000_000),
    ),
    fuzz(
        "settings (TOML)",
        (
            "crates/hall",
            "tests/fuzz.rs",
            "settings_are_read_or_their_mistakes_are_named",
        ),
        &["assets/hall.toml"],
        (20_000, 10_000_000),
    ),
    fuzz(
        "printer replies",
        (
            "crates/ticket",
            "src/lib.rs",
            "reply::fuzz::whatever_a_printer_sends_is_understood_once",
        ),
        &[],
        (500_000, 100_000_000),
    ),
    fuzz(
        "recorded days (CSV)",
        (
            "crates/hall",
            "tests/fuzz.rs",
            "recorded_days_are_read_or_refused",
        ),
        &[],
        (10_000, 10_000_000),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn a_test_program_is_known_by_its_source() {
        let name = |row: &str| ROWS.iter().find(|fault| fault.row == row)?.test_program();
        assert_eq!(name("2a"), Some("faults"));
        assert_eq!(name("13"), Some("printer_truth"));
        assert!(ROWS.iter().any(|fault| fault.test_program().is_none()));
    }

    #[test]
    fn every_test_of_the_table_is_there() {
        for fault in ROWS {
            let source = workspace::root().join(fault.folder).join(fault.source);
            let mut modules: Vec<&str> = fault.test.split("::").collect();
            let test = modules.pop().unwrap_or_default();
            let file = match modules.join("/") {
                here if here.is_empty() => source,
                module => source.with_file_name(format!("{module}.rs")),
            };
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(
                text.contains(&format!("fn {test}")),
                "{} has no {test}",
                file.display()
            );
        }
    }
}
