//! What a call says: the words of a sentence, as written, as a synthesiser reads them, and as
//! the names of recorded clips.
//!
//! Digits are spelled one by one, since a customer compares them with the ticket one by one; a
//! counter is read as the number that stands on its sign. A synthesiser gets Chinese characters
//! for letters too: left as Latin letters it would read them in English, and A as an article.

use client::Language;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// The whole sentence.
    Full,
    /// Number and counter, for when calls pile up.
    Short,
}

/// One word of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The recorded clip, without folder and ending: `qing`, `A`, `0`.
    pub clip: String,
    /// As people write it.
    pub written: String,
    /// As a synthesiser reads it right.
    pub read: String,
    /// Whether the voice takes a breath after it.
    pub breath: bool,
}

/// A sentence in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Its language.
    pub language: Language,
    /// Its words in order.
    pub words: Vec<Word>,
}

impl Phrase {
    /// What is said when `number` is called to `counter`.
    #[must_use]
    pub fn of_call(language: Language, length: Length, number: &str, counter: u16) -> Self {
        let words = match language {
            Language::Zh => chinese(length, number, counter),
            Language::En => english(length, number, counter),
        };
        Self { language, words }
    }

    /// The sentence as people write it.
    #[must_use]
    pub fn written(&self) -> String {
        match self.language {
            Language::Zh => self.join("", "，", |word| &word.written),
            Language::En => self.join(" ", ",", |word| &word.written),
        }
    }

    /// The sentence as a synthesiser reads it right.
    #[must_use]
    pub fn read(&self) -> String {
        match self.language {
            Language::Zh => self.join("", "，", |word| &word.read),
            Language::En => self.join(" ", ",", |word| &word.read),
        }
    }

    fn join(&self, space: &str, comma: &str, part: impl Fn(&Word) -> &String) -> String {
        let mut sentence = String::new();
        for (at, word) in self.words.iter().enumerate() {
            sentence.push_str(part(word));
            if at + 1 < self.words.len() {
                sentence.push_str(if word.breath { comma } else { "" });
                sentence.push_str(space);
            }
        }
        sentence
    }
}

fn chinese(length: Length, number: &str, counter: u16) -> Vec<Word> {
    let mut words = Vec::new();
    if length == Length::Full {
        words.push(word("qing", "请", "请"));
    }
    words.extend(number.chars().filter_map(chinese_sign));
    match length {
        Length::Full => {
            words.push(word("hao", "号", "号"));
            words.push(word("dao", "到", "，到"));
        }
        Length::Short => take_breath(&mut words),
    }
    words.extend(chinese_counter(counter));
    words.push(word("hao", "号", "号"));
    words.push(word("chuangkou", "窗口", "窗口"));
    words
}

fn english(length: Length, number: &str, counter: u16) -> Vec<Word> {
    let mut words = Vec::new();
    if length == Length::Full {
        words.push(word("number", "Number", "Number"));
    }
    words.extend(number.chars().filter_map(english_sign));
    take_breath(&mut words);
    if length == Length::Full {
        words.push(word("please-go-to", "please go to", "please go to"));
    }
    words.push(word("counter", "counter", "counter"));
    words.extend(english_counter(counter));
    words
}

fn take_breath(words: &mut [Word]) {
    if let Some(last) = words.last_mut() {
        last.breath = true;
    }
}

fn word(clip: &str, written: &str, read: &str) -> Word {
    Word {
        clip: clip.to_owned(),
        written: written.to_owned(),
        read: read.to_owned(),
        breath: false,
    }
}

/// One sign of a number. What is neither letter nor digit is not spoken.
fn chinese_sign(sign: char) -> Option<Word> {
    let clip = sign.to_ascii_uppercase().to_string();
    if let Some(digit) = sign.to_digit(10) {
        return Some(word(
            &clip,
            CHINESE_DIGITS[digit as usize],
            CHINESE_DIGITS[digit as usize],
        ));
    }
    let read = CHINESE_LETTERS[letter_index(sign)?];
    Some(word(&clip, &clip, read))
}

fn english_sign(sign: char) -> Option<Word> {
    let clip = sign.to_ascii_uppercase().to_string();
    if let Some(digit) = sign.to_digit(10) {
        let name = ENGLISH_UNITS[digit as usize];
        return Some(word(&clip, name, name));
    }
    letter_index(sign)?;
    // With a comma behind it the synthesiser reads "A" as a letter and not as an article.
    Some(word(&clip, &clip, &format!("{clip},")))
}

fn letter_index(sign: char) -> Option<usize> {
    let letter = sign.to_ascii_uppercase();
    letter
        .is_ascii_uppercase()
        .then(|| usize::from(letter as u8 - b'A'))
}

/// A counter up to 99 is read as a number (十二), a longer one digit by digit (一零一). It is
/// written in digits, as on its sign.
fn chinese_counter(counter: u16) -> Vec<Word> {
    let parts: Vec<(String, &str)> = match counter {
        0..=9 => vec![digit_part(counter)],
        10..=19 => vec![ten()],
        20..=99 => vec![digit_part(counter / 10), ten()],
        _ => digits(counter).map(digit_part).collect(),
    };
    let unit = (10..=99).contains(&counter).then_some(counter % 10);
    let unit = unit.filter(|&unit| unit != 0).map(digit_part);
    written_once(counter, parts.into_iter().chain(unit))
}

fn ten() -> (String, &'static str) {
    ("10".to_owned(), "十")
}

fn digit_part(digit: u16) -> (String, &'static str) {
    (digit.to_string(), CHINESE_DIGITS[usize::from(digit)])
}

/// Several clips for what is written as one number: the first carries the digits.
fn written_once<'a>(counter: u16, parts: impl Iterator<Item = (String, &'a str)>) -> Vec<Word> {
    parts
        .enumerate()
        .map(|(at, (clip, read))| {
            let written = if at == 0 {
                counter.to_string()
            } else {
                String::new()
            };
            word(&clip, &written, read)
        })
        .collect()
}

fn english_counter(counter: u16) -> Vec<Word> {
    let unit_word = |unit: u16| {
        let name = ENGLISH_UNITS[usize::from(unit)];
        word(&unit.to_string(), name, name)
    };
    match counter {
        0..=19 => vec![unit_word(counter)],
        20..=99 => {
            let tens = counter / 10;
            let name = ENGLISH_TENS[usize::from(tens) - 2];
            let mut words = vec![word(&(tens * 10).to_string(), name, name)];
            words.extend((!counter.is_multiple_of(10)).then(|| unit_word(counter % 10)));
            words
        }
        _ => digits(counter).map(unit_word).collect(),
    }
}

fn digits(number: u16) -> impl Iterator<Item = u16> {
    let signs = number.to_string();
    let digits: Vec<u16> = signs.bytes().map(|sign| u16::from(sign - b'0')).collect();
    digits.into_iter()
}

const CHINESE_DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// Characters that sound like the names of the letters A to Z in Chinese speech.
const CHINESE_LETTERS: [&str; 26] = [
    "诶",
    "必",
    "西",
    "弟",
    "衣",
    "艾弗",
    "计",
    "艾尺",
    "爱",
    "杰",
    "开",
    "艾勒",
    "艾姆",
    "恩",
    "欧",
    "批",
    "丘",
    "阿尔",
    "艾丝",
    "替",
    "优",
    "维",
    "达不溜",
    "艾克斯",
    "歪",
    "贼",
];

const ENGLISH_UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const ENGLISH_TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn full(language: Language, number: &str, counter: u16) -> Phrase {
        Phrase::of_call(language, Length::Full, number, counter)
    }

    #[test]
    fn the_sentence_is_the_one_that_a_hall_knows() {
        let chinese = full(Language::Zh, "A012", 3);
        assert_eq!(chinese.written(), "请A零一二号到3号窗口");
        assert_eq!(chinese.read(), "请诶零一二号，到三号窗口");
        let english = full(Language::En, "A012", 3);
        assert_eq!(
            english.written(),
            "Number A zero one two, please go to counter three"
        );
        assert_eq!(
            english.read(),
            "Number A, zero one two, please go to counter three"
        );
    }

    #[test]
    fn a_short_one_has_number_and_counter() {
        let of = |language| Phrase::of_call(language, Length::Short, "B107", 12).written();
        assert_eq!(of(Language::Zh), "B一零七，12号窗口");
        assert_eq!(of(Language::En), "B one zero seven, counter twelve");
    }

    #[test]
    fn counters_are_read_as_on_their_sign() {
        let chinese = |counter| {
            let read = full(Language::Zh, "A", counter).read();
            read.strip_prefix("请诶号，到")
                .and_then(|rest| rest.strip_suffix("号窗口"))
                .unwrap()
                .to_owned()
        };
        let english = |counter| {
            let read = full(Language::En, "A", counter).read();
            read.rsplit_once("counter ").unwrap().1.to_owned()
        };
        for (counter, zh, en) in [
            (1, "一", "one"),
            (2, "二", "two"),
            (10, "十", "ten"),
            (12, "十二", "twelve"),
            (20, "二十", "twenty"),
            (35, "三十五", "thirty five"),
            (101, "一零一", "one zero one"),
        ] {
            assert_eq!(chinese(counter), zh);
            assert_eq!(english(counter), en);
        }
    }

    #[test]
    fn every_letter_and_every_counter_can_be_said() {
        for letter in 'A'..='Z' {
            let number = format!("{letter}908");
            let chinese = full(Language::Zh, &number, 1);
            assert!(!chinese.read().contains(|sign: char| sign.is_ascii()));
            assert!(chinese.written().contains(&format!("{letter}九零八号")));
            let english = full(Language::En, &number, 1);
            assert!(
                english
                    .written()
                    .contains(&format!("{letter} nine zero eight,"))
            );
        }
        for counter in 0..=999 {
            let chinese = full(Language::Zh, "A001", counter);
            assert!(chinese.written().ends_with(&format!("到{counter}号窗口")));
            assert!(!chinese.read().contains(|sign: char| sign.is_ascii()));
            let english = full(Language::En, "A001", counter);
            assert!(!english.read().contains(|sign: char| sign.is_ascii_digit()));
        }
    }

    #[test]
    fn two_counters_never_sound_alike() {
        for language in Language::ALL {
            let mut heard: Vec<String> = (0..=999)
                .map(|counter| full(language, "A001", counter).read())
                .collect();
            heard.sort();
            heard.dedup();
            assert_eq!(heard.len(), 1000);
        }
    }

    #[test]
    fn small_letters_sound_like_large_ones_and_a_dash_is_silent() {
        let read = |number| full(Language::Zh, number, 1).read();
        assert_eq!(read("a-012"), read("A012"));
    }
}
