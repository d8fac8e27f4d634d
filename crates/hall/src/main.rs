//! The `hall` command line.

fn main() {}
