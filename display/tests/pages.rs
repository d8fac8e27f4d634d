//! What is on the wall, asked of its elements: all inside the window, nothing cut off, everything told.

#![allow(clippy::unwrap_used)] // helpers of tests, outside of test functions

mod stage;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use stage::scenes::{SCENES, Scene};
use stage::{CHINESE, ENGLISH, Looks, Stage, large};

const FAR: Looks = Looks {
    furthest_seat_m: 15.0,
    ..CHINESE
};
const NEAR: Looks = Looks {
    furthest_seat_m: 3.0,
    ..ENGLISH
};

fn elements(
    stage: &Stage,
    wanted: impl Fn(&ElementHandle) -> bool + 'static,
) -> Vec<ElementHandle> {
    ElementQuery::from_root(stage.main())
        .match_descendants()
        .match_predicate(wanted)
        .find_all()
}

fn labels(stage: &Stage) -> Vec<String> {
    let told = elements(stage, |element| element.accessible_label().is_some());
    told.iter()
        .filter_map(|element| element.accessible_label())
        .map(String::from)
        .collect()
}

fn scene(name: &str) -> Scene {
    let of_name = SCENES.iter().find(|(of, _)| *of == name);
    of_name.expect("there is such a scene").1
}

#[test]
fn everything_lies_inside_the_window() {
    for looks in [CHINESE, ENGLISH, large(CHINESE), large(ENGLISH), FAR, NEAR] {
        for (name, scene) in SCENES {
            let stage = scene(looks);
            let all = elements(&stage, |element| element.size().width > 0.0);
            assert!(all.len() > 3, "{name}: an empty wall");
            for element in all {
                let (at, size) = (element.absolute_position(), element.size());
                let (right, bottom) = (at.x + size.width, at.y + size.height);
                let (width, height) = (looks.width as f32, looks.height as f32);
                let is_measure = element.id().is_some_and(|id| id.ends_with("::probe"));
                assert!(
                    is_measure
                        || at.x >= -0.6
                            && at.y >= -0.6
                            && right <= width + 0.6
                            && bottom <= height + 0.6,
                    "{name} {looks:?}: {:?} {:?} ends at {right} x {bottom}",
                    element.id(),
                    element.accessible_label(),
                );
            }
        }
    }
}

#[test]
fn every_line_has_room_to_stand_in() {
    for looks in [CHINESE, ENGLISH, FAR, NEAR] {
        for (name, scene) in SCENES {
            let stage = scene(looks);
            for line in ElementHandle::find_by_element_type_name(stage.main(), "FitText") {
                let size = line.size();
                assert!(
                    size.width >= 0.0 && size.height >= 0.0,
                    "{name} {looks:?}: {:?} has no room",
                    line.id()
                );
            }
        }
    }
}

#[test]
fn a_newcomer_with_a_screen_reader_is_told_the_newest_call() {
    let scene = scene("several-calls");
    let stage = scene(CHINESE);
    let live = elements(&stage, |element| {
        element.accessible_role() == Some(AccessibleRole::Text)
            && element.accessible_live_region().is_some()
            && element
                .accessible_label()
                .is_some_and(|label| label.contains(" → "))
    });
    assert_eq!(live.len(), 1);
}

#[test]
fn both_languages_are_on_the_wall_whichever_leads() {
    for looks in [CHINESE, ENGLISH] {
        let told = labels(&scene("several-calls")(looks)).join("\n");
        for words in [
            "城东供电营业厅",
            "East City Power Service Hall",
            "电费缴纳",
            "Pay an electricity bill",
        ] {
            assert!(told.contains(words), "{looks:?}: {words} is missing");
        }
    }
}

#[test]
fn a_stale_wall_keeps_its_calls_and_says_since_when() {
    let told = labels(&scene("stale")(CHINESE));
    assert!(
        told.iter()
            .any(|label| label.contains("10:29") && label.contains("Connection lost")),
        "{told:?}"
    );
    assert!(told.iter().filter(|label| label.contains(" → ")).count() > 4);
}
