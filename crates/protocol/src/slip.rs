//! How the hall wants its slips, for every program that prints one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::row::is_default;

/// How the hall's slips look. Sent only where they are not the standard ones; without this row a
/// program prints the standard slip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SlipRow {
    /// The names of its parts from top to bottom, such as `number` or `missed_call`. A program
    /// leaves out a part that it does not know.
    pub order: Vec<String>,
    /// Which languages are printed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub languages: SlipLanguages,
    /// The hall's own words by the names of the standard ones, such as `your_number`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub texts: BTreeMap<String, Text>,
    /// A text of the hall, such as its hotline.
    #[serde(default, skip_serializing_if = "is_default")]
    pub note: Text,
    /// Whether every slip is in large print: number, service and counters alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub large_print: bool,
    /// Whether every slip lists the papers of its service. Otherwise a customer may ask for them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub papers: bool,
    /// The logo: a black and white PNG file in Base64 (RFC 4648 section 4), at 203 dots an inch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_png: Option<String>,
}

/// Which languages are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlipLanguages {
    /// Chinese and English.
    #[default]
    Both,
    /// Chinese alone.
    Zh,
    /// English alone.
    En,
}
