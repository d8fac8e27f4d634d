//! `hall schema`, the examples of every frame and PROTOCOL.md say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use protocol::{Act, Audience, ClientFrame, Role};
use serde_json::Value;

const PAGE: &str = include_str!("../../protocol/PROTOCOL.md");

/// One example of each frame a line, behind the word for who sends it.
const FRAMES: &str = include_str!("../../protocol/tests/frames.txt");

/// The usual words, which no frame says: the field is left out.
const SAID_BY_SILENCE: [&str; 3] = ["both", "no", "within"];

/// What refuses many acts alike, so that it stands below the table of acts and not in each line.
const REFUSE_MANY: [&str; 12] = [
    "unknown_service",
    "unknown_class",
    "unknown_counter",
    "unknown_ticket",
    "counter_closed",
    "not_allowed",
    "sign_in_again",
    "other_counter",
    "id_used_otherwise",
    "not_stored",
    "read_only",
    "too_many_requests",
];

/// What the program itself prints.
fn schema() -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hall"));
    let output = command.arg("schema").output().expect("the hall is built");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Every word of the protocol: what types, codes and kinds are called, and the names of fields.
fn words(schema: &Value, found: &mut BTreeSet<String>) {
    if let Value::Object(fields) = schema {
        found.extend(
            fields
                .get("const")
                .and_then(Value::as_str)
                .map(str::to_owned),
        );
        let values = fields.get("enum").and_then(Value::as_array);
        let values = values.into_iter().flatten().filter_map(Value::as_str);
        found.extend(values.map(str::to_owned));
        let properties = fields.get("properties").and_then(Value::as_object);
        found.extend(
            properties
                .into_iter()
                .flat_map(|fields| fields.keys().cloned()),
        );
        fields.values().for_each(|value| words(value, found));
    }
    if let Value::Array(values) = schema {
        values.iter().for_each(|value| words(value, found));
    }
}

#[test]
fn every_word_of_the_schema_stands_on_the_page_and_in_the_examples() {
    let mut all = BTreeSet::new();
    words(&schema(), &mut all);
    for known in [
        "take",
        "not_stored",
        "counter",
        "replaced",
        "cutter_jam",
        "score_milli",
    ] {
        assert!(all.contains(known), "{known} is in the schema");
    }
    let on_page = |word: &&String| {
        ["`", "\""]
            .iter()
            .any(|quote| PAGE.contains(&format!("{quote}{word}{quote}")))
    };
    let in_examples = |word: &&String| {
        SAID_BY_SILENCE.contains(&word.as_str()) || FRAMES.contains(&format!("\"{word}\""))
    };
    let missing: Vec<&String> = all.iter().filter(|word| !on_page(word)).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
    let missing: Vec<&String> = all.iter().filter(|word| !in_examples(word)).collect();
    assert!(missing.is_empty(), "not in the examples: {missing:?}");
}

#[test]
fn who_may_ask_what_on_the_page_is_what_the_hall_allows() {
    let on_page: BTreeMap<String, BTreeSet<String>> = table("| `type` | who |")
        .into_iter()
        .map(|cells| {
            let who = cells[1].split(", ").map(str::to_owned).collect();
            (cells[0].clone(), who)
        })
        .collect();
    let allowed: BTreeMap<String, BTreeSet<String>> = acts()
        .iter()
        .map(|act| {
            let who = act.roles().iter().map(word).collect();
            (word_in(act, "type"), who)
        })
        .collect();
    assert_eq!(
        allowed.keys().cloned().collect::<BTreeSet<_>>(),
        variants("Act"),
        "there is an example of every act"
    );
    assert_eq!(on_page, allowed);
}

#[test]
fn the_rows_of_each_role_on_the_page_are_those_that_it_sees() {
    let on_page: BTreeMap<String, String> = table("| role | what it is |")
        .into_iter()
        .map(|cells| (cells[0].clone(), cells[3].clone()))
        .collect();
    let sees = |role: Role| match role.audience() {
        Audience::Customers => "customers",
        Audience::Staff => "staff",
        Audience::Walls => "walls",
    };
    let seen = Role::ALL.map(|role| (word(&role), sees(role).to_owned()));
    assert_eq!(on_page, BTreeMap::from(seen));
}

#[test]
fn every_act_and_every_refusal_has_one_line_in_its_table() {
    for (head, name) in [
        ("| `type` | who |", "Act"),
        ("| `code` | when | what the person can do |", "Refusal"),
    ] {
        let lines = table(head).into_iter().map(|cells| cells[0].clone());
        let mut on_page: Vec<String> = lines.collect();
        on_page.sort_unstable();
        assert_eq!(on_page, Vec::from_iter(variants(name)), "{name}");
    }
}

#[test]
fn every_refusal_stands_with_the_acts_that_it_refuses() {
    let mut named: BTreeSet<String> = REFUSE_MANY.map(str::to_owned).into();
    for cells in table("| `type` | who |") {
        let of_act = cells[4].split(", ").filter(|name| !name.is_empty());
        named.extend(of_act.map(|name| name.trim_matches('`').to_owned()));
    }
    assert_eq!(named, variants("Refusal"));
}

/// The cells of each line of a table on the page; the first without its quotes.
fn table(head: &str) -> Vec<Vec<String>> {
    let (_, table) = PAGE.split_once(head).expect("the page has the table");
    let lines = table.lines().skip(2);
    lines
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells
                .map(|cell| cell.trim().to_owned())
                .enumerate()
                .map(|(place, cell)| match place {
                    0 => cell.trim_matches('`').to_owned(),
                    _ => cell,
                })
                .collect()
        })
        .collect()
}

/// Every act among the examples.
fn acts() -> Vec<Act> {
    let frames = FRAMES
        .lines()
        .filter_map(|line| line.strip_prefix("client "));
    frames
        .map(|frame| serde_json::from_str(frame).expect(frame))
        .filter_map(|frame| match frame {
            ClientFrame::Request { act, .. } => Some(act),
            ClientFrame::Hello(_) | ClientFrame::Pair(_) => None,
        })
        .collect()
}

/// What the variants of a tagged type are called in the schema.
fn variants(name: &str) -> BTreeSet<String> {
    let schema = schema();
    let of_type = ["from_client", "from_hall"]
        .iter()
        .find_map(|part| schema[part]["$defs"][name]["oneOf"].as_array());
    let tags = of_type.expect("the schema has the type").iter();
    tags.map(|variant| {
        let properties = variant["properties"].as_object().expect("fields");
        let mut tags = properties
            .values()
            .filter_map(|field| field["const"].as_str());
        tags.next().expect("a tag").to_owned()
    })
    .collect()
}

fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).expect("JSON");
    value.as_str().expect("a word").to_owned()
}

fn word_in(value: &impl serde::Serialize, field: &str) -> String {
    let value = serde_json::to_value(value).expect("JSON");
    word(&value[field])
}

#[test]
fn every_example_is_valid_by_the_schema() {
    let schema = schema();
    for (sender, part) in [("client", "from_client"), ("hall", "from_hall")] {
        let validator = jsonschema::draft202012::new(&schema[part]).expect("JSON Schema");
        let lines = FRAMES.lines().filter_map(|line| line.split_once(' '));
        for (_, frame) in lines.filter(|(who, _)| *who == sender) {
            let value: Value = serde_json::from_str(frame).expect("JSON");
            let faults: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| error.to_string())
                .collect();
            assert!(faults.is_empty(), "{frame}\n{faults:?}");
        }
        let other = serde_json::json!({"type": "dance"});
        assert!(!validator.is_valid(&other), "and it refuses what is none");
    }
}

#[test]
fn the_examples_of_the_session_are_valid_by_the_schema() {
    let schema = schema();
    for (direction, part) in [("sends", "from_client"), ("receives", "from_hall")] {
        let validator = jsonschema::draft202012::new(&schema[part]).expect("JSON Schema");
        let blocks = PAGE.split("\n```json ").skip(1);
        let blocks = blocks.filter_map(|block| block.split_once("\n```")?.0.split_once('\n'));
        for (_, body) in blocks.filter(|(head, _)| head.ends_with(direction)) {
            let value: Value = serde_json::from_str(body).expect("JSON");
            assert!(validator.is_valid(&value), "{body}");
        }
    }
}

#[test]
fn the_limits_on_the_page_are_those_of_the_program() {
    for (what, limit) in [
        (
            "a frame of a client, in bytes",
            protocol::MAX_FRAME_FROM_CLIENT_BYTES as u64,
        ),
        (
            "a frame of the hall, in bytes",
            protocol::MAX_FRAME_FROM_HALL_BYTES as u64,
        ),
        (
            "requests of a connection that wait for an answer",
            protocol::MAX_REQUESTS_IN_FLIGHT as u64,
        ),
        (
            "name of a device, an app or a clerk, in characters",
            protocol::MAX_NAME_CHARS as u64,
        ),
        (
            "reason for a pause or a hold, or note of a transfer, in characters",
            protocol::MAX_REASON_CHARS as u64,
        ),
        ("services of one ticket", protocol::MAX_ERRANDS as u64),
        (
            "time on hold, in minutes",
            u64::from(protocol::MAX_HOLD_MIN),
        ),
        (
            "a telephone number with its signs, in characters",
            protocol::MAX_PHONE_CHARS as u64,
        ),
        ("time for the hello, in ms", protocol::HELLO_DEADLINE_MS),
        ("between two beats, in ms", protocol::BEAT_MS),
        (
            "silence after which a link is dead, in ms",
            protocol::SILENCE_MS,
        ),
        ("last calls in the table", protocol::LAST_CALLS as u64),
        ("digits of a PIN, at least", protocol::MIN_PIN_DIGITS as u64),
        ("digits of a PIN, at most", protocol::MAX_PIN_DIGITS as u64),
        ("random bytes in a nonce", protocol::PAIR_NONCE_BYTES as u64),
        (
            "requests of a device at once",
            u64::from(protocol::REQUESTS_AT_ONCE),
        ),
        (
            "requests of a device per second, for long",
            u64::from(protocol::REQUESTS_PER_SECOND),
        ),
    ] {
        let line = format!("| {what} | {limit} |");
        assert!(PAGE.contains(&line), "the page lacks {line}");
    }
    for told in [
        format!("# The protocol of a hall, version {}", protocol::VERSION),
        format!("`ws://HOST:PORT{}`", protocol::PATH),
        format!("one TCP port, {} unless", protocol::DEFAULT_PORT),
    ] {
        assert!(PAGE.contains(&told), "the page lacks {told}");
    }
}

#[test]
fn the_close_codes_on_the_page_are_those_of_the_program() {
    use protocol::ByeCode as B;
    for code in [
        B::Version,
        B::Malformed,
        B::TooLarge,
        B::Silent,
        B::Replaced,
        B::Full,
        B::Stopping,
        B::NotPaired,
        B::Revoked,
        B::PairingFailed,
        B::Role,
    ] {
        let word = serde_json::to_value(code).expect("a word");
        let word = word.as_str().expect("a word");
        let cells = format!("| `{word}` | {} |", code.close_code());
        assert!(PAGE.contains(&cells), "the page lacks {cells}");
    }
}
