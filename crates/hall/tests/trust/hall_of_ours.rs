//! A strict hall with its administrator, and programs that talk to it.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures_util::{SinkExt, StreamExt};
use hall::admin::{Answer, Ask, call};
use hall::trust::PersonRole;
use hall::trust::pairing::{About, PairingKey, Side};
use hall::{Clock, HallSettings, Server};
use protocol::{
    Act, Bye, ByeCode, ClientFrame, HallFrame, Hello, Outcome, Pair, Role, Row, Secret,
};
use store::Store;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use uuid::Uuid;

pub const PIN: &str = "480261";

pub const NONCE: [u8; 32] = [0x0b; 32];

pub struct Ours {
    pub server: Server,
    pub data: TempDir,
}

impl Ours {
    /// A hall that lets nobody in yet.
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut HallSettings)) -> Self {
        let data = TempDir::new().expect("a folder");
        let server = start(&data, change).await;
        Self { server, data }
    }

    /// Stops, and starts again with the same memory.
    pub async fn restart(self) -> Self {
        self.server.stop().await.expect("a clean end");
        let server = start(&self.data, |_| {}).await;
        Self {
            server,
            data: self.data,
        }
    }

    /// What an administrator is told.
    pub async fn order(&self, ask: Ask) -> Result<Answer, String> {
        let data = self.data.path().to_owned();
        let asked = move || call(&data, &ask).map_err(|error| error.to_string());
        let answer = tokio::task::spawn_blocking(asked).await;
        answer.expect("no panic")
    }

    pub async fn code(&self, device: &str, role: Role, counter: Option<u16>) -> String {
        let device = device.to_owned();
        let ask = Ask::Pair {
            device,
            role,
            counter,
        };
        match self.order(ask).await {
            Ok(Answer::Code { code, .. }) => code.reveal().to_owned(),
            other => panic!("no code: {other:?}"),
        }
    }

    /// The key of a device that is paired as the page of the protocol says.
    pub async fn pair(&self, device: &str, role: Role, counter: Option<u16>) -> Secret {
        let code = self.code(device, role, counter).await;
        let mut client = Client::connect(&self.server).await;
        client.send(&pair_frame(device, &code, &[])).await;
        match client.frame().await {
            Some(HallFrame::Paired(paired)) => {
                let about = about(device, &[]);
                let proof = PairingKey::new(&code, device).proof(Side::Hall, &about);
                assert_eq!(paired.proof, BASE64_URL_SAFE_NO_PAD.encode(proof));
                assert_eq!(paired.role, role);
                paired.key
            }
            other => panic!("not paired: {other:?}"),
        }
    }

    pub async fn add(&self, person: &str, role: PersonRole) {
        let ask = Ask::AddPerson {
            person: person.to_owned(),
            role,
            pin: Secret::new(PIN),
        };
        self.order(ask).await.expect("a new person");
    }

    /// A device of ours that has said hello.
    pub async fn join(&self, device: &str, role: Role, key: &Secret) -> Client {
        let mut client = Client::connect(&self.server).await;
        client.hello(device, role, Some(key.clone())).await;
        client
    }

    /// Pairs a counter's device and joins with it.
    pub async fn counter(&self, device: &str, counter: Option<u16>) -> Client {
        let key = self.pair(device, Role::Counter, counter).await;
        self.join(device, Role::Counter, &key).await
    }
}

async fn start(data: &TempDir, change: impl FnOnce(&mut HallSettings)) -> Server {
    let mut settings = HallSettings::default_hall();
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    change(&mut settings);
    let store = Store::open(data.path()).expect("the folder can be written");
    let last = store.last_moment().expect("readable");
    let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
    let server = Server::start(settings, store, clock).await;
    let server = server.expect("the hall starts");
    server.open_admin(data.path()).expect("a socket");
    server
}

pub fn about<'a>(device: &'a str, fingerprint: &'a [u8]) -> About<'a> {
    About {
        fingerprint,
        nonce: &NONCE,
        device,
    }
}

/// What a device says that knows a code and sees this certificate.
pub fn pair_frame(device: &str, code: &str, fingerprint: &[u8]) -> ClientFrame {
    let proof = PairingKey::new(code, device).proof(Side::Device, &about(device, fingerprint));
    ClientFrame::Pair(Pair {
        protocol: protocol::VERSION,
        device: device.to_owned(),
        app: "test".to_owned(),
        nonce: BASE64_URL_SAFE_NO_PAD.encode(NONCE),
        proof: BASE64_URL_SAFE_NO_PAD.encode(proof),
    })
}

pub struct Client<S = TcpStream> {
    socket: WebSocketStream<S>,
}

impl Client {
    pub async fn connect(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address()).await;
        Self::over(stream.expect("the hall listens")).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub async fn over(stream: S) -> Self {
        let url = format!("ws://127.0.0.1{}", protocol::PATH);
        let (socket, _) = client_async(url, stream).await.expect("a WebSocket");
        Self { socket }
    }

    pub async fn send(&mut self, frame: &ClientFrame) {
        self.say(serde_json::to_string(frame).expect("a frame"))
            .await;
    }

    /// Says whatever it is.
    pub async fn say(&mut self, text: String) {
        let sent = self.socket.send(Message::Text(text.into())).await;
        sent.expect("the connection is open");
    }

    pub async fn hello(&mut self, device: &str, role: Role, key: Option<Secret>) {
        let hello = Hello {
            protocol: protocol::VERSION,
            role,
            device: device.to_owned(),
            app: "test".to_owned(),
            resume: None,
            key,
        };
        self.send(&ClientFrame::Hello(hello)).await;
    }

    /// The next frame that is no beat, or `None` when the hall has closed.
    pub async fn frame(&mut self) -> Option<HallFrame> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) => {
                    match serde_json::from_str(&text).expect("a frame of the hall") {
                        HallFrame::Beat { .. } => {}
                        frame => return Some(frame),
                    }
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub async fn ask(&mut self, act: Act) -> Outcome {
        let request = Uuid::now_v7();
        self.send(&ClientFrame::Request { id: request, act }).await;
        loop {
            let frame = self.frame().await.expect("the connection is open");
            if let HallFrame::Answer { id, outcome } = frame {
                assert_eq!(id, request);
                return outcome;
            }
        }
    }

    /// The very next thing that is said is the end.
    pub async fn refused_at_once(&mut self) -> ByeCode {
        self.refused().await.code
    }

    /// The same, with its words.
    pub async fn refused(&mut self) -> Bye {
        match self.frame().await {
            Some(HallFrame::Bye(bye)) => bye,
            other => panic!("no goodbye: {other:?}"),
        }
    }

    /// The code and the reason with which the hall closes the connection.
    pub async fn close(&mut self) -> (u16, String) {
        loop {
            match self.socket.next().await.expect("a close frame") {
                Ok(Message::Close(Some(close))) => {
                    return (close.code.into(), close.reason.to_string());
                }
                Ok(_) => {}
                Err(error) => panic!("the hall broke the rules: {error}"),
            }
        }
    }

    /// Why the hall closes, after whatever it says before.
    pub async fn bye(&mut self) -> ByeCode {
        loop {
            match self.frame().await {
                Some(HallFrame::Bye(bye)) => return bye.code,
                Some(_) => {}
                None => panic!("closed without a word"),
            }
        }
    }

    /// Waits for a row.
    pub async fn row<T>(&mut self, find: impl Fn(&Row) -> Option<T>) -> T {
        loop {
            if let Some(HallFrame::Rows(rows)) = self.frame().await
                && let Some(found) = rows.rows.iter().find_map(|stamped| find(&stamped.row))
            {
                return found;
            }
        }
    }
}

/// To sit down with a PIN.
pub fn sit_down(counter: u16, clerk: &str, pin: &str) -> Act {
    Act::SignIn {
        counter,
        clerk: clerk.to_owned(),
        pin: Some(Secret::new(pin)),
    }
}
