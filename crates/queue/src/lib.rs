//! The rules of the queue: pure, without clock, I/O, async or randomness.
