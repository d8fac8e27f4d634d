//! The product as its users meet it: test support, and tests across programs.

pub mod pictures;
