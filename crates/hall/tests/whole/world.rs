//! A hall with everything around it, and one agenda: what comes next in simulated time is done next.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use hall::HallSettings;
use protocol::{HallFrame, Role};

use crate::chance::Chance;
use crate::clocks::{Clocks, HOUR_MS, MINUTE_MS};
use crate::disk::Disk;
use crate::door::Door;
use crate::machine::Machine;
use crate::network::Program;
use crate::people::People;
use crate::plant::{self, Plant};
use crate::reference::Reference;
use crate::server::Connection;
use crate::story::Story;
use crate::town::Town;
use crate::weather::Weather;

/// What does not hold, in words.
pub type Held = Result<(), String>;

/// Something that comes at its time.
#[derive(Debug)]
pub enum Coming {
    /// The hall's program starts.
    Start,
    /// The one writer takes what waits.
    Work,
    /// Rows that waited for each other go out.
    Publish,
    /// Something is due for the writer.
    Wake,
    /// The writer of a life looks around, for previews move with time alone.
    Look(u64),
    /// A text frame reaches the hall.
    ToHall(u64, String),
    /// A frame reaches a program.
    ToProgram(u64, Rc<HallFrame>),
    /// A connection ends, as a program sees it.
    Ended(u64),
    /// A program's attempt to connect goes well.
    Opened(usize, u64),
    /// It does not.
    Unreachable(usize, u64),
    /// A program's own time is up.
    Tick(usize),
    /// The hall notices that a connection is gone.
    Forget(u64),
    /// A program is switched on, or off.
    Switch(usize, bool),
    /// Somebody comes through the door.
    Arrival,
    /// A customer stands at a counter, or at a kiosk because he missed his call.
    AtCounter(usize, u16),
    /// A customer at the kiosk has waited long enough.
    Impatient(usize),
    /// A clerk looks at the screen.
    Clerk(usize),
    /// A guide does something, or a supervisor, or somebody at a telephone.
    Staff(usize),
    /// Somebody wants to be let in, or is shut out.
    Door,
    /// Something goes wrong, or is mended.
    Weather(Weather),
    /// Everybody is compared with everybody.
    Rest,
    /// So too when somebody is back.
    Compare,
    /// A kiosk's program starts again.
    KioskStart(usize),
}

struct Entry {
    at_ms: u64,
    order: u64,
    what: Coming,
}

/// What a history came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub hours: u64,
    pub hash: u64,
    pub steps: u64,
    pub counts: BTreeMap<&'static str, u64>,
}

/// A history in which something did not hold.
#[derive(Clone, Debug)]
pub struct Failure {
    pub seed: u64,
    pub hour: u64,
    pub what: String,
    pub story: String,
}

pub struct World {
    pub town: Rc<Town>,
    pub settings: HallSettings,
    pub chance: Chance,
    pub at_ms: u64,
    pub ends_ms: u64,
    pub clocks: Clocks,
    pub disk: Disk,
    pub folder: PathBuf,
    pub machine: Machine,
    pub reference: Reference,
    pub programs: Vec<Program>,
    pub connections: BTreeMap<u64, Connection>,
    pub last_connection: u64,
    pub people: People,
    pub door: Door,
    pub story: Story,
    pub counts: BTreeMap<&'static str, u64>,
    pub epoch_of_instants: Instant,
    agenda: BinaryHeap<Reverse<Entry>>,
    order: u64,
}

/// Plays the history of a seed for so many hours.
pub fn play(seed: u64, hours: u64) -> Result<Report, Failure> {
    let folder = tempfile::tempdir().expect("a folder for the lock");
    let mut world = World::new(seed, hours, folder.path().to_owned());
    let held = world.run();
    let story = &world.story;
    match held {
        Ok(()) => Ok(Report {
            hours,
            hash: story.hash(),
            steps: story.steps(),
            counts: std::mem::take(&mut world.counts),
        }),
        Err(what) => Err(Failure {
            seed,
            hour: world.at_ms / HOUR_MS,
            what,
            story: story.last(),
        }),
    }
}

impl World {
    fn new(seed: u64, hours: u64, folder: PathBuf) -> Self {
        let mut chance = Chance::new(seed);
        let town = Rc::new(Town::draw(&mut chance));
        let file = town.file();
        let mut settings = HallSettings::parse("hall.toml", &file)
            .unwrap_or_else(|error| panic!("{error}\n{file}"));
        // Programs are let in as on trial, and as often as they press; `door` has those that are not.
        settings.trust.trial = true;
        settings.trust.requests_at_once = u32::MAX;
        // The hall's folder has to look as if its file were in it, which is on the disk in memory.
        std::fs::write(folder.join(store::FILE_NAME), []).expect("a folder that can be written");
        let now = Instant::now();
        let mut world = Self {
            clocks: Clocks::new(town.zone, town.turns_at_h, town.began_wall_ms),
            disk: mount(&mut chance),
            machine: Machine::default(),
            reference: Reference::new(Rc::clone(&town)),
            programs: Vec::new(),
            connections: BTreeMap::new(),
            last_connection: 0,
            people: People::default(),
            door: Door::default(),
            story: Story::default(),
            counts: BTreeMap::new(),
            epoch_of_instants: now,
            agenda: BinaryHeap::new(),
            order: 0,
            at_ms: 0,
            ends_ms: hours * HOUR_MS,
            town,
            settings,
            chance,
            folder,
        };
        world.furnish();
        world
    }

    /// Two kiosks, a program at each counter, a wall, a guide, a supervisor, a telephone.
    fn furnish(&mut self) {
        let counters = self.town.counters.len();
        let roles = [Role::Kiosk, Role::Kiosk]
            .into_iter()
            .chain(vec![Role::Counter; counters])
            .chain([Role::Wall, Role::Guide, Role::Supervisor, Role::Phone]);
        for (place, role) in roles.enumerate() {
            let seed = self.chance.bits();
            self.programs
                .push(Program::new(place, role, seed, self.epoch_of_instants));
            let on_ms = self.chance.of(0..20_000);
            self.after(on_ms, Coming::Switch(place, true));
            match role {
                Role::Counter => self.after(MINUTE_MS, Coming::Clerk(place)),
                Role::Guide | Role::Supervisor | Role::Phone => {
                    self.after(MINUTE_MS, Coming::Staff(place))
                }
                Role::Kiosk | Role::Wall => {}
            }
        }
        self.after(0, Coming::Start);
        self.after(MINUTE_MS, Coming::Arrival);
        self.after(2 * MINUTE_MS, Coming::Rest);
        self.first_weather();
        self.first_at_the_door();
    }

    fn run(&mut self) -> Held {
        while let Some(Reverse(entry)) = self.agenda.pop() {
            if entry.at_ms >= self.ends_ms {
                break;
            }
            self.at_ms = entry.at_ms;
            self.happen(entry.what)?;
        }
        self.at_ms = self.ends_ms;
        self.close_the_books()
    }

    fn happen(&mut self, what: Coming) -> Held {
        match what {
            Coming::Start => self.start(),
            Coming::Work => self.take_mail(),
            Coming::Wake => self.wake(),
            Coming::Publish => {
                self.publish();
                Ok(())
            }
            Coming::Look(life) => self.look_around(life),
            Coming::ToHall(connection, text) => self.reach_hall(connection, &text),
            Coming::ToProgram(connection, frame) => self.reach_program(connection, &frame),
            Coming::Ended(connection) => self.ended(connection),
            Coming::Opened(program, attempt) => self.opened(program, attempt),
            Coming::Unreachable(program, attempt) => self.unreachable(program, attempt),
            Coming::Tick(program) => self.tick(program),
            Coming::Forget(connection) => {
                self.forget(connection);
                Ok(())
            }
            Coming::Switch(program, on) => self.switch(program, on),
            Coming::Arrival => self.arrival(),
            Coming::AtCounter(customer, counter) => self.at_counter(customer, counter),
            Coming::Impatient(customer) => {
                self.impatient(customer);
                Ok(())
            }
            Coming::Clerk(program) => self.clerk(program),
            Coming::Staff(program) => self.staff(program),
            Coming::Door => {
                self.at_the_door();
                Ok(())
            }
            Coming::Weather(weather) => self.weather(weather),
            Coming::Rest => self.rest(),
            Coming::Compare => self.clients_are_equal(),
            Coming::KioskStart(program) => self.kiosk_starts(program),
        }
    }

    /// Something comes after so many milliseconds.
    pub fn after(&mut self, ms: u64, what: Coming) {
        self.order += 1;
        let entry = Entry {
            at_ms: self.at_ms + ms,
            order: self.order,
            what,
        };
        self.agenda.push(Reverse(entry));
    }

    pub fn tell(&mut self, step: &str) {
        self.story.tell(self.at_ms, step);
    }

    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// The true time of day, in minutes, whatever the clock in the hall shows.
    pub fn minute_of_day(&self) -> u64 {
        let true_wall_ms = self.clocks.wall_ms(self.at_ms) - self.clocks.wrong_ms;
        let (_, time_of_day_ms) = self.clocks.day_of(true_wall_ms);
        u64::from(time_of_day_ms) / MINUTE_MS % (24 * 60)
    }
}

/// The disk, which keeps its promises unless a bug is planted.
fn mount(chance: &mut Chance) -> Disk {
    let disk = Disk::mount(chance.bits());
    if plant::is(Plant::NoSync) {
        disk.lie(100);
    }
    disk
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at_ms, self.order).cmp(&(other.at_ms, other.order))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}
