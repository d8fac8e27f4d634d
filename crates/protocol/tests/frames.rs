//! The frames on the wire, byte by byte: what was once sent is read for ever.
//!
//! `frames.txt` has one frame a line behind the word for who sends it. Programs of this version
//! are out there: a line may be added, and none may be changed.

use proptest::prelude::*;
use protocol::{ClientFrame, HallFrame, NextInLine};
use serde_json::Value;

const FRAMES: &str = include_str!("frames.txt");

/// What a client may leave out.
const OPTIONAL: [&str; 9] = [
    "resume", "then", "phone", "outcome", "minutes", "copies", "key", "pin", "token",
];

fn frames_of(sender: &str) -> Vec<&'static str> {
    let frames = FRAMES.lines().filter_map(|line| line.split_once(' '));
    frames
        .filter(|(who, _)| *who == sender)
        .map(|(_, frame)| frame)
        .collect()
}

#[test]
fn every_frame_of_a_client_is_read_and_written_to_the_same_bytes() {
    for line in frames_of("client") {
        let frame: ClientFrame = serde_json::from_str(line).expect(line);
        assert_eq!(serde_json::to_string(&frame).expect("a frame"), line);
    }
}

#[test]
fn every_frame_of_the_hall_is_read_and_written_to_the_same_bytes() {
    for line in frames_of("hall") {
        let frame: HallFrame = serde_json::from_str(line).expect(line);
        assert_eq!(serde_json::to_string(&frame).expect("a frame"), line);
    }
}

#[test]
fn a_client_that_says_more_than_is_known_is_refused() {
    for line in frames_of("client") {
        let value: Value = serde_json::from_str(line).expect(line);
        for extended in with_one_field_more(&value) {
            let read = serde_json::from_value::<ClientFrame>(extended.clone());
            assert!(read.is_err(), "{extended}");
        }
    }
}

/// The value with a field more, once for every object in it.
fn with_one_field_more(value: &Value) -> Vec<Value> {
    let Value::Object(fields) = value else {
        return Vec::new();
    };
    let mut longer = fields.clone();
    longer.insert("surprise".to_owned(), Value::Bool(true));
    let mut all = vec![Value::Object(longer)];
    for (name, field) in fields {
        for changed in with_one_field_more(field) {
            let mut fields = fields.clone();
            fields.insert(name.clone(), changed);
            all.push(Value::Object(fields));
        }
    }
    all
}

#[test]
fn a_client_that_leaves_something_out_is_refused_unless_it_is_optional() {
    for line in frames_of("client") {
        let value: Value = serde_json::from_str(line).expect(line);
        for (name, shortened) in with_one_field_less(&value) {
            let read = serde_json::from_value::<ClientFrame>(shortened);
            let optional = OPTIONAL.contains(&name.as_str());
            assert_eq!(read.is_ok(), optional, "{line} without {name}");
        }
    }
}

/// Each field of every object in the value, with the value without it.
fn with_one_field_less(value: &Value) -> Vec<(String, Value)> {
    let Value::Object(fields) = value else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (name, field) in fields {
        let mut fewer = fields.clone();
        fewer.remove(name);
        all.push((name.clone(), Value::Object(fewer)));
        for (inner, changed) in with_one_field_less(field) {
            let mut fields = fields.clone();
            fields.insert(name.clone(), changed);
            all.push((inner, Value::Object(fields)));
        }
    }
    all
}

#[test]
fn a_newer_hall_may_say_more() {
    let longer = r#"{"type":"beat","time":{"unix_ms":1,"offset_min":0,"leap":true},"load":3}"#;
    assert!(serde_json::from_str::<HallFrame>(longer).is_ok());
}

#[test]
fn what_is_usual_is_left_out_and_means_the_same_when_it_is_said() {
    let row = |limit: &str| {
        format!(
            r#"{{"ticket":1,"number":"A001","service":"A","class":"ordinary","issued_at_ms":1{limit}}}"#
        )
    };
    let silent: NextInLine = serde_json::from_str(&row("")).expect("a row");
    let said: NextInLine = serde_json::from_str(&row(r#","limit":"within""#)).expect("a row");
    assert_eq!(said, silent);
    assert_eq!(serde_json::to_string(&said).expect("a row"), row(""));
}

#[test]
fn doubled_keys_huge_numbers_and_deep_nesting_are_refused() {
    let id = "0193a000-0000-7000-8000-000000000101";
    let deep = format!(
        r#"{{"type":"request","id":"{id}","act":{}"#,
        "[".repeat(60_000)
    );
    let commas = format!(r#"{{"type":"request","act":[{}"#, "0,".repeat(32_000));
    let request =
        |act: &str| format!(r#"{{"type":"request","id":"{id}","act":{{"type":"finish",{act}}}}}"#);
    for frame in [
        deep,
        commas,
        request(r#""counter":1,"counter":2"#),
        request(r#""type":"finish","counter":1"#),
        request(r#""counter":65536"#),
        request(r#""counter":1e400"#),
        request(r#""counter":-1"#),
        request(r#""counter":"1""#),
        String::new(),
        "null".to_owned(),
        "\u{feff}{}".to_owned(),
    ] {
        let shown: String = frame.chars().take(120).collect();
        assert!(
            serde_json::from_str::<ClientFrame>(&frame).is_err(),
            "{shown}"
        );
    }
    assert!(serde_json::from_str::<ClientFrame>(&request(r#""counter":1"#)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn bytes_that_were_changed_on_the_way_never_panic(
        line in prop::sample::select(FRAMES.lines().collect::<Vec<_>>()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..8),
    ) {
        let (_, frame) = line.split_once(' ').expect("a sender and a frame");
        let mut bytes = frame.as_bytes().to_vec();
        for (place, byte, how) in changes {
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            match how {
                0 => bytes[place] ^= 1 << (byte % 8),
                1 => bytes.insert(place, byte),
                2 => drop(bytes.remove(place)),
                _ => bytes.truncate(place),
            }
        }
        // Whatever is still understood can be said again, and is understood the same.
        if let Ok(read) = serde_json::from_slice::<ClientFrame>(&bytes) {
            let said = serde_json::to_string(&read).expect("a frame");
            prop_assert_eq!(serde_json::from_str::<ClientFrame>(&said).expect("the same"), read);
        }
        if let Ok(read) = serde_json::from_slice::<HallFrame>(&bytes) {
            let said = serde_json::to_string(&read).expect("a frame");
            prop_assert_eq!(serde_json::from_str::<HallFrame>(&said).expect("the same"), read);
        }
    }
}
