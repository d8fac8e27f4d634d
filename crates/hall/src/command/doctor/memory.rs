//! The hall's memory: what is in it, whether it is sound, its backups.

use std::fs;
use std::path::Path;
use std::time::Duration;

use hall::{Clock, HallSettings, backups, wording};
use queue::{Date, Moment, Queue};
use store::{Archive, Checked, Extent};

use super::Findings;

/// A backup that is older than this misses more than a day and a weekend's night.
const BACKUP_WARN: Duration = Duration::from_secs(36 * 3_600);

/// A hall checks its record from the first entry on every day; two days without are one too many.
const LOOK_WARN_MS: i64 = 48 * 3_600_000;

impl Findings {
    pub(super) fn memory(&mut self, data: &Path, settings: &HallSettings) {
        let opened = Archive::open(data);
        let archive = match opened {
            Ok(archive) => archive,
            // It says what to do.
            Err(error) => return self.broken("memory", error.to_string(), ""),
        };
        match archive.extent() {
            Ok(extent) => {
                self.open_day(&archive, &extent, settings);
                self.beside(&archive);
                self.old_days(&extent, settings);
                self.clock(&extent, settings);
            }
            Err(error) => self.broken("memory", error.to_string(), "Say hall audit verify."),
        }
    }

    /// As a hall that starts reads it.
    fn open_day(&mut self, archive: &Archive, extent: &Extent, settings: &HallSettings) {
        let Some(day) = extent.days.last() else {
            return self.good("memory", "it is empty: no day was opened yet".to_owned());
        };
        let mut queue = Queue::new(settings.rules());
        let read = archive.replay_day(*day, None, |recorded| queue.evolve(&recorded.event));
        if let Err(error) = read {
            let mend = "Say hall audit verify to see all that is bad, and bring a backup back by hall restore.";
            return self.broken("memory", error.to_string(), mend);
        }
        if let Err(broken) = queue.check() {
            let what = format!("the open day {day} contradicts itself: {broken:?}");
            return self.broken(
                "memory",
                what,
                "Keep a copy of the data folder, and report this as a fault of the hall.",
            );
        }
        let entries = wording::count(extent.entries, "entry");
        let days = wording::count(extent.days.len() as u64, "day");
        let tickets = wording::count(queue.day().tickets().len() as u64, "ticket");
        let what = format!(
            "{entries} of {days}; the last, {day}, with {tickets}, can be read back. Of the days before it hall audit verify says more"
        );
        self.good("memory", what);
    }

    /// What a hall that starts holds against its record, besides the entries.
    fn beside(&mut self, archive: &Archive) {
        let mend = "Nobody but the hall writes there: find out who did. Stop the hall, say hall restore --from BACKUP --data FOLDER --replace, and look with hall devices and hall people list who is let in.";
        match archive.look_beside() {
            Ok(faults) => {
                for fault in faults {
                    self.broken("memory", fault, mend);
                }
            }
            Err(error) => self.broken("memory", error.to_string(), "Say hall audit verify."),
        }
    }

    /// How long days are kept, and which are gone.
    fn old_days(&mut self, extent: &Extent, settings: &HallSettings) {
        let rule = match settings.journal_years {
            0 => "days are kept for ever".to_owned(),
            years => format!("days are kept for {years} years"),
        };
        let gone = match &extent.old_days {
            None => "none was deleted yet".to_owned(),
            Some(gone) => format!(
                "those up to {} are deleted, as entry {} says",
                gone.last, gone.said_by_seq
            ),
        };
        self.good("keeping", format!("{rule}, and {gone}"));
    }

    fn clock(&mut self, extent: &Extent, settings: &HallSettings) {
        let (zone, day_turns_at) = (settings.time_zone.clone(), settings.day_turns_at);
        let now = Clock::new(zone, day_turns_at, Moment::default()).now();
        let shown = wording::date_and_time(&settings.time_zone, now.at.wall_ms);
        let mend = "Set the clock of this machine, and let it be set from the network (timedatectl set-ntp true). Waits are right all the same, for they are measured by another clock.";
        let mut right = true;
        if let Some(last) = extent.last_wall_ms.filter(|last| *last > now.at.wall_ms) {
            let behind = wording::span((last - now.at.wall_ms) as u64);
            let since = wording::date_and_time(&settings.time_zone, last);
            let what = format!(
                "it shows {shown}, and the last entry was written on {since}: it was set back by {behind} or more"
            );
            self.look("clock", what, mend);
            right = false;
        }
        if let Some(day) = extent.days.last().filter(|day| **day > now.today) {
            let what = format!(
                "today is {} by the clock, and the day {day} is open already: until then no new day begins",
                now.today
            );
            self.look("clock", what, mend);
            right = false;
        }
        if right {
            let zone = settings.time_zone.iana_name().unwrap_or("of its own");
            let since = since(extent.days.last().copied(), now.today);
            self.good(
                "clock",
                format!("it shows {shown} in the time zone {zone}{since}"),
            );
        }
    }

    /// What the hall found when it looked at its record, from the first entry to the last.
    pub(super) fn chain(&mut self, data: &Path, settings: &HallSettings) {
        let Some(checked) = Checked::read(data) else {
            let what = "it was not looked at yet: a hall does that when it serves, and hall audit verify at once";
            return self.good("record", what.to_owned());
        };
        let when = wording::date_and_time(&settings.time_zone, checked.whole_at_wall_ms);
        if let Some(bad) = checked.bad.first() {
            let what = format!(
                "it is damaged in {}: {bad}",
                wording::count(checked.bad.len() as u64, "place")
            );
            let mend = "Say hall audit verify to see all of it. Stop the hall after hours, and say hall restore --from FOLDER/hall.sqlite --with BACKUP --data FOLDER --replace: what is damaged comes from the backup, and what is younger stays.";
            return self.broken("record", what, mend);
        }
        if checked.texts_in_entries > 0 {
            let what = format!(
                "{} from halls before schema 4 hold what people typed themselves: the chain keeps these texts from being deleted after [keep] notes_days",
                wording::count(checked.texts_in_entries, "entry")
            );
            let mend = "They go with their day after [keep] journal_years. Give nobody the data folder or its backups who may not read them.";
            self.look("texts", what, mend);
        }
        let now_ms = super::super::wall_now_ms(settings);
        let entries = wording::count(checked.seq, "entry");
        let what = format!(
            "{entries} checked and found good, the last time from the first one on at {when}"
        );
        if store::is_in_use(data) && now_ms - checked.whole_at_wall_ms > LOOK_WARN_MS {
            let mend = "The hall looks at all of it once a day. Look into its log for why it did not, or say hall audit verify.";
            return self.look("record", what, mend);
        }
        self.good("record", what);
    }

    pub(super) fn reserve(&mut self, data: &Path) {
        if store::is_in_use(data) && !store::is_reserve_kept(data) {
            let what = "the hall has no reserve for when the disk is full".to_owned();
            let mend = "Free room: the hall makes its reserve again within a minute.";
            self.look("room", what, mend);
        }
    }

    /// Whether the last backup was proved.
    pub(super) fn last_backup(&mut self, data: &Path, settings: &HallSettings) {
        let Some(last) = backups::Last::read(data) else {
            return;
        };
        let when = wording::date_and_time(&settings.time_zone, last.at_wall_ms);
        let what = format!("the last of {when}, {}: {}", last.file.display(), last.said);
        let is_old =
            super::super::wall_now_ms(settings) - last.at_wall_ms > BACKUP_WARN.as_millis() as i64;
        match (last.made, last.brought_back) {
            (false, _) => self.broken("backup", what, "Mend what it says, and say hall backup --to FOLDER."),
            (true, false) => self.look("backup", what, "Free room beside the backups, or name another folder: a backup that was never brought back is a hope."),
            (true, true) if is_old => self.look("backup", what, "Look into the hall's log for why it made none since, or say hall backup --to FOLDER."),
            (true, true) => self.good("backup", what),
        }
    }

    pub(super) fn backups(&mut self, folder: &Path) {
        let newest = backups::list(folder).map(|mut found| (found.len(), found.pop()));
        let say = "Name a folder in the settings, under [backup]: the hall makes one every night then. Or say hall backup --to FOLDER.";
        match newest {
            Err(error) => self.broken(
                "backup",
                format!("{} cannot be read: {error}", folder.display()),
                "Name the folder with --backups.",
            ),
            Ok((_, None)) => self.look(
                "backup",
                format!("there is none in {}", folder.display()),
                say,
            ),
            Ok((count, Some(newest))) => {
                let age = fs::metadata(&newest)
                    .and_then(|about| about.modified())
                    .map(|made| made.elapsed().unwrap_or_default());
                let age = age.unwrap_or(Duration::MAX);
                let hours = age.as_secs() / 3_600;
                let what = format!("{count} in {}, the newest {hours} h old", folder.display());
                if age > BACKUP_WARN {
                    self.look("backup", what, say);
                } else {
                    self.good("backup", what);
                }
            }
        }
    }
}

fn since(last: Option<Date>, today: Date) -> String {
    match last {
        Some(last) if last < today => format!("; the last open day was {last}"),
        _ => String::new(),
    }
}
