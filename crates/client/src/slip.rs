//! What the paper of a ticket says, whoever prints it: the hall's answer, and what the rows tell of the service.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use link::Table;
use protocol::{Issued, ServiceRow, SlipLanguages, SlipRow, Text, WaitRange};
use ticket::{Bilingual, Bitmap, Label, Languages, Part, Slip, Template, WaitInterval, read_logo};

/// The slip of a ticket as the hall wants its slips. Large print says less, in larger letters: on this
/// slip when asked for here, on all where the hall wants it.
#[must_use]
pub fn slip(issued: &Issued, table: &Table, large_print: bool) -> Slip {
    let service = table.service(&issued.service);
    let hall = table.hall();
    let wanted = table.slip();
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
        papers: match wanted {
            Some(row) if row.papers => papers(issued, table),
            _ => Vec::new(),
        },
        serial: serial(issued.ticket),
        qr: None,
        copy: issued.copy,
        large_print: large_print || wanted.is_some_and(|row| row.large_print),
        template: wanted.map(template).unwrap_or_default(),
    }
}

/// The papers that the services of a ticket need, each once, in the order of the services.
#[must_use]
pub fn papers(issued: &Issued, table: &Table) -> Vec<Bilingual> {
    let codes = std::iter::once(&issued.service).chain(&issued.then);
    let services = codes.filter_map(|code| table.service(code));
    let papers = services.flat_map(|service| &service.papers);
    let mut seen = BTreeSet::new();
    papers
        .filter(|paper| seen.insert((&paper.zh, &paper.en)))
        .map(bilingual)
        .collect()
}

/// How the hall wants its slips. What this program does not know is left out.
fn template(row: &SlipRow) -> Template {
    let words = |(name, text): (&String, &Text)| Some((Label::named(name)?, bilingual(text)));
    let order = row.order.iter().filter_map(|name| Part::named(name));
    Template {
        order: order.collect(),
        logo: row.logo_png.as_deref().and_then(logo),
        languages: match row.languages {
            SlipLanguages::Both => Languages::Both,
            SlipLanguages::Zh => Languages::Chinese,
            SlipLanguages::En => Languages::English,
        },
        labels: row.texts.iter().filter_map(words).collect(),
        note: bilingual(&row.note),
    }
}

/// A logo that cannot be read is no reason to print nothing.
fn logo(base64_png: &str) -> Option<Bitmap> {
    let png = STANDARD.decode(base64_png).ok()?;
    read_logo(&png)
        .inspect_err(|error| tracing::warn!(%error, "slips go without the logo"))
        .ok()
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

/// A text of the hall as slips have it.
#[must_use]
pub fn bilingual(text: &Text) -> Bilingual {
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
            papers: vec![
                Text::new("身份证", "ID card"),
                Text::new(format!("{zh}表"), ""),
            ],
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

    fn with_row(row: SlipRow) -> Table {
        let mut table = table();
        let stamped = Stamped {
            seq: 2,
            row: Row::Slip(Box::new(row)),
        };
        table.apply(Rows {
            seq: 2,
            whole: false,
            rows: vec![stamped],
            gone: Vec::new(),
        });
        table
    }

    #[test]
    fn a_slip_looks_as_the_hall_wants_it() {
        let mut picture = Bitmap::new(24, 16);
        picture.blacken_area(2, 2, 9, 9);
        let table = with_row(SlipRow {
            order: ["number", "aroma", "note"].map(String::from).into(),
            languages: SlipLanguages::Zh,
            texts: [("your_number", "号码"), ("smell", "香")]
                .map(|(name, zh)| (name.to_owned(), Text::new(zh, "")))
                .into(),
            note: Text::new("热线", ""),
            large_print: true,
            papers: true,
            logo_png: Some(STANDARD.encode(picture.to_png().unwrap())),
        });
        let slip = slip(&issued(), &table, false);
        assert!(slip.large_print);
        assert_eq!(slip.papers.len(), 2);
        let template = slip.template;
        assert_eq!(template.order, [Part::Number, Part::Note]);
        assert_eq!(template.languages, Languages::Chinese);
        assert_eq!(template.labels[&Label::YourNumber].zh, "号码");
        assert_eq!(
            (template.labels.len(), template.note.zh.as_str()),
            (1, "热线")
        );
        assert_eq!(template.logo, Some(picture));
    }

    #[test]
    fn a_logo_that_cannot_be_read_is_left_off() {
        for logo_png in ["not Base64!", "aGVsbG8="] {
            let table = with_row(SlipRow {
                order: vec!["logo".into(), "number".into()],
                logo_png: Some(logo_png.into()),
                ..SlipRow::default()
            });
            assert_eq!(slip(&issued(), &table, false).template.logo, None);
        }
    }

    #[test]
    fn the_papers_of_a_visit_are_listed_once_and_only_when_asked_for() {
        let issued = Issued {
            then: vec!["F".into()],
            ..issued()
        };
        let papers = papers(&issued, &table());
        let zh: Vec<&str> = papers.iter().map(|paper| paper.zh.as_str()).collect();
        assert_eq!(zh, ["身份证", "变更用电表", "发票打印表"]);
        assert!(slip(&issued, &table(), false).papers.is_empty());
    }
}
