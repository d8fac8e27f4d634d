//! A sheet that is filled from top to bottom, with what every kind of slip needs.

use super::{Ground, Letters, Line, Place, Span, Style, TextLine, Weight};
use crate::paper::Paper;
use crate::slip::Bilingual;
use crate::template::{Label, Template};
use crate::wrap::wrap;

/// White at the right and left, where printers and cutters are least exact, in 1/8 mm.
const SIDE: u32 = 8;

/// As wide as the box to tick: a Chinese space and one more.
const SET_IN: &str = "\u{3000} ";

/// Every gap is in 1/8 mm, which is one dot at 203 dpi.
pub(crate) struct Sheet<'a> {
    pub(crate) paper: Paper,
    pub(crate) letters: &'a dyn Letters,
    pub(crate) template: &'a Template,
    pub(crate) lines: Vec<Line>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(template: &'a Template, paper: Paper, letters: &'a dyn Letters) -> Self {
        Self {
            paper,
            letters,
            template,
            lines: Vec::new(),
        }
    }

    /// Words of the slip's own, in the languages that are printed.
    pub(crate) fn say(&mut self, (zh, en): (&str, &str), style: Style) {
        self.both(&self.words((zh, en)), style);
    }

    /// What a slip is, white on a black bar; English below it where both have no room.
    pub(crate) fn bar(&mut self, words: (&str, &str)) {
        let words = self.words(words);
        let both = one_line(&words, " ");
        let fits = self.letters.width_dots(&both, Style::Heading) <= self.room();
        if fits || words.zh.is_empty() {
            self.push(&both, Style::Heading, Ground::Bar);
        } else {
            self.push(&words.zh, Style::Heading, Ground::Bar);
            self.gap(4);
            self.centred(&words.en, Style::Strong);
        }
    }

    /// Words of the slip's own, to be put somewhere.
    pub(crate) fn words(&self, (zh, en): (&str, &str)) -> Bilingual {
        self.template.languages.of(&Bilingual::new(zh, en))
    }

    pub(crate) fn bilingual(&mut self, text: &Bilingual, zh: Style, en: Style) {
        let text = self.template.languages.of(text);
        let english = if text.zh.is_empty() { zh } else { en };
        self.paragraph(&text.zh, zh);
        self.paragraph(&text.en, english);
    }

    pub(crate) fn label(&mut self, label: Label, style: Style) {
        self.both(&self.template.label(label), style);
    }

    /// Both languages on one line where they fit, else one under the other.
    pub(crate) fn both(&mut self, text: &Bilingual, style: Style) {
        let line = one_line(text, "  ");
        if self.letters.width_dots(&line, style) <= self.room() {
            self.centred(&line, style);
        } else {
            self.paragraph(&text.zh, style);
            self.paragraph(&text.en, style);
        }
    }

    pub(crate) fn room(&self) -> u32 {
        self.paper.dots - 2 * self.paper.measure(SIDE)
    }

    pub(crate) fn paragraph(&mut self, text: &str, style: Style) {
        for line in self.wrapped(text, style) {
            self.centred(&line, style);
        }
    }

    pub(crate) fn wrapped(&self, text: &str, style: Style) -> Vec<String> {
        wrap(text, self.room(), |part| {
            self.letters.width_dots(part, style)
        })
    }

    pub(crate) fn centred(&mut self, text: &str, style: Style) {
        if !text.is_empty() {
            self.push(text, style, Ground::Plain);
        }
    }

    pub(crate) fn push(&mut self, text: &str, style: Style, ground: Ground) {
        let mut line = centre(vec![span(text, style)]);
        line.ground = ground;
        self.lines.push(Line::Text(line));
    }

    pub(crate) fn gap(&mut self, eighths_mm: u32) {
        self.lines.push(Line::Gap(self.paper.measure(eighths_mm)));
    }

    pub(crate) fn rule(&mut self, weight: Weight) {
        self.lines.push(Line::Rule(weight));
    }

    pub(crate) fn fits_half(&self, block: &[TextLine]) -> bool {
        let room = self.paper.dots / 2 - 2 * self.paper.measure(SIDE);
        block
            .iter()
            .all(|line| line.width_dots(self.letters) <= room)
    }

    pub(crate) fn lines_of_spans(&mut self, spans: Option<Vec<Span>>) {
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

    /// Both languages on one line where they fit, else one under the other and set in.
    pub(crate) fn paper_to_bring(&mut self, paper: &Bilingual, style: Style) {
        let mut mark = "□ ";
        let room = self.room() - self.letters.width_dots(SET_IN, style);
        let width_of = |text: &str| self.letters.width_dots(text, style);
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
            self.lines.push(Line::Text(left(&text, style)));
            mark = SET_IN;
        }
    }
}

pub(crate) fn one_line(text: &Bilingual, between: &str) -> String {
    joined(&text.zh, &text.en, between)
}

pub(crate) fn joined(first: &str, second: &str, between: &str) -> String {
    match first.is_empty() || second.is_empty() {
        true => format!("{first}{second}"),
        false => format!("{first}{between}{second}"),
    }
}

pub(crate) fn span(text: &str, style: Style) -> Span {
    Span {
        text: text.to_owned(),
        style,
    }
}

pub(crate) fn centre(spans: Vec<Span>) -> TextLine {
    TextLine {
        spans,
        place: Place::Centre,
        ground: Ground::Plain,
    }
}

pub(crate) fn left(text: &str, style: Style) -> TextLine {
    TextLine {
        place: Place::Left,
        ..centre(vec![span(text, style)])
    }
}
