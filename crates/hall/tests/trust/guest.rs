//! A guest on the hall's network, a stolen tablet, and somebody in between.

use std::sync::Arc;

use hall::admin::{Answer, Ask};
use hall::server::Certificate;
use hall::trust::people::WRONG_IN_A_ROW;
use hall::trust::{PROOFS, PersonRole};
use hall::{Clock, HallSettings, Server};
use protocol::{Act, ByeCode, ClientFrame, Done, HallFrame, Outcome, Refusal, Role, Secret};
use rustls::pki_types::ServerName;
use store::Store;
use tempfile::TempDir;
use tokio::net::TcpStream;
use uuid::Uuid;

use super::hall_of_ours::{Client, Ours, pair_frame, sit_down};

fn take() -> Act {
    Act::take("A", "ordinary")
}

#[tokio::test]
async fn who_is_not_paired_hears_nothing_but_that() {
    let ours = Ours::open().await;
    let key = ours.pair("kiosk-1", Role::Kiosk, None).await;
    for role in Role::ALL {
        for key in [
            None,
            Some(Secret::new("A".repeat(43))),
            Some(Secret::new("")),
        ] {
            for device in ["kiosk-1", "kiosk-9"] {
                let mut stranger = Client::connect(&ours.server).await;
                stranger.hello(device, role, key.clone()).await;
                assert_eq!(stranger.refused_at_once().await, ByeCode::NotPaired);
            }
        }
    }
    let mut ours_still = ours.join("kiosk-1", Role::Kiosk, &key).await;
    let issued = ours_still.ask(take()).await;
    assert!(
        matches!(issued, Outcome::Done(Done::Issued(_))),
        "{issued:?}"
    );
}

/// Requests behind a hello that is refused are there before the refusal is.
#[tokio::test]
async fn what_a_stranger_asks_behind_a_hello_does_not_happen() {
    let ours = Ours::open().await;
    let key = ours.pair("kiosk-1", Role::Kiosk, None).await;
    let mut stranger = Client::connect(&ours.server).await;
    stranger.hello("kiosk-1", Role::Kiosk, None).await;
    for _ in 0..20 {
        let (id, act) = (Uuid::now_v7(), take());
        stranger.send(&ClientFrame::Request { id, act }).await;
    }
    while let Some(frame) = stranger.frame().await {
        assert!(
            !matches!(
                frame,
                HallFrame::Answer {
                    outcome: Outcome::Done(_),
                    ..
                }
            ),
            "{frame:?}"
        );
    }
    let mut kiosk = ours.join("kiosk-1", Role::Kiosk, &key).await;
    let Outcome::Done(Done::Issued(first)) = kiosk.ask(take()).await else {
        panic!("a ticket");
    };
    assert_eq!(first.number, "A001", "nobody took a number before");
}

#[tokio::test]
async fn a_key_is_for_one_name_and_one_role_and_survives_a_restart() {
    let ours = Ours::open().await;
    let key = ours.pair("kiosk-1", Role::Kiosk, None).await;
    let wall = ours.pair("wall-1", Role::Wall, None).await;
    let ours = ours.restart().await;
    for (device, role, key, expected) in [
        ("kiosk-1", Role::Counter, &key, ByeCode::Role),
        ("kiosk-1", Role::Supervisor, &key, ByeCode::Role),
        ("kiosk-1", Role::Kiosk, &wall, ByeCode::NotPaired),
        ("wall-1", Role::Wall, &key, ByeCode::NotPaired),
    ] {
        let mut client = ours.join(device, role, key).await;
        assert_eq!(
            client.refused_at_once().await,
            expected,
            "{device} {role:?}"
        );
    }
    let mut kiosk = ours.join("kiosk-1", Role::Kiosk, &key).await;
    assert!(matches!(kiosk.ask(take()).await, Outcome::Done(_)));
}

#[tokio::test]
async fn a_stolen_tablet_is_out_at_once_when_it_is_revoked() {
    let ours = Ours::open().await;
    ours.add("赵敏", PersonRole::Guide).await;
    let key = ours.pair("guide-1", Role::Guide, None).await;
    let mut tablet = ours.join("guide-1", Role::Guide, &key).await;
    // Without a person it takes no number and cancels none.
    for act in [take(), Act::cancel("A001"), Act::comes_back("A001")] {
        let outcome = tablet.ask(act).await;
        assert_eq!(outcome, Outcome::Refused(Refusal::SignInAgain));
    }
    let pin = Some(Secret::new(super::hall_of_ours::PIN));
    let person = "赵敏".to_owned();
    let identified = tablet.ask(Act::Identify { person, pin }).await;
    assert_eq!(identified, Outcome::Done(Done::Done));
    assert!(matches!(tablet.ask(take()).await, Outcome::Done(_)));

    let device = "guide-1".to_owned();
    ours.order(Ask::Revoke { device })
        .await
        .expect("it is there");
    assert_eq!(tablet.bye().await, ByeCode::Revoked);
    let mut again = ours.join("guide-1", Role::Guide, &key).await;
    assert_eq!(again.refused_at_once().await, ByeCode::NotPaired);
    let Ok(Answer::Devices { devices }) = ours.order(Ask::Devices {}).await else {
        panic!("devices");
    };
    assert_eq!(devices, []);
}

#[tokio::test]
async fn a_code_works_once_for_its_name_and_not_after_five_wrong_tries() {
    let ours = Ours::open().await;
    let code = ours.code("kiosk-1", Role::Kiosk, None).await;
    let tried = async |device: &str, code: &str| {
        let mut client = Client::connect(&ours.server).await;
        client.send(&pair_frame(device, code, &[])).await;
        client.frame().await
    };
    let failed = |frame: Option<HallFrame>| matches!(frame, Some(HallFrame::Bye(bye)) if bye.code == ByeCode::PairingFailed);
    assert!(failed(tried("kiosk-2", &code).await), "another name");
    for _ in 1..PROOFS {
        assert!(failed(tried("kiosk-1", "0000-0000").await));
    }
    let paired = tried("kiosk-1", &code.to_lowercase().replace('-', " ")).await;
    assert!(matches!(paired, Some(HallFrame::Paired(_))), "{paired:?}");
    assert!(failed(tried("kiosk-1", &code).await), "it works once");

    let code = ours.code("kiosk-2", Role::Kiosk, None).await;
    for _ in 0..PROOFS {
        assert!(failed(tried("kiosk-2", "0000-0000").await));
    }
    assert!(failed(tried("kiosk-2", &code).await), "it is void");
}

#[tokio::test]
async fn who_pairs_a_name_anew_shuts_the_old_key_out() {
    let ours = Ours::open().await;
    let old = ours.pair("kiosk-1", Role::Kiosk, None).await;
    let mut before = ours.join("kiosk-1", Role::Kiosk, &old).await;
    assert!(matches!(before.ask(take()).await, Outcome::Done(_)));
    let new = ours.pair("kiosk-1", Role::Kiosk, None).await;
    assert_eq!(before.bye().await, ByeCode::Revoked);
    let mut thief = ours.join("kiosk-1", Role::Kiosk, &old).await;
    assert_eq!(thief.refused_at_once().await, ByeCode::NotPaired);
    let mut kiosk = ours.join("kiosk-1", Role::Kiosk, &new).await;
    assert!(matches!(kiosk.ask(take()).await, Outcome::Done(_)));
}

/// Somebody in between has a certificate of his own. The device's proof is over that one, and fits the hall's nowhere.
#[tokio::test]
async fn a_proof_over_another_certificate_lets_nobody_in() {
    let data = TempDir::new().expect("a folder");
    let mut settings = HallSettings::default_hall();
    settings.listen = ([127, 0, 0, 1], 0).into();
    let store = Store::open(data.path()).expect("a folder");
    let clock = Clock::new(
        settings.time_zone.clone(),
        settings.day_turns_at,
        store.last_moment().expect("readable"),
    );
    let certificate = Certificate::open(data.path()).expect("a certificate");
    let fingerprint = certificate.fingerprint().0;
    let server = Server::start_with(settings, store, clock, Some(certificate)).await;
    let server = server.expect("the hall starts");
    server.open_admin(data.path()).expect("a socket");
    let ours = Ours { server, data };
    let code = ours.code("kiosk-1", Role::Kiosk, None).await;
    for (seen, lets_in) in [(&[7; 32][..], false), (&[], false), (&fingerprint, true)] {
        let stream = TcpStream::connect(ours.server.address()).await.unwrap();
        let name = ServerName::try_from("hall").unwrap();
        let stream = anybody().connect(name, stream).await.expect("TLS");
        let mut client = Client::over(stream).await;
        client.send(&pair_frame("kiosk-1", &code, seen)).await;
        let answer = client.frame().await;
        let paired = matches!(answer, Some(HallFrame::Paired(_)));
        assert_eq!(paired, lets_in, "{answer:?}");
    }
}

#[tokio::test]
async fn a_device_that_asks_too_much_is_told_so_and_nobody_else_is() {
    let ours = Ours::open_with(|settings| {
        settings.trust.requests_at_once = 10;
        settings.trust.requests_per_second = 1;
    })
    .await;
    let (one, other) = (
        ours.pair("kiosk-1", Role::Kiosk, None).await,
        ours.pair("kiosk-2", Role::Kiosk, None).await,
    );
    let mut flood = ours.join("kiosk-1", Role::Kiosk, &one).await;
    let mut done = 0;
    while let Outcome::Done(_) = flood.ask(take()).await {
        done += 1;
        assert!(done < 100, "there is a limit");
    }
    assert!(done >= 10);
    let refused = flood.ask(take()).await;
    assert_eq!(refused, Outcome::Refused(Refusal::TooManyRequests));
    // Coming again with another connection is no way round it.
    let mut again = ours.join("kiosk-1", Role::Kiosk, &one).await;
    let refused = again.ask(take()).await;
    assert_eq!(refused, Outcome::Refused(Refusal::TooManyRequests));
    let mut kiosk = ours.join("kiosk-2", Role::Kiosk, &other).await;
    assert!(matches!(kiosk.ask(take()).await, Outcome::Done(_)));
}

#[tokio::test]
async fn there_is_no_default_person_and_no_default_password() {
    let ours = Ours::open().await;
    let mut counter = ours.counter("counter-1", None).await;
    for (name, pin) in [
        ("admin", "1234"),
        ("admin", "0000"),
        ("", "4802"),
        ("root", "4802"),
    ] {
        let outcome = counter.ask(sit_down(1, name, pin)).await;
        assert!(matches!(outcome, Outcome::Refused(_)), "{name} {pin}");
    }
    let without = counter.ask(Act::sign_in(1, "王芳")).await;
    assert_eq!(without, Outcome::Refused(Refusal::WrongPin));
    const { assert!(WRONG_IN_A_ROW <= 5) };
}

#[tokio::test]
async fn a_code_for_a_name_with_spaces_around_it_is_for_the_name() {
    let ours = Ours::open().await;
    let code = ours.code(" kiosk-1 ", Role::Kiosk, None).await;
    let mut client = Client::connect(&ours.server).await;
    client.send(&pair_frame("kiosk-1", &code, &[])).await;
    let paired = client.frame().await;
    assert!(matches!(paired, Some(HallFrame::Paired(_))), "{paired:?}");
}

/// Both have the right code, and both are there before the hall has answered either.
#[tokio::test]
async fn two_who_use_one_code_at_once_are_one_device() {
    let ours = Ours::open().await;
    let code = ours.code("kiosk-1", Role::Kiosk, None).await;
    let frame = pair_frame("kiosk-1", &code, &[]);
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(Client::connect(&ours.server).await);
    }
    for client in &mut clients {
        client.send(&frame).await;
    }
    let mut keys = Vec::new();
    for client in &mut clients {
        match client.frame().await {
            Some(HallFrame::Paired(paired)) => keys.push(paired.key),
            Some(HallFrame::Bye(bye)) => assert_eq!(bye.code, ByeCode::PairingFailed),
            other => panic!("neither yes nor no: {other:?}"),
        }
    }
    assert_eq!(keys.len(), 1);
    let mut kiosk = ours.join("kiosk-1", Role::Kiosk, &keys[0]).await;
    assert!(matches!(kiosk.ask(take()).await, Outcome::Done(_)));
}

/// A telephone has whatever name it says. A new name is no new allowance.
#[tokio::test]
async fn a_telephone_gets_no_more_by_coming_under_other_names() {
    let ours = Ours::open_with(|settings| {
        settings.trust.phones = true;
        settings.trust.requests_at_once = 10;
        settings.trust.requests_per_second = 1;
    })
    .await;
    let key = ours.pair("kiosk-1", Role::Kiosk, None).await;
    let mut answered = 0;
    for name in 0..60 {
        let mut phone = Client::connect(&ours.server).await;
        phone
            .hello(&format!("phone-{name}"), Role::Phone, None)
            .await;
        for _ in 0..2 {
            let cancelled = phone.ask(Act::cancel("A001")).await;
            match cancelled {
                Outcome::Refused(Refusal::TooManyRequests) => {}
                _ => answered += 1,
            }
        }
    }
    assert!(answered >= 10, "{answered}");
    assert!(answered < 60, "{answered} of 120 were looked at");
    let mut kiosk = ours.join("kiosk-1", Role::Kiosk, &key).await;
    assert!(matches!(kiosk.ask(take()).await, Outcome::Done(_)));
}

/// The record says `phone:NAME@ADDRESS`. What stands there is not for a stranger to write.
#[tokio::test]
async fn nobody_writes_a_person_into_the_record_by_the_name_of_a_device() {
    let ours = Ours::open_with(|settings| settings.trust.phones = true).await;
    for name in ["phone/陈主任", "phone@10.0.0.1", "counter:counter-1"] {
        let mut phone = Client::connect(&ours.server).await;
        phone.hello(name, Role::Phone, None).await;
        assert_eq!(phone.refused().await.code, ByeCode::Malformed, "{name}");
    }
}

/// A control frame has 125 bytes at most (RFC 6455 section 5.5): a browser that gets more sees no code.
#[tokio::test]
async fn who_is_sent_away_gets_a_close_code_that_is_one() {
    let ours = Ours::open().await;
    let mut stranger = Client::connect(&ours.server).await;
    stranger.hello("kiosk-1", Role::Kiosk, None).await;
    let (code, reason) = stranger.close().await;
    assert_eq!(code, ByeCode::NotPaired.close_code());
    assert!(
        reason.starts_with("this hall does not know the device"),
        "{reason}"
    );
}

/// On trial the hall believes its own machine, and says so to everybody.
#[tokio::test]
async fn a_hall_on_trial_believes_its_own_machine_and_says_so() {
    let ours = Ours::open_with(|settings| settings.trust.trial = true).await;
    let mut kiosk = Client::connect(&ours.server).await;
    kiosk.hello("kiosk-1", Role::Kiosk, None).await;
    let (trial, asks_pin) = kiosk
        .row(|row| match row {
            protocol::Row::Hall(hall) => Some((hall.trial, hall.asks_pin)),
            _ => None,
        })
        .await;
    assert!(trial && !asks_pin);
    ours.add("王芳", PersonRole::Clerk).await;
    let asks_pin = kiosk
        .row(|row| match row {
            protocol::Row::Hall(hall) => Some(hall.asks_pin),
            _ => None,
        })
        .await;
    assert!(
        asks_pin,
        "people who have a PIN are asked for it on trial as well"
    );
}

/// A client that takes whatever certificate there is.
fn anybody() -> tokio_rustls::TlsConnector {
    #[derive(Debug)]
    struct Anybody;
    impl rustls::client::danger::ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &[rustls::pki_types::CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: rustls::pki_types::UnixTime,
        ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
            Ok(rustls::client::danger::ServerCertVerified::assertion())
        }
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &rustls::DigitallySignedStruct,
        ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
        }
        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &rustls::DigitallySignedStruct,
        ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
        }
        fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
            vec![rustls::SignatureScheme::ECDSA_NISTP256_SHA256]
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    tokio_rustls::TlsConnector::from(Arc::new(config))
}
