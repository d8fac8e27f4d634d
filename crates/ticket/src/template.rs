//! How a hall wants its slips: which parts in which order, its logo, its words.

use std::collections::BTreeMap;

use crate::bitmap::Bitmap;
use crate::slip::Bilingual;

/// What is the same on every slip of a hall. The default is the standard slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The parts from top to bottom. One that is left out is not printed; the number always is.
    pub order: Vec<Part>,
    /// A picture for [`Part::Logo`].
    pub logo: Option<Bitmap>,
    /// Which languages are printed.
    pub languages: Languages,
    /// The hall's own words in place of the standard ones.
    pub labels: BTreeMap<Label, Bilingual>,
    /// A text of the hall for [`Part::Note`], such as its hotline.
    pub note: Bilingual,
}

/// One part of a slip. A part with nothing to say takes no paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The picture of the template.
    Logo,
    /// The hall's name.
    Hall,
    /// The number with the bar of a copy and the badge 优先.
    Number,
    /// The service, its appointment and the further services.
    Service,
    /// People ahead and expected wait.
    Queue,
    /// Zone and counters.
    Place,
    /// When it was given and how long it is valid, with the QR code.
    Time,
    /// What happens to somebody who misses the call.
    MissedCall,
    /// The text of the template.
    Note,
    /// The serial by which staff find the ticket again.
    Serial,
    /// The papers that the service needs.
    Papers,
}

impl Part {
    /// Every part, in the order of the standard slip.
    pub const ALL: [Self; 11] = [
        Self::Logo,
        Self::Hall,
        Self::Number,
        Self::Service,
        Self::Queue,
        Self::Place,
        Self::Time,
        Self::MissedCall,
        Self::Note,
        Self::Serial,
        Self::Papers,
    ];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::Hall => "hall",
            Self::Number => "number",
            Self::Service => "service",
            Self::Queue => "queue",
            Self::Place => "place",
            Self::Time => "time",
            Self::MissedCall => "missed_call",
            Self::Note => "note",
            Self::Serial => "serial",
            Self::Papers => "papers",
        }
    }

    /// The part of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// Which languages are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Languages {
    /// Chinese and English.
    #[default]
    Both,
    /// Chinese alone.
    Chinese,
    /// English alone.
    English,
}

impl Languages {
    /// By the name in settings: `zh` or `en` alone, or `both`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "both" => Some(Self::Both),
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// A text without the language that is not printed. One that exists in the other language
    /// alone is kept: better foreign than missing.
    pub(crate) fn of(self, text: &Bilingual) -> Bilingual {
        match self {
            Self::Chinese if !text.zh.is_empty() => Bilingual::new(text.zh.as_str(), ""),
            Self::English if !text.en.is_empty() => Bilingual::new("", text.en.as_str()),
            _ => text.clone(),
        }
    }
}

/// A word that the slip says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// Over the number.
    YourNumber,
    /// The badge.
    Priority,
    /// Before the time of an appointment.
    Appointment,
    /// Before the further services.
    Further,
    /// Over the people ahead.
    Ahead,
    /// Over the expected wait.
    Wait,
    /// Over zone and counters.
    GoTo,
    /// Before the time of issue.
    Issued,
    /// For one that is valid on the day of its issue.
    ValidToday,
    /// Before another day.
    ValidOn,
    /// Beside the QR code.
    Scan,
    /// Over the papers.
    Papers,
}

impl Label {
    /// Every label.
    pub const ALL: [Self; 12] = [
        Self::YourNumber,
        Self::Priority,
        Self::Appointment,
        Self::Further,
        Self::Ahead,
        Self::Wait,
        Self::GoTo,
        Self::Issued,
        Self::ValidToday,
        Self::ValidOn,
        Self::Scan,
        Self::Papers,
    ];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::YourNumber => "your_number",
            Self::Priority => "priority",
            Self::Appointment => "appointment",
            Self::Further => "further",
            Self::Ahead => "ahead",
            Self::Wait => "wait",
            Self::GoTo => "go_to",
            Self::Issued => "issued",
            Self::ValidToday => "valid_today",
            Self::ValidOn => "valid_on",
            Self::Scan => "scan",
            Self::Papers => "papers",
        }
    }

    /// The label of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.name() == name)
    }

    fn standard(self) -> (&'static str, &'static str) {
        match self {
            Self::YourNumber => ("您的排队号", "Your number"),
            Self::Priority => ("优先", "PRIORITY"),
            Self::Appointment => ("预约", "Appointment"),
            Self::Further => ("之后还办理", "And then"),
            Self::Ahead => ("前面等候", "Ahead"),
            Self::Wait => ("预计等候", "Wait (min)"),
            Self::GoTo => ("叫到号后请到", "When called, go to"),
            Self::Issued => ("取号时间", "Issued"),
            Self::ValidToday => ("仅当日有效", "Valid today"),
            Self::ValidOn => ("有效日期", "Valid on"),
            Self::Scan => ("扫码查看进度", "Scan to follow the queue"),
            Self::Papers => ("请备齐以下材料", "Papers to bring"),
        }
    }
}

impl Default for Template {
    fn default() -> Self {
        Self {
            order: Part::ALL.to_vec(),
            logo: None,
            languages: Languages::Both,
            labels: BTreeMap::new(),
            note: Bilingual::default(),
        }
    }
}

impl Template {
    /// The words of a label, in the languages that are printed.
    pub(crate) fn label(&self, label: Label) -> Bilingual {
        let (zh, en) = label.standard();
        let own = self.labels.get(&label).cloned();
        self.languages
            .of(&own.unwrap_or_else(|| Bilingual::new(zh, en)))
    }

    /// The parts in their order, each once. The number, without which a slip is none, stands first
    /// where the order forgot it, and the papers last: only a slip that was asked for them has any.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        if !self.order.contains(&Part::Number) {
            parts.push(Part::Number);
        }
        for part in &self.order {
            if !parts.contains(part) {
                parts.push(*part);
            }
        }
        if !parts.contains(&Part::Papers) {
            parts.push(Part::Papers);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back() {
        assert!(
            Part::ALL
                .iter()
                .all(|part| Part::named(part.name()) == Some(*part))
        );
        assert!(
            Label::ALL
                .iter()
                .all(|one| Label::named(one.name()) == Some(*one))
        );
        assert_eq!(Part::named("nothing"), None);
    }

    #[test]
    fn a_slip_always_has_its_number_and_each_part_once() {
        let order = vec![Part::Hall, Part::Serial, Part::Hall];
        let template = Template {
            order,
            ..Template::default()
        };
        let parts = [Part::Number, Part::Hall, Part::Serial, Part::Papers];
        assert_eq!(template.parts(), parts);
    }
}
