//! The demo: a hall on this machine, and a customer and a clerk who walk through it.
//!
//! Nothing in the programs knows of it. What a customer does reaches the kiosk as touches of a
//! touch screen ([`hands`]), what somebody sees is read from the screen ([`Display::picture`]), and
//! where a button is comes from what the program tells a screen reader ([`Reader`]). So the demo
//! keeps working when a page is laid out anew, and it breaks when a button loses its label.

mod display;
mod folder;
pub mod hands;
mod here;
mod paper;
mod process;
mod programs;
mod reader;
mod screen;
mod story;
mod summary;
mod watcher;

pub use display::Display;
pub use folder::Folder;
pub use here::open_here;
pub use process::{Process, programs_folder, wait_for};
pub use programs::Programs;
pub use reader::{Area, Element, Reader, Role};
pub use screen::Screen;
pub use story::tell;
pub use summary::{Counted, Summary};
pub use watcher::Watcher;
