//! What the counter's own papers say: the hall's rows, and what the clerk ticked.

use client::{Language, bilingual, slip};
use protocol::{DayReport, Figures, Issued, Spread, Text};
use ticket::{Bilingual, DayFigures, Document, Languages, MissingPapers, Report, ReportLine};

use crate::Controller;
use crate::sheet::Lacking;

/// A paper that is no ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paperwork {
    /// What a customer is to bring.
    MissingPapers(MissingPapers),
    /// The figures of the day.
    Report(Report),
}

impl Paperwork {
    /// Its name, for people who read the file of the print jobs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::MissingPapers(_) => "missing papers",
            Self::Report(_) => "report",
        }
    }

    /// What the printer takes.
    #[must_use]
    pub fn document(self) -> Box<dyn Document + Send> {
        match self {
            Self::MissingPapers(slip) => Box::new(slip),
            Self::Report(report) => Box::new(report),
        }
    }
}

impl Controller {
    /// For the customer in hand, in the languages of the hall's slips.
    pub(crate) fn missing_papers(&self, lacking: &Lacking) -> MissingPapers {
        let in_hand = self.in_hand();
        let service = in_hand.and_then(|in_hand| self.table.service(&in_hand.service));
        let papers = service.map_or(&[][..], |row| &row.papers);
        let (missing, again): (Vec<_>, Vec<_>) = (0..)
            .zip(papers)
            .partition(|(place, _)| lacking.missing.contains(place));
        let names = |papers: Vec<(usize, &Text)>| -> Vec<Bilingual> {
            papers
                .into_iter()
                .map(|(_, text)| bilingual(text))
                .collect()
        };
        MissingPapers {
            hall: self.hall_name(),
            number: in_hand.map_or_else(String::new, |in_hand| in_hand.number.clone()),
            service: service.map(|row| bilingual(&row.name)).unwrap_or_default(),
            missing: names(missing),
            also: lacking.also.clone(),
            again: names(again),
            counter: Bilingual::counters(&[self.own_number()]),
            clerk: self
                .seat
                .as_ref()
                .map_or_else(String::new, |seat| seat.clerk.clone()),
            given_at: self.date_and_time(),
            // As on the hall's tickets.
            template: slip(&Issued::default(), &self.table, false).template,
        }
    }

    /// In the language of the screen: it is read by whoever asked for it.
    pub(crate) fn report(&self, day: &DayReport) -> Report {
        let services = day.services.iter().map(|row| ReportLine {
            code: row.service.clone(),
            name: self
                .table
                .service(&row.service)
                .map(|service| bilingual(&service.name))
                .unwrap_or_default(),
            figures: figures(&row.figures),
        });
        let counters = day.counters.iter().map(|row| ReportLine {
            code: row.counter.to_string(),
            name: self
                .table
                .counter(row.counter)
                .map(|counter| bilingual(&counter.name))
                .unwrap_or_default(),
            figures: figures(&row.figures),
        });
        let clerks = day.clerks.iter().map(|row| ReportLine {
            code: String::new(),
            name: Bilingual::new(row.clerk.clone(), row.clerk.clone()),
            figures: figures(&row.figures),
        });
        Report {
            hall: self.hall_name(),
            day: day.day.clone(),
            until: day.until.clone(),
            whole: figures(&day.hall),
            services: services.collect(),
            counters: counters.collect(),
            clerks: clerks.collect(),
            languages: match self.beginning.language {
                Language::Zh => Languages::Chinese,
                Language::En => Languages::English,
            },
        }
    }

    fn hall_name(&self) -> Bilingual {
        let hall = self.table.hall();
        hall.map(|row| bilingual(&row.name)).unwrap_or_default()
    }

    /// The hall's day and time, as on tickets.
    fn date_and_time(&self) -> String {
        let day = self.table.hall().map_or("", |row| &row.day);
        let time = self.clock.local(self.now);
        let time = time.map(|time| time.hour_and_minute()).unwrap_or_default();
        format!("{day} {time}").trim().to_owned()
    }
}

fn figures(figures: &Figures) -> DayFigures {
    let of = |spread: &Spread, time: u32| (spread.count > 0).then_some(time);
    let (waits, handling) = (&figures.waits, &figures.handling);
    DayFigures {
        issued: figures.issued,
        served: figures.served,
        wait_mean_s: of(waits, waits.mean_s),
        wait_ninth_tenth_s: of(waits, waits.ninth_tenth_s),
        wait_longest_s: of(waits, waits.longest_s),
        handling_mean_s: of(handling, handling.mean_s),
        over_target: figures.waits_over_target,
        over_limit: figures.handled_over_limit,
        no_shows: figures.no_shows,
        cancelled: figures.cancelled,
        expired: figures.expired,
        on_no_paper: figures.on_no_paper,
    }
}
