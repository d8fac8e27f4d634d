//! The product as its users meet it: test support, and tests across programs.

pub mod demo;
pub mod npm;
pub mod pictures;
pub mod printer;
pub mod proxy;
pub mod torture;
