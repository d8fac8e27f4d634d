//! Questions that open over the page: answered by one key, by a text, or by both. Each says here
//! what it asks and what an answer comes to; the controller carries it out, and the window shows it.

use protocol::{Act, PlaceInLine, Refusal, TransferTo};

use crate::{Command, Controller};

mod aside;
mod hand;
mod menu;
mod others;
mod papers;
mod transfer;

pub(crate) use menu::{command_of, key_of};
pub(crate) use papers::Lacking;
use papers::{first_of_roll, lacks};

/// Which question is open, with what was answered before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// All that can be done.
    Menu,
    /// Why this customer, and what is known of them.
    About,
    /// Why the counter pauses.
    Pause,
    /// What came of the errand.
    Outcome,
    /// Why the customer is put aside.
    HoldReason,
    /// For how long.
    HoldTime { reason: String },
    /// Where in the queue.
    PutBack,
    /// To what kind of somebody.
    Transfer,
    /// To which service.
    TransferToService,
    /// To which counter.
    TransferToCounter,
    /// To which clerk.
    TransferToClerk,
    /// With what note, and how.
    Handover(Handover),
    /// The class of the customer, and whether its proof was seen.
    Class,
    /// Whose ticket is cancelled.
    Cancel,
    /// Which number is called.
    CallNumber,
    /// Which service somebody without a ticket wants.
    Service,
    /// Of which class they are.
    ServiceClass { service: String },
    /// Those on hold, and those who missed their call.
    Aside,
    /// What to do with one who missed it.
    Missed { number: String },
    /// Which number is back.
    Return,
    /// Which number is on paper now.
    NoPaper,
    /// Which ticket is printed again.
    Reprint,
    /// What the customer in hand lacks.
    MissingPapers(Lacking),
    /// Whether the figures of the day are printed.
    Report,
    /// The roll: to begin it, or to end it.
    Roll,
}

/// How a customer is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handover {
    pub(crate) to: TransferTo,
    pub(crate) keep_time: bool,
    pub(crate) come_back: bool,
}

impl Sheet {
    /// Whether it is about the customer in hand.
    pub(crate) fn is_of_hand(&self) -> bool {
        match self {
            Self::About
            | Self::Outcome
            | Self::HoldReason
            | Self::HoldTime { .. }
            | Self::PutBack
            | Self::Transfer
            | Self::TransferToService
            | Self::TransferToCounter
            | Self::TransferToClerk
            | Self::Handover(_)
            | Self::Class
            | Self::MissingPapers(_) => true,
            Self::Menu
            | Self::Pause
            | Self::Cancel
            | Self::CallNumber
            | Self::Service
            | Self::ServiceClass { .. }
            | Self::Aside
            | Self::Missed { .. }
            | Self::Return
            | Self::NoPaper
            | Self::Reprint
            | Self::Report
            | Self::Roll => false,
        }
    }
}

/// The sheet that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenSheet {
    pub(crate) sheet: Sheet,
    /// The command that opened it.
    pub(crate) command: Command,
    /// What stands in its field.
    pub(crate) text: String,
    /// Which of all sheets that were ever opened it is.
    pub(crate) place: u32,
    /// The number in hand that it is about.
    pub(crate) number: Option<String>,
}

/// A question as it is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) title: String,
    pub(crate) lines: Vec<String>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) field: Option<Field>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Its key, in capitals; empty if it has none.
    pub(crate) key: String,
    pub(crate) text: String,
    pub(crate) detail: String,
    /// Whether it can do anything now. It says why not when it is chosen nevertheless.
    pub(crate) enabled: bool,
    /// Whether it is on, if it is a switch.
    pub(crate) on: Option<bool>,
    pub(crate) pick: Pick,
}

impl Choice {
    pub(crate) fn new(key: impl Into<String>, text: impl Into<String>, pick: Pick) -> Self {
        Self {
            key: key.into(),
            text: text.into(),
            detail: String::new(),
            enabled: true,
            on: None,
            pick,
        }
    }

    pub(crate) fn with(self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { detail, ..self }
    }
}

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// The same as pressing this.
    Press(Command),
    /// The next question; the same one again with a switch turned.
    Go(Sheet),
    /// This is asked of the hall.
    Ask(Act),
    /// The customer in hand lacks this: print it.
    Missing(Lacking),
}

/// A field to type an answer into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) label: String,
    pub(crate) hint: String,
    /// What the button under it does.
    pub(crate) button: String,
    /// Whether one types at once; otherwise the keys of the choices come first.
    pub(crate) first: bool,
}

impl Controller {
    /// The question that is open.
    pub(crate) fn question(&self) -> Option<Question> {
        let open = self.sheet.as_ref()?;
        let number = open.number.as_deref().unwrap_or_default();
        Some(match &open.sheet {
            Sheet::Menu => self.menu(),
            Sheet::About => self.about(number),
            Sheet::Pause => self.pause_question(),
            Sheet::Outcome => self.outcome_question(number),
            Sheet::HoldReason => self.hold_question(number),
            Sheet::HoldTime { reason } => self.hold_time_question(number, reason),
            Sheet::PutBack => self.put_back_question(number),
            Sheet::Transfer => self.transfer_question(number),
            Sheet::TransferToService => self.to_service_question(number),
            Sheet::TransferToCounter => self.to_counter_question(number),
            Sheet::TransferToClerk => self.to_clerk_question(number),
            Sheet::Handover(handover) => self.handover_question(number, handover),
            Sheet::Class => self.class_question(number),
            Sheet::Cancel => self.cancel_question(),
            Sheet::CallNumber => self.number_question(),
            Sheet::Service => self.service_question(),
            Sheet::ServiceClass { service } => self.service_class_question(service),
            Sheet::Aside => self.aside_question(),
            Sheet::Missed { number } => self.missed_question(number),
            Sheet::Return => self.return_question(),
            Sheet::NoPaper => self.no_paper_question(),
            Sheet::Reprint => self.reprint_question(),
            Sheet::MissingPapers(lacking) => self.missing_question(number, lacking),
            Sheet::Report => self.report_question(),
            Sheet::Roll => self.roll_question(),
        })
    }

    /// The question that a command opens.
    pub(crate) fn sheet_for(&self, command: Command) -> Result<Sheet, Refusal> {
        match command {
            Command::More => Ok(Sheet::Menu),
            Command::Pause => Ok(Sheet::Pause),
            Command::About => self.somebody().map(|_| Sheet::About),
            Command::Outcome => self.outcomes().map(|_| Sheet::Outcome),
            Command::Hold => self.somebody().map(|_| Sheet::HoldReason),
            Command::PutBack => self.somebody().map(|_| Sheet::PutBack),
            Command::Transfer => self.somebody().map(|_| Sheet::Transfer),
            Command::Class => self.somebody().map(|_| Sheet::Class),
            Command::Cancel => Ok(Sheet::Cancel),
            Command::CallNumber => self.may_choose().map(|()| Sheet::CallNumber),
            Command::ServeWithout => self.nobody().map(|()| Sheet::Service),
            Command::Aside => Ok(Sheet::Aside),
            Command::Return => Ok(Sheet::Return),
            Command::NoPaper => Ok(Sheet::NoPaper),
            Command::Reprint => Ok(Sheet::Reprint),
            Command::MissingPapers => self
                .somebody()
                .map(|_| Sheet::MissingPapers(Lacking::default())),
            Command::Report => Ok(Sheet::Report),
            Command::Roll => self.has_roll().map(|()| Sheet::Roll),
            Command::SignIn
            | Command::Primary
            | Command::Recall
            | Command::NoShow
            | Command::Finish
            | Command::SignOut
            | Command::StopAwaiting
            | Command::Language
            | Command::Contrast
            | Command::Back => Err(Refusal::NotAllowed),
        }
    }

    /// What the text in the field comes to.
    pub(crate) fn text_of(&self, open: &OpenSheet) -> Result<Option<Pick>, Refusal> {
        let text = open.text.trim();
        let counter = self.seat.as_ref().ok_or(Refusal::CounterClosed)?.counter;
        let pick = match &open.sheet {
            Sheet::Pause => Pick::Ask(Act::Pause {
                counter,
                reason: reason(text)?,
            }),
            Sheet::HoldReason => Pick::Go(Sheet::HoldTime {
                reason: reason(text)?,
            }),
            Sheet::HoldTime { reason } => hold(counter, reason, Some(minutes(text)?)),
            Sheet::TransferToCounter => self.to_counter(text)?,
            Sheet::Handover(handover) => transfer(counter, handover, text)?,
            Sheet::Cancel => Pick::Ask(Act::cancel(number(text)?)),
            Sheet::CallNumber => Pick::Ask(Act::CallNumber {
                counter,
                number: number(text)?,
            }),
            Sheet::Aside => Pick::Ask(Act::ResumeHeld {
                counter,
                number: number(text)?,
            }),
            Sheet::Return => Pick::Ask(Act::comes_back(number(text)?)),
            Sheet::Reprint => Pick::Ask(Act::Reprint {
                number: number(text)?,
            }),
            Sheet::MissingPapers(lacking) => lacks(lacking, text)?,
            Sheet::Roll => first_of_roll(text)?,
            _ => return Ok(None),
        };
        Ok(Some(pick))
    }
}

pub(crate) fn hold(counter: u16, reason: &str, minutes: Option<u32>) -> Pick {
    Pick::Ask(Act::Hold {
        counter,
        reason: reason.to_owned(),
        minutes,
    })
}

pub(crate) fn put_back(counter: u16, place: PlaceInLine) -> Pick {
    Pick::Ask(Act::PutBack { counter, place })
}

fn transfer(counter: u16, handover: &Handover, note: &str) -> Result<Pick, Refusal> {
    if note.chars().count() > protocol::MAX_REASON_CHARS {
        return Err(bad("note"));
    }
    Ok(Pick::Ask(Act::Transfer {
        counter,
        to: handover.to.clone(),
        note: note.to_owned(),
        keep_time: handover.keep_time,
        come_back: handover.come_back,
    }))
}

/// A reason that is too long is cut: it was typed for people, who understand the beginning.
fn reason(text: &str) -> Result<String, Refusal> {
    match text.is_empty() {
        true => Err(bad("reason")),
        false => Ok(text.chars().take(protocol::MAX_REASON_CHARS).collect()),
    }
}

fn minutes(text: &str) -> Result<u32, Refusal> {
    let minutes = text.parse().map_err(|_| bad("minutes"))?;
    match minutes {
        1..=protocol::MAX_HOLD_MIN => Ok(minutes),
        _ => Err(bad("minutes")),
    }
}

/// A number as on paper: capitals, and no space that a thumb left between.
fn number(text: &str) -> Result<String, Refusal> {
    let number: String = text.split_whitespace().collect();
    match number.is_empty() || number.chars().count() > protocol::MAX_NAME_CHARS {
        true => Err(bad("number")),
        false => Ok(number.to_uppercase()),
    }
}

fn bad(field: &str) -> Refusal {
    Refusal::BadText {
        field: field.to_owned(),
    }
}

#[cfg(test)]
mod tests;
