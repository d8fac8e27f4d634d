//! A connection that the hall closes while more comes in than it reads would be reset, and with that the
//! other side would lose the hall's last words before it has read them. So what still comes is thrown away
//! for a moment, until the other side has closed too.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, copy, sink};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time;

use super::places::Place;

/// So long, and so many bytes: a frame that is too large has this and more, and who goes on sending is reset.
const LINGER: Duration = Duration::from_millis(500);
const MOST_BYTES: u64 = 256 * 1024;

/// A connection, and its place until it is really closed.
pub(super) struct Lingering {
    /// `None` once it was dropped.
    stream: Option<TcpStream>,
    place: Arc<Place>,
}

impl Lingering {
    pub(super) fn new(stream: TcpStream, place: Arc<Place>) -> Self {
        let stream = Some(stream);
        Self { stream, place }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let stream = self.stream.as_mut().map(Pin::new);
        stream.ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let (Some(mut stream), Ok(runtime)) = (self.stream.take(), Handle::try_current()) else {
            return;
        };
        let place = Arc::clone(&self.place);
        runtime.spawn(async move {
            let _ = stream.shutdown().await;
            let mut rest = stream.take(MOST_BYTES);
            let _ = time::timeout(LINGER, copy(&mut rest, &mut sink())).await;
            drop(place);
        });
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }
}
