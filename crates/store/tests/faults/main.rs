//! The faults of a disk, each at every point at which it can strike. `cargo xtask torture` runs
//! more of each.

mod bites;
mod bits;
#[path = "../disk/mod.rs"]
mod disk;
mod each;
mod life;
mod power;
mod reserve;
#[path = "../sample/mod.rs"]
mod sample;
#[path = "../../../../tests/src/torture.rs"]
mod torture;
