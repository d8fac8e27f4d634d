//! The simulator and our bytes, judged by programs that we did not write.

use std::time::Duration;

use e2e::npm;
use e2e::printer::{Condition, Fault, PrinterSimulator};
use ticket::{Method, Printer, PrinterSettings, Slip};

fn simulator() -> PrinterSimulator {
    PrinterSimulator::start().expect("a free port")
}

/// What the client receiptio makes of the simulator.
fn receiptio(simulator: &PrinterSimulator) -> String {
    let address = simulator.address();
    let (_, port) = address.rsplit_once(':').expect("HOST:PORT");
    let said = npm::run("receiptio.mjs", port).expect("receiptio runs");
    said.trim().to_owned()
}

#[test]
fn receiptio_prints_on_the_simulator() {
    let simulator = simulator();
    assert_eq!(receiptio(&simulator), "success");
    let tickets = simulator.wait_for_tickets(1, Duration::from_secs(20));
    let ticket = &tickets.expect("receiptio cuts its receipt")[0];
    let number = ticket.bytes.windows(4).any(|window| window == b"A012");
    assert!(number, "the receipt is there as it was sent");
}

#[test]
fn receiptio_sees_every_state_of_the_simulator() {
    let states = [
        (Condition::NearEnd, "success"),
        (Condition::CoverOpen, "coveropen"),
        (Condition::PaperOut, "paperempty"),
        (Condition::CutterJam, "error"),
    ];
    for (condition, word) in states {
        let simulator = simulator();
        simulator.set(condition);
        assert_eq!(receiptio(&simulator), word);
    }
}

/// This one comes by the automatic report and not by an answer.
#[test]
fn receiptio_is_told_when_the_paper_ends_within_the_receipt() {
    let simulator = simulator();
    simulator.set_fault(Some(Fault::PaperOutAfter { bytes: 60 }));
    assert_eq!(receiptio(&simulator), "paperempty");
    assert!(simulator.tickets().is_empty());
}

#[test]
fn npos_reads_our_native_chinese() {
    for dots in [576, 384] {
        let mut settings = PrinterSettings::network("127.0.0.1:9100");
        settings.method = Method::Native;
        settings.dots = dots;
        let printer = Printer::new(settings).expect("the native method needs no font");
        let mut slip = Slip::example().copy(2);
        slip.favoured = true;
        let read = npos(&printer.bytes(&slip, 7).expect("the slip can be printed"));
        for text in [
            "城东供电营业厅",
            "补打 REPRINT 2",
            "A012\n",
            "优先 PRIORITY",
            "电费缴纳\n",
            "15-25 分钟",
            "A区 1-3号窗口",
            "2026-11-22 09:15",
            "0123-A012-7K",
        ] {
            assert!(read.text.contains(text), "{text} is not in {}", read.text);
        }
        assert_eq!(Some(read.code), slip.qr);
    }
}

#[derive(serde::Deserialize)]
struct Read {
    text: String,
    code: String,
}

fn npos(bytes: &[u8]) -> Read {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("ticket.bin");
    std::fs::write(&file, bytes).expect("the folder can be written");
    let said = npm::run("npos.mjs", &file).expect("npos runs");
    serde_json::from_str(&said).expect("npos.mjs writes JSON")
}
