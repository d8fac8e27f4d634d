//! Papers as bytes, read back by a decoder that we did not write.

mod decoder;
mod others;
mod tickets;
