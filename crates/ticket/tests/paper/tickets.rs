//! Tickets.

use escpost_render::MonoSurface;
use proptest::prelude::*;
use ticket::{Bilingual, Bitmap, Method, Slip, Typeface, WaitInterval, render_preview};

use crate::decoder::{
    PAPERS, only_native_sheet, only_sheet, paper_bytes, printer, sees_the_preview_dot_by_dot,
};

fn slips() -> Vec<Slip> {
    let mut large = Slip::example();
    large.large_print = true;
    let mut favoured = Slip::example().copy(2);
    favoured.favoured = true;
    let bare = Slip {
        number: "V8".into(),
        ..Slip::default()
    };
    vec![
        Slip::example(),
        large,
        favoured,
        bare,
        visit(false),
        visit(true),
    ]
}

/// An appointment with two further services.
fn visit(large_print: bool) -> Slip {
    Slip {
        slot: "10:30".into(),
        then: vec![
            Bilingual::new("新装增容", "New connection, more capacity"),
            Bilingual::new("发票打印", "Print an invoice"),
        ],
        large_print,
        ..Slip::example()
    }
}

#[test]
fn the_decoder_sees_the_preview_dot_by_dot() {
    for slip in slips() {
        sees_the_preview_dot_by_dot(&slip.number, &slip);
    }
}

#[test]
fn native_commands_are_sound_for_the_decoder() {
    for (dots, profile) in PAPERS {
        let printer = printer(Method::Native, dots);
        for slip in slips() {
            let sheet = only_native_sheet(&paper_bytes(&printer, &slip), profile);
            assert!(tallest_run(&sheet) >= 120, "the number is under 15 mm");
        }
    }
}

/// The most rows in a row that have ink: the large number, since all else is lower.
fn tallest_run(sheet: &MonoSurface) -> u32 {
    let (mut tallest, mut run) = (0, 0);
    for y in 0..sheet.height() {
        let inked = (0..sheet.width()).any(|x| sheet.is_printed(x, y));
        run = if inked { run + 1 } else { 0 };
        tallest = tallest.max(run);
    }
    tallest
}

#[test]
fn the_two_languages_and_the_number_are_in_the_native_bytes() {
    let bytes = paper_bytes(&printer(Method::Native, 576), &Slip::example());
    for text in [
        "A012",
        "电费缴纳",
        "前面等候",
        "15-25",
        "Pay an electricity bill",
    ] {
        let (encoded, _, _) = encoding_rs::GB18030.encode(text);
        let found = bytes
            .windows(encoded.len())
            .any(|window| window == &*encoded);
        assert!(found, "{text}");
    }
}

#[test]
fn the_slot_and_the_further_services_are_on_paper_in_every_form() {
    for large_print in [false, true] {
        let bytes = paper_bytes(&printer(Method::Native, 384), &visit(large_print));
        for text in [
            "预约 10:30",
            "Appointment",
            "之后还办理",
            "新装增容",
            "发票打印",
        ] {
            let (encoded, _, _) = encoding_rs::GB18030.encode(text);
            let mut windows = bytes.windows(encoded.len());
            assert!(windows.any(|window| window == &*encoded), "{text}");
        }
    }
}

#[test]
fn a_copy_says_so_in_every_form() {
    let (bar, _, _) = encoding_rs::GB18030.encode("补打 REPRINT 3");
    for large_print in [false, true] {
        let mut slip = Slip::example().copy(3);
        slip.large_print = large_print;
        let bytes = paper_bytes(&printer(Method::Native, 384), &slip);
        assert!(bytes.windows(bar.len()).any(|window| window == &*bar));
    }
}

fn any_slip() -> impl Strategy<Value = Slip> {
    let text = "[电费缴纳新装增容变更咨询a-zA-Z0-9 ,。-]{0,24}";
    let flags = (any::<bool>(), any::<bool>(), 0u32..3);
    let figures = (0u32..300, 0u32..90, 0u32..90);
    ("[A-Z][0-9]{1,3}", text, text, flags, figures).prop_map(
        |(number, zh, en, (favoured, large_print, copy), (ahead, from_minutes, more))| Slip {
            number,
            service: Bilingual::new(zh.clone(), en.clone()),
            missed_call_rule: Bilingual::new(zh, en),
            favoured,
            large_print,
            copy,
            people_ahead: Some(ahead),
            expected_wait: Some(WaitInterval {
                from_minutes,
                to_minutes: from_minutes + more,
            }),
            ..Slip::example()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The decoder, which is strict about broken streams, takes every slip.
    #[test]
    fn the_decoder_takes_any_slip(slip in any_slip()) {
        for (dots, profile) in PAPERS {
            let bytes = paper_bytes(&printer(Method::Raster, dots), &slip);
            only_sheet(&bytes, profile);
        }
    }
}

/// How many tickets are looked through on each width of paper.
const TICKETS: u32 = 10_000;

/// A printer obeys `DLE EOT`, `DLE ENQ` and `DLE DC4` wherever they stand: it would answer in the
/// middle of the ticket, or worse, cut off what it has. The dots of a picture spell them by chance.
#[test]
fn no_ticket_spells_a_real_time_command() {
    let spelled: Vec<usize> = std::thread::scope(|scope| {
        let papers = PAPERS.map(|(dots, _)| scope.spawn(move || spelled_by_dots(dots)));
        papers.map(|paper| paper.join().unwrap()).to_vec()
    });
    for (count, (dots, _)) in spelled.iter().zip(PAPERS) {
        println!(
            "{dots} dots: the bare dots of {count} in {} tickets spell one, no job of {TICKETS} does",
            TICKETS / 20
        );
        assert!(*count > 0, "the tickets prove nothing");
    }
}

/// Sees that no job holds a command, and counts the tickets whose dots alone would.
fn spelled_by_dots(dots: u32) -> usize {
    let printers = [Method::Native, Method::Raster].map(|method| printer(method, dots));
    let typeface = Typeface::load(None).expect("Noto Sans CJK is installed");
    let mut count = 0;
    for ticket in 0..TICKETS {
        let slip = nth_slip(ticket);
        for printer in &printers {
            let bytes = printer
                .bytes(&slip, ticket)
                .expect("the slip can be printed");
            let place = bytes.windows(2).position(spells_real_time_command);
            assert_eq!(place, None, "ticket {ticket} on {dots} dots");
        }
        // Some are looked at bare, which is enough to know that the danger is real.
        if ticket.is_multiple_of(20) {
            let bitmap = render_preview(&slip, dots, &typeface);
            let data: Vec<u8> = bitmap.rows().flatten().copied().collect();
            count += usize::from(data.windows(2).any(spells_real_time_command));
        }
    }
    count
}

fn spells_real_time_command(pair: &[u8]) -> bool {
    pair[0] == 0x10 && [0x04, 0x05, 0x14].contains(&pair[1])
}

/// Tickets as a hall gives them: numbers, times and waits go on, services and kinds change.
fn nth_slip(n: u32) -> Slip {
    let services = [
        ("电费缴纳", "Pay a bill"),
        ("新装增容", "New connection, more capacity"),
        ("变更用电", "Change name, meter or tariff"),
        ("投诉建议", "Complaint or suggestion"),
    ];
    let (zh, en) = services[n as usize % services.len()];
    let letter = char::from(b'A' + (n % 26) as u8);
    let mut slip = Slip {
        number: format!("{letter}{:03}", n % 1_000),
        service: Bilingual::new(zh, en),
        people_ahead: Some(n % 60),
        expected_wait: Some(WaitInterval {
            from_minutes: n % 35,
            to_minutes: n % 35 + n % 11,
        }),
        issued_at: format!("2026-11-22 {:02}:{:02}", 8 + n / 1_250, n % 60),
        serial: format!("20261122-{n:06}"),
        qr: n
            .is_multiple_of(5)
            .then(|| format!("https://hall.example/t/20261122-{n:06}")),
        favoured: n.is_multiple_of(7),
        large_print: n.is_multiple_of(11),
        ..Slip::example()
    };
    slip.copy = u32::from(n.is_multiple_of(13));
    slip.template.logo = n.is_multiple_of(4).then(|| grey_logo(n));
    slip
}

/// A logo in grey, which is single dots on paper. Letters are strokes of two dots or more and
/// seldom spell anything; such a picture does, time and again.
fn grey_logo(seed: u32) -> Bitmap {
    let mut bitmap = Bitmap::new(200, 60);
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    for y in 0..bitmap.height() {
        for x in 0..bitmap.width() {
            // Xorshift by Marsaglia: any noise will do, and the same each time.
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            if state.is_multiple_of(6) {
                bitmap.blacken(x, y);
            }
        }
    }
    bitmap
}
