//! The hall daemon, which owns the truth.
