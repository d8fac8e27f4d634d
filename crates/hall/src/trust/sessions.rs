//! Which person has which device in hand, and for how long.

use std::collections::BTreeMap;

use super::rights::PersonRole;

/// A person who has signed in on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The name.
    pub person: String,
    /// What the person may do.
    pub role: PersonRole,
    last_act_ms: u64,
}

/// Who holds what. It is kept in memory alone: after a start of the hall everybody signs in anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    by_device: BTreeMap<String, Held>,
}

impl Sessions {
    pub(super) fn begin(&mut self, device: &str, person: &str, role: PersonRole, now_ms: u64) {
        let held = Held {
            person: person.to_owned(),
            role,
            last_act_ms: now_ms,
        };
        self.by_device.insert(device.to_owned(), held);
    }

    pub(super) fn end(&mut self, device: &str) {
        self.by_device.remove(device);
    }

    pub(super) fn end_all(&mut self) {
        self.by_device.clear();
    }

    pub(super) fn end_of_person(&mut self, person: &str) {
        self.by_device.retain(|_, held| held.person != person);
    }

    /// Who has a device in hand. Who has done nothing on it for longer than `idle_ms` has not.
    pub(super) fn holder(&self, device: &str, now_ms: u64, idle_ms: u64) -> Option<&Held> {
        let held = self.by_device.get(device);
        held.filter(|held| now_ms.saturating_sub(held.last_act_ms) <= idle_ms)
    }

    /// The person is still there.
    pub(super) fn acted(&mut self, device: &str, now_ms: u64) {
        if let Some(held) = self.by_device.get_mut(device) {
            held.last_act_ms = now_ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_who_does_nothing_for_long_is_gone_and_one_who_acts_is_not() {
        let mut sessions = Sessions::default();
        sessions.begin("counter-1", "王芳", PersonRole::Clerk, 1_000);
        let there = |sessions: &Sessions, now| sessions.holder("counter-1", now, 60).is_some();
        assert!(there(&sessions, 1_060) && !there(&sessions, 1_061));
        sessions.acted("counter-1", 1_050);
        assert!(there(&sessions, 1_110) && !there(&sessions, 1_111));
        assert!(sessions.holder("counter-2", 1_050, 60).is_none());
        sessions.end_of_person("李强");
        assert!(there(&sessions, 1_050));
        sessions.end_of_person("王芳");
        assert!(!there(&sessions, 1_050));
    }
}
