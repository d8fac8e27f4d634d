//! The display on the wall, which shows and speaks the call.
//!
//! [`controller`] decides with [`announcer`] what is shown and spoken when, and [`view`] says what
//! is to be seen: all of it without a window, a sound or a clock. [`wall`] carries that out with
//! the [`speaker`], [`window`] shows it, and [`program`] ties them to the hall's link.

pub mod announcer;
pub mod chime;
pub mod controller;
pub mod distance;
pub mod mock;
mod notices;
pub mod phrase;
pub mod player;
pub mod process;
pub mod program;
pub mod record;
pub mod settings;
pub mod speaker;
pub mod studio;
pub mod view;
pub mod voice;
pub mod wall;
pub mod wav;
pub mod window;
pub mod words;

/// The window as the Slint compiler makes it.
#[allow(missing_docs, clippy::todo, clippy::unwrap_used)]
pub mod generated {
    slint::include_modules!();
}
