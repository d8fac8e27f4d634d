//! Devices that were paired, and their keys. The hall keeps a key's SHA-256 alone: of 256 random bits
//! nobody finds the key to a hash by trying, so that no slow hash is needed.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use protocol::{Role, Secret};
use sha2::{Digest, Sha256};

/// A device's key as it travels, from random bytes.
#[must_use]
pub fn key(random: [u8; 32]) -> Secret {
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(random))
}

/// What the hall keeps of a key.
#[must_use]
pub fn sum(key: &Secret) -> [u8; 32] {
    Sha256::digest(key.reveal().as_bytes()).into()
}

/// Whether a key is the one of which `sum` was kept. How long it takes tells nothing: what is compared are
/// hashes.
#[must_use]
pub fn is_key(key: &Secret, kept: &[u8; 32]) -> bool {
    sum(key) == *kept
}

/// The word for a role.
#[must_use]
pub fn word(role: Role) -> &'static str {
    match role {
        Role::Kiosk => "kiosk",
        Role::Counter => "counter",
        Role::Wall => "wall",
        Role::Guide => "guide",
        Role::Supervisor => "supervisor",
        Role::Phone => "phone",
    }
}

/// The role of a word.
#[must_use]
pub fn role(word_of: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| word(*role) == word_of)
}

/// Bytes that travel as base64url without padding.
#[must_use]
pub fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    bytes.try_into().ok()
}

/// The same the other way round.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_itself_fits_what_was_kept() {
        let kept = sum(&key([7; 32]));
        assert!(is_key(&key([7; 32]), &kept));
        assert!(!is_key(&key([8; 32]), &kept));
        assert!(!is_key(&Secret::new(""), &kept));
        assert!(
            !is_key(&Secret::new(text(&kept)), &kept),
            "what is kept is no key"
        );
    }
}
