use protocol::{Row, Rows, SlipRow, Stamped};

use super::*;

impl Kiosk {
    fn at_service_with_printer() -> Self {
        let mut kiosk = Self::open();
        kiosk.happen(Event::Printer(PrinterState::Ready));
        kiosk.touch(Touch::Service("B".into()));
        kiosk
    }

    fn list(&self) -> Option<bool> {
        match self.page() {
            PageView::Service { list, .. } => list,
            page => panic!("no service on {page:?}"),
        }
    }

    fn take_and_count_papers(&mut self) -> usize {
        let asked = self.touch(Touch::TakeOrdinary);
        match &self.answer(&asked)[..] {
            [Effect::Print { slip, .. }] => slip.papers.len(),
            effects => panic!("one slip, not {effects:?}"),
        }
    }
}

#[test]
fn one_touch_lists_the_papers_on_the_slip_of_this_customer_alone() {
    let mut kiosk = Kiosk::at_service_with_printer();
    assert_eq!(kiosk.list(), Some(false));
    kiosk.touch(Touch::Papers);
    assert_eq!(kiosk.list(), Some(true));
    assert!(kiosk.take_and_count_papers() > 1);
    kiosk.happen(Event::Paper {
        ticket: 20_261_122_000_001,
        news: PaperNews::Printed { copies: 0 },
    });
    kiosk.wait(1_000);
    kiosk.touch(Touch::Finish);
    kiosk.touch(Touch::Service("B".into()));
    assert_eq!(kiosk.list(), Some(false));
    assert_eq!(kiosk.take_and_count_papers(), 0);
}

#[test]
fn a_second_touch_takes_the_list_off_again() {
    let mut kiosk = Kiosk::at_service_with_printer();
    kiosk.touch(Touch::Papers);
    kiosk.touch(Touch::Papers);
    assert_eq!(kiosk.take_and_count_papers(), 0);
}

#[test]
fn no_list_is_offered_that_cannot_be_printed_or_is_printed_anyway() {
    let mut kiosk = Kiosk::open();
    kiosk.touch(Touch::Service("B".into()));
    assert_eq!(kiosk.list(), None, "nobody knows of a printer");
    let empty = PrinterState::Trouble(Trouble::PaperOut);
    kiosk.happen(Event::Printer(empty));
    assert_eq!(kiosk.list(), None);
    kiosk.touch(Touch::Papers);
    kiosk.happen(Event::Printer(PrinterState::Ready));
    assert_eq!(kiosk.list(), Some(false));
    let seq = kiosk.hall.rows().seq + 1;
    let row = Row::Slip(Box::new(SlipRow {
        order: vec!["number".into()],
        papers: true,
        ..SlipRow::default()
    }));
    kiosk.happen(Event::Rows(Rows {
        seq,
        whole: false,
        rows: vec![Stamped { seq, row }],
        gone: Vec::new(),
    }));
    assert_eq!(kiosk.list(), None);
    assert!(kiosk.take_and_count_papers() > 1);
}
