//! What the decoder reads, and what it has to be spared.

use escpost_profiles::resolver::resolve;
use escpost_render::{MonoSurface, render};
use ticket::{Document, Method, Printer, PrinterSettings, Typeface, render_preview};

/// Both widths of paper, each with a printer that the decoder knows: an ideal one, and a real one
/// with its faults (it ignores `ESC J`, `GS V 66` and an end of line after an image).
pub const PAPERS: [(u32, &str); 2] = [(576, "REFERENCE"), (384, "NT-5890K")];

/// `GS ( H` at the end of a job, which the decoder does not know.
const COMPLETION_BYTES: usize = 11;

pub fn printer(method: Method, dots: u32) -> Printer {
    let mut settings = PrinterSettings::network("127.0.0.1:9100");
    settings.method = method;
    settings.dots = dots;
    Printer::new(settings).expect("Noto Sans CJK is installed")
}

pub fn paper_bytes(printer: &Printer, document: &dyn Document) -> Vec<u8> {
    let mut bytes = printer.bytes(document, 7).expect("it can be printed");
    bytes.truncate(bytes.len() - COMPLETION_BYTES);
    bytes
}

pub fn only_sheet(bytes: &[u8], profile: &str) -> MonoSurface {
    let profile = resolve(profile).expect("the decoder knows the printer");
    let mut sheets = render(bytes, profile)
        .expect("the decoder takes every byte")
        .sheets;
    assert_eq!(sheets.len(), 1, "one slip is one cut sheet");
    sheets.remove(0).surface
}

/// The decoder has no Chinese mode, so its two commands are taken out; all others must be sound.
pub fn only_native_sheet(bytes: &[u8], profile: &str) -> MonoSurface {
    let kept = without_chinese_mode(bytes);
    assert_eq!(kept.len() + 4, bytes.len());
    only_sheet(&kept, profile)
}

/// Breaking commands inside of image data costs a dot here and there, and never takes one away.
pub fn sees_the_preview_dot_by_dot(name: &str, document: &dyn Document) {
    const ADDED_DOTS_MAX: usize = 400;
    let typeface = Typeface::load(None).expect("Noto Sans CJK is installed");
    for (dots, profile) in PAPERS {
        let bytes = paper_bytes(&printer(Method::Raster, dots), document);
        let sheet = only_sheet(&bytes, profile);
        let preview = render_preview(document, dots, &typeface);
        let mut added = 0;
        for y in 0..preview.height() {
            for x in 0..dots {
                let (printed, wanted) = (sheet.is_printed(x, y), preview.is_black(x, y));
                assert!(printed || !wanted, "{name}: lost {x},{y}");
                added += usize::from(printed && !wanted);
            }
        }
        assert!(added <= ADDED_DOTS_MAX, "{name}: {added} dots added");
    }
}

fn without_chinese_mode(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = match rest {
            [0x1c, 0x26 | 0x2e, after @ ..] => after,
            _ => {
                kept.push(*first);
                tail
            }
        };
    }
    kept
}
