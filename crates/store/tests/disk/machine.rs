//! All files of a disk, who has them open, and what fails.

use std::collections::BTreeMap;

use rusqlite::ffi;

use super::locks::Locks;
use super::medium::Medium;
use super::{Chance, Fault};

/// An error code of SQLite.
pub(super) type Code = i32;

/// What SQLite writes beside a database.
const JOURNALS: i32 =
    ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL | ffi::SQLITE_OPEN_WAL;

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Open,
    Read,
    Write,
    Length,
    Sync,
    Delete,
}

pub(super) struct Machine {
    files: BTreeMap<String, Medium>,
    /// Deleted, but the deletion may not be on the disk yet.
    deleted: Vec<(String, Medium)>,
    handles: BTreeMap<u64, Handle>,
    pub(super) locks: Locks,
    last_handle: u64,
    chance: Chance,
    planned: Option<(u64, Fault)>,
    present: Option<Fault>,
    struck: bool,
    pub(super) lies_percent: u64,
    pub(super) operations: u64,
}

struct Handle {
    name: String,
    delete_on_close: bool,
    /// With its first sync the folder is synced too, as the machine's own files of SQLite do it.
    syncs_folder: bool,
}

/// An operation that did not go well.
struct Failure {
    code: Code,
    /// Whether some of it was done all the same.
    in_part: bool,
}

impl From<Failure> for Code {
    fn from(failure: Failure) -> Self {
        failure.code
    }
}

impl Operation {
    fn code(self) -> Code {
        match self {
            Self::Open => ffi::SQLITE_CANTOPEN,
            Self::Read => ffi::SQLITE_IOERR_READ,
            Self::Write => ffi::SQLITE_IOERR_WRITE,
            Self::Length => ffi::SQLITE_IOERR_TRUNCATE,
            Self::Sync => ffi::SQLITE_IOERR_FSYNC,
            Self::Delete => ffi::SQLITE_IOERR_DELETE,
        }
    }
}

impl Fault {
    fn strikes(self, operation: Operation) -> bool {
        match self {
            Self::PowerCut | Self::Killed | Self::ReadOnly(_) => {
                !matches!(operation, Operation::Open | Operation::Read)
            }
            Self::Full(_) => operation == Operation::Write,
            Self::Failing(_) => true,
            Self::Unreadable(_) => operation == Operation::Read,
        }
    }

    /// What is left of it after it has struck.
    fn after_one_more(self) -> Option<Self> {
        match self {
            Self::PowerCut | Self::Killed => Some(self),
            Self::Full(0..=1)
            | Self::Failing(0..=1)
            | Self::ReadOnly(0..=1)
            | Self::Unreadable(0..=1) => None,
            Self::Full(times) => Some(Self::Full(times - 1)),
            Self::Failing(times) => Some(Self::Failing(times - 1)),
            Self::ReadOnly(times) => Some(Self::ReadOnly(times - 1)),
            Self::Unreadable(times) => Some(Self::Unreadable(times - 1)),
        }
    }
}

impl Machine {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            files: BTreeMap::new(),
            deleted: Vec::new(),
            handles: BTreeMap::new(),
            locks: Locks::default(),
            last_handle: 0,
            chance: Chance::new(seed),
            planned: None,
            present: None,
            struck: false,
            lies_percent: 0,
            operations: 0,
        }
    }

    pub(super) fn plan(&mut self, after: u64, fault: Fault) {
        self.planned = Some((after, fault));
        self.struck = false;
    }

    pub(super) fn heal(&mut self) {
        (self.planned, self.present) = (None, None);
    }

    pub(super) fn fail_now(&mut self, fault: Fault) {
        (self.planned, self.present, self.struck) = (None, Some(fault), true);
    }

    pub(super) fn has_struck(&self) -> bool {
        self.struck
    }

    pub(super) fn is_down(&self) -> bool {
        matches!(self.present, Some(Fault::PowerCut | Fault::Killed))
    }

    pub(super) fn restart(&mut self) {
        assert!(self.handles.is_empty(), "every file is closed");
        if self.present == Some(Fault::PowerCut) {
            self.lose_what_was_not_synced();
        }
        self.locks = Locks::default();
        self.heal();
    }

    fn lose_what_was_not_synced(&mut self) {
        let chance = &mut self.chance;
        let files = std::mem::take(&mut self.files).into_iter();
        self.files = files
            .filter_map(|(name, medium)| Some((name, medium.after_power_cut(chance)?)))
            .collect();
        for (name, medium) in std::mem::take(&mut self.deleted) {
            let comes_back = medium
                .after_power_cut(chance)
                .filter(|_| chance.percent(50));
            if let Some(medium) = comes_back {
                self.files.entry(name).or_insert(medium);
            }
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    pub(super) fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        Some(self.files.get(name)?.bytes().to_vec())
    }

    pub(super) fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), Medium::of_safe(bytes));
    }

    pub(super) fn flip_bit(&mut self, name: &str, byte: usize, bit: u8) {
        if let Some(medium) = self.files.get_mut(name) {
            medium.flip_bit(byte, bit);
        }
    }

    pub(super) fn random(&mut self) -> u64 {
        self.chance.next()
    }

    /// Counts an operation, and says whether it fails.
    fn begin(&mut self, operation: Operation) -> Result<(), Failure> {
        self.operations += 1;
        let was_down = self.is_down();
        if let Some((after, fault)) = self.planned
            && fault.strikes(operation)
        {
            match after {
                0 => self.fail_now(fault),
                _ => self.planned = Some((after - 1, fault)),
            }
        }
        let Some(fault) = self.present else {
            return Ok(());
        };
        if !was_down && !fault.strikes(operation) {
            return Ok(());
        }
        self.present = fault.after_one_more();
        let code = match fault {
            Fault::Full(_) => ffi::SQLITE_FULL,
            _ => operation.code(),
        };
        let in_part = !was_down;
        Err(Failure { code, in_part })
    }

    pub(super) fn open(&mut self, name: Option<&str>, flags: i32) -> Result<u64, Code> {
        self.begin(Operation::Open)?;
        self.last_handle += 1;
        let id = self.last_handle;
        let name = name.map_or_else(|| format!("temporary {id}"), str::to_owned);
        let there = self.files.contains_key(&name);
        if !there && flags & ffi::SQLITE_OPEN_CREATE == 0 {
            return Err(ffi::SQLITE_CANTOPEN);
        }
        self.files.entry(name.clone()).or_default();
        let handle = Handle {
            name,
            delete_on_close: flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0,
            syncs_folder: flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & JOURNALS != 0,
        };
        self.handles.insert(id, handle);
        Ok(id)
    }

    pub(super) fn close(&mut self, id: u64) {
        self.locks.forget(id);
        if let Some(handle) = self.handles.remove(&id)
            && handle.delete_on_close
        {
            self.files.remove(&handle.name);
        }
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        self.files
            .get(name)
            .is_some_and(|medium| !medium.bytes().is_empty())
    }

    pub(super) fn delete(&mut self, name: &str, sync: bool) -> Result<(), Code> {
        self.begin(Operation::Delete)?;
        let medium = self
            .files
            .remove(name)
            .ok_or(ffi::SQLITE_IOERR_DELETE_NOENT)?;
        if !sync {
            self.deleted.push((name.to_owned(), medium));
        }
        Ok(())
    }

    /// Reads as much as there is, and says how much that was.
    pub(super) fn read(&mut self, id: u64, at: usize, into: &mut [u8]) -> Result<usize, Code> {
        self.begin(Operation::Read)?;
        let bytes = self.medium(id)?.bytes();
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        into[length..].fill(0);
        Ok(length)
    }

    pub(super) fn write(&mut self, id: u64, at: usize, bytes: &[u8]) -> Result<(), Code> {
        let begun = self.begin(Operation::Write);
        let done = match &begun {
            Ok(()) => bytes.len(),
            Err(failure) if failure.in_part => self.chance.below(bytes.len() as u64 + 1) as usize,
            Err(_) => 0,
        };
        if done > 0 {
            self.medium(id)?.write(at, &bytes[..done]);
        }
        Ok(begun?)
    }

    pub(super) fn set_length(&mut self, id: u64, length: usize) -> Result<(), Code> {
        let begun = self.begin(Operation::Length);
        let done = match &begun {
            Ok(()) => true,
            Err(failure) => failure.in_part && self.chance.percent(50),
        };
        if done {
            self.medium(id)?.set_length(length);
        }
        Ok(begun?)
    }

    pub(super) fn sync(&mut self, id: u64) -> Result<(), Code> {
        let begun = self.begin(Operation::Sync);
        let mut chance = Chance::new(self.chance.next());
        match &begun {
            Ok(()) if chance.percent(self.lies_percent) => {}
            Ok(()) => self.make_safe(id)?,
            Err(_) if self.is_down() => {}
            Err(_) => self.medium(id)?.fail_to_sync(&mut chance),
        }
        Ok(begun?)
    }

    fn make_safe(&mut self, id: u64) -> Result<(), Code> {
        self.medium(id)?.sync();
        let handle = self.handles.get_mut(&id).ok_or(ffi::SQLITE_IOERR)?;
        if std::mem::take(&mut handle.syncs_folder) {
            self.deleted.clear();
        }
        Ok(())
    }

    pub(super) fn length(&mut self, id: u64) -> Result<usize, Code> {
        Ok(self.medium(id)?.bytes().len())
    }

    /// The name of an open file.
    pub(super) fn name(&self, id: u64) -> Option<&str> {
        Some(&self.handles.get(&id)?.name)
    }

    fn medium(&mut self, id: u64) -> Result<&mut Medium, Code> {
        let name = &self.handles.get(&id).ok_or(ffi::SQLITE_IOERR)?.name;
        self.files.get_mut(name).ok_or(ffi::SQLITE_IOERR)
    }
}
