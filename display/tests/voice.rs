//! The synthesiser says what we mean: asked for its phonemes, letter by letter.

#![allow(clippy::unwrap_used)] // helpers of tests, outside of test functions

use std::collections::BTreeSet;
use std::process::Command;

use client::Language;
use display::phrase::{Length, Phrase};
use display::voice::Voice;

fn phonemes(language: Language, number: &str, counter: u16) -> String {
    let voice = match language {
        Language::Zh => "cmn-latn-pinyin",
        Language::En => "en-gb",
    };
    let phrase = Phrase::of_call(language, Length::Full, number, counter);
    let output = Command::new("espeak-ng")
        .args(["-v", voice, "-q", "--ipa", &phrase.read()])
        .output()
        .expect("espeak-ng is installed");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_letter_sounds_unlike_the_others_and_none_is_read_in_another_language() {
    for language in Language::ALL {
        let mut heard = BTreeSet::new();
        for letter in 'A'..='Z' {
            let sounds = phonemes(language, &format!("{letter}012"), 3);
            assert!(!sounds.contains('('), "{letter}: {sounds}");
            assert!(
                heard.insert(sounds),
                "{language}: {letter} sounds like another one"
            );
        }
    }
}

#[test]
fn an_english_a_is_a_letter_and_not_an_article() {
    let sounds = phonemes(Language::En, "A012", 3);
    assert!(sounds.contains("ˈeɪ"), "{sounds}");
}

#[test]
fn every_counter_of_a_large_hall_sounds_unlike_the_others() {
    for language in Language::ALL {
        let heard: BTreeSet<String> = (1..=40)
            .map(|counter| phonemes(language, "A001", counter))
            .collect();
        assert_eq!(heard.len(), 40);
    }
}

#[test]
fn speech_has_one_level_in_both_languages() {
    let voice = Voice {
        recordings: None,
        synthesiser: "espeak-ng".to_owned(),
        speed: 150,
    };
    let folder = tempfile::tempdir().unwrap();
    let levels = Language::ALL.map(|language| {
        let phrase = Phrase::of_call(language, Length::Full, "A012", 3);
        let sound = voice.say(&phrase, folder.path()).unwrap();
        let loudest = sound.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!(loudest <= 27_600, "it clips: {loudest}");
        let power: f64 = sound.iter().map(|&s| f64::from(s).powi(2)).sum();
        10.0 * (power / sound.len() as f64 / f64::from(i16::MAX).powi(2)).log10()
    });
    assert!((levels[0] - levels[1]).abs() < 3.0, "{levels:?} dB");
    assert!(
        levels.iter().all(|level| (-23.0..-15.0).contains(level)),
        "{levels:?} dB"
    );
}
