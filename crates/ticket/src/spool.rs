//! The print jobs of one kiosk, on disk: what was begun is known after any stop.
//!
//! One file of lines, only ever added to, each with a checksum and each on disk before the program goes
//! on: queued before the printer is asked, sending before the first byte leaves, then what became of
//! it, and that the hall was told. A stop between any two of them leaves a state that tells
//! the truth: what was queued is known as not printed, what was sending is unknown, and nothing is ever
//! sent again by itself after a stop. [`Spooler`] does the printing.

use std::io;
use std::path::Path;

pub use self::disk::{Disk, FileDisk};
pub use self::job::{Job, JobState, Step};
pub use self::lines::LineFile;
pub use self::spooler::{Patience, Spooler};

use self::job::{Jobs, Note};
use crate::printer::PrintOutcome;
use crate::state::Trouble;

mod disk;
mod job;
mod line;
mod lines;
mod spooler;

/// Jobs on disk. The only one that writes its file.
pub struct Spool {
    file: LineFile,
    jobs: Jobs,
    damaged: usize,
}

/// After so many lines the jobs that the hall knows of are left out: about 800 tickets, 200 kB.
const LINES_MAX: usize = 4_096;

impl Spool {
    /// Opens the file or makes it, settles what a stop left open, and throws away what is done with.
    ///
    /// # Errors
    /// When the file cannot be read or written, or another process has it.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::over(Box::new(FileDisk::open(path)?))
    }

    /// The same on a disk of the caller's own.
    ///
    /// # Errors
    /// When the disk cannot be read or written.
    pub fn over(disk: Box<dyn Disk>) -> io::Result<Self> {
        let (file, texts) = LineFile::over(disk)?;
        let notes: Vec<Note> = texts.iter().filter_map(|text| line::parse(text)).collect();
        let damaged = file.damaged() + texts.len() - notes.len();
        let mut jobs = Jobs::default();
        for note in &notes {
            jobs.evolve(note);
        }
        for note in jobs.after_stop(damaged > 0) {
            jobs.evolve(&note);
        }
        let mut spool = Self {
            file,
            jobs,
            damaged,
        };
        spool.leave_out_told()?;
        Ok(spool)
    }

    /// How many lines the disk had spoiled when the file was opened.
    pub fn damaged_lines(&self) -> usize {
        self.damaged
    }

    /// Whether the last thing sent to the printer has no known end.
    pub fn is_interrupted(&self) -> bool {
        self.jobs.is_interrupted()
    }

    /// Whether there is a job of this ticket, whatever became of it.
    pub fn has_job_of(&self, ticket: u64) -> bool {
        self.jobs.has_job_of(ticket)
    }

    /// The last copy of this ticket, with the bar 补打 REPRINT n, of which a byte has left; 0: none.
    pub fn copies_of(&self, ticket: u64) -> u32 {
        self.jobs.copies_of(ticket)
    }

    /// A job by its id.
    pub fn job(&self, job: u64) -> Option<&Job> {
        self.jobs.job(job)
    }

    /// What became of each ticket of which the hall does not know it yet, the oldest first.
    pub fn untold(&self) -> Vec<(u64, PrintOutcome)> {
        self.jobs.untold()
    }

    /// Writes a new job down and gives its id. After an error there is no such job.
    fn queue(&mut self, ticket: u64, number: &str, copy: u32) -> io::Result<u64> {
        let job = self.jobs.next_id();
        let number = number.to_owned();
        let queued = self.promise(Note::Queued {
            job,
            ticket,
            copy,
            number,
        });
        // A line that is there after all must not name another ticket's job.
        self.jobs.use_up(job);
        queued.map(|()| job)
    }

    /// Writes down that bytes are about to leave. After an error none may.
    fn sending(&mut self, job: u64, copy: u32) -> io::Result<()> {
        let ticket = self.ticket(job);
        self.promise(Note::Sending { job, ticket, copy })
    }

    fn ended(&mut self, job: u64, outcome: PrintOutcome) {
        let ticket = self.ticket(job);
        self.remember(Note::Ended {
            job,
            ticket,
            outcome,
        });
    }

    fn taken(&mut self, job: u64) {
        self.remember(Note::Taken { job });
    }

    /// The hall knows what became of every job of this ticket.
    fn told(&mut self, ticket: u64) {
        for job in self.jobs.settled_of(ticket) {
            self.remember(Note::Told { job });
        }
        if self.file.count() > LINES_MAX {
            // The long file is as true as the short one; there is another chance after the next ticket.
            let _ = self.leave_out_told();
        }
    }

    fn ticket(&self, job: u64) -> u64 {
        self.jobs.job(job).map_or(0, |job| job.ticket)
    }

    /// Something that must be on disk before it is so.
    fn promise(&mut self, note: Note) -> io::Result<()> {
        self.append(&note)?;
        self.jobs.evolve(&note);
        Ok(())
    }

    /// Something that is so, whatever the disk says. If it does not get there, a stop leaves the job
    /// less certain than it was, which is true too.
    fn remember(&mut self, note: Note) {
        self.jobs.evolve(&note);
        let _ = self.append(&note);
    }

    fn append(&mut self, note: &Note) -> io::Result<()> {
        self.file.append(&line::write(note))
    }

    fn leave_out_told(&mut self) -> io::Result<()> {
        let mut jobs = self.jobs.clone();
        jobs.forget_told();
        let texts: Vec<String> = jobs.notes().iter().map(line::write).collect();
        self.file.replace(&texts)?;
        self.jobs = jobs;
        Ok(())
    }
}

/// Nothing was sent, for it could not be written down.
const UNRECORDED: PrintOutcome = PrintOutcome::NotPrinted(Trouble::Unrecorded);

#[cfg(test)]
mod tests;
