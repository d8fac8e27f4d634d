//! The slips that are no tickets.

use ticket::{
    Bilingual, Document, Languages, Method, MissingPapers, Report, Typeface, render_preview,
};

use crate::decoder::{
    PAPERS, only_native_sheet, paper_bytes, printer, sees_the_preview_dot_by_dot,
};

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

#[test]
fn the_decoder_sees_the_preview_dot_by_dot() {
    for (name, document) in documents() {
        sees_the_preview_dot_by_dot(name, document.as_ref());
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

#[test]
fn native_commands_are_sound_for_the_decoder() {
    for (dots, profile) in PAPERS {
        let printer = printer(Method::Native, dots);
        for (_, document) in documents() {
            let sheet = only_native_sheet(&paper_bytes(&printer, document.as_ref()), profile);
            let inked =
                (0..sheet.height()).filter(|y| (0..sheet.width()).any(|x| sheet.is_printed(x, *y)));
            assert!(inked.count() > 200, "there is something on it");
        }
    }
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
