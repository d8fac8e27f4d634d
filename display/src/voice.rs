//! The voice: a sentence becomes sound, from a hall's own recordings or from a synthesiser.
//!
//! No network is asked. Recordings are used for a sentence when every clip of it is there;
//! otherwise the whole sentence is synthesised, for a person and a robot in one sentence are
//! harder to understand than either.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use client::Language;

use crate::phrase::Phrase;
use crate::process::{self, Failure};
use crate::wav::{self, samples_in};

/// A synthesiser that takes longer than this is given up: usual are 20 ms.
const DEADLINE: Duration = Duration::from_millis(3_000);

/// Between recorded clips; after a clip with a breath.
const CLIP_GAP_MS: u64 = 30;
const BREATH_MS: u64 = 220;

/// Level of speech: root mean square of what is not silence, and the loudest sample.
const SPEECH_RMS: f64 = 0.125 * i16::MAX as f64;
const SPEECH_PEAK: f64 = 0.84 * i16::MAX as f64;

/// Softer than this (-46 dB) is silence, and is cut off at both ends.
const SILENCE: u16 = 160;

/// Why nothing can be said in a language.
#[derive(Debug, PartialEq, Eq)]
pub enum Mute {
    /// There is no synthesiser and not every clip is recorded.
    NotInstalled(String),
    /// The synthesiser did not answer in time.
    TooSlow(String),
    /// The synthesiser or a clip is broken.
    Broken(String),
}

impl fmt::Display for Mute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled(program) => write!(f, "{program} is not installed"),
            Self::TooSlow(program) => write!(f, "{program} did not answer in time"),
            Self::Broken(reason) => f.write_str(reason),
        }
    }
}

/// Where the voice comes from.
#[derive(Clone, Debug)]
pub struct Voice {
    /// The folder of recordings, with `zh/*.wav` and `en/*.wav` in it.
    pub recordings: Option<PathBuf>,
    /// The synthesiser: `espeak-ng`, or a program that takes the same options.
    pub synthesiser: String,
    /// Words per minute.
    pub speed: u16,
}

impl Voice {
    /// The sentence as sound, without silence at its ends and at an even level. `work` is a folder
    /// for files that the synthesiser writes.
    ///
    /// # Errors
    /// Why this language is [`Mute`] for now.
    pub fn say(&self, phrase: &Phrase, work: &Path) -> Result<Vec<i16>, Mute> {
        let sound = match self.clips_of(phrase) {
            Some(clips) => join_clips(phrase, &clips)?,
            None => self.synthesise(phrase, work)?,
        };
        let sound = trim(&sound);
        if sound.is_empty() {
            return Err(Mute::Broken(format!("{} gave silence", self.synthesiser)));
        }
        Ok(level(sound))
    }

    /// The recorded clips of a sentence, if all are there.
    fn clips_of(&self, phrase: &Phrase) -> Option<Vec<PathBuf>> {
        let folder = self.recordings.as_ref()?.join(phrase.language.to_string());
        let clips = phrase.words.iter().map(|word| {
            let clip = folder.join(format!("{}.wav", word.clip));
            clip.is_file().then_some(clip)
        });
        clips.collect()
    }

    fn synthesise(&self, phrase: &Phrase, work: &Path) -> Result<Vec<i16>, Mute> {
        let out = work.join(format!("said.{}.wav", phrase.language));
        let mut command = Command::new(&self.synthesiser);
        command.args(["-v", voice_name(phrase.language)]);
        command.args(["-s", &self.speed.to_string()]);
        command.arg("-w").arg(&out).arg(phrase.read());
        let complaints = work.join("synthesiser.log");
        process::run(&mut command, &complaints, process::after(DEADLINE))
            .map_err(|failure| self.mute(failure))?;
        wav::read(&out)
            .map_err(|error| Mute::Broken(format!("{} wrote no sound: {error}", self.synthesiser)))
    }

    fn mute(&self, failure: Failure) -> Mute {
        let program = self.synthesiser.clone();
        match failure {
            Failure::NotInstalled => Mute::NotInstalled(program),
            Failure::Stopped => Mute::TooSlow(program),
            Failure::Failed(reason) => Mute::Broken(format!("{program}: {reason}")),
        }
    }
}

/// espeak-ng's plain `cmn` spells characters out in English; this one reads them.
fn voice_name(language: Language) -> &'static str {
    match language {
        Language::Zh => "cmn-latn-pinyin",
        Language::En => "en-gb",
    }
}

fn join_clips(phrase: &Phrase, clips: &[PathBuf]) -> Result<Vec<i16>, Mute> {
    let mut sound = Vec::new();
    for (word, clip) in phrase.words.iter().zip(clips) {
        let samples = wav::read(clip)
            .map_err(|error| Mute::Broken(format!("{}: {error}", clip.display())))?;
        sound.extend(trim(&samples));
        let gap_ms = if word.breath { BREATH_MS } else { CLIP_GAP_MS };
        sound.resize(sound.len() + samples_in(gap_ms), 0);
    }
    Ok(sound)
}

fn trim(samples: &[i16]) -> &[i16] {
    let heard = |sample: &i16| sample.unsigned_abs() > SILENCE;
    let Some(first) = samples.iter().position(heard) else {
        return &[];
    };
    let last = samples.iter().rposition(heard).unwrap_or(first);
    let margin = samples_in(15);
    let end = (last + margin).min(samples.len() - 1);
    &samples[first.saturating_sub(margin)..=end]
}

/// Brings speech to one level, so that both languages and every recording sound alike.
fn level(samples: &[i16]) -> Vec<i16> {
    let loud: Vec<f64> = samples
        .iter()
        .filter(|sample| sample.unsigned_abs() > SILENCE)
        .map(|&sample| f64::from(sample))
        .collect();
    let power = loud.iter().map(|s| s * s).sum::<f64>() / loud.len().max(1) as f64;
    let peak = loud.iter().fold(1.0, |most, s| f64::max(most, s.abs()));
    let gain = (SPEECH_RMS / power.sqrt().max(1.0)).min(SPEECH_PEAK / peak);
    samples
        .iter()
        .map(|&sample| (f64::from(sample) * gain) as i16)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrase::Length;

    fn phrase(language: Language) -> Phrase {
        Phrase::of_call(language, Length::Full, "A012", 3)
    }

    fn voice(synthesiser: &str) -> Voice {
        Voice {
            recordings: None,
            synthesiser: synthesiser.to_owned(),
            speed: 150,
        }
    }

    /// A tone per clip, so that its place in the sentence can be found again.
    fn record(folder: &Path, phrase: &Phrase) {
        let own = folder.join(phrase.language.to_string());
        std::fs::create_dir_all(&own).unwrap();
        for word in &phrase.words {
            let mut samples = vec![0i16; 2_000];
            samples.extend((0..4_000).map(|at| if at % 40 < 20 { 6_000 } else { -6_000 }));
            samples.extend(vec![0i16; 2_000]);
            wav::write(&own.join(format!("{}.wav", word.clip)), &samples).unwrap();
        }
    }

    #[test]
    fn recordings_of_the_hall_are_preferred_when_all_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let phrase = phrase(Language::Zh);
        record(folder.path(), &phrase);
        let mut voice = voice("paihao-no-such-program");
        voice.recordings = Some(folder.path().to_owned());
        let sound = voice.say(&phrase, folder.path()).unwrap();
        let expected_ms = phrase.words.len() as u64 * (181 + 30 + CLIP_GAP_MS);
        assert!(wav::duration_ms(sound.len()).abs_diff(expected_ms) < 200);
        std::fs::remove_file(folder.path().join("zh/chuangkou.wav")).unwrap();
        assert_eq!(
            voice.say(&phrase, folder.path()),
            Err(Mute::NotInstalled("paihao-no-such-program".to_owned()))
        );
    }

    #[test]
    fn speech_is_even_and_never_clips() {
        for scale in [300, 3_000, 32_000] {
            let samples: Vec<i16> = (0..20_000)
                .map(|at| if at % 100 < 50 { scale } else { -scale })
                .collect();
            let even = level(&samples);
            let loudest = even.iter().map(|s| s.unsigned_abs()).max().unwrap();
            assert!((3_900..=4_200).contains(&loudest), "{scale}: {loudest}");
        }
    }

    #[test]
    fn silence_at_the_ends_is_cut_off() {
        let mut samples = vec![3i16; 30_000];
        samples[10_000..12_000].fill(5_000);
        assert!((2_000..2_000 + samples_in(40)).contains(&trim(&samples).len()));
        assert!(trim(&samples[..9_000]).is_empty());
    }

    #[test]
    fn a_synthesiser_that_fails_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let said = voice("false").say(&phrase(Language::En), folder.path());
        assert!(matches!(said, Err(Mute::Broken(_))), "{said:?}");
    }
}
