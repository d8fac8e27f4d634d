//! The slip of a ticket.

use super::{
    Document, Ground, Letters, Line, Sheet, Style, TextLine, Weight, centre, joined, left,
    one_line, span,
};
use crate::paper::Paper;
use crate::slip::{Slip, WaitInterval};
use crate::template::{Label, Part};

impl Document for Slip {
    fn lay_out(&self, paper: Paper, letters: &dyn Letters) -> Vec<Line> {
        let mut sheet = Sheet::new(&self.template, paper, letters);
        match self.large_print {
            true => sheet.large_print(self),
            false => sheet.normal_print(self),
        }
        sheet.lines
    }

    fn number(&self) -> &str {
        &self.number
    }

    fn code(&self) -> Option<&str> {
        self.printable_code()
    }
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

    /// Number, services, appointment, counters and the papers that were asked for only (and the bar of a copy, which must never be missed).
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
        if !slip.papers.is_empty() {
            self.gap(20);
            self.rule(Weight::Heavy);
            self.gap(14);
            self.papers(slip, Style::Large);
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
            Part::Papers => self.papers(slip, Style::Body),
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
    fn papers(&mut self, slip: &Slip, style: Style) {
        if slip.papers.is_empty() {
            return;
        }
        let heading = match style {
            Style::Body => Style::Strong,
            large => large,
        };
        self.label(Label::Papers, heading);
        for paper in &slip.papers {
            self.gap(4);
            self.paper_to_bring(&self.template.languages.of(paper), style);
        }
    }
}
