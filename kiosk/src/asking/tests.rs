//! The kiosk without its window and its threads, stopped before, within and after every operation of its
//! disks, and before and after everything that passes between it and the hall. Afterwards the hall
//! knows of every number what became of its paper, and that is the truth.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use client::{Language, Theme};
use e2e::printer::{DirectPrinter, Killed};
use protocol::{Done, NotPrintedReason};
use ticket::spool::{Disk, Patience, Spool, Spooler};
use ticket::{Printer, PrinterSettings};

use super::*;
use crate::controller::Controller;
use crate::event::{Effect, Event, Looks, Touch};
use crate::leftovers::leftover_events;
use crate::mock::{APPOINTMENT, MOCK_TIME, MockHall, Ways};
use crate::printing::paper_news;
use crate::view::PageView;

/// Counts what the program does, and stops it before the nth.
#[derive(Clone, Default)]
struct Fate(Arc<Mutex<Option<usize>>>);

impl Fate {
    fn stops_before(step: usize) -> Self {
        Self(Arc::new(Mutex::new(Some(step))))
    }

    fn step(&self) {
        let mut left = self.0.lock().unwrap();
        match *left {
            Some(0) => {
                *left = None;
                drop(left);
                resume_unwind(Box::new(Killed));
            }
            Some(more) => *left = Some(more - 1),
            None => {}
        }
    }
}

/// A disk that outlives the program.
#[derive(Clone, Default)]
struct Memory {
    bytes: Arc<Mutex<Vec<u8>>>,
    fate: Fate,
}

impl Disk for Memory {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.bytes.lock().unwrap().clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (half, rest) = bytes.split_at(bytes.len() / 2);
        for part in [half, rest] {
            self.fate.step();
            self.bytes.lock().unwrap().extend(part);
        }
        self.fate.step();
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.fate.step();
        *self.bytes.lock().unwrap() = bytes.to_vec();
        self.fate.step();
        Ok(())
    }
}

/// What the hall remembers, whatever becomes of the kiosk.
#[derive(Default)]
struct Hall {
    mock: MockHall,
    answered: BTreeMap<Uuid, (Act, Outcome)>,
    papers: BTreeMap<u64, PaperAtHall>,
    answers: VecDeque<(Uuid, Outcome)>,
    /// Answers come only once the kiosk has given up waiting.
    is_slow: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PaperAtHall {
    Nothing,
    Printed,
    Missing(NotPrintedReason),
    Void,
}

impl Hall {
    /// As the engine does: one outcome for an id, and only for the act that it was first asked with.
    fn hear(&mut self, id: Uuid, act: Act) {
        let outcome = match self.answered.get(&id) {
            Some((known, outcome)) if *known == act => outcome.clone(),
            Some(_) => Outcome::Refused(Refusal::IdUsedOtherwise),
            None => {
                let outcome = self.decide(&act);
                self.answered.insert(id, (act, outcome.clone()));
                outcome
            }
        };
        self.answers.push_back((id, outcome));
    }

    fn decide(&mut self, act: &Act) -> Outcome {
        let paper = match act {
            Act::Printed { ticket, .. } => Some((*ticket, PaperAtHall::Printed)),
            Act::NotPrinted { ticket, reason } => Some((*ticket, PaperAtHall::Missing(*reason))),
            Act::Void { ticket } => Some((*ticket, PaperAtHall::Void)),
            _ => None,
        };
        if let Some((ticket, news)) = paper {
            let Some(known) = self.papers.get_mut(&ticket) else {
                return Outcome::Refused(Refusal::UnknownTicket);
            };
            *known = news;
        }
        let outcome = self.mock.answer(act);
        if let Outcome::Done(Done::Issued(issued)) = &outcome {
            self.papers.insert(issued.ticket, PaperAtHall::Nothing);
        }
        outcome
    }
}

/// Everything that outlives the kiosk.
#[derive(Clone, Default)]
struct World {
    fate: Fate,
    orders: Memory,
    jobs: Memory,
    printer: DirectPrinter,
    hall: Rc<RefCell<Hall>>,
    /// Numbers that were on the screen.
    shown: Rc<RefCell<Vec<String>>>,
    ids: Rc<RefCell<u128>>,
}

impl Road for World {
    fn send(&self, id: Uuid, act: Act) -> Result<(), Refusal> {
        self.fate.step();
        self.hall.borrow_mut().hear(id, act);
        self.fate.step();
        Ok(())
    }
}

/// The parts of the program, without their threads.
struct Kiosk {
    world: World,
    controller: Controller,
    orders: Orders,
    spooler: Spooler,
    now: Instant,
    events: VecDeque<Event>,
}

impl World {
    fn start(&self) -> Kiosk {
        let looks = Looks {
            language: Language::Zh,
            theme: Theme::Light,
            large_text: false,
        };
        let (now, ids) = (Instant::now(), self.ids.clone());
        let next_id = move || {
            *ids.borrow_mut() += 1;
            Uuid::from_u128(*ids.borrow())
        };
        let orders = Orders::over(Box::new(self.orders.clone())).unwrap();
        let spool = Spool::over(Box::new(self.jobs.clone())).unwrap();
        let mut events: VecDeque<Event> = leftover_events(&orders, Some(&spool)).collect();
        let settings = PrinterSettings::network("direct:9100");
        let printer = Printer::over(settings, Box::new(self.printer.clone())).unwrap();
        let spooler = Spooler::new(printer, spool, Patience::default());
        let untold = spooler.untold().into_iter();
        events.extend(untold.map(|(ticket, outcome)| Event::Paper {
            ticket,
            news: paper_news(outcome, 0),
        }));
        events.push_back(Event::Rows(self.hall.borrow_mut().mock.rows()));
        events.push_back(Event::LinkUp(MOCK_TIME));
        Kiosk {
            world: self.clone(),
            controller: Controller::new(looks, now, next_id),
            orders,
            spooler,
            now,
            events,
        }
    }
}

impl Kiosk {
    /// Goes on until nothing happens any more.
    fn settle(&mut self) {
        loop {
            while let Some(event) = self.events.pop_front() {
                self.happen(event);
            }
            let is_slow = self.world.hall.borrow().is_slow;
            let answer = self.world.hall.borrow_mut().answers.pop_front();
            let Some((id, outcome)) = answer else { return };
            self.world.fate.step();
            if is_slow && matches!(outcome, Outcome::Done(Done::Issued(_))) {
                self.lose_patience();
            }
            self.work(Work::Answer { id, outcome });
        }
    }

    fn happen(&mut self, event: Event) {
        for effect in self.controller.update(self.now, event) {
            self.carry_out(effect);
        }
        if let PageView::Number(number) = self.controller.view(self.now).page {
            self.world.shown.borrow_mut().push(number.number);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { id, act } => self.work(Work::Ask { id, act }),
            Effect::Told { ticket } => self.work(Work::Close { ticket }),
            Effect::Print { ticket, slip } => {
                let outcome = self.spooler.print(ticket, &slip);
                let news = paper_news(outcome, 0);
                self.events.push_back(Event::Paper { ticket, news });
            }
        }
    }

    fn work(&mut self, work: Work) {
        let told = RefCell::new(Vec::new());
        let world = self.world.clone();
        step(&mut self.orders, work, &world, &|what| {
            told.borrow_mut().push(what);
        });
        for what in told.into_inner() {
            match what {
                Told::Link(event) => match *event {
                    LinkEvent::Answer { id, outcome } => {
                        self.events.push_back(Event::Answer { id, outcome });
                    }
                    event => panic!("there is no link to say {event:?}"),
                },
                Told::Closed { ticket } => self.spooler.told(ticket),
            }
        }
    }

    /// So long that the customer has gone.
    fn lose_patience(&mut self) {
        for _ in 0..3 {
            self.now += Duration::from_secs(70);
            self.happen(Event::Tick);
        }
    }

    fn touch(&mut self, touch: Touch) {
        self.now += Duration::from_secs(1);
        self.happen(Event::Touch(touch));
    }
}

/// What a customer touches.
type Story = fn(&mut Kiosk);

fn takes_a_number(kiosk: &mut Kiosk) {
    kiosk.touch(Touch::Service("A".into()));
    kiosk.touch(Touch::TakeOrdinary);
}

fn comes_by_appointment(kiosk: &mut Kiosk) {
    kiosk.touch(Touch::Appointment);
    for digit in APPOINTMENT.chars() {
        kiosk.touch(Touch::Key(crate::event::Key::Type(digit.into())));
    }
    kiosk.touch(Touch::Enter);
}

/// Stops the kiosk before each step, starts it again, and gives how each story ended at the hall.
fn stop_everywhere(story: Story, is_slow: bool) -> BTreeMap<&'static str, usize> {
    let mut ends = BTreeMap::new();
    for step in 0.. {
        let fate = Fate::stops_before(step);
        let disk = || Memory {
            fate: fate.clone(),
            ..Memory::default()
        };
        let world = World {
            fate: fate.clone(),
            orders: disk(),
            jobs: disk(),
            ..World::default()
        };
        world.hall.borrow_mut().mock = MockHall::with_ways(Ways {
            appointments: true,
            ..Ways::default()
        });
        world.hall.borrow_mut().is_slow = is_slow;
        let first = catch_unwind(AssertUnwindSafe(|| {
            let mut kiosk = world.start();
            kiosk.settle();
            story(&mut kiosk);
            kiosk.settle();
        }));
        let is_stopped = match first {
            Ok(()) => false,
            Err(why) if why.is::<Killed>() => true,
            Err(why) => resume_unwind(why),
        };
        *fate.0.lock().unwrap() = None;
        if is_stopped {
            // What was on the wire to the kiosk is lost with it.
            world.hall.borrow_mut().answers.clear();
            world.start().settle();
        }
        *ends.entry(end_of(&world, step)).or_default() += 1;
        // A third start has nothing to do.
        world.start().settle();
        assert_eq!(world.orders.bytes.lock().unwrap().len(), 0, "step {step}");
        if !is_stopped {
            return ends;
        }
    }
    unreachable!("the program has an end");
}

/// Holds what the hall knows against the paper and the screen.
fn end_of(world: &World, step: usize) -> &'static str {
    let hall = world.hall.borrow();
    let sheets = world.printer.tickets().len();
    let is_shown = !world.shown.borrow().is_empty();
    let papers: Vec<PaperAtHall> = hall.papers.values().copied().collect();
    match papers[..] {
        [] => {
            assert!(sheets == 0 && !is_shown, "step {step}: a made-up number");
            "nothing issued"
        }
        [PaperAtHall::Printed] => {
            assert_eq!(sheets, 1, "step {step}");
            "printed"
        }
        [PaperAtHall::Void] => {
            assert!(
                sheets == 0 && !is_shown,
                "step {step}: a seen number is void"
            );
            "void"
        }
        [PaperAtHall::Missing(NotPrintedReason::Unknown)] => "unknown",
        [PaperAtHall::Missing(_)] => {
            assert_eq!(sheets, 0, "step {step}");
            "not printed"
        }
        _ => panic!("step {step}: the hall knows {papers:?}"),
    }
}

#[test]
fn a_number_is_neither_lost_nor_doubled_wherever_the_kiosk_stops() {
    let ends = stop_everywhere(takes_a_number, false);
    println!("a customer takes a number: {ends:?}");
    for end in [
        "nothing issued",
        "void",
        "not printed",
        "unknown",
        "printed",
    ] {
        assert!(ends.contains_key(end), "{ends:?}");
    }
}

#[test]
fn a_number_that_came_for_nobody_is_given_back_wherever_the_kiosk_stops() {
    let ends = stop_everywhere(takes_a_number, true);
    println!("the answer comes too late: {ends:?}");
    assert!(
        ends["void"] > 5 && !ends.contains_key("printed"),
        "{ends:?}"
    );
}

#[test]
fn who_came_by_appointment_is_expected_wherever_the_kiosk_stops() {
    let ends = stop_everywhere(comes_by_appointment, false);
    println!("a customer has an appointment: {ends:?}");
    assert!(
        ends["printed"] > 0 && !ends.contains_key("void"),
        "{ends:?}"
    );
}
