//! The body of the hall's loop, on a real file, with a disk and a clock that fail when told to.

mod day_turn;
mod desk;
mod disk;
mod killed;
mod resume;
