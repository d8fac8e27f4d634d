//! Every act, every device, every person: who may is what `SECURITY.md` shows.

use std::collections::BTreeMap;

use hall::trust::PersonRole;
use hall::trust::rights::{Holder, is_held, may};
use protocol::{Act, ClientFrame, Role};

const PAGE: &str = include_str!("../../../../SECURITY.md");

/// One example of each frame a line.
const FRAMES: &str = include_str!("../../../protocol/tests/frames.txt");

const HEAD: &str = "| act | kiosk | phone | wall | counter | guide | supervisor |";

#[test]
fn the_table_of_rights_is_what_the_hall_allows() {
    let table: Vec<String> = acts().values().map(line).collect();
    let (_, below) = PAGE.split_once(HEAD).expect("the page has the table");
    let on_page: Vec<&str> = below
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(on_page, table, "the table must be:\n{}", table.join("\n"));
}

/// Each act by its word. Those in the examples are all that there are: another test holds that.
fn acts() -> BTreeMap<String, Act> {
    let frames = FRAMES
        .lines()
        .filter_map(|line| line.strip_prefix("client "));
    let acts = frames.filter_map(|frame| match serde_json::from_str(frame).expect(frame) {
        ClientFrame::Request { act, .. } => Some(act),
        ClientFrame::Hello(_) | ClientFrame::Pair(_) => None,
    });
    acts.map(|act| {
        let value = serde_json::to_value(&act).expect("JSON");
        (value["type"].as_str().expect("a word").to_owned(), act)
    })
    .collect()
}

fn line(act: &Act) -> String {
    let value = serde_json::to_value(act).expect("JSON");
    let word = value["type"].as_str().expect("a word");
    let devices = [
        Role::Kiosk,
        Role::Phone,
        Role::Wall,
        Role::Counter,
        Role::Guide,
        Role::Supervisor,
    ];
    let cells = devices.map(|device| cell(device, act));
    format!("| `{word}` | {} |", cells.join(" | "))
}

/// Who may, with this device in hand.
fn cell(device: Role, act: &Act) -> String {
    if !is_held(device) {
        let yes = may(device, None, act);
        for role in PersonRole::ALL {
            assert_eq!(may(device, Some(role), act), yes, "nobody signs in there");
        }
        return if yes { "yes" } else { "" }.to_owned();
    }
    let people: [(Holder, &str); 4] = [
        (None, "nobody"),
        (Some(PersonRole::Clerk), "clerk"),
        (Some(PersonRole::Guide), "guide"),
        (Some(PersonRole::Supervisor), "supervisor"),
    ];
    let allowed = people
        .iter()
        .filter(|(holder, _)| may(device, *holder, act));
    let words: Vec<&str> = allowed.map(|(_, word)| *word).collect();
    match words.len() {
        4 => "anybody".to_owned(),
        _ => words.join(", "),
    }
}
