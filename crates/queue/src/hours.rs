//! Opening hours, by the clock on the wall.

use std::collections::BTreeMap;

use crate::Date;

/// When numbers are given out. Whoever waits when the doors close is served.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hours {
    /// The periods of each weekday, Monday first, in order.
    pub weekly: [Vec<Period>; 7],
    /// Days that differ: holidays, and working days in their place.
    pub exceptions: BTreeMap<Date, Vec<Period>>,
    /// How long before the end of a period the last number is given out, in milliseconds.
    pub cut_off_ms: u32,
}

/// A part of a business day, in milliseconds since its midnight; the end is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The beginning.
    pub from_ms: u32,
    /// The end.
    pub to_ms: u32,
}

/// Whether numbers are given out at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doors {
    /// They are.
    Open {
        /// Until the period ends at this time of day; `None` if it does not.
        closes_ms: Option<u32>,
    },
    /// The period is about to end.
    CutOff {
        /// At this time of day.
        closes_ms: u32,
    },
    /// Not at this hour.
    Closed {
        /// They open next at this time of this business day, if at all.
        opens_ms: Option<u32>,
    },
}

impl Period {
    /// Whether a time of day lies in it.
    #[must_use]
    pub fn contains(self, time_of_day_ms: u32) -> bool {
        (self.from_ms..self.to_ms).contains(&time_of_day_ms)
    }
}

impl Hours {
    /// Whether numbers are given out at a time of a business day.
    #[must_use]
    pub fn doors(&self, date: Date, time_of_day_ms: u32) -> Doors {
        let periods = self.periods(date);
        if let Some(period) = periods
            .iter()
            .find(|period| period.contains(time_of_day_ms))
        {
            let closes_ms = period.to_ms;
            return if time_of_day_ms < closes_ms.saturating_sub(self.cut_off_ms) {
                Doors::Open {
                    closes_ms: Some(closes_ms),
                }
            } else {
                Doors::CutOff { closes_ms }
            };
        }
        let later = periods.iter().map(|period| period.from_ms);
        Doors::Closed {
            opens_ms: later.filter(|from_ms| *from_ms > time_of_day_ms).min(),
        }
    }

    fn periods(&self, date: Date) -> &[Period] {
        self.exceptions
            .get(&date)
            .unwrap_or(&self.weekly[date.weekday()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: u32 = 60_000;
    const HOUR_MS: u32 = 60 * MINUTE_MS;

    /// Half past eight to twelve and two to half past five on working days; New Year is a holiday
    /// and the Sunday before it is worked.
    fn hours() -> Hours {
        let day = vec![
            Period {
                from_ms: 8 * HOUR_MS + 30 * MINUTE_MS,
                to_ms: 12 * HOUR_MS,
            },
            Period {
                from_ms: 14 * HOUR_MS,
                to_ms: 17 * HOUR_MS + 30 * MINUTE_MS,
            },
        ];
        let mut weekly: [Vec<Period>; 7] = Default::default();
        weekly[..5].fill(day.clone());
        Hours {
            weekly,
            exceptions: [
                (Date::new(2027, 1, 1), vec![]),
                (Date::new(2026, 12, 27), day),
            ]
            .into(),
            cut_off_ms: 15 * MINUTE_MS,
        }
    }

    fn doors(date: Date, hour: u32, minute: u32) -> Doors {
        hours().doors(date, hour * HOUR_MS + minute * MINUTE_MS)
    }

    #[test]
    fn a_working_day_has_a_morning_a_pause_an_afternoon_and_a_cut_off() {
        let monday = Date::new(2026, 11, 23);
        let closes_ms = 17 * HOUR_MS + 30 * MINUTE_MS;
        let opens = |hour, minute| Doors::Closed {
            opens_ms: Some(hour * HOUR_MS + minute * MINUTE_MS),
        };
        assert_eq!(doors(monday, 8, 29), opens(8, 30));
        assert_eq!(
            doors(monday, 8, 30),
            Doors::Open {
                closes_ms: Some(12 * HOUR_MS)
            }
        );
        assert_eq!(doors(monday, 12, 0), opens(14, 0));
        assert_eq!(
            doors(monday, 17, 14),
            Doors::Open {
                closes_ms: Some(closes_ms)
            }
        );
        assert_eq!(doors(monday, 17, 15), Doors::CutOff { closes_ms });
        assert_eq!(doors(monday, 17, 30), Doors::Closed { opens_ms: None });
    }

    #[test]
    fn exceptions_by_date_go_before_the_weekday() {
        let closed = Doors::Closed { opens_ms: None };
        assert_eq!(doors(Date::new(2026, 11, 22), 10, 0), closed, "a Sunday");
        assert_eq!(doors(Date::new(2027, 1, 1), 10, 0), closed, "a holiday");
        assert!(matches!(
            doors(Date::new(2026, 12, 27), 10, 0),
            Doors::Open { .. }
        ));
    }
}
