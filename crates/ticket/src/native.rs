//! Lines in the printer's own letters: 12 dots wide and 24 high for Latin, 24 by 24 for Chinese,
//! each enlarged by whole factors. Text goes out in GB18030 with the Chinese mode on; a line with
//! a character that the printer's font lacks goes out as a picture.

mod charset;
mod foreign;

pub use charset::Charset;

use crate::bitmap::Bitmap;
use crate::commands::{CommandError, Commands};
use crate::layout::{Document, Ground, Letters, Line, Place, Span, Style, TextLine, Weight};
use crate::paper::Paper;
use crate::raster::write_bitmap;
use crate::typeface::Typeface;

/// The letters that a slip is printed with.
pub(crate) struct PrinterFont<'a> {
    /// What the printer's own font has.
    pub(crate) charset: Charset,
    /// Ours, for what it has not. Without it such a character becomes 〓, which stands for one
    /// that cannot be printed.
    pub(crate) stand_in: Option<&'a Typeface>,
}

/// The bytes of a slip, from `ESC @` to the cut.
pub(crate) fn slip_bytes(
    slip: &dyn Document,
    paper: Paper,
    font: &PrinterFont<'_>,
    end: &[u8],
) -> Result<Vec<u8>, CommandError> {
    let cells = Cells::for_slip(slip, paper);
    let mut writer = Writer {
        commands: Commands::new(paper.dpi)?,
        cells: &cells,
        font,
    };
    writer.commands.chinese(true)?;
    for line in slip.lay_out(paper, &cells) {
        writer.line(&line)?;
    }
    writer.commands.chinese(false)?;
    writer.commands.end(end)?;
    writer.commands.finish()
}

const CELL_DOTS: u32 = 12;
const CELL_FACTOR_MAX: u32 = 8;

/// The width in cells of the drawn rules and of nothing else: `─` is two cells.
const RULE_CELLS: u32 = 2;

/// For a character that neither the printer nor we can draw.
const UNKNOWN: &str = "〓";

/// What a printer's fixed letters measure, for one slip on one width of paper.
struct Cells {
    paper: Paper,
    /// How much the number is widened so that it still fits on one line.
    number_factor: u8,
}

impl Cells {
    fn for_slip(slip: &dyn Document, paper: Paper) -> Self {
        let plain = cells(slip.number()).max(1) * CELL_DOTS;
        let room = paper.dots - 2 * CELL_DOTS;
        let number_factor = (room / plain).clamp(1, CELL_FACTOR_MAX) as u8;
        Self {
            paper,
            number_factor,
        }
    }

    fn dots(&self) -> u32 {
        self.paper.dots
    }

    /// Factors across and down, and whether the letters are bold.
    fn style(&self, style: Style) -> (u8, u8, bool) {
        match style {
            Style::Fine | Style::Body => (1, 1, false),
            Style::Strong => (1, 1, true),
            Style::Heading => (1, 2, true),
            Style::Title | Style::Figure => (2, 2, true),
            Style::Large => (2, 2, false),
            // The height is what counts: 8 x 24 dots, of which digits fill about 18 mm.
            Style::Number => (self.number_factor, CELL_FACTOR_MAX as u8, true),
        }
    }
}

impl Letters for Cells {
    /// The printer draws a code on a line of its own.
    fn room_beside_code(&self) -> Option<u32> {
        None
    }

    fn width_dots(&self, text: &str, style: Style) -> u32 {
        let (across, _, _) = self.style(style);
        cells(text) * CELL_DOTS * u32::from(across)
    }
}

fn cells(text: &str) -> u32 {
    let plain = plain(text);
    plain
        .chars()
        .map(|c| if c.is_ascii() { 1 } else { 2 })
        .sum()
}

/// Marks that old Chinese fonts (GB2312) lack, by those that they have.
fn plain(text: &str) -> String {
    text.replace(['–', '—'], "-")
}

/// Lines one after the other into commands.
struct Writer<'a> {
    commands: Commands,
    cells: &'a Cells,
    font: &'a PrinterFont<'a>,
}

type Done = Result<(), CommandError>;

impl<'a> Writer<'a> {
    fn line(&mut self, line: &Line) -> Done {
        match line {
            Line::Gap(dots) => self.commands.feed_dots(*dots),
            Line::Rule(weight) => self.rule(*weight),
            Line::Picture(picture) => self.picture(picture),
            Line::Text(text) => self.text(text),
            Line::Columns { left, right } => self.columns(left, right),
            Line::Row {
                words,
                figures,
                column,
            } => self.table_row(words, figures, *column),
            Line::Code { text, .. } => self.code(text),
        }
    }

    fn rule(&mut self, weight: Weight) -> Done {
        let count = self.cells.dots() / (CELL_DOTS * RULE_CELLS);
        self.commands.bold(weight == Weight::Heavy)?;
        self.commands.text(&"─".repeat(count as usize))?;
        self.commands.bold(false)?;
        self.commands.end_of_line()
    }

    /// In the middle of a picture as wide as the paper: not every printer centres images.
    fn picture(&mut self, picture: &Bitmap) -> Done {
        let wide = picture.centred(self.cells.dots());
        write_bitmap(&mut self.commands, &wide)
    }

    fn text(&mut self, line: &TextLine) -> Done {
        if let Some(typeface) = self.stand_in_for(line) {
            let whole = (0, self.cells.dots());
            let picture = foreign::picture(&[(line, whole)], self.cells, typeface);
            return write_bitmap(&mut self.commands, &picture);
        }
        self.commands.centred(line.place == Place::Centre)?;
        self.commands.inverse(line.ground != Ground::Plain)?;
        let padding = self.padding(line);
        for span in &line.spans {
            let text = format!("{padding}{}{padding}", span.text);
            let style = span.style;
            self.span(&Span { text, style })?;
        }
        self.commands.inverse(false)?;
        self.commands.end_of_line()?;
        self.commands.centred(false)
    }

    /// The spaces that make a black box around a badge, and a bar as wide as the paper.
    fn padding(&self, line: &TextLine) -> String {
        let free = self
            .cells
            .dots()
            .saturating_sub(line.width_dots(self.cells));
        let spaces = match line.ground {
            Ground::Plain => 0,
            Ground::Badge => 1,
            Ground::Bar => free / CELL_DOTS / 2,
        };
        " ".repeat(spaces as usize)
    }

    fn span(&mut self, span: &Span) -> Done {
        let (across, down, bold) = self.cells.style(span.style);
        self.commands.size(across, down)?;
        self.commands.bold(bold)?;
        let text = self.in_charset(&plain(&span.text));
        self.commands.text(&text)?;
        self.commands.bold(false)?;
        self.commands.size(1, 1)
    }

    /// Both halves of a row are moved by spaces, and not by `ESC $`, which some printers ignore once
    /// the line has begun. Every width here is a whole number of cells.
    fn columns(&mut self, left: &[TextLine], right: &[TextLine]) -> Done {
        for row in 0..left.len().max(right.len()) {
            let (left, right) = (left.get(row), right.get(row));
            match left
                .into_iter()
                .chain(right)
                .find_map(|line| self.stand_in_for(line))
            {
                Some(typeface) => self.row_picture(left, right, typeface)?,
                None => self.row(left, right)?,
            }
        }
        Ok(())
    }

    fn row(&mut self, left: Option<&TextLine>, right: Option<&TextLine>) -> Done {
        let half = self.cells.dots() / 2 / CELL_DOTS;
        let mut at = 0;
        for (start, line) in [(0, left), (half, right)] {
            let Some(line) = line else { continue };
            let width = line.width_dots(self.cells) / CELL_DOTS;
            let begin = start + half.saturating_sub(width) / 2;
            let spaces = begin.saturating_sub(at) as usize;
            self.commands.text(&" ".repeat(spaces))?;
            for span in &line.spans {
                self.span(span)?;
            }
            at = begin + width;
        }
        self.commands.end_of_line()
    }

    /// Columns are whole cells here.
    fn table_row(&mut self, words: &TextLine, figures: &[TextLine], column: u32) -> Done {
        let dots = self.cells.dots();
        let column = column / CELL_DOTS * CELL_DOTS;
        let begin = |after: usize| dots.saturating_sub((figures.len() - after) as u32 * column);
        let areas = figures
            .iter()
            .enumerate()
            .map(|(place, figure)| (figure, (begin(place), column)));
        let all: Vec<_> = std::iter::once((words, (0, begin(0))))
            .chain(areas)
            .collect();
        if let Some(typeface) = all.iter().find_map(|(line, _)| self.stand_in_for(line)) {
            let picture = foreign::picture(&all, self.cells, typeface);
            return write_bitmap(&mut self.commands, &picture);
        }
        let mut at = 0;
        for (line, (left, room)) in all {
            let width = line.width_dots(self.cells);
            let start = match line.place {
                Place::Right => (left + room).saturating_sub(width),
                Place::Centre | Place::Left => left,
            };
            let spaces = start.saturating_sub(at) / CELL_DOTS;
            self.commands.text(&" ".repeat(spaces as usize))?;
            for span in &line.spans {
                self.span(span)?;
            }
            at = start.max(at) + width;
        }
        self.commands.end_of_line()
    }

    fn row_picture(
        &mut self,
        left: Option<&TextLine>,
        right: Option<&TextLine>,
        typeface: &Typeface,
    ) -> Done {
        let half = self.cells.dots() / 2;
        let areas = [(left, (0, half)), (right, (half, half))];
        let lines: Vec<_> = areas
            .into_iter()
            .filter_map(|(line, area)| Some((line?, area)))
            .collect();
        let picture = foreign::picture(&lines, self.cells, typeface);
        write_bitmap(&mut self.commands, &picture)
    }

    fn code(&mut self, text: &str) -> Done {
        const MODULE_DOTS: u8 = 5;
        self.commands.centred(true)?;
        self.commands.qr(text, MODULE_DOTS)?;
        self.commands.centred(false)
    }

    /// Our letters, where the line has a character that the printer's font lacks.
    fn stand_in_for(&self, line: &TextLine) -> Option<&'a Typeface> {
        let texts = line.spans.iter().map(|span| plain(&span.text));
        let all = texts
            .into_iter()
            .all(|text| self.font.charset.has_all(&text));
        if all { None } else { self.font.stand_in }
    }

    /// The text with 〓 for each character that the printer's font lacks.
    fn in_charset(&self, text: &str) -> String {
        let charset = self.font.charset;
        let mut printable = String::new();
        for character in text.chars() {
            match charset.has(character) {
                true => printable.push(character),
                false => printable.push_str(UNKNOWN),
            }
        }
        printable
    }
}
