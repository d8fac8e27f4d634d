use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Longest side of a small picture, in pixels: about a quarter of a full-HD screen, so that the
/// golden pictures of every page and language stay a few megabytes.
const SMALL_SIDE: u32 = 480;

/// Colours of a small picture per channel. 32 steps are finer than what a change of the design
/// moves, and make files a third of the size.
const STEPS: u32 = 32;

/// A picture in memory. What shines through is not kept: a screen is opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// A picture from rows of red, green, blue and alpha, from the top and without padding.
    ///
    /// # Panics
    /// If there are not `width` times `height` pixels, or none.
    #[must_use]
    pub fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Self {
        let (quads, rest) = rgba.as_chunks::<4>();
        assert!(rest.is_empty(), "bytes of RGBA come in fours");
        let pixels = quads.iter().map(|&[r, g, b, _]| [r, g, b]).collect();
        Self::from_pixels(width, height, pixels)
    }

    pub(super) fn from_pixels(width: u32, height: u32, pixels: Vec<[u8; 3]>) -> Self {
        assert!(width > 0 && height > 0, "a picture has an extent");
        assert_eq!(
            pixels.len(),
            width as usize * height as usize,
            "{width} x {height} pixels"
        );
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    pub(super) fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        self.pixels[y as usize * self.width as usize + x as usize]
    }

    /// The picture that is kept as a golden one: at most 480 pixels wide and high, each the mean
    /// of the box that it covers, in 32 steps per channel.
    #[must_use]
    pub fn small(&self) -> Self {
        let side = self.width.max(self.height);
        let scale = |length: u32| (length * SMALL_SIDE.min(side)).div_ceil(side).max(1);
        let (width, height) = (scale(self.width), scale(self.height));
        let columns = boxes(self.width, width);
        let rows = boxes(self.height, height);
        let pixels = rows
            .iter()
            .flat_map(|row| columns.iter().map(|column| self.mean(column, row)))
            .map(|pixel| pixel.map(in_steps))
            .collect();
        Self::from_pixels(width, height, pixels)
    }

    fn mean(&self, columns: &[(u32, f32)], rows: &[(u32, f32)]) -> [u8; 3] {
        let mut sums = [0f32; 3];
        let mut weight = 0f32;
        for &(y, part_of_row) in rows {
            for &(x, part_of_column) in columns {
                let part = part_of_row * part_of_column;
                weight += part;
                for (sum, value) in sums.iter_mut().zip(self.pixel(x, y)) {
                    *sum += part * f32::from(value);
                }
            }
        }
        sums.map(|sum| (sum / weight).round() as u8)
    }

    /// Reads a PNG of 8 bits per channel.
    ///
    /// # Errors
    /// If the file cannot be read or is another kind of picture.
    pub fn read(path: &Path) -> Result<Self> {
        let told = || format!("read the picture {}", path.display());
        let file = BufReader::new(File::open(path).with_context(told)?);
        let mut decoder = png::Decoder::new(file);
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().with_context(told)?;
        let mut bytes = vec![0; reader.output_buffer_size().with_context(told)?];
        let frame = reader.next_frame(&mut bytes).with_context(told)?;
        ensure!(
            frame.color_type == png::ColorType::Rgb && frame.bit_depth == png::BitDepth::Eight,
            "{} is not a picture of 8-bit red, green and blue",
            path.display()
        );
        let pixels = bytes[..frame.buffer_size()].as_chunks::<3>().0.to_vec();
        Ok(Self::from_pixels(frame.width, frame.height, pixels))
    }

    /// Writes a PNG, as a palette where the colours fit one, and makes the folder for it.
    ///
    /// # Panics
    /// If it cannot be written: a test without its pictures is no test.
    pub fn write(&self, path: &Path) {
        self.try_write(path)
            .unwrap_or_else(|error| panic!("write {}: {error:#}", path.display()));
    }

    fn try_write(&self, path: &Path) -> Result<()> {
        fs::create_dir_all(path.parent().context("a file has a folder")?)?;
        let mut encoder =
            png::Encoder::new(BufWriter::new(File::create(path)?), self.width, self.height);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Balanced);
        let bytes = if let Some((palette, places)) = self.palette() {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.concat());
            encoder.set_filter(png::Filter::NoFilter);
            places
        } else {
            encoder.set_color(png::ColorType::Rgb);
            self.pixels.concat()
        };
        encoder.write_header()?.write_image_data(&bytes)?;
        Ok(())
    }

    /// The colours, and for each pixel the place of its own; nothing if there are too many.
    fn palette(&self) -> Option<(Vec<[u8; 3]>, Vec<u8>)> {
        let mut place_of = BTreeMap::new();
        for &pixel in &self.pixels {
            let next = place_of.len();
            place_of.entry(pixel).or_insert(next);
            if place_of.len() > 256 {
                return None;
            }
        }
        let places = self
            .pixels
            .iter()
            .map(|pixel| place_of[pixel] as u8)
            .collect();
        let mut palette = vec![[0; 3]; place_of.len()];
        for (colour, place) in place_of {
            palette[place] = colour;
        }
        Some((palette, places))
    }
}

/// For each of `to` boxes along a side of `from` pixels: the pixels it covers, and how much of each.
fn boxes(from: u32, to: u32) -> Vec<Vec<(u32, f32)>> {
    let step = f64::from(from) / f64::from(to);
    (0..to)
        .map(|place| {
            let start = f64::from(place) * step;
            let end = start + step;
            let last = (end.ceil() as u32).min(from);
            (start as u32..last)
                .map(|at| {
                    let covered = end.min(f64::from(at) + 1.0) - start.max(f64::from(at));
                    (at, covered as f32)
                })
                .collect()
        })
        .collect()
}

/// The nearest of 32 steps; black stays black and white stays white.
fn in_steps(value: u8) -> u8 {
    let step = (u32::from(value) * (STEPS - 1) + 127) / 255;
    (step * 255 / (STEPS - 1)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkers(width: u32, height: u32) -> Picture {
        let pixels = (0..width * height)
            .map(|at| {
                let white = (at % width + at / width).is_multiple_of(2);
                [if white { 255 } else { 0 }; 3]
            })
            .collect();
        Picture::from_pixels(width, height, pixels)
    }

    #[test]
    fn a_small_picture_is_the_mean_of_its_boxes() {
        let small = checkers(1920, 1080).small();
        assert_eq!((small.width(), small.height()), (480, 270));
        let grey = in_steps(128);
        assert!(small.pixels.iter().all(|&pixel| pixel == [grey; 3]));
    }

    #[test]
    fn boxes_that_do_not_divide_evenly_cover_every_pixel_once() {
        let parts: Vec<f32> = (0..1280)
            .map(|at| {
                boxes(1280, 480)
                    .iter()
                    .flatten()
                    .filter(|&&(place, _)| place == at)
                    .map(|&(_, part)| part)
                    .sum()
            })
            .collect();
        assert!(parts.iter().all(|part| (part - 1.0).abs() < 0.001));
    }

    #[test]
    fn a_picture_smaller_than_a_small_one_keeps_its_size() {
        let small = checkers(252, 100).small();
        assert_eq!((small.width(), small.height()), (252, 100));
    }

    #[test]
    fn a_written_picture_reads_back_the_same_with_and_without_a_palette() {
        let folder = tempfile::tempdir().unwrap();
        let many: Vec<[u8; 3]> = (0..64 * 64)
            .map(|at| [(at % 256) as u8, (at / 256) as u8, 7])
            .collect();
        for picture in [checkers(64, 64), Picture::from_pixels(64, 64, many)] {
            let path = folder.path().join("deep/picture.png");
            picture.write(&path);
            assert_eq!(Picture::read(&path).unwrap(), picture);
        }
    }

    #[test]
    fn steps_keep_black_and_white() {
        assert_eq!((in_steps(0), in_steps(255)), (0, 255));
        assert!((0..=255u8).all(|value| value.abs_diff(in_steps(value)) <= 5));
    }
}
