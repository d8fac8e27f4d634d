//! A hall's settings, read from TOML and held against each other before anything starts.

mod check;
mod file;
mod mistake;

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use protocol::Text;
use queue::{ClassCode, CounterNumber, OutcomeCode, ServiceCode};

pub use mistake::{Mistake, SettingsError};

/// The default hall, so that `hall serve` works with nothing edited.
const DEFAULT_HALL: &str = include_str!("../../../../assets/hall.toml");

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
    /// The rules of the house as a whole, without those of services, classes and counters.
    pub house: queue::Settings,
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
        check::check(parsed).map_err(|faults| mistake::from_faults(file, text, faults))
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
        assert!(
            said.contains("hall.toml:129:8: the service \"A\" is named twice"),
            "{said}"
        );
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
}
