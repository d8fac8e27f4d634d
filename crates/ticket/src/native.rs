//! Lines in the printer's own letters: 12 dots wide and 24 high for Latin, 24 by 24 for Chinese,
//! each enlarged by whole factors. Text goes out in GB18030 with the Chinese mode on.

use crate::commands::{CommandError, Commands};
use crate::layout::{Ground, Letters, Line, Place, Span, Style, TextLine, Weight, lay_out};
use crate::slip::Slip;

/// The bytes of a slip, from `ESC @` to the cut.
pub(crate) fn slip_bytes(slip: &Slip, dots: u32) -> Result<Vec<u8>, CommandError> {
    let cells = Cells::for_slip(slip, dots);
    let mut commands = Commands::new()?;
    commands.chinese(true)?;
    for line in lay_out(slip, dots, &cells) {
        write_line(&mut commands, &cells, &line)?;
    }
    commands.chinese(false)?;
    commands.cut()?;
    commands.finish()
}

const CELL_DOTS: u32 = 12;
const CELL_FACTOR_MAX: u32 = 8;

/// The width in cells of the drawn rules and of nothing else: `─` is two cells.
const RULE_CELLS: u32 = 2;

/// What a printer's fixed letters measure, for one slip on one width of paper.
struct Cells {
    dots: u32,
    /// How much the number is widened so that it still fits on one line.
    number_factor: u8,
}

impl Cells {
    fn for_slip(slip: &Slip, dots: u32) -> Self {
        let plain = cells(&slip.number).max(1) * CELL_DOTS;
        let number_factor = ((dots - 2 * CELL_DOTS) / plain).clamp(1, CELL_FACTOR_MAX) as u8;
        Self {
            dots,
            number_factor,
        }
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

fn write_line(commands: &mut Commands, cells: &Cells, line: &Line) -> Result<(), CommandError> {
    match line {
        Line::Gap(dots) => commands.feed_dots(*dots),
        Line::Rule(weight) => write_rule(commands, cells.dots, *weight),
        Line::Text(text) => write_text(commands, cells, text),
        Line::Columns { left, right } => write_columns(commands, cells, left, right),
        Line::Code { text, .. } => write_code(commands, text),
    }
}

fn write_rule(commands: &mut Commands, dots: u32, weight: Weight) -> Result<(), CommandError> {
    let count = dots / (CELL_DOTS * RULE_CELLS);
    commands.bold(weight == Weight::Heavy)?;
    commands.text(&"─".repeat(count as usize))?;
    commands.bold(false)?;
    commands.end_of_line()
}

fn write_text(commands: &mut Commands, cells: &Cells, line: &TextLine) -> Result<(), CommandError> {
    commands.centred(line.place == Place::Centre)?;
    commands.inverse(line.ground != Ground::Plain)?;
    let padding = padding(cells, line);
    for span in &line.spans {
        let text = format!("{padding}{}{padding}", plain(&span.text));
        write_span(
            commands,
            cells,
            &Span {
                text,
                style: span.style,
            },
        )?;
    }
    commands.inverse(false)?;
    commands.end_of_line()?;
    commands.centred(false)
}

/// The spaces that make a black box around a badge, and a bar as wide as the paper.
fn padding(cells: &Cells, line: &TextLine) -> String {
    let free = cells.dots.saturating_sub(line.width_dots(cells));
    let spaces = match line.ground {
        Ground::Plain => 0,
        Ground::Badge => 1,
        Ground::Bar => free / CELL_DOTS / 2,
    };
    " ".repeat(spaces as usize)
}

fn write_span(commands: &mut Commands, cells: &Cells, span: &Span) -> Result<(), CommandError> {
    let (across, down, bold) = cells.style(span.style);
    commands.size(across, down)?;
    commands.bold(bold)?;
    commands.text(&plain(&span.text))?;
    commands.bold(false)?;
    commands.size(1, 1)
}

/// Both halves of a row are moved by spaces, and not by `ESC $`, which some printers ignore once
/// the line has begun. Every width here is a whole number of cells.
fn write_columns(
    commands: &mut Commands,
    cells: &Cells,
    left: &[TextLine],
    right: &[TextLine],
) -> Result<(), CommandError> {
    let half = cells.dots / 2 / CELL_DOTS;
    for row in 0..left.len().max(right.len()) {
        let mut at = 0;
        for (start, line) in [(0, left.get(row)), (half, right.get(row))] {
            let Some(line) = line else { continue };
            let width = line.width_dots(cells) / CELL_DOTS;
            let begin = start + half.saturating_sub(width) / 2;
            commands.text(&" ".repeat(begin.saturating_sub(at) as usize))?;
            for span in &line.spans {
                write_span(commands, cells, span)?;
            }
            at = begin + width;
        }
        commands.end_of_line()?;
    }
    Ok(())
}

fn write_code(commands: &mut Commands, text: &str) -> Result<(), CommandError> {
    const MODULE_DOTS: u8 = 5;
    commands.centred(true)?;
    commands.qr(text, MODULE_DOTS)?;
    commands.centred(false)
}
