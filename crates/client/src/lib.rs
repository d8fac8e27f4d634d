//! What the kiosk, the counter and the display share: settings, log, link to event loop, full screen.
//!
//! A program starts like this:
//!
//! 1. parse its command line, which flattens [`Options`];
//! 2. [`read_settings`], put the options over them with [`Options::over`], then [`start_log`];
//! 3. [`choose_backend`], make its window and [`place`] it;
//! 4. make a [`mailbox`] of its own events, start a [`Bridge`] whose sink posts each
//!    [`LinkEvent`] into it, and deliver the mailbox to its controller;
//! 5. run the window. Dropping the bridge ends the link and waits for its thread.

mod backend;
mod bridge;
mod clock;
mod language;
mod log;
mod mailbox;
mod options;
mod settings;
#[cfg(feature = "slip")]
mod slip;
mod station;

pub use backend::{Geometry, choose_backend, place};
pub use bridge::Bridge;
pub use clock::{HallClock, LocalTime};
pub use language::Language;
pub use link::{Address, Changes, LinkEvent, LinkHandle, Lost, NotAsked, Table};
pub use log::start_log;
pub use mailbox::{Mailbox, Post, mailbox};
pub use options::Options;
pub use settings::{SettingsError, read_settings};
#[cfg(feature = "slip")]
pub use slip::{bilingual, papers, serial, slip};
pub use station::{Station, Theme};
