//! The body of the hall's loop, on a real file, with a disk and a clock that fail when told to.

mod any_act;
mod damage;
mod day_turn;
mod desk;
mod disk;
mod forget;
mod killed;
mod left_alone;
mod life;
mod orders;
mod paper;
mod resume;
mod screens;
mod told;
mod trust;
