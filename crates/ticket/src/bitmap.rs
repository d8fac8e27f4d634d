//! A picture of black and white dots, as a thermal head prints them.

/// Rows of bits, the leftmost dot in the highest bit, 1 is black; each row starts a new byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    height: u32,
    bits: Vec<u8>,
}

impl Bitmap {
    /// A white picture.
    pub fn new(width: u32, height: u32) -> Self {
        let row_bytes = width.div_ceil(8) as usize;
        Self {
            width,
            height,
            bits: vec![0; row_bytes * height as usize],
        }
    }

    /// Width in dots.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in dots.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// True when the dot is black; outside of the picture everything is white.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        x < self.width && y < self.height && self.bits[self.byte_at(x, y)] & mask(x) != 0
    }

    /// Makes a dot black; outside of the picture nothing happens.
    pub fn blacken(&mut self, x: u32, y: u32) {
        if x < self.width && y < self.height {
            let byte = self.byte_at(x, y);
            self.bits[byte] |= mask(x);
        }
    }

    /// Makes a rectangle black.
    pub fn blacken_area(&mut self, left: u32, top: u32, width: u32, height: u32) {
        for y in top..top + height {
            for x in left..left + width {
                self.blacken(x, y);
            }
        }
    }

    /// Turns every dot of a rectangle to its opposite.
    pub fn invert_area(&mut self, left: u32, top: u32, width: u32, height: u32) {
        for y in top..(top + height).min(self.height) {
            for x in left..(left + width).min(self.width) {
                let byte = self.byte_at(x, y);
                self.bits[byte] ^= mask(x);
            }
        }
    }

    /// How many bytes one row takes.
    pub fn row_bytes(&self) -> usize {
        self.width.div_ceil(8) as usize
    }

    /// The rows from the top, each of [`Bitmap::row_bytes`] bytes.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.bits.chunks_exact(self.row_bytes())
    }

    /// Makes black whatever is black in another picture that is laid on this one.
    pub fn lay_on(&mut self, other: &Self, left: u32, top: u32) {
        for y in 0..other.height {
            for x in (0..other.width).filter(|x| other.is_black(*x, y)) {
                self.blacken(left + x, top + y);
            }
        }
    }

    /// The same picture in the middle of a white one of this width.
    pub(crate) fn centred(&self, width: u32) -> Self {
        let mut wide = Self::new(width, self.height);
        wide.lay_on(self, width.saturating_sub(self.width) / 2, 0);
        wide
    }

    fn byte_at(&self, x: u32, y: u32) -> usize {
        y as usize * self.row_bytes() + (x / 8) as usize
    }
}

fn mask(x: u32) -> u8 {
    0x80 >> (x % 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leftmost_dot_is_the_highest_bit() {
        let mut bitmap = Bitmap::new(9, 2);
        bitmap.blacken(0, 0);
        bitmap.blacken(8, 1);
        bitmap.blacken(9, 1);
        assert_eq!(bitmap.rows().collect::<Vec<_>>(), [[0x80, 0], [0, 0x80]]);
        bitmap.invert_area(0, 0, 9, 2);
        assert!(!bitmap.is_black(0, 0) && bitmap.is_black(1, 0) && !bitmap.is_black(8, 1));
    }

    #[test]
    fn a_picture_is_centred_and_what_hangs_over_is_cut_off() {
        let mut small = Bitmap::new(2, 1);
        small.blacken(1, 0);
        let wide = small.centred(16);
        assert_eq!(wide.rows().collect::<Vec<_>>(), [[0x00, 0x80]]);
        assert_eq!(small.centred(1).width(), 1);
    }
}
