//! How the hall's slips look.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use protocol::Text;
use ticket::{Bilingual, Bitmap, Label, Languages, Part, Template};
use toml::Spanned;

use super::super::TicketSettings;
use super::super::file::TicketEntry;
use super::Faults;

impl Faults {
    pub(super) fn ticket(&mut self, entry: &TicketEntry, folder: &Path) -> TicketSettings {
        let mut order = self.parts(entry);
        if !entry.missed_call_rule {
            order.retain(|part| *part != Part::MissedCall);
        }
        let logo = entry.logo.as_ref();
        TicketSettings {
            template: Template {
                order,
                logo: logo.and_then(|file| self.logo(file, folder)),
                languages: self.languages(entry.languages.as_ref()),
                labels: self.labels(&entry.texts),
                note: bilingual(&entry.note),
            },
            large_print: entry.large_print,
            papers: entry.papers,
        }
    }

    fn parts(&mut self, entry: &TicketEntry) -> Vec<Part> {
        let Some(order) = &entry.order else {
            return Part::ALL.to_vec();
        };
        let known = Part::ALL.map(Part::name);
        for name in order {
            self.word("part of a ticket", name, &known);
        }
        let parts = order.iter().filter_map(|name| Part::named(name.get_ref()));
        parts.collect()
    }

    fn languages(&mut self, name: Option<&Spanned<String>>) -> Languages {
        let Some(name) = name else {
            return Languages::Both;
        };
        self.word("choice of languages", name, &["both", "zh", "en"]);
        Languages::named(name.get_ref()).unwrap_or_default()
    }

    fn labels(&mut self, texts: &BTreeMap<Spanned<String>, Text>) -> BTreeMap<Label, Bilingual> {
        let known = Label::ALL.map(Label::name);
        let mut labels = BTreeMap::new();
        for (name, text) in texts {
            self.word("text of a ticket", name, &known);
            let label = Label::named(name.get_ref());
            labels.extend(label.map(|label| (label, bilingual(text))));
        }
        labels
    }

    /// The file stands beside the settings, or wherever its whole path says.
    fn logo(&mut self, file: &Spanned<String>, folder: &Path) -> Option<Bitmap> {
        let path = folder.join(file.get_ref());
        let read = fs::read(&path).map_err(|error| error.to_string());
        let logo =
            read.and_then(|bytes| ticket::read_logo(&bytes).map_err(|error| error.to_string()));
        if let Err(reason) = &logo {
            let what = format!("the logo {}: {reason}. Name a PNG file.", path.display());
            self.say(&file.span(), what);
        }
        logo.ok()
    }

    fn word(&mut self, kind: &str, name: &Spanned<String>, known: &[&str]) {
        if !known.contains(&name.get_ref().as_str()) {
            let what = format!(
                "there is no {kind} {:?}. There are: {}.",
                name.get_ref(),
                known.join(", ")
            );
            self.say(&name.span(), what);
        }
    }
}

fn bilingual(text: &Text) -> Bilingual {
    Bilingual::new(text.zh.as_str(), text.en.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::super::{DEFAULT_HALL, HallSettings};
    use ticket::{Bitmap, Label, Languages, Part, Template};

    fn hall(ticket: &str) -> Result<HallSettings, String> {
        let text = format!("{DEFAULT_HALL}\n[ticket]\n{ticket}\n");
        HallSettings::parse("hall.toml", &text).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_word_it_is_the_standard_slip() {
        let settings = HallSettings::default_hall().ticket;
        assert_eq!(settings.template, Template::default());
        assert!(!settings.large_print && !settings.papers);
    }

    #[test]
    fn every_setting_reaches_the_template() {
        let settings = hall(
            "order = ['number', 'hall', 'missed_call', 'papers']\nlanguages = 'zh'\n\
             texts = { your_number = { zh = '您的号码', en = 'No.' } }\n\
             note = { zh = '热线 95598', en = '' }\n\
             large_print = true\npapers = true\nmissed_call_rule = false",
        )
        .unwrap()
        .ticket;
        let template = settings.template;
        assert_eq!(template.order, [Part::Number, Part::Hall, Part::Papers]);
        assert_eq!(template.languages, Languages::Chinese);
        assert_eq!(template.labels[&Label::YourNumber].zh, "您的号码");
        assert_eq!(template.note.zh, "热线 95598");
        assert!(settings.large_print && settings.papers);
    }

    #[test]
    fn the_logo_is_read_from_beside_the_settings() {
        let folder = tempfile::tempdir().unwrap();
        let mut logo = Bitmap::new(24, 16);
        logo.blacken_area(2, 2, 9, 9);
        std::fs::write(folder.path().join("logo.png"), logo.to_png().unwrap()).unwrap();
        let file = folder.path().join("hall.toml");
        let text = format!("{DEFAULT_HALL}\n[ticket]\nlogo = 'logo.png'\n");
        std::fs::write(&file, text).unwrap();
        let read = HallSettings::read(&file).unwrap().ticket.template.logo;
        assert_eq!(read, Some(logo));
    }

    #[test]
    fn a_mistake_says_where_and_what_there_is() {
        for (wrong, expected) in [
            ("order = ['nummer']", "missed_call"),
            ("languages = 'fr'", "both, zh, en"),
            ("texts = { go = { zh = '', en = '' } }", "go_to"),
            ("logo = 'none.png'", "none.png"),
        ] {
            let said = hall(wrong).unwrap_err();
            assert!(
                said.contains(expected) && said.contains("hall.toml:"),
                "{said}"
            );
        }
    }
}
