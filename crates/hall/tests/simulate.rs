//! Invented days under two settings: what the comparison says, and that it always says the same.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use hall::HallSettings;
use hall::rehearsal::Customer;
use hall::simulate::{Fate, Hours, Pattern, Plan, Rules, Study, play};
use proptest::prelude::*;
use queue::{ClassCode, CounterNumber, CounterPlan, ServiceCode};

/// A study of few days, as text.
fn study(new: &HallSettings, seed: u64, threads: usize) -> String {
    let current = HallSettings::default_hall();
    let pattern = Pattern::made_up(&current, new, 350);
    let plan = Plan {
        days: 40,
        seed,
        threads,
    };
    Study::of(&pattern, &current, new, plan).to_string()
}

/// What the study says behind "This setting helps" and "This setting harms".
fn said(study: &str) -> (&str, &str) {
    let (above, harms) = study.split_once("This setting harms").expect("a verdict");
    (
        above
            .split_once("This setting helps")
            .map_or("", |(_, helps)| helps),
        harms,
    )
}

#[test]
fn the_same_seed_gives_the_same_table_whatever_the_threads() {
    let mut new = HallSettings::default_hall();
    new.classes[1].rule.target_wait_ms *= 2;
    let one = study(&new, 7, 1);
    assert_eq!(one, study(&new, 7, 2));
    assert_eq!(one, study(&new, 7, 5));
    assert_ne!(one, study(&new, 8, 2));
}

#[test]
fn the_same_settings_harm_nobody_and_help_nobody() {
    let study = study(&HallSettings::default_hall(), 1, 2);
    let (helps, harms) = said(&study);
    assert_eq!(
        (helps, harms),
        (
            "",
            " nobody: nothing gets noticeably worse by more than chance.\n"
        )
    );
}

#[test]
fn who_loses_a_favour_is_named_and_so_is_who_gains_by_it() {
    let mut new = HallSettings::default_hall();
    let elderly = new
        .classes
        .iter_mut()
        .find(|class| class.code.as_str() == "elderly");
    elderly
        .expect("the default hall favours the elderly")
        .rule
        .target_wait_ms = 20 * 60_000;
    let study = study(&new, 1, 2);
    let (helps, harms) = said(&study);
    assert!(
        harms.contains("* Elderly customers wait ") && harms.contains(" min longer at p95 ("),
        "{study}"
    );
    assert!(!harms.contains("Ordinary customers"), "{study}");
    assert!(
        helps.contains("* Ordinary customers wait ") && helps.contains(" min less at p95 ("),
        "{study}"
    );
}

#[test]
fn a_counter_that_stops_taking_a_service_harms_its_customers() {
    let mut new = HallSettings::default_hall();
    let payments = new
        .counters
        .get_mut(&CounterNumber(2))
        .expect("a counter for payments");
    payments.rule = CounterPlan::new(vec![ServiceCode::new("D")]);
    let study = study(&new, 1, 2);
    let (helps, harms) = said(&study);
    assert!(
        harms.contains("* Customers for Pay a bill wait "),
        "{study}"
    );
    assert!(
        helps.contains("* Customers for Questions and look-ups wait "),
        "{study}"
    );
}

#[test]
fn a_service_that_is_dropped_leaves_its_customers_without_a_ticket() {
    let mut new = HallSettings::default_hall();
    new.services.retain(|service| service.code.as_str() != "F");
    for counter in new.counters.values_mut() {
        counter.rule.ranks[0].retain(|service| service.as_str() != "F");
    }
    let study = study(&new, 1, 2);
    assert!(
        said(&study)
            .1
            .contains(" more customers a day get no ticket ("),
        "{study}"
    );
    let row = study
        .lines()
        .find(|line| line.starts_with("Print an invoice"))
        .expect("its row");
    assert!(row.ends_with(" -%"), "nobody was called: {row}");
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hall"));
    command
        .arg("simulate")
        .args(arguments)
        .output()
        .expect("the hall is built")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn the_command_compares_a_file_with_the_default_hall() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("new.toml");
    let default = include_str!("../../../assets/hall.toml");
    let changed = default.replacen("target_wait_min = 5", "target_wait_min = 20", 1);
    assert_ne!(changed, default);
    std::fs::write(&file, changed).expect("room for the file");
    let arguments = [
        "--settings",
        text(&file),
        "--days",
        "40",
        "--customers",
        "300",
    ];
    let (first, second) = (run(&arguments), run(&arguments));
    assert!(first.status.success(), "{first:?}");
    assert_eq!(first.stdout, second.stdout);
    let said = String::from_utf8(first.stdout).expect("text");
    assert!(
        said.contains("40 days with 3")
            && said.contains("This setting harms:\n* Elderly customers wait "),
        "{said}"
    );
}

/// Two queues of one office for an hour.
fn recorded(folder: &Path) -> std::path::PathBuf {
    let mut rows =
        "office,date,time,queue_id,letter,queue,open_counters,waiting,calls,arrivals\n".to_owned();
    for minute in (0..60).step_by(5) {
        writeln!(rows, "X,2020-01-13,08:{minute:02},1,A,A: Kasa,2,3,4,4").expect("a text");
        writeln!(rows, "X,2020-01-13,08:{minute:02},2,K,K: Odpisy,1,0,1,1").expect("a text");
    }
    let file = folder.join("days.csv");
    std::fs::write(&file, rows).expect("room for the file");
    file
}

#[test]
fn a_recorded_day_brings_its_own_customers_and_hall() {
    let folder = tempfile::tempdir().expect("a folder");
    let (day, new) = (recorded(folder.path()), folder.path().join("new.toml"));
    std::fs::write(&new, include_str!("../../../assets/hall.toml")).expect("room for the file");
    let of_day = [
        "--day",
        text(&day),
        "--office",
        "X",
        "--date",
        "2020-01-13",
        "--days",
        "20",
    ];
    let arguments: Vec<&str> = ["--settings", text(&new)]
        .into_iter()
        .chain(of_day)
        .collect();
    let output = run(&arguments);
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(
        said.contains("drawn from X on 2020-01-13: 60 customers, 2 queues"),
        "{said}"
    );
    // The new hall does nothing under the letter K.
    assert!(
        said.contains("A: Kasa") && said.contains("K: Odpisy") && said.contains("get no ticket ("),
        "{said}"
    );

    let with_current: Vec<&str> = arguments
        .iter()
        .copied()
        .chain(["--current", text(&new)])
        .collect();
    let output = run(&with_current);
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(
        !output.status.success()
            && said.contains("come for K, which the current settings do not have"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_played_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("new.toml");
    std::fs::write(&file, include_str!("../../../assets/hall.toml")).expect("room for the file");
    for (arguments, expected) in [
        (["--days", "1"], "1 is not in 2..=100000"),
        (
            ["--customers", "5001"],
            "5001000 customers are more than the memory is made for",
        ),
    ] {
        let output = run(&[&["--settings", text(&file)][..], &arguments].concat());
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(
            !output.status.success() && said.contains(expected),
            "{said}"
        );
    }
}

/// The default hall with other promises and other services at its counters.
fn any_hall() -> impl Strategy<Value = HallSettings> {
    let services = prop::collection::vec(
        prop::sample::subsequence(vec!["A", "B", "C", "D"], 1..=4),
        1..6,
    );
    let promises = prop::collection::vec((1_u64..3_600_000, 0_u64..1_800_000), 6);
    (services, promises).prop_map(|(services, promises)| {
        let mut hall = HallSettings::default_hall();
        for (class, (target_ms, head_start_ms)) in hall.classes.iter_mut().zip(promises) {
            class.rule.target_wait_ms = target_ms;
            class.rule.head_start_ms = head_start_ms;
        }
        let like = hall.counters[&CounterNumber(1)].clone();
        let counters = (1..)
            .map(CounterNumber)
            .zip(&services)
            .map(|(number, services)| {
                let mut counter = like.clone();
                counter.rule =
                    CounterPlan::new(services.iter().map(|code| ServiceCode::new(code)).collect());
                (number, counter)
            });
        hall.counters = counters.collect();
        hall
    })
}

fn any_customers() -> impl Strategy<Value = Vec<Customer>> {
    let class = prop::sample::select(vec!["ordinary", "elderly", "pregnant", "key_account"]);
    let service = prop::sample::select(vec!["A", "B", "C", "D"]);
    let customer = (
        0_u64..600_000,
        class,
        service,
        0_u64..1_200_000,
        0_u64..7_200_000,
    );
    prop::collection::vec(customer, 1..150).prop_map(|customers| {
        let mut comes_ms = 0;
        let come = |(gap_ms, class, service, handling_ms, patience_ms)| {
            comes_ms += gap_ms;
            Customer {
                comes_ms,
                service: ServiceCode::new(service),
                class: ClassCode::new(class),
                handling_ms,
                patience_ms,
            }
        };
        customers.into_iter().map(come).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn in_any_hall_on_any_day_nobody_is_lost_and_no_counter_idles_in_vain(
        hall in any_hall(),
        customers in any_customers(),
    ) {
        let rules = Rules::new(&hall);
        let hours = Hours {
            opens: jiff::civil::date(2026, 11, 20).at(8, 30, 0, 0),
            // Long after the last one is done, so that all time of the counters is counted.
            closes_ms: 1_000 * 3_600_000,
            walk_ms: 20_000,
            no_show_ms: 60_000,
        };
        let played = play(&rules, &hours, &customers);
        prop_assert_eq!(played.idle_while_wanted_ms, 0);
        let never_called = played.visits.iter().filter(|visit| visit.fate == Fate::NeverCalled);
        prop_assert_eq!(played.left_at_closing as usize, never_called.count());
        let mut worked_ms = 0;
        for (customer, visit) in customers.iter().zip(&played.visits) {
            let (service, class) = (&customer.service, &customer.class);
            let mut counters = 0..rules.counters();
            let is_served = counters.any(|counter| rules.may_serve(counter, service, class));
            let expected = match is_served {
                false => Fate::NeverCalled,
                true if visit.waited_ms > customer.patience_ms => Fate::NoShow,
                true => Fate::Served,
            };
            prop_assert_eq!(visit.fate, expected);
            worked_ms += match visit.fate {
                Fate::Served => hours.walk_ms + customer.handling_ms,
                Fate::NoShow => hours.no_show_ms,
                Fate::TurnedAway | Fate::NeverCalled => 0,
            };
        }
        // Nobody is served twice, and no counter does two things at a time.
        prop_assert_eq!(played.open_ms, played.idle_ms + worked_ms);
        first_come_are_first_called(&customers, &played.visits)?;
    }
}

/// Within a service and class.
fn first_come_are_first_called(
    customers: &[Customer],
    visits: &[hall::simulate::Visit],
) -> Result<(), TestCaseError> {
    let mut last_call = std::collections::BTreeMap::new();
    let called = customers
        .iter()
        .zip(visits)
        .filter(|(_, visit)| visit.fate != Fate::NeverCalled);
    for (customer, visit) in called {
        let call_ms = customer.comes_ms + visit.waited_ms;
        let before = last_call.insert((&customer.service, &customer.class), call_ms);
        prop_assert!(before.is_none_or(|before| before <= call_ms));
    }
    Ok(())
}
