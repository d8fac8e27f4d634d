//! How much a device may ask: so many requests at once, and so many a second for long. Telephones have no
//! key and any name they like, so that for them the address counts: a new name is no new bucket.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// Addresses of telephones that are remembered while their buckets are not full. A bucket is full again
/// after seconds, so that only a flood from as many addresses fills this.
const MAX_ADDRESSES: usize = 4_096;

/// The buckets of everybody who asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    devices: BTreeMap<String, Bucket>,
    addresses: BTreeMap<Neighbour, Bucket>,
}

/// Who counts as one, from wherever they come: an IPv4 address, or the 64 bits of an IPv6 network, within which
/// anybody may take as many addresses as they like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Neighbour {
    /// An address.
    V4([u8; 4]),
    /// A network.
    V6([u16; 4]),
}

impl Neighbour {
    /// To whom an address belongs.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

impl Buckets {
    /// Whether a device may ask one thing more.
    pub(super) fn take_of_device(&mut self, device: &str, limits: (u32, u32), now_ms: u64) -> bool {
        let bucket = self.devices.entry(device.to_owned());
        let bucket = bucket.or_insert_with(|| Bucket::full(limits.0, now_ms));
        bucket.take(limits, now_ms)
    }

    /// Whether the telephones behind an address may ask one thing more.
    pub(super) fn take_of_address(
        &mut self,
        address: IpAddr,
        limits: (u32, u32),
        now_ms: u64,
    ) -> bool {
        let neighbour = Neighbour::of(address);
        let is_new = !self.addresses.contains_key(&neighbour);
        if is_new && self.addresses.len() >= MAX_ADDRESSES {
            self.addresses
                .retain(|_, bucket| !bucket.is_full(limits, now_ms));
            if self.addresses.len() >= MAX_ADDRESSES {
                return false;
            }
        }
        let bucket = self.addresses.entry(neighbour);
        let bucket = bucket.or_insert_with(|| Bucket::full(limits.0, now_ms));
        bucket.take(limits, now_ms)
    }

    /// Forgets a device that has gone for good, or names would fill the memory.
    pub(super) fn forget(&mut self, device: &str) {
        self.devices.remove(device);
    }
}

/// A bucket that drips full. A request takes a thousand drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    drops: u64,
    filled_at_ms: u64,
}

const A_REQUEST: u64 = 1_000;

impl Bucket {
    pub(super) fn full(at_once: u32, now_ms: u64) -> Self {
        Self {
            drops: u64::from(at_once) * A_REQUEST,
            filled_at_ms: now_ms,
        }
    }

    /// Whether there is enough for a request, which is taken out.
    pub(super) fn take(&mut self, limits: (u32, u32), now_ms: u64) -> bool {
        self.drops = self.drops_at(limits, now_ms);
        self.filled_at_ms = now_ms;
        let enough = self.drops >= A_REQUEST;
        if enough {
            self.drops -= A_REQUEST;
        }
        enough
    }

    fn is_full(&self, limits: (u32, u32), now_ms: u64) -> bool {
        self.drops_at(limits, now_ms) == u64::from(limits.0) * A_REQUEST
    }

    fn drops_at(&self, (at_once, per_second): (u32, u32), now_ms: u64) -> u64 {
        let passed_ms = now_ms.saturating_sub(self.filled_at_ms);
        let dripped = passed_ms.saturating_mul(u64::from(per_second));
        let most = u64::from(at_once) * A_REQUEST;
        self.drops.saturating_add(dripped).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_then_so_many_a_second() {
        let limits = (3, 2);
        let mut bucket = Bucket::full(3, 0);
        let taken =
            |bucket: &mut Bucket, now_ms| (0..10).filter(|_| bucket.take(limits, now_ms)).count();
        assert_eq!(taken(&mut bucket, 0), 3);
        assert_eq!(taken(&mut bucket, 499), 0);
        assert_eq!(taken(&mut bucket, 500), 1);
        assert_eq!(taken(&mut bucket, 2_000), 3);
        assert_eq!(
            taken(&mut bucket, 60_000),
            3,
            "more than full it does not get"
        );
    }

    #[test]
    fn an_address_is_one_whatever_is_behind_it_and_many_of_them_fill_no_memory() {
        let limits = (3, 2);
        let mut buckets = Buckets::default();
        let from = |text: &str| text.parse::<IpAddr>().unwrap();
        let taken = |buckets: &mut Buckets, address: &str, now_ms| {
            let tries = (0..10).filter(|_| buckets.take_of_address(from(address), limits, now_ms));
            tries.count()
        };
        assert_eq!(taken(&mut buckets, "10.0.0.7", 0), 3);
        assert_eq!(taken(&mut buckets, "::ffff:10.0.0.7", 0), 0);
        assert_eq!(taken(&mut buckets, "2001:db8::7", 0), 3);
        assert_eq!(taken(&mut buckets, "2001:db8::8", 0), 0);
        for place in 0..2 * MAX_ADDRESSES as u32 {
            let address = IpAddr::from(std::net::Ipv4Addr::from(place));
            buckets.take_of_address(address, limits, 1);
        }
        assert_eq!(buckets.addresses.len(), MAX_ADDRESSES);
        assert_eq!(taken(&mut buckets, "10.0.1.7", 1), 0, "no room for more");
        assert_eq!(taken(&mut buckets, "10.0.1.7", 1_000), 3, "they are quiet");
    }

    #[test]
    fn many_addresses_of_one_network_are_one_neighbour() {
        let of = |text: &str| Neighbour::of(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
