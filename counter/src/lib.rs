//! The clerk's counter program.

#[allow(missing_docs)]
mod window {
    slint::include_modules!();
}
pub use window::*;
