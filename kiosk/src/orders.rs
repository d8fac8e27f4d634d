//! What the hall was asked to issue, on disk: no number is lost with the program that asked for it.
//!
//! One file of lines beside the print jobs. `asked` is on disk before the request leaves, under
//! the id that it leaves with. `issued` is on disk before anybody sees the number or a slip is
//! queued, so a number without that line was shown to nobody. `unwanted` says that its customer had
//! gone before the number came. `closed` is written once the hall knows what became of the slip, and before the
//! print jobs forget it, so that after any stop a number without `closed` either has a job
//! there, which tells more, or no byte of its slip has left.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use protocol::{Act, Done, Outcome, Refusal};
use ticket::spool::{Disk, FileDisk, LineFile};
use uuid::Uuid;

/// After so many lines those that are closed are left out: about 1,300 tickets, 200 kB.
const LINES_MAX: usize = 4_096;

/// Requests for numbers, until the hall knows what became of their slips.
pub(crate) struct Orders {
    file: LineFile,
    open: BTreeMap<Uuid, Order>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Order {
    /// What was asked, without what could name a person.
    act: Act,
    /// The ticket, once the hall has answered with one.
    ticket: Option<u64>,
    /// Its customer had gone before the answer came.
    is_unwanted: bool,
}

/// What a stop left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Leftover {
    /// The hall was asked, and nobody saw an answer.
    Asked { id: Uuid, act: Act },
    /// The number was given out, and the hall does not know what became of its slip.
    Issued { ticket: u64 },
    /// Nobody waited for the number any more, and the hall does not know it.
    Unwanted { ticket: u64 },
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Note {
    Asked { id: Uuid, act: Act },
    Issued { id: Uuid, ticket: u64 },
    Unwanted { id: Uuid },
    Closed { id: Uuid },
}

impl Orders {
    /// Opens the file or makes it, and throws away what is closed.
    ///
    /// # Errors
    /// When the file cannot be read or written, or another process has it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Self::over(Box::new(FileDisk::open(path)?))
    }

    /// The same on a disk of the caller's own.
    pub(crate) fn over(disk: Box<dyn Disk>) -> io::Result<Self> {
        let (file, texts) = LineFile::over(disk)?;
        if file.damaged() > 0 {
            let lines = file.damaged();
            tracing::error!(lines, "the disk has spoiled requests for numbers");
        }
        let open = BTreeMap::new();
        let mut orders = Self { file, open };
        let notes = texts.iter().filter_map(|text| parse(text));
        notes.for_each(|note| orders.evolve(note));
        orders.leave_out_closed()?;
        Ok(orders)
    }

    /// What is to be settled after a stop, in the order in which it was asked.
    pub(crate) fn leftovers(&self) -> Vec<Leftover> {
        let leftover = |(id, order): (&Uuid, &Order)| match order.ticket {
            None => Leftover::Asked {
                id: *id,
                act: order.act.clone(),
            },
            Some(ticket) if order.is_unwanted => Leftover::Unwanted { ticket },
            Some(ticket) => Leftover::Issued { ticket },
        };
        self.open.iter().map(leftover).collect()
    }

    /// Writes a request down that may lead to a number. What was written before is not written twice.
    ///
    /// # Errors
    /// When it is not on the disk; then it must not be sent.
    pub(crate) fn ask(&mut self, id: Uuid, act: &Act) -> io::Result<()> {
        if self.open.contains_key(&id) {
            return Ok(());
        }
        let act = without_person(act);
        self.file.append(&write(&Note::Asked {
            id,
            act: act.clone(),
        }))?;
        self.evolve(Note::Asked { id, act });
        Ok(())
    }

    /// Writes down what came of a request. An answer that may change when it is asked again leaves
    /// it open, and so does the one that the id stands for another act, for that is no word of this one.
    pub(crate) fn answered(&mut self, id: Uuid, outcome: &Outcome) {
        let is_open = self.open.get(&id).is_some_and(|it| it.ticket.is_none());
        match outcome {
            _ if !is_open => {}
            Outcome::Refused(
                Refusal::NotStored
                | Refusal::ReadOnly
                | Refusal::TooManyRequests
                | Refusal::IdUsedOtherwise,
            ) => {}
            Outcome::Done(Done::Issued(issued)) => {
                let ticket = issued.ticket;
                self.remember(Note::Issued { id, ticket });
            }
            Outcome::Done(_) | Outcome::Refused(_) => self.remember(Note::Closed { id }),
        }
    }

    /// Writes down that nobody waits for this ticket.
    pub(crate) fn unwanted(&mut self, ticket: u64) {
        for id in self.of_ticket(ticket) {
            self.remember(Note::Unwanted { id });
        }
    }

    /// The hall knows what became of this ticket's slip.
    pub(crate) fn told(&mut self, ticket: u64) {
        for id in self.of_ticket(ticket) {
            self.remember(Note::Closed { id });
        }
        if self.file.count() > LINES_MAX
            && let Err(error) = self.leave_out_closed()
        {
            tracing::warn!(%error, "the requests for numbers keep their long file");
        }
    }

    fn of_ticket(&self, ticket: u64) -> Vec<Uuid> {
        let of_ticket = self.open.iter().filter(|it| it.1.ticket == Some(ticket));
        of_ticket.map(|(id, _)| *id).collect()
    }

    /// Something that is so, whatever the disk says: the number exists, and its customer gets it.
    fn remember(&mut self, note: Note) {
        if let Err(error) = self.file.append(&write(&note)) {
            tracing::error!(%error, ?note, "not written down");
        }
        self.evolve(note);
    }

    /// The only change. A line that does not fit changes nothing.
    fn evolve(&mut self, note: Note) {
        match note {
            Note::Asked { id, act } => {
                let (ticket, is_unwanted) = (None, false);
                self.open.entry(id).or_insert(Order {
                    act,
                    ticket,
                    is_unwanted,
                });
            }
            Note::Issued { id, ticket } => {
                if let Some(order) = self.open.get_mut(&id) {
                    order.ticket = Some(ticket);
                }
            }
            Note::Unwanted { id } => {
                if let Some(order) = self.open.get_mut(&id) {
                    order.is_unwanted = true;
                }
            }
            Note::Closed { id } => {
                self.open.remove(&id);
            }
        }
    }

    fn leave_out_closed(&mut self) -> io::Result<()> {
        let notes = self.open.iter().flat_map(|(id, order)| order.notes(*id));
        let texts: Vec<String> = notes.map(|note| write(&note)).collect();
        self.file.replace(&texts)
    }
}

impl Order {
    /// The shortest way to say all this again.
    fn notes(&self, id: Uuid) -> Vec<Note> {
        let act = self.act.clone();
        let mut notes = vec![Note::Asked { id, act }];
        notes.extend(self.ticket.map(|ticket| Note::Issued { id, ticket }));
        notes.extend(self.is_unwanted.then_some(Note::Unwanted { id }));
        notes
    }
}

/// Whether an act asks for a number.
pub(crate) fn leads_to_a_number(act: &Act) -> bool {
    matches!(act, Act::Take { .. } | Act::CheckIn { .. })
}

/// The hall remembers no telephone number with an id, so it knows this one for the same act.
fn without_person(act: &Act) -> Act {
    let mut act = act.clone();
    if let Act::Take {
        phone: Some(phone), ..
    } = &mut act
    {
        phone.clear();
    }
    act
}

fn write(note: &Note) -> String {
    match note {
        // An act is made of texts and numbers alone, which JSON can always say.
        Note::Asked { id, act } => {
            let act = serde_json::to_string(act).unwrap_or_default();
            format!("asked {id} {act}")
        }
        Note::Issued { id, ticket } => format!("issued {id} {ticket}"),
        Note::Unwanted { id } => format!("unwanted {id}"),
        Note::Closed { id } => format!("closed {id}"),
    }
}

fn parse(text: &str) -> Option<Note> {
    let (word, rest) = text.split_once(' ')?;
    let (id, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let id = id.parse().ok()?;
    match word {
        "asked" => Some(Note::Asked {
            id,
            act: serde_json::from_str(rest).ok()?,
        }),
        "issued" => Some(Note::Issued {
            id,
            ticket: rest.parse().ok()?,
        }),
        "unwanted" => Some(Note::Unwanted { id }),
        "closed" => Some(Note::Closed { id }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
