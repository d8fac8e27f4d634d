//! Codes by which a device is let in for the first time, and the proofs that both sides know one.
//!
//! The code never travels. Each side shows that it knows it by a MAC over the certificate that it sees, so
//! that somebody in between, who shows another certificate, gets a proof that fits nowhere.
//! `PROTOCOL.md`, "Pairing", tells the same for a client.

use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// 32 signs of which none is taken for another: digits and capitals without I, L, O and U (Crockford's).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Signs of a code: 40 bits. With a few tries in ten minutes that is no chance at all, and to try
/// them all against a proof that was heard takes centuries.
const CODE_SIGNS: usize = 8;

/// Memory of argon2id in KiB, and its passes: RFC 9106's and OWASP's least, 15 ms of this kind of machine.
pub(super) const MEMORY_KIB: u32 = 19 * 1024;
pub(super) const PASSES: u32 = 2;

/// What is made of a code: both sides prove that they have it.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingKey([u8; 32]);

/// Who proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The device that wants to be let in.
    Device,
    /// The hall.
    Hall,
}

/// What a proof is about, beside the code.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// SHA-256 of the hall's certificate as this side sees it; empty without TLS.
    pub fingerprint: &'a [u8],
    /// The device's random bytes.
    pub nonce: &'a [u8],
    /// The device's name.
    pub device: &'a str,
}

/// A code from random bytes, as people read it: `K7QM-3XPD`.
#[must_use]
pub fn code(random: [u8; 5]) -> String {
    let bits = random
        .iter()
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let sign = |place: usize| {
        let shift = 5 * (CODE_SIGNS - 1 - place);
        char::from(ALPHABET[(bits >> shift & 31) as usize])
    };
    let (first, last) = (0..4, 4..CODE_SIGNS);
    let signs = |places: std::ops::Range<usize>| places.map(sign).collect::<String>();
    format!("{}-{}", signs(first), signs(last))
}

/// A code as it is typed, without what people add: capitals, no dash, and the digits that were meant
/// by an O, an I or an L.
#[must_use]
pub fn plain(typed: &str) -> String {
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

impl PairingKey {
    /// Works a code over with argon2id, so that codes cannot be tried quickly.
    #[must_use]
    pub fn new(code: &str, device: &str) -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).expect("within argon2's bounds");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = [b"paihao-pair", device.as_bytes()].concat();
        let mut key = [0; 32];
        argon
            .hash_password_into(plain(code).as_bytes(), &salt, &mut key)
            .expect("the salt has more than 8 bytes and names are short");
        Self(key)
    }

    /// What a side says to show that it knows the code.
    #[must_use]
    pub fn proof(&self, side: Side, about: &About<'_>) -> [u8; 32] {
        self.mac(side, about).finalize().into_bytes().into()
    }

    /// Whether a proof is right, in a time that does not depend on how much of it is.
    #[must_use]
    pub fn is_proof(&self, proof: &[u8], side: Side, about: &About<'_>) -> bool {
        self.mac(side, about).verify_slice(proof).is_ok()
    }

    fn mac(&self, side: Side, about: &About<'_>) -> Hmac<Sha256> {
        let side: &[u8] = match side {
            Side::Device => b"device",
            Side::Hall => b"hall",
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any key");
        mac.update(side);
        mac.update(about.fingerprint);
        mac.update(about.nonce);
        mac.update(about.device.as_bytes());
        mac
    }
}

impl std::fmt::Debug for PairingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PairingKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    const PAGE: &str = include_str!("../../../protocol/PROTOCOL.md");

    #[test]
    fn the_example_of_the_page_is_what_comes_out() {
        let key = PairingKey::new("K7QM-3XPD", "kiosk-1");
        let about = About {
            fingerprint: &[0xf0; 32],
            nonce: &[0x0b; 32],
            device: "kiosk-1",
        };
        for (what, bytes) in [
            ("`K`", key.0),
            ("the device's proof", key.proof(Side::Device, &about)),
            ("the hall's proof", key.proof(Side::Hall, &about)),
        ] {
            let line = format!("| {what} | `{}` |", BASE64_URL_SAFE_NO_PAD.encode(bytes));
            assert!(PAGE.contains(&line), "the page lacks {line}");
        }
    }

    #[test]
    fn a_proof_fits_one_side_one_certificate_one_name_and_one_code() {
        let about = |fingerprint, device| About {
            fingerprint,
            nonce: &[1; 32],
            device,
        };
        let (halls, others) = (&[7; 32][..], &[8; 32][..]);
        let key = PairingKey::new("K7QM-3XPD", "kiosk-1");
        let proof = key.proof(Side::Device, &about(halls, "kiosk-1"));
        let fits = |key: &PairingKey, side, about| key.is_proof(&proof, side, &about);
        assert!(fits(&key, Side::Device, about(halls, "kiosk-1")));
        assert!(!fits(&key, Side::Hall, about(halls, "kiosk-1")));
        assert!(!fits(&key, Side::Device, about(others, "kiosk-1")));
        assert!(!fits(&key, Side::Device, about(halls, "kiosk-2")));
        let other = PairingKey::new("K7QM-3XPE", "kiosk-1");
        assert!(!fits(&other, Side::Device, about(halls, "kiosk-1")));
    }

    #[test]
    fn a_code_is_read_as_it_was_meant() {
        assert_eq!(code([0; 5]), "0000-0000");
        assert_eq!(code([0xff; 5]), "ZZZZ-ZZZZ");
        assert_eq!(code([0x08, 0x86, 0x42, 0x98, 0xe8]), "1234-5678");
        assert_eq!(plain(" k7qm-3xpd "), "K7QM3XPD");
        assert_eq!(plain("o1li"), "0111");
    }
}
