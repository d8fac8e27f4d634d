//! What the paper says: the hall's answer, and what the rows tell of the service.

use client::Table;
use protocol::{Issued, ServiceRow, Text, WaitRange};
use ticket::{Bilingual, Slip, WaitInterval};

/// The slip of a ticket. Large print says less, in larger letters.
pub(crate) fn slip(issued: &Issued, table: &Table, large_print: bool) -> Slip {
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
pub(crate) fn serial(ticket: u64) -> String {
    let (day, serial) = (ticket / 1_000_000, ticket % 1_000_000);
    format!("{day}-{serial:06}")
}

/// Counter numbers in short: `1–3, 5`.
pub(crate) fn ranges(numbers: &[u16]) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let runs = sorted.chunk_by(|one, next| one + 1 == *next);
    let written = runs.map(|run| match run {
        [one] => one.to_string(),
        [one, .., last] => format!("{one}–{last}"),
        [] => String::new(),
    });
    written.collect::<Vec<_>>().join(", ")
}

fn counters(service: &ServiceRow) -> Bilingual {
    let numbers = ranges(&service.counters);
    match service.counters.len() {
        0 => Bilingual::default(),
        1 => Bilingual::new(format!("{numbers}号窗口"), format!("Counter {numbers}")),
        _ => Bilingual::new(format!("{numbers}号窗口"), format!("Counters {numbers}")),
    }
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
    use crate::mock::MockHall;

    #[test]
    fn counters_are_written_in_runs() {
        for (numbers, written) in [
            (vec![], ""),
            (vec![4], "4"),
            (vec![1, 2], "1–2"),
            (vec![5, 2, 1, 3, 3], "1–3, 5"),
        ] {
            assert_eq!(ranges(&numbers), written);
        }
    }

    #[test]
    fn a_slip_says_what_the_hall_answered() {
        let mut hall = MockHall::default();
        let mut table = Table::default();
        table.apply(hall.rows());
        let issued = hall
            .issue("C", "elderly")
            .expect("the hall has this service");
        let slip = slip(&issued, &table, true);
        assert_eq!(slip.number, issued.number);
        assert!(slip.favoured && slip.large_print);
        assert_eq!(slip.people_ahead, Some(issued.ahead));
        assert_eq!(slip.service.zh, "变更用电");
        assert_eq!(slip.counters.en, "Counters 3–4");
        assert_eq!(slip.serial, "20261122-000001");
        assert_eq!((slip.then.len(), slip.slot.as_str()), (0, ""));
    }

    #[test]
    fn a_slip_names_the_appointment_and_the_further_services() {
        let mut hall = MockHall::default();
        let mut table = Table::default();
        table.apply(hall.rows());
        let issued = Issued {
            then: vec!["F".into(), "D".into()],
            slot: Some("10:30".into()),
            ..hall.issue("C", "elderly").expect("an offered service")
        };
        let slip = slip(&issued, &table, false);
        let then: Vec<&str> = slip.then.iter().map(|name| name.zh.as_str()).collect();
        assert_eq!(
            (then, slip.slot.as_str()),
            (vec!["发票打印", "咨询查询"], "10:30")
        );
    }
}
