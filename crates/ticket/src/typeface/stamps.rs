//! Letters that were drawn before. A slip says nearly the same as the one before it, and an
//! outline costs a hundred times what its finished dots cost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ab_glyph::{Font, FontRef, GlyphId, PxScale, point};

use super::Lettering;
use crate::bitmap::Bitmap;

/// From this part of a dot's area on, a dot is black. Below one half, because thin strokes of
/// small characters would break up.
const BLACK_FROM: f32 = 0.42;

/// A letter begins at a quarter of a dot: finer than that nobody sees on paper.
const PLACES: u32 = 4;

/// More letters than the slips of a hall have in all sizes. Past it everything is forgotten.
const STAMPS_MAX: usize = 2_000;

#[derive(Default)]
pub(super) struct Stamps(Mutex<HashMap<Key, Stamp>>);

/// Glyph, lettering, and the quarter of a dot at which it begins.
type Key = (GlyphId, Lettering, u32);

/// The black dots of a letter, each row as runs from its origin: left end, dots, row.
struct Stamp(Vec<(i32, u32, i32)>);

impl Stamps {
    /// Draws one letter with its origin at `at`: a fraction of a dot across, a whole dot down.
    pub(super) fn press(
        &self,
        font: &FontRef<'_>,
        (glyph, lettering): (GlyphId, Lettering),
        scale: PxScale,
        (left, baseline): (f32, u32),
        bitmap: &mut Bitmap,
    ) {
        let quarters = (left * PLACES as f32).round() as u32;
        let (origin, place) = (quarters / PLACES, quarters % PLACES);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= STAMPS_MAX {
            known.clear();
        }
        let stamp = known
            .entry((glyph, lettering, place))
            .or_insert_with(|| Stamp::cut(font, glyph, scale, place as f32 / PLACES as f32));
        stamp.press(bitmap, origin, baseline);
    }
}

impl Stamp {
    fn cut(font: &FontRef<'_>, glyph: GlyphId, scale: PxScale, begin: f32) -> Self {
        let glyph = glyph.with_scale_and_position(scale, point(begin, 0.0));
        let mut runs: Vec<(i32, u32, i32)> = Vec::new();
        // A space has no outline.
        let Some(outline) = font.outline_glyph(glyph) else {
            return Self(runs);
        };
        let bounds = outline.px_bounds();
        let (left, top) = (bounds.min.x as i32, bounds.min.y as i32);
        outline.draw(|x, y, coverage| {
            if coverage < BLACK_FROM {
                return;
            }
            let (x, y) = (left + x as i32, top + y as i32);
            match runs.last_mut() {
                Some((start, dots, row)) if *row == y && *start + *dots as i32 == x => *dots += 1,
                _ => runs.push((x, 1, y)),
            }
        });
        Self(runs)
    }

    fn press(&self, bitmap: &mut Bitmap, origin: u32, baseline: u32) {
        for (left, dots, row) in &self.0 {
            let Some(y) = baseline.checked_add_signed(*row) else {
                continue;
            };
            for x in *left..*left + *dots as i32 {
                if let Some(x) = origin.checked_add_signed(x) {
                    bitmap.blacken(x, y);
                }
            }
        }
    }
}
