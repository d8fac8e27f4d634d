//! What the kiosk, the counter and the display share: settings, log, link to event loop, full screen.
//!
//! A program starts like this:
//!
//! 1. parse its command line, which flattens [`Options`];
//! 2. [`read_settings`], put the options over them with [`Options::over`], then [`start_log`];
//! 3. ask the hall to pair the device if a code was given, and read what an earlier pairing left, both in
//!    [`Station::link_settings`];
//! 4. [`choose_backend`], make its window and [`place`] it;
//! 5. make a [`mailbox`] of its own events, start a [`Bridge`] whose sink posts each
//!    [`LinkEvent`] into it, and deliver the mailbox to its controller;
//! 6. run the window. Dropping the bridge ends the link and waits for its thread.

mod backend;
mod bridge;
mod clock;
mod language;
mod log;
mod mailbox;
mod options;
mod paired;
mod settings;
#[cfg(feature = "slip")]
mod slip;
mod state;
mod station;
mod technician;

pub use backend::{Geometry, choose_backend, hold, place};
pub use bridge::Bridge;
pub use clock::{HallClock, LocalTime};
pub use language::Language;
pub use link::{
    Address, Changes, LinkEvent, LinkHandle, Lost, NotAsked, Settings as LinkSettings, Table,
};
pub use log::start_log;
pub use mailbox::{Mailbox, Post, mailbox};
pub use options::Options;
pub use paired::{Code, PairingError};
pub use settings::{SettingsError, read_settings};
#[cfg(feature = "slip")]
pub use slip::{bilingual, papers, serial, slip};
pub use state::state_folder;
pub use station::{Station, Theme};
pub use technician::for_the_technician;
