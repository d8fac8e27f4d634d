//! The product as its users meet it: test support, and tests across programs.

pub mod demo;
pub mod pictures;
pub mod printer;
