use std::collections::BTreeMap;

use protocol::{DoorState, Doors};

use super::*;
use crate::mock::doors;

impl Kiosk {
    fn hear_of(&mut self, hall: Doors, services: BTreeMap<&'static str, Doors>) {
        self.hall.ways.doors = hall;
        self.hall.ways.service_doors = services;
        let rows = self.hall.rows();
        self.happen(Event::Rows(rows));
    }
}

#[test]
fn a_closed_hall_shows_when_it_opens_and_no_services() {
    let mut kiosk = Kiosk::open();
    let doors = doors(DoorState::Closed, Some("13:30"));
    kiosk.hear_of(doors.clone(), BTreeMap::new());
    assert_eq!(kiosk.page(), PageView::Closed { doors });
    assert_eq!(kiosk.touch(Touch::Service("A".into())), []);
    assert!(matches!(kiosk.page(), PageView::Closed { .. }));
    kiosk.hear_of(Doors::default(), BTreeMap::new());
    assert!(kiosk.is_at_start());
}

#[test]
fn the_cut_off_reaches_who_is_still_choosing_and_leaves_a_number_alone() {
    let cut_off = || doors(DoorState::CutOff, None);
    let mut kiosk = Kiosk::at_service();
    kiosk.hear_of(cut_off(), BTreeMap::new());
    assert!(matches!(kiosk.page(), PageView::Closed { .. }));
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    kiosk.answer(&asked);
    kiosk.hear_of(cut_off(), BTreeMap::new());
    assert_eq!(kiosk.paper(), PaperView::Printing);
}

#[test]
fn who_missed_a_call_may_come_back_after_the_cut_off() {
    let mut kiosk = Kiosk::of(Ways {
        returns: true,
        doors: doors(DoorState::CutOff, None),
        ..Ways::default()
    });
    assert!(matches!(kiosk.page(), PageView::Closed { .. }));
    kiosk.touch(Touch::MissedCall);
    assert!(matches!(kiosk.page(), PageView::Keypad(_)));
}

#[test]
fn a_service_that_takes_nobody_explains_itself_and_asks_for_nothing() {
    let closed = doors(DoorState::QuotaUsedUp, Some("13:30"));
    let mut kiosk = Kiosk::at_service();
    kiosk.hear_of(Doors::default(), BTreeMap::from([("A", closed.clone())]));
    let PageView::Service { service, .. } = kiosk.page() else {
        panic!("the page of the service stays");
    };
    assert_eq!(service.doors, closed);
    assert_eq!(kiosk.touch(Touch::TakeOrdinary), []);
    assert_eq!(kiosk.touch(Touch::TakeAs("elderly".into())), []);
    kiosk.touch(Touch::Back);
    assert!(kiosk.is_at_start());
    kiosk.touch(Touch::Service("A".into()));
    assert!(matches!(kiosk.page(), PageView::Service { .. }));
}

#[test]
fn a_hall_that_shut_in_between_says_so() {
    let opens_at = Some("13:30".to_owned());
    let told = [
        (Refusal::CutOff, RefusalView::CutOff),
        (Refusal::QuotaUsedUp, RefusalView::QuotaUsedUp),
        (Refusal::RollInUse, RefusalView::RollInUse),
        (
            Refusal::NotOpen {
                opens_at: opens_at.clone(),
            },
            RefusalView::NotOpen { opens_at },
        ),
    ];
    for (refusal, view) in told {
        let mut kiosk = Kiosk::at_service();
        let asked = kiosk.touch(Touch::TakeOrdinary);
        kiosk.refuse(&asked, refusal);
        assert_eq!(kiosk.refusal(), view);
    }
}
