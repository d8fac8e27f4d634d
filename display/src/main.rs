//! The display on the wall, which shows and speaks the call.

fn main() {}
