//! A hall's settings, read from TOML and held against each other before anything starts.

mod check;
mod file;
mod keep;
mod mistake;

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use protocol::Text;
use queue::{ClassCode, CounterNumber, OutcomeCode, ServiceCode};

pub use keep::BackupSettings;
pub use mistake::{Mistake, SettingsError};

/// The default hall, so that `hall serve` works with nothing edited.
pub(crate) const DEFAULT_HALL: &str = include_str!("../../../../assets/hall.toml");

/// A hall that holds together.
#[derive(Clone, Debug)]
pub struct HallSettings {
    /// The name over the door.
    pub name: Text,
    /// Where the hall stands in time.
    pub time_zone: TimeZone,
    /// When the business day turns, local time.
    pub day_turns_at: Time,
    /// Where the hall listens.
    pub listen: SocketAddr,
    /// What happens to a customer who misses a call.
    pub missed_call_rule: Text,
    /// Whether the hall makes appointments.
    pub appointments: bool,
    /// The customer classes, the ordinary one first.
    pub classes: Vec<ClassSettings>,
    /// The services, in the order of the kiosk.
    pub services: Vec<ServiceSettings>,
    /// The counters by number.
    pub counters: BTreeMap<CounterNumber, CounterSettings>,
    /// What may come of an errand, in the order of the clerk's screen.
    pub outcomes: Vec<OutcomeSettings>,
    /// Lines for everybody.
    pub notices: Vec<Text>,
    /// Copies of its memory that the hall makes by itself.
    pub backup: Option<BackupSettings>,
    /// For so many days what people typed is kept: why somebody was put aside, a note to a colleague.
    pub notes_days: u32,
    /// For so many years the record of a day is kept; 0: for ever.
    pub journal_years: u32,
    /// How its slips look.
    pub ticket: TicketSettings,
    /// Whom it lets in.
    pub trust: TrustSettings,
    /// The rules of the house as a whole, without those of services, classes and counters.
    pub house: queue::Settings,
}

/// Whom the hall lets in, and how much they may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustSettings {
    /// Whether programs on the hall's own machine are believed. No file says so: `hall serve --trial` does.
    pub trial: bool,
    /// Names by which browsers may call the hall, besides its addresses.
    pub names: Vec<String>,
    /// Whether customers' telephones are let in, which have no key.
    pub phones: bool,
    /// After so long without an act a person has to sign in again, in milliseconds.
    pub session_idle_ms: u64,
    /// Requests of a device at once.
    pub requests_at_once: u32,
    /// Requests of a device per second, for long.
    pub requests_per_second: u32,
}

impl Default for TrustSettings {
    fn default() -> Self {
        Self {
            trial: false,
            names: Vec::new(),
            phones: false,
            session_idle_ms: 60 * 60_000,
            requests_at_once: protocol::REQUESTS_AT_ONCE,
            requests_per_second: protocol::REQUESTS_PER_SECOND,
        }
    }
}

/// How the hall's slips look.
#[derive(Clone, Debug)]
pub struct TicketSettings {
    /// Parts, logo, words.
    pub template: ticket::Template,
    /// Whether every slip is in large print.
    pub large_print: bool,
    /// Whether every slip lists the papers of its service.
    pub papers: bool,
}

/// A customer class.
#[derive(Clone, Debug)]
pub struct ClassSettings {
    /// Its code.
    pub code: ClassCode,
    /// Its label.
    pub label: Text,
    /// How a customer says it.
    pub claim: Text,
    /// What the clerk asks to see.
    pub proof: Option<Text>,
    /// Whether the hall favours it.
    pub favoured: bool,
    /// Whether a kiosk offers it.
    pub at_kiosk: bool,
    /// What the rules need of it.
    pub rule: queue::Class,
}

/// What may come of an errand.
#[derive(Clone, Debug)]
pub struct OutcomeSettings {
    /// Its code.
    pub code: OutcomeCode,
    /// Its label.
    pub label: Text,
}

/// A service.
#[derive(Clone, Debug)]
pub struct ServiceSettings {
    /// Its code, the letter of its numbers.
    pub code: ServiceCode,
    /// Its name.
    pub name: Text,
    /// Where to walk.
    pub zone: Text,
    /// The papers that it needs.
    pub papers: Vec<Text>,
    /// Whether a kiosk offers it.
    pub at_kiosk: bool,
    /// What the rules need of it.
    pub rule: queue::Service,
}

/// A counter.
#[derive(Clone, Debug)]
pub struct CounterSettings {
    /// Its name.
    pub name: Text,
    /// What the rules need of it.
    pub rule: queue::CounterPlan,
}

impl HallSettings {
    /// The default hall.
    ///
    /// # Panics
    /// Never: a test reads the file that is built in.
    #[must_use]
    pub fn default_hall() -> Self {
        Self::parse("assets/hall.toml", DEFAULT_HALL).expect("the default hall holds together")
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or with every mistake that was found in it.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|reason| SettingsError::Unreadable {
            file: name.clone(),
            reason,
        })?;
        Self::parse(&name, &text)
    }

    /// Reads a text; `file` is for the messages.
    ///
    /// # Errors
    /// With every mistake that was found in it.
    pub fn parse(file: &str, text: &str) -> Result<Self, SettingsError> {
        let parsed =
            toml::from_str(text).map_err(|error| mistake::from_toml(file, text, &error))?;
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        check::check(parsed, folder).map_err(|faults| mistake::from_faults(file, text, faults))
    }

    /// What the rules need of it.
    #[must_use]
    pub fn rules(&self) -> queue::Settings {
        queue::Settings {
            services: self
                .services
                .iter()
                .map(|service| (service.code.clone(), service.rule.clone()))
                .collect(),
            classes: self
                .classes
                .iter()
                .map(|class| (class.code.clone(), class.rule.clone()))
                .collect(),
            counters: self
                .counters
                .iter()
                .map(|(number, counter)| (*number, counter.rule.clone()))
                .collect(),
            ..self.house.clone()
        }
    }

    /// A class by its code.
    #[must_use]
    pub fn class(&self, code: &ClassCode) -> Option<&ClassSettings> {
        self.classes.iter().find(|class| class.code == *code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changes the default hall's file and gives what is said about it.
    fn complaint(from: &str, to: &str) -> String {
        assert!(DEFAULT_HALL.contains(from), "the default hall has {from:?}");
        HallSettings::parse("hall.toml", &DEFAULT_HALL.replacen(from, to, 1))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_default_hall_is_the_one_that_was_asked_for() {
        let hall = HallSettings::default_hall();
        assert_eq!(
            (hall.services.len(), hall.counters.len(), hall.classes.len()),
            (8, 6, 6)
        );
    }

    #[test]
    fn a_service_named_twice_is_named_with_its_line() {
        let said = complaint("code = \"B\"", "code = \"A\"");
        let mut lines = DEFAULT_HALL.lines();
        let line = 1 + lines
            .position(|line| line == "code = \"B\"")
            .expect("service B");
        let expected = format!("hall.toml:{line}:8: the service \"A\" is named twice");
        assert!(said.contains(&expected), "{said}");
    }

    #[test]
    fn a_counter_with_an_unknown_service_says_which_there_are() {
        let said = complaint("services = [\"A\", \"F\"]", "services = [\"A\", \"X\"]");
        assert!(
            said.contains("no service has the code \"X\"")
                && said.contains("A, B, C, D, E, F, G, V"),
            "{said}"
        );
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_line() {
        let said = complaint("max_waiting", "max_wating");
        assert!(
            said.contains("hall.toml:11:1: ") && said.contains("max_wating"),
            "{said}"
        );
    }

    #[test]
    fn backups_and_what_is_kept_are_held_against_each_other() {
        let more = |more: &str| {
            HallSettings::parse("conf/hall.toml", &format!("{DEFAULT_HALL}\n{more}\n"))
        };
        let hall = more("[backup]\nfolder = \"backups\"").unwrap();
        let backup = hall.backup.unwrap();
        assert_eq!(backup.folder, Path::new("conf/backups"));
        assert_eq!(
            (backup.at.to_string().as_str(), backup.keep),
            ("02:30:00", 14)
        );
        for (wrong, expected) in [
            ("[backup]\nfolder = \"\"", "backups need a folder"),
            (
                "[backup]\nfolder = \"b\"\nat = \"25:00\"",
                "is no time of day",
            ),
            ("[backup]\nfolder = \"b\"\nkeep = 0", "with 0 backups kept"),
            (
                "[backup]\nfolder = \"b\"\nkeep = 30",
                "30 daily backups would keep",
            ),
            ("[keep]\nnotes_days = 0", "kept for 1 to 3650 days"),
            ("[keep]\njournal_years = 101", "kept for 1 to 100 years"),
            (
                "[keep]\nnotes_days = 800\njournal_years = 2",
                "would keep what people typed for longer than its day",
            ),
        ] {
            let said = more(wrong).unwrap_err().to_string();
            assert!(said.contains(expected), "{wrong}: {said}");
        }
    }

    #[test]
    fn other_mistakes_are_found() {
        for (from, to, expected) in [
            (
                "Asia/Shanghai",
                "Asia/Shangai",
                "no time zone is called \"Asia/Shangai\"",
            ),
            ("\"03:00\"", "\"25:00\"", "\"25:00\" is no time of day"),
            (
                "127.0.0.1:7410",
                "localhost",
                "\"localhost\" is no address and port",
            ),
            (
                "target_wait_min = 20",
                "target_wait_min = 0",
                "a target wait of 0 minutes",
            ),
            ("number = 2", "number = 1", "the counter 1 is named twice"),
            (
                "code = \"elderly\"",
                "code = \"ordinary\"",
                "the class \"ordinary\" is named twice",
            ),
            (
                "code = \"G\"",
                "code = \"7\"",
                "\"7\" is no code for a service",
            ),
            (
                "services = [\"V\", \"B\", \"C\"]",
                "services = [\"B\", \"C\"]",
                "no counter takes the service \"V\"",
            ),
        ] {
            let said = complaint(from, to);
            assert!(
                said.contains(expected) && said.contains("hall.toml:"),
                "{from} -> {to}: {said}"
            );
        }
    }

    #[test]
    fn mistakes_in_the_rules_of_the_house_are_found() {
        let service = "limit_min = 3";
        let counter = "services = [\"A\", \"F\"]";
        for (from, to, expected) in [
            (
                "walk_in_prefix = \"W\"",
                "walk_in_prefix = \"A\"",
                "the prefix \"A\" has another series already",
            ),
            (
                service,
                "limit_min = 3\nspare_prefix = \"B\"",
                "the prefix \"B\" has another series already",
            ),
            (
                service,
                "limit_min = 3\nspare_prefix = \"A1\"",
                "\"A1\" is no prefix for numbers",
            ),
            (
                service,
                "limit_min = 3\nfirst_number = 500\nlast_number = 400",
                "a series begins at its last number or before it",
            ),
            (
                service,
                "limit_min = 3\nwarn_min = 3",
                "a warning comes before the limit runs out",
            ),
            (
                service,
                "limit_min = 3\nquota = [{ hours = \"12:00-08:30\", most = 80 }]",
                "\"12:00-08:30\" is no part of a day",
            ),
            (
                service,
                "limit_min = 3\ntarget_wait_min = { elderley = 3 }",
                "no class has the code \"elderley\"",
            ),
            (
                counter,
                "services = [\"A\", \"F\"]\nonly_for = [\"vip\"]",
                "no class has the code \"vip\"",
            ),
            (
                counter,
                "services = [\"A\", \"F\"]\nfirst_for = [\"elderly\"]\nonly_for = [\"veteran\"]",
                "for some classes first, or for some only",
            ),
            (
                counter,
                "services = [\"A\"]\nthen = [[\"F\"], [\"X\"]]",
                "no service has the code \"X\"",
            ),
            (
                "[alarm]",
                "[hours]\nmonday = [\"13:00-17:00\", \"08:00-14:00\"]\n[alarm]",
                "the periods of a day follow each other",
            ),
            (
                "[alarm]",
                "[hours.exceptions]\n\"2027-02-30\" = []\n[alarm]",
                "\"2027-02-30\" is no date",
            ),
            (
                "session_idle_min = 60",
                "session_idle_min = 0",
                "with 0 a person who has just signed in would be gone again",
            ),
            (
                "session_idle_min = 60",
                "names = [\"hall.example:7410\"]",
                "\"hall.example:7410\" is no name of a machine",
            ),
            (
                "most = 2",
                "most = 0",
                "with 0 missed calls nobody could come back",
            ),
            (
                "[[outcome]]\ncode = \"done\"",
                "[[outcome]]\ncode = \"referred\"",
                "the outcome \"referred\" is named twice",
            ),
        ] {
            let said = complaint(from, to);
            assert!(
                said.contains(expected) && said.contains("hall.toml:"),
                "{from} -> {to}: {said}"
            );
        }
    }

    /// What the default hall's file only tells of, in its comments, is what the hall reads.
    #[test]
    fn what_the_comments_of_the_default_hall_tell_of_is_read() {
        let mut uses_all = String::new();
        for line in DEFAULT_HALL.lines() {
            let told = line.strip_prefix("# ").filter(|told| {
                let hours = told.starts_with('[') && told.ends_with(']');
                let keys = [
                    "folder =",
                    "at =",
                    "keep =",
                    "notes_days =",
                    "journal_years =",
                ];
                hours
                    || keys.iter().any(|key| told.starts_with(key))
                    || told.starts_with("\"20")
                    || told.contains("day = [")
                    || told.contains("cut_off_min =")
            });
            uses_all.push_str(told.unwrap_or(line));
            uses_all.push('\n');
        }
        let uses_all = uses_all
            .replacen("near_percent = 80", "near_percent = 80\none_ticket_per_phone = true\nerrands_in_order = true", 1)
            .replacen("services = [\"A\", \"F\"]", "services = [\"A\", \"F\"]\nthen = [[\"D\"]]\nfirst_for = [\"elderly\"]", 1)
            .replacen("services = [\"V\", \"B\", \"C\"]", "services = [\"V\", \"B\", \"C\"]\nonly_for = [\"key_account\"]", 1)
            .replacen("code = \"key_account\"", "code = \"key_account\"\nprefix = \"P\"", 1)
            .replacen("limit_min = 3", "limit_min = 3\nspare_prefix = \"X\"\nquota = [{ hours = \"08:30-12:00\", most = 80 }]\ntarget_wait_min = { elderly = 3 }", 1)
            .replacen("[[notice]]", "[[clerk]]\nname = \"王芳\"\nservices = [\"A\", \"D\"]\n\n[[notice]]", 1);
        let hall = HallSettings::parse("hall.toml", &uses_all).unwrap();
        let kept = hall.backup.as_ref().map(|backup| backup.keep);
        assert_eq!(
            (kept, hall.notes_days, hall.journal_years),
            (Some(14), 30, 30)
        );
        let rules = hall.rules();
        let hours = rules.hours.as_ref().unwrap();
        assert_eq!(
            (
                hours.weekly[0].len(),
                hours.weekly[6].len(),
                hours.exceptions.len()
            ),
            (2, 0, 1)
        );
        assert!(rules.one_ticket_per_phone && rules.errands_in_order);
        assert_eq!(rules.skills["王芳"].len(), 2);
        let service = &rules.services[&ServiceCode::new("A")];
        assert_eq!((service.quotas.len(), service.target_wait_ms.len()), (1, 1));
        let counters: Vec<_> = rules.counters.values().map(|plan| &plan.reserved).collect();
        assert!(matches!(counters[0], queue::Reserved::First(_)));
        assert!(matches!(counters[5], queue::Reserved::Only(_)));
        assert_eq!(rules.counters[&CounterNumber(1)].ranks.len(), 2);
        let first = &rules.series[&queue::SeriesCode::new("A")];
        assert_eq!(first.then, Some(queue::SeriesCode::new("X")));
    }
}
