use std::collections::BTreeMap;

use protocol::DoorState;

use super::*;
use crate::mock::doors;
use crate::view::ErrandsView;

impl Kiosk {
    fn at_errands() -> Self {
        let mut kiosk = Self::at_service();
        kiosk.touch(Touch::Errands);
        kiosk
    }

    fn errands(&self) -> ErrandsView {
        match self.page() {
            PageView::Errands(errands) => errands,
            page => panic!("no errands on {page:?}"),
        }
    }

    fn chosen(&self) -> Vec<String> {
        let errands = self.errands().errands.into_iter();
        let chosen = errands.filter(|(_, chosen)| *chosen);
        chosen.map(|(service, _)| service.code).collect()
    }
}

fn visit(then: &[&str]) -> Act {
    Act::Take {
        service: "A".into(),
        class: "ordinary".into(),
        then: then.iter().map(|&code| code.into()).collect(),
        phone: None,
    }
}

#[test]
fn further_errands_go_with_the_ticket_in_the_order_of_choice() {
    let mut kiosk = Kiosk::at_errands();
    let offered: Vec<String> = kiosk
        .errands()
        .errands
        .iter()
        .map(|(it, _)| it.code.clone())
        .collect();
    assert_eq!(offered, ["B", "C", "D", "E", "F", "G", "V"]);
    for code in ["F", "B", "D", "B"] {
        kiosk.touch(Touch::Errand(code.into()));
    }
    assert_eq!(kiosk.chosen(), ["D", "F"]);
    kiosk.touch(Touch::ErrandsChosen);
    let PageView::Service { chosen_errands, .. } = kiosk.page() else {
        panic!("the page of the service");
    };
    assert_eq!(chosen_errands, 2);
    let asked = kiosk.touch(Touch::TakeOrdinary);
    assert_eq!(the_ask(&asked).1, visit(&["F", "D"]));
    kiosk.answer(&asked);
    let PageView::Number(shown) = kiosk.page() else {
        panic!("a number");
    };
    assert_eq!(shown.then, ["发票打印", "咨询查询"]);
}

#[test]
fn a_visit_has_at_most_so_many_errands() {
    let mut kiosk = Kiosk::at_errands();
    for code in ["A", "B", "C", "D", "E", "F"] {
        kiosk.touch(Touch::Errand(code.into()));
    }
    assert_eq!(kiosk.chosen().len() + 1, protocol::MAX_ERRANDS);
    assert!(kiosk.errands().is_full);
    kiosk.touch(Touch::Errand("B".into()));
    assert!(!kiosk.errands().is_full);
}

#[test]
fn back_leaves_the_errands_as_they_were() {
    let mut kiosk = Kiosk::at_errands();
    kiosk.touch(Touch::Errand("F".into()));
    kiosk.touch(Touch::ErrandsChosen);
    kiosk.touch(Touch::Errands);
    kiosk.touch(Touch::Errand("B".into()));
    kiosk.touch(Touch::Back);
    assert_eq!(the_ask(&kiosk.touch(Touch::TakeOrdinary)).1, visit(&["F"]));
}

#[test]
fn the_next_customer_has_no_errands_of_the_last() {
    let mut kiosk = Kiosk::at_errands();
    kiosk.touch(Touch::Errand("F".into()));
    kiosk.wait(61_000);
    kiosk.touch(Touch::Service("A".into()));
    assert_eq!(the_ask(&kiosk.touch(Touch::TakeOrdinary)).1, visit(&[]));
}

#[test]
fn an_errand_whose_service_closes_is_taken_off() {
    let mut kiosk = Kiosk::at_errands();
    kiosk.touch(Touch::Errand("F".into()));
    kiosk.touch(Touch::Errand("B".into()));
    let closed = doors(DoorState::CutOff, None);
    kiosk.hall.ways.service_doors = BTreeMap::from([("F", closed)]);
    let rows = kiosk.hall.rows();
    kiosk.happen(Event::Rows(rows));
    assert_eq!(kiosk.chosen(), ["B"]);
    assert!(kiosk.errands().errands.iter().all(|(it, _)| it.code != "F"));
}

#[test]
fn a_hall_of_one_open_service_offers_no_errands() {
    let closed = || doors(DoorState::Closed, None);
    let codes = ["B", "C", "D", "E", "F", "G", "V"];
    let mut kiosk = Kiosk::of(Ways {
        service_doors: codes.map(|code| (code, closed())).into(),
        ..Ways::default()
    });
    kiosk.touch(Touch::Service("A".into()));
    kiosk.touch(Touch::Errands);
    let PageView::Service { offers_errands, .. } = kiosk.page() else {
        panic!("the page of the service");
    };
    assert!(!offers_errands);
}
