//! The states in which a wall is looked at.

use client::{LinkEvent, Lost};
use display::mock::MockHall;
use protocol::{ByeCode, NoticeRow, Row, Rows, Stamped, Text};

use super::{Looks, Stage};

/// Brings a wall to the state to be looked at.
pub type Scene = fn(Looks) -> Stage;

pub const SCENES: [(&str, Scene); 14] = [
    ("seeking", |looks| Stage::dark(looks, MockHall::default())),
    ("unreachable", |looks| {
        let mut stage = Stage::dark(looks, MockHall::default());
        stage.hear(vec![LinkEvent::Down {
            since: None,
            why: Lost::Closed,
        }]);
        stage
    }),
    ("not-paired", |looks| {
        let mut stage = Stage::dark(looks, MockHall::default());
        stage.hear(vec![LinkEvent::Down {
            since: None,
            why: Lost::NotPaired,
        }]);
        stage
    }),
    ("idle", |looks| Stage::open(looks, MockHall::default())),
    ("one-call", |looks| {
        let mut stage = Stage::open(looks, MockHall::default());
        stage.call();
        stage
    }),
    ("several-calls", |looks| {
        let mut stage = Stage::open(looks, MockHall::default());
        stage.calls(7);
        stage.call();
        stage.wait(250);
        stage
    }),
    ("after-a-call", |looks| {
        let mut stage = Stage::open(looks, MockHall::default());
        stage.calls(7);
        let events = stage.hall.arrive_all();
        stage.hear(events);
        stage
    }),
    ("crowded", |looks| {
        let mut stage = Stage::open(looks, busy_hall());
        stage.calls(2);
        for _ in 0..9 {
            stage.call();
        }
        stage
    }),
    ("stale", |looks| {
        let mut stage = Stage::open(looks, MockHall::default());
        stage.calls(7);
        stage.lose(Lost::Silent);
        stage
    }),
    ("revoked", |looks| {
        let mut stage = Stage::open(looks, MockHall::default());
        stage.calls(7);
        stage.lose(Lost::Refused(ByeCode::Revoked));
        stage
    }),
    ("no-sound", |looks| {
        let mut stage = Stage::open(looks, MockHall::default());
        stage.outcome = Err("no sound device".to_owned());
        stage.calls(3);
        stage
    }),
    ("twelve-services", |looks| {
        let mut stage = Stage::open(looks, MockHall::with_services(12));
        stage.calls(7);
        stage
    }),
    ("three-services", |looks| {
        let mut stage = Stage::open(looks, MockHall::with_services(3));
        stage.calls(3);
        stage
    }),
    ("long-names", |looks| {
        let mut stage = Stage::open(looks, long_names());
        stage.calls(7);
        stage.hear(vec![long_texts()]);
        stage.call();
        stage
    }),
];

fn busy_hall() -> MockHall {
    let mut hall = MockHall::default();
    for service in hall.services_mut() {
        service.waiting += 88;
    }
    hall.counters_from(95);
    hall
}

fn long_names() -> MockHall {
    let mut hall = MockHall::with_services(12);
    for service in hall.services_mut() {
        service.name = Text::new(
            "高压业扩新装增容及分布式光伏并网受理",
            "New high-voltage connections, more capacity and solar panels",
        );
        service.zone = Text::new("二楼东侧业务受理区", "Business area on the second floor");
        service.waiting += 900;
    }
    hall.numbers_of_five();
    hall.counters_from(120);
    hall
}

/// A hall with a long name and one long notice.
fn long_texts() -> LinkEvent {
    let mut hall = display::mock::hall();
    hall.name = Text::new(
        "国网某某省电力有限公司某某市城东新区供电分公司中心营业厅",
        "Central Service Hall of the East City New District Branch, Provincial Electric Power Company",
    );
    let notice = NoticeRow {
        notice: 0,
        text: Text::new(
            "因线路检修，11月25日（星期三）8:30至17:30，建设路、人民东路、滨河小区一期二期将停电，请提前做好准备。",
            "Due to line works there will be no power on Wednesday 25 November from 8:30 to 17:30 in Jianshe Road, Renmin East Road and Binhe Estate.",
        ),
    };
    let rows = [Row::Hall(hall), Row::Notice(notice)];
    LinkEvent::Rows(Rows {
        seq: 1_000,
        whole: false,
        rows: rows.map(|row| Stamped { seq: 1_000, row }).to_vec(),
        gone: Vec::new(),
    })
}
