//! What the paper of a ticket says, whoever prints it: the hall's answer, and what the rows tell of the service.

use link::Table;
use protocol::{Issued, ServiceRow, Text, WaitRange};
use ticket::{Bilingual, Slip, WaitInterval};

/// The slip of a ticket. Large print says less, in larger letters.
#[must_use]
pub fn slip(issued: &Issued, table: &Table, large_print: bool) -> Slip {
    let service = table.service(&issued.service);
    let hall = table.hall();
    let text = |text: Option<&Text>| text.map(bilingual).unwrap_or_default();
    Slip {
        hall: text(hall.map(|row| &row.name)),
        number: issued.number.clone(),
        favoured: issued.favoured,
        service: text(service.map(|row| &row.name)),
        then: issued
            .then
            .iter()
            .map(|code| table.service(code).map(|row| bilingual(&row.name)))
            .map(Option::unwrap_or_default)
            .collect(),
        slot: issued.slot.clone().unwrap_or_default(),
        people_ahead: Some(issued.ahead),
        expected_wait: issued.wait.map(interval),
        zone: text(service.map(|row| &row.zone)),
        counters: service.map(counters).unwrap_or_default(),
        issued_at: issued.issued_at.clone(),
        valid_on: issued.day.clone(),
        missed_call_rule: text(hall.map(|row| &row.missed_call_rule)),
        papers: Vec::new(),
        serial: serial(issued.ticket),
        qr: None,
        copy: issued.copy,
        large_print,
        template: ticket::Template::default(),
    }
}

/// The ticket id as people read it: the day, then the serial number.
#[must_use]
pub fn serial(ticket: u64) -> String {
    let (day, serial) = (ticket / 1_000_000, ticket % 1_000_000);
    format!("{day}-{serial:06}")
}

fn counters(service: &ServiceRow) -> Bilingual {
    Bilingual::counters(&service.counters)
}

fn bilingual(text: &Text) -> Bilingual {
    Bilingual::new(text.zh.clone(), text.en.clone())
}

fn interval(wait: WaitRange) -> WaitInterval {
    WaitInterval {
        from_minutes: wait.low_min,
        to_minutes: wait.high_min,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Row, Rows, Stamped};

    fn table() -> Table {
        let service = |code: &str, zh: &str| ServiceRow {
            code: code.into(),
            name: Text::new(zh, ""),
            counters: vec![4, 3],
            ..ServiceRow::default()
        };
        let services = [("C", "变更用电"), ("F", "发票打印"), ("D", "咨询查询")];
        let rows = services.map(|(code, zh)| Stamped {
            seq: 1,
            row: Row::Service(service(code, zh)),
        });
        let mut table = Table::default();
        table.apply(Rows {
            seq: 1,
            whole: true,
            rows: rows.into(),
            gone: Vec::new(),
        });
        table
    }

    fn issued() -> Issued {
        Issued {
            ticket: 20_261_122_000_001,
            number: "C001".into(),
            service: "C".into(),
            favoured: true,
            ahead: 4,
            ..Issued::default()
        }
    }

    #[test]
    fn a_slip_says_what_the_hall_answered() {
        let slip = slip(&issued(), &table(), true);
        assert_eq!(slip.number, "C001");
        assert!(slip.favoured && slip.large_print);
        assert_eq!(slip.people_ahead, Some(4));
        assert_eq!(slip.service.zh, "变更用电");
        assert_eq!(slip.counters.en, "Counters 3–4");
        assert_eq!(slip.serial, "20261122-000001");
        assert_eq!((slip.then.len(), slip.slot.as_str()), (0, ""));
    }

    #[test]
    fn a_slip_names_the_appointment_the_further_services_and_which_copy_it_is() {
        let issued = Issued {
            then: vec!["F".into(), "D".into()],
            slot: Some("10:30".into()),
            copy: 2,
            ..issued()
        };
        let slip = slip(&issued, &table(), false);
        let then: Vec<&str> = slip.then.iter().map(|name| name.zh.as_str()).collect();
        assert_eq!(
            (then, slip.slot.as_str(), slip.copy),
            (vec!["发票打印", "咨询查询"], "10:30", 2)
        );
    }
}
