use std::collections::BTreeSet;
use std::path::PathBuf;
use std::thread;

use clap::Args;
use hall::HallSettings;
use hall::rehearsal::{Day, recorded};
use hall::simulate::{Pattern, Plan, Study};
use jiff::civil::Date;
use queue::ServiceCode;

/// Customers of a made-up day, unless another number is said: those of a middle-sized hall.
const CUSTOMERS: u32 = 350;

/// Most customers of all days together, who are kept in memory: some 400 MB.
const MOST_CUSTOMERS: u64 = 5_000_000;

/// Try new settings on invented days, beside the current ones, and say whom they harm.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The new settings, in TOML
    #[arg(long)]
    settings: PathBuf,
    /// The current settings; without them those of the recorded day, or the default hall
    #[arg(long)]
    current: Option<PathBuf>,
    /// A file of recorded days whose customers come (CSV, may be packed by gzip); without it they are made up
    #[arg(long, requires_all = ["office", "date"])]
    day: Option<PathBuf>,
    /// The office in the file
    #[arg(long, requires = "day")]
    office: Option<String>,
    /// The date in the file, such as 2020-01-13
    #[arg(long, requires = "day")]
    date: Option<Date>,
    /// How many days to invent; one alone says nothing about chance
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    days: u32,
    /// Customers of a day on average; without it as many as were recorded, or 350
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    customers: Option<u32>,
    /// The same seed gives the same table
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Simulate {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let new = HallSettings::read(&self.settings)?;
        let day = self.read_day()?;
        let current = self.read_current(day.as_ref())?;
        let pattern = match day {
            Some(day) => Pattern::recorded(day, self.customers),
            None => Pattern::made_up(&current, &new, self.customers.unwrap_or(CUSTOMERS)),
        };
        self.check(&pattern, &current)?;
        let plan = Plan {
            days: self.days,
            seed: self.seed,
            threads: thread::available_parallelism().map_or(1, usize::from),
        };
        super::answer(&Study::of(&pattern, &current, &new, plan).to_string())
    }

    fn read_day(&self) -> anyhow::Result<Option<Day>> {
        Ok(match (&self.day, &self.office, self.date) {
            (Some(file), Some(office), Some(date)) => {
                Some(recorded(file, office, date, self.seed)?)
            }
            _ => None,
        })
    }

    fn read_current(&self, day: Option<&Day>) -> anyhow::Result<HallSettings> {
        match (&self.current, day) {
            (None, Some(day)) => Ok(day.settings.clone()),
            (file, _) => super::read_settings(file.as_deref()),
        }
    }

    fn check(&self, pattern: &Pattern, current: &HallSettings) -> anyhow::Result<()> {
        let all = u64::from(self.days) * u64::from(pattern.customers);
        anyhow::ensure!(
            all <= MOST_CUSTOMERS,
            "{all} customers are more than the memory is made for, which is {MOST_CUSTOMERS}. \
             Say fewer --days or --customers."
        );
        let offered: BTreeSet<&ServiceCode> = current
            .services
            .iter()
            .map(|service| &service.code)
            .collect();
        let wanted = pattern.services();
        let unknown: Vec<&str> = wanted
            .difference(&offered)
            .map(|code| code.as_str())
            .collect();
        anyhow::ensure!(
            self.day.is_none() || unknown.is_empty(),
            "customers of the recorded day come for {}, which the current settings do not have. \
             Name the settings of the hall in which it was recorded, or leave --current away.",
            unknown.join(", ")
        );
        Ok(())
    }
}
