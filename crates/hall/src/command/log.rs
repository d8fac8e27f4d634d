//! Where the hall says what goes on: on a terminal, in a file, or in the journal of systemd, which is told how
//! bad a line is, so that `journalctl -p warning` shows what calls for somebody.

use std::fmt;
use std::io::{self, IsTerminal};

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// From now on what is logged is said on the error output.
pub(super) fn start() {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter())
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    match is_read_by_journal() {
        true => log.event_format(ForJournal).init(),
        false => log.init(),
    }
}

fn filter() -> EnvFilter {
    let filter = EnvFilter::try_from_env("PAIHAO_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // These would log what travels, and with it keys and PINs, whatever level somebody asks for.
    ["tungstenite=info", "tokio_tungstenite=info"]
        .into_iter()
        .filter_map(|silent| silent.parse().ok())
        .fold(filter, EnvFilter::add_directive)
}

/// systemd says which file it reads by device and inode, so that a program whose output was turned elsewhere
/// knows that it does not (systemd.exec(5), `$JOURNAL_STREAM`).
fn is_read_by_journal() -> bool {
    let read = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    let own = rustix::fs::fstat(io::stderr());
    own.is_ok_and(|own| read == format!("{}:{}", own.st_dev, own.st_ino))
}

/// A line with its priority in front (sd-daemon(3)); the journal knows the time by itself.
struct ForJournal;

impl<S, N> FormatEvent<S, N> for ForJournal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        write!(line, "<{}>", priority(*event.metadata().level()))?;
        context.format_fields(line.by_ref(), event)?;
        writeln!(line)
    }
}

/// Of syslog(3): error, warning, info, debug.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}
