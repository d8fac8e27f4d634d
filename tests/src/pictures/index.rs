use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folder of the small pictures beside the full ones.
pub(super) const THUMBS: &str = "thumbs";

const STYLE: &str = "
body { margin: 0 auto; padding: 24px; max-width: 1600px; background: #faf8f3; color: #15211f;
       font: 16px/1.4 'Noto Sans CJK SC', 'Noto Sans', sans-serif; }
h1 { font-size: 28px; } h2 { font-size: 22px; margin: 48px 0 0; border-top: 2px solid #0a5654; padding-top: 16px; }
h3 { font-size: 16px; margin: 32px 0 8px; } nav a { margin-right: 24px; } a { color: #0a5654; }
.row { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-end; }
figure { margin: 0; } figcaption { font-size: 13px; color: #414c4a; }
img { display: block; max-width: 460px; max-height: 460px; border: 1px solid #dcd8cd; background: #fff; }
";

/// A picture that lies in the folder, and what its name says.
struct Shot {
    page: String,
    variant: String,
    full: String,
    thumb: String,
}

/// Writes `index.html` into the folder of the shots: by program, then by page, each variant
/// (language, size, theme) a small picture that leads to the full one. Gives its path.
///
/// # Errors
/// If the folder does not exist or cannot be written.
pub fn write_index(folder: &Path) -> Result<PathBuf> {
    let mut programs = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| {
        format!(
            "no shots in {}: draw them first with cargo xtask shots",
            folder.display()
        )
    })? {
        let path = entry?.path();
        if path.join(THUMBS).is_dir() {
            programs.insert(last_part(&path), shots_of(&path)?);
        }
    }
    let index = folder.join("index.html");
    fs::write(&index, html(&programs)).with_context(|| format!("write {}", index.display()))?;
    Ok(index)
}

/// The shots of one program, those of a page together.
fn shots_of(folder: &Path) -> Result<Vec<Shot>> {
    let program = last_part(folder);
    let mut shots = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = last_part(&entry?.path());
        let Some(name) = file.strip_suffix(".png") else {
            continue;
        };
        let (page, variant) = name.split_once('.').unwrap_or((name, ""));
        shots.push(Shot {
            page: page.to_owned(),
            variant: variant.replace('.', " · "),
            full: format!("{program}/{file}"),
            thumb: format!("{program}/{THUMBS}/{file}"),
        });
    }
    shots.sort_by(|a, b| (&a.page, &a.variant).cmp(&(&b.page, &b.variant)));
    Ok(shots)
}

fn html(programs: &BTreeMap<String, Vec<Shot>>) -> String {
    let links: String = programs
        .iter()
        .map(|(program, shots)| format!("<a href=\"#{program}\">{program}</a> ({}) ", shots.len()))
        .collect();
    let sections: String = programs
        .iter()
        .map(|(program, shots)| section(program, shots))
        .collect();
    format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Paihao: every page</title>\n<style>{STYLE}</style>\n\
         <h1>Paihao: every page</h1>\n<nav>{links}</nav>\n{sections}"
    )
}

fn section(program: &str, shots: &[Shot]) -> String {
    let mut text = format!("<h2 id=\"{program}\">{program}</h2>\n");
    for page in shots.chunk_by(|a, b| a.page == b.page) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "<h3>{}</h3>\n<div class=\"row\">", page[0].page);
        for shot in page {
            let _ = writeln!(
                text,
                "<figure><a href=\"{}\"><img loading=\"lazy\" src=\"{}\" alt=\"{} {}\"></a><figcaption>{}</figcaption></figure>",
                shot.full, shot.thumb, shot.page, shot.variant, shot.variant
            );
        }
        text.push_str("</div>\n");
    }
    text
}

fn last_part(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_groups_by_program_and_page_and_links_each_picture() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "kiosk/start.zh.1080x1920",
            "kiosk/start.en.1080x1920",
            "counter/main.zh.420x800.contrast",
        ];
        for name in names {
            let (program, file) = name.split_once('/').unwrap();
            let thumbs = folder.path().join(program).join(THUMBS);
            fs::create_dir_all(&thumbs).unwrap();
            fs::write(folder.path().join(format!("{name}.png")), "").unwrap();
            fs::write(thumbs.join(format!("{file}.png")), "").unwrap();
        }
        let index = write_index(folder.path()).unwrap();
        let text = fs::read_to_string(index).unwrap();
        for name in names {
            assert_eq!(text.matches(&format!("href=\"{name}.png\"")).count(), 1);
        }
        assert_eq!(text.matches("<h3>").count(), 2);
        assert!(text.contains("zh · 420x800 · contrast"));
    }

    #[test]
    fn without_shots_the_message_says_how_to_draw_them() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_index(&folder.path().join("none")).unwrap_err();
        assert!(format!("{error:#}").contains("cargo xtask shots"));
    }
}
