//! Appointments by their code, so that a check-in needs no look through old days.

use queue::{ClassCode, Happening, ServiceCode};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::append::not_stored;
use crate::replay::entry;
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

impl Appointment {
    /// What its booking says in the journal.
    fn booked(booked_seq: u64, what: &Happening) -> Option<Self> {
        match what {
            Happening::Booked {
                appointment,
                service,
                class,
                slot_wall_ms,
            } => Some(Self {
                code: appointment.to_string(),
                service: service.clone(),
                class: class.clone(),
                slot_wall_ms: *slot_wall_ms,
                booked_seq,
            }),
            _ => None,
        }
    }
}

impl Store {
    /// The appointment with a code; the last one, if the code was booked again.
    ///
    /// # Errors
    /// If the file cannot be read, or the list does not say what the journal says of the booking: a
    /// wrong slot would be believed.
    pub fn appointment(&self, code: &str) -> Result<Option<Appointment>, AppendError> {
        let Some(listed) = find(&self.connection, code).map_err(not_stored)? else {
            return Ok(None);
        };
        let written = entry(&self.connection, listed.booked_seq)
            .map_err(|error| AppendError::NotStored(error.to_string()))?;
        if Appointment::booked(written.seq, &written.event.what).as_ref() == Some(&listed) {
            return Ok(Some(listed));
        }
        Err(AppendError::NotStored(format!(
            "the appointment {code} is damaged. Bring the file back with hall restore"
        )))
    }
}

fn find(connection: &Connection, code: &str) -> rusqlite::Result<Option<Appointment>> {
    let select = "SELECT service, class, slot_wall_ms, booked_seq FROM appointment WHERE code = ?1";
    let read = |row: &Row<'_>| {
        let (service, class): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(Appointment {
            code: code.to_owned(),
            service: ServiceCode::new(&service),
            class: ClassCode::new(&class),
            slot_wall_ms: row.get(2)?,
            booked_seq: row.get(3)?,
        })
    };
    connection
        .prepare_cached(select)?
        .query_row([code], read)
        .optional()
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
    use crate::Entry;
    use queue::{AppointmentCode, Event, Moment};

    fn booked(slot_wall_ms: i64) -> Entry {
        let what = Happening::Booked {
            appointment: AppointmentCode::new("3071"),
            service: ServiceCode::new("A"),
            class: ClassCode::new("elderly"),
            slot_wall_ms,
        };
        let at = Moment::default();
        Entry {
            actor: "guide:desk".to_owned(),
            events: vec![Event { at, what }],
            changes: Vec::new(),
            request: None,
        }
    }

    fn slot(store: &Store) -> Option<i64> {
        let found = store.appointment("3071").unwrap();
        found.map(|found| found.slot_wall_ms)
    }

    #[test]
    fn an_appointment_is_found_by_its_code_alone_and_the_last_booking_counts() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        store.append(0, &[booked(1_000)]).unwrap();
        assert_eq!(slot(&store), Some(1_000));
        assert_eq!(store.appointment("3072").unwrap(), None);
        store.append(1, &[booked(2_000)]).unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(slot(&store), Some(2_000));
    }

    #[test]
    fn a_damaged_appointment_is_never_given_out() {
        for change in [
            "slot_wall_ms = 0",
            "service = 'B'",
            "class = 'ordinary'",
            "booked_seq = 1",
            "booked_seq = 9",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut store = Store::open(folder.path()).unwrap();
            store.append(0, &[booked(1_000), booked(2_000)]).unwrap();
            let update = format!("UPDATE appointment SET {change}");
            store.connection.execute(&update, []).unwrap();
            let refused = store.appointment("3071").unwrap_err().to_string();
            assert!(refused.contains("damaged"), "{change}: {refused}");
        }
    }
}
