//! The study as the head of a hall reads it.

use std::fmt;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::figures::{Figures, Group, Hall};
use super::study::Study;

/// Room for a label, in characters.
const LABEL: usize = 30;

/// Room for what the figures of the whole hall mean, in characters.
const MEANING: usize = 72;

impl fmt::Display for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.figures();
        self.head(f)?;
        waits(f, &figures)?;
        figures.hall.fmt(f)?;
        writeln!(f, "{NOTES}")?;
        self.verdict(f, &figures)
    }
}

const NOTES: &str = "
p90 and p95 are the waits that 90 and 95 of 100 customers do not exceed. In target is the share that
was called within the target of the current settings, in both columns. A change is named below if it
is beyond chance (1 in 1,000) and at least half a minute, one customer in 100 within the target, or
one customer in two days.
";

impl Study {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seed) = (self.plan.days, self.plan.seed);
        let customers = self.customers.len() as f64 / f64::from(days);
        writeln!(f, "{}: the current settings and the new ones", self.name)?;
        writeln!(f)?;
        writeln!(
            f,
            "{days} days with {customers:.0} customers each on average, {}, seed {seed}.",
            self.source
        )?;
        writeln!(
            f,
            "Each day is played under both settings with the same customers."
        )
    }

    fn verdict(&self, f: &mut fmt::Formatter<'_>, figures: &Figures) -> fmt::Result {
        let verdict = figures.verdict();
        list(f, "This setting helps:", &verdict.helps)?;
        if verdict.harms.is_empty() {
            return writeln!(
                f,
                "This setting harms nobody: nothing gets noticeably worse by more than chance."
            );
        }
        list(f, "This setting harms:", &verdict.harms)
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, sentences: &[String]) -> fmt::Result {
    if sentences.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}")?;
    sentences
        .iter()
        .try_for_each(|sentence| writeln!(f, "* {sentence}"))
}

fn waits(f: &mut fmt::Formatter<'_>, figures: &Figures) -> fmt::Result {
    let columns = ["mean wait", "p90", "p95", "longest", "in target"];
    write!(f, "\n{:LABEL$}{:>7}", "Waits in minutes", "a day")?;
    columns
        .iter()
        .try_for_each(|column| write!(f, "{column:>13}"))?;
    for (title, groups) in [
        ("by class", &figures.by_class),
        ("by service", &figures.by_service),
    ] {
        write!(f, "\n{title:LABEL$}{:7}", "")?;
        columns
            .iter()
            .try_for_each(|_| write!(f, "{:>7}{:>6}", "now", "new"))?;
        writeln!(f)?;
        groups.iter().try_for_each(|group| row(f, group))?;
    }
    writeln!(f)
}

fn row(f: &mut fmt::Formatter<'_>, group: &Group) -> fmt::Result {
    write!(f, "{}{:>7.1}", fitted(&group.label), group.customers_a_day)?;
    for change in [
        group.mean_min,
        group.p90_min,
        group.p95_min,
        group.longest_min,
    ] {
        write!(
            f,
            "{:>7}{:>6}",
            shown(change.current, 1),
            shown(change.new, 1)
        )?;
    }
    let in_target = group.within.times(100.0);
    let [current, new] = [in_target.current, in_target.new].map(|share| shown(share, 0));
    writeln!(f, "{:>7}{:>6}", current + "%", new + "%")
}

/// A label cut and filled to its room; a Chinese character takes two places.
fn fitted(label: &str) -> String {
    let (mut fitted, mut width) = (String::new(), 0);
    for character in label.chars() {
        width += character.width().unwrap_or(0);
        if width >= LABEL {
            break;
        }
        fitted.push(character);
    }
    let padding = LABEL - fitted.width();
    fitted + &" ".repeat(padding)
}

/// With so many digits, or a dash where nobody was called.
fn shown(figure: f64, digits: usize) -> String {
    if figure.is_finite() {
        format!("{figure:.digits$}")
    } else {
        "-".to_owned()
    }
}

impl fmt::Display for Hall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:MEANING$}{:>8}{:>7}",
            "The hall on an average day", "now", "new"
        )?;
        for (meaning, change) in [
            ("customers who get no ticket", self.turned_away),
            ("customers who are never called", self.never_called),
            (
                "customers who have left when they are called",
                self.no_shows,
            ),
            (
                "customers who still wait when the doors close",
                self.left_at_closing,
            ),
            (
                "minutes from then until the last customer is done",
                self.after_closing_min,
            ),
            (
                "calls of somebody who came later than another whom the counter serves",
                self.overtaking_calls,
            ),
            (
                "minutes of 100 that an open counter is idle",
                self.idle.times(100.0),
            ),
            (
                "minutes that counters are idle while somebody waits whom they may serve",
                self.idle_while_wanted_min,
            ),
            (
                "most times that one customer was overtaken, of all days",
                self.most_overtaken,
            ),
        ] {
            writeln!(
                f,
                "{meaning:MEANING$}{:>8.1}{:>7.1}",
                change.current, change.new
            )?;
        }
        Ok(())
    }
}
