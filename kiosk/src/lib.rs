//! The touch kiosk that prints tickets.
//!
//! [`controller`] decides and [`view`] says what is to be seen, both without a window; [`window`]
//! shows it, [`printing`] owns the printer, and [`program`] ties them to the hall's link.

mod asking;
pub mod controller;
pub mod event;
mod leftovers;
pub mod mock;
mod orders;
pub mod printing;
pub mod program;
mod rehearsal;
mod reports;
pub mod screen;
pub mod settings;
pub mod view;
pub mod window;

/// The window as the Slint compiler makes it.
#[allow(missing_docs, clippy::all, clippy::todo, clippy::unwrap_used)]
pub mod generated {
    slint::include_modules!();
}
