//! What halls, networks and strangers do to a running hall. `cargo xtask torture` runs more of each.

#[allow(dead_code)]
#[path = "../network/client.rs"]
mod client;
mod clock;
#[path = "../../../store/tests/disk/mod.rs"]
mod disk;
mod full;
#[path = "../network/hall_file.rs"]
mod hall_file;
mod instant;
mod long;
mod partition;
mod process;
mod raw;
mod restart;
mod running;
mod scarce;
mod slow;
#[path = "../../../../tests/src/torture.rs"]
mod torture;
mod upgrade;
mod wire;
