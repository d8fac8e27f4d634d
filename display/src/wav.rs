//! Sound in memory and in WAV files: 16 bit, one channel, 22,050 samples a second.
//!
//! That is what the synthesiser writes and what every sound device plays. A hall's own
//! recordings may have two channels and another rate; they are brought to this form.

use std::fs;
use std::io;
use std::path::Path;

/// Samples per second.
pub const RATE: u32 = 22_050;

const HEADER_BYTES: u32 = 44;

/// How long so many samples sound, in milliseconds.
#[must_use]
pub fn duration_ms(samples: usize) -> u64 {
    samples as u64 * 1000 / u64::from(RATE)
}

/// The samples of so many milliseconds.
#[must_use]
pub fn samples_in(ms: u64) -> usize {
    usize::try_from(ms * u64::from(RATE) / 1000).unwrap_or(usize::MAX)
}

/// Writes a file whole or not at all: a player must never find half of it.
///
/// # Errors
/// What the file system says.
pub fn write(path: &Path, samples: &[i16]) -> io::Result<()> {
    let part = path.with_extension("part");
    fs::write(&part, encode(samples))?;
    fs::rename(&part, path)
}

/// Reads a file of 16 bit PCM with one or two channels and any rate.
///
/// # Errors
/// What the file system says, or `InvalidData` with what is wrong with the file.
pub fn read(path: &Path) -> io::Result<Vec<i16>> {
    decode(&fs::read(path)?).map_err(|wrong| io::Error::new(io::ErrorKind::InvalidData, wrong))
}

fn encode(samples: &[i16]) -> Vec<u8> {
    let data_bytes = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX - HEADER_BYTES);
    let mut bytes = Vec::with_capacity(samples.len() * 2 + HEADER_BYTES as usize);
    bytes.extend(b"RIFF");
    bytes.extend((HEADER_BYTES - 8 + data_bytes).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend(1u16.to_le_bytes()); // PCM
    bytes.extend(1u16.to_le_bytes()); // one channel
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * 2).to_le_bytes());
    bytes.extend(2u16.to_le_bytes());
    bytes.extend(16u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(data_bytes.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

fn decode(bytes: &[u8]) -> Result<Vec<i16>, &'static str> {
    if bytes.len() < 12 || &bytes[..4] != b"RIFF" || &bytes[8..12] != b"WAVE" {
        return Err("this is not a WAV file");
    }
    let mut format = None;
    let mut rest = &bytes[12..];
    while rest.len() >= 8 {
        let (head, body) = rest.split_at(8);
        let told = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        // A program that writes into a pipe cannot know the length and says too much.
        let length = told.min(body.len());
        match &head[..4] {
            b"fmt " => format = Some(Format::read(&body[..length])?),
            b"data" => return Ok(format.ok_or("no format")?.samples(&body[..length])),
            _ => {}
        }
        rest = &body[(length + length % 2).min(body.len())..];
    }
    Err("there is no sound in this file")
}

struct Format {
    channels: usize,
    rate: u32,
}

impl Format {
    fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let field = |at: usize| {
            let pair = bytes.get(at..at + 2).ok_or("the format is cut short")?;
            Ok::<u16, &'static str>(u16::from_le_bytes([pair[0], pair[1]]))
        };
        let (coding, channels, bits) = (field(0)?, field(2)?, field(14)?);
        let rate = u32::from(field(4)?) | u32::from(field(6)?) << 16;
        if !matches!(coding, 1 | 0xfffe) || bits != 16 {
            return Err("only 16 bit PCM is read");
        }
        if !matches!(channels, 1 | 2) || !(4_000..=192_000).contains(&rate) {
            return Err("only one or two channels of 4 to 192 kHz are read");
        }
        Ok(Self {
            channels: usize::from(channels),
            rate,
        })
    }

    fn samples(&self, data: &[u8]) -> Vec<i16> {
        let mono: Vec<i16> = data
            .chunks_exact(2 * self.channels)
            .map(|frame| {
                let sum: i32 = frame
                    .chunks_exact(2)
                    .map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]])))
                    .sum();
                (sum / self.channels as i32) as i16
            })
            .collect();
        if self.rate == RATE {
            return mono;
        }
        resample(&mono, f64::from(self.rate) / f64::from(RATE))
    }
}

/// Straight lines between samples: enough for speech out of a ceiling loudspeaker.
fn resample(samples: &[i16], step: f64) -> Vec<i16> {
    let length = (samples.len() as f64 / step) as usize;
    (0..length)
        .map(|at| {
            let place = at as f64 * step;
            let left = samples[place as usize];
            let right = samples.get(place as usize + 1).copied().unwrap_or(left);
            let part = place.fract();
            (f64::from(left) * (1.0 - part) + f64::from(right) * part) as i16
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let samples: Vec<i16> = (0..1000).map(|n| (n * 37 % 2000 - 1000) as i16).collect();
        write(&path, &samples).unwrap();
        assert_eq!(read(&path).unwrap(), samples);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_stereo_recording_at_44_kilohertz_keeps_its_length() {
        let frames = 44_100;
        let mut bytes = encode(&vec![900i16; frames * 2]);
        bytes[22] = 2;
        bytes[24..28].copy_from_slice(&44_100u32.to_le_bytes());
        let samples = decode(&bytes).unwrap();
        assert_eq!(duration_ms(samples.len()), 1000);
        assert!(samples.iter().all(|&sample| sample == 900));
    }

    #[test]
    fn broken_files_are_told_and_never_panic() {
        let good = encode(&[1, 2, 3, 4]);
        for length in 0..HEADER_BYTES as usize {
            assert!(decode(&good[..length]).is_err());
        }
        for at in 0..HEADER_BYTES as usize {
            for value in [0u8, 1, 0x7f, 0xff] {
                let mut bytes = good.clone();
                bytes[at] = value;
                let _told = decode(&bytes);
            }
        }
    }
}
