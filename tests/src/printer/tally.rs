//! How cases ended, counted by what was said of a ticket and what came out of the printer.

use std::fmt;

use ticket::PrintOutcome;

/// The heads of the columns of a [`Tally`].
pub const TALLY_HEADS: &str = "  cases   once    bar   none unknown  lost doubled wrong";

/// A sheet that shows the number, whole or in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Which copy it is; 0 is the first paper.
    pub copy: u32,
    /// Whether nothing of it is missing.
    pub is_whole: bool,
}

/// How the cases of one kind ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub cases: usize,
    /// Printed, and only the first paper came out.
    pub once: usize,
    /// Printed, and a copy with the bar came out, too.
    pub with_bar: usize,
    /// Known as not printed.
    pub not_printed: usize,
    /// Known as unknown.
    pub unknown: usize,
    /// Nothing is said of it.
    pub lost: usize,
    /// Two sheets that cannot be told apart, or a lower copy after a higher one.
    pub doubled: usize,
    /// What is said is not so.
    pub wrong: usize,
}

impl Tally {
    /// Adds the counts of another kind.
    pub fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.once += other.once;
        self.with_bar += other.with_bar;
        self.not_printed += other.not_printed;
        self.unknown += other.unknown;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.wrong += other.wrong;
    }

    /// How many cases ended as none may.
    #[must_use]
    pub fn bad(&self) -> usize {
        self.lost + self.doubled + self.wrong
    }

    /// Counts what was said of a ticket against what came out of the printer.
    ///
    /// # Panics
    /// If there are more whole papers than a first one and two copies.
    pub fn count(&mut self, said: Option<PrintOutcome>, papers: &[Found]) {
        let whole = papers.iter().filter(|paper| paper.is_whole).count();
        let bars: Vec<u32> = papers.iter().map(|paper| paper.copy).collect();
        let is_doubled = bars.windows(2).any(|two| two[0] >= two[1]);
        self.cases += 1;
        self.doubled += usize::from(is_doubled);
        match said {
            None => self.lost += 1,
            Some(PrintOutcome::Printed) => {
                let is_first = bars == [0];
                self.once += usize::from(is_first);
                self.with_bar += usize::from(!is_first);
                let last_is_whole = papers.last().is_some_and(|paper| paper.is_whole);
                self.wrong += usize::from(!last_is_whole);
            }
            Some(PrintOutcome::NotPrinted(_)) => {
                self.not_printed += 1;
                self.wrong += usize::from(!papers.is_empty());
            }
            Some(PrintOutcome::Unknown(_)) => self.unknown += 1,
            Some(PrintOutcome::Sent) => self.wrong += 1,
        }
        assert!(whole <= 3, "a first paper and two copies");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally {
            cases,
            once,
            with_bar,
            not_printed,
            unknown,
            lost,
            doubled,
            wrong,
        } = self;
        write!(
            f,
            "{cases:7}{once:7}{with_bar:7}{not_printed:7}{unknown:8}{lost:6}{doubled:8}{wrong:6}"
        )
    }
}
