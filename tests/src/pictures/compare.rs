use std::fmt;

use super::Picture;

/// Side of a tile in pixels of a small picture. What is missing or moved fills one; what
/// another version of a font draws otherwise is spread thinly over many.
const TILE: u32 = 12;

/// Pixels of a tile that may be off.
const OFF_PER_TILE: usize = 5;

/// Steps of a channel by which a flat area may differ: more than what rounding to 32 steps does.
const FLAT_TOLERANCE: i32 = 9;

/// Beside an edge a pixel may differ by this part of the edge's contrast: there a glyph that
/// lies a fraction of a pixel elsewhere shows.
const EDGE_TOLERANCE_PERCENT: i32 = 30;

/// Where and how much two pictures differ.
#[derive(Debug)]
pub struct Difference {
    /// What is wrong, for the reader of a failed test.
    what: What,
    /// The golden picture in grey with what is off in red, or both side by side.
    pub marked: Picture,
}

#[derive(Debug)]
enum What {
    Size { golden: [u32; 2], now: [u32; 2] },
    Tiles { off: usize, worst: [u32; 2] },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            What::Size { golden, now } => write!(
                f,
                "the golden picture is {} x {}, now it is {} x {}",
                golden[0], golden[1], now[0], now[1]
            ),
            What::Tiles { off, worst } => write!(
                f,
                "{off} tiles are off, the worst about {} % from the left and {} % from the top",
                worst[0], worst[1]
            ),
        }
    }
}

/// Compares two small pictures. A pixel is right when its neighbourhood in the other picture
/// holds a colour like it, in both directions: so text may lie a pixel elsewhere, while
/// something moved, missing, added or coloured otherwise is found.
#[must_use]
pub fn compare(golden: &Picture, now: &Picture) -> Option<Difference> {
    let extents = [golden, now].map(|picture| [picture.width(), picture.height()]);
    if extents[0] != extents[1] {
        return Some(Difference {
            what: What::Size {
                golden: extents[0],
                now: extents[1],
            },
            marked: golden.clone(),
        });
    }
    let off = pixels_off(golden, now);
    let (tiles, worst) = tiles_off(golden.width(), golden.height(), &off);
    (tiles > 0).then(|| Difference {
        what: What::Tiles { off: tiles, worst },
        marked: mark(golden, &off),
    })
}

fn pixels_off(golden: &Picture, now: &Picture) -> Vec<bool> {
    let (width, height) = (golden.width(), golden.height());
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| {
            let (seen_golden, seen_now) = (around(golden, x, y), around(now, x, y));
            outside(golden.pixel(x, y), &seen_now, &seen_golden)
                || outside(now.pixel(x, y), &seen_golden, &seen_now)
        })
        .collect()
}

/// Least and greatest value of each channel in a neighbourhood of 3 x 3 pixels.
type Range = [(i32, i32); 3];

fn around(picture: &Picture, x: u32, y: u32) -> Range {
    let mut range = [(255, 0); 3];
    for near_y in y.saturating_sub(1)..=(y + 1).min(picture.height() - 1) {
        for near_x in x.saturating_sub(1)..=(x + 1).min(picture.width() - 1) {
            for (channel, value) in range.iter_mut().zip(picture.pixel(near_x, near_y)) {
                let value = i32::from(value);
                *channel = (channel.0.min(value), channel.1.max(value));
            }
        }
    }
    range
}

/// Whether a pixel lies outside what the other picture has there.
fn outside(pixel: [u8; 3], theirs: &Range, own: &Range) -> bool {
    (0..3).any(|channel| {
        let value = i32::from(pixel[channel]);
        let (low, high) = theirs[channel];
        let contrast = (high - low).min(own[channel].1 - own[channel].0);
        let tolerance = FLAT_TOLERANCE + contrast * EDGE_TOLERANCE_PERCENT / 100;
        value < low - tolerance || value > high + tolerance
    })
}

/// How many tiles have too many pixels off, and where the worst lies in percent. Tiles overlap
/// by half, so that what falls on a border between two is found too.
fn tiles_off(width: u32, height: u32, off: &[bool]) -> (usize, [u32; 2]) {
    let mut found = 0;
    let mut worst = (0, [0, 0]);
    for top in (0..height).step_by(TILE as usize / 2) {
        for left in (0..width).step_by(TILE as usize / 2) {
            let inside = (top..(top + TILE).min(height))
                .flat_map(|y| (left..(left + TILE).min(width)).map(move |x| (x, y)))
                .filter(|&(x, y)| off[(y * width + x) as usize])
                .count();
            if inside > OFF_PER_TILE {
                found += 1;
                let place = [left * 100 / width, top * 100 / height];
                worst = worst.max((inside, place));
            }
        }
    }
    (found, worst.1)
}

fn mark(golden: &Picture, off: &[bool]) -> Picture {
    let (width, height) = (golden.width(), golden.height());
    let pixels = off
        .iter()
        .enumerate()
        .map(|(at, &is_off)| {
            if is_off {
                return [220, 0, 30];
            }
            let [r, g, b] = golden.pixel(at as u32 % width, at as u32 / width);
            let grey = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
            [(128 + grey / 2) as u8; 3]
        })
        .collect();
    Picture::from_pixels(width, height, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: u32 = 240;

    /// A page in full size: flat ground, a card, and lines of "text" made of strokes.
    struct Page {
        pixels: Vec<[u8; 3]>,
    }

    impl Page {
        fn new() -> Self {
            let pixels = vec![[250, 248, 243]; (SIDE * 4 * SIDE * 4) as usize];
            let mut page = Self { pixels };
            page.fill(80, 80, 400, 300, [255, 255, 255]);
            page
        }

        fn fill(&mut self, left: u32, top: u32, width: u32, height: u32, colour: [u8; 3]) {
            for y in top..top + height {
                for x in left..left + width {
                    self.pixels[(y * SIDE * 4 + x) as usize] = colour;
                }
            }
        }

        /// Strokes 3 px wide like those of small text, each moved by `nudge` pixels.
        fn text(mut self, left: u32, top: u32, nudge: u32) -> Self {
            for stroke in 0..20 {
                let x = left + stroke * 11 + nudge;
                self.fill(x, top + stroke % 3, 3, 18, [21, 33, 31]);
            }
            self
        }

        fn button(mut self, left: u32, top: u32, colour: [u8; 3]) -> Self {
            self.fill(left, top, 180, 56, colour);
            self
        }

        fn small(self) -> Picture {
            Picture::from_pixels(SIDE * 4, SIDE * 4, self.pixels).small()
        }
    }

    const TEAL: [u8; 3] = [10, 86, 84];

    fn golden() -> Picture {
        Page::new().text(100, 120, 0).button(120, 240, TEAL).small()
    }

    fn differs(page: Page) -> bool {
        compare(&golden(), &page.small()).is_some()
    }

    #[test]
    fn the_same_page_is_the_same() {
        assert!(!differs(
            Page::new().text(100, 120, 0).button(120, 240, TEAL)
        ));
    }

    #[test]
    fn strokes_a_pixel_elsewhere_are_the_same() {
        assert!(!differs(
            Page::new().text(100, 120, 1).button(120, 240, TEAL)
        ));
    }

    #[test]
    fn a_missing_button_differs() {
        assert!(differs(Page::new().text(100, 120, 0)));
    }

    #[test]
    fn a_missing_line_of_text_differs() {
        assert!(differs(Page::new().button(120, 240, TEAL)));
    }

    #[test]
    fn a_line_of_text_that_slipped_by_half_its_height_differs() {
        assert!(differs(
            Page::new().text(100, 130, 0).button(120, 240, TEAL)
        ));
    }

    #[test]
    fn a_button_that_moved_by_twelve_pixels_differs() {
        assert!(differs(
            Page::new().text(100, 120, 0).button(132, 240, TEAL)
        ));
    }

    #[test]
    fn another_colour_differs() {
        let paler = TEAL.map(|value| value + 24);
        assert!(differs(
            Page::new().text(100, 120, 0).button(120, 240, paler)
        ));
    }

    #[test]
    fn a_small_mark_that_was_added_differs() {
        let mut page = Page::new().text(100, 120, 0).button(120, 240, TEAL);
        page.fill(600, 600, 14, 14, [151, 17, 29]);
        assert!(differs(page));
    }

    #[test]
    fn another_size_is_told_with_both() {
        let wide = Picture::from_pixels(4, 2, vec![[0; 3]; 8]);
        let high = Picture::from_pixels(2, 4, vec![[0; 3]; 8]);
        let told = compare(&wide, &high).unwrap().to_string();
        assert!(told.contains("4 x 2") && told.contains("2 x 4"), "{told}");
    }

    #[test]
    fn what_is_off_is_marked_in_red_where_it_is() {
        let mut page = Page::new().text(100, 120, 0).button(120, 240, TEAL);
        page.fill(600, 600, 40, 40, [0, 0, 0]);
        let difference = compare(&golden(), &page.small()).unwrap();
        let scale = SIDE * 4 / difference.marked.width();
        let marked = difference.marked.pixel(620 / scale, 620 / scale);
        assert_eq!(marked, [220, 0, 30]);
        assert!(difference.to_string().contains("% from the left"));
    }
}
