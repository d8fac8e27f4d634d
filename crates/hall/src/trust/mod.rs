//! Who is let in, and who may do what: devices, people, rights.

pub mod pairing;
