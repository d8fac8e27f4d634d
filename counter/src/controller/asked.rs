//! What the hall is asked, one thing at a time, and what becomes of it.

use std::time::Instant;

use protocol::{Act, Continued, Done, Outcome, Refusal};
use uuid::Uuid;

use super::note::{News, Note};
use super::{Command, Controller, Effect, Primary};

/// The request that the hall has not answered. There is one at a time: a person does one thing
/// after the other.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(super) id: Uuid,
    pub(crate) act: Act,
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
        if let Some(told) = self.report_answered(id, &outcome) {
            return vec![told];
        }
        let Some(asked) = self.asked.take_if(|asked| asked.id == id) else {
            return Vec::new();
        };
        match outcome {
            Outcome::Done(done) => self.done(asked, done),
            Outcome::Refused(refusal) => {
                self.refused(&asked.act, refusal);
                Vec::new()
            }
        }
    }

    fn refused(&mut self, act: &Act, refusal: Refusal) {
        let closed = refusal == Refusal::CounterClosed;
        let signed_out = refusal == Refusal::SignInAgain;
        match refusal {
            Refusal::WrongPin | Refusal::Locked { .. } => self.forget_pin(),
            // The machine belongs to that one, so it is chosen.
            Refusal::OtherCounter { counter } => self.form.counter = Some(counter),
            _ => {}
        }
        self.note = Some(match act {
            // It is the counter of the colleague that is closed.
            Act::Transfer { .. } if closed => Note::ReceiverClosed,
            _ => Note::Refused(refusal),
        });
        if signed_out || (closed && !matches!(act, Act::Transfer { .. })) {
            self.leave();
        }
    }

    fn done(&mut self, asked: Asked, done: Done) -> Vec<Effect> {
        let in_hand = asked.number.unwrap_or_default();
        match (asked.act, done) {
            (Act::SignIn { counter, clerk, .. }, _) => return self.sit_down(counter, clerk),
            (Act::SignOut { .. }, _) => self.leave(),
            (_, Done::Reprint(issued)) => return self.print_slip(&issued),
            (_, Done::Report(day)) => return vec![self.print_report(&day)],
            (Act::BeginRoll { first }, _) => {
                let number = self.on_roll(first);
                self.tell(News::RollBegun { number });
            }
            (act, done) => {
                if let Some(news) = news(act, done, in_hand) {
                    self.tell(news);
                }
            }
        }
        Vec::new()
    }
}

/// What is told of an act that was done; `in_hand` is the number that the counter had then. What
/// the page shows by itself needs no word.
fn news(act: Act, done: Done, in_hand: String) -> Option<News> {
    let number = in_hand;
    match (act, done) {
        (
            _,
            Done::Continued(Continued {
                number, service, ..
            }),
        ) => Some(News::Continued { number, service }),
        (_, Done::Returned(back)) => Some(News::Returned {
            number: back.number,
            after_calls: back.after_calls,
        }),
        (Act::Cancel { number, .. }, _) => Some(News::Cancelled { number }),
        (Act::SetClass { number, .. }, _) => Some(News::ClassSet { number }),
        (Act::AwaitNext { .. }, Done::Done) if !number.is_empty() => {
            Some(News::Finished { number })
        }
        (Act::NoShow { .. }, _) => Some(News::NoShow { number }),
        (Act::Finish { .. }, _) => Some(News::Finished { number }),
        (Act::Recall { .. }, _) => Some(News::Recalled { number }),
        (Act::Hold { .. }, _) => Some(News::OnHold { number }),
        (Act::PutBack { .. }, _) => Some(News::PutBack { number }),
        (Act::Transfer { .. }, _) => Some(News::HandedOver { number }),
        (Act::Printed { .. }, _) => Some(News::OnPaper),
        (Act::EndRoll {}, _) => Some(News::RollEnded),
        _ => None,
    }
}
