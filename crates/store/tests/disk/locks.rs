//! Who may read and write which file, among the connections of one thread: the locks of a file, and the
//! shared memory beside a file in WAL mode. None of it is on the disk.

use std::collections::BTreeMap;

use rusqlite::ffi;

use super::machine::Code;

/// The parts of shared memory that can be locked (SQLITE_SHM_NLOCK).
const SLOTS: usize = 8;

#[derive(Default)]
pub(super) struct Locks {
    /// The level that each handle has on its file.
    levels: BTreeMap<u64, (String, i32)>,
    shared: BTreeMap<String, Shared>,
}

#[derive(Default)]
struct Shared {
    regions: Vec<Box<[u64]>>,
    /// By handle: whether it is exclusive.
    slots: [BTreeMap<u64, bool>; SLOTS],
    users: Vec<u64>,
}

impl Locks {
    /// Raises the level of a handle. The levels are SQLite's: shared, reserved, pending, exclusive.
    pub(super) fn raise(&mut self, id: u64, name: &str, level: i32) -> Result<(), Code> {
        let highest = self.highest_of_others(id, name);
        let free = match level {
            ffi::SQLITE_LOCK_SHARED => highest < ffi::SQLITE_LOCK_PENDING,
            ffi::SQLITE_LOCK_RESERVED => highest < ffi::SQLITE_LOCK_RESERVED,
            _ => highest < ffi::SQLITE_LOCK_SHARED,
        };
        if !free {
            return Err(ffi::SQLITE_BUSY);
        }
        let present = self.levels.entry(id).or_insert((name.to_owned(), level));
        present.1 = present.1.max(level);
        Ok(())
    }

    pub(super) fn lower(&mut self, id: u64, level: i32) {
        if let Some((_, present)) = self.levels.get_mut(&id) {
            *present = level.min(*present);
        }
    }

    pub(super) fn is_reserved(&self, name: &str) -> bool {
        self.highest_of_others(0, name) >= ffi::SQLITE_LOCK_RESERVED
    }

    fn highest_of_others(&self, id: u64, name: &str) -> i32 {
        let others = self.levels.iter().filter(|(other, _)| **other != id);
        let of_file = others.filter(|(_, (file, _))| file == name);
        of_file
            .map(|(_, (_, level))| *level)
            .max()
            .unwrap_or(ffi::SQLITE_LOCK_NONE)
    }

    /// A part of the shared memory beside a file, zeroed when it is new; `None` when it is not
    /// there and is not to be made.
    pub(super) fn region(
        &mut self,
        id: u64,
        name: &str,
        index: usize,
        bytes: usize,
        make: bool,
    ) -> Option<*mut u64> {
        let shared = self.shared.entry(name.to_owned()).or_default();
        if !shared.users.contains(&id) {
            shared.users.push(id);
        }
        while make && shared.regions.len() <= index {
            shared
                .regions
                .push(vec![0; bytes / size_of::<u64>()].into());
        }
        shared
            .regions
            .get_mut(index)
            .map(|region| region.as_mut_ptr())
    }

    pub(super) fn lock_slots(
        &mut self,
        id: u64,
        name: &str,
        slots: std::ops::Range<usize>,
        exclusive: bool,
    ) -> Result<(), Code> {
        let shared = self.shared.entry(name.to_owned()).or_default();
        let slots = &mut shared.slots[slots];
        let in_the_way = |(other, others): (&u64, &bool)| *other != id && (exclusive || *others);
        if slots.iter().any(|slot| slot.iter().any(in_the_way)) {
            return Err(ffi::SQLITE_BUSY);
        }
        slots.iter_mut().for_each(|slot| {
            slot.insert(id, exclusive);
        });
        Ok(())
    }

    pub(super) fn unlock_slots(&mut self, id: u64, name: &str, slots: std::ops::Range<usize>) {
        if let Some(shared) = self.shared.get_mut(name) {
            shared.slots[slots].iter_mut().for_each(|slot| {
                slot.remove(&id);
            });
        }
    }

    /// The shared memory goes with its last user.
    pub(super) fn leave_shared(&mut self, id: u64, name: &str) {
        self.unlock_slots(id, name, 0..SLOTS);
        if let Some(shared) = self.shared.get_mut(name) {
            shared.users.retain(|user| *user != id);
            if shared.users.is_empty() {
                self.shared.remove(name);
            }
        }
    }

    pub(super) fn forget(&mut self, id: u64) {
        self.levels.remove(&id);
    }
}
