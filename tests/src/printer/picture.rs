//! A ticket's bytes as a person would see the paper.
//!
//! Images are decoded by `escpost-render`, which nobody here wrote. It has no Chinese mode, so a
//! ticket in the printer's own letters is drawn here: the text is decoded as GB18030 and set
//! cell by cell (12 x 24 dots, Chinese 24 x 24, enlarged as `GS !` says) in Noto Sans CJK. Such a picture
//! shows what stands where and how large, not the shapes of a real printer's letters. Its QR
//! code is drawn by `escpost-render` too.

use anyhow::Context;
use escpost_profiles::PrinterProfile;
use escpost_profiles::resolver::resolve;
use escpost_render::render;
use ticket::{Bitmap, Lettering, Typeface};

use super::command::first_command;

/// The PNG of a ticket. `typeface` is needed for a ticket in the printer's own letters.
pub fn png(ticket: &[u8], dots: u32, typeface: &Typeface) -> anyhow::Result<Vec<u8>> {
    match is_native(ticket) {
        true => encode(&NativePaper::new(dots, typeface).print(ticket)?),
        false => image_png(ticket, dots),
    }
}

/// The dots of a bitmap as a PNG of one bit each.
pub fn encode(bitmap: &Bitmap) -> anyhow::Result<Vec<u8>> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, bitmap.width(), bitmap.height());
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let white_is_one: Vec<u8> = bitmap.rows().flatten().map(|byte| !byte).collect();
    encoder.write_header()?.write_image_data(&white_is_one)?;
    Ok(png)
}

fn is_native(ticket: &[u8]) -> bool {
    commands(ticket).any(|command| command == [0x1c, b'&'])
}

fn commands(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let command = first_command(bytes)?;
        bytes = &bytes[command.len()..];
        Some(command)
    })
}

fn image_png(ticket: &[u8], dots: u32) -> anyhow::Result<Vec<u8>> {
    let sheets = render(ticket, profile(dots)?)?.sheets;
    let sheet = sheets
        .into_iter()
        .next()
        .context("the ticket has no sheet")?;
    Ok(sheet.png)
}

fn profile(dots: u32) -> anyhow::Result<&'static PrinterProfile> {
    let id = if dots > 384 { "REFERENCE" } else { "NT-5890K" };
    Ok(resolve(id)?)
}

const CELL_WIDTH: u32 = 12;
const CELL_HEIGHT: u32 = 24;
const LINE_DOTS: u32 = 30;
const PAPER_DOTS_MAX: u32 = 4096;

/// Paper on which a ticket in the printer's own letters comes into being.
struct NativePaper<'a> {
    dots: u32,
    typeface: &'a Typeface,
    bitmap: Bitmap,
    top: u32,
    line_dots: u32,
    style: CellStyle,
    centred: bool,
    line: Vec<(char, CellStyle)>,
    text: Vec<u8>,
    code: Vec<u8>,
}

#[derive(Clone, Copy)]
struct CellStyle {
    across: u32,
    down: u32,
    bold: bool,
    inverse: bool,
}

const PLAIN: CellStyle = CellStyle {
    across: 1,
    down: 1,
    bold: false,
    inverse: false,
};

impl<'a> NativePaper<'a> {
    fn new(dots: u32, typeface: &'a Typeface) -> Self {
        Self {
            dots,
            typeface,
            bitmap: Bitmap::new(dots, PAPER_DOTS_MAX),
            top: 0,
            line_dots: LINE_DOTS,
            style: PLAIN,
            centred: false,
            line: Vec::new(),
            text: Vec::new(),
            code: Vec::new(),
        }
    }

    fn print(mut self, ticket: &[u8]) -> anyhow::Result<Bitmap> {
        for command in commands(ticket) {
            // Letters of one style come byte by byte and make sense only together.
            if command.len() > 1 || command == [0x0a] {
                self.set_text();
            }
            self.obey(command)?;
        }
        let mut paper = Bitmap::new(self.dots, self.top);
        for y in 0..self.top {
            for x in (0..self.dots).filter(|x| self.bitmap.is_black(*x, y)) {
                paper.blacken(x, y);
            }
        }
        Ok(paper)
    }

    fn obey(&mut self, command: &[u8]) -> anyhow::Result<()> {
        match command {
            [0x0a] => self.end_line(),
            [byte] => self.text.push(*byte),
            [0x1b, b'@'] => self.style = PLAIN,
            [0x1b, b'3', dots] => self.line_dots = u32::from(*dots),
            [0x1b, b'2'] => self.line_dots = LINE_DOTS,
            [0x1b, b'a', place] => self.centred = *place == 1,
            [0x1b, b'E', on] => self.style.bold = *on == 1,
            [0x1d, b'B', on] => self.style.inverse = *on == 1,
            [0x1d, b'!', size] => {
                self.style.across = u32::from(size >> 4) + 1;
                self.style.down = u32::from(size & 0x0f) + 1;
            }
            [0x1d, b'(', b'k', .., 49, 81, 48] => {
                self.code.extend_from_slice(command);
                self.print_code()?;
            }
            [0x1d, b'(', b'k', ..] => self.code.extend_from_slice(command),
            [0x1c, b'&' | b'.'] | [0x1d, b'P' | b'V', ..] => {}
            unknown => anyhow::bail!("no picture for the command {unknown:02x?}"),
        }
        Ok(())
    }

    fn set_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let (decoded, _, _) = encoding_rs::GB18030.decode(&text);
        self.line.extend(decoded.chars().map(|c| (c, self.style)));
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let widths = line.iter().map(|(c, style)| cell_width(*c, *style));
        let free = self.dots.saturating_sub(widths.sum());
        let height = line.iter().map(|(_, style)| style.down * CELL_HEIGHT).max();
        let height = height.unwrap_or(0);
        let mut x = if self.centred { free / 2 } else { 0 };
        for (character, style) in line {
            self.draw_cell(character, style, x, self.top + height);
            x += cell_width(character, style);
        }
        self.top += height.max(self.line_dots);
    }

    fn draw_cell(&mut self, character: char, style: CellStyle, left: u32, bottom: u32) {
        let (width, height) = (cell_width(character, style), style.down * CELL_HEIGHT);
        let lettering = self.lettering(character, style);
        let text = character.to_string();
        let drawn = self.typeface.width_dots(&text, lettering);
        let x = left + width.saturating_sub(drawn) / 2;
        let baseline = bottom - height * 4 / CELL_HEIGHT;
        self.typeface
            .draw(&mut self.bitmap, &text, lettering, x, baseline);
        if style.inverse {
            self.bitmap
                .invert_area(left, bottom - height, width, height);
        }
    }

    /// The font's letter, stretched as the cell is and squeezed if it is wider than the cell.
    fn lettering(&self, character: char, style: CellStyle) -> Lettering {
        let stretched = Lettering {
            em_dots: style.down * CELL_HEIGHT,
            width_percent: 100 * style.across / style.down,
            bold: style.bold,
        };
        let drawn = self.typeface.width_dots(&character.to_string(), stretched);
        let squeeze = cell_width(character, style).min(drawn);
        Lettering {
            width_percent: stretched.width_percent * squeeze / drawn.max(1),
            ..stretched
        }
    }

    fn print_code(&mut self) -> anyhow::Result<()> {
        let commands = std::mem::take(&mut self.code);
        let place = [0x1b, b'a', u8::from(self.centred)];
        let sheets = render(
            &[&place, &commands[..], b"\n"].concat(),
            profile(self.dots)?,
        )?
        .sheets;
        let code = &sheets.first().context("the code has no sheet")?.surface;
        let top = self.top;
        for y in 0..code.height() {
            for x in (0..code.width()).filter(|x| code.is_printed(*x, y)) {
                self.bitmap.blacken(x, top + y);
            }
        }
        let inked = |y: &u32| (0..code.width()).any(|x| code.is_printed(x, *y));
        self.top += (0..code.height()).filter(inked).max().map_or(0, |y| y + 1);
        Ok(())
    }
}

fn cell_width(character: char, style: CellStyle) -> u32 {
    let cells = if character.is_ascii() { 1 } else { 2 };
    cells * CELL_WIDTH * style.across
}
