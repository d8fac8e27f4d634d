//! The report of the day, for the head of the hall, on the same paper as the tickets.

use crate::layout::{
    Document, Letters, Line, Place, Sheet, Style, TextLine, Weight, joined, left, one_line, span,
};
use crate::paper::Paper;
use crate::slip::Bilingual;
use crate::template::{Languages, Template};

/// A day of a hall in figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The hall's name.
    pub hall: Bilingual,
    /// The day, ready to print: `2026-11-22`.
    pub day: String,
    /// Up to when it was counted, in the hall's own time: `2026-11-22 17:45`.
    pub until: String,
    /// The hall as a whole.
    pub whole: DayFigures,
    /// By service.
    pub services: Vec<ReportLine>,
    /// By counter.
    pub counters: Vec<ReportLine>,
    /// By clerk.
    pub clerks: Vec<ReportLine>,
    /// In which languages it is printed.
    pub languages: Languages,
}

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportLine {
    /// The service's letter, or the counter's number.
    pub code: String,
    /// What the figures are of. Where both languages are printed, the Chinese name is enough.
    pub name: Bilingual,
    /// The figures.
    pub figures: DayFigures,
}

/// What is counted. A time of nobody is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayFigures {
    /// Numbers given out.
    pub issued: u32,
    /// Errands that were done.
    pub served: u32,
    /// Mean wait in seconds.
    pub wait_mean_s: Option<u32>,
    /// The wait that nine in ten did not exceed, in seconds.
    pub wait_ninth_tenth_s: Option<u32>,
    /// The longest wait in seconds.
    pub wait_longest_s: Option<u32>,
    /// Mean time of handling in seconds.
    pub handling_mean_s: Option<u32>,
    /// How many waited longer than they were promised.
    pub over_target: u32,
    /// How many errands took longer than the limit of their service.
    pub over_limit: u32,
    /// Calls to which nobody came.
    pub no_shows: u32,
    /// Numbers that were given up.
    pub cancelled: u32,
    /// Numbers left over at the end of the day.
    pub expired: u32,
    /// Numbers that were on no paper.
    pub on_no_paper: u32,
}

type Words = (&'static str, &'static str);

/// A column of a table, or a line of the figures of the whole hall.
struct Figure {
    words: Words,
    value: fn(&DayFigures) -> String,
}

const fn figure(words: Words, value: fn(&DayFigures) -> String) -> Figure {
    Figure { words, value }
}

/// Each on a line of its own, so it has its full name.
const WHOLE: [Figure; 12] = [
    figure(("取号", "Numbers issued"), |day| day.issued.to_string()),
    figure(("办结", "Errands done"), |day| day.served.to_string()),
    figure(("平均等候", "Mean wait"), |day| {
        minutes(day.wait_mean_s)
    }),
    figure(("九成等候不超过", "9 in 10 waited up to"), |day| {
        minutes(day.wait_ninth_tenth_s)
    }),
    figure(("最长等候", "Longest wait"), |day| {
        minutes(day.wait_longest_s)
    }),
    figure(("平均办理", "Mean handling"), |day| {
        minutes(day.handling_mean_s)
    }),
    figure(("等候超过承诺", "Waits over target"), |day| {
        day.over_target.to_string()
    }),
    figure(("办理超过时限", "Over handling limit"), |day| {
        day.over_limit.to_string()
    }),
    figure(("过号", "Missed calls"), |day| day.no_shows.to_string()),
    figure(("取消", "Cancelled"), |day| day.cancelled.to_string()),
    figure(("未办理", "Left over"), |day| day.expired.to_string()),
    figure(("没有纸票", "On no paper"), |day| {
        day.on_no_paper.to_string()
    }),
];

/// The most telling last: a narrow roll has room for those alone.
const OF_SERVICE: [Figure; 6] = [
    figure(("取号", "Nos."), |day| day.issued.to_string()),
    figure(("办理", "Work"), |day| minutes(day.handling_mean_s)),
    figure(("办结", "Done"), |day| day.served.to_string()),
    figure(("均等", "Wait"), |day| minutes(day.wait_mean_s)),
    figure(("最长", "Max"), |day| minutes(day.wait_longest_s)),
    figure(("超时", "Late"), |day| day.over_target.to_string()),
];

/// Of a counter, and of a clerk.
const OF_DESK: [Figure; 6] = [
    figure(("均等", "Wait"), |day| minutes(day.wait_mean_s)),
    figure(("最长", "Max"), |day| minutes(day.wait_longest_s)),
    figure(("办结", "Done"), |day| day.served.to_string()),
    figure(("办理", "Work"), |day| minutes(day.handling_mean_s)),
    figure(("超限", "Over"), |day| day.over_limit.to_string()),
    figure(("过号", "Miss"), |day| day.no_shows.to_string()),
];

/// Columns of the tables on a narrow roll.
const NARROW_COLUMNS: usize = 4;

/// As wide as figures become.
const WIDEST_FIGURE: &str = "000.0";

/// One decimal, as long as it tells something: from 100 minutes on it does not.
fn minutes(time_s: Option<u32>) -> String {
    match time_s {
        None => "-".into(),
        Some(seconds) if seconds < 5_997 => {
            let tenths = (seconds + 3) / 6;
            format!("{}.{}", tenths / 10, tenths % 10)
        }
        Some(seconds) => ((seconds + 30) / 60).to_string(),
    }
}

impl Report {
    /// A filled report for previews, galleries and tests.
    pub fn example() -> Self {
        let time = |issued: u32, seconds: u32| (issued > 0).then_some(issued * seconds / 10);
        let figures = |issued: u32| DayFigures {
            issued,
            served: issued - issued / 12,
            wait_mean_s: time(issued, 93),
            wait_ninth_tenth_s: time(issued, 179),
            wait_longest_s: time(issued, 317),
            handling_mean_s: time(issued, 11).map(|seconds| 170 + seconds),
            over_target: issued / 9,
            over_limit: issued / 23,
            no_shows: issued / 17,
            cancelled: issued / 31,
            expired: 0,
            on_no_paper: issued / 60,
        };
        let line = |(code, zh, en, issued): (&str, &str, &str, u32)| ReportLine {
            code: code.into(),
            name: Bilingual::new(zh, en),
            figures: figures(issued),
        };
        Self {
            hall: Bilingual::new("城东供电营业厅", "Chengdong Power Service Hall"),
            day: "2026-11-22".into(),
            until: "2026-11-22 17:45".into(),
            whole: figures(128),
            services: [
                ("A", "电费缴纳", "Pay an electricity bill", 64),
                ("B", "新装增容", "New connection, more capacity", 14),
                ("C", "变更用电", "Change of name, meter, tariff", 23),
                ("D", "咨询查询", "Questions and look-ups", 27),
                ("E", "故障报修", "Report a fault", 0),
            ]
            .map(line)
            .into(),
            counters: [
                ("1", "综合业务", "General business", 103),
                ("3", "大客户室", "Key accounts", 25),
            ]
            .map(line)
            .into(),
            clerks: [
                ("", "王芳", "王芳", 55),
                ("", "李明", "李明", 48),
                ("", "Alexandra Zhao", "Alexandra Zhao", 25),
            ]
            .map(line)
            .into(),
            languages: Languages::Both,
        }
    }
}

impl Document for Report {
    fn lay_out(&self, paper: Paper, letters: &dyn Letters) -> Vec<Line> {
        let template = Template {
            languages: self.languages,
            ..Template::default()
        };
        let mut sheet = Sheet::new(&template, paper, letters);
        sheet.report_head(self);
        for figure in &WHOLE {
            sheet.pair(figure.words, &(figure.value)(&self.whole));
        }
        sheet.table(("业务", "Service"), &self.services, &OF_SERVICE);
        sheet.table(("窗口", "Counter"), &self.counters, &OF_DESK);
        sheet.table(("柜员", "Clerk"), &self.clerks, &OF_DESK);
        sheet.report_foot(self);
        sheet.lines
    }
}

impl Sheet<'_> {
    fn report_head(&mut self, report: &Report) {
        self.bilingual(&report.hall, Style::Heading, Style::Body);
        self.gap(12);
        self.bar(("当日报表", "REPORT OF THE DAY"));
        self.gap(8);
        self.centred(&report.day, Style::Title);
        self.gap(8);
    }

    /// A name at the left and its figure at the right. Where both languages have no room beside it,
    /// the English one stands below.
    fn pair(&mut self, words: Words, value: &str) {
        let figure = right(value, Style::Strong);
        let column = self.letters.width_dots(WIDEST_FIGURE, Style::Strong);
        let words = self.words(words);
        let both = one_line(&words, " ");
        let fits = self.letters.width_dots(&both, Style::Body) + column <= self.room();
        if fits || words.zh.is_empty() {
            self.row(&both, vec![figure], column, Style::Body);
        } else {
            self.row(&words.zh, vec![figure], column, Style::Body);
            self.lines.push(Line::Text(left(&words.en, Style::Fine)));
        }
    }

    fn table(&mut self, title: Words, lines: &[ReportLine], columns: &[Figure]) {
        if lines.is_empty() {
            return;
        }
        let skipped = match self.paper.is_narrow() {
            true => columns.len() - NARROW_COLUMNS,
            false => 0,
        };
        let columns = &columns[skipped..];
        let column = self.column_dots(columns);
        self.gap(12);
        self.rule(Weight::Heavy);
        self.gap(8);
        self.table_head(title, columns, column);
        self.gap(4);
        self.rule(Weight::Light);
        for line in lines {
            let name = self.template.languages.of(&line.name);
            let name = if name.zh.is_empty() {
                &name.en
            } else {
                &name.zh
            };
            let name = joined(&line.code, name, " ");
            let value = |one: &Figure| right(&(one.value)(&line.figures), Style::Fine);
            self.gap(4);
            self.row(
                &name,
                columns.iter().map(value).collect(),
                column,
                Style::Fine,
            );
        }
    }

    /// Both languages one under the other, each over its figures.
    fn table_head(&mut self, title: Words, columns: &[Figure], column: u32) {
        let title = self.words(title);
        let heads: Vec<Bilingual> = columns.iter().map(|one| self.words(one.words)).collect();
        let of = |text: fn(&Bilingual) -> &str| -> Vec<TextLine> {
            let heads = heads.iter().map(text);
            heads.map(|head| right(head, Style::Fine)).collect()
        };
        let (zh, en) = (of(|head| &head.zh), of(|head| &head.en));
        for (name, heads) in [(&title.zh, zh), (&title.en, en)] {
            if !name.is_empty() {
                self.row(name, heads, column, Style::Fine);
            }
        }
    }

    fn column_dots(&self, columns: &[Figure]) -> u32 {
        let heads = columns.iter().map(|one| self.words(one.words));
        let widest = heads.map(|head| {
            let width = |text: &str| self.letters.width_dots(text, Style::Fine);
            width(&head.zh).max(width(&head.en)) + width("  ")
        });
        let figure = self.letters.width_dots(WIDEST_FIGURE, Style::Fine);
        widest.fold(figure, u32::max)
    }

    /// The name stands beside the figures where it fits, else over them.
    fn row(&mut self, name: &str, figures: Vec<TextLine>, column: u32, style: Style) {
        let used = column * figures.len() as u32;
        let room = self.room().saturating_sub(used);
        let mut words = left(name, style);
        if words.width_dots(self.letters) > room {
            for line in self.wrapped(name, style) {
                self.lines.push(Line::Text(left(&line, style)));
            }
            words = left("", style);
        }
        self.lines.push(Line::Row {
            words,
            figures,
            column,
        });
    }

    fn report_foot(&mut self, report: &Report) {
        self.gap(10);
        self.rule(Weight::Heavy);
        self.gap(8);
        self.say(("时间以分钟计", "Times are in minutes"), Style::Fine);
        let until = one_line(&self.words(("统计至", "Counted up to")), " ");
        self.lines_of_spans(Some(vec![
            span(&format!("{until}  "), Style::Fine),
            span(&report.until, Style::Fine),
        ]));
    }
}

fn right(text: &str, style: Style) -> TextLine {
    TextLine {
        place: Place::Right,
        ..left(text, style)
    }
}
