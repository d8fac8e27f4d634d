//! Characters that a printer's own font lacks, and what the memory of ours costs.

use ticket::{
    Bilingual, Charset, Method, Printer, PrinterSettings, Slip, Typeface, render_preview,
};

fn printer(charset: Charset) -> Printer {
    let mut settings = PrinterSettings::network("127.0.0.1:9100");
    settings.method = Method::Native;
    settings.charset = charset;
    Printer::new(settings).expect("a printer")
}

fn slip_for(service: &str) -> Slip {
    Slip {
        service: Bilingual::new(service, ""),
        ..Slip::example()
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn images(bytes: &[u8]) -> usize {
    let head = [0x1d, 0x76, 0x30, 0x00];
    bytes.windows(4).filter(|window| *window == head).count()
}

/// The code of a text, which must not go out where the font lacks one of its characters.
fn code(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

#[test]
fn a_line_with_a_character_that_the_font_lacks_is_an_image_and_no_other() {
    for (service, charset) in [
        ("㐂寿司", Charset::Gb2312),
        ("㐂寿司", Charset::Gbk),
        ("𠮷野家", Charset::Gb18030),
        ("缴费😀", Charset::Gb18030),
        ("Café Muñoz", Charset::Gb18030),
    ] {
        let bytes = printer(charset).bytes(&slip_for(service), 1).unwrap();
        assert_eq!(images(&bytes), 1, "{service}");
        assert!(!holds(&bytes, &code(service)), "{service}");
        for other in ["您的排队号", "前面等候", "A012"] {
            assert!(holds(&bytes, &code(other)), "{other} stays native");
        }
        assert!(bytes.len() < 12_000, "{service}: {} bytes", bytes.len());
    }
}

#[test]
fn what_the_font_has_is_sent_as_text() {
    for (service, charset) in [
        ("电费缴纳", Charset::Gb2312),
        ("朱镕基", Charset::Gbk),
        ("㐂寿司", Charset::Gb18030),
        ("Café", Charset::Gb2312),
    ] {
        let bytes = printer(charset).bytes(&slip_for(service), 1).unwrap();
        assert_eq!(images(&bytes), 0, "{service}");
        assert!(holds(&bytes, &code(service)), "{service}");
    }
}

/// Half of a row is enough to draw the row, and its other half is on the image, too.
#[test]
fn a_row_of_two_figures_becomes_one_image() {
    let mut slip = Slip::example();
    let label = Bilingual::new("前面𠮷", "");
    slip.template.labels.insert(ticket::Label::Ahead, label);
    let bytes = printer(Charset::Gb18030).bytes(&slip, 1).unwrap();
    assert_eq!(images(&bytes), 1);
    assert!(!holds(&bytes, &code("预计等候")));
    assert!(holds(&bytes, &code("15-25")), "the row below is native");
}

/// 30 MB is the limit of the product. The two files have 40 MB.
#[cfg(target_os = "linux")]
#[test]
fn the_font_takes_little_memory() {
    let file_kb = 38_000;
    let typeface = Typeface::load(None).unwrap();
    let before = font_kb();
    for width in [576, 384] {
        render_preview(&Slip::example(), width, &typeface);
    }
    let (mapped, resident) = font_kb();
    assert!(
        mapped >= file_kb && before.0 == mapped,
        "the files are mapped: {mapped} kB"
    );
    assert!(
        resident > 0 && resident <= 30 * 1024,
        "{resident} kB of the font in memory"
    );
}

/// Kilobytes of font files mapped into this process, and of those in memory.
#[cfg(target_os = "linux")]
fn font_kb() -> (u64, u64) {
    let maps = std::fs::read_to_string("/proc/self/smaps").expect("Linux tells");
    let (mut sums, mut in_font) = ((0u64, 0u64), false);
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let figure = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
        match first {
            "Size:" if in_font => sums.0 += figure,
            "Rss:" if in_font => sums.1 += figure,
            range if range.contains('-') => in_font = line.contains("NotoSansCJK"),
            _ => {}
        }
    }
    sums
}
