//! Transfers as a printer on USB may end them: whole, short, stalled, never.

use std::collections::VecDeque;

use super::*;

/// How one transfer ends.
#[derive(Clone, Copy)]
enum End {
    /// All of it is taken.
    Whole,
    /// So many bytes are taken, and it ends without an error.
    Short(usize),
    /// So many bytes are taken, then the endpoint halts.
    Stalls(usize),
    /// It does not end until it is called off; then so many bytes turn out to have been taken.
    HangsAfter(usize),
    /// It does not even end when it is called off.
    HangsForEver,
}

/// An endpoint that plays a script, one end for each transfer.
struct Script {
    ends: VecDeque<End>,
    under_way: Option<(usize, End)>,
    taken: Vec<u8>,
    is_cancelled: bool,
}

impl Script {
    fn take(&mut self, bytes: &[u8], count: usize) {
        self.taken.extend(&bytes[..count]);
    }
}

impl Outward for Script {
    fn submit(&mut self, bytes: &[u8]) {
        assert!(self.under_way.is_none(), "one transfer at a time");
        let end = self.ends.pop_front().unwrap_or(End::Whole);
        let count = match end {
            End::Whole => bytes.len(),
            End::Short(count) | End::Stalls(count) | End::HangsAfter(count) => count,
            End::HangsForEver => 0,
        };
        self.take(bytes, count);
        self.under_way = Some((count, end));
    }

    fn completion(&mut self, _within: Duration) -> Option<Done> {
        let (bytes, end) = self.under_way?;
        let fault = match end {
            End::Whole | End::Short(_) => None,
            End::Stalls(_) => Some(LinkFault::Broken),
            End::HangsAfter(_) if self.is_cancelled => Some(LinkFault::Broken),
            End::HangsAfter(_) | End::HangsForEver => return None,
        };
        self.under_way = None;
        Some(Done { bytes, fault })
    }

    fn cancel(&mut self) {
        self.is_cancelled = true;
    }
}

/// A way back with these answers in it.
struct Answers(VecDeque<Result<Vec<u8>, LinkFault>>);

impl Inward for Answers {
    fn read(&mut self, buffer: &mut [u8], _within: Duration) -> Result<usize, LinkFault> {
        let Some(said) = self.0.pop_front() else {
            return Ok(0);
        };
        let said = said?;
        buffer[..said.len()].copy_from_slice(&said);
        Ok(said.len())
    }
}

fn usb(ends: &[End]) -> Usb<Script, Answers> {
    let out = Script {
        ends: ends.iter().copied().collect(),
        under_way: None,
        taken: Vec::new(),
        is_cancelled: false,
    };
    Usb { out, back: None }
}

const WITHIN: Duration = Duration::from_secs(5);

fn a_raster_ticket() -> Vec<u8> {
    (0..3 * TRANSFER_BYTES + 100)
        .map(|at| (at % 251) as u8)
        .collect()
}

#[test]
fn a_ticket_goes_out_in_transfers_and_whole() {
    let (ticket, mut usb) = (a_raster_ticket(), usb(&[]));
    assert_eq!(usb.send(&ticket, WITHIN), Ok(()));
    assert_eq!(usb.out.taken, ticket);
}

/// Whatever happens in whichever transfer, the count is that of the bytes that were taken, and
/// nothing is sent after it.
#[test]
fn a_transfer_that_does_not_end_well_ends_the_ticket_with_the_true_count() {
    let ticket = a_raster_ticket();
    for before in 0..4 {
        for (end, fault) in [
            (End::Short(0), LinkFault::Broken),
            (End::Short(99), LinkFault::Broken),
            (End::Stalls(0), LinkFault::Broken),
            (End::Stalls(64), LinkFault::Broken),
            (End::HangsAfter(0), LinkFault::Late),
            (End::HangsAfter(64), LinkFault::Late),
        ] {
            let mut ends = vec![End::Whole; before];
            ends.push(end);
            let mut usb = usb(&ends);
            let failed = usb.send(&ticket, WITHIN).unwrap_err();
            assert_eq!(failed.fault, fault);
            assert_eq!(failed.sent, usb.out.taken.len());
            assert!(ticket.starts_with(&usb.out.taken));
        }
    }
}

/// "No byte has left" means that there is no paper, so it is only said where it is known.
#[test]
fn what_nobody_knows_is_not_claimed_to_be_nothing() {
    let failed = usb(&[End::HangsForEver])
        .send(b"ticket", WITHIN)
        .unwrap_err();
    assert!(failed.sent > 0);
    assert_eq!(failed.fault, LinkFault::Late);
}

#[test]
fn answers_come_back_where_there_is_a_way_back() {
    let mut usb = usb(&[]);
    let mut buffer = [0; 64];
    assert_eq!(usb.receive(&mut buffer, WITHIN), Ok(0), "a one-way printer");
    let said = [Ok(vec![0x12]), Ok(Vec::new()), Err(LinkFault::Broken)];
    usb.back = Some(Answers(said.into()));
    assert_eq!(usb.receive(&mut buffer, WITHIN), Ok(1));
    assert_eq!(buffer[0], 0x12);
    assert_eq!(usb.receive(&mut buffer, WITHIN), Ok(0), "an empty packet");
    assert_eq!(usb.receive(&mut buffer, WITHIN), Err(LinkFault::Broken));
}

#[test]
fn a_printer_that_is_not_plugged_in_is_unreachable() {
    let id = UsbId {
        vendor: 0xffff,
        product: 0xffff,
        serial: None,
    };
    let fault = Usb::open(&id).err();
    assert_eq!(fault, Some(LinkFault::Unreachable));
}
