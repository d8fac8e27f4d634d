//! The missing-papers slip (缺件通知单): what a customer lacked, told once and completely (一次性告知).

use crate::layout::{Document, Letters, Line, Sheet, Style, Weight, one_line};
use crate::paper::Paper;
use crate::slip::Bilingual;
use crate::template::Template;

/// What one customer is to bring. Empty texts are left off the paper.
///
/// It holds no personal data of the customer: the number is that of the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MissingPapers {
    /// The hall's name.
    pub hall: Bilingual,
    /// The number in the queue of that visit, such as `B012`.
    pub number: String,
    /// What the customer came for.
    pub service: Bilingual,
    /// The papers that were missing.
    pub missing: Vec<Bilingual>,
    /// What else the clerk wrote.
    pub also: String,
    /// The papers that were there, which are needed again.
    pub again: Vec<Bilingual>,
    /// The counter, such as `3号窗口` and `Counter 3`.
    pub counter: Bilingual,
    /// The clerk who looked.
    pub clerk: String,
    /// When, in the hall's own time, ready to print: `2026-11-22 09:15`.
    pub given_at: String,
    /// The hall's languages, logo, and its note with the hotline.
    pub template: Template,
}

impl MissingPapers {
    /// A filled slip for previews, galleries and tests.
    pub fn example() -> Self {
        Self {
            hall: Bilingual::new("城东供电营业厅", "Chengdong Power Service Hall"),
            number: "B012".into(),
            service: Bilingual::new("新装增容", "New connection, more capacity"),
            missing: vec![
                Bilingual::new("房产证明", "Proof of property"),
                Bilingual::new("用电设备清单", "List of appliances"),
            ],
            also: "房产证明需原件".into(),
            again: vec![Bilingual::new("身份证", "ID card")],
            counter: Bilingual::counters(&[3]),
            clerk: "王芳".into(),
            given_at: "2026-11-22 09:15".into(),
            template: Template {
                note: Bilingual::new("供电服务热线 95598", "Service hotline 95598"),
                ..Template::default()
            },
        }
    }
}

impl Document for MissingPapers {
    fn lay_out(&self, paper: Paper, letters: &dyn Letters) -> Vec<Line> {
        let mut sheet = Sheet::new(&self.template, paper, letters);
        sheet.missing_head(self);
        sheet.missing_lists(self);
        sheet.missing_foot(self);
        sheet.lines
    }
}

impl Sheet<'_> {
    fn missing_head(&mut self, slip: &MissingPapers) {
        if let Some(logo) = &slip.template.logo {
            self.lines.push(Line::Picture(logo.clone()));
            self.gap(10);
        }
        self.bilingual(&slip.hall, Style::Heading, Style::Body);
        self.gap(12);
        self.bar(("缺件通知单", "MISSING PAPERS"));
        self.gap(12);
        self.bilingual(&slip.service, Style::Title, Style::Body);
        if !slip.number.is_empty() {
            self.gap(4);
            let number = self.words(("号码", "Number"));
            let text = format!("{}  {}", one_line(&number, " "), slip.number);
            self.centred(&text, Style::Strong);
        }
    }

    fn missing_lists(&mut self, slip: &MissingPapers) {
        if !slip.missing.is_empty() || !slip.also.is_empty() {
            self.missing_rule();
            self.say(("缺少以下材料", "Missing"), Style::Strong);
            self.missing_list(&slip.missing);
            if !slip.also.is_empty() {
                self.gap(4);
                self.paper_to_bring(&Bilingual::new(slip.also.as_str(), ""), Style::Body);
            }
        }
        if !slip.again.is_empty() {
            self.missing_rule();
            self.say(("下次仍请带来", "Bring these again"), Style::Strong);
            self.missing_list(&slip.again);
        }
        self.missing_rule();
        self.bilingual(
            &Bilingual::new(
                "请备齐以上全部材料后再来办理。",
                "Come back when you have all of them.",
            ),
            Style::Body,
            Style::Body,
        );
    }

    fn missing_list(&mut self, papers: &[Bilingual]) {
        for paper in papers {
            self.gap(4);
            self.paper_to_bring(&self.template.languages.of(paper), Style::Body);
        }
    }

    fn missing_foot(&mut self, slip: &MissingPapers) {
        self.missing_rule();
        self.centred(&slip.given_at, Style::Strong);
        let counter = self.template.languages.of(&slip.counter);
        let mut by = counter.clone();
        let clerk = self.words(("经办", "Clerk"));
        if !slip.clerk.is_empty() && !clerk.zh.is_empty() {
            by.zh = format!("{}  {} {}", counter.zh, clerk.zh, slip.clerk);
        }
        if !slip.clerk.is_empty() && clerk.zh.is_empty() {
            by.en = format!("{}  {} {}", counter.en, clerk.en, slip.clerk);
        }
        self.both(&by, Style::Body);
        if !slip.template.note.is_empty() {
            self.gap(10);
            self.bilingual(&slip.template.note, Style::Body, Style::Body);
        }
    }

    fn missing_rule(&mut self) {
        self.gap(10);
        self.rule(Weight::Light);
        self.gap(10);
    }
}
