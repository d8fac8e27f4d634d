//! The line of notices: one after the other, a long one in several parts, none cut off.

use protocol::Text;

/// How long a part stands. Somebody who reads slowly needs about this for a full line.
pub const SHOWN_MS: u64 = 10_000;

/// What fits the line: a Chinese character counts two, a Latin letter one.
const LINE_UNITS: usize = 84;

/// The part of the notices that stands on the wall at a time.
#[must_use]
pub fn at<'a>(notices: impl Iterator<Item = &'a Text>, now_ms: u64) -> Option<Text> {
    let parts: Vec<Text> = notices.flat_map(parts).collect();
    let turn = usize::try_from(now_ms / SHOWN_MS).unwrap_or_default();
    (!parts.is_empty()).then(|| parts[turn % parts.len()].clone())
}

/// Both languages are cut into as many parts; the shorter one stands longer.
fn parts(notice: &Text) -> Vec<Text> {
    let (zh, en) = (lines(&notice.zh), lines(&notice.en));
    let count = zh.len().max(en.len());
    let pick = |lines: &[String], at: usize| {
        let spread = at * lines.len() / count;
        lines.get(spread).cloned().unwrap_or_default()
    };
    (0..count)
        .map(|at| Text::new(pick(&zh, at), pick(&en, at)))
        .collect()
}

/// Lines of at most [`LINE_UNITS`], broken after punctuation or a space where there is one.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut units = 0;
    for sign in text.trim().chars() {
        if units + width(sign) > LINE_UNITS {
            let rest = take_rest(&mut line);
            lines.push(std::mem::replace(&mut line, rest).trim().to_owned());
            units = line.chars().map(width).sum();
        }
        line.push(sign);
        units += width(sign);
    }
    if !line.trim().is_empty() {
        lines.push(line.trim().to_owned());
    }
    lines
}

/// Cuts off what follows the last good place to break, if that leaves at least half a line.
fn take_rest(line: &mut String) -> String {
    // Behind a Latin comma or stop comes a space; without one it is part of a number or a time.
    let is_good = |sign: char| sign == ' ' || "，。；：！？、".contains(sign);
    let last_good = line.char_indices().rfind(|&(_, sign)| is_good(sign));
    match last_good {
        Some((at, sign)) if at >= line.len() / 2 => line.split_off(at + sign.len_utf8()),
        _ => String::new(),
    }
}

fn width(sign: char) -> usize {
    if sign.is_ascii() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_take_turns() {
        let notices = [Text::new("一", "one"), Text::new("二", "two")];
        let shown = |ms| at(notices.iter(), ms).unwrap().en;
        assert_eq!(shown(0), "one");
        assert_eq!(shown(SHOWN_MS), "two");
        assert_eq!(shown(2 * SHOWN_MS), "one");
        assert_eq!(at([].iter(), 0), None);
    }

    #[test]
    fn nothing_of_a_long_notice_is_lost_and_every_part_fits() {
        let zh = "因设备检修，明日上午九时至十一时停电。".repeat(8);
        let en = "Supply will be interrupted tomorrow from nine to eleven. ".repeat(5);
        for text in [zh, en.trim().to_owned(), "x".repeat(500)] {
            let lines = lines(&text);
            assert!(lines.len() > 1);
            assert!(
                lines
                    .iter()
                    .all(|line| line.chars().map(width).sum::<usize>() <= LINE_UNITS)
            );
            let without_spaces = |text: &str| text.replace(' ', "");
            assert_eq!(without_spaces(&lines.concat()), without_spaces(&text));
        }
    }

    #[test]
    fn a_time_is_not_torn() {
        let text = format!(
            "{} 8:30 to 17:30 in two streets of the town.",
            "x".repeat(72)
        );
        assert!(lines(&text)[1].starts_with("17:30") || lines(&text)[0].ends_with("17:30"));
    }

    #[test]
    fn words_are_not_torn() {
        let text = "Supply will be interrupted tomorrow. ".repeat(6);
        for line in lines(&text) {
            assert!(text.contains(&format!("{line} ")), "{line}");
        }
    }
}
