use std::fmt;
use std::str::FromStr;

use protocol::Text;
use serde::Deserialize;

/// The language of a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Chinese, simplified.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// Every language, in a fixed order.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The hall's text in this language, or in the other one where the hall has only that.
    #[must_use]
    pub fn of(self, text: &Text) -> &str {
        let (wanted, other) = match self {
            Self::Zh => (&text.zh, &text.en),
            Self::En => (&text.en, &text.zh),
        };
        if wanted.is_empty() { other } else { wanted }
    }

    /// What [`slint::select_bundled_translation`] is to be given. English is the source language.
    #[must_use]
    pub fn locale(self) -> &'static str {
        match self {
            Self::Zh => "zh_CN",
            Self::En => "",
        }
    }

    /// The other language.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zh => "zh",
            Self::En => "en",
        })
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = |language: &Self| language.to_string() == text;
        let found = Self::ALL.into_iter().find(named);
        found.ok_or_else(|| format!("`{text}` is no language here: write zh or en"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_one_language_only_is_better_than_none() {
        let both = Text::new("综合业务", "General business");
        assert_eq!(Language::Zh.of(&both), "综合业务");
        assert_eq!(Language::En.of(&both), "General business");
        assert_eq!(Language::En.of(&Text::new("综合业务", "")), "综合业务");
    }
}
