//! Appointments by their code, so that a check-in needs no look through old days.

use queue::{ClassCode, ServiceCode};
use rusqlite::{Connection, OptionalExtension, params};

use crate::append::not_stored;
use crate::{AppendError, Store};

/// A slot that was booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// What the customer shows or types.
    pub code: String,
    /// For this service.
    pub service: ServiceCode,
    /// As a customer of this class.
    pub class: ClassCode,
    /// When the slot begins, in milliseconds since 1970, UTC.
    pub slot_wall_ms: i64,
    /// The journal entry of the booking.
    pub booked_seq: u64,
}

impl Store {
    /// The appointment with a code; the last one, if the code was booked again.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn appointment(&self, code: &str) -> Result<Option<Appointment>, AppendError> {
        let select =
            "SELECT service, class, slot_wall_ms, booked_seq FROM appointment WHERE code = ?1";
        let read = |row: &rusqlite::Row<'_>| {
            let (service, class): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(Appointment {
                code: code.to_owned(),
                service: ServiceCode::new(&service),
                class: ClassCode::new(&class),
                slot_wall_ms: row.get(2)?,
                booked_seq: row.get(3)?,
            })
        };
        self.connection
            .prepare_cached(select)
            .and_then(|mut statement| statement.query_row([code], read).optional())
            .map_err(not_stored)
    }
}

/// Notes a booking, in the transaction that appends its event.
pub(crate) fn book(connection: &Connection, appointment: &Appointment) -> rusqlite::Result<()> {
    let insert = "INSERT OR REPLACE INTO appointment (code, service, class, slot_wall_ms, booked_seq) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(insert)?.execute(params![
        appointment.code,
        appointment.service.as_str(),
        appointment.class.as_str(),
        appointment.slot_wall_ms,
        appointment.booked_seq
    ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appointment(slot_wall_ms: i64, booked_seq: u64) -> Appointment {
        Appointment {
            code: "3071".to_owned(),
            service: ServiceCode::new("A"),
            class: ClassCode::new("elderly"),
            slot_wall_ms,
            booked_seq,
        }
    }

    #[test]
    fn an_appointment_is_found_by_its_code_alone_and_the_last_booking_counts() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        book(&store.connection, &appointment(1_000, 7)).unwrap();
        assert_eq!(
            store.appointment("3071").unwrap(),
            Some(appointment(1_000, 7))
        );
        assert_eq!(store.appointment("3072").unwrap(), None);
        book(&store.connection, &appointment(2_000, 9)).unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(
            store.appointment("3071").unwrap(),
            Some(appointment(2_000, 9))
        );
    }
}
