//! One WebSocket: connects, reads frames, writes what it is given.

use std::net::IpAddr;

use futures_util::{SinkExt, StreamExt};
use protocol::{ClientFrame, HallFrame};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::session::Input;
use crate::{Address, Fingerprint, Lost, tls};

/// A connection, with TLS or without.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// What is read from the socket at once, in bytes. The library's 128 KiB would be allocated for
/// each client of a bench or a rehearsal; small reads are no slower.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// Frames that may wait for the socket: a hello, and twice what may be unanswered, since what was
/// forgotten may still stand in the queue.
const OUTBOX_FRAMES: usize = 2 * protocol::MAX_REQUESTS_IN_FLIGHT + 8;

/// Frames read ahead of the session.
const INBOX_FRAMES: usize = 16;

/// A connection, or the attempt at one. Dropping it closes the socket.
pub(crate) struct Wire {
    inputs: mpsc::Receiver<Input>,
    outbox: mpsc::Sender<Message>,
    _task: JoinSet<()>,
}

impl Wire {
    /// Begins to connect: by TLS to the hall with this certificate, or plainly. What comes of it is
    /// the first input.
    pub(crate) fn connect(address: Address, hall: Option<Fingerprint>) -> Self {
        let (to_session, inputs) = mpsc::channel(INBOX_FRAMES);
        let (outbox, from_session) = mpsc::channel(OUTBOX_FRAMES);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let why = converse(&address, hall, &to_session, from_session).await;
            // The session may have dropped this wire meanwhile, and then nobody wants to know.
            let _ = to_session.send(Input::Closed(why)).await;
        });
        Self {
            inputs,
            outbox,
            _task: task,
        }
    }

    /// The next thing that the socket did. Pending for ever after its end was told.
    pub(crate) async fn next(&mut self) -> Input {
        match self.inputs.recv().await {
            Some(input) => input,
            None => std::future::pending().await,
        }
    }

    /// Queues a message. A queue that is full, or a socket that has ended, shows soon enough as
    /// silence or as a close: requests are sent again then.
    pub(crate) fn send(&self, message: Message) {
        if let Err(error) = self.outbox.try_send(message) {
            tracing::debug!(%error, "a frame was not queued");
        }
    }
}

/// A client's frame as it travels.
pub(crate) fn encode(frame: &ClientFrame) -> String {
    // Cannot fail: keys are strings, and nothing in a frame has a serializer of its own.
    serde_json::to_string(frame).unwrap_or_default()
}

async fn converse(
    address: &Address,
    hall: Option<Fingerprint>,
    inputs: &mpsc::Sender<Input>,
    outbox: mpsc::Receiver<Message>,
) -> Lost {
    let socket = match connect(address, hall).await {
        Ok(socket) => socket,
        Err(why) => return why,
    };
    if inputs.send(Input::Opened).await.is_err() {
        return Lost::Closed;
    }
    let (sink, stream) = socket.split();
    tokio::select! {
        why = read(stream, inputs) => why,
        why = write(sink, outbox) => why,
    }
}

async fn connect(
    address: &Address,
    hall: Option<Fingerprint>,
) -> Result<WebSocketStream<Box<dyn Stream>>, Lost> {
    let stream: Box<dyn Stream> = match hall {
        Some(hall) => Box::new(tls::shake_hands(reach(address).await?, Some(hall)).await?),
        None if address.is_secure() => return Err(Lost::NotPaired),
        None => Box::new(on_this_machine(reach(address).await?)?),
    };
    upgrade(address, stream).await
}

/// A connection over which nobody else can listen or answer in the hall's place. A program that is not paired
/// cannot tell the hall from anybody else, and would show their rows and give them its people's PINs.
fn on_this_machine(stream: TcpStream) -> Result<TcpStream, Lost> {
    let peer = stream.peer_addr().map_err(|_| Lost::Closed)?;
    match is_this_machine(peer.ip()) {
        true => Ok(stream),
        false => Err(Lost::NotPaired),
    }
}

fn is_this_machine(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

/// The hall's port, with nothing said yet.
pub(crate) async fn reach(address: &Address) -> Result<TcpStream, Lost> {
    let unreachable = |error: std::io::Error| Lost::Unreachable(error.to_string());
    let stream = TcpStream::connect((address.host(), address.port()))
        .await
        .map_err(unreachable)?;
    stream.set_nodelay(true).map_err(unreachable)?;
    Ok(stream)
}

/// From HTTP to a WebSocket, over whatever carries them.
pub(crate) async fn upgrade<S: Stream>(
    address: &Address,
    stream: S,
) -> Result<WebSocketStream<S>, Lost> {
    let (host, port, path) = (address.host(), address.port(), protocol::PATH);
    let host = match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    };
    // Whether there is TLS below is of no interest here, and the scheme does not travel.
    let url = format!("ws://{host}:{port}{path}");
    match client_async_with_config(url, stream, Some(config())).await {
        Ok((socket, _)) => Ok(socket),
        // The hall's word to those who speak plainly from another machine.
        Err(Error::Http(answer)) if answer.status() == StatusCode::UPGRADE_REQUIRED => {
            Err(Lost::NotPaired)
        }
        Err(error) => Err(Lost::NotAHall(error.to_string())),
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * protocol::MAX_FRAME_FROM_CLIENT_BYTES)
        .max_frame_size(Some(protocol::MAX_FRAME_FROM_HALL_BYTES))
        .max_message_size(Some(protocol::MAX_FRAME_FROM_HALL_BYTES))
}

async fn read(
    mut stream: impl StreamExt<Item = Result<Message, Error>> + Unpin,
    inputs: &mpsc::Sender<Input>,
) -> Lost {
    loop {
        let input = match stream.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str::<HallFrame>(&text) {
                Ok(frame) => Input::Heard(Box::new(frame)),
                Err(error) => return Lost::NotAHall(error.to_string()),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Input::HeardAlive,
            Some(Ok(Message::Binary(_))) => return Lost::NotAHall("a binary frame".into()),
            Some(Err(Error::Capacity(error))) => return Lost::NotAHall(error.to_string()),
            Some(Ok(Message::Close(_) | Message::Frame(_)) | Err(_)) | None => return Lost::Closed,
        };
        if inputs.send(input).await.is_err() {
            return Lost::Closed;
        }
    }
}

async fn write(
    mut sink: impl SinkExt<Message> + Unpin,
    mut outbox: mpsc::Receiver<Message>,
) -> Lost {
    while let Some(message) = outbox.recv().await {
        if sink.send(message).await.is_err() {
            return Lost::Closed;
        }
    }
    Lost::Closed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_halls_own_machine_is_spoken_to_plainly() {
        let is = |peer: &str| is_this_machine(peer.parse().unwrap());
        assert!(is("127.0.0.1") && is("127.1.2.3") && is("::1") && is("::ffff:127.0.0.1"));
        assert!(!is("192.168.1.10") && !is("0.0.0.0") && !is("fe80::1") && !is("2001:db8::1"));
    }

    /// The machine's own address in its network, if it has one, is as good as another machine's.
    #[tokio::test]
    async fn nothing_is_said_plainly_over_a_network() {
        let Some(own) = own_address() else {
            eprintln!("NOT TESTED: this machine is in no network");
            return;
        };
        let listener = tokio::net::TcpListener::bind((own, 0)).await.unwrap();
        let address = Address::new(own.to_string(), listener.local_addr().unwrap().port());
        let (told, answered) = tokio::join!(connect(&address, None), async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = Vec::new();
            tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut heard)
                .await
                .unwrap();
            heard
        });
        assert_eq!(told.err(), Some(Lost::NotPaired));
        assert_eq!(answered, b"");
    }

    /// Nothing is sent: a datagram's socket only looks up the way (192.0.2.1 is nobody's, RFC 5737).
    fn own_address() -> Option<IpAddr> {
        let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
        socket.connect("192.0.2.1:9").ok()?;
        let own = socket.local_addr().ok()?.ip();
        (!own.is_loopback() && !own.is_unspecified()).then_some(own)
    }
}
