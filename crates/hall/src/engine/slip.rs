//! How slips look, as the row that the programs with a printer see.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use protocol::{SlipLanguages, SlipRow, Text};
use ticket::{Bilingual, Bitmap, Languages, Template};

use crate::settings::TicketSettings;

/// The row; `None` where every slip is a standard one.
pub(super) fn slip_row(settings: &TicketSettings) -> Option<SlipRow> {
    let TicketSettings {
        template,
        large_print,
        papers,
    } = settings;
    let standard = *template == Template::default() && !large_print && !papers;
    (!standard).then(|| SlipRow {
        order: template
            .order
            .iter()
            .map(|part| part.name().to_owned())
            .collect(),
        languages: languages(template.languages),
        texts: template
            .labels
            .iter()
            .map(|(label, words)| (label.name().to_owned(), text(words)))
            .collect(),
        note: text(&template.note),
        large_print: *large_print,
        papers: *papers,
        logo_png: template.logo.as_ref().and_then(base64_png),
    })
}

fn languages(languages: Languages) -> SlipLanguages {
    match languages {
        Languages::Both => SlipLanguages::Both,
        Languages::Chinese => SlipLanguages::Zh,
        Languages::English => SlipLanguages::En,
    }
}

fn text(words: &Bilingual) -> Text {
    Text::new(words.zh.as_str(), words.en.as_str())
}

/// A logo was read from a PNG file and made small when the settings were checked, so writing it as
/// one again does not fail; if it did, slips would go without it.
fn base64_png(logo: &Bitmap) -> Option<String> {
    logo.to_png().ok().map(|png| STANDARD.encode(png))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{DEFAULT_HALL, HallSettings};

    #[test]
    fn standard_slips_need_no_row() {
        assert_eq!(slip_row(&HallSettings::default_hall().ticket), None);
    }

    #[test]
    fn one_setting_alone_makes_a_row() {
        for line in ["papers = true", "large_print = true", "languages = 'en'"] {
            let text = format!("{DEFAULT_HALL}\n[ticket]\n{line}\n");
            let settings = HallSettings::parse("hall.toml", &text).expect("sound");
            let row = slip_row(&settings.ticket).expect(line);
            let said = (row.papers, row.large_print, row.languages);
            let english = line.contains("languages");
            let languages = if english {
                SlipLanguages::En
            } else {
                SlipLanguages::Both
            };
            let expected = (line.contains("papers"), line.contains("large"), languages);
            assert_eq!(said, expected, "{line}");
        }
    }

    #[test]
    fn the_row_says_every_setting_and_its_logo_is_the_one_that_was_read() {
        let text = format!(
            "{DEFAULT_HALL}\n[ticket]\norder = ['logo', 'number', 'note']\nlanguages = 'zh'\npapers = true\n\
             texts = {{ your_number = {{ zh = '您的号码', en = 'No.' }} }}\nnote = {{ zh = '热线', en = '' }}\n"
        );
        let mut settings = HallSettings::parse("hall.toml", &text)
            .expect("the settings hold together")
            .ticket;
        let mut logo = Bitmap::new(24, 16);
        logo.blacken_area(2, 2, 9, 9);
        settings.template.logo = Some(logo.clone());
        let row = slip_row(&settings).expect("not the standard slip");
        assert_eq!(row.order, ["logo", "number", "note"]);
        assert_eq!(row.languages, SlipLanguages::Zh);
        assert_eq!(row.texts["your_number"].zh, "您的号码");
        assert!(row.papers && !row.large_print && row.note.zh == "热线");
        let png = STANDARD
            .decode(row.logo_png.expect("a logo"))
            .expect("Base64");
        assert_eq!(ticket::read_logo(&png).expect("a PNG"), logo);
    }
}
