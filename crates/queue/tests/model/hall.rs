//! What a hall may be set up as: small, so that everything meets everything in it.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use queue::{
    AlarmLevels, AppointmentRule, Class, ClassCode, CounterNumber, CounterPlan, HandlingLimit,
    Hours, MissedRule, OutcomeCode, Period, Quota, RecallRule, Reserved, RollRule, Series,
    SeriesCode, Service, ServiceCode, Settings,
};

pub const SERVICES: [&str; 3] = ["A", "B", "C"];
pub const CLASSES: [&str; 3] = ["elderly", "ordinary", "veteran"];
pub const COUNTERS: u16 = 4;
pub const CLERKS: [&str; 5] = ["王芳", "李强", "张敏", "刘洋", "陈静"];
pub const OUTCOME: &str = "papers_missing";

/// The series of classes of their own, of walk-ins, and the one that goes on for others.
const OWN: &str = "V";
const WALK_IN: &str = "W";
const FURTHER: &str = "Z";
const ROLL: &str = "R";

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
const HOUR_MS: u32 = 60 * MINUTE_MS as u32;

pub fn hall() -> impl Strategy<Value = Settings> {
    (people(), doors(), repeats(), levels(), any::<[bool; 2]>()).prop_map(
        |(people, doors, repeats, alarms, [errands_in_order, may_choose])| Settings {
            outcomes: [OutcomeCode::new(OUTCOME)].into(),
            errands_in_order,
            may_choose,
            alarms,
            hours: doors.hours,
            max_waiting: doors.max_waiting,
            one_ticket_per_phone: doors.one_ticket_per_phone,
            appointments: doors.appointments,
            recall: repeats.recall,
            missed: repeats.missed,
            near_percent: repeats.near_percent,
            ..people
        },
    )
}

/// The services, classes, counters, series and skills.
fn people() -> impl Strategy<Value = Settings> {
    let counters = vec(counter(), usize::from(COUNTERS));
    let known = subsequence(&SERVICES[..], 1..=SERVICES.len());
    let skills = btree_map(select(&CLERKS[..]), known, 0..3);
    let walk_in = weighted(0.8, Just(SeriesCode::new(WALK_IN)));
    let roll = select(&CLASSES[..]).prop_map(|class| RollRule {
        series: SeriesCode::new(ROLL),
        class: ClassCode::new(class),
    });
    let paper = (walk_in, weighted(0.7, roll));
    let classes = vec(class(), CLASSES.len());
    let services = vec(service(), SERVICES.len());
    (services, classes, counters, series(), skills, paper).prop_map(
        |(services, classes, counters, series, skills, (walk_in_series, roll))| Settings {
            services: SERVICES
                .iter()
                .zip(services)
                .map(|(code, service)| {
                    let series = SeriesCode::new(code);
                    (ServiceCode::new(code), Service { series, ..service })
                })
                .collect(),
            classes: CLASSES
                .iter()
                .map(|code| ClassCode::new(code))
                .zip(classes)
                .collect(),
            counters: (1..=COUNTERS).map(CounterNumber).zip(counters).collect(),
            series: series.into_iter().collect(),
            walk_in_series,
            roll,
            skills: skills
                .into_iter()
                .map(|(clerk, known)| (clerk.to_owned(), codes(known)))
                .collect(),
            ..Settings::default()
        },
    )
}

fn codes(services: Vec<&str>) -> BTreeSet<ServiceCode> {
    services.into_iter().map(ServiceCode::new).collect()
}

fn service() -> impl Strategy<Value = Service> {
    let target = (select(&CLASSES[..]), minutes(1..20));
    let targets = vec(target, 0..3);
    let limit = (minutes(1..10), minutes(0..3));
    let limit = limit.prop_map(|(limit_ms, warning_ms)| HandlingLimit {
        limit_ms,
        warning_ms,
    });
    let quota = (period(), 1..12u32).prop_map(|(period, most)| Quota { period, most });
    let rest = (weighted(0.1, hours()), vec(quota, 0..2), levels());
    (targets, weighted(0.6, limit), rest).prop_map(
        |(targets, handling_limit, (hours, quotas, alarms))| Service {
            target_wait_ms: targets
                .into_iter()
                .map(|(class, ms)| (ClassCode::new(class), ms))
                .collect(),
            handling_limit,
            hours,
            quotas,
            alarms,
            ..Service::new(SeriesCode::new(""), 3 * MINUTE_MS)
        },
    )
}

fn class() -> impl Strategy<Value = Class> {
    let own = weighted(0.2, Just(SeriesCode::new(OWN)));
    (minutes(1..20), minutes(0..4), own).prop_map(|(target_wait_ms, head_start_ms, series)| Class {
        target_wait_ms,
        head_start_ms,
        series,
    })
}

fn counter() -> impl Strategy<Value = CounterPlan> {
    let classes = || {
        subsequence(&CLASSES[..], 1..CLASSES.len())
            .prop_map(|classes| classes.into_iter().map(ClassCode::new).collect())
    };
    let reserved = prop_oneof![
        3 => Just(Reserved::No),
        1 => classes().prop_map(Reserved::First),
        1 => classes().prop_map(Reserved::Only),
    ];
    let services = subsequence(&SERVICES[..], 1..=SERVICES.len()).prop_shuffle();
    (services, 1..=SERVICES.len(), reserved).prop_map(|(services, rank, reserved)| {
        let services: Vec<_> = services.into_iter().map(ServiceCode::new).collect();
        let ranks = services.chunks(rank).map(<[_]>::to_vec).collect();
        CounterPlan { ranks, reserved }
    })
}

fn series() -> impl Strategy<Value = Vec<(SeriesCode, Series)>> {
    let codes = SERVICES.into_iter().chain([OWN, WALK_IN, FURTHER, ROLL]);
    let one = |code: &'static str| {
        let goes_on = weighted(0.5, Just(SeriesCode::new(FURTHER)));
        let long = prop_oneof![1 => 1..8u32, 3 => 20..60u32];
        (1..200u32, long, goes_on).prop_map(move |(first, long, then)| {
            let last = first + long - 1;
            (SeriesCode::new(code), Series { first, last, then })
        })
    };
    codes.map(one).collect::<Vec<_>>()
}

#[derive(Debug)]
struct DoorRules {
    hours: Option<Hours>,
    max_waiting: u32,
    one_ticket_per_phone: bool,
    appointments: AppointmentRule,
}

fn doors() -> impl Strategy<Value = DoorRules> {
    let appointments = (minutes(0..30), minutes(0..30))
        .prop_map(|(early_ms, late_ms)| AppointmentRule { early_ms, late_ms });
    let max_waiting = prop_oneof![1 => 2..10u32, 3 => 20..60u32];
    let phone = prop::bool::weighted(0.3);
    (weighted(0.15, hours()), max_waiting, phone, appointments).prop_map(
        |(hours, max_waiting, one_ticket_per_phone, appointments)| DoorRules {
            hours,
            max_waiting,
            one_ticket_per_phone,
            appointments,
        },
    )
}

/// The same on all days: the days of the year are tested where they are worked out.
fn hours() -> impl Strategy<Value = Hours> {
    (vec(period(), 1..3), 0..HOUR_MS).prop_map(|(periods, cut_off_ms)| Hours {
        weekly: std::array::from_fn(|_| periods.clone()),
        cut_off_ms,
        ..Hours::default()
    })
}

fn period() -> impl Strategy<Value = Period> {
    (6..12u32, 1..10u32).prop_map(|(from, long)| Period {
        from_ms: from * HOUR_MS,
        to_ms: (from + long) * HOUR_MS,
    })
}

#[derive(Debug)]
struct RepeatRules {
    recall: RecallRule,
    missed: Option<MissedRule>,
    near_percent: u32,
}

fn repeats() -> impl Strategy<Value = RepeatRules> {
    let most = prop_oneof![3 => 0..3u32, 1 => Just(u32::MAX)];
    let interval = prop_oneof![Just(0), Just(20 * SECOND_MS)];
    let recall = (most, interval, weighted(0.7, minutes(0..3))).prop_map(
        |(most, least_interval_ms, no_show_after_ms)| RecallRule {
            most,
            least_interval_ms,
            no_show_after_ms,
        },
    );
    let within = (weighted(0.5, minutes(1..20)), weighted(0.5, 0..5u32));
    let missed = (within, 0..4u32, 1..4u32).prop_map(
        |((within_ms, within_calls), back_after_calls, most)| MissedRule {
            within_ms,
            within_calls,
            back_after_calls,
            most,
        },
    );
    (recall, weighted(0.8, missed), 0..=100u32).prop_map(|(recall, missed, near_percent)| {
        RepeatRules {
            recall,
            missed,
            near_percent,
        }
    })
}

fn levels() -> impl Strategy<Value = AlarmLevels> {
    let people = weighted(0.3, 1..12u32);
    (people, weighted(0.3, minutes(1..20))).prop_map(|(people, longest_wait_ms)| AlarmLevels {
        people,
        longest_wait_ms,
    })
}

/// Mostly whole minutes, for ties.
fn minutes(range: std::ops::Range<u64>) -> impl Strategy<Value = u64> {
    let odd = prop_oneof![3 => Just(0), 1 => 0..SECOND_MS];
    (range, odd).prop_map(|(minutes, odd_ms)| minutes * MINUTE_MS + odd_ms)
}
