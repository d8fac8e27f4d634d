//! The picture of a ticket's states in ARCHITECTURE.md, held against what happens in generated days.

use std::collections::BTreeSet;

use queue::State;

use crate::coverage::seen;

/// From, to, and what makes it so.
type Arrow = (String, String, String);

#[test]
fn the_picture_of_the_states_is_what_happens() {
    let observed: BTreeSet<Arrow> = seen()
        .transitions
        .keys()
        .map(|(from, what, to)| (from.map_or("[*]".to_owned(), word), word(*to), what.clone()))
        .collect();
    let drawn = picture(include_str!("../../../../ARCHITECTURE.md"));
    assert!(drawn.len() > 20, "the picture is there");
    let missing: Vec<_> = observed.difference(&drawn).collect();
    assert!(
        missing.is_empty(),
        "these happen and are not in the picture: {missing:#?}"
    );
    let false_ones: Vec<_> = drawn.difference(&observed).collect();
    assert!(
        false_ones.is_empty(),
        "these are in the picture and never happen: {false_ones:#?}"
    );
}

/// The arrows of the diagram: `from --> to : What, What`.
fn picture(page: &str) -> BTreeSet<Arrow> {
    let block = page.split("stateDiagram-v2\n").nth(1);
    let block = block
        .and_then(|rest| rest.split("```").next())
        .unwrap_or_default();
    let arrows = block.lines().filter_map(|line| {
        let (from, rest) = line.split_once("-->")?;
        let (to, names) = rest.split_once(':')?;
        Some((from.trim(), to.trim(), names))
    });
    let arrow = |(from, to, names): (&str, &str, &str)| {
        let named = |name: &str| (from.to_owned(), to.to_owned(), name.trim().to_owned());
        names.split(',').map(named).collect::<Vec<_>>()
    };
    arrows.flat_map(arrow).collect()
}

fn word(state: State) -> String {
    let word = match state {
        State::Waiting => "waiting",
        State::Called => "called",
        State::Serving => "serving",
        State::Held => "held",
        State::Finished => "finished",
        State::NoShow => "no_show",
        State::Cancelled => "cancelled",
        State::Expired => "expired",
    };
    word.to_owned()
}
