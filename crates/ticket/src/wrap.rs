//! Breaking a text into lines: where Unicode allows it (UAX #14), but never inside a number with
//! its unit, and balanced so that no lone word is left for the last line.

use std::ops::Range;

use unicode_linebreak::linebreaks;

/// Words that belong to the number before them; the longer of two stands first.
/// A single Chinese character behind a number always does.
const UNITS: [&str; 24] = [
    "号窗口",
    "个工作日",
    "个号",
    "分钟",
    "小时",
    "千瓦时",
    "千瓦",
    "千伏",
    "月份",
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
    "kWh",
    "kW",
    "kV",
    "h",
    "%",
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
    let count = fill(&pieces, room).len();
    let narrowest = narrowest_room(&pieces, room, count);
    let easy = fill(&pieces, room.min(narrowest + narrowest / SLACK));
    let lines = match easy.as_slice() {
        [_, .., [_lone_word]] => fill(&pieces, narrowest),
        _ => easy,
    };
    lines.iter().map(|line| joined(line)).collect()
}

/// Balanced to the dot, a first line may hold one short word. With this part of the width more,
/// the earlier lines are the longer ones; but no word is left alone on the last line for it.
const SLACK: u32 = 10;

/// A part of the text between two places where a line may end, measured once.
struct Piece<'a> {
    text: &'a str,
    width: u32,
    /// Without the spaces at its end, as it is when it ends a line.
    width_at_end: u32,
}

impl<'a> Piece<'a> {
    fn new(text: &'a str, width_of: &impl Fn(&str) -> u32) -> Self {
        Self {
            text,
            width: width_of(text),
            width_at_end: width_of(text.trim_end()),
        }
    }
}

fn joined(line: &[Piece]) -> String {
    let whole: String = line.iter().map(|piece| piece.text).collect();
    whole.trim_end().to_owned()
}

/// The least width that needs no more lines than the whole room does.
fn narrowest_room(pieces: &[Piece], room: u32, count: usize) -> u32 {
    let widest = pieces.iter().map(|piece| piece.width_at_end).max();
    let (mut too_narrow, mut enough) = (widest.unwrap_or(0).saturating_sub(1), room);
    while too_narrow + 1 < enough {
        let middle = (too_narrow + enough) / 2;
        match fill(pieces, middle).len() <= count {
            true => enough = middle,
            false => too_narrow = middle,
        }
    }
    enough
}

/// As many pieces on each line as fit.
fn fill<'a, 'b>(pieces: &'a [Piece<'b>], room: u32) -> Vec<&'a [Piece<'b>]> {
    let mut lines = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, piece) in pieces.iter().enumerate() {
        if at > start && used + piece.width_at_end > room {
            lines.push(&pieces[start..at]);
            (start, used) = (at, 0);
        }
        used += piece.width;
    }
    if start < pieces.len() {
        lines.push(&pieces[start..]);
    }
    lines
}

/// The text cut at every place where a line may end. A piece wider than the room is cut
/// between characters, before a number rather than within: cut off at the paper's edge it would
/// be worse.
fn pieces<'a>(text: &'a str, room: u32, width_of: &impl Fn(&str) -> u32) -> Vec<Piece<'a>> {
    let bound = bound_ranges(text);
    let may_end = |at: usize| !bound.iter().any(|range| range.start < at && at < range.end);
    let mut pieces = Vec::new();
    let mut start = 0;
    for (end, _) in linebreaks(text).filter(|&(at, _)| may_end(at)) {
        let mut rest = Piece::new(&text[start..end], width_of);
        while rest.width_at_end > room {
            let begin = end - rest.text.len();
            let cut = begin + head_bytes(rest.text, room, width_of);
            let number = bound
                .iter()
                .find(|range| range.start < cut && cut < range.end);
            let fitting = begin + fitting_bytes(rest.text, room, width_of);
            let cut = match number {
                Some(number) if number.start > begin => number.start,
                Some(number) if number.end <= fitting => number.end,
                _ => cut,
            };
            let (head, tail) = (&text[begin..cut], &text[cut..end]);
            pieces.push(Piece::new(head, width_of));
            rest = Piece::new(tail, width_of);
        }
        pieces.push(rest);
        start = end;
    }
    bind_widow(text, &mut pieces, &bound, room, width_of);
    pieces
}

/// A last line of one character looks like a mistake, so a lone last piece is bound to the one
/// before it while both fit on a line. Where they do not, the end of the word before it is cut off and
/// keeps it company.
fn bind_widow<'a>(
    text: &'a str,
    pieces: &mut Vec<Piece<'a>>,
    bound: &[Range<usize>],
    room: u32,
    width_of: &impl Fn(&str) -> u32,
) {
    while let [.., before, last] = pieces.as_slice()
        && is_widow(last.text)
    {
        let start = text.len() - last.text.len() - before.text.len();
        let both = Piece::new(&text[start..], width_of);
        if both.width_at_end <= room {
            pieces.truncate(pieces.len() - 2);
            pieces.push(both);
            continue;
        }
        let may_cut = |at: usize| !bound.iter().any(|range| range.start < at && at < range.end);
        let places = before.text.char_indices().map(|(at, _)| start + at);
        let cuts = places.filter(|&at| at > start && may_cut(at));
        if let Some(cut) = cuts.rev().find(|&cut| !is_widow(&text[cut..])) {
            let (head, tail) = (&text[start..cut], &text[cut..]);
            pieces.truncate(pieces.len() - 2);
            pieces.extend([head, tail].map(|part| Piece::new(part, width_of)));
        }
        return;
    }
}

/// One character, with or without its full stop.
fn is_widow(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).count() <= 1
}

/// Where a piece that is too wide is cut: as late as fits, and leaving no single character.
fn head_bytes(text: &str, room: u32, width_of: &impl Fn(&str) -> u32) -> usize {
    let mut cut = fitting_bytes(text, room, width_of);
    for (earlier, _) in text[..cut].char_indices().rev() {
        if earlier == 0 || !is_widow(&text[cut..]) {
            break;
        }
        cut = earlier;
    }
    cut
}

/// How many bytes of a text fit, and one character at least.
fn fitting_bytes(text: &str, room: u32, width_of: &impl Fn(&str) -> u32) -> usize {
    let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let first = ends.next().unwrap_or(0);
    let more = ends.take_while(|&end| width_of(&text[..end]) <= room);
    more.last().unwrap_or(first)
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
    let character = after.chars().next().filter(|c| is_chinese(*c));
    let bound = unit.map(|unit| spaces + unit.len());
    end + bound.or(character.map(char::len_utf8)).unwrap_or(0)
}

fn is_chinese(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c) || c >= '\u{20000}'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let consent = "Consent of the former holder (change of name only)";
        assert_eq!(
            wrap(consent, 24, width),
            ["Consent of the former", "holder (change of", "name only)"]
        );
    }

    proptest! {
        /// Whatever the text: nothing is lost, nothing is wider than the room, no number is
        /// parted from its unit while both fit, and the last line is no single character unless
        /// a number with its unit fills the line before it.
        #[test]
        fn lines_are_whole_and_leave_no_widow(
            text in "(电费缴纳|新装|请|a |kiosk |counter |3号窗口|约25分钟|12 minutes |。|,){1,12}",
            room in 14u32..60,
        ) {
            let lines = wrap(&text, room, width);
            prop_assert!(lines.iter().all(|line| width(line) <= room));
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            for unit in ["3号窗口", "约25分钟", "12 minutes"] {
                let count = |text: &str| text.matches(unit).count();
                let whole: usize = lines.iter().map(|line| count(line)).sum();
                prop_assert_eq!(whole, count(&text), "{:?}", lines);
            }
            if let [.., before, last] = lines.as_slice() {
                let is_number = bound_ranges(before).iter().any(|range| range.end == before.len());
                prop_assert!(!is_widow(last) || is_number, "{:?}", lines);
            }
        }
    }

    #[test]
    fn a_lone_character_takes_its_neighbour_along() {
        assert_eq!(
            wrap("请您到三号窗口办理了", 18, width),
            ["请您到三号", "窗口办理了"]
        );
        assert_eq!(wrap("aaaaaaaaaa bb c", 14, width), ["aaaaaaaaaa", "bb c"]);
        assert_eq!(wrap("abcdefg", 3, width), ["abc", "de", "fg"]);
        let unbroken = "12 minutes ,kiosk ,kiosk 。";
        assert_eq!(
            wrap(unbroken, 24, width),
            ["12 minutes ,kiosk ,kio", "sk 。"]
        );
    }

    #[test]
    fn a_word_that_fills_its_line_gives_its_end_to_a_lone_character() {
        assert_eq!(
            wrap("aaaaaaaaaaaaaa b", 14, width),
            ["aaaaaaaaaaaaa", "a b"]
        );
        assert_eq!(
            wrap("abcdefghijklmn。", 14, width),
            ["abcdefghijkl", "mn。"]
        );
        assert_eq!(
            wrap("12 more numbers b", 15, width),
            ["12 more numbers", "b"]
        );
    }

    #[test]
    fn what_is_too_wide_is_cut_and_nothing_is_lost() {
        let lines = wrap("abcdefghij", 3, width);
        assert_eq!(lines.concat(), "abcdefghij");
        assert!(lines.iter().all(|line| width(line) <= 3));
    }
}
