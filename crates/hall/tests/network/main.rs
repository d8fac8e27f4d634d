//! Many clients at once on a running hall: all kiosks press together, and somebody pulls the plug.

mod client;
mod damaged;
mod hall_file;
mod killed;
mod storm;
#[path = "../../../../tests/src/torture.rs"]
mod torture;
