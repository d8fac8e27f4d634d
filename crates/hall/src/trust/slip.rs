//! What stands in the code of a slip, so that who has the paper can be told from who saw the number on
//! the wall.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::DayKey;

use super::devices::{bytes, text};

/// Bytes of a token: short for the code on the slip, and too many to try with a few requests a second.
const BYTES: usize = 6;

/// The token of a ticket, under the key of its day: when the key is gone, so is what it opens.
#[must_use]
pub fn token(key: &DayKey, ticket: u64) -> String {
    text(&mac(key, ticket).finalize().into_bytes()[..BYTES])
}

/// Whether a token is that of a ticket.
#[must_use]
pub fn is_token(said: &str, key: &DayKey, ticket: u64) -> bool {
    let said = bytes::<BYTES>(said);
    said.is_some_and(|said| mac(key, ticket).verify_truncated_left(&said).is_ok())
}

fn mac(key: &DayKey, ticket: u64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(b"slip");
    mac.update(&ticket.to_le_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_ticket_and_one_day() {
        let said = token(&[1; 32], 7);
        assert_eq!(said.len(), 8);
        assert!(is_token(&said, &[1; 32], 7));
        assert!(!is_token(&said, &[1; 32], 8) && !is_token(&said, &[2; 32], 7));
        for other in ["", "AAAAAAAA", &said[..7], &said.to_lowercase()[1..]] {
            assert!(!is_token(other, &[1; 32], 7), "{other}");
        }
    }
}
