//! What a print job is, how it changes, and what is to be done with it. No disk, no printer, no clock.

use std::collections::BTreeMap;

use crate::printer::PrintOutcome;
use crate::state::Trouble;

/// One ticket on its way to paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The hall's id of the ticket.
    pub ticket: u64,
    /// The number, for people who read the file.
    pub number: String,
    /// Which copy was sent last or is to be sent: 0 is the first paper, n has the bar 补打 REPRINT n.
    pub copy: u32,
    /// How many attempts may have left paper.
    pub attempts: u32,
    /// How far it is.
    pub state: JobState,
    /// Whether the hall knows.
    pub is_told: bool,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Written down; no byte has left.
    Queued,
    /// Bytes may have left; there is no word of the printer yet.
    Sending,
    /// The printer confirmed it after the cut.
    Printed,
    /// Handed over to a printer that cannot answer.
    Sent,
    /// The customer has pulled it out.
    Taken,
    /// There is no paper of this job.
    NotPrinted(Trouble),
    /// There may be a paper, a part of one, or none.
    Unknown(Trouble),
}

/// What is to be done with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Send it as this copy.
    Send {
        /// 0 is the first paper, n has the bar 补打 REPRINT n.
        copy: u32,
    },
    /// Nothing more; this is what became of it.
    Settled(PrintOutcome),
}

/// The first paper and two copies: a printer that breaks off each time must not go on for ever.
const ATTEMPTS_MAX: u32 = 3;

impl Job {
    /// What is to be done, by whether its customer still stands there. For nobody nothing is printed:
    /// what waited for paper must not come out before the next customer.
    pub fn step(&self, customer_waits: bool) -> Step {
        let may_copy = customer_waits && self.attempts < ATTEMPTS_MAX;
        match self.state {
            JobState::Queued if customer_waits => Step::Send { copy: self.copy },
            JobState::Queued => Step::Settled(PrintOutcome::NotPrinted(Trouble::Stopped)),
            JobState::Unknown(_) if may_copy => Step::Send {
                copy: self.copy + 1,
            },
            JobState::Unknown(trouble) => Step::Settled(PrintOutcome::Unknown(trouble)),
            JobState::Sending => Step::Settled(PrintOutcome::Unknown(Trouble::Stopped)),
            JobState::Printed | JobState::Taken => Step::Settled(PrintOutcome::Printed),
            JobState::Sent => Step::Settled(PrintOutcome::Sent),
            JobState::NotPrinted(trouble) => Step::Settled(PrintOutcome::NotPrinted(trouble)),
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.state, JobState::Queued | JobState::Sending)
    }
}

/// Something that is so from now on; one line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// Ids go on from here, and whether the last thing sent had no known end.
    Begin {
        next: u64,
        interrupted: bool,
    },
    Queued {
        job: u64,
        ticket: u64,
        copy: u32,
        number: String,
    },
    /// Names the ticket again, so that one spoiled line does not hide it.
    Sending {
        job: u64,
        ticket: u64,
        copy: u32,
    },
    Ended {
        job: u64,
        ticket: u64,
        outcome: PrintOutcome,
    },
    Taken {
        job: u64,
    },
    Told {
        job: u64,
    },
}

/// All jobs that are remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Jobs {
    next: u64,
    interrupted: bool,
    jobs: BTreeMap<u64, Job>,
}

impl Jobs {
    /// The only change. Cannot fail: a line that does not fit changes nothing.
    pub(super) fn evolve(&mut self, note: &Note) {
        match note {
            Note::Begin { next, interrupted } => {
                self.next = self.next.max(*next);
                self.interrupted = *interrupted;
            }
            Note::Queued {
                job,
                ticket,
                copy,
                number,
            } => {
                let new = self.entry(*job, *ticket);
                (new.copy, new.number) = (*copy, number.clone());
            }
            Note::Sending { job, ticket, copy } => {
                let job = self.entry(*job, *ticket);
                job.state = JobState::Sending;
                job.copy = *copy;
                job.attempts += 1;
                self.interrupted = true;
            }
            Note::Ended {
                job,
                ticket,
                outcome,
            } => self.end(*job, *ticket, *outcome),
            Note::Taken { job } => {
                if let Some(job) = self.jobs.get_mut(job)
                    && job.state == JobState::Printed
                {
                    job.state = JobState::Taken;
                }
            }
            Note::Told { job } => {
                if let Some(job) = self.jobs.get_mut(job) {
                    job.is_told = true;
                }
            }
        }
    }

    fn end(&mut self, job: u64, ticket: u64, outcome: PrintOutcome) {
        let job = self.entry(job, ticket);
        let was_sending = job.state == JobState::Sending;
        job.state = match outcome {
            PrintOutcome::Printed => JobState::Printed,
            PrintOutcome::Sent => JobState::Sent,
            PrintOutcome::Unknown(trouble) => JobState::Unknown(trouble),
            PrintOutcome::NotPrinted(trouble) => {
                job.attempts -= u32::from(was_sending);
                match job.attempts {
                    0 => JobState::NotPrinted(trouble),
                    // An earlier attempt may have left paper.
                    _ => JobState::Unknown(trouble),
                }
            }
        };
        if was_sending {
            self.interrupted = matches!(outcome, PrintOutcome::Unknown(_));
        }
    }

    fn entry(&mut self, job: u64, ticket: u64) -> &mut Job {
        self.next = self.next.max(job + 1);
        self.jobs.entry(job).or_insert(Job {
            ticket,
            number: String::new(),
            copy: 0,
            attempts: 0,
            state: JobState::Queued,
            is_told: false,
        })
    }

    /// What is so of the jobs that were open when the program stopped. Where lines are spoiled, the one
    /// that said that bytes left may be among them.
    pub(super) fn after_stop(&self, is_damaged: bool) -> Vec<Note> {
        let open = self.jobs.iter().filter(|(_, job)| job.is_open());
        let settle = open.map(|(id, job)| Note::Ended {
            job: *id,
            ticket: job.ticket,
            outcome: match job.state {
                JobState::Queued if !is_damaged => PrintOutcome::NotPrinted(Trouble::Stopped),
                _ => PrintOutcome::Unknown(Trouble::Stopped),
            },
        });
        settle.collect()
    }

    pub(super) fn use_up(&mut self, job: u64) {
        self.next = self.next.max(job + 1);
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    pub(super) fn job(&self, job: u64) -> Option<&Job> {
        self.jobs.get(&job)
    }

    pub(super) fn has_job_of(&self, ticket: u64) -> bool {
        self.jobs.values().any(|job| job.ticket == ticket)
    }

    pub(super) fn copies_of(&self, ticket: u64) -> u32 {
        let of_ticket = self.jobs.values().filter(|job| job.ticket == ticket);
        let sent = of_ticket.filter(|job| job.attempts > 0);
        sent.map(|job| job.copy).max().unwrap_or(0)
    }

    /// The outcomes that the hall does not know, the oldest first.
    pub(super) fn untold(&self) -> Vec<(u64, PrintOutcome)> {
        let untold = self.jobs.values().filter(|job| !job.is_told);
        let settled = untold.filter(|job| !job.is_open());
        let outcome = |job: &Job| match job.step(false) {
            Step::Settled(outcome) => Some((job.ticket, outcome)),
            Step::Send { .. } => None,
        };
        settled.filter_map(outcome).collect()
    }

    pub(super) fn settled_of(&self, ticket: u64) -> Vec<u64> {
        let of_ticket = self.jobs.iter().filter(|(_, job)| job.ticket == ticket);
        let settled = of_ticket.filter(|(_, job)| !job.is_open() && !job.is_told);
        settled.map(|(id, _)| *id).collect()
    }

    pub(super) fn forget_told(&mut self) {
        self.jobs.retain(|_, job| !job.is_told);
    }

    /// The shortest way to say all this again.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut notes = vec![Note::Begin {
            next: self.next,
            interrupted: self.interrupted,
        }];
        for (id, job) in &self.jobs {
            notes.extend(notes_of(*id, job));
        }
        // The attempts that were told again must not change what was known of the last one.
        notes.push(notes[0].clone());
        notes
    }
}

fn notes_of(id: u64, job: &Job) -> Vec<Note> {
    let (ticket, copy) = (job.ticket, job.copy);
    let mut notes = vec![Note::Queued {
        job: id,
        ticket,
        copy,
        number: job.number.clone(),
    }];
    let sending = Note::Sending {
        job: id,
        ticket,
        copy,
    };
    notes.extend((0..job.attempts).map(|_| sending.clone()));
    if let (false, Step::Settled(outcome)) = (job.is_open(), job.step(false)) {
        notes.push(Note::Ended {
            job: id,
            ticket,
            outcome,
        });
    }
    if job.state == JobState::Taken {
        notes.push(Note::Taken { job: id });
    }
    if job.is_told {
        notes.push(Note::Told { job: id });
    }
    notes
}
