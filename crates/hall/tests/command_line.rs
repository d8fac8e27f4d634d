//! What a person reads who types something that cannot be done: what is wrong, and what to do.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use store::{FILE_NAME, Store};
use tempfile::TempDir;

fn hall() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hall"));
    command.env("PAIHAO_LOG", "error");
    command
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the hall is built")
}

fn serve(data: &Path) -> Command {
    let mut command = hall();
    command
        .args([
            "serve",
            "--trial",
            "--print-address",
            "--listen",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(data);
    command
}

/// What is said of a command that cannot be done. It is said once, and nothing else is.
fn complaint(command: &mut Command) -> String {
    let output = run(command);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(
        said.matches("os error").count() <= 1,
        "the cause is said once: {said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// A hall that runs until this is dropped.
struct Running(Child);

impl Running {
    fn start(data: &Path) -> Self {
        let mut child = serve(data)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the hall is built");
        let mut address = String::new();
        let output = child.stdout.take().expect("its output");
        let read = BufReader::new(output).read_line(&mut address);
        read.expect("the address is the first line");
        assert!(
            address.starts_with("ws://127.0.0.1:") && address.ends_with("/ws\n"),
            "{address}"
        );
        Self(child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_port_in_use_says_how_to_choose_another() {
    let folder = TempDir::new().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = complaint(
        hall()
            .args(["serve", "--listen", &address, "--data"])
            .arg(folder.path()),
    );
    assert!(
        said.contains(&format!("cannot listen on {address}")),
        "{said}"
    );
    assert!(
        said.contains("Another program has this port") && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn a_data_folder_that_cannot_be_made_says_how_to_name_another() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("data");
    fs::write(&file, "a file, and no folder").expect("room");
    let said = complaint(&mut serve(&file));
    assert!(said.contains(&file.display().to_string()), "{said}");
    assert!(said.contains("Name another with --data"), "{said}");
}

#[test]
fn a_second_hall_on_the_same_folder_says_that_the_first_runs() {
    let folder = TempDir::new().expect("a folder");
    let first = Running::start(folder.path());
    let said = complaint(&mut serve(folder.path()));
    assert!(
        said.contains("another hall runs on this data folder. Stop it first."),
        "{said}"
    );
    drop(first);
    Running::start(folder.path());
}

#[test]
fn a_file_of_which_nothing_can_be_read_stops_the_hall_before_it_says_anything_false() {
    let folder = TempDir::new().expect("a folder");
    drop(Store::open(folder.path()).expect("a new file"));
    let path = folder.path().join(FILE_NAME);
    let mut bytes = fs::read(&path).expect("the file");
    bytes[..16].fill(0);
    fs::write(&path, bytes).expect("room");
    let said = complaint(&mut serve(folder.path()));
    assert!(said.contains("Restore it from a backup"), "{said}");
}

#[test]
fn every_mistake_in_the_settings_has_its_place_and_its_mend() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("hall.toml");
    let sound = include_str!("../../../assets/hall.toml");
    let mistaken = sound
        .replacen("\"Asia/Shanghai\"", "\"Asia/Shangai\"", 1)
        .replacen("max_waiting = 500", "max_waiting = 0", 1)
        .replacen("code = \"B\"", "code = \"A\"", 1)
        .replacen("services = [\"A\", \"F\"]", "services = [\"A\", \"X\"]", 1);
    fs::write(&file, &mistaken).expect("room");
    let said = complaint(hall().arg("check").arg(&file));
    let expected = [
        (
            "\"Asia/Shangai\"",
            "no time zone is called \"Asia/Shangai\". Write one like \"Asia/Shanghai\".",
        ),
        (
            "0\n",
            "nobody may wait. Say how many people the room holds.",
        ),
        (
            "\"A\"\nname = { zh = \"新装增容\"",
            "the service \"A\" is named twice. Give one of them another code.",
        ),
        (
            "\"X\"]",
            "no service has the code \"X\". There are: A, A, C, D, E, F, G, V.",
        ),
    ];
    for (place, what) in expected {
        let (line, column) = line_and_column(&mistaken, place);
        let line = format!("{}:{line}:{column}: {what}\n", file.display());
        assert!(said.contains(&line), "{line} in {said}");
    }
    // The same is said when the hall is to be started.
    let serving = complaint(
        serve(&folder.path().join("data"))
            .arg("--settings")
            .arg(&file),
    );
    assert_eq!(serving, said);
    assert!(
        !folder.path().join("data").exists(),
        "and nothing has begun"
    );
}

#[test]
fn what_is_no_toml_is_named_with_its_place() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("hall.toml");
    fs::write(
        &file,
        "name = { zh = \"厅\", en = \"Hall\" }\ntime_zone = Asia\n",
    )
    .expect("room");
    let said = complaint(hall().arg("check").arg(&file));
    let place = format!("{}:2:13: ", file.display());
    assert!(said.starts_with(&place), "{said}");
}

#[test]
fn settings_that_are_not_there_are_named() {
    let said = complaint(hall().args(["check", "no-such-hall.toml"]));
    assert!(
        said.contains("no-such-hall.toml cannot be read") && said.contains("Name the file"),
        "{said}"
    );
}

#[test]
fn the_default_hall_holds_together() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/hall.toml");
    let output = run(hall().args(["check", file]));
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(said.contains("8 services, 6 counters, 6 classes"), "{said}");
}

/// Where a part of a text begins, both counted from 1.
fn line_and_column(text: &str, part: &str) -> (usize, usize) {
    let before = &text[..text.find(part).expect("it is there")];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}
