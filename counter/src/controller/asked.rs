//! What the hall is asked, one thing at a time, and what becomes of it.

use std::time::Instant;

use protocol::{Act, Outcome, Refusal};
use uuid::Uuid;

use super::note::{News, Note};
use super::{Command, Controller, Effect, Primary};

/// The request that the hall has not answered. There is one at a time: a person does one thing
/// after the other.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(super) id: Uuid,
    act: Act,
    pub(crate) command: Command,
    pub(crate) primary: Option<Primary>,
    pub(crate) since: Instant,
    number: Option<String>,
}

impl Controller {
    pub(super) fn ask(&mut self, command: Command, act: Act) -> Vec<Effect> {
        let id = (self.fresh_id)();
        self.asked = Some(Asked {
            id,
            act: act.clone(),
            command,
            primary: (command == Command::Primary).then(|| self.primary()),
            since: self.now,
            number: self.in_hand().map(|in_hand| in_hand.number.clone()),
        });
        vec![Effect::Ask { id, act }]
    }

    pub(super) fn not_asked(&mut self, id: Uuid) {
        if self.asked.take_if(|asked| asked.id == id).is_some() {
            self.note = Some(Note::NotAsked);
        }
    }

    /// The same thing pressed again while it waits is heard already.
    pub(super) fn one_at_a_time(&mut self, command: Command) {
        let waits = self.asked.as_ref().map(|asked| asked.command);
        if waits != Some(command) {
            self.note = Some(Note::OneAtATime);
        }
    }

    pub(super) fn answered(&mut self, id: Uuid, outcome: Outcome) -> Vec<Effect> {
        let Some(asked) = self.asked.take_if(|asked| asked.id == id) else {
            return Vec::new();
        };
        match outcome {
            Outcome::Done(_) => self.done(asked),
            Outcome::Refused(refusal) => {
                if refusal == Refusal::CounterClosed {
                    self.leave();
                }
                self.note = Some(Note::Refused(refusal));
                Vec::new()
            }
        }
    }

    pub(super) fn done(&mut self, asked: Asked) -> Vec<Effect> {
        let number = asked.number.unwrap_or_default();
        match asked.act {
            Act::SignIn { counter, clerk } => return self.sit_down(counter, clerk),
            Act::SignOut { .. } => self.leave(),
            Act::NoShow { .. } => self.tell(News::NoShow { number }),
            Act::Finish { .. } => self.tell(News::Finished { number }),
            Act::Recall { .. } => self.tell(News::Recalled { number }),
            Act::CallNext { .. }
            | Act::Arrive { .. }
            | Act::Pause { .. }
            | Act::Resume { .. }
            | Act::Take { .. }
            | Act::Printed { .. }
            | Act::NotPrinted { .. }
            | Act::Void { .. }
            | Act::Book { .. }
            | Act::CheckIn { .. }
            | Act::Reprint { .. }
            | Act::Cancel { .. }
            | Act::Return { .. }
            | Act::SetClass { .. }
            | Act::CallNumber { .. }
            | Act::AwaitNext { .. }
            | Act::StopAwaiting { .. }
            | Act::ServeWithout { .. }
            | Act::UndoNoShow { .. }
            | Act::Hold { .. }
            | Act::ResumeHeld { .. }
            | Act::PutBack { .. }
            | Act::Transfer { .. } => {}
        }
        Vec::new()
    }
}
