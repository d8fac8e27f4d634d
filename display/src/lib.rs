//! The display on the wall, which shows and speaks the call.

#[allow(missing_docs)]
mod window {
    slint::include_modules!();
}
pub use window::*;
