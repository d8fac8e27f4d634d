//! A disk in memory under SQLite, which fails when it is told to: the power goes, the program is
//! killed, there is no room, nothing answers, a sync is a lie, a bit flips.
//!
//! Every thread has its own. [`Disk::mount`] puts it under all files that SQLite opens in this
//! thread until the disk is dropped; other threads see the machine's files as always. Each write, sync,
//! truncation and deletion is a point at which a fault can strike, and a seed says what it leaves: the
//! same in every run, and byte for byte where no other thread of the process uses SQLite, whose salts
//! come from one chance for all.
#![allow(dead_code)]

mod chance;
mod locks;
mod machine;
mod medium;
mod vfs;

use std::cell::RefCell;
use std::marker::PhantomData;

pub use chance::Chance;
use machine::Machine;

thread_local! {
    static MACHINE: RefCell<Option<Machine>> = const { RefCell::new(None) };
}

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The power goes. What was not synced is there, lost or torn.
    PowerCut,
    /// The program is killed. What it wrote is in the hands of the system, which goes on.
    Killed,
    /// There is no room for so many writes; then there is.
    Full(u64),
    /// So many operations fail, reading among them; then the disk is well again.
    Failing(u64),
    /// So many reads fail; then all can be read again.
    Unreadable(u64),
    /// Nothing can be written or deleted any more so many times, but all can be read.
    ReadOnly(u64),
}

/// The disk of this thread.
#[derive(Debug)]
pub struct Disk {
    /// It belongs to its thread.
    here: PhantomData<*const ()>,
}

impl Disk {
    /// An empty disk.
    pub fn mount(seed: u64) -> Self {
        vfs::register();
        let before = MACHINE.replace(Some(Machine::new(seed)));
        assert!(before.is_none(), "one disk in a thread at a time");
        vfs::begin_chance_anew();
        Self { here: PhantomData }
    }

    /// The fault strikes after so many more operations that it can strike at.
    pub fn plan(&self, after: u64, fault: Fault) {
        with(|machine| machine.plan(after, fault));
    }

    /// Nothing fails any more, and nothing is planned.
    pub fn heal(&self) {
        with(Machine::heal);
    }

    /// From now on so many of a hundred syncs only say that they were done.
    pub fn lie(&self, percent: u64) {
        with(|machine| machine.lies_percent = percent);
    }

    /// Whether a planned fault has struck.
    pub fn has_struck(&self) -> bool {
        with(|machine| machine.has_struck())
    }

    /// Whether nothing works since a power cut or a kill.
    pub fn is_down(&self) -> bool {
        with(|machine| machine.is_down())
    }

    /// The operations so far, reading among them.
    pub fn operations(&self) -> u64 {
        with(|machine| machine.operations)
    }

    /// After a power cut or a kill: what is left. Every file must be closed.
    pub fn restart(&self) {
        with(Machine::restart);
    }

    /// The power goes at once, between two operations, and comes back. Every file must be closed.
    pub fn cut_power_now(&self) {
        with(|machine| {
            machine.fail_now(Fault::PowerCut);
            machine.restart();
        });
    }

    /// The names of all files, in order.
    pub fn files(&self) -> Vec<String> {
        with(|machine| machine.names())
    }

    /// What stands in a file.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        with(|machine| machine.bytes(name))
    }

    /// Puts a file there, safely.
    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        with(|machine| machine.put(name, bytes));
    }

    /// One bit of a file is another from now on.
    pub fn flip_bit(&self, name: &str, byte: usize, bit: u8) {
        with(|machine| machine.flip_bit(name, byte, bit));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        MACHINE.take();
    }
}

fn with<T>(act: impl FnOnce(&mut Machine) -> T) -> T {
    MACHINE.with_borrow_mut(|machine| act(machine.as_mut().expect("the disk is mounted")))
}
