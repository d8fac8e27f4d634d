//! What the hall remembers, through the crate's own doors: one program for all, for each program has the
//! whole of SQLite in it. Faults of the disk have their own (`faults`, `same_disk`), for they put another
//! file system under SQLite.

mod archive;
mod backup;
mod damage;
mod journal;
mod lost;
mod mended;
mod migration;
mod notes;
mod old_days;
mod opening;
mod pieces;
mod reading;
mod records;
#[path = "../sample/mod.rs"]
mod sample;
mod start;
mod trial;
mod verify;
mod vouched;
mod watch;
