//! Who may ask what: devices by what they were paired as, and the people who hold them. The one table;
//! `SECURITY.md` shows it, and a test holds the two together.

use protocol::{Act, Role};
use serde::{Deserialize, Serialize};

/// What a person may do in the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonRole {
    /// Serves at a counter.
    Clerk,
    /// Helps customers in the room.
    Guide,
    /// Answers for the hall.
    Supervisor,
}

/// Who has a device in hand: nobody who has signed in, or a person.
pub type Holder = Option<PersonRole>;

impl PersonRole {
    /// Every role, in a fixed order.
    pub const ALL: [Self; 3] = [Self::Clerk, Self::Guide, Self::Supervisor];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Guide => "guide",
            Self::Supervisor => "supervisor",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Whether a device may ask this with this person, or nobody, holding it. Nobody signs in at a kiosk, on a
/// wall or on a customer's telephone.
#[must_use]
pub fn may(device: Role, holder: Holder, act: &Act) -> bool {
    act.may_be_asked_by(device) && (!is_held(device) || people(act).contains(&holder))
}

/// Whether people sign in on such a device.
#[must_use]
pub fn is_held(device: Role) -> bool {
    match device {
        Role::Counter | Role::Guide | Role::Supervisor => true,
        Role::Kiosk | Role::Wall | Role::Phone => false,
    }
}

/// Who may ask this on a device on which people sign in. There is no wildcard: a new act does not
/// compile without an answer.
fn people(act: &Act) -> &'static [Holder] {
    const CLERK: Holder = Some(PersonRole::Clerk);
    const GUIDE: Holder = Some(PersonRole::Guide);
    const SUPERVISOR: Holder = Some(PersonRole::Supervisor);
    match act {
        // A program reports by itself what became of paper, also when its person has left.
        Act::Printed { .. } | Act::NotPrinted { .. } => &[None, CLERK, GUIDE, SUPERVISOR],
        // Who signs in is who asks.
        Act::Identify { .. } | Act::Leave {} => &[CLERK, GUIDE, SUPERVISOR],
        Act::Take { .. } | Act::Book { .. } | Act::CheckIn { .. } => &[GUIDE, SUPERVISOR],
        Act::Void { .. } => &[],
        Act::Cancel { .. } | Act::Return { .. } | Act::Reprint { .. } | Act::SetClass { .. } => {
            &[CLERK, GUIDE, SUPERVISOR]
        }
        Act::SignIn { .. }
        | Act::SignOut { .. }
        | Act::CallNext { .. }
        | Act::CallNumber { .. }
        | Act::AwaitNext { .. }
        | Act::StopAwaiting { .. }
        | Act::ServeWithout { .. }
        | Act::Recall { .. }
        | Act::Arrive { .. }
        | Act::Finish { .. }
        | Act::NoShow { .. }
        | Act::UndoNoShow { .. }
        | Act::Hold { .. }
        | Act::ResumeHeld { .. }
        | Act::PutBack { .. }
        | Act::Transfer { .. }
        | Act::Pause { .. }
        | Act::Resume { .. } => &[CLERK, SUPERVISOR],
        Act::BeginRoll { .. } | Act::EndRoll {} => &[CLERK, GUIDE, SUPERVISOR],
        Act::Report {} => &[CLERK, SUPERVISOR],
    }
}

/// The counter at which an act is done.
#[must_use]
pub fn counter(act: &Act) -> Option<u16> {
    match act {
        Act::SignIn { counter, .. }
        | Act::SignOut { counter }
        | Act::CallNext { counter }
        | Act::CallNumber { counter, .. }
        | Act::AwaitNext { counter }
        | Act::StopAwaiting { counter }
        | Act::ServeWithout { counter, .. }
        | Act::Recall { counter }
        | Act::Arrive { counter }
        | Act::Finish { counter, .. }
        | Act::NoShow { counter }
        | Act::UndoNoShow { counter, .. }
        | Act::Hold { counter, .. }
        | Act::ResumeHeld { counter, .. }
        | Act::PutBack { counter, .. }
        | Act::Transfer { counter, .. }
        | Act::Pause { counter, .. }
        | Act::Resume { counter } => Some(*counter),
        Act::Take { .. }
        | Act::Book { .. }
        | Act::CheckIn { .. }
        | Act::Printed { .. }
        | Act::NotPrinted { .. }
        | Act::Reprint { .. }
        | Act::Void { .. }
        | Act::Cancel { .. }
        | Act::Return { .. }
        | Act::SetClass { .. }
        | Act::Identify { .. }
        | Act::Leave {}
        | Act::BeginRoll { .. }
        | Act::EndRoll {}
        | Act::Report {} => None,
    }
}
