//! A hall with many counters and room for a long day.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

pub const SERVICES: [&str; 3] = ["A", "B", "C"];

/// Settings of a hall with so many counters, each of which takes every service. Its day turns
/// twelve hours from now, so that no test sees it.
pub fn text(counters: u16) -> String {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let hour = (since_1970.expect("a clock").as_secs() / 3_600 + 12) % 24;
    let mut text = format!(
        r#"
name = {{ zh = "测试厅", en = "Test hall" }}
time_zone = "UTC"
day_turns_at = "{hour:02}:00"
listen = "127.0.0.1:0"
max_waiting = 1000000
missed_call_rule = {{ zh = "重新取号", en = "Take another number" }}
class = [
    {{ code = "ordinary", label = {{ zh = "普通", en = "Ordinary" }}, claim = {{ zh = "取号", en = "Take" }}, target_wait_min = 20 }},
    {{ code = "elderly", label = {{ zh = "老年", en = "Elderly" }}, claim = {{ zh = "老年", en = "Elderly" }}, target_wait_min = 5 }},
]
"#
    );
    for code in SERVICES {
        let service = format!(
            "[[service]]\ncode = \"{code}\"\nname = {{ zh = \"{code}\", en = \"{code}\" }}\nzone = {{ zh = \"一\", en = \"1\" }}\ntypical_min = 3\nlast_number = 999999\n"
        );
        text.push_str(&service);
    }
    // Programs ask here as no person can.
    text.push_str("[trust]\nrequests_at_once = 1000000\nrequests_per_second = 1000000\n");
    for number in 1..=counters {
        writeln!(
            text,
            "[[counter]]\nnumber = {number}\nname = {{ zh = \"窗口\", en = \"Counter\" }}\nservices = {SERVICES:?}"
        )
        .expect("a text takes everything");
    }
    text
}
