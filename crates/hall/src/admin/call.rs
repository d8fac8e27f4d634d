//! The administrator's side: asks, and waits for the answer.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Answer, Ask, MAX_LINE_BYTES, SOCKET};

/// A hall that has not answered by then hangs. Its disk may be slow, so this is long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no answer. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody listens.
    #[error(
        "no hall runs on {}: start it first with hall serve, or name its folder with --data",
        data.display()
    )]
    NoHall {
        /// The folder.
        data: PathBuf,
    },
    /// The socket belongs to somebody else.
    #[error(
        "you may not open {}: only the user as whom the hall runs is its administrator. Run this command as that user.",
        socket.display()
    )]
    NotYours {
        /// The socket.
        socket: PathBuf,
    },
    /// The connection broke.
    #[error("the hall did not answer: {0}. Look into its log.")]
    Silent(io::Error),
    /// The hall did not do it.
    #[error("{0}")]
    Refused(String),
}

/// Asks the hall that runs on a data folder.
///
/// # Errors
/// See [`CallError`].
pub fn call(data: &Path, ask: &Ask) -> Result<Answer, CallError> {
    let socket = data.join(SOCKET);
    let stream = UnixStream::connect(&socket).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => CallError::NotYours {
            socket: socket.clone(),
        },
        _ => CallError::NoHall {
            data: data.to_owned(),
        },
    })?;
    match exchange(&stream, ask).map_err(CallError::Silent)? {
        Answer::Refused { why } => Err(CallError::Refused(why)),
        answer => Ok(answer),
    }
}

fn exchange(mut stream: &UnixStream, ask: &Ask) -> io::Result<Answer> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_string(ask)?;
    line.push('\n');
    stream.write_all(line.as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream.take(MAX_LINE_BYTES)).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}
