//! An event as it stands on disk. The rules know no serde, so their types are mirrored here;
//! what a record once meant it means for ever. A field that came later has a default, which is
//! what the rules did before they knew it.

mod read;
mod words;
mod write;

use std::collections::BTreeMap;

use queue::{Event, Moment};
use serde::{Deserialize, Serialize};

/// [`queue::Happening`] on disk.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Record {
    DayOpened {
        day: u32,
        turns_at_steady_ms: u64,
    },
    DayClosed {
        day: u32,
    },
    Issued {
        ticket: u64,
        number: u32,
        /// Absent where it is the code of the service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<String>,
        service: String,
        class: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        then: Vec<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        in_order: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        channel: ChannelRecord,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holder: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        appointment: Option<String>,
        /// Absent where it is the time of the entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waits_from_ms: Option<u64>,
        #[serde(default, skip_serializing_if = "is_default")]
        minute: u16,
    },
    Booked {
        appointment: String,
        service: String,
        class: String,
        slot_wall_ms: i64,
    },
    Printed {
        ticket: u64,
        #[serde(default, skip_serializing_if = "is_default")]
        copies: u32,
    },
    NotPrinted {
        ticket: u64,
        why: WhyRecord,
    },
    Reprinted {
        ticket: u64,
    },
    Cancelled {
        ticket: u64,
        #[serde(default, skip_serializing_if = "is_default")]
        why: CancelRecord,
    },
    Expired {
        ticket: u64,
    },
    ClassSet {
        ticket: u64,
        class: String,
        verified: bool,
    },
    SignedIn {
        counter: u16,
        clerk: String,
    },
    SignedOut {
        counter: u16,
    },
    Awaiting {
        counter: u16,
    },
    StoppedAwaiting {
        counter: u16,
    },
    Called {
        call: u64,
        ticket: u64,
        #[serde(default, skip_serializing_if = "is_default")]
        errand: usize,
        counter: u16,
        reason: ReasonRecord,
    },
    ServedWithout {
        call: u64,
        ticket: u64,
        series: String,
        number: u32,
        service: String,
        class: String,
        counter: u16,
    },
    Recalled {
        ticket: u64,
        counter: u16,
    },
    Arrived {
        ticket: u64,
        counter: u16,
    },
    Finished {
        ticket: u64,
        counter: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        then: ThenRecord,
    },
    NoShow {
        ticket: u64,
        counter: u16,
    },
    NoShowUndone {
        ticket: u64,
        counter: u16,
    },
    Held {
        ticket: u64,
        counter: u16,
        reason: TextRecord,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<MomentRecord>,
    },
    HoldResumed {
        ticket: u64,
        counter: u16,
    },
    Requeued {
        ticket: u64,
        why: RequeueRecord,
        place: PlaceRecord,
        waits_from_ms: u64,
    },
    Transferred {
        ticket: u64,
        counter: u16,
        to: DeskRecord,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<TextRecord>,
        waits_from_ms: u64,
        come_back: bool,
    },
    Paused {
        counter: u16,
        reason: TextRecord,
    },
    Resumed {
        counter: u16,
    },
    WaitNear {
        ticket: u64,
    },
    WaitOver {
        ticket: u64,
    },
    HandlingNear {
        ticket: u64,
    },
    HandlingOver {
        ticket: u64,
    },
    RollBegun {
        next: u32,
    },
    RollEnded {},
    Noted {
        note: String,
        /// Whom the hall knows from here on; absent where that did not change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trusted: Option<TrustedRecord>,
    },
    DaysDeleted(DaysDeletedRecord),
    /// Stands in the place of an entry that a restore could not bring back. The entry `by` says so.
    Lost {
        by: u64,
    },
    /// Says which entries are lost.
    Loss(LossRecord),
    AlarmRaised {
        alarm: AlarmRecord,
        level: u64,
    },
    AlarmCleared {
        alarm: AlarmRecord,
    },
}

/// What the journal vouches for of devices and people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustedRecord {
    /// By what and whom, such as `device kiosk-1`: SHA-256 of the row that changed; `None` of one
    /// that is gone.
    pub(crate) rows: BTreeMap<String, Option<String>>,
    /// SHA-256 of all rows as they are now.
    pub(crate) all: String,
}

/// Whole old days that are gone, and what the chain goes on from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DaysDeletedRecord {
    pub(crate) first_day: u32,
    pub(crate) last_day: u32,
    pub(crate) days: u64,
    pub(crate) entries: u64,
    pub(crate) requests: u64,
    /// The rule: so many years are kept.
    pub(crate) years: u32,
    /// The last entry that is gone.
    pub(crate) up_to_seq: u64,
    /// Its hash, in hexadecimal digits.
    pub(crate) hash: String,
}

/// Entries that a restore could not bring back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LossRecord {
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    /// That of the last of them, in hexadecimal digits: the chain goes on from it.
    pub(crate) hash: String,
    /// Those that opened a day, with that day, by the list of days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) days: Vec<(u64, u32)>,
}

/// A text that somebody typed.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum TextRecord {
    /// As the first halls wrote it, and where it says nothing.
    Plain(String),
    /// What it commits to; the text stands beside the journal.
    Sealed { sealed: String },
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonRecord {
    #[serde(default, skip_serializing_if = "is_default")]
    why: ReasonWhyRecord,
    waited_ms: u64,
    head_start_ms: u64,
    target_ms: u64,
    overtook: u32,
    /// Ids alone, as the first version wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    passed: Vec<PassedRecord>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PassedRecord {
    ticket: u64,
    waited_ms: u64,
    head_start_ms: u64,
    target_ms: u64,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MomentRecord {
    steady_ms: u64,
    wall_ms: i64,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReasonWhyRecord {
    #[default]
    Score,
    Reserved,
    Rank,
    PutFirst,
    Returned,
    Alone,
    Chosen,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WhyRecord {
    PaperOut,
    CoverOpen,
    CutterJam,
    PrinterFault,
    Unreachable,
    Unknown,
    NoPrinter,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CancelRecord {
    #[default]
    HeldByNobody,
    Customer,
    Staff,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChannelRecord {
    #[default]
    Kiosk,
    Guide,
    Phone,
    WalkIn,
    Roll,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ThenRecord {
    #[default]
    Done,
    Here {
        errand: usize,
    },
    InLine {
        waits_from_ms: u64,
    },
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequeueRecord {
    PutBack,
    HoldOver,
    Returned,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlaceRecord {
    First { since_ms: u64 },
    ByScore,
    AfterCalls { calls: u32 },
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeskRecord {
    Service(String),
    Counter(u16),
    Clerk(String),
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlarmRecord {
    People(Option<String>),
    LongestWait(Option<String>),
}

impl Record {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a record is made of numbers and texts")
    }

    pub(crate) fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The text that somebody typed, if there is one in it. No record has two.
    pub(crate) fn text(&mut self) -> Option<&mut TextRecord> {
        match self {
            Self::Held { reason, .. } | Self::Paused { reason, .. } => Some(reason),
            Self::Transferred { note, .. } => note.as_mut(),
            _ => None,
        }
    }

    /// The event, with what `left` gives for the text that entry commits to.
    pub(crate) fn into_event_with(
        mut self,
        at: Moment,
        left: impl FnOnce(&str) -> String,
    ) -> (Event, Option<String>) {
        let mut commitment = None;
        if let Some(text) = self.text()
            && let TextRecord::Sealed { sealed } = text
        {
            let plain = TextRecord::Plain(left(sealed));
            if let TextRecord::Sealed { sealed } = std::mem::replace(text, plain) {
                commitment = Some(sealed);
            }
        }
        (self.into_event(at), commitment)
    }
}

impl TextRecord {
    /// What it says; nothing of a sealed one.
    fn into_plain(self) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Sealed { .. } => String::new(),
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
