//! Rehearsals: a recorded or made-up day goes through a running hall, over its public
//! WebSocket, as many kiosks and clerks would do it.

mod client;
mod day;
mod made_up;
mod play;
mod recorded;
mod report;

pub(crate) use day::WALK_MS;
pub use day::{Customer, Day};
pub use made_up::made_up;
pub(crate) use made_up::{DATE, Rates};
pub use play::{PlayError, play};
pub use recorded::{DayError, recorded};
pub use report::{Report, Waits};
