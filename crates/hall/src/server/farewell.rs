//! How a connection ends: what its client is told, and what the log says of it.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use protocol::{BEAT_MS, Bye, ByeCode, HallFrame, SILENCE_MS};
use tokio::time;

use super::writer::{encode, goodbye};

/// Longest reason in a close frame, in bytes: its payload has 125 at most, of which the code takes two (RFC
/// 6455 section 5.5). A browser that gets more sees a broken connection and no code.
const MAX_REASON_BYTES: usize = 123;

/// So much of what a client sent is quoted back to it at most, in characters.
const MAX_QUOTED_CHARS: usize = 300;

/// Why a session ends: with a last word, or without because nobody is there to hear it.
pub(super) enum End {
    Bye(Bye),
    /// A frame could not be read. The word quotes from it, for whoever writes the client. The log does not:
    /// it may have been a PIN, or lines that are to look like the hall's own.
    Unread(Bye),
    Gone,
}

impl End {
    /// For the log.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Bye(bye) => bye.message.clone(),
            Self::Unread(bye) => goodbye(bye.code).message,
            Self::Gone => "the connection is gone".to_owned(),
        }
    }

    /// Tells the client, if it is still there.
    pub(super) async fn tell(&self, socket: &mut WebSocket) {
        let (Self::Bye(bye) | Self::Unread(bye)) = self else {
            return;
        };
        let close = CloseFrame {
            code: bye.code.close_code(),
            reason: cut(&bye.message, MAX_REASON_BYTES).into(),
        };
        let farewell = async {
            let bye = encode(&HallFrame::Bye(bye.clone()));
            socket.send(Message::Text(bye)).await?;
            socket.send(Message::Close(Some(close))).await
        };
        // Who does not take it within this time is gone.
        let _ = time::timeout(Duration::from_millis(SILENCE_MS), farewell).await;
    }
}

pub(super) fn end(code: ByeCode) -> End {
    End::Bye(goodbye(code))
}

/// A fault of the client, in words of the hall's own.
pub(super) fn malformed(why: &str) -> End {
    End::Bye(fault(why))
}

/// A frame that cannot be read.
pub(super) fn unread(error: &serde_json::Error) -> End {
    let why: String = error.to_string().chars().take(MAX_QUOTED_CHARS).collect();
    End::Unread(fault(&why))
}

pub(super) fn too_many_signs(limit: usize) -> End {
    malformed(&format!("more than {limit} pings came within {BEAT_MS} ms"))
}

fn fault(why: &str) -> Bye {
    let Bye { code, message } = goodbye(ByeCode::Malformed);
    let message = format!("{message} ({why})");
    Bye { code, message }
}

/// The beginning of a text that has so many bytes at most.
fn cut(text: &str, max_bytes: usize) -> String {
    let end = text.floor_char_boundary(max_bytes);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_does_not_quote_a_frame_that_cannot_be_read_and_the_client_is_told() {
        for sent in [
            r#"{"type":"request","id":"01890a5d-ac96-774b-bcce-b302099a8057","act":{"type":"identify","person":"x","pin":480261}}"#,
            r#"{"type":"hello","480261\nWARN all is lost":1}"#,
            r#"{"type":"480261"}"#,
        ] {
            let error = serde_json::from_str::<protocol::ClientFrame>(sent).unwrap_err();
            let end = unread(&error);
            let logged = end.reason();
            assert!(
                !logged.contains("480261") && !logged.contains('\n'),
                "{logged}"
            );
            let End::Unread(bye) = end else {
                panic!("it is told");
            };
            assert!(bye.message.contains("480261"), "{}", bye.message);
        }
        let long = format!(r#"{{"type":"{}"}}"#, "x".repeat(10_000));
        let error = serde_json::from_str::<protocol::ClientFrame>(&long).unwrap_err();
        let End::Unread(bye) = unread(&error) else {
            panic!("it is told");
        };
        assert!(bye.message.len() < 1_000);
    }

    #[test]
    fn every_goodbye_fits_into_a_close_frame() {
        assert_eq!(cut("排号", 5), "排");
        assert_eq!(cut("hall", 123), "hall");
        let long = goodbye(ByeCode::NotPaired).message;
        assert!(long.len() > MAX_REASON_BYTES, "the test is of something");
        assert!(cut(&long, MAX_REASON_BYTES).len() <= MAX_REASON_BYTES);
    }
}
