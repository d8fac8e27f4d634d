//! What has to be looked up before an act can be decided, for the rules look up nothing.

use hmac::{Hmac, KeyInit, Mac};
use protocol::{Act, MAX_PHONE_CHARS, Refusal};
use queue::{AppointmentCode, Date, Holder, Slot};
use sha2::Sha256;
use store::{AppendError, Appointment};
use uuid::Uuid;

use super::{Calendar, Draft, Journal};

/// Digits of an appointment's code: so many can be typed, and so few are booked that a
/// stranger does not hit one.
const CODE_DIGITS: u32 = 6;

/// What was looked up for an act.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Who stands behind a telephone number.
    pub(super) holder: Option<Holder>,
    /// The appointment that is meant.
    pub(super) appointment: Option<Appointment>,
    /// A code that no appointment has.
    pub(super) free_code: Option<AppointmentCode>,
    /// The slot that is meant.
    pub(super) slot: Option<Slot>,
}

/// Looks up what an act needs on this day. `draft` is what is not in the journal yet.
///
/// # Errors
/// If the disk cannot be read, or what is asked for is not there.
pub(super) fn look_up(
    (act, id): (&Act, Uuid),
    date: Date,
    (journal, draft): (&impl Journal, &Draft),
    calendar: &dyn Calendar,
) -> Result<Known, Refusal> {
    let mut known = Known::default();
    match act {
        Act::Take {
            phone: Some(phone), ..
        } => {
            let key = journal.day_key(date).map_err(not_stored)?;
            known.holder = Some(holder(&key, phone)?);
        }
        Act::Book { slot, .. } => {
            let bad = || Refusal::BadText {
                field: "slot".to_owned(),
            };
            known.slot = Some(calendar.slot(slot).ok_or_else(bad)?);
            known.free_code = Some(free_code(id, (journal, draft))?);
        }
        Act::CheckIn { code } => {
            let found = journal.appointment(code.trim()).map_err(not_stored)?;
            known.appointment = Some(found.ok_or(Refusal::UnknownAppointment)?);
        }
        _ => {}
    }
    Ok(known)
}

/// The act without what could name a person, to be remembered with its id.
pub(super) fn without_person(act: &Act) -> Act {
    let mut act = act.clone();
    match &mut act {
        Act::Take {
            phone: Some(phone), ..
        } => phone.clear(),
        Act::SignIn { pin, .. } | Act::Identify { pin, .. } => *pin = None,
        Act::Hold { reason, .. } | Act::Pause { reason, .. } => reason.clear(),
        Act::Transfer { note, .. } => note.clear(),
        _ => {}
    }
    act
}

/// A telephone number under the key of the day: the same number is the same holder today, and
/// when the key is gone nobody can find the number by trying.
fn holder(key: &[u8; 32], phone: &str) -> Result<Holder, Refusal> {
    let bad = || Refusal::BadText {
        field: "phone".to_owned(),
    };
    let sign = |sign: char| sign.is_ascii_digit() || "+-() ".contains(sign);
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    if phone.chars().count() > MAX_PHONE_CHARS || !phone.chars().all(sign) || digits.len() < 5 {
        return Err(bad());
    }
    let digits = without_country(&digits);
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| bad())?;
    mac.update(digits.as_bytes());
    let bytes = mac.finalize().into_bytes();
    let mut first = [0; 8];
    first.copy_from_slice(&bytes[..8]);
    Ok(Holder(u64::from_le_bytes(first)))
}

/// The number as it is dialled at home: a Chinese mobile number has eleven digits, behind the
/// country's code 86 (ITU-T E.164) if it is written for people abroad.
fn without_country(digits: &str) -> &str {
    let international = digits.strip_prefix("00").unwrap_or(digits);
    let home = international.strip_prefix("86");
    home.filter(|home| home.len() == 11).unwrap_or(digits)
}

/// A code drawn from the chance that is in the request's id, so that a request that comes again
/// draws the same.
fn free_code(
    id: Uuid,
    (journal, draft): (&impl Journal, &Draft),
) -> Result<AppointmentCode, Refusal> {
    let codes = 10_u64.pow(CODE_DIGITS);
    // The last 62 bits of a UUID of version 7 are random (RFC 9562 section 5.7).
    let drawn = id.as_u64_pair().1;
    for step in 0..codes {
        let text = format!("{:06}", drawn.wrapping_add(step) % codes);
        let code = AppointmentCode::new(&text);
        let is_free = journal.appointment(&text).map_err(not_stored)?.is_none();
        if is_free && !draft.has_booked(&code) {
            return Ok(code);
        }
    }
    Err(Refusal::NumbersUsedUp)
}

fn not_stored(_: AppendError) -> Refusal {
    Refusal::NotStored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_the_same_however_it_is_written_and_nothing_without_the_key() {
        let (today, tomorrow) = ([1; 32], [2; 32]);
        let written = holder(&today, "138 0013 8000").unwrap();
        for same in ["13800138000", "+86 138-0013-8000", "0086 13800138000"] {
            assert_eq!(holder(&today, same).unwrap(), written, "{same}");
        }
        assert_ne!(holder(&today, "13800138001").unwrap(), written);
        assert_ne!(holder(&tomorrow, "13800138000").unwrap(), written);
    }

    #[test]
    fn what_is_no_telephone_number_is_refused() {
        let longest = "1".repeat(MAX_PHONE_CHARS);
        let too_long = format!("{longest}1");
        for phone in ["", "1234", "call me", "13800138000 x", "+-() ", &too_long] {
            assert!(holder(&[1; 32], phone).is_err(), "{phone}");
        }
        for phone in ["12345", "+86 (138) 0013-8000", &longest] {
            assert!(holder(&[1; 32], phone).is_ok(), "{phone}");
        }
    }

    #[test]
    fn what_is_remembered_of_a_request_has_no_number_no_pin_and_no_typed_text() {
        let typed = "13800138000";
        let text = || typed.to_owned();
        let pin = || Some(protocol::Secret::new(typed));
        for act in [
            Act::Take {
                service: "A".to_owned(),
                class: "ordinary".to_owned(),
                then: Vec::new(),
                phone: Some(text()),
            },
            Act::SignIn {
                counter: 1,
                clerk: "王芳".to_owned(),
                pin: pin(),
            },
            Act::Identify {
                person: "王芳".to_owned(),
                pin: pin(),
            },
            Act::Hold {
                counter: 1,
                reason: text(),
                minutes: None,
            },
            Act::Pause {
                counter: 1,
                reason: text(),
            },
            Act::Transfer {
                counter: 1,
                to: protocol::TransferTo::Counter { number: 2 },
                note: text(),
                keep_time: true,
                come_back: false,
            },
        ] {
            let said = serde_json::to_string(&act).unwrap();
            assert!(said.contains(typed), "{said}");
            let kept = serde_json::to_string(&without_person(&act)).unwrap();
            assert!(!kept.contains(typed), "{kept}");
        }
    }
}
