//! The hall daemon, which owns the truth.
//!
//! [`settings`] say what the hall is; [`engine`] is the body of its one loop, without a socket or
//! a clock; [`server`] puts it on the network, and [`caretaker`] looks after its memory meanwhile. [`picture`], [`explain`], [`audit`] and [`export`]
//! read what it wrote down.
//! [`simulate`] tries settings on invented days before anybody has to wait under them.

pub mod admin;
pub mod audit;
pub mod backups;
pub mod caretaker;
pub mod clock;
mod columns;
pub mod engine;
pub mod explain;
pub mod export;
pub mod picture;
pub mod rehearsal;
pub mod server;
pub mod settings;
pub mod simulate;
pub mod trust;
pub mod wording;

pub use clock::Clock;
pub use server::Server;
pub use settings::HallSettings;
