//! Sizes: from the screen's millimetres and the viewing distance to the one unit that all sizes follow.

use serde::Deserialize;

/// The screen as a thing in the hall.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScreenSettings {
    /// Length of the longer side of the picture, in millimetres. 598 is a 27 inch screen.
    pub long_side_mm: f32,
    /// From the eye to the screen, in millimetres.
    pub distance_mm: f32,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self {
            long_side_mm: 598.0,
            distance_mm: 600.0,
        }
    }
}

/// Angle that a capital letter fills at least, in degrees (EN 301 549 V3.2.1, 5.1.4).
const CAPITAL_DEGREES: f32 = 0.7;
/// Height of a capital letter of Noto Sans CJK, as part of the font size.
const CAPITAL_OF_FONT: f32 = 0.733;
/// The smallest text of the type scale, in units.
const SMALL_UNITS: f32 = 1.75;
/// The gap between targets is one unit, and at least 5 mm (MIIT design rule for ageing users).
const GAP_MM: f32 = 5.0;
/// The pages are drawn for at least so many units along the short and the long side.
const ROOM_UNITS: (f32, f32) = (58.0, 104.0);

/// One unit of the type and space scale, in pixels.
///
/// It is what the smallest text needs to be read, and less only where the pages would not fit any more.
#[must_use]
pub fn unit_px(settings: &ScreenSettings, width_px: f32, height_px: f32) -> f32 {
    let (short_px, long_px) = (width_px.min(height_px), width_px.max(height_px));
    let needed_px = unit_mm(settings.distance_mm) * long_px / settings.long_side_mm;
    let fits_px = (short_px / ROOM_UNITS.0).min(long_px / ROOM_UNITS.1);
    needed_px.min(fits_px).max(1.0)
}

/// Height of a capital letter of the smallest text on this screen, in millimetres, and the height that
/// the standard asks for at its viewing distance.
#[must_use]
pub fn smallest_capital_mm(settings: &ScreenSettings, width_px: f32, height_px: f32) -> (f32, f32) {
    let px_per_mm = width_px.max(height_px) / settings.long_side_mm;
    let capital_px = unit_px(settings, width_px, height_px) * SMALL_UNITS * CAPITAL_OF_FONT;
    (capital_px / px_per_mm, capital_mm(settings.distance_mm))
}

/// Height of a capital letter that is read at this distance, in millimetres.
fn capital_mm(distance_mm: f32) -> f32 {
    CAPITAL_DEGREES * std::f32::consts::PI * distance_mm / 180.0
}

/// One unit in millimetres, by the viewing distance.
fn unit_mm(distance_mm: f32) -> f32 {
    (capital_mm(distance_mm) / CAPITAL_OF_FONT / SMALL_UNITS).max(GAP_MM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_text_is_as_high_as_the_standard_asks() {
        let usual = ScreenSettings::default();
        for (width, height) in [(1080.0, 1920.0), (1920.0, 1080.0), (2160.0, 3840.0)] {
            let (is, asked) = smallest_capital_mm(&usual, width, height);
            assert!((asked - 7.33).abs() < 0.01 && (is - asked).abs() < 0.01);
        }
        let far = ScreenSettings {
            long_side_mm: 1_100.0,
            distance_mm: 1_000.0,
        };
        assert!(smallest_capital_mm(&far, 1080.0, 1920.0).0 > 12.2);
    }

    #[test]
    fn the_unit_scales_with_the_pixels() {
        let usual = ScreenSettings::default();
        let once = unit_px(&usual, 1080.0, 1920.0);
        assert!((unit_px(&usual, 2160.0, 3840.0) - 2.0 * once).abs() < 0.01);
    }

    #[test]
    fn a_small_screen_still_shows_the_whole_page() {
        let small = ScreenSettings {
            long_side_mm: 300.0,
            distance_mm: 600.0,
        };
        let unit = unit_px(&small, 768.0, 1366.0);
        assert!(768.0 / unit >= ROOM_UNITS.0 && 1366.0 / unit >= ROOM_UNITS.1);
    }
}
