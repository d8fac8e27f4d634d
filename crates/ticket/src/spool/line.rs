//! A note as a line of text that people can read: `ended 12 20261122000012 unknown link-broken`.

use super::job::Note;
use crate::printer::PrintOutcome;
use crate::state::Trouble;

/// The text of a note.
pub(super) fn write(note: &Note) -> String {
    match note {
        Note::Begin { next, interrupted } => format!("begin {next} {interrupted}"),
        Note::Queued {
            job,
            ticket,
            copy,
            number,
        } => format!("queued {job} {ticket} {copy} {number}"),
        Note::Sending { job, ticket, copy } => format!("sending {job} {ticket} {copy}"),
        Note::Ended {
            job,
            ticket,
            outcome,
        } => format!("ended {job} {ticket} {}", outcome_words(*outcome)),
        Note::Taken { job } => format!("taken {job}"),
        Note::Told { job } => format!("told {job}"),
    }
}

/// The note of a text, if it is one.
pub(super) fn parse(text: &str) -> Option<Note> {
    let (word, rest) = text.split_once(' ')?;
    let mut parts = rest.splitn(4, ' ');
    let mut number = || parts.next()?.parse::<u64>().ok();
    match word {
        "begin" => Some(Note::Begin {
            next: number()?,
            interrupted: parts.next()?.parse().ok()?,
        }),
        "queued" => Some(Note::Queued {
            job: number()?,
            ticket: number()?,
            copy: number()?.try_into().ok()?,
            number: parts.next()?.into(),
        }),
        "sending" => Some(Note::Sending {
            job: number()?,
            ticket: number()?,
            copy: number()?.try_into().ok()?,
        }),
        "ended" => Some(Note::Ended {
            job: number()?,
            ticket: number()?,
            outcome: outcome(parts.next()?, parts.next())?,
        }),
        "taken" => Some(Note::Taken { job: number()? }),
        "told" => Some(Note::Told { job: number()? }),
        _ => None,
    }
}

fn outcome_words(outcome: PrintOutcome) -> String {
    match outcome {
        PrintOutcome::Printed => "printed".into(),
        PrintOutcome::Sent => "sent".into(),
        PrintOutcome::NotPrinted(trouble) => format!("not-printed {}", trouble_word(trouble)),
        PrintOutcome::Unknown(trouble) => format!("unknown {}", trouble_word(trouble)),
    }
}

fn outcome(word: &str, trouble: Option<&str>) -> Option<PrintOutcome> {
    let trouble = || {
        let named = |known: &&Trouble| Some(trouble_word(**known)) == trouble;
        Trouble::ALL.iter().find(named).copied()
    };
    match word {
        "printed" => Some(PrintOutcome::Printed),
        "sent" => Some(PrintOutcome::Sent),
        "not-printed" => trouble().map(PrintOutcome::NotPrinted),
        "unknown" => trouble().map(PrintOutcome::Unknown),
        _ => None,
    }
}

fn trouble_word(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unreachable => "unreachable",
        Trouble::Silent => "silent",
        Trouble::LinkBroken => "link-broken",
        Trouble::PaperOut => "paper-out",
        Trouble::CoverOpen => "cover-open",
        Trouble::Cutter => "cutter",
        Trouble::HeadHot => "head-hot",
        Trouble::Broken => "broken",
        Trouble::Offline => "offline",
        Trouble::Unprintable => "unprintable",
        Trouble::Unrecorded => "unrecorded",
        Trouble::Stopped => "stopped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Note> {
        let (job, ticket) = (12, 20_261_122_000_012);
        let mut outcomes = vec![PrintOutcome::Printed, PrintOutcome::Sent];
        outcomes.extend(Trouble::ALL.map(PrintOutcome::NotPrinted));
        outcomes.extend(Trouble::ALL.map(PrintOutcome::Unknown));
        let ended = outcomes.into_iter().map(|outcome| Note::Ended {
            job,
            ticket,
            outcome,
        });
        let mut notes = vec![
            Note::Begin {
                next: 12,
                interrupted: true,
            },
            Note::Queued {
                job,
                ticket,
                copy: 1,
                number: "A 012 ".into(),
            },
            Note::Sending {
                job,
                ticket,
                copy: 2,
            },
            Note::Taken { job },
            Note::Told { job },
        ];
        notes.extend(ended);
        notes
    }

    #[test]
    fn every_note_is_read_as_it_was_written() {
        for note in all() {
            assert_eq!(parse(&write(&note)), Some(note));
        }
        assert_eq!(parse("ended 12 20261122000012 unknown hope"), None);
    }
}
