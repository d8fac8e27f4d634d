//! `hall schema`, the examples of every frame and PROTOCOL.md say the same.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

const PAGE: &str = include_str!("../../protocol/PROTOCOL.md");

/// One example of each frame a line, behind the word for who sends it.
const FRAMES: &str = include_str!("../../protocol/tests/frames.txt");

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
    let in_examples = |word: &&String| FRAMES.contains(&format!("\"{word}\""));
    let missing: Vec<&String> = all.iter().filter(|word| !on_page(word)).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
    let missing: Vec<&String> = all.iter().filter(|word| !in_examples(word)).collect();
    assert!(missing.is_empty(), "not in the examples: {missing:?}");
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
            "reason for a pause, in characters",
            protocol::MAX_REASON_CHARS as u64,
        ),
        ("time for the hello, in ms", protocol::HELLO_DEADLINE_MS),
        ("between two beats, in ms", protocol::BEAT_MS),
        (
            "silence after which a link is dead, in ms",
            protocol::SILENCE_MS,
        ),
        ("last calls in the table", protocol::LAST_CALLS as u64),
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
    use protocol::ByeCode::{Full, Malformed, Replaced, Silent, Stopping, TooLarge, Version};
    for code in [
        Version, Malformed, TooLarge, Silent, Replaced, Full, Stopping,
    ] {
        let word = serde_json::to_value(code).expect("a word");
        let word = word.as_str().expect("a word");
        let cells = format!("| `{word}` | {} |", code.close_code());
        assert!(PAGE.contains(&cells), "the page lacks {cells}");
    }
}
