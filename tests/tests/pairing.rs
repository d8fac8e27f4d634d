//! A device is let in by a code, works by TLS, and is shut out again; and somebody who stands between it
//! and its hall gets nothing. The real hall, the real link, real sockets.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use e2e::demo::programs_folder;
use hall::admin::{Answer, Ask, call};
use hall::server::Certificate;
use hall::{Clock, HallSettings, Server};
use link::{Address, Fingerprint, Link, LinkEvent, LinkHandle, Lost, PairError, Paired, Settings};
use protocol::{Act, ByeCode, Done, Outcome, Role, Secret};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use store::Store;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// So many wrong proofs void a code.
const TRIES: usize = 5;

struct Hall {
    folder: TempDir,
    server: Server,
}

impl Hall {
    /// A hall that lets in only whom it knows, on its own machine too.
    async fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut settings = HallSettings::default_hall();
        settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let store = Store::open(folder.path()).expect("the memory");
        let last = store.last_moment().expect("the memory's last moment");
        let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
        let certificate = Certificate::open(folder.path()).expect("a certificate");
        let server = Server::start_with(settings, store, clock, Some(certificate));
        let server = server.await.expect("the hall starts");
        server
            .open_admin(folder.path())
            .expect("the administrator's socket");
        Self { folder, server }
    }

    fn address(&self) -> Address {
        address(self.server.address())
    }

    fn fingerprint(&self) -> Fingerprint {
        let certificate = Certificate::open(self.folder.path()).expect("the certificate");
        Fingerprint(certificate.fingerprint().0)
    }

    /// What an administrator does on the hall's machine.
    async fn order(&self, ask: Ask) -> Answer {
        let data: Box<Path> = self.folder.path().into();
        tokio::task::spawn_blocking(move || call(&data, &ask))
            .await
            .expect("this works in the test")
            .expect("this works in the test")
    }

    async fn code_for(&self, device: &str) -> String {
        let ask = Ask::Pair {
            device: device.to_owned(),
            role: Role::Kiosk,
            counter: None,
        };
        match self.order(ask).await {
            Answer::Code { code, .. } => code.reveal().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    async fn revoke(&self, device: &str) {
        let device = device.to_owned();
        let done = self.order(Ask::Revoke { device }).await;
        assert_eq!(done, Answer::Done {});
    }
}

fn address(of: SocketAddr) -> Address {
    Address::new(of.ip().to_string(), of.port())
}

async fn pair(address: &Address, device: &str, code: &str) -> Result<(Paired, Role), PairError> {
    link::pair(address, device, "test", code).await
}

/// A device's link, and what it told.
struct Device {
    handle: LinkHandle,
    events: mpsc::UnboundedReceiver<LinkEvent>,
}

impl Device {
    fn start(address: Address, device: &str, paired: Option<Paired>) -> Self {
        let settings = Settings {
            address,
            role: Role::Kiosk,
            device: device.to_owned(),
            app: "test".to_owned(),
            paired,
        };
        let (told, events) = mpsc::unbounded_channel();
        let (handle, link): (_, Link<_>) = link::open(settings, move |event| {
            // At the end of a test nobody listens any more.
            let _ = told.send(event);
        });
        tokio::spawn(link.run());
        Self { handle, events }
    }

    async fn wait<T>(&mut self, pick: impl Fn(LinkEvent) -> Option<T>) -> T {
        let find = async {
            loop {
                let event = self.events.recv().await.expect("the link runs");
                if let Some(found) = pick(event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, find).await.expect("in time")
    }

    async fn lost(&mut self) -> Lost {
        self.wait(|event| match event {
            LinkEvent::Down { why, .. } => Some(why),
            _ => None,
        })
        .await
    }

    async fn take(&mut self) -> String {
        self.handle
            .request(Act::take("A", "ordinary"))
            .expect("this works in the test");
        self.wait(|event| match event {
            LinkEvent::Answer {
                outcome: Outcome::Done(Done::Issued(issued)),
                ..
            } => Some(issued.number),
            LinkEvent::Answer { outcome, .. } => panic!("{outcome:?}"),
            _ => None,
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kiosk_is_paired_works_is_revoked_and_its_key_is_worth_nothing_then() {
    let hall = Hall::open().await;
    let code = hall.code_for("kiosk-1").await;
    let (paired, role) = pair(&hall.address(), "kiosk-1", &code)
        .await
        .expect("this works in the test");
    assert_eq!((role, paired.hall), (Role::Kiosk, hall.fingerprint()));
    let mut kiosk = Device::start(hall.address().secure(), "kiosk-1", Some(paired.clone()));
    assert_eq!(kiosk.take().await, "A001");

    let again = pair(&hall.address(), "kiosk-1", &code).await;
    assert!(
        matches!(again, Err(PairError::Refused(_))),
        "a code works once: {again:?}"
    );
    let mut other = Device::start(hall.address().secure(), "kiosk-2", Some(paired.clone()));
    let why = other.lost().await;
    assert_eq!(
        why,
        Lost::Refused(ByeCode::NotPaired),
        "a key is for one name"
    );
    assert_eq!(kiosk.take().await, "A002", "and the others go on");

    hall.revoke("kiosk-1").await;
    assert_eq!(kiosk.lost().await, Lost::Refused(ByeCode::Revoked));
    // The tablet was stolen with its file.
    let mut thief = Device::start(hall.address().secure(), "kiosk-1", Some(paired));
    let why = thief.lost().await;
    let shut_out = [ByeCode::Revoked, ByeCode::NotPaired].map(Lost::Refused);
    assert!(shut_out.contains(&why), "{why}");
    hall.server.stop().await.expect("this works in the test");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_never_paired_is_not_let_in_on_any_way() {
    let hall = Hall::open().await;
    let not_paired = Lost::Refused(ByeCode::NotPaired);
    // Plainly from the hall's own machine, by TLS with a made-up key, by TLS with none at all.
    let mut plain = Device::start(hall.address(), "kiosk-1", None);
    assert_eq!(plain.lost().await, not_paired);
    let made_up = Paired {
        hall: hall.fingerprint(),
        key: Secret::new("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    };
    let mut guessing = Device::start(hall.address(), "kiosk-1", Some(made_up));
    assert_eq!(guessing.lost().await, not_paired);
    let mut silent = Device::start(hall.address().secure(), "kiosk-1", None);
    assert_eq!(silent.lost().await, Lost::NotPaired);
    hall.server.stop().await.expect("this works in the test");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_wrong_codes_void_the_right_one() {
    let hall = Hall::open().await;
    let code = hall.code_for("kiosk-1").await;
    for place in 0..TRIES {
        let wrong = format!("0000-000{place}");
        let told = pair(&hall.address(), "kiosk-1", &wrong).await;
        assert!(matches!(told, Err(PairError::Refused(_))), "{told:?}");
    }
    let told = pair(&hall.address(), "kiosk-1", &code).await;
    assert!(matches!(told, Err(PairError::Refused(_))), "{told:?}");
    let new = hall.code_for("kiosk-1").await;
    pair(&hall.address(), "kiosk-1", &new)
        .await
        .expect("this works in the test");
    hall.server.stop().await.expect("this works in the test");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stands_in_between_pairs_nobody_and_hears_nothing() {
    let hall = Hall::open().await;
    let between = Between::start(hall.server.address()).await;
    let code = hall.code_for("kiosk-1").await;
    let told = pair(&between.address, "kiosk-1", &code).await;
    assert!(
        matches!(told, Err(PairError::Refused(_) | PairError::Impostor)),
        "{told:?}"
    );
    // One of the five tries is gone, and the code still works on the straight way.
    let (paired, _) = pair(&hall.address(), "kiosk-1", &code)
        .await
        .expect("this works in the test");
    let mut kiosk = Device::start(between.address.clone(), "kiosk-1", Some(paired.clone()));
    assert_eq!(kiosk.lost().await, Lost::OtherHall);
    let heard = between.heard_after_pairing.load(Ordering::SeqCst);
    assert_eq!(heard, 0, "the device said something to a stranger");
    let mut kiosk = Device::start(hall.address(), "kiosk-1", Some(paired));
    assert_eq!(kiosk.take().await, "A001");
    hall.server.stop().await.expect("this works in the test");
}

/// As a technician does it, who sits elsewhere and has no display: the code by the standard input.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kiosk_is_paired_from_its_command_line_and_tells_nobody_its_key() {
    let hall = Hall::open().await;
    let code = hall.code_for("kiosk-1").await;
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("kiosk/paired.toml");
    let mut kiosk = Command::new(
        programs_folder()
            .expect("this works in the test")
            .join("kiosk"),
    )
    .args(["--device", "kiosk-1", "--pair", "-", "--hall"])
    .arg(hall.address().secure().to_string())
    .arg("--paired")
    .arg(&file)
    .env_remove("DISPLAY")
    .env_remove("WAYLAND_DISPLAY")
    .env("PAIHAO_LOG", "trace")
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("the kiosk was built");
    let mut stdin = kiosk.stdin.take().expect("this works in the test");
    writeln!(stdin, "{code}").expect("this works in the test");
    let output = tokio::task::spawn_blocking(|| kiosk.wait_with_output());
    let output = output
        .await
        .expect("this works in the test")
        .expect("this works in the test");
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8(told).expect("this works in the test");
    assert!(told.contains("kiosk-1 is paired with the hall"), "{told}");
    let text = fs::read_to_string(&file).expect("this works in the test");
    let key = text
        .split("key = \"")
        .nth(1)
        .expect("this works in the test");
    let key = key.split('"').next().expect("this works in the test");
    assert!(!told.contains(key) && !told.contains(&code), "{told}");
    let rights = fs::metadata(&file)
        .expect("this works in the test")
        .permissions()
        .mode();
    assert_eq!(rights & 0o777, 0o600);
    let paired = Paired {
        hall: hall.fingerprint(),
        key: Secret::new(key),
    };
    let mut kiosk = Device::start(hall.address(), "kiosk-1", Some(paired));
    assert_eq!(kiosk.take().await, "A001");
    hall.server.stop().await.expect("this works in the test");
}

/// Somebody between a device and its hall, with a certificate of their own, who passes everything on.
struct Between {
    address: Address,
    /// Bytes of devices that went on talking after the first connection, which is a pairing.
    heard_after_pairing: Arc<AtomicUsize>,
}

impl Between {
    async fn start(hall: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("this works in the test");
        let address = address(listener.local_addr().expect("this works in the test"));
        let heard = Arc::new(AtomicUsize::new(0));
        let counts = Arc::clone(&heard);
        let (acceptor, connector) = (own_certificate(), takes_any_certificate());
        tokio::spawn(async move {
            let mut is_first = true;
            while let Ok((near, _)) = listener.accept().await {
                // A device that looks at the certificate ends here.
                let Ok(mut near) = acceptor.accept(near).await else {
                    is_first = false;
                    continue;
                };
                let far = TcpStream::connect(hall)
                    .await
                    .expect("this works in the test");
                let name = ServerName::try_from("hall").expect("this works in the test");
                let mut far = connector
                    .connect(name, far)
                    .await
                    .expect("this works in the test");
                // It ends when either side has had enough.
                let passed = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                if !is_first {
                    let bytes = passed.map_or(1, |(from_device, _)| from_device as usize);
                    counts.fetch_add(bytes, Ordering::SeqCst);
                }
                is_first = false;
            }
        });
        Self {
            address,
            heard_after_pairing: heard,
        }
    }
}

fn own_certificate() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["paihao-hall".to_owned()])
        .expect("this works in the test");
    let key =
        PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("this works in the test");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("this works in the test")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.expect("this works in the test")))
}

fn takes_any_certificate() -> TlsConnector {
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::{CertificateDer, UnixTime};
    use rustls::{DigitallySignedStruct, Error, SignatureScheme};

    #[derive(Debug)]
    struct Any;

    impl ServerCertVerifier for Any {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ECDSA_NISTP256_SHA256]
        }
    }

    let config = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("this works in the test")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Any))
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}
