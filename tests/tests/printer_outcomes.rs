//! Our printer against the simulator: what it says of its state, and what became of a ticket.

use std::time::Duration;

use e2e::printer::{Condition, Fault, PrintedTicket, PrinterSimulator, picture};
use ticket::{
    Completion, Method, PrintOutcome, Printer, PrinterSettings, PrinterState, Slip, Trouble,
    Typeface,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Both ways of printing, so that every test below holds for both.
const METHODS: [Method; 2] = [Method::Native, Method::Raster];

fn settings(simulator: &PrinterSimulator, method: Method) -> PrinterSettings {
    let mut settings = PrinterSettings::network(simulator.address());
    settings.method = method;
    settings
}

fn printer(settings: PrinterSettings) -> Printer {
    Printer::new(settings).expect("Noto Sans CJK is installed")
}

fn simulator() -> PrinterSimulator {
    PrinterSimulator::start().expect("a free port")
}

fn tickets(simulator: &PrinterSimulator, count: usize) -> Vec<PrintedTicket> {
    simulator
        .wait_for_tickets(count, PATIENCE)
        .expect("tickets come out in time")
}

#[test]
fn the_state_is_what_the_printer_says() {
    let simulator = simulator();
    let mut printer = printer(settings(&simulator, Method::Native));
    let states = [
        (Condition::Ready, PrinterState::Ready),
        (Condition::NearEnd, PrinterState::NearEnd),
        (
            Condition::PaperOut,
            PrinterState::Trouble(Trouble::PaperOut),
        ),
        (
            Condition::CoverOpen,
            PrinterState::Trouble(Trouble::CoverOpen),
        ),
        (Condition::CutterJam, PrinterState::Trouble(Trouble::Cutter)),
        (Condition::Offline, PrinterState::Trouble(Trouble::Offline)),
    ];
    for (condition, state) in states {
        simulator.set(condition);
        assert_eq!(printer.state(), state);
    }
}

#[test]
fn a_confirmed_ticket_is_on_paper_once() {
    for method in METHODS {
        for completion in [Completion::ProcessId, Completion::PaperSensor] {
            let simulator = simulator();
            let mut settings = settings(&simulator, method);
            settings.completion = completion;
            let mut printer = printer(settings);
            assert_eq!(printer.print(&Slip::example(), 1), PrintOutcome::Printed);
            assert_eq!(printer.print(&Slip::example(), 2), PrintOutcome::Printed);
            assert_eq!(tickets(&simulator, 2).len(), 2);
        }
    }
}

#[test]
fn nothing_is_sent_to_a_printer_that_cannot_print() {
    let simulator = simulator();
    let mut printer = printer(settings(&simulator, Method::Native));
    simulator.set(Condition::PaperOut);
    let outcome = printer.print(&Slip::example(), 1);
    assert_eq!(outcome, PrintOutcome::NotPrinted(Trouble::PaperOut));
    simulator.set(Condition::Ready);
    assert_eq!(printer.print(&Slip::example(), 2), PrintOutcome::Printed);
    assert_eq!(tickets(&simulator, 1).len(), 1, "no backlog came out");
}

#[test]
fn a_roll_that_ends_within_the_ticket_is_told_at_once() {
    for method in METHODS {
        let simulator = simulator();
        let mut printer = printer(settings(&simulator, method));
        simulator.set_fault(Some(Fault::PaperOutAfter { bytes: 500 }));
        let outcome = printer.print(&Slip::example(), 1);
        assert_eq!(outcome, PrintOutcome::Unknown(Trouble::PaperOut));
    }
}

/// Wherever the link breaks, nobody pretends, and the copy comes out whole on a sheet of its own.
#[test]
fn a_broken_link_leaves_the_ticket_unknown_and_the_copy_whole() {
    break_link_every(Method::Native, 97);
    break_link_every(Method::Raster, 9_973);
}

fn break_link_every(method: Method, step: usize) {
    // Four questions about the state go before the ticket, the confirmation's request after it.
    const QUESTION_BYTES: usize = 12;
    const TAIL_BYTES: usize = 16;
    let copy = Slip::example().copy(1);
    let job_bytes = whole_job(method, &Slip::example()).len();
    let mut breaks = 0;
    for bytes in (QUESTION_BYTES + 1..QUESTION_BYTES + job_bytes - TAIL_BYTES).step_by(step) {
        let simulator = simulator();
        let mut printer = printer(settings(&simulator, method));
        simulator.set_fault(Some(Fault::CutLinkAfter { bytes }));
        let outcome = printer.print(&Slip::example(), 1);
        assert_eq!(outcome, PrintOutcome::Unknown(Trouble::LinkBroken));

        simulator.set_fault(None);
        assert_eq!(printer.print(&copy, 2), PrintOutcome::Printed);
        let sheets = tickets(&simulator, 2);
        let whole = whole_job(method, &copy);
        assert_eq!(
            whole[..sheets[1].bytes.len()],
            sheets[1].bytes,
            "at {bytes}"
        );
        breaks += 1;
    }
    assert!(breaks >= 7);
}

fn whole_job(method: Method, slip: &Slip) -> Vec<u8> {
    let mut settings = PrinterSettings::network("127.0.0.1:9100");
    settings.method = method;
    let job = printer(settings).bytes(slip, 2);
    job.expect("the slip can be printed")
}

#[test]
fn a_printer_that_answers_nothing_is_silent_and_gets_no_ticket() {
    let simulator = simulator();
    simulator.set_fault(Some(Fault::Silent));
    let mut settings = settings(&simulator, Method::Native);
    settings.answer_within = Duration::from_millis(50);
    let mut printer = printer(settings);
    assert_eq!(printer.state(), PrinterState::Trouble(Trouble::Silent));
    let outcome = printer.print(&Slip::example(), 1);
    assert_eq!(outcome, PrintOutcome::NotPrinted(Trouble::Silent));
    assert!(simulator.tickets().is_empty());
}

#[test]
fn late_answers_and_a_slow_line_are_no_trouble() {
    let slow = Fault::Slow {
        bytes_per_second: 100_000,
    };
    for fault in [Fault::AnswersLate(Duration::from_millis(60)), slow] {
        let simulator = simulator();
        simulator.set_fault(Some(fault));
        let mut printer = printer(settings(&simulator, Method::Raster));
        assert_eq!(printer.print(&Slip::example(), 1), PrintOutcome::Printed);
        assert_eq!(tickets(&simulator, 1).len(), 1);
    }
}

#[test]
fn nobody_at_the_address_is_a_state_too() {
    let address = simulator().address();
    let mut printer = printer(PrinterSettings::network(address));
    assert_eq!(printer.state(), PrinterState::Trouble(Trouble::Unreachable));
    let outcome = printer.print(&Slip::example(), 1);
    assert_eq!(outcome, PrintOutcome::NotPrinted(Trouble::Unreachable));
}

#[test]
fn every_ticket_has_a_picture() {
    let typeface = Typeface::load(None).expect("Noto Sans CJK is installed");
    for dots in [576, 384] {
        for method in METHODS {
            let simulator = simulator();
            let mut settings = settings(&simulator, method);
            settings.dots = dots;
            let mut printer = printer(settings);
            assert_eq!(printer.print(&Slip::example(), 1), PrintOutcome::Printed);
            let ticket = &tickets(&simulator, 1)[0];
            let png = picture::png(&ticket.bytes, dots, &typeface).expect("a picture");
            let picture = png::Decoder::new(std::io::Cursor::new(png));
            let info = picture.read_info().expect("a PNG");
            assert_eq!(info.info().width, dots);
            assert!(info.info().height > 700, "a whole ticket");
        }
    }
}
