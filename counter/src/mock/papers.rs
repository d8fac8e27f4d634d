//! What the pretended hall has to do with paper, and with who may sign in.

use protocol::{
    ClerkFigures, CounterFigures, CounterRow, DayReport, Done, Figures, Issued, Refusal, Secret,
    ServiceFigures, Spread, Text,
};

use super::{MockHall, ROLL, Waiting};

/// Papers of its services: code of the service, names.
const PAPERS: [(&str, &str, &str); 6] = [
    ("A", "户号或电费卡", "Customer number or card"),
    ("B", "身份证", "ID card"),
    ("B", "房产证明", "Proof of property"),
    ("B", "用电设备清单", "List of appliances"),
    ("C", "身份证", "ID card"),
    ("C", "原户主同意书", "Consent of the former holder"),
];

pub(super) fn papers_of(service: &str) -> Vec<Text> {
    let of_service = PAPERS.iter().filter(|(code, ..)| *code == service);
    of_service.map(|(_, zh, en)| Text::new(*zh, *en)).collect()
}

impl MockHall {
    /// From now on everybody signs in with this PIN.
    pub fn asks_pin(&mut self, pin: &str) {
        self.pin = Some(Secret::new(pin));
    }

    pub(super) fn knows(&self, pin: Option<&Secret>) -> Result<(), Refusal> {
        match self.pin.is_none() || self.pin.as_ref() == pin {
            true => Ok(()),
            false => Err(Refusal::WrongPin),
        }
    }

    /// The slip of whoever waits or is in hand, as the next copy.
    pub(super) fn reprint(&mut self, number: &str) -> Result<Done, Refusal> {
        let in_line = self.waiting.iter().map(|waiting| &waiting.line);
        let waiting = in_line
            .filter(|line| line.number == number)
            .map(|line| (line.ticket, line.service.clone(), line.class.clone()))
            .next();
        let desks = self.counters.iter().filter_map(|row| row.desk.as_ref());
        let in_hand = desks
            .filter_map(|desk| desk.in_hand.as_ref())
            .filter(|in_hand| in_hand.number == number)
            .map(|in_hand| {
                (
                    in_hand.ticket,
                    in_hand.service.clone(),
                    in_hand.class.clone(),
                )
            })
            .next();
        let found = waiting.or(in_hand).ok_or(Refusal::UnknownTicket)?;
        let (ticket, service, class) = found;
        self.copies += 1;
        Ok(Done::Reprint(Issued {
            ticket,
            number: number.to_owned(),
            service,
            class,
            issued_at: "2026-11-22 10:12".into(),
            day: "2026-11-22".into(),
            copy: self.copies,
            ..Issued::default()
        }))
    }

    /// Somebody of whom nothing is known but the next number of the roll, in the first service of the counter.
    pub(super) fn tear_off(&mut self, row: &CounterRow, now_ms: i64) -> Option<u64> {
        let next = self.roll_next?;
        let service = row.services.first()?.clone();
        self.comes(&service, now_ms);
        let waiting: &mut Waiting = self.waiting.back_mut()?;
        waiting.line.number = format!("{ROLL}{next:03}");
        self.roll_next = Some(next + 1);
        Some(waiting.line.ticket)
    }
}

/// A made-up day.
pub(super) fn day_report() -> DayReport {
    let spread = |count: u32, mean_s: u32| Spread {
        count,
        mean_s,
        ninth_tenth_s: mean_s * 2,
        longest_s: mean_s * 3,
    };
    let figures = |issued: u32| Figures {
        issued,
        served: issued,
        no_shows: issued / 10,
        waits: spread(issued, 420),
        handling: spread(issued, 260),
        ..Figures::default()
    };
    DayReport {
        day: "2026-11-22".into(),
        until: "2026-11-22 10:42".into(),
        hall: figures(24),
        services: vec![ServiceFigures {
            service: "A".into(),
            figures: figures(24),
        }],
        counters: vec![CounterFigures {
            counter: 3,
            figures: figures(24),
        }],
        clerks: vec![ClerkFigures {
            clerk: "王芳".into(),
            figures: figures(24),
        }],
    }
}
