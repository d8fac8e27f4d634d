//! Breaking a text into lines: where Unicode allows it (UAX #14), but never inside a number with
//! its unit, and balanced so that no lone word is left for the last line.

use std::ops::Range;

use unicode_linebreak::linebreaks;

/// Words that belong to the number before them; the longer of two stands first.
const UNITS: [&str; 31] = [
    "号窗口",
    "个号",
    "分钟",
    "小时",
    "号",
    "人",
    "位",
    "分",
    "秒",
    "天",
    "月",
    "日",
    "年",
    "次",
    "楼",
    "层",
    "米",
    "元",
    "张",
    "区",
    "more numbers",
    "more number",
    "numbers",
    "people",
    "person",
    "minutes",
    "minute",
    "min",
    "hours",
    "hour",
    "h",
];

/// Words that belong to the number behind them.
const MARKS: [&str; 13] = [
    "Counters ",
    "Counter ",
    "Zone ",
    "Floor ",
    "再过",
    "约",
    "第",
    "共",
    "过",
    "再",
    "近",
    "~",
    "≈",
];

/// Breaks a text into lines not wider than `room`. `width_of` measures a piece of it.
pub(crate) fn wrap(text: &str, room: u32, width_of: impl Fn(&str) -> u32) -> Vec<String> {
    let pieces = pieces(text, room, &width_of);
    let count = fill(&pieces, room, &width_of).len();
    let narrowest = narrowest_room(&pieces, room, count, &width_of);
    fill(&pieces, narrowest, &width_of)
}

/// The least width that needs no more lines than the whole room does.
fn narrowest_room(
    pieces: &[&str],
    room: u32,
    count: usize,
    width_of: &impl Fn(&str) -> u32,
) -> u32 {
    let (mut too_narrow, mut enough) = (0, room);
    while too_narrow + 1 < enough {
        let middle = (too_narrow + enough) / 2;
        let lines = fill(pieces, middle, width_of);
        let fits = lines.len() <= count && lines.iter().all(|line| width_of(line) <= middle);
        match fits {
            true => enough = middle,
            false => too_narrow = middle,
        }
    }
    enough
}

fn fill(pieces: &[&str], room: u32, width_of: &impl Fn(&str) -> u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if width_of(format!("{line}{piece}").trim_end()) <= room => {
                line.push_str(piece);
            }
            _ => lines.push((*piece).to_owned()),
        }
    }
    lines
        .iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// The text cut at every place where a line may end. A piece wider than the room is cut
/// between characters: cut off at the paper's edge it would be worse.
fn pieces<'a>(text: &'a str, room: u32, width_of: &impl Fn(&str) -> u32) -> Vec<&'a str> {
    let bound = bound_ranges(text);
    let may_end = |at: usize| !bound.iter().any(|range| range.start < at && at < range.end);
    let mut pieces = Vec::new();
    let mut start = 0;
    for (end, _) in linebreaks(text).filter(|&(at, _)| may_end(at)) {
        split_overwide(&text[start..end], room, width_of, &mut pieces);
        start = end;
    }
    pieces
}

fn split_overwide<'a>(
    piece: &'a str,
    room: u32,
    width_of: &impl Fn(&str) -> u32,
    pieces: &mut Vec<&'a str>,
) {
    let mut rest = piece;
    while width_of(rest.trim_end()) > room {
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
        let fitting = ends.take_while(|&end| width_of(&rest[..end]) <= room);
        let one = rest.chars().next().map_or(0, char::len_utf8);
        let (head, tail) = rest.split_at(fitting.last().unwrap_or(one));
        pieces.push(head);
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
}

/// Where a number stands with what belongs to it: `约25分钟`, `3–5 minutes`, `Counters 1–3`.
fn bound_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(digit) = text[from..].find(|c: char| c.is_ascii_digit()) {
        let start = from + digit;
        let end = number_end(text, start);
        ranges.push(with_mark(text, start)..with_unit(text, end));
        from = end;
    }
    ranges
}

fn number_end(text: &str, start: usize) -> usize {
    let belongs = |c: char| c.is_ascii_digit() || "-–~至.:、,/".contains(c);
    let run = &text[start..];
    let run = &run[..run.find(|c| !belongs(c)).unwrap_or(run.len())];
    // A comma or full stop at the end belongs to the sentence.
    start + run.trim_end_matches(|c: char| !c.is_ascii_digit()).len()
}

fn with_mark(text: &str, start: usize) -> usize {
    let before = &text[..start];
    let mark = MARKS.iter().find(|mark| before.ends_with(*mark));
    start - mark.map_or(0, |mark| mark.len())
}

fn with_unit(text: &str, end: usize) -> usize {
    let after = &text[end..];
    let spaces = after.len() - after.trim_start_matches(' ').len();
    let unit = UNITS.iter().find(|unit| after[spaces..].starts_with(*unit));
    unit.map_or(end, |unit| end + spaces + unit.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One dot for a letter, two for a Chinese character.
    fn width(text: &str) -> u32 {
        text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
    }

    #[test]
    fn a_number_stays_with_its_unit_at_every_width() {
        let texts = [
            ("预计需要等候约25分钟左右请您稍候", vec!["约25分钟"]),
            (
                "过号后请到引导台复号,再过3个号为您优先安排。",
                vec!["再过3个号"],
            ),
            (
                "called again after 3 more numbers at Counters 1–3 today",
                vec!["3 more numbers", "Counters 1–3"],
            ),
        ];
        for (text, whole) in texts {
            let widest = whole.iter().map(|part| width(part)).max().unwrap();
            for room in widest..60 {
                let lines = wrap(text, room, width);
                for part in &whole {
                    assert!(
                        lines.iter().any(|line| line.contains(part)),
                        "{room}: {lines:?}"
                    );
                }
                assert!(lines.iter().all(|line| width(line) <= room));
            }
        }
    }

    #[test]
    fn lines_are_balanced() {
        assert_eq!(wrap("aaaa bbbb cccc d", 14, width), ["aaaa bbbb", "cccc d"]);
    }

    #[test]
    fn what_is_too_wide_is_cut_and_nothing_is_lost() {
        let lines = wrap("abcdefghij", 3, width);
        assert_eq!(lines.concat(), "abcdefghij");
        assert!(lines.iter().all(|line| width(line) <= 3));
    }
}
