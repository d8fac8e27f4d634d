//! Lines as a picture in our own letters, and the picture as stripes of `GS v 0`.

use qrcode::{Color, EcLevel, QrCode};

use crate::bitmap::Bitmap;
use crate::commands::{CommandError, Commands};
use crate::layout::{Document, Ground, Letters, Line, Place, Style, TextLine, Weight};
use crate::paper::Paper;
use crate::printer::PAPER_DOTS;
use crate::typeface::{Lettering, Typeface};

/// The slip as it comes out of the printer, dot by dot, without the feed to the cutter.
pub fn render_preview(slip: &dyn Document, paper: impl Into<Paper>, typeface: &Typeface) -> Bitmap {
    let paper = paper.into();
    let letters = Drawn::for_slip(slip, paper, typeface);
    let lines = slip.lay_out(paper, &letters);
    let height = lines.iter().map(|line| letters.height_dots(line)).sum();
    let mut bitmap = Bitmap::new(paper.dots, height);
    let mut top = 0;
    for line in &lines {
        letters.draw(&mut bitmap, line, top);
        top += letters.height_dots(line);
    }
    bitmap
}

/// The bytes of a slip as an image, from `ESC @` to the cut.
pub(crate) fn slip_bytes(
    slip: &dyn Document,
    paper: Paper,
    typeface: &Typeface,
    end: &[u8],
) -> Result<Vec<u8>, CommandError> {
    let bitmap = render_preview(slip, paper, typeface);
    let mut commands = Commands::new(paper.dpi)?;
    write_bitmap(&mut commands, &bitmap)?;
    commands.end(end)?;
    commands.finish()
}

/// Printers hold an image of at least this many rows; some stop at 415.
const STRIPE_ROWS_MAX: usize = 192;

/// The largest stripe on the widest paper.
pub(crate) const STRIPE_BYTES_MAX: usize = STRIPE_ROWS_MAX * (*PAPER_DOTS.end() as usize) / 8;

/// From this many blank rows on a feed is shorter than the image of nothing, and the printer
/// need not stop its head for it.
const BLANK_ROWS_MIN: usize = 16;

/// A picture as wide as the paper.
pub(crate) fn write_bitmap(commands: &mut Commands, bitmap: &Bitmap) -> Result<(), CommandError> {
    let rows: Vec<&[u8]> = bitmap.rows().collect();
    let mut at = 0;
    while at < rows.len() {
        let blank = blank_rows(&rows[at..]);
        if blank >= BLANK_ROWS_MIN || at + blank == rows.len() {
            commands.feed_dots(blank as u32)?;
            at += blank;
        } else {
            let count = stripe_rows(&rows[at..]);
            let data = unmistakable(rows[at..at + count].concat());
            commands.image(bitmap.row_bytes(), &data)?;
            at += count;
        }
    }
    Ok(())
}

fn blank_rows(rows: &[&[u8]]) -> usize {
    let is_blank = |row: &&&[u8]| row.iter().all(|byte| *byte == 0);
    rows.iter().take_while(is_blank).count()
}

/// Up to the next long run of blank rows, the end, or as many as a printer holds.
fn stripe_rows(rows: &[&[u8]]) -> usize {
    let most = rows.len().min(STRIPE_ROWS_MAX);
    let next_run = (1..most).find(|&at| {
        let blank = blank_rows(&rows[at..]);
        blank >= BLANK_ROWS_MIN || at + blank == rows.len()
    });
    next_run.unwrap_or(most)
}

/// A printer obeys `DLE EOT`, `DLE ENQ` and `DLE DC4` even inside of an image. Wherever dots happen
/// to spell the first two bytes of one, the second gets one dot more, beside a black one.
fn unmistakable(mut data: Vec<u8>) -> Vec<u8> {
    for at in 1..data.len() {
        if data[at - 1] == 0x10 {
            data[at] = match data[at] {
                0x04 => 0x0c,
                0x05 => 0x07,
                0x14 => 0x1c,
                other => other,
            };
        }
    }
    data
}

/// White around the text of a badge, in 1/8 mm as all measures here.
const BADGE_SIDE: u32 = 18;
const SIDE: u32 = 8;
const CODE_GAP: u32 = 28;
const COLUMN_GAP: u32 = 2;
const MODULE: u32 = 6;

/// Our letters for one slip on one kind of paper.
struct Drawn<'a> {
    paper: Paper,
    typeface: &'a Typeface,
    number: Lettering,
    code: Option<QrCode>,
}

impl<'a> Drawn<'a> {
    fn for_slip(slip: &dyn Document, paper: Paper, typeface: &'a Typeface) -> Self {
        Self {
            paper,
            typeface,
            number: number_lettering(slip.number(), paper, typeface),
            code: slip.code().and_then(code),
        }
    }

    fn lettering(&self, style: Style) -> Lettering {
        let narrow = self.paper.is_narrow();
        let (em, bold) = match style {
            Style::Fine => (24, false),
            Style::Body => (28, false),
            Style::Strong => (28, true),
            Style::Heading => (36, true),
            Style::Title | Style::Figure if narrow => (44, true),
            Style::Title | Style::Figure => (52, true),
            Style::Large => (42, true),
            Style::Number => return self.number,
        };
        Lettering {
            em_dots: self.paper.measure(em),
            width_percent: 100,
            bold,
        }
    }

    fn height_dots(&self, line: &Line) -> u32 {
        match line {
            Line::Gap(dots) => *dots,
            Line::Rule(weight) => rule_dots(*weight),
            Line::Picture(picture) => picture.height(),
            Line::Text(text) => self.text_height(text),
            Line::Columns { left, right } => {
                self.block_height(left).max(self.block_height(right))
                    + 2 * self.paper.measure(COLUMN_GAP)
            }
            Line::Row { words, figures, .. } => {
                let figures = figures.iter().map(|figure| self.text_height(figure));
                figures.fold(self.text_height(words), u32::max)
            }
            Line::Code { beside, .. } => self.code_dots().max(self.block_height(beside)),
        }
    }

    fn draw(&self, bitmap: &mut Bitmap, line: &Line, top: u32) {
        match line {
            Line::Gap(_) => {}
            Line::Rule(weight) => bitmap.blacken_area(0, top, self.paper.dots, rule_dots(*weight)),
            Line::Picture(picture) => {
                let left = self.paper.dots.saturating_sub(picture.width()) / 2;
                bitmap.lay_on(picture, left, top);
            }
            Line::Text(text) => {
                let side = match text.place {
                    Place::Centre => 0,
                    Place::Left | Place::Right => self.paper.measure(SIDE),
                };
                self.draw_text(bitmap, text, (side, self.paper.dots - 2 * side), top);
            }
            Line::Columns { left, right } => self.draw_columns(bitmap, left, right, top),
            Line::Row {
                words,
                figures,
                column,
            } => self.draw_row(bitmap, words, figures, *column, top),
            Line::Code { beside, .. } => self.draw_code(bitmap, beside, top),
        }
    }

    fn draw_text(&self, bitmap: &mut Bitmap, line: &TextLine, area: (u32, u32), top: u32) {
        let (left, room) = area;
        let width = line.width_dots(self);
        let mut x = match line.place {
            Place::Centre => left + room.saturating_sub(width) / 2,
            Place::Left => left,
            Place::Right => left + room.saturating_sub(width),
        };
        let (text_left, height) = (x, self.text_height(line));
        let baseline = top + self.ascent(line);
        for span in &line.spans {
            let lettering = self.lettering(span.style);
            self.typeface
                .draw(bitmap, &span.text, lettering, x, baseline);
            x += self.width_dots(&span.text, span.style);
        }
        match line.ground {
            Ground::Plain => {}
            Ground::Badge => {
                let side = self.paper.measure(BADGE_SIDE);
                let begin = text_left.saturating_sub(side);
                bitmap.invert_area(begin, top, width + 2 * side, height);
            }
            Ground::Bar => bitmap.invert_area(left, top, room, height),
        }
    }

    fn draw_columns(&self, bitmap: &mut Bitmap, left: &[TextLine], right: &[TextLine], top: u32) {
        let half = self.paper.dots / 2;
        let height = self.block_height(left).max(self.block_height(right));
        self.draw_block(
            bitmap,
            left,
            (0, half),
            top + self.paper.measure(COLUMN_GAP),
        );
        self.draw_block(
            bitmap,
            right,
            (half, half),
            top + self.paper.measure(COLUMN_GAP),
        );
        bitmap.blacken_area(half, top, 2, height + 2 * self.paper.measure(COLUMN_GAP));
    }

    fn draw_row(
        &self,
        bitmap: &mut Bitmap,
        words: &TextLine,
        figures: &[TextLine],
        column: u32,
        top: u32,
    ) {
        let side = self.paper.measure(SIDE);
        let right = self.paper.dots - side;
        self.draw_text(bitmap, words, (side, right - side), top);
        for (place, figure) in figures.iter().rev().enumerate() {
            let begin = right.saturating_sub((place as u32 + 1) * column);
            self.draw_text(bitmap, figure, (begin, column), top);
        }
    }

    fn draw_code(&self, bitmap: &mut Bitmap, beside: &[TextLine], top: u32) {
        let side = self.code_dots();
        let block = self.block_height(beside);
        let widest = beside.iter().map(|line| line.width_dots(self)).max();
        let gap = self.paper.measure(CODE_GAP);
        let used = side + widest.map_or(0, |text| gap + text);
        let left = self.paper.dots.saturating_sub(used) / 2;
        let height = side.max(block);
        self.draw_modules(bitmap, left, top + (height - side) / 2);
        let text_left = left + side + gap;
        self.draw_block(
            bitmap,
            beside,
            (text_left, self.paper.dots),
            top + (height - block) / 2,
        );
    }

    fn draw_modules(&self, bitmap: &mut Bitmap, left: u32, top: u32) {
        let Some(code) = &self.code else { return };
        let (width, module) = (code.width(), self.paper.measure(MODULE));
        for (y, row) in code.to_colors().chunks_exact(width).enumerate() {
            for (x, _) in row.iter().enumerate().filter(|(_, c)| **c == Color::Dark) {
                let (x, y) = (x as u32 * module, y as u32 * module);
                bitmap.blacken_area(left + x, top + y, module, module);
            }
        }
    }

    fn code_dots(&self) -> u32 {
        let width = self.code.as_ref().map_or(0, QrCode::width);
        width as u32 * self.paper.measure(MODULE)
    }

    fn draw_block(&self, bitmap: &mut Bitmap, block: &[TextLine], area: (u32, u32), top: u32) {
        let mut top = top;
        for line in block {
            self.draw_text(bitmap, line, area, top);
            top += self.text_height(line);
        }
    }

    fn block_height(&self, block: &[TextLine]) -> u32 {
        block.iter().map(|line| self.text_height(line)).sum()
    }

    fn text_height(&self, line: &TextLine) -> u32 {
        let below = self.largest(line, |style, em| match style {
            Style::Number => em * 3 / 100,
            _ => em * 25 / 100,
        });
        self.ascent(line) + below
    }

    /// From the top of the line to its baseline. Digits reach 73 % of the em, Chinese 88 %.
    fn ascent(&self, line: &TextLine) -> u32 {
        self.largest(line, |style, em| match style {
            Style::Number => em * 76 / 100,
            _ => em * 93 / 100,
        })
    }

    fn largest(&self, line: &TextLine, of: impl Fn(Style, u32) -> u32) -> u32 {
        let spans = line.spans.iter();
        let values = spans.map(|span| of(span.style, self.lettering(span.style).em_dots));
        values.max().unwrap_or(0)
    }
}

impl Letters for Drawn<'_> {
    fn room_beside_code(&self) -> Option<u32> {
        let beside = self.paper.measure(CODE_GAP + 2 * SIDE);
        Some(self.paper.dots.saturating_sub(self.code_dots() + beside))
    }

    fn width_dots(&self, text: &str, style: Style) -> u32 {
        self.typeface.width_dots(text, self.lettering(style))
    }
}

/// 18 mm high digits where they fit, and condensed rather than small where they do not.
fn number_lettering(number: &str, paper: Paper, typeface: &Typeface) -> Lettering {
    const EM: u32 = 204;
    const WIDTH_PERCENT_MIN: u32 = 80;
    let em_dots = paper.measure(EM);
    let full = Lettering {
        em_dots,
        width_percent: 100,
        bold: true,
    };
    let room = paper.dots - 2 * paper.measure(SIDE);
    let needed = typeface.width_dots(number, full).max(1);
    let percent = (100 * room / needed).min(100);
    let width_percent = percent.max(WIDTH_PERCENT_MIN);
    Lettering {
        em_dots: em_dots * percent / width_percent,
        width_percent,
        bold: true,
    }
}

fn rule_dots(weight: Weight) -> u32 {
    match weight {
        Weight::Light => 2,
        Weight::Heavy => 4,
    }
}

fn code(text: &str) -> Option<QrCode> {
    QrCode::with_error_correction_level(text, EcLevel::M).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a printer obeys wherever it stands: `DLE EOT`, `DLE ENQ`, `DLE DC4`.
    fn holds_real_time_command(data: &[u8]) -> bool {
        data.windows(2)
            .any(|pair| pair[0] == 0x10 && [0x04, 0x05, 0x14].contains(&pair[1]))
    }

    /// Bytes among which the dangerous ones are common.
    fn dangerous_bytes(count: usize) -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            Just(0x10),
            Just(0x04),
            Just(0x05),
            Just(0x14),
            Just(0),
            0u8..
        ];
        proptest::collection::vec(byte, count)
    }

    fn bitmap_of(row_bytes: usize, data: &[u8]) -> Bitmap {
        let mut bitmap = Bitmap::new(row_bytes as u32 * 8, (data.len() / row_bytes) as u32);
        for (at, byte) in data.iter().enumerate() {
            let (left, y) = ((at % row_bytes * 8) as u32, (at / row_bytes) as u32);
            for bit in (0..8).filter(|bit| byte & (0x80 >> bit) != 0) {
                bitmap.blacken(left + bit, y);
            }
        }
        bitmap
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_picture_spells_a_real_time_command(data in dangerous_bytes(12 * 60)) {
            let bitmap = bitmap_of(12, &data);
            let mut commands = Commands::new(203).unwrap();
            write_bitmap(&mut commands, &bitmap).unwrap();
            prop_assert!(!holds_real_time_command(&commands.finish().unwrap()));
        }

        #[test]
        fn breaking_a_command_only_adds_dots(data in dangerous_bytes(200)) {
            let broken = unmistakable(data.clone());
            for (before, after) in data.iter().zip(&broken) {
                prop_assert_eq!(before & after, *before);
                prop_assert!((after & !before).count_ones() <= 1);
            }
        }
    }

    #[test]
    fn the_test_data_hold_what_is_to_be_broken() {
        assert!(holds_real_time_command(&[0x00, 0x10, 0x04, 0x01]));
        assert_eq!(unmistakable(vec![0x10, 0x04, 0x01]), [0x10, 0x0c, 0x01]);
        assert_eq!(unmistakable(vec![0x10, 0x10, 0x14]), [0x10, 0x10, 0x1c]);
    }

    #[test]
    fn no_stripe_is_higher_than_printers_hold() {
        let data = vec![0xff; 2 * 1000];
        let mut commands = Commands::new(203).unwrap();
        write_bitmap(&mut commands, &bitmap_of(2, &data)).unwrap();
        let bytes = commands.finish().unwrap();
        let heads = bytes
            .windows(8)
            .filter(|head| head.starts_with(&[0x1d, 0x76, 0x30, 0]));
        let rows: Vec<u16> = heads.map(|h| u16::from_le_bytes([h[6], h[7]])).collect();
        assert_eq!(rows, [192, 192, 192, 192, 192, 40]);
    }

    #[test]
    fn the_number_is_15_mm_high_or_more_on_every_paper() {
        let typeface = Typeface::load(None).unwrap();
        for (roll_mm, dpi) in [(80, 203), (80, 180), (58, 203), (58, 180)] {
            let paper = Paper::usual(roll_mm, dpi).unwrap();
            for number in ["A012", "V8", "B999"] {
                let lettering = number_lettering(number, paper, &typeface);
                let mut bitmap = Bitmap::new(paper.dots, 400);
                typeface.draw(&mut bitmap, number, lettering, SIDE, 300);
                let inked = bitmap
                    .rows()
                    .filter(|row| row.iter().any(|byte| *byte != 0));
                assert!(paper.tenths_mm(inked.count() as u32) >= 150);
                assert!(typeface.width_dots(number, lettering) <= paper.dots - 2 * SIDE);
            }
        }
    }
}
