//! What the caretaker does in a round, and when each thing is due.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use queue::Now;
use store::{Archive, Checked, Looked, RESERVE_BYTES, Trial};

use crate::backups;
use crate::engine::Memory;
use crate::settings::{BackupSettings, HallSettings};
use crate::wording;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// What came since the last look is checked so often.
const LOOK_EVERY_MS: u64 = HOUR_MS;

/// From the first entry on the chain is checked so often.
const LOOK_AT_ALL_EVERY_MS: i64 = DAY_MS as i64;

/// A look or a backup that failed is tried again after so long.
const AGAIN_MS: u64 = 10 * MINUTE_MS;

/// With less room than this somebody should look after the disk: a busy day takes a tenth of it.
const ROOM_SHORT_BYTES: u64 = 100_000_000;

/// Where the room is for it several times over, the reserve is made.
const ROOM_FOR_RESERVE_BYTES: u64 = 4 * RESERVE_BYTES;

/// The caretaker's work, and what it remembers between two rounds.
#[derive(Debug)]
pub struct Rounds {
    settings: HallSettings,
    data: PathBuf,
    checked: Option<Checked>,
    look_steady_ms: u64,
    back_up_steady_ms: u64,
}

impl Rounds {
    /// For the memory in a data folder.
    #[must_use]
    pub fn new(settings: HallSettings, data: &Path) -> Self {
        Self {
            checked: Checked::read(data),
            settings,
            data: data.to_owned(),
            look_steady_ms: 0,
            back_up_steady_ms: 0,
        }
    }

    /// Does what is due now. `waits` waits for so long, and says no when the work is to end.
    pub fn go(&mut self, now: Now, waits: &dyn Fn(Duration) -> bool, tell: &mut dyn FnMut(Memory)) {
        tell(self.room());
        if now.at.steady_ms >= self.look_steady_ms {
            self.look(now, waits, tell);
        }
        if let Some(backup) = self.settings.backup.clone()
            && now.at.steady_ms >= self.back_up_steady_ms
            && self.is_due(&backup, now)
        {
            let failed = self.back_up(&backup, now).err();
            if let Some(why) = &failed {
                tracing::error!("{why} It is tried again in ten minutes.");
                self.back_up_steady_ms = now.at.steady_ms + AGAIN_MS;
            }
            tell(Memory::BackedUp { failed });
        }
        self.delete_put_aside();
    }

    /// Sees to it that there is a reserve, and says whether room is short.
    fn room(&self) -> Memory {
        let disk = rustix::fs::statfs(&self.data);
        let free = disk.map_or(u64::MAX, |disk| {
            disk.f_bavail.saturating_mul(disk.f_bsize as u64)
        });
        if !store::is_reserve_kept(&self.data) && free >= ROOM_FOR_RESERVE_BYTES {
            match store::keep_reserve(&self.data) {
                Ok(()) => tracing::info!("the data folder has a reserve for when the disk is full"),
                Err(error) => tracing::warn!("no reserve can be made for a full disk: {error}"),
            }
        }
        let short = free < ROOM_SHORT_BYTES || !store::is_reserve_kept(&self.data);
        Memory::Room { short }
    }

    fn look(&mut self, now: Now, waits: &dyn Fn(Duration) -> bool, tell: &mut dyn FnMut(Memory)) {
        self.look_steady_ms = now.at.steady_ms + LOOK_EVERY_MS;
        let mut begun = Instant::now();
        // It rests as long as it works.
        let rest = || {
            let goes_on = waits(begun.elapsed());
            begun = Instant::now();
            goes_on
        };
        let last = self.checked.as_ref();
        let last = last.filter(|last| is_young(last.whole_at_wall_ms, now.at.wall_ms));
        let archive = Archive::open(&self.data);
        let looked = match &archive {
            Ok(archive) => archive.look(last, now.at.wall_ms, rest),
            Err(error) => {
                self.look_steady_ms = now.at.steady_ms + AGAIN_MS;
                return tracing::error!("the record cannot be checked: {error}");
            }
        };
        match looked {
            Ok(Some(looked)) => self.report(looked, tell),
            Ok(None) => {}
            Err(error) if error.is_damage() => tell(Memory::DamagedToday {
                bad: error.to_string(),
            }),
            Err(error) => {
                self.look_steady_ms = now.at.steady_ms + AGAIN_MS;
                tracing::error!("the record cannot be checked: {error}");
            }
        }
    }

    fn report(&mut self, looked: Looked, tell: &mut dyn FnMut(Memory)) {
        let Looked {
            verdict,
            whole,
            checked,
        } = looked;
        if let Err(error) = checked.write(&self.data) {
            tracing::warn!("where the check of the record ended cannot be noted: {error}");
        }
        self.checked = Some(checked);
        let mut before = verdict.bad.iter();
        let before = before.find(|bad| Some(*bad) != verdict.in_open_day.as_ref());
        if let Some(bad) = before {
            let more = verdict.bad.len() as u64 + verdict.more_bad - 1;
            tracing::error!(
                "the record is damaged: {bad}, and {} more. Today goes on. Say hall audit verify to see all of it, and bring it back with hall restore after hours.",
                wording::count(more, "place")
            );
        } else if whole && verdict.is_good() {
            let entries = wording::count(verdict.entries, "entry");
            tracing::info!("the record was checked from the first entry on: {entries}, all good");
        }
        tell(Memory::Looked {
            bad: before.map(ToString::to_string),
        });
        if let Some(bad) = verdict.in_open_day {
            let bad = format!("{bad}.");
            tell(Memory::DamagedToday { bad });
        }
    }

    /// Whether there is no backup yet from the last time that one was to be made.
    fn is_due(&self, backup: &BackupSettings, now: Now) -> bool {
        let Some(due_wall_ms) = self.last_due(backup, now.at.wall_ms) else {
            return false;
        };
        let newest = backups::list(&backup.folder)
            .ok()
            .and_then(|mut all| all.pop());
        let wanted = backups::name(&self.settings.time_zone, due_wall_ms);
        newest.is_none_or(|newest| {
            let name = newest.file_name().unwrap_or_default().to_string_lossy();
            *name < *wanted
        })
    }

    /// When a backup was to be made last.
    fn last_due(&self, backup: &BackupSettings, wall_ms: i64) -> Option<i64> {
        let zone = &self.settings.time_zone;
        let now = Timestamp::from_millisecond(wall_ms).ok()?;
        let today = now.to_zoned(zone.clone()).date();
        let at = |date: jiff::civil::Date| {
            let due = date.to_datetime(backup.at).to_zoned(zone.clone()).ok()?;
            Some(due.timestamp().as_millisecond())
        };
        at(today)
            .filter(|due| *due <= wall_ms)
            .or_else(|| at(today.yesterday().ok()?))
    }

    fn back_up(&self, backup: &BackupSettings, now: Now) -> Result<(), String> {
        let folder = &backup.folder;
        let failed = |error: &dyn std::fmt::Display| {
            let folder = folder.display();
            format!("the backup into {folder} failed: {error}.")
        };
        backups::make_folder(folder).map_err(|error| failed(&error))?;
        let made_file = folder.join(backups::name(&self.settings.time_zone, now.at.wall_ms));
        let file = &made_file;
        let archive = Archive::open(&self.data).map_err(|error| failed(&error))?;
        let made = backups::make(&archive, file, &self.settings, now.today);
        self.remember(&backups::Last::new(file, now.at.wall_ms, &made));
        let made = made.map_err(|error| failed(&error))?;
        let how = backups::proved(&made);
        let (file, entries) = (file.display(), wording::count(made.entries, "entry"));
        let size = made.bytes as f64 / 1e6;
        match made.trial {
            Trial::BroughtBack => {
                tracing::info!("the backup {file} was made: {entries}, {size:.1} MB; {how}")
            }
            _ => tracing::warn!(
                "the backup {file} was made: {entries}, {size:.1} MB; {how}. Free room there."
            ),
        }
        let gone = backups::prune(folder, &made_file, backup.keep as usize);
        for old in gone.map_err(|error| failed(&error))? {
            tracing::info!("the old backup {} was deleted", old.display());
        }
        Ok(())
    }

    /// For the doctor, and for whoever watches the hall.
    fn remember(&self, last: &backups::Last) {
        if let Err(error) = last.write(&self.data) {
            tracing::warn!("what became of the backup cannot be noted: {error}");
        }
    }

    /// What was kept when a newer version changed the memory's form, or when a backup took the memory's place,
    /// has old texts in it, too.
    fn delete_put_aside(&self) {
        let age = Duration::from_millis(DAY_MS) * self.settings.notes_days;
        match store::delete_put_aside(&self.data, age) {
            Ok(gone) => gone.iter().for_each(|file| {
                tracing::info!(
                    "{}, a memory that was put aside, was deleted after its days",
                    file.display()
                );
            }),
            Err(error) => {
                tracing::warn!("memories that were put aside cannot be deleted: {error}");
            }
        }
    }
}

/// Whether something was less than a day ago; nobody knows of a future that the clock has not reached.
fn is_young(then_wall_ms: i64, now_wall_ms: i64) -> bool {
    (0..LOOK_AT_ALL_EVERY_MS).contains(&(now_wall_ms - then_wall_ms))
}
