//! Who was cut off, for however long, ends with the same table as who was not.

use std::collections::BTreeMap;

use hall::engine::{Input, Output};
use proptest::prelude::*;
use protocol::{Act, Epoch, Key, Resume, Role, Rows, Stamped};
use tempfile::TempDir;
use uuid::Uuid;

use super::any_act::any_act;
use super::desk::{DAY_MS, Desk, changed, join, request};

/// A client's table, kept as PROTOCOL.md says.
#[derive(Clone, Debug, Default)]
struct Table {
    rows: BTreeMap<Key, Stamped>,
    place: Option<Resume>,
}

impl Table {
    fn apply(&mut self, epoch: Epoch, rows: &Rows) {
        if rows.whole {
            self.rows.clear();
        }
        for key in &rows.gone {
            self.rows.remove(key);
        }
        for stamped in &rows.rows {
            self.rows.insert(stamped.row.key(), stamped.clone());
        }
        self.place = Some(Resume {
            epoch,
            seq: rows.seq,
        });
    }
}

/// The rows that a connection was sent for itself.
fn sent_to(outputs: &[Output], wanted: u64) -> Option<&Rows> {
    outputs.iter().find_map(|output| match output {
        Output::Rows { session, rows } if *session == wanted => Some(rows),
        _ => None,
    })
}

/// A faithful client and one that comes and goes, of each role.
struct Clients {
    faithful: [Table; Role::ALL.len()],
    absent: [Table; Role::ALL.len()],
    here: [bool; Role::ALL.len()],
}

impl Clients {
    fn start(desk: &mut Desk) -> Self {
        let mut clients = Self {
            faithful: Default::default(),
            absent: Default::default(),
            here: [false; Role::ALL.len()],
        };
        for role in Role::ALL {
            let session = 100 + role as u64;
            clients.hear(
                desk,
                vec![join(session, role, &format!("faithful {role:?}"), None)],
            );
        }
        clients
    }

    fn hear(&mut self, desk: &mut Desk, batch: Vec<Input>) {
        let outputs = desk.handle(batch);
        let epoch = desk.engine.epoch();
        for role in Role::ALL {
            let place = role as usize;
            if let Some(rows) = changed(&outputs, role) {
                // As a session does: no change before the first rows of the connection.
                if self.faithful[place].place.is_some() {
                    self.faithful[place].apply(epoch, rows);
                }
                if self.here[place] {
                    self.absent[place].apply(epoch, rows);
                }
            }
            if let Some(rows) = sent_to(&outputs, 100 + role as u64) {
                self.faithful[place].apply(epoch, rows);
            }
            if let Some(rows) = sent_to(&outputs, 200 + role as u64) {
                self.absent[place].apply(epoch, rows);
                self.here[place] = true;
            }
        }
    }

    fn come_or_go(&mut self, desk: &mut Desk, role: Role) {
        let (session, device) = (200 + role as u64, format!("absent {role:?}"));
        if std::mem::take(&mut self.here[role as usize]) {
            self.hear(desk, vec![Input::Leave { session, device }]);
        } else {
            let resume = self.absent[role as usize].place;
            self.hear(desk, vec![join(session, role, &device, resume)]);
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Act(Act),
    ComeOrGo(Role),
    Wait(u64),
    Restart,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn rows_since_a_place_equal_those_of_a_faithful_client(steps in prop::collection::vec(step(), 1..60)) {
        let folder = TempDir::new().expect("a folder");
        let mut desk = Desk::open(folder.path());
        let mut clients = Clients::start(&mut desk);
        for step in steps {
            match step {
                Step::Act(act) => clients.hear(&mut desk, vec![request(Uuid::now_v7(), act)]),
                Step::ComeOrGo(role) => clients.come_or_go(&mut desk, role),
                Step::Wait(ms) => desk.wait(ms),
                Step::Restart => {
                    let (settings, steady_ms) = (desk.engine.settings().clone(), desk.steady_ms);
                    drop(desk);
                    desk = Desk::start(folder.path(), settings, steady_ms);
                    let absent = std::mem::take(&mut clients.absent);
                    clients = Clients { absent, ..Clients::start(&mut desk) };
                }
            }
        }
        for role in Role::ALL {
            if !clients.here[role as usize] {
                clients.come_or_go(&mut desk, role);
            }
        }
        for role in Role::ALL {
            let (faithful, absent) = (&clients.faithful[role as usize], &clients.absent[role as usize]);
            prop_assert_eq!(&absent.rows, &faithful.rows, "{:?}", role);
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => any_act().prop_map(Step::Act),
        6 => prop::sample::select(Role::ALL.to_vec()).prop_map(Step::ComeOrGo),
        2 => prop::sample::select(vec![60_000, 3_600_000, DAY_MS]).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ]
}
