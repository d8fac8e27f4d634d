//! Why this customer and no other: the reason of a call, in words.

use queue::{CallId, CounterNumber, Moment, Passed, Queue, Reason, TicketId, Why};

use crate::settings::HallSettings;
use crate::wording::{class, counter, date_and_time, service, span};

/// A call as it stands in the journal, and the hall as it was just before.
pub struct CallMade<'a> {
    /// Names and time zone of the hall.
    pub settings: &'a HallSettings,
    /// The hall before the call.
    pub before: &'a Queue,
    /// When it was called.
    pub at: Moment,
    /// The call.
    pub call: CallId,
    /// Who was called.
    pub ticket: TicketId,
    /// For which of the ticket's errands.
    pub errand: usize,
    /// Where to.
    pub counter: CounterNumber,
    /// Why.
    pub reason: &'a Reason,
}

/// The paragraph that explains a call.
#[must_use]
pub fn sentence(made: &CallMade<'_>) -> String {
    [
        who(made),
        score(made.reason),
        why(made.reason.why).to_owned(),
        passed_over(made),
    ]
    .join(" ")
}

fn who(made: &CallMade<'_>) -> String {
    let when = date_and_time(&made.settings.time_zone, made.at.wall_ms);
    let day = made.before.day();
    let clerk = day
        .counter(made.counter)
        .map_or("nobody", |counter| &counter.clerk);
    let place = counter(made.settings, made.counter);
    let ticket = day.ticket(made.ticket).map_or_else(
        || made.ticket.to_string(),
        |ticket| {
            let errand = ticket.errands.get(made.errand);
            let code = errand.map_or(ticket.service(), |errand| &errand.service);
            let service = service(made.settings, code);
            format!(
                "{} ({service}, {})",
                ticket.number,
                class(made.settings, &ticket.class)
            )
        },
    );
    format!(
        "Call {}: on {when} {clerk} at counter {place} called {ticket}.",
        made.call
    )
}

fn score(reason: &Reason) -> String {
    let head_start = match reason.head_start_ms {
        0 => String::new(),
        ms => format!(" and had a head start of {}", span(ms)),
    };
    format!(
        "The customer had waited {}{head_start}, against a target of {}: a score of {}.",
        span(reason.waited_ms),
        span(reason.target_ms),
        thousandths(reason.score_milli())
    )
}

fn why(why: Why) -> &'static str {
    match why {
        Why::Score => "No score was greater at that moment of all whom the counter serves.",
        Why::Reserved => "The counter serves this class before others.",
        Why::Rank => {
            "The counter takes this service before others, or the customer was handed over to it."
        }
        Why::PutFirst => "Staff had put the ticket before all others.",
        Why::Returned => {
            "The customer had missed a call and come back, and the calls in between had been made."
        }
        Why::Alone => "Nobody else waited whom the counter serves.",
        Why::Chosen => "The clerk chose this number.",
    }
}

fn passed_over(made: &CallMade<'_>) -> String {
    let reason = made.reason;
    if reason.overtook == 0 {
        return "Nobody whom the counter serves had waited longer.".to_owned();
    }
    let named = reason.passed_over.iter();
    let mut named: Vec<String> = named.map(|passed| one_passed_over(made, passed)).collect();
    let more = (reason.overtook as usize).saturating_sub(named.len());
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    format!(
        "Passed over, although they had waited longer: {}.",
        named.join(", ")
    )
}

fn one_passed_over(made: &CallMade<'_>, passed: &Passed) -> String {
    let Some(ticket) = made.before.day().ticket(passed.ticket) else {
        return passed.ticket.to_string();
    };
    let (number, class) = (&ticket.number, class(made.settings, &ticket.class));
    // The first records name those who were passed over and say no more of them.
    if passed.target_ms == 0 {
        return format!("{number} ({class}, {})", span(ticket.waited_ms(made.at)));
    }
    format!(
        "{number} ({class}, {} of {}, score {})",
        span(passed.waited_ms),
        span(passed.target_ms),
        thousandths(passed.score_milli())
    )
}

fn thousandths(milli: u64) -> String {
    format!("{}.{:03}", milli / 1_000, milli % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::{
        Channel, ClassCode, Date, Event, Happening, Issued, Number, SeriesCode, ServiceCode,
    };

    const MINUTE_MS: u64 = 60_000;

    fn moment(minute: u64) -> Moment {
        Moment {
            steady_ms: minute * MINUTE_MS,
            // 10:00 in Shanghai.
            wall_ms: 1_795_312_800_000 + (minute * MINUTE_MS) as i64,
        }
    }

    /// A hall with 李强 at counter 2, one elderly customer of minute 3, and others of minute 0.
    fn hall(others: u32) -> Queue {
        let mut hall = Queue::new(HallSettings::default_hall().rules());
        let day = Date::new(2026, 11, 22);
        let opened = Happening::DayOpened {
            day,
            turns_at_steady_ms: u64::MAX,
        };
        let signed_in = Happening::SignedIn {
            counter: CounterNumber(2),
            clerk: "李强".to_owned(),
        };
        let issued = |value: u32, class: &str, minute: u64| {
            Happening::Issued(Box::new(Issued {
                ticket: TicketId::of_day(day, value),
                number: Number {
                    series: SeriesCode::new("A"),
                    value,
                },
                errands: vec![ServiceCode::new("A")],
                in_order: false,
                class: ClassCode::new(class),
                channel: Channel::Kiosk,
                holder: None,
                appointment: None,
                waits_from_ms: moment(minute).steady_ms,
                minute: 600,
            }))
        };
        let early = [opened, signed_in]
            .into_iter()
            .chain((1..=others).map(|value| issued(value, "ordinary", 0)));
        for what in early {
            hall.evolve(&Event {
                at: moment(0),
                what,
            });
        }
        let what = issued(others + 1, "elderly", 3);
        hall.evolve(&Event {
            at: moment(3),
            what,
        });
        hall
    }

    fn said(others: u32, reason: &Reason) -> String {
        let day = Date::new(2026, 11, 22);
        sentence(&CallMade {
            settings: &HallSettings::default_hall(),
            before: &hall(others),
            at: moment(8),
            call: CallId::of_day(day, 17),
            ticket: TicketId::of_day(day, others + 1),
            errand: 0,
            counter: CounterNumber(2),
            reason,
        })
    }

    fn reason(overtook: u32, named: u32) -> Reason {
        let day = Date::new(2026, 11, 22);
        Reason {
            why: Why::Score,
            waited_ms: 5 * MINUTE_MS,
            head_start_ms: 0,
            target_ms: 4 * MINUTE_MS,
            overtook,
            passed_over: (1..=named)
                .map(|serial| Passed {
                    ticket: TicketId::of_day(day, serial),
                    waited_ms: 8 * MINUTE_MS,
                    head_start_ms: 0,
                    target_ms: 20 * MINUTE_MS,
                })
                .collect(),
        }
    }

    #[test]
    fn a_call_that_passed_somebody_over_says_whom_and_why() {
        assert_eq!(
            said(2, &reason(2, 2)),
            "Call 20261122000017: on 2026-11-22 10:08:00 李强 at counter 2 缴费 called A003 (A 电费缴纳, 老年人). \
             The customer had waited 5 min 00 s, against a target of 4 min 00 s: a score of 1.250. No score was greater at that moment of all whom the counter serves. \
             Passed over, although they had waited longer: A001 (普通客户, 8 min 00 s of 20 min 00 s, score 0.400), A002 (普通客户, 8 min 00 s of 20 min 00 s, score 0.400)."
        );
    }

    #[test]
    fn a_head_start_is_named_and_those_without_a_name_are_counted() {
        let reason = Reason {
            head_start_ms: MINUTE_MS,
            ..reason(9, 1)
        };
        let said = said(1, &reason);
        assert!(
            said.contains("5 min 00 s and had a head start of 1 min 00 s, against"),
            "{said}"
        );
        assert!(said.contains("a score of 1.500"), "{said}");
        assert!(
            said.ends_with("A001 (普通客户, 8 min 00 s of 20 min 00 s, score 0.400), and 8 more."),
            "{said}"
        );
    }

    #[test]
    fn a_call_in_the_order_of_arrival_says_so() {
        assert!(
            said(0, &reason(0, 0)).ends_with("Nobody whom the counter serves had waited longer.")
        );
    }
}
