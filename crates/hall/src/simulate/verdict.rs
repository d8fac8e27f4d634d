//! What gets worse, and what gets better, in sentences.

use super::chance::Change;
use super::figures::{Figures, Group, Hall};

/// A wait that grows by less is nothing that anybody notices.
const LEAST_MIN: f64 = 0.5;

/// One in a hundred.
const LEAST_SHARE: f64 = 0.01;

/// One customer in two days.
const LEAST_CUSTOMERS: f64 = 0.5;

/// What a setting does, a sentence for each of whom it does it to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) harms: Vec<String>,
    pub(super) helps: Vec<String>,
}

/// Which way a change goes, and the words for it.
#[derive(Clone, Copy)]
struct Way {
    is_worse: bool,
    wait: &'static str,
    customers: &'static str,
    time: &'static str,
}

const WORSE: Way = Way {
    is_worse: true,
    wait: "longer",
    customers: "more",
    time: "later",
};
const BETTER: Way = Way {
    is_worse: false,
    wait: "less",
    customers: "fewer",
    time: "earlier",
};

impl Figures {
    pub(super) fn verdict(&self) -> Verdict {
        let said = |way: Way| {
            let classes = self.by_class.iter();
            let classes = classes
                .filter_map(move |group| group.said(&format!("{} customers", group.label), way));
            let services = self.by_service.iter();
            let services = services.filter_map(move |group| {
                group.said(&format!("Customers for {}", group.label), way)
            });
            classes.chain(services).chain(self.hall.said(way)).collect()
        };
        Verdict {
            harms: said(WORSE),
            helps: said(BETTER),
        }
    }
}

impl Group {
    fn said(&self, who: &str, way: Way) -> Option<String> {
        let wait = |change: Change, what: &str| {
            let minutes = way.growth(change, LEAST_MIN)?;
            Some(format!(
                "{minutes:.1} min {} {what} {}",
                way.wait,
                instead(change)
            ))
        };
        let waits = [
            wait(self.mean_min, "on average"),
            wait(self.p95_min, "at p95"),
        ];
        let waits: Vec<String> = waits.into_iter().flatten().collect();
        match (waits.is_empty(), self.within_said(way)) {
            (true, None) => None,
            (true, Some(within)) => Some(format!("{who}: {within}.")),
            (false, None) => Some(format!("{who} wait {}.", waits.join(" and "))),
            (false, Some(within)) => Some(format!("{who} wait {}; {within}.", waits.join(" and "))),
        }
    }

    /// The share that is called within the target is better when it grows.
    fn within_said(&self, way: Way) -> Option<String> {
        let share = way.growth(self.within.swapped(), LEAST_SHARE)?;
        let fewer = if way.is_worse { "fewer" } else { "more" };
        let [share, new, current] =
            [share, self.within.new, self.within.current].map(|share| share * 100.0);
        Some(format!(
            "{share:.1} in 100 {fewer} are called within the target ({new:.1} instead of {current:.1})"
        ))
    }
}

impl Hall {
    fn said(&self, way: Way) -> impl Iterator<Item = String> {
        let customers = |change: Change, what: &str| {
            let count = way.growth(change, LEAST_CUSTOMERS)?;
            Some(format!(
                "{count:.1} {} customers a day {what} {}.",
                way.customers,
                instead(change)
            ))
        };
        let minutes = |change: Change, before: &str, after: &str| {
            let minutes = way.growth(change, LEAST_MIN)?;
            Some(format!(
                "{before} {minutes:.1} min {after} {}.",
                instead(change)
            ))
        };
        let later = way.time;
        let longer = format!(
            "a day {} while somebody waits whom they may serve",
            way.wait
        );
        let said = [
            customers(self.turned_away, "get no ticket"),
            customers(self.never_called, "are never called"),
            customers(self.no_shows, "have left when they are called"),
            customers(self.left_at_closing, "still wait when the doors close"),
            minutes(self.after_closing_min, "The last customer is done", later),
            minutes(self.idle_while_wanted_min, "Counters stand idle", &longer),
        ];
        said.into_iter().flatten()
    }
}

impl Way {
    /// How much a figure that is better when it is small goes this way.
    fn growth(self, change: Change, least: f64) -> Option<f64> {
        let change = if self.is_worse {
            change
        } else {
            change.swapped()
        };
        change.growth(least)
    }
}

fn instead(change: Change) -> String {
    format!("({:.1} instead of {:.1})", change.new, change.current)
}
