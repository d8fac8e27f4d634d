//! A printer to test against: it listens, answers, prints to memory, and fails as printers fail.
//!
//! [`Mechanism`] is the printer without a wire: bytes in, replies and tickets out.
//! [`PrinterSimulator`] puts it behind TCP, [`DirectPrinter`] behind a way without any wire, for many
//! thousands of jobs. [`picture`] shows a ticket as a person would see it.

mod command;
mod condition;
mod device;
mod direct;
mod mechanism;
pub mod picture;
mod simulator;
mod tally;

pub use condition::{Condition, Fault};
pub use device::Mishap;
pub use direct::{DirectPrinter, Killed};
pub use mechanism::{Mechanism, PrintedTicket};
pub use simulator::{Pause, PrinterSimulator};
pub use tally::{Found, TALLY_HEADS, Tally};
