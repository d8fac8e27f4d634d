//! Waits as others worked them out. Loads are shares of what all counters together can do, waits
//! are in the unit of the handling time.

/// The share of customers of M/M/c who have to wait (Erlang 1917).
pub fn erlang_c(counters: u32, load: f64) -> f64 {
    let offered = f64::from(counters) * load;
    // The share that a hall without a waiting room would turn away, by its recursion.
    let turned_away = (1..=counters).fold(1.0, |share, counter| {
        offered * share / (f64::from(counter) + offered * share)
    });
    turned_away / (1.0 - load * (1.0 - turned_away))
}

/// How long a newcomer of M/M/c waits on average until a counter is free for the first time.
pub fn until_free(counters: u32, load: f64, handling: f64) -> f64 {
    erlang_c(counters, load) * handling / f64::from(counters)
}

/// First come, first served.
pub fn first_come(until_free: f64, loads: &[f64]) -> f64 {
    until_free / (1.0 - loads.iter().sum::<f64>())
}

/// Strict priority without interruption, the first class of the list first (Cobham 1954).
pub fn cobham(until_free: f64, loads: &[f64]) -> Vec<f64> {
    let left_by = |classes: &[f64]| 1.0 - classes.iter().sum::<f64>();
    let wait = |class: usize| until_free / (left_by(&loads[..class]) * left_by(&loads[..=class]));
    (0..loads.len()).map(wait).collect()
}

/// Accumulating priority: a customer's claim is the time waited, times the slope of the class. The
/// smallest slope is the first of the list (Kleinrock 1964, "A delay dependent queue discipline").
pub fn kleinrock(until_free: f64, loads: &[f64], slopes: &[f64]) -> Vec<f64> {
    let plain = first_come(until_free, loads);
    let advantage = |slow: usize, fast: usize| 1.0 - slopes[slow] / slopes[fast];
    let mut waits: Vec<f64> = Vec::new();
    for class in 0..loads.len() {
        let over_slower = (0..class).map(|slow| loads[slow] * waits[slow] * advantage(slow, class));
        let under_faster =
            (class + 1..loads.len()).map(|fast| loads[fast] * advantage(class, fast));
        waits.push((plain - over_slower.sum::<f64>()) / (1.0 - under_faster.sum::<f64>()));
    }
    waits
}

/// How long somebody has waited who is called `after` the start of a lasting overload, by class:
/// everybody's claim is the same then, and together they are the surplus. Customers come `rates` to
/// the unit of time, and `served` of all of them are served.
pub fn overloaded(after: f64, rates: &[f64], served: f64, targets: &[f64]) -> Vec<f64> {
    let surplus = (rates.iter().sum::<f64>() - served) * after;
    let weight: f64 = rates
        .iter()
        .zip(targets)
        .map(|(rate, target)| rate * target)
        .sum();
    targets
        .iter()
        .map(|target| target * surplus / weight)
        .collect()
}
