//! From a slip to lines that fit the paper, the same for both ways of printing.
//!
//! The layout decides order, hierarchy and where lines end. How large a [`Style`] is in dots is the
//! affair of whoever draws it, and it is asked through [`Letters`].

use crate::bitmap::Bitmap;
use crate::paper::Paper;
use crate::slip::{Bilingual, Slip, WaitInterval};
use crate::template::{Label, Part, Template};
use crate::wrap::wrap;

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

/// Lays a slip out on this paper.
pub fn lay_out(slip: &Slip, paper: Paper, letters: &dyn Letters) -> Vec<Line> {
    let mut sheet = Sheet {
        paper,
        letters,
        template: &slip.template,
        lines: Vec::new(),
    };
    match slip.large_print {
        true => sheet.large_print(slip),
        false => sheet.normal_print(slip),
    }
    sheet.lines
}

/// White at the right and left, where printers and cutters are least exact, in 1/8 mm.
const SIDE: u32 = 8;

/// As wide as the box to tick: a Chinese space and one more.
const SET_IN: &str = "\u{3000} ";

/// Every gap below is in 1/8 mm, which is one dot at 203 dpi.
struct Sheet<'a> {
    paper: Paper,
    letters: &'a dyn Letters,
    template: &'a Template,
    lines: Vec<Line>,
}

impl Sheet<'_> {
    fn normal_print(&mut self, slip: &Slip) {
        let mut above = None;
        for part in self.template.parts() {
            let before = self.lines.len();
            self.divide(above, part);
            let begin = self.lines.len();
            self.part(part, slip);
            if self.lines.len() == begin {
                self.lines.truncate(before);
            } else {
                above = Some(part);
            }
        }
    }

    /// Number, services, appointment and counters only (and the bar of a copy, which must never be missed).
    fn large_print(&mut self, slip: &Slip) {
        self.gap(6);
        self.number(slip, false);
        self.gap(24);
        self.bilingual(&slip.service, Style::Title, Style::Large);
        self.visit(slip, Style::Large);
        if !slip.zone.is_empty() || !slip.counters.is_empty() {
            self.gap(20);
            self.rule(Weight::Heavy);
            self.gap(14);
            self.place(slip, Style::Large);
        }
    }

    /// What stands between two parts: the head is set off, what belongs together is not.
    fn divide(&mut self, above: Option<Part>, below: Part) {
        let (gap, rule) = match (above, below) {
            (None, _) => return,
            (Some(Part::Logo), Part::Hall) => (10, None),
            (Some(Part::Number), Part::Service) => (16, None),
            (Some(Part::Logo | Part::Hall), _) | (_, Part::Papers) => (12, Some(Weight::Heavy)),
            (_, Part::Note | Part::Serial) => (10, None),
            _ => (10, Some(Weight::Light)),
        };
        self.gap(gap);
        if let Some(weight) = rule {
            self.rule(weight);
            self.gap(gap);
        }
    }

    fn part(&mut self, part: Part, slip: &Slip) {
        match part {
            Part::Logo => self
                .lines
                .extend(slip.template.logo.clone().map(Line::Picture)),
            Part::Hall => self.bilingual(&slip.hall, Style::Heading, Style::Body),
            Part::Number => self.number(slip, true),
            Part::Service => {
                self.bilingual(&slip.service, Style::Title, Style::Body);
                self.visit(slip, Style::Strong);
            }
            Part::Queue => self.queue(slip),
            Part::Place => self.place(slip, Style::Body),
            Part::Time => self.times_and_code(slip),
            Part::MissedCall => self.bilingual(&slip.missed_call_rule, Style::Body, Style::Body),
            Part::Note => self.bilingual(&slip.template.note, Style::Fine, Style::Fine),
            Part::Serial => self.centred(&slip.serial, Style::Fine),
            Part::Papers => self.papers(slip),
        }
    }

    fn number(&mut self, slip: &Slip, labelled: bool) {
        if slip.copy > 0 {
            let text = format!("补打 REPRINT {}", slip.copy);
            self.push(&text, Style::Heading, Ground::Bar);
            self.gap(12);
        }
        if labelled {
            self.label(Label::YourNumber, Style::Body);
            self.gap(10);
        }
        self.push(&slip.number, Style::Number, Ground::Plain);
        if slip.favoured {
            let text = one_line(&self.template.label(Label::Priority), " ");
            self.gap(14);
            self.push(&text, Style::Heading, Ground::Badge);
        }
    }

    /// What else is known of the visit: the time of its appointment, and its further services.
    fn visit(&mut self, slip: &Slip, style: Style) {
        if !slip.slot.is_empty() {
            self.gap(8);
            let mut text = self.template.label(Label::Appointment);
            let named = if text.zh.is_empty() {
                &mut text.en
            } else {
                &mut text.zh
            };
            *named = joined(named, &slip.slot, " ");
            self.both(&text, style);
        }
        if !slip.then.is_empty() {
            self.gap(10);
            self.label(Label::Further, Style::Body);
        }
        for service in &slip.then {
            self.gap(4);
            self.both(&self.template.languages.of(service), style);
        }
    }

    /// People ahead and expected wait: side by side where there is room, else one under the other.
    fn queue(&mut self, slip: &Slip) {
        let ahead = slip.people_ahead.map(|people| self.ahead_block(people));
        let wait = slip.expected_wait.map(|wait| self.wait_block(wait));
        match (ahead, wait) {
            (Some(left), Some(right)) if self.fits_half(&left) && self.fits_half(&right) => {
                self.lines.push(Line::Columns { left, right });
            }
            (ahead, wait) => {
                let blocks = ahead.into_iter().chain(wait);
                self.lines.extend(blocks.flatten().map(Line::Text));
            }
        }
    }

    fn ahead_block(&self, people: u32) -> Vec<TextLine> {
        self.figure_block(Label::Ahead, &people.to_string(), " 人")
    }

    fn wait_block(&self, wait: WaitInterval) -> Vec<TextLine> {
        let minutes = match wait.from_minutes == wait.to_minutes {
            true => wait.to_minutes.to_string(),
            false => format!("{}–{}", wait.from_minutes, wait.to_minutes),
        };
        self.figure_block(Label::Wait, &minutes, " 分钟")
    }

    /// A word over a figure. The unit is Chinese: the English word names its own.
    fn figure_block(&self, label: Label, figure: &str, unit: &str) -> Vec<TextLine> {
        let words = self.template.label(label);
        let mut spans = vec![span(figure, Style::Figure)];
        if !words.zh.is_empty() {
            spans.push(span(unit, Style::Body));
        }
        vec![
            centre(vec![span(&one_line(&words, "  "), Style::Body)]),
            centre(spans),
        ]
    }

    fn place(&mut self, slip: &Slip, running: Style) {
        if slip.zone.is_empty() && slip.counters.is_empty() {
            return;
        }
        let of = |text| self.template.languages.of(text);
        let (zone, counters) = (of(&slip.zone), of(&slip.counters));
        self.label(Label::GoTo, running);
        self.gap(2);
        let zh = joined(&zone.zh, &counters.zh, " ");
        let en = joined(&zone.en, &counters.en, ", ");
        let english = if zh.is_empty() { Style::Title } else { running };
        self.paragraph(&zh, Style::Title);
        self.paragraph(&en, english);
    }

    fn times_and_code(&mut self, slip: &Slip) {
        let Some(text) = slip.printable_code() else {
            self.times(slip);
            return;
        };
        let beside = self.lines_beside_code(slip);
        let room = self.letters.room_beside_code().unwrap_or(0);
        let fits = beside
            .iter()
            .all(|line| line.width_dots(self.letters) <= room);
        self.lines.push(Line::Code {
            text: text.to_owned(),
            beside: if fits { beside } else { Vec::new() },
        });
        if !fits {
            self.gap(6);
            self.label(Label::Scan, Style::Body);
            self.times(slip);
        }
    }

    /// Word and time on one line where they fit, else one under the other.
    fn times(&mut self, slip: &Slip) {
        let dated = |label, time: &str| {
            let words = one_line(&self.template.label(label), "  ");
            let spans = vec![
                span(&format!("{words}  "), Style::Body),
                span(time, Style::Strong),
            ];
            (!time.is_empty()).then_some(spans)
        };
        let issued = dated(Label::Issued, &slip.issued_at);
        let valid = dated(Label::ValidOn, &slip.valid_on);
        let today = slip.issued_at.starts_with(&slip.valid_on) && !slip.valid_on.is_empty();
        self.lines_of_spans(issued);
        if today {
            self.label(Label::ValidToday, Style::Body);
        } else {
            self.lines_of_spans(valid);
        }
    }

    fn lines_of_spans(&mut self, spans: Option<Vec<Span>>) {
        let Some(spans) = spans else { return };
        let line = centre(spans);
        if line.width_dots(self.letters) <= self.room() {
            self.lines.push(Line::Text(line));
        } else {
            for one in line.spans {
                self.paragraph(&one.text, one.style);
            }
        }
    }

    fn lines_beside_code(&self, slip: &Slip) -> Vec<TextLine> {
        let words = |label| one_line(&self.template.label(label), "  ");
        let mut lines = Vec::new();
        if !slip.issued_at.is_empty() {
            lines.push(left(&words(Label::Issued), Style::Body));
            lines.push(left(&slip.issued_at, Style::Strong));
        }
        match slip.issued_at.starts_with(&slip.valid_on) {
            _ if slip.valid_on.is_empty() => {}
            true => lines.push(left(&words(Label::ValidToday), Style::Body)),
            false => {
                lines.push(left(&words(Label::ValidOn), Style::Body));
                lines.push(left(&slip.valid_on, Style::Strong));
            }
        }
        let scan = self.template.label(Label::Scan);
        let scan = [scan.zh, scan.en]
            .into_iter()
            .filter(|text| !text.is_empty());
        lines.extend(scan.map(|text| left(&text, Style::Body)));
        lines
    }

    /// A list to tick off at home.
    fn papers(&mut self, slip: &Slip) {
        if slip.papers.is_empty() {
            return;
        }
        self.label(Label::Papers, Style::Strong);
        for paper in &slip.papers {
            self.gap(4);
            self.paper_to_bring(&self.template.languages.of(paper));
        }
    }

    /// Both languages on one line where they fit, else one under the other and set in.
    fn paper_to_bring(&mut self, paper: &Bilingual) {
        let mut mark = "□ ";
        let room = self.room() - self.letters.width_dots(SET_IN, Style::Body);
        let width_of = |text: &str| self.letters.width_dots(text, Style::Body);
        let both = one_line(paper, "  ");
        let lines = match width_of(&both) <= room {
            true => vec![both],
            false => [&paper.zh, &paper.en]
                .into_iter()
                .flat_map(|text| wrap(text, room, width_of))
                .collect(),
        };
        for line in lines {
            let text = format!("{mark}{line}");
            self.lines.push(Line::Text(left(&text, Style::Body)));
            mark = SET_IN;
        }
    }

    fn bilingual(&mut self, text: &Bilingual, zh: Style, en: Style) {
        let text = self.template.languages.of(text);
        let english = if text.zh.is_empty() { zh } else { en };
        self.paragraph(&text.zh, zh);
        self.paragraph(&text.en, english);
    }

    fn label(&mut self, label: Label, style: Style) {
        self.both(&self.template.label(label), style);
    }

    /// Both languages on one line where they fit, else one under the other.
    fn both(&mut self, text: &Bilingual, style: Style) {
        let line = one_line(text, "  ");
        if self.letters.width_dots(&line, style) <= self.room() {
            self.centred(&line, style);
        } else {
            self.paragraph(&text.zh, style);
            self.paragraph(&text.en, style);
        }
    }

    fn room(&self) -> u32 {
        self.paper.dots - 2 * self.paper.measure(SIDE)
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        for line in self.wrapped(text, style) {
            self.centred(&line, style);
        }
    }

    fn wrapped(&self, text: &str, style: Style) -> Vec<String> {
        wrap(text, self.room(), |part| {
            self.letters.width_dots(part, style)
        })
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

    fn gap(&mut self, eighths_mm: u32) {
        self.lines.push(Line::Gap(self.paper.measure(eighths_mm)));
    }

    fn rule(&mut self, weight: Weight) {
        self.lines.push(Line::Rule(weight));
    }

    fn fits_half(&self, block: &[TextLine]) -> bool {
        let room = self.paper.dots / 2 - 2 * self.paper.measure(SIDE);
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

fn one_line(text: &Bilingual, between: &str) -> String {
    joined(&text.zh, &text.en, between)
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
