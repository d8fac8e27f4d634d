//! Places for connections: so many in all, so many for one address, and fewer for those who have not
//! said yet who they are.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections at the same time. The largest halls have a few hundred screens.
const MAX_CONNECTIONS: usize = 8_192;

/// Of these one address may have a quarter: a whole branch may stand behind one router, and still
/// nobody alone can take every place.
const MAX_OF_ADDRESS: usize = MAX_CONNECTIONS / 4;

/// Connections of one address that have not said hello yet. A thousand screens behind one router that
/// come back in the same second after a power cut are let in; who holds connections open with nothing
/// has each for five seconds, and an eighth of the places.
const MAX_STRANGERS_OF_ADDRESS: usize = MAX_CONNECTIONS / 8;

/// The places of a hall.
#[derive(Debug, Default)]
pub(super) struct Places(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    of: HashMap<Neighbour, Count>,
}

#[derive(Debug, Default)]
struct Count {
    all: usize,
    strangers: usize,
    is_told: bool,
}

/// Who counts as one: an IPv4 address, or the 64 bits of an IPv6 network, within which anybody may
/// take as many addresses as they like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Neighbour {
    V4([u8; 4]),
    V6([u16; 4]),
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    neighbour: Neighbour,
    is_known: AtomicBool,
}

impl Places {
    /// A place for a connection from an address, unless it or the whole hall has too many.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let neighbour = Neighbour::of(address);
        let mut taken = self.taken();
        let is_full = taken.all >= MAX_CONNECTIONS;
        let count = taken.of.entry(neighbour).or_default();
        if is_full || count.all >= MAX_OF_ADDRESS || count.strangers >= MAX_STRANGERS_OF_ADDRESS {
            count.tell(address, is_full);
            return None;
        }
        count.all += 1;
        count.strangers += 1;
        taken.all += 1;
        Some(Place {
            places: Arc::clone(self),
            neighbour,
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

impl Count {
    /// Once, until the address has no connection left: whoever floods the hall is not to fill its log.
    fn tell(&mut self, address: IpAddr, is_full: bool) {
        if self.is_told {
            return;
        }
        self.is_told = true;
        match is_full {
            true => tracing::warn!(
                "a connection from {address} was not taken: the hall has {MAX_CONNECTIONS} already. Look for a device that opens connections without end."
            ),
            false => tracing::warn!(
                "a connection from {address} was not taken: it has {} already, {} of which have not said who they are. Look at that machine: it is broken, or it attacks the hall.",
                self.all,
                self.strangers
            ),
        }
    }
}

impl Neighbour {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

impl Place {
    /// Who has it has said who they are.
    pub(super) fn is_known_now(&self) {
        if !self.is_known.swap(true, Ordering::Relaxed)
            && let Some(count) = self.places.taken().of.get_mut(&self.neighbour)
        {
            count.strangers -= 1;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        let Some(count) = taken.of.get_mut(&self.neighbour) else {
            return;
        };
        count.all -= 1;
        count.strangers -= usize::from(!*self.is_known.get_mut());
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
        held.iter().for_each(Place::is_known_now);
        held.iter().for_each(Place::is_known_now);
        while let Some(place) = places.take(guest) {
            place.is_known_now();
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
        let held: Vec<Place> = (0..MAX_CONNECTIONS)
            .map(|at| places.take(from(at % 200)).unwrap())
            .collect();
        assert!(places.take(from(201)).is_none());
        drop(held);
        assert!(places.take(from(201)).is_some());
    }

    #[test]
    fn many_addresses_of_one_network_are_one_neighbour() {
        let same =
            |one: &str, other: &str| Neighbour::of(address(one)) == Neighbour::of(address(other));
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
    }
}
