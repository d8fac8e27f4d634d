//! Places for connections: so many in all, so many for one address, and fewer for those who have not
//! said yet who they are.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::trust::Neighbour;

/// Connections at the same time. The largest halls have a few hundred screens.
const MAX_CONNECTIONS: usize = 8_192;

/// Of these one address may have a quarter: a whole branch may stand behind one router, and still
/// nobody alone can take every place.
const MAX_OF_ADDRESS: usize = MAX_CONNECTIONS / 4;

/// Connections of one address that have not said hello yet. A thousand screens behind one router that
/// come back in the same second after a power cut are let in; who holds connections open with nothing
/// has each for five seconds, and an eighth of the places.
const MAX_STRANGERS_OF_ADDRESS: usize = MAX_CONNECTIONS / 8;

/// Connections that have not said hello yet, of all addresses from which no device of the hall ever came: who takes
/// eight addresses of the network leaves half of the places to those who belong there.
const MAX_STRANGERS: usize = MAX_CONNECTIONS / 2;

/// Addresses that are remembered because a device came from there. A hall has some hundreds.
const MAX_FAMILIAR: usize = 4_096;

/// The places of a hall.
#[derive(Debug, Default)]
pub(super) struct Places(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    strangers: usize,
    of: HashMap<Neighbour, Count>,
    familiar: HashSet<Neighbour>,
    is_told: bool,
}

#[derive(Debug, Default)]
struct Count {
    all: usize,
    strangers: usize,
    is_told: bool,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    neighbour: Neighbour,
    /// Whether it is one of those that all strangers share.
    is_strange: bool,
    is_known: AtomicBool,
}

impl Places {
    /// A place for a connection from an address, unless it or the whole hall has too many.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let neighbour = Neighbour::of(address);
        let mut taken = self.taken();
        let is_strange = !taken.familiar.contains(&neighbour);
        if taken.is_full_for(is_strange) {
            taken.tell(address);
            return None;
        }
        let count = taken.of.entry(neighbour).or_default();
        if count.all >= MAX_OF_ADDRESS || count.strangers >= MAX_STRANGERS_OF_ADDRESS {
            count.tell(address);
            return None;
        }
        count.all += 1;
        count.strangers += 1;
        taken.all += 1;
        taken.strangers += usize::from(is_strange);
        Some(Place {
            places: Arc::clone(self),
            neighbour,
            is_strange,
            is_known: AtomicBool::new(false),
        })
    }

    /// Connections at present.
    pub(super) fn count(&self) -> usize {
        self.taken().all
    }

    /// Nothing that can panic is done while it is held.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn is_full_for(&self, is_strange: bool) -> bool {
        self.all >= MAX_CONNECTIONS || is_strange && self.strangers >= MAX_STRANGERS
    }

    /// Once, until a quarter of the places is free again. Nothing is remembered of the address, or addresses
    /// would fill the memory.
    fn tell(&mut self, address: IpAddr) {
        if !self.is_told {
            self.is_told = true;
            tracing::warn!(
                "a connection from {address} was not taken: the hall has as many as it takes, {MAX_CONNECTIONS} in all and {MAX_STRANGERS} of those that it never met. Look for a device that opens connections without end."
            );
        }
    }

    fn is_quiet(&self) -> bool {
        self.all < MAX_CONNECTIONS / 4 * 3 && self.strangers < MAX_STRANGERS / 4 * 3
    }
}

impl Count {
    /// Once, until the address has no connection left: whoever floods the hall is not to fill its log.
    fn tell(&mut self, address: IpAddr) {
        if !self.is_told {
            self.is_told = true;
            tracing::warn!(
                "a connection from {address} was not taken: it has {} already, {} of which have not said who they are. Look at that machine: it is broken, or it attacks the hall.",
                self.all,
                self.strangers
            );
        }
    }
}

impl Place {
    /// Who has it has said who they are; `is_ours`: they have shown that they belong to the hall.
    pub(super) fn is_known_now(&self, is_ours: bool) {
        if self.is_known.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut taken = self.places.taken();
        taken.strangers -= usize::from(self.is_strange);
        if let Some(count) = taken.of.get_mut(&self.neighbour) {
            count.strangers -= 1;
        }
        if is_ours && taken.familiar.len() < MAX_FAMILIAR {
            taken.familiar.insert(self.neighbour);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        let is_stranger = !*self.is_known.get_mut();
        taken.strangers -= usize::from(is_stranger && self.is_strange);
        taken.is_told &= !taken.is_quiet();
        let Some(count) = taken.of.get_mut(&self.neighbour) else {
            return;
        };
        count.all -= 1;
        count.strangers -= usize::from(is_stranger);
        if count.all == 0 {
            taken.of.remove(&self.neighbour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn who_says_nothing_takes_an_eighth_of_the_places_and_who_does_a_quarter() {
        let places = Arc::new(Places::default());
        let guest = address("10.0.0.66");
        let mut held: Vec<Place> = (0..MAX_STRANGERS_OF_ADDRESS)
            .map(|_| places.take(guest).unwrap())
            .collect();
        assert!(places.take(guest).is_none(), "too many strangers");
        assert!(places.take(address("10.0.0.7")).is_some(), "others come in");
        held.iter().for_each(|place| place.is_known_now(false));
        held.iter().for_each(|place| place.is_known_now(false));
        while let Some(place) = places.take(guest) {
            place.is_known_now(false);
            held.push(place);
        }
        assert_eq!(held.len(), MAX_OF_ADDRESS);
        assert_eq!(places.count(), MAX_OF_ADDRESS);
        held.pop();
        assert!(places.take(guest).is_some(), "a place is free again");
        drop(held);
        assert_eq!(places.count(), 0);
        assert!(places.taken().of.is_empty(), "nobody is remembered");
    }

    #[test]
    fn the_hall_has_no_more_than_its_places() {
        let places = Arc::new(Places::default());
        let from = |neighbour: usize| address(&format!("10.0.0.{neighbour}"));
        let take = |at: usize| {
            let place = places.take(from(at % 200)).unwrap();
            place.is_known_now(false);
            place
        };
        let held: Vec<Place> = (0..MAX_CONNECTIONS).map(take).collect();
        assert!(places.take(from(201)).is_none());
        drop(held);
        assert!(places.take(from(201)).is_some());
    }

    #[test]
    fn who_takes_many_addresses_leaves_half_of_the_places_to_the_halls_own() {
        let places = Arc::new(Places::default());
        let kiosk = address("10.0.0.7");
        places.take(kiosk).unwrap().is_known_now(true);
        let from = |at: usize| address(&format!("10.0.1.{}", at % 200));
        let mut held: Vec<Place> = (0..MAX_CONNECTIONS)
            .map_while(|at| places.take(from(at)))
            .collect();
        assert_eq!(held.len(), MAX_STRANGERS);
        for guest in 1..200 {
            let guest = address(&format!("10.0.2.{guest}"));
            assert!(places.take(guest).is_none(), "one more guest");
        }
        assert_eq!(places.taken().of.len(), 200, "who is refused is forgotten");
        held.push(places.take(kiosk).unwrap());
        drop(held);
        assert_eq!(places.taken().strangers, 0);
        assert!(places.take(address("10.0.2.1")).is_some());
    }
}
