//! A hall's logo: a PNG file, made as small as the paper wants it and black or white.

use std::io::Cursor;

use crate::bitmap::Bitmap;

/// A logo is at most this wide on paper (45 mm), so that it fits the narrowest roll.
const WIDTH_DOTS_MAX: u32 = 360;

/// A logo is at most this high on paper (15 mm): a name plate, not a picture.
const HEIGHT_DOTS_MAX: u32 = 120;

/// A side longer than this is a photograph, which a thermal head cannot print.
const SIDE_PIXELS_MAX: u32 = 2_000;

/// Darker than this on white paper is black.
const BLACK_UNDER: u32 = 128;

/// A file that cannot be a logo.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// Not a PNG, or a broken one.
    #[error("the logo is no readable PNG: {0}")]
    NotPng(#[from] png::DecodingError),
    /// Too large.
    #[error(
        "the logo has {width} x {height} pixels; at most {SIDE_PIXELS_MAX} x {SIDE_PIXELS_MAX} can be printed"
    )]
    TooLarge {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
}

/// Reads a logo from the bytes of a PNG file. What is larger than 45 x 15 mm at 203 dpi is made
/// smaller, keeping its shape.
///
/// # Errors
/// If the bytes are no PNG, or of a picture with more than 2,000 pixels on a side.
pub fn read_logo(png_file: &[u8]) -> Result<Bitmap, LogoError> {
    let mut decoder = png::Decoder::new(Cursor::new(png_file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let (width, height) = reader.info().size();
    if width.max(height) > SIDE_PIXELS_MAX {
        return Err(LogoError::TooLarge { width, height });
    }
    let mut samples = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let frame = reader.next_frame(&mut samples)?;
    let grey = grey(&samples[..frame.buffer_size()], frame.color_type.samples());
    Ok(scaled(&grey, width, height))
}

/// How light each pixel is on white paper, 0 to 255.
fn grey(samples: &[u8], channels: usize) -> Vec<u32> {
    let pixels = samples.chunks_exact(channels);
    pixels
        .map(|pixel| match *pixel {
            [grey] => grey.into(),
            [grey, alpha] => on_white(grey.into(), alpha),
            [red, green, blue] => luminance(red, green, blue),
            [red, green, blue, alpha] => on_white(luminance(red, green, blue), alpha),
            _ => 255,
        })
        .collect()
}

/// ITU-R BT.601.
fn luminance(red: u8, green: u8, blue: u8) -> u32 {
    (u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1_000
}

fn on_white(light: u32, alpha: u8) -> u32 {
    let alpha = u32::from(alpha);
    (light * alpha + 255 * (255 - alpha)) / 255
}

/// Each dot is the mean of the pixels that it stands for.
fn scaled(grey: &[u32], width: u32, height: u32) -> Bitmap {
    let (mut across, mut down) = (width.max(1), height.max(1));
    if across > WIDTH_DOTS_MAX {
        (across, down) = (WIDTH_DOTS_MAX, (down * WIDTH_DOTS_MAX / across).max(1));
    }
    if down > HEIGHT_DOTS_MAX {
        (across, down) = ((across * HEIGHT_DOTS_MAX / down).max(1), HEIGHT_DOTS_MAX);
    }
    let mut bitmap = Bitmap::new(across, down);
    for y in 0..down {
        for x in 0..across {
            let columns = x * width / across..((x + 1) * width).div_ceil(across);
            let rows = y * height / down..((y + 1) * height).div_ceil(down);
            let (mut sum, mut count) = (0, 0);
            for row in rows {
                for column in columns.clone() {
                    sum += grey[(row * width + column) as usize];
                    count += 1;
                }
            }
            if sum < BLACK_UNDER * count {
                bitmap.blacken(x, y);
            }
        }
    }
    bitmap
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose left half is dark, in any of the usual colour types.
    fn png(width: u32, height: u32, colour: png::ColorType, dark: &[u8], light: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colour);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        let row: Vec<u8> = (0..width)
            .flat_map(|x| if x < width / 2 { dark } else { light })
            .copied()
            .collect();
        writer
            .write_image_data(&row.repeat(height as usize))
            .unwrap();
        writer.finish().unwrap();
        file
    }

    #[test]
    fn dark_is_black_whatever_the_colours_and_clear_is_white() {
        use png::ColorType::{Grayscale, GrayscaleAlpha, Rgb, Rgba};
        for file in [
            png(40, 20, Grayscale, &[0], &[255]),
            png(40, 20, GrayscaleAlpha, &[0, 255], &[0, 0]),
            png(40, 20, Rgb, &[0, 0, 160], &[255, 255, 0]),
            png(40, 20, Rgba, &[0, 0, 0, 255], &[0, 0, 0, 0]),
        ] {
            let logo = read_logo(&file).unwrap();
            assert_eq!((logo.width(), logo.height()), (40, 20));
            assert!(logo.is_black(3, 3) && !logo.is_black(30, 3));
        }
    }

    #[test]
    fn a_large_one_is_made_smaller_and_keeps_its_shape() {
        let logo = read_logo(&png(1_200, 300, png::ColorType::Grayscale, &[0], &[255])).unwrap();
        assert_eq!((logo.width(), logo.height()), (360, 90));
        assert!(logo.is_black(178, 40) && !logo.is_black(182, 40));
        let tall = read_logo(&png(100, 1_000, png::ColorType::Grayscale, &[0], &[255])).unwrap();
        assert_eq!((tall.width(), tall.height()), (12, 120));
    }

    #[test]
    fn what_is_no_logo_is_refused() {
        assert!(matches!(read_logo(b"GIF89a"), Err(LogoError::NotPng(_))));
        let huge = png(2_001, 1, png::ColorType::Grayscale, &[0], &[255]);
        assert!(matches!(read_logo(&huge), Err(LogoError::TooLarge { .. })));
        let whole = png(40, 20, png::ColorType::Rgb, &[0, 0, 0], &[9, 9, 9]);
        assert!(read_logo(&whole[..whole.len() / 2]).is_err());
    }
}
