//! Tries settings on invented days, before anybody has to wait under them.
//!
//! A simulation drives the real rules (`queue::Queue`, by decide and evolve, as the daemon does)
//! from event to event: no clock runs, nothing is written, and a day of 350 customers takes about a
//! millisecond.
//!
//! # What is invented
//!
//! A [`Pattern`] says who comes:
//!
//! * **Made up.** Customers are a Poisson stream whose rate changes from hour to hour as in
//!   `assets/day.toml`, with its two peaks, and is scaled to the number of customers asked for. The
//!   services' shares are those of the same file where the current hall has all its services; a
//!   service without a known share makes as much work as the others do on average. Classes have the
//!   shares of the file; one that it does not know has 2 of 100. Handling times are lognormal
//!   (Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn and Zhao 2005, "Statistical Analysis of a
//!   Telephone Call Center", JASA 100, found them so) around the service's typical time in the
//!   current settings. A customer whose wait is longer than a patience drawn from the file has left
//!   when called.
//! * **Recorded.** The customers of a day that `hall rehearse` can read, drawn with replacement
//!   (bootstrap), so that the number of each is a Poisson variable; each comes up to 15 minutes
//!   earlier or later than the one in the record, with the same service, class, handling time and
//!   patience.
//!
//! Every counter of the settings is open all day. Whoever waits when the doors close is served. A
//! customer whose class a hall does not have comes as an ordinary one; one whose service it does
//! not have gets no ticket.
//!
//! # What is compared
//!
//! A [`Study`] plays every day twice, under the current settings and under the new ones, with the
//! same customers (common random numbers), so that what differs is what the settings do. The days
//! are dealt into twenty heaps, and a figure has changed if the paired differences of the heaps are
//! beyond chance (Student's t, 1 in 1,000) and it matters: half a minute of waiting, one customer
//! in a hundred within target, one customer in two days. Everything that gets worse is named.
//!
//! The same seed gives the same study, whatever the number of threads: each day has a random source
//! of its own, of the seed and its number, and the days are put in order before anything is added
//! up.
//!
//! `crates/hall/tests/theory` holds the simulation against the formulas of Erlang, Cobham and
//! Kleinrock.

mod chance;
mod desk;
mod figures;
mod pattern;
mod play;
mod study;
mod table;
mod verdict;

pub use desk::Rules;
pub use pattern::Pattern;
pub use play::{Fate, Hours, Played, Visit, play};
pub use study::{Plan, Study};
