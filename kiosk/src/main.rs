//! The touch kiosk that prints tickets.

fn main() {}
