//! The slips that are no tickets as bytes, read back by a decoder that we did not write.

use escpost_profiles::PrinterProfile;
use escpost_profiles::resolver::resolve;
use escpost_render::{MonoSurface, render};
use ticket::{
    Bilingual, Document, Languages, Method, MissingPapers, Printer, PrinterSettings, Report,
    Typeface, render_preview,
};

/// Both widths of paper, each with a printer that the decoder knows.
const PAPERS: [(u32, &str); 2] = [(576, "REFERENCE"), (384, "NT-5890K")];

/// `GS ( H` at the end of a job, which the decoder does not know.
const COMPLETION_BYTES: usize = 11;

fn documents() -> Vec<(&'static str, Box<dyn Document>)> {
    let mut documents: Vec<(_, Box<dyn Document>)> = Vec::new();
    for (name, languages) in [
        ("both", Languages::Both),
        ("zh", Languages::Chinese),
        ("en", Languages::English),
    ] {
        documents.push((name, Box::new(missing(languages))));
        documents.push((name, Box::new(report(languages))));
    }
    documents
}

fn missing(languages: Languages) -> MissingPapers {
    let mut slip = MissingPapers::example();
    slip.template.languages = languages;
    slip
}

fn report(languages: Languages) -> Report {
    Report {
        languages,
        ..Report::example()
    }
}

fn printer(method: Method, dots: u32) -> Printer {
    let mut settings = PrinterSettings::network("127.0.0.1:9100");
    settings.method = method;
    settings.dots = dots;
    Printer::new(settings).expect("Noto Sans CJK is installed")
}

fn paper_bytes(printer: &Printer, document: &dyn Document) -> Vec<u8> {
    let mut bytes = printer.bytes(document, 7).expect("it can be printed");
    bytes.truncate(bytes.len() - COMPLETION_BYTES);
    bytes
}

fn only_sheet(bytes: &[u8], profile: &PrinterProfile) -> MonoSurface {
    let mut sheets = render(bytes, profile)
        .expect("the decoder takes every byte")
        .sheets;
    assert_eq!(sheets.len(), 1, "one slip is one cut sheet");
    sheets.remove(0).surface
}

/// Breaking commands inside of image data costs a dot here and there, and never takes one away.
#[test]
fn the_decoder_sees_the_preview_dot_by_dot() {
    const ADDED_DOTS_MAX: usize = 400;
    let typeface = Typeface::load(None).unwrap();
    for (dots, profile) in PAPERS {
        let printer = printer(Method::Raster, dots);
        for (name, document) in documents() {
            let bytes = paper_bytes(&printer, document.as_ref());
            let sheet = only_sheet(&bytes, resolve(profile).unwrap());
            let preview = render_preview(document.as_ref(), dots, &typeface);
            let (mut black, mut added) = (0, 0);
            for y in 0..preview.height() {
                for x in 0..dots {
                    let printed = sheet.is_printed(x, y);
                    assert!(printed || !preview.is_black(x, y), "{name}: lost {x},{y}");
                    black += usize::from(preview.is_black(x, y));
                    added += usize::from(printed && !preview.is_black(x, y));
                }
            }
            assert!(
                added <= ADDED_DOTS_MAX && black > 5_000,
                "{name}: {added} of {black}"
            );
        }
    }
}

/// Nothing is cut off at an edge: letters keep away from both sides.
#[test]
fn every_letter_is_on_the_paper() {
    const WHITE_DOTS: u32 = 4;
    let typeface = Typeface::load(None).unwrap();
    for (dots, _) in PAPERS {
        for (name, document) in documents() {
            let preview = render_preview(document.as_ref(), dots, &typeface);
            for y in 0..preview.height() {
                let edges = (0..WHITE_DOTS).chain(dots - WHITE_DOTS..dots);
                let black = edges.filter(|x| preview.is_black(*x, y)).count();
                // Rules and bars go from edge to edge.
                let whole = [0, 2 * WHITE_DOTS as usize].contains(&black);
                assert!(whole, "{name} on {dots} dots: row {y}");
            }
        }
    }
}

/// The decoder has no Chinese mode, so its two commands are taken out; all others must be sound.
#[test]
fn native_commands_are_sound_for_the_decoder() {
    for (dots, profile) in PAPERS {
        let printer = printer(Method::Native, dots);
        for (_, document) in documents() {
            let bytes = paper_bytes(&printer, document.as_ref());
            let kept = without_chinese_mode(&bytes);
            assert_eq!(kept.len() + 4, bytes.len());
            let sheet = only_sheet(&kept, resolve(profile).unwrap());
            let inked =
                (0..sheet.height()).filter(|y| (0..sheet.width()).any(|x| sheet.is_printed(x, *y)));
            assert!(inked.count() > 200, "there is something on it");
        }
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

fn says(document: &dyn Document, dots: u32, text: &str) -> bool {
    let bytes = paper_bytes(&printer(Method::Native, dots), document);
    let (encoded, _, _) = encoding_rs::GB18030.encode(text);
    let mut windows = bytes.windows(encoded.len());
    windows.any(|window| window == &*encoded)
}

#[test]
fn a_missing_papers_slip_says_all_that_the_customer_needs() {
    for (dots, _) in PAPERS {
        for text in [
            "城东供电营业厅",
            "缺件通知单",
            "B012",
            "新装增容",
            "□ 房产证明",
            "□ 用电设备清单",
            "□ 房产证明需原件",
            "下次仍请带来",
            "□ 身份证",
            "3号窗口",
            "王芳",
            "2026-11-22 09:15",
            "95598",
        ] {
            assert!(says(&missing(Languages::Both), dots, text), "{text}");
        }
        let english = missing(Languages::English);
        for text in ["MISSING PAPERS", "Proof of property", "Clerk", "Counter 3"] {
            assert!(says(&english, dots, text), "{text}");
        }
        assert!(!says(&english, dots, "缺少以下材料"));
    }
}

#[test]
fn parts_without_a_word_take_no_paper() {
    let bare = MissingPapers {
        missing: vec![Bilingual::new("身份证", "ID card")],
        ..MissingPapers::default()
    };
    for text in ["下次仍请带来", "号码", "经办"] {
        assert!(!says(&bare, 576, text), "{text}");
    }
    assert!(says(&bare, 576, "□ 身份证"));
}

#[test]
fn a_report_says_every_figure_on_both_papers() {
    for (dots, _) in PAPERS {
        let report = report(Languages::Both);
        for text in [
            "当日报表",
            "2026-11-22",
            "128",
            "19.8",
            "9 in 10 waited up to",
            "A 电费缴纳",
            "E 故障报修",
            "1 综合业务",
            "王芳",
            "Alexandra Zhao",
            "2026-11-22 17:45",
        ] {
            assert!(says(&report, dots, text), "{text} on {dots} dots");
        }
    }
}
