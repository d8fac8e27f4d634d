//! The halls that are simulated: small, so that everything meets everything in them. Written twice
//! from the same draw: as plain figures for the reference, and as the settings file that a hall reads.

use std::fmt::Write;

use crate::chance::Chance;
use crate::clocks::{DAY_MS, HOUR_MS, MINUTE_MS, Zone, day_number};

pub const CLASSES: [&str; 3] = ["ordinary", "elderly", "veteran"];
pub const CLERKS: [&str; 6] = ["王芳", "李强", "张敏", "刘洋", "陈静", "杨光"];
pub const OUTCOMES: [&str; 2] = ["done", "papers_missing"];
pub const WALK_IN: &str = "W";
pub const ROLL: &str = "N";

/// A part of the day in minutes since its midnight, the end outside.
pub type Period = (u32, u32);

#[derive(Clone, Debug)]
pub struct Town {
    pub zone: Zone,
    pub turns_at_h: i8,
    /// What the clock on the wall shows when the simulation begins.
    pub began_wall_ms: i64,
    pub services: Vec<Service>,
    pub classes: Vec<Class>,
    pub counters: Vec<Counter>,
    /// Clerks who do not know every service.
    pub skills: Vec<(String, Vec<String>)>,
    pub hours: Option<Hours>,
    pub max_waiting: usize,
    pub one_per_phone: bool,
    pub in_order: bool,
    pub may_choose: bool,
    pub near_percent: u64,
    pub recall: Recall,
    pub missed: Option<Missed>,
    /// Minutes before and after the slot.
    pub appointments: Option<(u64, u64)>,
    pub alarm: Alarm,
    /// The first and last number of the pre-printed roll.
    pub roll: Option<(u32, u32)>,
}

#[derive(Clone, Debug)]
pub struct Service {
    pub code: String,
    pub first: u32,
    pub last: u32,
    pub spare: Option<String>,
    /// The target of one class that is not that of the class, in minutes.
    pub target_min: Option<(String, u64)>,
    pub limit_min: Option<u64>,
    pub quota: Option<(Period, usize)>,
    pub alarm: Alarm,
}

#[derive(Clone, Debug)]
pub struct Class {
    pub code: String,
    pub target_min: u64,
    pub head_start_min: u64,
    pub prefix: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Counter {
    pub number: u16,
    pub ranks: Vec<Vec<String>>,
    pub first_for: Option<String>,
    pub only_for: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Hours {
    /// The same on all days.
    pub periods: Vec<Period>,
    pub cut_off_min: u32,
}

#[derive(Clone, Debug)]
pub struct Recall {
    pub most: u32,
    pub least_interval_s: u64,
    pub no_show_after_s: Option<u64>,
}

#[derive(Clone, Debug)]
pub struct Missed {
    pub within_min: Option<u64>,
    pub within_calls: Option<u32>,
    pub back_after_calls: u32,
    pub most: u32,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Alarm {
    pub people: Option<u64>,
    pub wait_min: Option<u64>,
}

impl Town {
    pub fn draw(chance: &mut Chance) -> Self {
        let zone = if chance.permille(600) {
            Zone::Shanghai
        } else {
            Zone::Warsaw
        };
        let services: Vec<Service> = (0..chance.of(2..5) as u8)
            .map(|place| service(place, chance))
            .collect();
        let counters = (1..=chance.of(2..5) as u16)
            .map(|number| counter(number, &services, chance))
            .collect();
        let skills = if chance.permille(200) {
            vec![(CLERKS[0].to_owned(), vec![services[0].code.clone()])]
        } else {
            Vec::new()
        };
        Self {
            zone,
            turns_at_h: *chance.one(&[0, 3, 3]),
            began_wall_ms: beginning(zone, chance),
            services,
            classes: classes(chance),
            counters,
            skills,
            hours: chance.permille(400).then(|| Hours {
                periods: vec![(8 * 60, 12 * 60), (13 * 60, 18 * 60)],
                cut_off_min: chance.of(0..20) as u32,
            }),
            max_waiting: if chance.permille(100) {
                chance.of(3..8)
            } else {
                60
            } as usize,
            one_per_phone: chance.permille(150),
            in_order: chance.permille(300),
            may_choose: chance.permille(700),
            near_percent: chance.of(50..101),
            recall: Recall {
                most: chance.of(0..4) as u32,
                least_interval_s: chance.of(0..20),
                no_show_after_s: chance.permille(700).then(|| chance.of(20..120)),
            },
            missed: chance.permille(850).then(|| Missed {
                within_min: chance.permille(500).then(|| chance.of(5..40)),
                within_calls: chance.permille(500).then(|| chance.of(1..10) as u32),
                back_after_calls: chance.of(0..4) as u32,
                most: chance.of(1..4) as u32,
            }),
            appointments: chance
                .permille(500)
                .then(|| (chance.of(0..40), chance.of(0..40))),
            alarm: alarm(chance),
            roll: roll(chance),
        }
    }

    pub fn service(&self, code: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.code == code)
    }

    pub fn class(&self, code: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.code == code)
    }

    pub fn counter(&self, number: u16) -> Option<&Counter> {
        self.counters
            .iter()
            .find(|counter| counter.number == number)
    }

    /// The first and last number of a series, and the one that goes on.
    pub fn series(&self, letters: &str) -> (u32, u32, Option<&str>) {
        for service in &self.services {
            if service.code == letters {
                return (service.first, service.last, service.spare.as_deref());
            }
            if service.spare.as_deref() == Some(letters) {
                return (service.first, service.last, None);
            }
        }
        match self.roll {
            Some((first, last)) if letters == ROLL => (first, last, None),
            _ => (1, 999_999, None),
        }
    }

    /// The target wait of a class at a service, in milliseconds.
    pub fn target_ms(&self, service: &str, class: &str) -> u64 {
        let own = self
            .service(service)
            .and_then(|service| service.target_min.as_ref());
        let own = own
            .filter(|(of, _)| of == class)
            .map(|(_, minutes)| *minutes);
        let of_class = || self.class(class).map(|class| class.target_min);
        own.or_else(of_class).unwrap_or(20) * MINUTE_MS
    }

    /// The settings file.
    pub fn file(&self) -> String {
        let mut file = String::new();
        self.write_hall(&mut file).expect("a text has room");
        self.write_services(&mut file).expect("a text has room");
        self.write_counters(&mut file).expect("a text has room");
        file
    }

    fn write_hall(&self, to: &mut String) -> std::fmt::Result {
        writeln!(
            to,
            "name = {{ zh = \"厅\", en = \"Hall\" }}\ntime_zone = {:?}",
            self.zone.name()
        )?;
        writeln!(
            to,
            "day_turns_at = \"{:02}:00\"\nlisten = \"127.0.0.1:0\"",
            self.turns_at_h
        )?;
        writeln!(
            to,
            "max_waiting = {}\nmissed_call_rule = {{ zh = \"过号\", en = \"Missed\" }}",
            self.max_waiting
        )?;
        writeln!(
            to,
            "one_ticket_per_phone = {}\nerrands_in_order = {}",
            self.one_per_phone, self.in_order
        )?;
        writeln!(
            to,
            "clerks_may_choose = {}\nnear_percent = {}",
            self.may_choose, self.near_percent
        )?;
        writeln!(to, "walk_in_prefix = {WALK_IN:?}")?;
        if let Some((first, last)) = self.roll {
            writeln!(
                to,
                "roll = {{ prefix = {ROLL:?}, first_number = {first}, last_number = {last} }}"
            )?;
        }
        let Recall {
            most,
            least_interval_s,
            no_show_after_s,
        } = &self.recall;
        writeln!(
            to,
            "[recall]\nmost = {most}\nleast_interval_s = {least_interval_s}"
        )?;
        optional(to, "no_show_after_s", *no_show_after_s)?;
        if let Some(missed) = &self.missed {
            writeln!(
                to,
                "[missed]\nback_after_calls = {}\nmost = {}",
                missed.back_after_calls, missed.most
            )?;
            optional(to, "within_min", missed.within_min)?;
            optional(to, "within_calls", missed.within_calls.map(u64::from))?;
        }
        if let Some((early_min, late_min)) = self.appointments {
            writeln!(
                to,
                "[appointments]\nearly_min = {early_min}\nlate_min = {late_min}"
            )?;
        }
        if let Some(hours) = &self.hours {
            let periods: Vec<String> = hours
                .periods
                .iter()
                .map(|period| format!("{:?}", clock(*period)))
                .collect();
            writeln!(to, "[hours]\ncut_off_min = {}", hours.cut_off_min)?;
            for day in [
                "monday",
                "tuesday",
                "wednesday",
                "thursday",
                "friday",
                "saturday",
                "sunday",
            ] {
                writeln!(to, "{day} = [{}]", periods.join(", "))?;
            }
        }
        writeln!(to, "[alarm]")?;
        self.alarm.write(to)
    }

    fn write_services(&self, to: &mut String) -> std::fmt::Result {
        for class in &self.classes {
            writeln!(
                to,
                "[[class]]\ncode = {:?}\nlabel = {{ zh = \"类\", en = \"Class\" }}",
                class.code
            )?;
            writeln!(
                to,
                "claim = {{ zh = \"类\", en = \"Class\" }}\nat_kiosk = true"
            )?;
            writeln!(
                to,
                "target_wait_min = {}\nhead_start_min = {}",
                class.target_min, class.head_start_min
            )?;
            if let Some(prefix) = &class.prefix {
                writeln!(to, "prefix = {prefix:?}")?;
            }
        }
        for service in &self.services {
            writeln!(
                to,
                "[[service]]\ncode = {:?}\nname = {{ zh = \"事\", en = \"Business\" }}",
                service.code
            )?;
            writeln!(
                to,
                "zone = {{ zh = \"区\", en = \"Zone\" }}\ntypical_min = 5"
            )?;
            writeln!(
                to,
                "first_number = {}\nlast_number = {}",
                service.first, service.last
            )?;
            if let Some(spare) = &service.spare {
                writeln!(to, "spare_prefix = {spare:?}")?;
            }
            optional(to, "limit_min", service.limit_min)?;
            if let Some((class, minutes)) = &service.target_min {
                writeln!(to, "target_wait_min = {{ {class} = {minutes} }}")?;
            }
            if let Some((period, most)) = &service.quota {
                writeln!(
                    to,
                    "quota = [{{ hours = {:?}, most = {most} }}]",
                    clock(*period)
                )?;
            }
            writeln!(to, "[service.alarm]")?;
            service.alarm.write(to)?;
        }
        Ok(())
    }

    fn write_counters(&self, to: &mut String) -> std::fmt::Result {
        for counter in &self.counters {
            writeln!(
                to,
                "[[counter]]\nnumber = {}\nname = {{ zh = \"窗口\", en = \"Counter\" }}",
                counter.number
            )?;
            writeln!(
                to,
                "services = {:?}\nthen = {:?}",
                counter.ranks[0],
                &counter.ranks[1..]
            )?;
            for (key, class) in [
                ("first_for", &counter.first_for),
                ("only_for", &counter.only_for),
            ] {
                if let Some(class) = class {
                    writeln!(to, "{key} = [{class:?}]")?;
                }
            }
        }
        for (name, services) in &self.skills {
            writeln!(to, "[[clerk]]\nname = {name:?}\nservices = {services:?}")?;
        }
        for code in OUTCOMES {
            writeln!(
                to,
                "[[outcome]]\ncode = {code:?}\nlabel = {{ zh = \"果\", en = \"Outcome\" }}"
            )?;
        }
        writeln!(to, "[[notice]]\ntext = {{ zh = \"告\", en = \"Notice\" }}")
    }
}

impl Alarm {
    fn write(self, to: &mut String) -> std::fmt::Result {
        optional(to, "people", self.people)?;
        optional(to, "wait_min", self.wait_min)
    }
}

fn optional(to: &mut String, key: &str, value: Option<u64>) -> std::fmt::Result {
    match value {
        Some(value) => writeln!(to, "{key} = {value}"),
        None => Ok(()),
    }
}

fn clock((from, until): Period) -> String {
    format!(
        "{:02}:{:02}-{:02}:{:02}",
        from / 60,
        from % 60,
        until / 60,
        until % 60
    )
}

/// At midnight, and where there is summer time often in the night before it begins or ends.
fn beginning(zone: Zone, chance: &mut Chance) -> i64 {
    let (month, day) = match zone {
        Zone::Warsaw if chance.permille(600) => *chance.one(&[(3, 28), (10, 24)]),
        _ => (chance.of(1..13) as i64, chance.of(1..29) as i64),
    };
    let midnight_ms = day_number(2026, month, day) * DAY_MS as i64;
    midnight_ms - zone.ahead_ms(midnight_ms) + 5 * HOUR_MS as i64
}

fn service(place: u8, chance: &mut Chance) -> Service {
    let first = *chance.one(&[1, 1, 100]);
    let short = chance.permille(150);
    Service {
        code: char::from(b'A' + place).to_string(),
        first,
        last: first + if short { chance.of(2..12) as u32 } else { 800 },
        spare: (short || chance.permille(100)).then(|| char::from(b'P' + place).to_string()),
        target_min: chance
            .permille(200)
            .then(|| (CLASSES[1].to_owned(), chance.of(1..10))),
        limit_min: chance.permille(500).then(|| chance.of(3..15)),
        quota: chance
            .permille(150)
            .then(|| ((9 * 60, 11 * 60), chance.of(1..15) as usize)),
        alarm: alarm(chance),
    }
}

/// Where all targets are the same and only a head start sets people apart, as many have the same score as
/// come for slots on the full minute.
fn classes(chance: &mut Chance) -> Vec<Class> {
    let same = chance.permille(300).then(|| chance.of(1..25));
    let class = |(place, code): (usize, &&str)| Class {
        code: (*code).to_owned(),
        target_min: same.unwrap_or_else(|| chance.of(1..25)),
        head_start_min: if chance.permille(300) {
            chance.of(1..5)
        } else {
            0
        },
        prefix: (place == 2 && chance.permille(300)).then(|| "V".to_owned()),
    };
    CLASSES.iter().enumerate().map(class).collect()
}

/// The first counter takes everything, so that nobody waits for ever.
fn counter(number: u16, services: &[Service], chance: &mut Chance) -> Counter {
    let mut codes: Vec<String> = services
        .iter()
        .map(|service| service.code.clone())
        .collect();
    if number > 1 {
        codes.rotate_left(chance.index(services.len()));
        codes.truncate(chance.of(1..codes.len() as u64 + 1) as usize);
    }
    let later = (codes.len() > 1 && chance.permille(300))
        .then(|| codes.pop())
        .flatten();
    let class = |chance: &mut Chance| Some((*chance.one(&CLASSES)).to_owned());
    Counter {
        number,
        ranks: [codes]
            .into_iter()
            .chain(later.map(|code| vec![code]))
            .collect(),
        first_for: if chance.permille(150) {
            class(chance)
        } else {
            None
        },
        only_for: None,
    }
    .reserved(chance)
}

impl Counter {
    fn reserved(mut self, chance: &mut Chance) -> Self {
        if self.number > 2 && self.first_for.is_none() && chance.permille(200) {
            self.only_for = Some((*chance.one(&CLASSES)).to_owned());
        }
        self
    }
}

/// Now and then so short that it comes to its end.
fn roll(chance: &mut Chance) -> Option<(u32, u32)> {
    let first = chance.of(1..500) as u32;
    let numbers = if chance.permille(300) { 5 } else { 300 };
    chance.permille(500).then_some((first, first + numbers))
}

fn alarm(chance: &mut Chance) -> Alarm {
    Alarm {
        people: chance.permille(300).then(|| chance.of(2..10)),
        wait_min: chance.permille(300).then(|| chance.of(5..30)),
    }
}
