//! The clerk's counter program.
//!
//! [`controller`] decides, `sheet` has the questions that open over the page, and [`view`] says what
//! is to be seen, all without a window; [`words`]
//! has what it says in both languages; [`window`] shows it, and [`program`] ties it to the hall's
//! link, or to the pretended hall of [`mock`].

pub mod controller;
pub mod mock;
mod paper;
pub mod program;
pub mod settings;
mod sheet;
pub mod view;
pub mod window;
pub mod words;

pub use controller::{Beginning, Command, Controller, Effect, Event, Memory, Primary};
pub use paper::Paperwork;

/// The window as the Slint compiler makes it.
#[allow(missing_docs, clippy::todo, clippy::unwrap_used)]
pub mod generated {
    slint::include_modules!();
}
