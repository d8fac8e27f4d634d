//! People and their PINs: what a PIN must be, what is kept of it, and what becomes of wrong ones.

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use protocol::{MAX_PIN_DIGITS, MIN_PIN_DIGITS};
use store::Person;

use super::pairing::{MEMORY_KIB, PASSES};

/// Wrong PINs in a row after which a name takes none for a while.
pub const WRONG_IN_A_ROW: u32 = 5;

/// Wrong PINs in a row on one device, for whatever names, after which the device takes none: one
/// PIN tried with every name is a guess as well.
pub const WRONG_ON_A_DEVICE: u32 = 10;

/// How long the first lock is. Each further one is twice as long, up to an hour: with five tries each
/// hour, 10,000 PINs take twelve weeks, and somebody sees the alarm.
const FIRST_LOCK_MS: u64 = 5 * 60_000;
const LONGEST_LOCK_MS: u64 = 60 * 60_000;

/// What an unknown name is checked against, so that it takes as long as a known one: a hash like all others,
/// of a text that is no PIN.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cGFpaGFvIG5vYm9keQAAAA$7Zv8/yhsldR9mJ2H8IVpAauOQin4XqHaeEjKjnhDcYU";

/// Why a PIN is none. The message is for whoever chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPin {
    /// It is too short or too long, or has other signs than digits.
    #[error("a PIN has {MIN_PIN_DIGITS} to {MAX_PIN_DIGITS} digits. Choose another one.")]
    NotDigits,
    /// It is one of those that everybody tries first.
    #[error(
        "this PIN is among the first that anybody tries: one digit alone, a pair again and again, or digits in a row. Choose another one."
    )]
    Trivial,
}

/// Whether a PIN may be chosen.
///
/// # Errors
/// Why not.
pub fn check(pin: &str) -> Result<(), BadPin> {
    if !is_pin(pin) {
        return Err(BadPin::NotDigits);
    }
    let digits: Vec<i16> = pin.bytes().map(|digit| i16::from(digit - b'0')).collect();
    let steps = || digits.windows(2).map(|pair| (pair[1] - pair[0] + 10) % 10);
    let in_a_row = steps().all(|step| step == 0) || steps().all(|step| step == 1);
    let backwards = steps().all(|step| step == 9);
    let again_and_again = digits
        .iter()
        .zip(&digits[2..])
        .all(|(one, other)| one == other);
    match in_a_row || backwards || again_and_again {
        true => Err(BadPin::Trivial),
        false => Ok(()),
    }
}

/// Whether a text can be a PIN at all.
#[must_use]
pub fn is_pin(pin: &str) -> bool {
    (MIN_PIN_DIGITS..=MAX_PIN_DIGITS).contains(&pin.len())
        && pin.bytes().all(|digit| digit.is_ascii_digit())
}

/// What is kept of a PIN, as a PHC string. It takes some 15 ms, and more where the processor is slow.
#[must_use]
pub fn hash(pin: &str, salt: [u8; 16]) -> String {
    let hashed = argon().hash_password_with_salt(pin.as_bytes(), &salt);
    hashed
        .expect("PIN and salt are within argon2's bounds")
        .to_string()
}

/// Whether a PIN is the one of which `kept` was kept. It takes as long as [`hash`].
#[must_use]
pub fn is_right(pin: &str, kept: &str) -> bool {
    let kept = PasswordHash::new(kept);
    kept.is_ok_and(|kept| argon().verify_password(pin.as_bytes(), &kept).is_ok())
}

fn argon() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// What a wrong PIN leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AfterWrong {
    /// Another try.
    MayTry(Person),
    /// None for so long.
    Locked(Person, u32),
}

/// The person after a wrong PIN.
pub(super) fn after_wrong(person: &Person, now_ms: u64) -> AfterWrong {
    let mut person = person.clone();
    person.failures += 1;
    if person.failures < WRONG_IN_A_ROW {
        return AfterWrong::MayTry(person);
    }
    let lock_ms = lock_ms(person.locks);
    person.failures = 0;
    person.locks += 1;
    person.locked_until_ms = now_ms + lock_ms;
    AfterWrong::Locked(person, minutes(lock_ms))
}

/// How long the lock after so many others is.
pub(super) fn lock_ms(locks: u32) -> u64 {
    let doubled = 1_u64.checked_shl(locks).unwrap_or(u64::MAX);
    FIRST_LOCK_MS.saturating_mul(doubled).min(LONGEST_LOCK_MS)
}

/// Whole minutes that are left.
pub(super) fn minutes(ms: u64) -> u32 {
    ms.div_ceil(60_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_digits_and_none_that_everybody_tries_first() {
        for good in ["4802", "2580", "482913", "112233", "123450123450", "1357"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for trivial in [
            "0000", "1111", "1234", "0123", "9876", "6789", "7890", "1212", "00000000", "90909090",
        ] {
            assert_eq!(check(trivial), Err(BadPin::Trivial), "{trivial}");
        }
        for none in [
            "",
            "123",
            "12345678901234",
            "48a2",
            "４８０２",
            "48 02",
            "-482",
        ] {
            assert_eq!(check(none), Err(BadPin::NotDigits), "{none}");
        }
    }

    #[test]
    fn only_the_pin_itself_is_right_and_nobody_has_one() {
        let kept = hash("480261", [1; 16]);
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(!kept.contains("480261"));
        assert!(is_right("480261", &kept) && !is_right("480262", &kept));
        assert_ne!(
            kept,
            hash("480261", [2; 16]),
            "the same PIN of another person"
        );
        assert!(!is_right("480261", NOBODY) && !is_right("480261", "broken"));
    }

    /// An unknown name is to cost what a known one costs. Times are not compared: the same work is.
    #[test]
    fn to_look_for_nobody_is_the_same_work() {
        let (kept, nobody) = (hash("480261", [1; 16]), PasswordHash::new(NOBODY).unwrap());
        let kept = PasswordHash::new(&kept).unwrap();
        assert_eq!(kept.algorithm, nobody.algorithm);
        assert_eq!(kept.version, nobody.version);
        assert_eq!(kept.params, nobody.params);
        let sizes = |hash: &PasswordHash| {
            (
                hash.salt.as_ref().map(|salt| salt.len()),
                hash.hash.as_ref().map(|hash| hash.len()),
            )
        };
        assert_eq!(sizes(&kept), sizes(&nobody));
        assert_eq!(hash("nobody has this PIN", *b"paihao nobody\0\0\0"), NOBODY);
    }

    #[test]
    fn five_wrong_pins_lock_for_longer_and_longer() {
        let mut person = Person {
            name: "王芳".to_owned(),
            role: "clerk".to_owned(),
            pin: String::new(),
            failures: 0,
            locks: 0,
            locked_until_ms: 0,
            created_wall_ms: 0,
        };
        let mut locks = Vec::new();
        for place in 1..=25 {
            match after_wrong(&person, 1_000) {
                AfterWrong::MayTry(next) => person = next,
                AfterWrong::Locked(next, minutes) => {
                    let until = 1_000 + u64::from(minutes) * 60_000;
                    assert_eq!((place % 5, next.locked_until_ms), (0, until));
                    locks.push(minutes);
                    person = next;
                }
            }
        }
        assert_eq!(locks, [5, 10, 20, 40, 60]);
        assert_eq!(lock_ms(u32::MAX), LONGEST_LOCK_MS);
    }
}
