//! The paper as a print head sees it.

/// How many dots across, and how fine they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// Dots across the printed width.
    pub dots: u32,
    /// Dots an inch, the same in both directions.
    pub dpi: u32,
}

/// The resolution that every measure of the layout is given in: 8 dots are 1 mm.
const MEASURE_DPI: u32 = 203;

impl Paper {
    /// A roll of 80 mm at 203 dpi: 72 mm are printed.
    pub const WIDE: Self = Self {
        dots: 576,
        dpi: MEASURE_DPI,
    };

    /// A roll of 58 mm at 203 dpi: 48 mm are printed.
    pub const NARROW: Self = Self {
        dots: 384,
        dpi: MEASURE_DPI,
    };

    /// The usual head for a roll of this width: 80 mm has 576 dots at 203 dpi and 512 at 180,
    /// 58 mm has 384 and 360. `None` for any other roll or resolution.
    pub fn usual(roll_mm: u32, dpi: u32) -> Option<Self> {
        let dots = match (roll_mm, dpi) {
            (80, 203) => 576,
            (80, 180) => 512,
            (58, 203) => 384,
            (58, 180) => 360,
            _ => return None,
        };
        Some(Self { dots, dpi })
    }

    /// A measure that is given in dots at 203 dpi (1/8 mm), in dots of this head.
    pub(crate) fn measure(self, eighths_mm: u32) -> u32 {
        (eighths_mm * self.dpi + MEASURE_DPI / 2) / MEASURE_DPI
    }

    /// Up to 58 mm: less room for the largest letters.
    pub(crate) fn is_narrow(self) -> bool {
        self.dots < self.measure(480)
    }

    /// This many dots in tenths of a millimetre.
    pub fn tenths_mm(self, dots: u32) -> u32 {
        dots * 254 / self.dpi
    }
}

/// Dots alone mean the usual 203 dpi.
impl From<u32> for Paper {
    fn from(dots: u32) -> Self {
        let dpi = MEASURE_DPI;
        Self { dots, dpi }
    }
}
