//! A device is let in for the first time. Both sides prove that they know a code that never travels, over
//! the certificate that the device sees: somebody in between has another, and neither proof fits.
//! `PROTOCOL.md`, "Pairing".

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use futures_util::{SinkExt, StreamExt};
use hmac::{Hmac, KeyInit, Mac};
use protocol::{Bye, ClientFrame, HallFrame, PAIR_NONCE_BYTES, Pair, Role};
use rustls::crypto::ring;
use sha2::Sha256;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::wire::{reach, upgrade};
use crate::{Address, Fingerprint, Lost, Paired, tls};

/// For the whole of it. A hall takes milliseconds; a technician stands before the device and waits.
const PATIENCE: Duration = Duration::from_secs(15);

/// Memory of argon2id in KiB, and its passes, as `PROTOCOL.md` fixes them.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// So much of a refusal is shown at most, in characters: a hall's are shorter.
const MAX_SAID_CHARS: usize = 300;

/// Why a device was not paired. Each message says what to do; nothing is to be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// There is no hall to be paired with.
    #[error("this device was not paired: {0}. {mend}", mend = .0.mend())]
    Lost(Lost),
    /// The hall refused, and said why.
    #[error("the hall did not pair this device: {0}")]
    Refused(String),
    /// Whoever answered does not know the code.
    #[error(
        "whoever answered at this address does not know the code, so it is not the hall: somebody stands in between. Nothing was kept. Find out who, and get a new code"
    )]
    Impostor,
    /// The code cannot be one.
    #[error(
        "`hall pair` shows a code of 8 letters and digits, such as K7QM-3XPD: type it as it stands there"
    )]
    NoCode,
    /// The machine gives no random bytes.
    #[error("this machine gives no random numbers: without them nothing is secret")]
    NoChance,
}

/// Pairs a device with the hall at an address, by the code that `hall pair` showed. What comes back is to
/// be kept where nobody else can read it.
///
/// # Errors
/// See [`PairError`].
pub async fn pair(
    address: &Address,
    device: &str,
    app: &str,
    code: &str,
) -> Result<(Paired, Role), PairError> {
    let key = CodeKey::of(code, device)?;
    let exchange = exchange(address, device, app, &key);
    let told = timeout(PATIENCE, exchange).await;
    told.unwrap_or(Err(PairError::Lost(Lost::Silent)))
}

async fn exchange(
    address: &Address,
    device: &str,
    app: &str,
    key: &CodeKey,
) -> Result<(Paired, Role), PairError> {
    let stream = tls::shake_hands(reach(address).await?, None).await?;
    let hall = tls::shown(&stream).ok_or(Lost::NotAHall("it showed no certificate".into()))?;
    let mut socket = upgrade(address, stream).await?;
    let mut nonce = [0; PAIR_NONCE_BYTES];
    let chance = ring::default_provider().secure_random;
    chance.fill(&mut nonce).map_err(|_| PairError::NoChance)?;
    let ask = ClientFrame::Pair(Pair {
        protocol: protocol::VERSION,
        device: device.to_owned(),
        app: app.to_owned(),
        nonce: BASE64.encode(nonce),
        proof: BASE64.encode(
            key.mac("device", hall, &nonce, device)
                .finalize()
                .into_bytes(),
        ),
    });
    let asked = socket.send(Message::text(crate::wire::encode(&ask))).await;
    asked.map_err(|_| Lost::Closed)?;
    let paired = loop {
        let message = socket.next().await.ok_or(Lost::Closed)?;
        match message.map_err(|_| Lost::Closed)? {
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(HallFrame::Paired(paired)) => break paired,
                Ok(HallFrame::Bye(Bye { message, .. })) => {
                    return Err(PairError::Refused(harmless(&message)));
                }
                Ok(_) => {}
                Err(error) => return Err(Lost::NotAHall(error.to_string()).into()),
            },
            Message::Close(_) => return Err(Lost::Closed.into()),
            _ => {}
        }
    };
    // Who answers without the code is not the hall, whatever it gave us.
    let proof = BASE64.decode(&paired.proof).unwrap_or_default();
    let expected = key.mac("hall", hall, &nonce, device);
    expected
        .verify_slice(&proof)
        .map_err(|_| PairError::Impostor)?;
    let key = paired.key;
    Ok((Paired { hall, key }, paired.role))
}

/// What was said by who has not proved yet to be the hall, without what would do something to a terminal.
fn harmless(said: &str) -> String {
    let signs = said.chars().filter(|sign| !sign.is_control());
    signs.take(MAX_SAID_CHARS).collect()
}

impl From<Lost> for PairError {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

/// What is made of a code: it takes long to make, so that codes cannot be tried quickly.
struct CodeKey([u8; 32]);

impl CodeKey {
    fn of(code: &str, device: &str) -> Result<Self, PairError> {
        let code = plain(code);
        if code.len() != 8 || !code.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
            return Err(PairError::NoCode);
        }
        let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(|_| PairError::NoCode)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = [b"paihao-pair", device.as_bytes()].concat();
        let mut key = [0; 32];
        let made = argon.hash_password_into(code.as_bytes(), &salt, &mut key);
        // Its bounds on lengths are far from ours.
        made.map_err(|_| PairError::NoCode)?;
        Ok(Self(key))
    }

    fn mac(&self, side: &str, hall: Fingerprint, nonce: &[u8], device: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any key");
        mac.update(side.as_bytes());
        mac.update(&hall.0);
        mac.update(nonce);
        mac.update(device.as_bytes());
        mac
    }
}

/// A code without what people add: capitals, no dash, and the digits that were meant by an O, an I or an L.
fn plain(typed: &str) -> String {
    let signs = typed
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '-');
    let meant = |sign: char| match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        sign => sign,
    };
    signs.map(meant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../protocol/PROTOCOL.md");

    #[test]
    fn the_example_of_the_page_is_what_comes_out() {
        let key = CodeKey::of("k7qm-3xpd", "kiosk-1").unwrap();
        let mac = |side| {
            let mac = key.mac(side, Fingerprint([0xf0; 32]), &[0x0b; 32], "kiosk-1");
            mac.finalize().into_bytes()
        };
        for (what, bytes) in [
            ("`K`", &key.0[..]),
            ("the device's proof", &mac("device")),
            ("the hall's proof", &mac("hall")),
        ] {
            let line = format!("| {what} | `{}` |", BASE64.encode(bytes));
            assert!(PAGE.contains(&line), "the page lacks {line}");
        }
    }

    #[test]
    fn who_has_not_proved_to_be_the_hall_does_nothing_to_a_terminal() {
        assert_eq!(harmless("no\u{1b}[2J\r\nsuch code 号"), "no[2Jsuch code 号");
        assert_eq!(harmless(&"x".repeat(10_000)).len(), MAX_SAID_CHARS);
    }

    #[test]
    fn what_cannot_be_a_code_is_not_tried() {
        for code in ["", "K7QM", "K7QM-3XPDD", "K7QM-3XP?", "K7QM-3XP号"] {
            assert_eq!(CodeKey::of(code, "kiosk-1").err(), Some(PairError::NoCode));
        }
        assert_eq!(plain(" k7qm-3xpo "), "K7QM3XP0");
    }
}
