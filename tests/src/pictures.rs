//! Pictures of every page: written for people to look at, and compared with golden ones.
//!
//! A program's `tests/screens.rs` draws a page in a window of the testing backend, takes a
//! snapshot and hands its bytes to an [`Album`]; this package itself draws nothing and knows no
//! toolkit.
//!
//! ```no_run
//! let mut album = e2e::pictures::Album::of("kiosk");
//! # let (width, height, rgba) = (1080, 1920, vec![0u8; 1080 * 1920 * 4]);
//! album.page("start.zh.1080x1920", width, height, &rgba);
//! album.finish(); // fails here, once, with everything that differs
//! ```
//!
//! A name is `<page>.<language>.<size>`, with more parts for a variant: `start.zh.1080x1920.contrast`.
//! What happens with a page is chosen by the environment:
//!
//! | variable | meaning |
//! |---|---|
//! | none | compare with `<program>/tests/goldens/<name>.png`, and fail if it differs or is missing |
//! | `PAIHAO_SHOTS=1` | write the page in full to `target/shots/<program>/<name>.png`; what differs is told, not failed |
//! | `PAIHAO_BLESS=1` | write the golden picture anew |

mod compare;
mod index;
mod picture;

use std::path::{Path, PathBuf};

pub use compare::{Difference, compare};
pub use index::write_index;
pub use picture::Picture;

/// The pages of one program, as its test draws them.
pub struct Album {
    goldens: PathBuf,
    shots: PathBuf,
    differences: PathBuf,
    wish: Wish,
    complaints: Vec<String>,
}

/// What is to be done with each page.
#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    shots: bool,
    bless: bool,
}

impl Album {
    /// The album of the program in this folder of the workspace, such as `kiosk`.
    #[must_use]
    pub fn of(program: &str) -> Self {
        let wish = Wish {
            shots: is_set("PAIHAO_SHOTS"),
            bless: is_set("PAIHAO_BLESS"),
        };
        Self::under(&workspace(), program, wish)
    }

    fn under(root: &Path, program: &str, wish: Wish) -> Self {
        let shots = root.join("target/shots");
        Self {
            goldens: root.join(program).join("tests/goldens"),
            differences: shots.join("differences").join(program),
            shots: shots.join(program),
            wish,
            complaints: Vec::new(),
        }
    }

    /// Takes in one page: `rgba` is what the window drew, 8 bits per channel, rows from the top.
    ///
    /// # Panics
    /// If `rgba` has another length than `width` and `height` say, or a file cannot be written.
    pub fn page(&mut self, name: &str, width: u32, height: u32, rgba: &[u8]) {
        let page = Picture::from_rgba(width, height, rgba);
        if self.wish.shots {
            self.write_shot(name, &page);
        }
        let small = page.small();
        if self.wish.bless {
            small.write(&self.golden(name));
        } else if let Err(complaint) = self.hold_against_golden(name, &page, &small) {
            self.complaints.push(complaint);
        }
    }

    /// Ends the album.
    ///
    /// # Panics
    /// If a page differed from its golden picture, with the paths of all such pages; not when
    /// pictures were asked for by `PAIHAO_SHOTS=1`, since then somebody is designing.
    pub fn finish(self) {
        if self.complaints.is_empty() {
            return;
        }
        let told = format!(
            "{} of the pages differ:\n\n{}\n\nWhere the new pictures are right: PAIHAO_BLESS=1 cargo test --test screens",
            self.complaints.len(),
            self.complaints.join("\n\n")
        );
        assert!(self.wish.shots, "{told}");
        eprintln!("{told}");
    }

    fn golden(&self, name: &str) -> PathBuf {
        self.goldens.join(format!("{name}.png"))
    }

    fn write_shot(&self, name: &str, page: &Picture) {
        page.write(&self.shots.join(format!("{name}.png")));
        page.small()
            .write(&self.shots.join(index::THUMBS).join(format!("{name}.png")));
    }

    fn hold_against_golden(
        &self,
        name: &str,
        page: &Picture,
        small: &Picture,
    ) -> Result<(), String> {
        let path = self.golden(name);
        if !path.exists() {
            let now = self.keep(name, "now", page);
            return Err(format!(
                "{name}: there is no golden picture yet\n  now      {}\n  expected {}",
                now.display(),
                path.display()
            ));
        }
        let golden = Picture::read(&path).map_err(|error| format!("{name}: {error}"))?;
        let Some(difference) = compare(&golden, small) else {
            return Ok(());
        };
        let now = self.keep(name, "now", page);
        let marked = self.keep(name, "difference", &difference.marked);
        Err(format!(
            "{name}: {difference}\n  golden     {}\n  now        {}\n  difference {}",
            path.display(),
            now.display(),
            marked.display()
        ))
    }

    fn keep(&self, name: &str, what: &str, picture: &Picture) -> PathBuf {
        let path = self.differences.join(format!("{name}.{what}.png"));
        picture.write(&path);
        path
    }
}

/// The folder with the shots and the index page.
#[must_use]
pub fn shots_folder() -> PathBuf {
    workspace().join("target/shots")
}

fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("this package lies in the workspace")
        .to_owned()
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOTS: Wish = Wish {
        shots: true,
        bless: false,
    };
    const BLESS: Wish = Wish {
        shots: false,
        bless: true,
    };
    const COMPARE: Wish = Wish {
        shots: false,
        bless: false,
    };

    fn page(colour: [u8; 4]) -> Vec<u8> {
        colour.repeat(96 * 64)
    }

    fn show(root: &Path, wish: Wish, colour: [u8; 4]) -> Vec<String> {
        let mut album = Album::under(root, "kiosk", wish);
        album.page("start.zh.96x64", 96, 64, &page(colour));
        album.complaints
    }

    const TEAL: [u8; 4] = [10, 86, 84, 255];
    const RED: [u8; 4] = [151, 17, 29, 255];

    #[test]
    fn a_blessed_page_is_the_same_afterwards_and_another_one_is_not() {
        let root = tempfile::tempdir().unwrap();
        show(root.path(), BLESS, TEAL);
        assert!(
            root.path()
                .join("kiosk/tests/goldens/start.zh.96x64.png")
                .exists()
        );
        assert_eq!(show(root.path(), COMPARE, TEAL), Vec::<String>::new());
        assert_eq!(show(root.path(), COMPARE, RED).len(), 1);
    }

    #[test]
    fn a_complaint_names_three_pictures_that_exist() {
        let root = tempfile::tempdir().unwrap();
        show(root.path(), BLESS, TEAL);
        let complaint = show(root.path(), COMPARE, RED).remove(0);
        let paths: Vec<&Path> = complaint
            .split_whitespace()
            .filter(|word| word.ends_with(".png"))
            .map(Path::new)
            .collect();
        assert_eq!(paths.len(), 3, "{complaint}");
        assert!(paths.iter().all(|path| path.exists()), "{complaint}");
    }

    #[test]
    fn a_page_without_a_golden_picture_is_a_complaint() {
        let root = tempfile::tempdir().unwrap();
        let complaints = show(root.path(), COMPARE, TEAL);
        assert!(
            complaints[0].contains("no golden picture"),
            "{complaints:?}"
        );
    }

    #[test]
    fn shots_are_written_in_full_with_a_thumbnail() {
        let root = tempfile::tempdir().unwrap();
        show(root.path(), SHOTS, TEAL);
        let shots = root.path().join("target/shots/kiosk");
        let full = Picture::read(&shots.join("start.zh.96x64.png")).unwrap();
        assert_eq!((full.width(), full.height()), (96, 64));
        assert!(shots.join("thumbs/start.zh.96x64.png").exists());
    }

    #[test]
    #[should_panic(expected = "1 of the pages differ")]
    fn finishing_fails_when_a_page_differs() {
        let root = tempfile::tempdir().unwrap();
        let mut album = Album::under(root.path(), "kiosk", COMPARE);
        album.page("start.zh.96x64", 96, 64, &page(TEAL));
        album.finish();
    }
}
