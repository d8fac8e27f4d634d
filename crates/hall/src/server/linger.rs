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

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    use tokio::net::TcpListener;
    use tokio::task::yield_now;

    use super::super::places::Places;

    const GOODBYE: &[u8] = b"goodbye";
    const PATIENCE: Duration = Duration::from_secs(20);

    /// The other side, and the hall's, which has said goodbye and let go without having read.
    async fn parted(said_before: usize) -> (TcpStream, Arc<Places>) {
        let here = (Ipv4Addr::LOCALHOST, 0);
        let listener = TcpListener::bind(here).await.unwrap();
        let other = TcpStream::connect(listener.local_addr().unwrap()).await;
        let mut other = other.unwrap();
        let (hall, _) = listener.accept().await.unwrap();
        other.write_all(&vec![7; said_before]).await.unwrap();
        hall.readable().await.unwrap();
        let places = Arc::new(Places::default());
        let place = places.take(IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap();
        let mut hall = Lingering::new(hall, Arc::new(place));
        hall.write_all(GOODBYE).await.unwrap();
        drop(hall);
        (other, places)
    }

    async fn all_places_are_free(places: &Places) {
        let free = async {
            while places.count() > 0 {
                yield_now().await;
            }
        };
        time::timeout(PATIENCE, free).await.expect("it is let go");
    }

    #[tokio::test]
    async fn the_last_words_are_read_by_whoever_was_still_speaking() {
        let (mut other, places) = parted(60_000).await;
        other.write_all(&[8; 60_000]).await.unwrap();
        let mut heard = Vec::new();
        other.read_to_end(&mut heard).await.expect("no reset");
        assert_eq!(heard, GOODBYE);
        drop(other);
        all_places_are_free(&places).await;
    }

    #[tokio::test]
    async fn who_never_closes_is_let_go() {
        let (_other, places) = parted(1).await;
        all_places_are_free(&places).await;
    }

    #[tokio::test]
    async fn who_goes_on_speaking_is_reset() {
        let (mut other, places) = parted(1).await;
        let speak = async { while other.write_all(&[8; 4_096]).await.is_ok() {} };
        time::timeout(PATIENCE, speak).await.expect("it is reset");
        all_places_are_free(&places).await;
    }
}
