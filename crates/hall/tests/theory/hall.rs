//! Halls simple enough to have a formula, and their customers.

use hall::HallSettings;
use hall::rehearsal::Customer;
use hall::simulate::{Fate, Hours, Played, Rules, play};
use queue::{ClassCode, ServiceCode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

pub const MINUTE_MS: f64 = 60_000.0;

/// One customer in five is favoured.
pub const FAVOURED: f64 = 0.2;

/// What the hall promises a class, and what it credits on arrival, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    pub target_min: u32,
    pub head_start_min: u32,
}

/// A target without head start.
pub const fn target(target_min: u32) -> Promise {
    Promise {
        target_min,
        head_start_min: 0,
    }
}

/// The rules of a hall with one service at all counters. The promises are those of ordinary and
/// favoured.
pub fn rules(counters: u32, promises: [Promise; 2]) -> Rules {
    let mut settings = String::from(
        r#"
        name = { zh = "理论营业厅", en = "Hall of the theory" }
        time_zone = "Asia/Shanghai"
        day_turns_at = "03:00"
        listen = "127.0.0.1:0"
        max_waiting = 1000000
        missed_call_rule = { zh = "无", en = "None" }
        [[service]]
        code = "A"
        name = { zh = "业务", en = "Business" }
        zone = { zh = "一区", en = "Zone 1" }
        typical_min = 6
        last_number = 999999
        "#,
    );
    for (code, promise) in ["ordinary", "favoured"].iter().zip(promises) {
        let Promise {
            target_min,
            head_start_min,
        } = promise;
        settings += &format!(
            r#"
            [[class]]
            code = "{code}"
            label = {{ zh = "{code}", en = "{code}" }}
            claim = {{ zh = "{code}", en = "{code}" }}
            target_wait_min = {target_min}
            head_start_min = {head_start_min}
            "#
        );
    }
    for number in 1..=counters {
        settings += &format!(
            r#"
            [[counter]]
            number = {number}
            name = {{ zh = "窗口", en = "Counter" }}
            services = ["A"]
            "#
        );
    }
    let hall = HallSettings::parse("the hall of the theory", &settings);
    Rules::new(&hall.unwrap_or_else(|mistakes| panic!("{mistakes}")))
}

/// Customers of a Poisson stream with exponential handling times; the means are in minutes. Nobody
/// loses patience.
pub fn customers(seed: u64, count: usize, gap_min: f64, handling_min: f64) -> Vec<Customer> {
    let mut random = StdRng::seed_from_u64(seed);
    let service = ServiceCode::new("A");
    let classes = ["ordinary", "favoured"].map(ClassCode::new);
    let mut comes_ms = 0.0;
    let customer = |_| {
        comes_ms += exponential_ms(&mut random, gap_min);
        let favoured = random.random::<f64>() < FAVOURED;
        Customer {
            comes_ms: comes_ms as u64,
            service: service.clone(),
            class: classes[usize::from(favoured)].clone(),
            handling_ms: exponential_ms(&mut random, handling_min) as u64,
            patience_ms: u64::MAX,
        }
    };
    (0..count).map(customer).collect()
}

fn exponential_ms(random: &mut StdRng, mean_min: f64) -> f64 {
    -(1.0 - random.random::<f64>()).ln() * mean_min * MINUTE_MS
}

pub fn is_favoured(customer: &Customer) -> bool {
    customer.class.as_str() == "favoured"
}

/// Plays the customers through. In the theory nobody has to walk, and every counter works whenever
/// somebody is there.
pub fn play_through(rules: &Rules, customers: &[Customer]) -> Played {
    let hours = Hours {
        opens: jiff::civil::date(2026, 11, 20).at(8, 30, 0, 0),
        closes_ms: customers.last().map_or(0, |last| last.comes_ms),
        walk_ms: 0,
        no_show_ms: 0,
    };
    let played = play(rules, &hours, customers);
    assert!(played.visits.iter().all(|visit| visit.fate == Fate::Served));
    assert_eq!(played.idle_while_wanted_ms, 0);
    played
}
