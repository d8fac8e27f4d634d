//! The touch kiosk that prints tickets.

#[allow(missing_docs)]
mod window {
    slint::include_modules!();
}
pub use window::*;
