//! From what is to be said to lines that fit the paper, the same for both ways of printing.
//!
//! The layout decides order, hierarchy and where lines end. How large a [`Style`] is in dots is the
//! affair of whoever draws it, and it is asked through [`Letters`].

use crate::bitmap::Bitmap;
use crate::paper::Paper;

pub(crate) use sheet::{Sheet, centre, joined, left, one_line, span};

mod sheet;
mod ticket;

/// One thing across the paper, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Blank paper of this many dots.
    Gap(u32),
    /// A stroke across the paper.
    Rule(Weight),
    /// A picture in the middle.
    Picture(Bitmap),
    /// One line of text.
    Text(TextLine),
    /// Two blocks side by side, each centred in its half.
    Columns {
        /// The lines of the left half.
        left: Vec<TextLine>,
        /// The lines of the right half.
        right: Vec<TextLine>,
    },
    /// A line of a table: words at the left, and figures each at the right of a column of its own.
    Row {
        /// What the figures are of.
        words: TextLine,
        /// From left to right; the last one ends at the right edge.
        figures: Vec<TextLine>,
        /// The width of each figure's column in dots.
        column: u32,
    },
    /// A QR code, with lines to its right where there is room for them.
    Code {
        /// What the code says.
        text: String,
        /// What stands beside it.
        beside: Vec<TextLine>,
    },
}

/// How heavy a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Between parts that belong together.
    Light,
    /// Under the head of the slip.
    Heavy,
}

/// One line of text: spans on one baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// From left to right.
    pub spans: Vec<Span>,
    /// Where the line stands.
    pub place: Place,
    /// White on black, or black on white.
    pub ground: Ground,
}

/// Where a line stands across the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the middle.
    Centre,
    /// At the left edge.
    Left,
    /// At the right edge.
    Right,
}

/// What a line stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Black on white.
    Plain,
    /// White on a black box around the text.
    Badge,
    /// White on a black bar across the paper.
    Bar,
}

/// A text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its style.
    pub style: Style,
}

/// The rank of a text, not its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// The serial, and the hall's own text at the foot.
    Fine,
    /// Running text.
    Body,
    /// Running text that must be seen.
    Strong,
    /// The hall's name, bars, the badge.
    Heading,
    /// The service, the place to go to.
    Title,
    /// A figure that is read at a glance.
    Figure,
    /// Text of a ticket in large print.
    Large,
    /// The number in the queue, as large as the paper allows.
    Number,
}

/// Whoever draws the letters knows how wide they are.
pub trait Letters {
    /// The width of a text in dots.
    fn width_dots(&self, text: &str, style: Style) -> u32;

    /// The room to the right of the slip's QR code in dots; `None` where nothing can stand there.
    fn room_beside_code(&self) -> Option<u32>;
}

/// Something that can be put on paper: a ticket, or another slip of the hall.
pub trait Document {
    /// Its lines on this paper.
    fn lay_out(&self, paper: Paper, letters: &dyn Letters) -> Vec<Line>;

    /// The number that is to be as large as the paper allows; empty where there is none.
    fn number(&self) -> &str {
        ""
    }

    /// The text of its QR code.
    fn code(&self) -> Option<&str> {
        None
    }
}

impl TextLine {
    /// The width of all its spans in dots.
    pub fn width_dots(&self, letters: &dyn Letters) -> u32 {
        let widths = self
            .spans
            .iter()
            .map(|span| letters.width_dots(&span.text, span.style));
        widths.sum()
    }
}
