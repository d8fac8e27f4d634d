//! A line with a character that the printer's font lacks, as a picture of the same size.
//!
//! Line by line and not the whole slip: a name with one rare character costs the wire 3 to 10 kB,
//! where a whole slip would cost 80, and everything else keeps the look that the hall knows.

use super::Cells;
use crate::bitmap::Bitmap;
use crate::layout::{Ground, Letters, Place, Style, TextLine};
use crate::typeface::{Lettering, Typeface};

/// Height of a line against its letters, in per cent: Chinese fills 100, `g` hangs lower.
const LINE_PERCENT: u32 = 125;

/// The baseline against the top of the line, in per cent of the letters.
const BASELINE_PERCENT: u32 = 95;

/// Draws lines that belong side by side, each in its area: left end and width in dots.
pub(super) fn picture(
    lines: &[(&TextLine, (u32, u32))],
    cells: &Cells,
    typeface: &Typeface,
) -> Bitmap {
    let spans = lines.iter().flat_map(|(line, _)| &line.spans);
    let ems = spans.map(|span| em_dots(cells, span.style));
    let em = ems.max().unwrap_or(0);
    let mut bitmap = Bitmap::new(cells.dots(), em * LINE_PERCENT / 100);
    for (line, area) in lines {
        draw(&mut bitmap, line, *area, em, cells, typeface);
    }
    bitmap
}

fn draw(
    bitmap: &mut Bitmap,
    line: &TextLine,
    (left, room): (u32, u32),
    em: u32,
    cells: &Cells,
    typeface: &Typeface,
) {
    let letterings: Vec<Lettering> = fitted(line, room, cells, typeface);
    let parts = || line.spans.iter().zip(&letterings);
    let widths = parts().map(|(span, lettering)| typeface.width_dots(&span.text, *lettering));
    let width: u32 = widths.sum();
    let begin = match line.place {
        Place::Centre => left + room.saturating_sub(width) / 2,
        Place::Left => left,
        Place::Right => left + room.saturating_sub(width),
    };
    let mut x = begin;
    for (span, lettering) in parts() {
        let baseline = em * BASELINE_PERCENT / 100;
        typeface.draw(bitmap, &span.text, *lettering, x, baseline);
        x += typeface.width_dots(&span.text, *lettering);
    }
    let height = bitmap.height();
    match line.ground {
        Ground::Plain => {}
        Ground::Badge => bitmap.invert_area(begin.saturating_sub(em / 2), 0, width + em, height),
        Ground::Bar => bitmap.invert_area(left, 0, room, height),
    }
}

/// The sizes of the printer's letters, narrower where ours would need more room than theirs did.
fn fitted(line: &TextLine, room: u32, cells: &Cells, typeface: &Typeface) -> Vec<Lettering> {
    let sized = |percent: u32| -> Vec<Lettering> {
        let letterings = line.spans.iter().map(|span| {
            let (across, down, bold) = cells.style(span.style);
            Lettering {
                em_dots: em_dots(cells, span.style),
                width_percent: (100 * u32::from(across) * percent / 100 / u32::from(down)).max(1),
                bold,
            }
        });
        letterings.collect()
    };
    let full = sized(100);
    let spans = line.spans.iter().zip(&full);
    let width: u32 = spans
        .map(|(span, lettering)| typeface.width_dots(&span.text, *lettering))
        .sum();
    // One dot a span is lost by rounding each to whole dots.
    match room.saturating_sub(line.spans.len() as u32) {
        fitting if width > fitting => sized(100 * fitting / width),
        _ => full,
    }
}

fn em_dots(cells: &Cells, style: Style) -> u32 {
    let (_, down, _) = cells.style(style);
    cells.width_dots("号", Style::Body) * u32::from(down)
}
