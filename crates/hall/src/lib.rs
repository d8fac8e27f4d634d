//! The hall daemon, which owns the truth.
//!
//! [`settings`] say what the hall is; [`engine`] is the body of its one loop, without a socket or
//! a clock; [`server`] puts it on the network.

pub mod clock;
pub mod engine;
pub mod rehearsal;
pub mod server;
pub mod settings;

pub use clock::Clock;
pub use server::Server;
pub use settings::HallSettings;
