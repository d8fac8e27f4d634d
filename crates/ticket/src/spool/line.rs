//! A note as a line of text that people can read, with a checksum that finds a spoiled one:
//!
//! ```text
//! 3f1c09a2b4d5e6f7 queued 12 20261122000012 0 A012
//! 77ab01c2d3e4f506 sending 12 20261122000012 0
//! 10aa55cc33dd22ee ended 12 20261122000012 unknown link-broken
//! ```

use sha2::{Digest, Sha256};

use super::job::Note;
use crate::printer::PrintOutcome;
use crate::state::Trouble;

/// What a file held.
pub(super) struct Lines {
    pub(super) notes: Vec<Note>,
    /// Lines that the disk has spoiled. Half a line at the end is none of them: it was being written
    /// when the program stopped, and nothing had been done on its strength.
    pub(super) damaged: usize,
}

/// Reads what can be read; every line stands for itself.
pub(super) fn read(bytes: &[u8]) -> Lines {
    let mut lines = Lines {
        notes: Vec::new(),
        damaged: 0,
    };
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let is_whole = line.ends_with(b"\n");
        // Half a line may lack no more than its end, or have a spoiled one.
        let found = parse(line).or_else(|| parse(line.split_last()?.1));
        match found {
            Some(note) => lines.notes.push(note),
            None if is_whole && line.len() > 1 => lines.damaged += 1,
            None => {}
        }
    }
    lines
}

/// The line of a note, with its end.
pub(super) fn write(note: &Note) -> String {
    let text = match note {
        Note::Begin { next, interrupted } => format!("begin {next} {interrupted}"),
        Note::Queued {
            job,
            ticket,
            copy,
            number,
        } => {
            let number = number.replace(char::is_control, " ");
            format!("queued {job} {ticket} {copy} {number}")
        }
        Note::Sending { job, ticket, copy } => format!("sending {job} {ticket} {copy}"),
        Note::Ended {
            job,
            ticket,
            outcome,
        } => format!("ended {job} {ticket} {}", outcome_words(*outcome)),
        Note::Taken { job } => format!("taken {job}"),
        Note::Told { job } => format!("told {job}"),
    };
    format!("{} {text}\n", checksum(&text))
}

fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn parse(line: &[u8]) -> Option<Note> {
    let (sum, text) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    if sum != checksum(text) {
        return None;
    }
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
        TROUBLES.iter().find(named).copied()
    };
    match word {
        "printed" => Some(PrintOutcome::Printed),
        "sent" => Some(PrintOutcome::Sent),
        "not-printed" => trouble().map(PrintOutcome::NotPrinted),
        "unknown" => trouble().map(PrintOutcome::Unknown),
        _ => None,
    }
}

const TROUBLES: [Trouble; 12] = [
    Trouble::Unreachable,
    Trouble::Silent,
    Trouble::LinkBroken,
    Trouble::PaperOut,
    Trouble::CoverOpen,
    Trouble::Cutter,
    Trouble::HeadHot,
    Trouble::Broken,
    Trouble::Offline,
    Trouble::Unprintable,
    Trouble::Unrecorded,
    Trouble::Stopped,
];

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
        outcomes.extend(TROUBLES.map(PrintOutcome::NotPrinted));
        outcomes.extend(TROUBLES.map(PrintOutcome::Unknown));
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
        let text: String = all().iter().map(write).collect();
        let lines = read(text.as_bytes());
        assert_eq!((lines.notes, lines.damaged), (all(), 0));
    }

    #[test]
    fn a_flipped_bit_spoils_its_own_line_alone() {
        let notes = &all()[..3];
        let text: String = notes.iter().map(write).collect();
        for bit in 0..text.len() * 8 {
            let mut bytes = text.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let lines = read(&bytes);
            // A bit of an end of line joins two lines, or parts one.
            assert!((1..=3).contains(&lines.notes.len()));
            assert!(lines.notes.iter().all(|note| notes.contains(note)));
            let is_last_end = bit / 8 == text.len() - 1;
            assert_eq!(lines.damaged > 0, !is_last_end, "bit {bit}");
        }
    }
}
