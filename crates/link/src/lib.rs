//! A client's connection to the hall: comes back by itself, resumes, never sends a thing twice.
//!
//! How to drive it:
//!
//! * [`open`] gives a [`LinkHandle`] (ask, forget, stop; from any thread) and a [`Link`], whose
//!   [`Link::run`] is a future that lives as long as the connection is wanted.
//! * All that happens comes out of the sink as [`LinkEvent`]s, in order. A lost connection is one of
//!   them: data for the screen, not a hidden retry.
//! * Whoever shows rows keeps a [`Table`] and applies each [`LinkEvent::Rows`] to it.
//! * A request is kept until the hall answers it and is sent again with the same id after each
//!   reconnect, so that it happens once or not at all. At most
//!   [`protocol::MAX_REQUESTS_IN_FLIGHT`] are kept.
//!
//! * [`pair`] lets a device in for the first time, by a code. A device that was paired ([`Paired`]) speaks TLS with the one hall that it was paired with, and with
//!   no other, whatever its address says. One that was not speaks plainly, which a hall takes from
//!   programs on its own machine alone.
//!
//! Inside, [`session`] decides with no clock, socket or randomness of its own, and `link.rs`
//! carries it out.

mod address;
mod backoff;
mod event;
mod link;
mod pair;
mod pending;
pub mod session;
mod table;
mod tls;
mod wire;

pub use address::{Address, BadAddress};
pub use event::{LinkEvent, Lost};
pub use link::{Link, LinkHandle, NotAsked, Paired, Settings, open};
pub use pair::{PairError, pair};
pub use table::{Changes, Table};
pub use tls::{BadFingerprint, Fingerprint};
