//! A hall as a process.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use protocol::{HallFrame, Role, Row, Secret};
use tokio::net::TcpStream;

use super::hall_of_ours::{Client, pair_frame};

/// It is ended when it is dropped.
pub struct Process {
    pub child: Child,
    address: SocketAddr,
    pub data: PathBuf,
    log: PathBuf,
}

impl Process {
    /// One that logs everything that it ever would.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, |_, hall| {
            hall.env("PAIHAO_LOG", "trace");
        })
    }

    /// `change` is given the file that becomes its log.
    pub fn start_with(folder: &Path, change: impl FnOnce(&File, &mut Command)) -> Self {
        let (data, log) = (folder.join("data"), folder.join("log"));
        let file = File::create(&log).expect("a file");
        // Whatever this user's files are to others, the hall's are its own.
        let mut hall = Command::new("sh");
        hall.args(["-c", "umask 0; exec \"$@\"", "sh"])
            .arg(env!("CARGO_BIN_EXE_hall"))
            .args(["serve", "--print-address", "--listen", "127.0.0.1:0"])
            .arg("--data")
            .arg(&data);
        change(&file, &mut hall);
        let mut child = hall
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .expect("the hall is built");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output");
        let read = BufReader::new(output).read_line(&mut line);
        read.expect("the address is the first line");
        let address = line.trim().trim_start_matches("ws://");
        let address = address.trim_end_matches("/ws").parse();
        Self {
            child,
            address: address.expect("an address"),
            data,
            log,
        }
    }

    /// What a command of the administrator prints.
    pub fn command(&self, words: &[&str], input: &str) -> String {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hall"))
            .args(words)
            .arg("--data")
            .arg(&self.data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the hall is built");
        let mut stdin = child.stdin.take().expect("its input");
        stdin.write_all(input.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{words:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    pub async fn connect(&self) -> Client {
        Client::over(TcpStream::connect(self.address).await.expect("it listens")).await
    }

    pub fn command_line(&self) -> Vec<u8> {
        fs::read(format!("/proc/{}/cmdline", self.child.id())).expect("it runs")
    }
}

/// A device that was paired, on the connection on which it was.
pub struct Device {
    pub client: Client,
    name: String,
    role: Role,
    key: Secret,
}

impl Device {
    pub async fn say_hello(&mut self) {
        let key = Some(self.key.clone());
        self.client.hello(&self.name, self.role, key).await;
        self.client
            .row(|row| matches!(row, Row::Hall(_)).then_some(()))
            .await;
    }
}

impl Process {
    /// Pairs a device, which has not said hello then.
    pub async fn pair(&self, name: &str, role: Role) -> Device {
        let word = serde_json::to_value(role).expect("JSON");
        let told = self.command(
            &["pair", name, "--role", word.as_str().expect("a word")],
            "",
        );
        let code = told.lines().next().expect("a code");
        let mut client = self.connect().await;
        client.send(&pair_frame(name, code, &[])).await;
        let Some(HallFrame::Paired(paired)) = client.frame().await else {
            panic!("{name} is not paired");
        };
        let (name, key) = (name.to_owned(), paired.key);
        Device {
            client,
            name,
            role,
            key,
        }
    }

    /// Ends it as systemd does, and gives its log.
    pub fn stop(mut self) -> String {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it runs");
        let ended = self.child.wait().expect("it ends");
        assert!(ended.success(), "{ended}");
        fs::read_to_string(&self.log).expect("text")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every file in a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        match fs::metadata(&path).expect("it is there") {
            meta if meta.is_dir() => found.extend(files(&path)),
            meta if meta.is_file() => found.push(path),
            _ => {}
        }
    }
    found
}
