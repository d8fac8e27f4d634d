//! A font in two weights, measured and drawn in dots.

mod file;
mod stamps;

use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontRef, PxScale, ScaleFont};

use self::stamps::Stamps;
use crate::bitmap::Bitmap;

/// A regular and a bold weight of one family.
///
/// The font files are mapped and not read: of their 40 MB only the pages with the letters that
/// were drawn are in memory.
pub struct Typeface {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
    stamps: Stamps,
}

/// How letters are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lettering {
    /// Height of the em square in dots, which is the height of a Chinese character.
    pub em_dots: u32,
    /// Width against the font's own, in per cent: under 100 is condensed.
    pub width_percent: u32,
    /// True takes the bold weight.
    pub bold: bool,
}

/// No usable font.
#[derive(Debug, thiserror::Error)]
pub enum TypefaceError {
    /// None of the usual places has one.
    #[error(
        "no Chinese font found; install Noto Sans CJK (Debian: apt-get install fonts-noto-cjk) or name a font file in the printer's settings"
    )]
    NotFound,
    /// The file cannot be read.
    #[error("the font file {path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no font.
    #[error("{path} is not a font file in TrueType or OpenType format", path = path.display())]
    NotAFont {
        /// The file.
        path: PathBuf,
    },
}

/// Where Debian, Arch, Fedora and openSUSE install Noto Sans CJK.
const USUAL_PLACES: [&str; 4] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
];

/// The collections of Noto Sans CJK hold JP, KR, SC, TC, HK in this order.
const SIMPLIFIED_CHINESE_FACE: u32 = 2;

impl Typeface {
    /// Loads the named file, or Noto Sans CJK from where systems keep it. The bold weight is the
    /// file beside it with `Bold` for `Regular` in its name; without one, regular stands in.
    pub fn load(regular: Option<&Path>) -> Result<Self, TypefaceError> {
        let path = match regular {
            Some(path) => path.to_owned(),
            None => usual_place().ok_or(TypefaceError::NotFound)?,
        };
        let bold = bold_beside(&path).unwrap_or_else(|| path.clone());
        Ok(Self {
            regular: load_face(&path)?,
            bold: load_face(&bold)?,
            stamps: Stamps::default(),
        })
    }

    /// The width of a text in dots, rounded up.
    pub fn width_dots(&self, text: &str, lettering: Lettering) -> u32 {
        self.advance(text, lettering).ceil() as u32
    }

    /// Draws a text with its left end at `x` and its baseline at `y`.
    pub fn draw(&self, bitmap: &mut Bitmap, text: &str, lettering: Lettering, x: u32, y: u32) {
        let font = self.weight(lettering);
        let scale = em_scale(font, lettering);
        let scaled = font.as_scaled(scale);
        let mut left = x as f32;
        for character in text.chars() {
            let id = font.glyph_id(character);
            self.stamps
                .press(font, (id, lettering), scale, (left, y), bitmap);
            left += scaled.h_advance(id);
        }
    }

    fn advance(&self, text: &str, lettering: Lettering) -> f32 {
        let font = self.weight(lettering);
        let scaled = font.as_scaled(em_scale(font, lettering));
        let ids = text.chars().map(|character| scaled.glyph_id(character));
        ids.map(|id| scaled.h_advance(id)).sum()
    }

    fn weight(&self, lettering: Lettering) -> &FontRef<'static> {
        match lettering.bold {
            true => &self.bold,
            false => &self.regular,
        }
    }
}

fn usual_place() -> Option<PathBuf> {
    let places = USUAL_PLACES.iter().map(PathBuf::from);
    places.into_iter().find(|path| path.is_file())
}

fn bold_beside(regular: &Path) -> Option<PathBuf> {
    let name = regular.file_name()?.to_str()?;
    let bold = regular.with_file_name(name.replace("Regular", "Bold"));
    bold.is_file().then_some(bold)
}

fn load_face(path: &Path) -> Result<FontRef<'static>, TypefaceError> {
    let unreadable = |source| TypefaceError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let data = file::mapped(path).map_err(unreadable)?;
    let face = match data.starts_with(b"ttcf") {
        true => SIMPLIFIED_CHINESE_FACE,
        false => 0,
    };
    let not_a_font = |_| TypefaceError::NotAFont {
        path: path.to_owned(),
    };
    FontRef::try_from_slice_and_index(data, face).map_err(not_a_font)
}

/// `ab_glyph` scales by the line height that the font asks for; we think in em squares.
fn em_scale(font: &FontRef<'_>, lettering: Lettering) -> PxScale {
    let em = font.units_per_em().unwrap_or(1000.0);
    let y = lettering.em_dots as f32 * font.height_unscaled() / em;
    PxScale {
        x: y * lettering.width_percent as f32 / 100.0,
        y,
    }
}
