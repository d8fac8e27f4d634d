//! What a machine that watches the hall reads at `/metrics`: Prometheus' text format, version 0.0.4. For
//! programs on the hall's own machine alone. `assets/systemd/README.md` says which of it calls for somebody.

use std::fmt::{Display, Write as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use queue::{CounterNumber, ServiceCode};
use tokio::sync::{mpsc, oneshot};

use super::places::Places;
use super::writer::Mail;
use crate::backups;
use crate::engine::{Engine, Journal};

/// What the text is called over HTTP.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Where the figures come from.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    pub(super) mailbox: mpsc::Sender<Mail>,
    pub(super) places: Arc<Places>,
    pub(super) began: Instant,
    /// The hall's data folder; `None`: what it keeps is elsewhere, as in a rehearsal.
    pub(super) data: Option<PathBuf>,
}

/// What the writer knows.
#[derive(Debug)]
pub(super) struct Look {
    issued: usize,
    waiting: u32,
    services: Vec<ServiceLook>,
    journal_seq: u64,
    sessions: usize,
    commits: Commits,
}

#[derive(Debug)]
struct ServiceLook {
    code: ServiceCode,
    waiting: u32,
    open_counters: usize,
}

/// How the disk answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Commits {
    count: u64,
    all: Duration,
    last: Duration,
    slowest: Duration,
}

impl Commits {
    /// A batch was decided, is on the disk, and took so long for it.
    pub(super) fn add(&mut self, took: Duration) {
        self.count += 1;
        self.all += took;
        self.last = took;
        self.slowest = self.slowest.max(took);
    }
}

impl Look {
    pub(super) fn of<J: Journal>(engine: &Engine<J>, sessions: usize, commits: Commits) -> Self {
        let (queue, settings) = (engine.queue(), engine.settings());
        let is_open = |number: &CounterNumber| {
            let counter = queue.day().counter(*number);
            counter.is_some_and(|counter| counter.paused.is_none())
        };
        let service = |code: &ServiceCode| ServiceLook {
            waiting: queue.day().waiting_for(code),
            open_counters: queue.settings().counters_for(code).filter(is_open).count(),
            code: code.clone(),
        };
        Self {
            issued: queue.day().tickets().len(),
            waiting: queue.day().waiting(),
            services: settings
                .services
                .iter()
                .map(|it| service(&it.code))
                .collect(),
            journal_seq: engine.journal_seq(),
            sessions,
            commits,
        }
    }
}

impl Watch {
    /// The text; `None` when the hall is stopping.
    pub(super) async fn text(&self) -> Option<String> {
        let (answer, look) = oneshot::channel();
        self.mailbox.send(Mail::Look(answer)).await.ok()?;
        let look = look.await.ok()?;
        let mut page = Page::default();
        self.of_the_program(&mut page);
        self.of_the_disk(&mut page);
        look.of_the_queue(&mut page);
        look.of_the_writer(&mut page);
        Some(page.0)
    }

    fn of_the_program(&self, page: &mut Page) {
        let versions = [
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("protocol", protocol::VERSION.to_string()),
            ("schema", store::SCHEMA.to_string()),
        ];
        page.gauge("paihao_info", "Versions of this hall; always 1.");
        page.value("paihao_info", &versions, 1);
        page.gauge("paihao_up_seconds", "Since when this process serves.");
        page.value("paihao_up_seconds", &[], self.began.elapsed().as_secs());
        page.gauge(
            "paihao_connections",
            "Open connections, of devices and others.",
        );
        page.value("paihao_connections", &[], self.places.count());
        let waiting = self.mailbox.max_capacity() - self.mailbox.capacity();
        page.gauge(
            "paihao_mailbox",
            "What waits for the writer at this moment.",
        );
        page.value("paihao_mailbox", &[], waiting);
    }

    fn of_the_disk(&self, page: &mut Page) {
        let Some(data) = &self.data else {
            return;
        };
        if let Ok(disk) = rustix::fs::statvfs(data) {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            page.gauge(
                "paihao_disk_free_bytes",
                "Room left where the hall's memory lies.",
            );
            page.value("paihao_disk_free_bytes", &[], free);
        }
        let bytes = |ending: &str| {
            let file = data.join(format!("{}{ending}", store::FILE_NAME));
            fs::metadata(file).map_or(0, |about| about.len())
        };
        page.gauge("paihao_memory_bytes", "Size of the hall's memory.");
        page.value("paihao_memory_bytes", &[], bytes(""));
        page.gauge(
            "paihao_wal_bytes",
            "Size of the file written ahead of it; it stays small.",
        );
        page.value("paihao_wal_bytes", &[], bytes("-wal"));
        self.of_the_backup(data, page);
    }
}

impl Watch {
    fn of_the_backup(&self, data: &Path, page: &mut Page) {
        let Some(last) = backups::Last::read(data) else {
            return;
        };
        page.gauge(
            "paihao_backup_seconds",
            "When a backup was last tried, since 1970.",
        );
        page.value("paihao_backup_seconds", &[], last.at_wall_ms / 1_000);
        page.gauge(
            "paihao_backup_made",
            "Whether there is one from then: 1 or 0.",
        );
        page.value("paihao_backup_made", &[], u8::from(last.made));
        page.gauge(
            "paihao_backup_brought_back",
            "Whether it was brought back on trial: 1 or 0.",
        );
        let brought_back = u8::from(last.brought_back);
        page.value("paihao_backup_brought_back", &[], brought_back);
    }
}

impl Look {
    fn of_the_queue(&self, page: &mut Page) {
        page.gauge("paihao_tickets_issued", "Numbers of this business day.");
        page.value("paihao_tickets_issued", &[], self.issued);
        page.gauge("paihao_waiting", "People who wait, in all.");
        page.value("paihao_waiting", &[], self.waiting);
        page.gauge("paihao_service_waiting", "People who wait for a service.");
        for service in &self.services {
            let of = [("service", service.code.to_string())];
            page.value("paihao_service_waiting", &of, service.waiting);
        }
        page.gauge("paihao_service_open_counters", "Counters that take it now.");
        for service in &self.services {
            let of = [("service", service.code.to_string())];
            page.value("paihao_service_open_counters", &of, service.open_counters);
        }
    }

    fn of_the_writer(&self, page: &mut Page) {
        page.gauge(
            "paihao_sessions",
            "Devices that have said hello and are there.",
        );
        page.value("paihao_sessions", &[], self.sessions);
        page.counter("paihao_journal_seq", "The last entry of the journal.");
        page.value("paihao_journal_seq", &[], self.journal_seq);
        let Commits {
            count,
            all,
            last,
            slowest,
        } = self.commits;
        page.counter("paihao_commits_total", "Batches that were put on the disk.");
        page.value("paihao_commits_total", &[], count);
        page.counter("paihao_commit_seconds_total", "What they took together.");
        page.value("paihao_commit_seconds_total", &[], all.as_secs_f64());
        page.gauge("paihao_commit_last_seconds", "What the last one took.");
        page.value("paihao_commit_last_seconds", &[], last.as_secs_f64());
        page.gauge(
            "paihao_commit_slowest_seconds",
            "What the slowest took since the start.",
        );
        page.value("paihao_commit_slowest_seconds", &[], slowest.as_secs_f64());
    }
}

/// The text as it grows.
#[derive(Default)]
struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str) {
        self.head(name, "gauge", help);
    }

    fn counter(&mut self, name: &str, help: &str) {
        self.head(name, "counter", help);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a text cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &[(&str, String)], value: impl Display) {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, text)| format!("{label}=\"{}\"", quoted(text)))
            .collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}
