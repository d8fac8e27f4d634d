//! Generated halls and generated days, played on the rules and on a model so simple that it can be
//! read in minutes: a list of tickets, and the rules as sentences over that list.
//!
//! * `hall`: what a hall may be set up as. `step`: what somebody may want of it.
//! * `model`: the list. `change`: what an event does to it. `rule`: who is next. `expect`: what is
//!   refused. `limits`: what has been said of times and levels.
//! * `play`: a day on both, with all that must hold after each step.
//! * `coverage`, `states`: the days play everything that there is, and the picture of the states is true.

mod change;
mod coverage;
mod expect;
mod hall;
mod limits;
mod model;
mod play;
mod rule;
mod states;
mod step;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_rules_agree_with_the_model(
        settings in hall::hall(),
        steps in prop::collection::vec(step::step(), 1..200),
    ) {
        play::play(settings, &steps)?;
    }
}
