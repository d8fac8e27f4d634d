use std::path::PathBuf;

use clap::Args;
use hall::{HallSettings, wording};
use store::{Lost, Restored};

/// Bring the hall's memory back from a backup, or what is good of it.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup, or another hall's memory; it is only read
    #[arg(long)]
    from: PathBuf,
    /// An older backup: what is damaged in the other file is taken from it
    #[arg(long)]
    with: Option<PathBuf>,
    /// The folder in which the hall keeps its memory
    #[arg(long, default_value = "paihao-data")]
    data: PathBuf,
    /// The hall's settings, in TOML, for the time zone; without it the default hall
    #[arg(long)]
    settings: Option<PathBuf>,
    /// Put the memory aside that is there, and let the backup take its place
    #[arg(long)]
    replace: bool,
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let settings = super::read_settings(self.settings.as_deref())?;
        let aside = super::stamp(&settings);
        let aside = self.replace.then_some(aside.as_str());
        let with = self.with.as_deref();
        let restored = store::restore_with(&self.from, with, &self.data, aside)?;
        super::answer(&said(&restored, &settings))
    }
}

/// What is back, then what is not, then what to do about it.
fn said(restored: &Restored, settings: &HallSettings) -> String {
    let Restored {
        entries,
        days,
        requests,
        last,
        old,
        ..
    } = restored;
    let last = last.map(|last| {
        let when = wording::date_and_time(&settings.time_zone, last.wall_ms);
        format!(", the last of {when}")
    });
    let mut text = format!(
        "Brought back: {} of {}{}, and {} of requests.\n",
        wording::count(*entries, "entry"),
        wording::count(*days, "day"),
        last.unwrap_or_default(),
        wording::count(*requests, "outcome")
    );
    if let Some(old) = old {
        text += &format!(
            "The memory that was there is now {}. The hall deletes it after {} days, for texts that people typed are in it: take it away if you need it longer.\n",
            old.display(),
            settings.notes_days
        );
    }
    if restored.entries_mended > 0 {
        text += &format!(
            "{} damaged, and taken from the older backup.\n",
            wording::count(restored.entries_mended, "entry")
        );
    }
    if restored.entries_proved > 0 {
        text += &format!(
            "{} with a damaged checksum; the entry behind each proves what it says.\n",
            wording::count(restored.entries_proved, "entry")
        );
    }
    text += &said_of_the_certificate(restored);
    match &restored.wrong {
        Some(wrong) => text += &not_back(wrong, restored),
        None if restored.notes_lost > 0 => {
            text += &not_back("texts that people typed are damaged", restored);
        }
        None if restored.requests_lost > 0 => {
            text += &not_back("outcomes of requests are damaged", restored);
        }
        None if restored.entries_mended + restored.entries_proved > 0 => {}
        None => text += "The backup was good from the first entry to the last.\n",
    }
    text + "What was taken since is on paper and unknown here: look at the last numbers given before the hall opens again.\n\
        Devices, people and PINs are those of the backup too: who was shut out since is let in again. Look at hall devices and hall people list, and shut them out anew.\n"
}

/// Whether paired devices will know the hall again.
fn said_of_the_certificate(restored: &Restored) -> String {
    match (&restored.belongings[..], &restored.belongings_lost[..]) {
        ([], []) => "The backup has no certificate of the hall in it: bring the folder tls from its machine, or pair every device anew.\n".to_owned(),
        (_, []) => "The hall's certificate and key are back: paired devices will know it again.\n".to_owned(),
        (_, lost) => format!(
            "The hall's certificate is not back, for it is damaged in the backup: {}. Bring the folder tls from the hall's machine or an older backup, or pair every device anew.\n",
            lost.join(", ")
        ),
    }
}

fn not_back(wrong: &str, restored: &Restored) -> String {
    let mut text = format!("\nThe backup is damaged: {wrong}\nNot brought back:\n");
    for Lost {
        day,
        first_seq,
        last_seq,
    } in &restored.lost
    {
        let day = day.map_or_else(|| "of an unknown day".to_owned(), |day| format!("of {day}"));
        let count = wording::count(last_seq - first_seq + 1, "entry");
        text += &format!("  {count} {day}: {first_seq} to {last_seq}\n");
    }
    if restored.requests_lost > 0 {
        text += &format!(
            "  {} of requests\n",
            wording::count(restored.requests_lost, "outcome")
        );
    }
    if restored.notes_lost > 0 {
        text += &format!("  {}\n", wording::count(restored.notes_lost, "text"));
    }
    for who in &restored.trusted_lost {
        let mend = match who.split_once(' ') {
            Some(("device", _)) => "pair it again with hall pair",
            _ => "add the person again with hall people add",
        };
        text += &format!(
            "  the {who}, for no entry that is back says that the hall knows it so: {mend}\n"
        );
    }
    let rest = restored.requests_lost + restored.notes_lost + restored.trusted_lost.len() as u64;
    if restored.lost.is_empty() && rest == 0 {
        text += "  nothing that could be read\n";
    }
    text + "An older or newer backup may have what is missing here.\n\n"
}
