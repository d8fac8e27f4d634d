//! What is heard: a real wall with the real synthesiser and the real `aplay`, whose sound goes into a
//! file that the test listens to.

#![allow(clippy::unwrap_used)] // helpers of tests, outside of test functions

use std::f64::consts::TAU;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use client::Language;
use display::controller::Event;
use display::mock::MockHall;
use display::record::{FILE_NAME, Line};
use display::settings::SoundSettings;
use display::speaker::Told;
use display::wall::Wall;
use display::wav::{self, RATE, samples_in};
use tempfile::TempDir;

/// A wall in a folder of its own, driven as its window drives it.
struct Room {
    folder: TempDir,
    wall: Wall,
    told: Receiver<Told>,
    hall: MockHall,
}

impl Room {
    fn open(folder: TempDir, sound: &SoundSettings) -> Self {
        let (tell, told) = mpsc::channel();
        let announcements = folder.path().join("announcements");
        let wall = Wall::start(sound, Some(announcements), Language::Zh, move |it| {
            // A test that has ended hears nothing more.
            let _ = tell.send(it);
        })
        .unwrap();
        let mut room = Self {
            folder,
            wall,
            told,
            hall: MockHall::default(),
        };
        for event in room.hall.open() {
            room.wall.take(Event::Link(event));
        }
        room
    }

    fn call(&mut self) {
        for event in self.hall.call_next() {
            self.wall.take(Event::Link(event));
        }
    }

    /// Lets the wall live until so many announcements are recorded.
    fn until_recorded(&mut self, count: usize) -> Vec<Line> {
        let end = Instant::now() + Duration::from_secs(120);
        while self.lines().len() < count {
            assert!(Instant::now() < end, "only {:?}", self.lines());
            match self.told.recv_timeout(Duration::from_millis(100)) {
                Ok(told) => self.wall.take(Event::Sound(told)),
                Err(RecvTimeoutError::Timeout) => self.wall.take(Event::Tick),
                Err(RecvTimeoutError::Disconnected) => panic!("the speaker is gone"),
            }
        }
        self.lines()
    }

    fn lines(&self) -> Vec<Line> {
        let file = self.folder.path().join("announcements").join(FILE_NAME);
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn sound_of(&self, line: &Line) -> Vec<i16> {
        let name = line.wav.as_ref().expect("there is a sound");
        wav::read(&self.folder.path().join("announcements").join(name)).unwrap()
    }
}

fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A sound device that is a file: every player's sound is added at its end.
fn device_file(folder: &Path) -> PathBuf {
    let heard = folder.join("heard.raw");
    let settings = format!(
        "pcm.!default {{\n type file\n slave.pcm null\n file \"|cat >> {}\"\n format raw\n}}\npcm.null {{ type null }}\n",
        heard.display()
    );
    fs::write(folder.join("asound.conf"), settings).unwrap();
    heard
}

fn with(player: Vec<String>) -> SoundSettings {
    SoundSettings {
        player,
        ..SoundSettings::default()
    }
}

/// Beginnings and ends of announcements in what a device played: its silence between them is dropped.
fn placed(heard: &[i16], sounds: &[Vec<i16>]) -> Vec<(usize, usize)> {
    let mut at = 0;
    let place = |sound: &Vec<i16>| {
        while heard[at..].len() >= sound.len() && heard[at] == 0 && !heard[at..].starts_with(sound)
        {
            at += 1;
        }
        assert!(
            heard[at..].starts_with(sound),
            "something else was heard at sample {at}"
        );
        let begin = at;
        at += sound.len();
        (begin, at)
    };
    let places = sounds.iter().map(place).collect();
    assert!(
        heard[at..].iter().all(|&sample| sample == 0),
        "more was heard"
    );
    places
}

fn loudness(samples: &[i16]) -> f64 {
    let power: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
    (power / samples.len() as f64).sqrt()
}

/// How much of one frequency there is, as part of the loudness.
fn tone(samples: &[i16], hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (at, &sample) in samples.iter().enumerate() {
        let angle = TAU * hz * at as f64 / f64::from(RATE);
        re += f64::from(sample) * angle.cos();
        im += f64::from(sample) * angle.sin();
    }
    re.hypot(im) / samples.len() as f64 / loudness(samples)
}

/// The parts of a sound that are louder than silence, in milliseconds.
fn loud_parts_ms(sound: &[i16], least_gap_ms: u64) -> Vec<(u64, u64)> {
    let step_ms = 10;
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for (at, window) in sound.chunks(samples_in(step_ms)).enumerate() {
        let ms = at as u64 * step_ms;
        if loudness(window) < 60.0 {
            continue;
        }
        match parts.last_mut() {
            Some(last) if ms - last.1 < least_gap_ms => last.1 = ms + step_ms,
            _ => parts.push((ms, ms + step_ms)),
        }
    }
    parts
}

fn assert_chime(sound: &[i16]) {
    let begin = &sound[samples_in(20)..samples_in(320)];
    assert!(
        tone(begin, 659.26) > 0.5,
        "no chime: {}",
        tone(begin, 659.26)
    );
}

/// Both languages, one after the other, behind the chime.
fn assert_speech(sound: &[i16]) {
    let speech = &sound[samples_in(1_300)..];
    assert!(
        loudness(speech) > 1_000.0,
        "no speech: {}",
        loudness(speech)
    );
    let parts = loud_parts_ms(speech, 400);
    assert_eq!(parts.len(), 2, "Mandarin, then English: {parts:?}");
    assert!(
        parts.iter().all(|(begin, end)| end - begin > 1_500),
        "{parts:?}"
    );
    let loudest = sound.iter().map(|s| s.unsigned_abs()).max().unwrap();
    assert!(loudest < 29_000, "it clips: {loudest}");
}

#[test]
fn three_calls_are_heard_in_order_each_with_chime_and_speech_and_none_over_another() {
    let folder = TempDir::new().unwrap();
    let heard = device_file(folder.path());
    let player = script(
        folder.path(),
        "player",
        &format!(
            "cd {0}; date +%s%N >> begun; ALSA_CONFIG_PATH={0}/asound.conf aplay -q \"$1\"; result=$?; date +%s%N >> ended; exit $result",
            folder.path().display()
        ),
    );
    let mut room = Room::open(folder, &with(vec![player]));
    for _ in 0..3 {
        room.call();
    }
    let lines = room.until_recorded(3);
    assert!(
        lines.iter().all(|line| line.spoken && line.why.is_none()),
        "{lines:?}"
    );
    let numbers: Vec<_> = lines.iter().map(|line| line.number.as_str()).collect();
    assert_eq!(numbers, ["A012", "B012", "C012"]);
    assert_eq!(lines[0].text_zh, "请A零一二号到3号窗口");
    assert_eq!(
        lines[0].text_en,
        "Number A zero one two, please go to counter three"
    );
    assert!(lines.is_sorted_by_key(|line| line.shown_at_ms));

    let sounds: Vec<_> = lines.iter().map(|line| room.sound_of(line)).collect();
    for sound in &sounds {
        assert_chime(sound);
        assert_speech(sound);
    }
    let bytes = fs::read(heard).unwrap();
    let samples: Vec<i16> = bytes
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    assert_eq!(placed(&samples, &sounds).len(), 3);

    let stamps = |name: &str| -> Vec<u128> {
        let text = fs::read_to_string(room.folder.path().join(name)).unwrap();
        text.lines().map(|line| line.parse().unwrap()).collect()
    };
    let (begun, ended) = (stamps("begun"), stamps("ended"));
    assert!(
        begun[1..].iter().zip(&ended).all(|(next, end)| next > end),
        "players overlap"
    );
}

#[test]
fn without_a_sound_device_calls_are_shown_as_long_and_their_sound_is_kept() {
    let folder = TempDir::new().unwrap();
    let player = ["env", "ALSA_CONFIG_PATH=/dev/null", "aplay", "-q"].map(str::to_owned);
    let mut room = Room::open(folder, &with(player.to_vec()));
    room.call();
    let shown = Instant::now();
    assert!(
        room.wall
            .view()
            .newest
            .is_some_and(|newest| newest.expected && newest.number == "A012")
    );
    let line = room.until_recorded(1).remove(0);
    assert!(!line.spoken);
    assert!(
        line.why
            .as_ref()
            .is_some_and(|why| why.starts_with("no sound: ")),
        "{line:?}"
    );
    let sound = room.sound_of(&line);
    assert_chime(&sound);
    assert_speech(&sound);
    assert!(shown.elapsed() >= Duration::from_millis(wav::duration_ms(sound.len())));
    assert_eq!(room.wall.view().sound.unwrap().second, "No sound");
}

#[test]
fn a_player_that_hangs_is_given_up_and_the_next_call_is_heard() {
    let folder = TempDir::new().unwrap();
    let player = script(
        folder.path(),
        "aplay",
        &format!(
            "cd {}; test -e hung && exit 0; echo $$ > hung; exec sleep 600",
            folder.path().display()
        ),
    );
    // Without a voice the sound is short, and so is the wait for its end.
    let mut sound = with(vec![player]);
    sound.synthesiser = "paihao-no-such-program".to_owned();
    let mut room = Room::open(folder, &sound);
    room.call();
    room.call();
    let lines = room.until_recorded(2);
    assert_eq!(
        lines[0].why.as_deref(),
        Some("the player did not end and was stopped")
    );
    assert!(
        lines[1]
            .why
            .as_ref()
            .is_some_and(|why| why.contains("not installed")),
        "{lines:?}"
    );
    let pid = fs::read_to_string(room.folder.path().join("hung")).unwrap();
    assert!(
        !Path::new("/proc").join(pid.trim()).exists(),
        "it still runs"
    );
}

#[test]
fn without_a_synthesiser_the_chime_alone_is_heard_and_the_text_is_written() {
    let folder = TempDir::new().unwrap();
    let heard = device_file(folder.path());
    let alsa = format!(
        "ALSA_CONFIG_PATH={}",
        folder.path().join("asound.conf").display()
    );
    let mut sound = with(vec![
        "env".to_owned(),
        alsa,
        "aplay".to_owned(),
        "-q".to_owned(),
    ]);
    sound.synthesiser = "paihao-no-such-program".to_owned();
    let mut room = Room::open(folder, &sound);
    room.call();
    let line = room.until_recorded(1).remove(0);
    assert!(!line.spoken);
    let why =
        "zh: paihao-no-such-program is not installed; en: paihao-no-such-program is not installed";
    assert_eq!(line.why.as_deref(), Some(why));
    assert_eq!(line.text_zh, "请A零一二号到3号窗口");
    let chime = room.sound_of(&line);
    assert_chime(&chime);
    assert!(wav::duration_ms(chime.len()) < 1_600);
    assert!(fs::metadata(heard).unwrap().len() >= chime.len() as u64 * 2);
    assert_eq!(room.wall.view().sound.unwrap().second, "Chime only");
}

#[test]
fn a_synthesiser_that_hangs_is_given_up_and_the_chime_is_heard() {
    let folder = TempDir::new().unwrap();
    let mut sound = with(vec!["true".to_owned()]);
    sound.synthesiser = script(folder.path(), "espeak-ng", "exec sleep 600");
    sound.languages = vec![Language::En];
    let mut room = Room::open(folder, &sound);
    room.call();
    let line = room.until_recorded(1).remove(0);
    assert!(
        line.why
            .as_ref()
            .is_some_and(|why| why.contains("did not answer in time")),
        "{line:?}"
    );
    assert_chime(&room.sound_of(&line));
}

#[test]
fn a_second_run_keeps_the_sounds_of_the_first() {
    let folder = TempDir::new().unwrap();
    let mut sound = with(Vec::new());
    sound.synthesiser = "paihao-no-such-program".to_owned();
    let mut room = Room::open(folder, &sound);
    room.call();
    room.until_recorded(1);
    let Room { folder, wall, .. } = room;
    drop(wall);
    let mut room = Room::open(folder, &sound);
    room.call();
    let lines = room.until_recorded(2);
    let wavs: Vec<_> = lines
        .iter()
        .map(|line| line.wav.as_deref().unwrap())
        .collect();
    assert_eq!(wavs, ["0001.wav", "0002.wav"]);
}
