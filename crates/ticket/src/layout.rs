//! From a slip to lines that fit the paper, the same for both ways of printing.
//!
//! The layout decides order, hierarchy and where lines end. How large a [`Style`] is in dots is the
//! affair of whoever draws it, and it is asked through [`Letters`].

use crate::slip::{Bilingual, Slip, WaitInterval};
use crate::wrap::wrap;

/// One thing across the paper, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Blank paper of this many dots.
    Gap(u32),
    /// A stroke across the paper.
    Rule(Weight),
    /// One line of text.
    Text(TextLine),
    /// Two blocks side by side, each centred in its half.
    Columns {
        /// The lines of the left half.
        left: Vec<TextLine>,
        /// The lines of the right half.
        right: Vec<TextLine>,
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
    /// The serial.
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

/// Lays a slip out on paper of this width in dots.
pub fn lay_out(slip: &Slip, dots: u32, letters: &dyn Letters) -> Vec<Line> {
    let mut sheet = Sheet {
        dots,
        letters,
        lines: Vec::new(),
    };
    match slip.large_print {
        true => sheet.large_print(slip),
        false => sheet.normal_print(slip),
    }
    sheet.lines
}

/// White at the right and left, where printers and cutters are least exact.
const SIDE_DOTS: u32 = 8;

struct Sheet<'a> {
    dots: u32,
    letters: &'a dyn Letters,
    lines: Vec<Line>,
}

impl Sheet<'_> {
    fn normal_print(&mut self, slip: &Slip) {
        self.head(slip);
        self.number(slip);
        self.gap(20);
        self.bilingual(&slip.service, Style::Title, Style::Body);
        self.visit(slip, Style::Strong);
        self.gap(18);
        self.queue(slip);
        self.destination(slip, Style::Body);
        self.rule(Weight::Light);
        self.times_and_code(slip);
        self.missed_call(slip);
        self.foot(slip);
    }

    /// Number, services, appointment and counters only (and the bar of a copy, which must never be missed).
    fn large_print(&mut self, slip: &Slip) {
        self.reprint_bar(slip);
        self.gap(10);
        self.number(slip);
        self.gap(24);
        self.bilingual(&slip.service, Style::Title, Style::Large);
        self.visit(slip, Style::Large);
        self.gap(24);
        self.rule(Weight::Heavy);
        self.destination(slip, Style::Large);
    }

    fn head(&mut self, slip: &Slip) {
        self.bilingual(&slip.hall, Style::Heading, Style::Body);
        self.gap(14);
        self.rule(Weight::Heavy);
        self.reprint_bar(slip);
        self.gap(14);
        self.label("您的排队号", "Your number", Style::Body);
        self.gap(16);
    }

    fn reprint_bar(&mut self, slip: &Slip) {
        if slip.copy > 0 {
            let text = format!("补打 REPRINT {}", slip.copy);
            self.gap(10);
            self.push(&text, Style::Heading, Ground::Bar);
            self.gap(10);
        }
    }

    fn number(&mut self, slip: &Slip) {
        self.push(&slip.number, Style::Number, Ground::Plain);
        if slip.favoured {
            self.gap(18);
            self.push("优先 PRIORITY", Style::Heading, Ground::Badge);
        }
    }

    /// What else is known of the visit: the time of its appointment, and its further services.
    fn visit(&mut self, slip: &Slip, style: Style) {
        if !slip.slot.is_empty() {
            self.gap(10);
            let (zh, en) = (format!("预约 {}", slip.slot), "Appointment");
            self.label(&zh, en, style);
        }
        if !slip.then.is_empty() {
            self.gap(14);
            self.label("之后还办理", "And then", Style::Body);
        }
        for service in &slip.then {
            self.gap(6);
            self.label(&service.zh, &service.en, style);
        }
    }

    /// People ahead and expected wait: side by side where there is room, else one under the other.
    fn queue(&mut self, slip: &Slip) {
        let ahead = slip.people_ahead.map(ahead_block);
        let wait = slip.expected_wait.map(wait_block);
        if ahead.is_none() && wait.is_none() {
            return;
        }
        self.rule(Weight::Light);
        match (ahead, wait) {
            (Some(left), Some(right)) if self.fits_half(&left) && self.fits_half(&right) => {
                self.lines.push(Line::Columns { left, right });
            }
            (ahead, wait) => self.stacked(ahead.into_iter().chain(wait)),
        }
        self.rule(Weight::Light);
    }

    fn stacked(&mut self, blocks: impl Iterator<Item = Vec<TextLine>>) {
        self.gap(10);
        for block in blocks {
            self.lines.extend(block.into_iter().map(Line::Text));
            self.gap(6);
        }
    }

    fn destination(&mut self, slip: &Slip, running: Style) {
        if slip.zone.is_empty() && slip.counters.is_empty() {
            return;
        }
        self.gap(14);
        self.label("叫到号后请到", "When called, go to", running);
        self.gap(4);
        let zh = joined(&slip.zone.zh, &slip.counters.zh, " ");
        let en = joined(&slip.zone.en, &slip.counters.en, ", ");
        self.paragraph(&zh, Style::Title);
        self.gap(2);
        self.paragraph(&en, running);
        self.gap(16);
    }

    fn times_and_code(&mut self, slip: &Slip) {
        let mut lines = times(slip);
        self.gap(14);
        if let Some(text) = slip.printable_code() {
            lines.push(left("扫码查看进度", Style::Body));
            lines.push(left("Scan to follow the queue", Style::Body));
            let room = self.letters.room_beside_code().unwrap_or(0);
            let fits = lines
                .iter()
                .all(|line| line.width_dots(self.letters) <= room);
            let beside = if fits {
                std::mem::take(&mut lines)
            } else {
                Vec::new()
            };
            self.lines.push(Line::Code {
                text: text.to_owned(),
                beside,
            });
            self.gap(8);
        }
        for line in lines {
            let place = Place::Centre;
            self.lines.push(Line::Text(TextLine { place, ..line }));
        }
    }

    fn missed_call(&mut self, slip: &Slip) {
        if !slip.missed_call_rule.is_empty() {
            self.gap(14);
            self.rule(Weight::Light);
            self.gap(12);
            self.bilingual(&slip.missed_call_rule, Style::Body, Style::Body);
        }
    }

    fn foot(&mut self, slip: &Slip) {
        self.gap(12);
        self.centred(&slip.serial, Style::Fine);
    }

    fn bilingual(&mut self, text: &Bilingual, zh: Style, en: Style) {
        self.paragraph(&text.zh, zh);
        if !text.zh.is_empty() && !text.en.is_empty() {
            self.gap(4);
        }
        self.paragraph(&text.en, en);
    }

    /// Both languages on one line where they fit, else one under the other.
    fn label(&mut self, zh: &str, en: &str, style: Style) {
        let both = format!("{zh}  {en}");
        if self.letters.width_dots(&both, style) <= self.room() {
            self.centred(&both, style);
        } else {
            self.paragraph(zh, style);
            self.paragraph(en, style);
        }
    }

    fn room(&self) -> u32 {
        self.dots - 2 * SIDE_DOTS
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        for line in wrap(text, self.room(), |part| {
            self.letters.width_dots(part, style)
        }) {
            self.centred(&line, style);
        }
    }

    fn centred(&mut self, text: &str, style: Style) {
        if !text.is_empty() {
            self.push(text, style, Ground::Plain);
        }
    }

    fn push(&mut self, text: &str, style: Style, ground: Ground) {
        let mut line = centre(vec![span(text, style)]);
        line.ground = ground;
        self.lines.push(Line::Text(line));
    }

    fn gap(&mut self, dots: u32) {
        self.lines.push(Line::Gap(dots));
    }

    fn rule(&mut self, weight: Weight) {
        self.lines.push(Line::Rule(weight));
    }

    fn fits_half(&self, block: &[TextLine]) -> bool {
        let room = self.dots / 2 - 2 * SIDE_DOTS;
        block
            .iter()
            .all(|line| line.width_dots(self.letters) <= room)
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

fn ahead_block(people: u32) -> Vec<TextLine> {
    vec![
        centre(vec![span("前面等候  Ahead", Style::Body)]),
        centre(vec![
            span(&people.to_string(), Style::Figure),
            span(" 人", Style::Body),
        ]),
    ]
}

fn wait_block(wait: WaitInterval) -> Vec<TextLine> {
    let minutes = match wait.from_minutes == wait.to_minutes {
        true => wait.to_minutes.to_string(),
        false => format!("{}–{}", wait.from_minutes, wait.to_minutes),
    };
    vec![
        centre(vec![span("预计等候  Wait (min)", Style::Body)]),
        centre(vec![
            span(&minutes, Style::Figure),
            span(" 分钟", Style::Body),
        ]),
    ]
}

fn times(slip: &Slip) -> Vec<TextLine> {
    let mut lines = Vec::new();
    if !slip.issued_at.is_empty() {
        lines.push(left("取号时间  Issued", Style::Body));
        lines.push(left(&slip.issued_at, Style::Strong));
    }
    match slip.issued_at.starts_with(&slip.valid_on) {
        _ if slip.valid_on.is_empty() => {}
        true => lines.push(left("仅当日有效  Valid today", Style::Body)),
        false => {
            lines.push(left("有效日期  Valid on", Style::Body));
            lines.push(left(&slip.valid_on, Style::Strong));
        }
    }
    lines
}

fn joined(first: &str, second: &str, between: &str) -> String {
    match first.is_empty() || second.is_empty() {
        true => format!("{first}{second}"),
        false => format!("{first}{between}{second}"),
    }
}

fn span(text: &str, style: Style) -> Span {
    Span {
        text: text.to_owned(),
        style,
    }
}

fn centre(spans: Vec<Span>) -> TextLine {
    TextLine {
        spans,
        place: Place::Centre,
        ground: Ground::Plain,
    }
}

fn left(text: &str, style: Style) -> TextLine {
    TextLine {
        place: Place::Left,
        ..centre(vec![span(text, style)])
    }
}
