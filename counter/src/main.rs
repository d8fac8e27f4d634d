//! The clerk's counter program.

fn main() {}
