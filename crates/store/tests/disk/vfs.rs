//! What SQLite calls. Nothing is decided here: arguments are translated, and the disk of the thread
//! is asked. A thread without a disk is served by the machine's own files.
#![allow(
    unsafe_code,
    reason = "SQLite asks for its files through pointers to C functions"
)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ops::Range;
use std::sync::Once;
use std::{ptr, slice};

use rusqlite::ffi;

use super::MACHINE;
use super::machine::{Code, Machine};

/// A file as SQLite holds it.
#[repr(C)]
struct Open {
    base: ffi::sqlite3_file,
    id: u64,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Puts ourselves in front of the machine's files, once in a process.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    // SAFETY: the structure is filled in before it is registered, and lives as long as the process.
    ONCE.call_once(|| unsafe {
        let system = ffi::sqlite3_vfs_find(ptr::null());
        assert!(!system.is_null(), "SQLite has files of its own");
        let mut ours = *system;
        ours.szOsFile = ours.szOsFile.max(size_of::<Open>() as c_int);
        ours.zName = c"paihao-disk".as_ptr();
        ours.pNext = ptr::null_mut();
        ours.pAppData = system.cast();
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        ours.xAccess = Some(access);
        ours.xFullPathname = Some(full_pathname);
        ours.xRandomness = Some(randomness);
        let registered = ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1);
        assert_eq!(registered, ffi::SQLITE_OK);
    });
}

/// The salts in SQLite's files come from its own chance, which begins anew with that of the disk.
pub(super) fn begin_chance_anew() {
    // SAFETY: a request for nothing forgets what was.
    unsafe { ffi::sqlite3_randomness(0, ptr::null_mut()) };
}

/// Asks the disk of this thread; `None` if it has none.
fn ask<T>(act: impl FnOnce(&mut Machine) -> T) -> Option<T> {
    MACHINE.with_borrow_mut(|machine| machine.as_mut().map(act))
}

/// Asks for an open file. Without a disk it is one of a disk that is gone.
fn code_of(act: impl FnOnce(&mut Machine) -> Result<(), Code>) -> c_int {
    match ask(act) {
        Some(Ok(())) => ffi::SQLITE_OK,
        Some(Err(code)) => code,
        None => ffi::SQLITE_IOERR,
    }
}

unsafe fn id(file: *mut ffi::sqlite3_file) -> u64 {
    // SAFETY: SQLite gives back what `open` has filled in.
    unsafe { (*file.cast::<Open>()).id }
}

unsafe fn text<'a>(name: *const c_char) -> &'a str {
    // SAFETY: a name ends with a zero and lives as long as the call.
    unsafe { CStr::from_ptr(name) }
        .to_str()
        .expect("names are UTF-8")
}

unsafe fn system(vfs: *mut ffi::sqlite3_vfs) -> *mut ffi::sqlite3_vfs {
    // SAFETY: it was put there when ours was registered.
    unsafe { (*vfs).pAppData.cast() }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: `file` has room for the larger of both kinds of files.
    unsafe {
        let wanted = (!name.is_null()).then(|| text(name));
        let opened = match ask(|machine| machine.open(wanted, flags)) {
            None => {
                let system = system(vfs);
                return (*system).xOpen.map_or(ffi::SQLITE_CANTOPEN, |open| {
                    open(system, name, file, flags, out_flags)
                });
            }
            Some(opened) => opened,
        };
        // Without methods SQLite does not close it.
        (*file).pMethods = ptr::null();
        let id = match opened {
            Ok(id) => id,
            Err(code) => return code,
        };
        (*file.cast::<Open>()).id = id;
        (*file).pMethods = &METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: as SQLite promises.
    unsafe {
        match ask(|machine| machine.delete(text(name), sync != 0)) {
            Some(Ok(())) => ffi::SQLITE_OK,
            Some(Err(code)) => code,
            None => {
                let system = system(vfs);
                (*system)
                    .xDelete
                    .map_or(ffi::SQLITE_IOERR, |delete| delete(system, name, sync))
            }
        }
    }
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: as SQLite promises.
    unsafe {
        match ask(|machine| machine.exists(text(name))) {
            Some(exists) => {
                *out = c_int::from(exists);
                ffi::SQLITE_OK
            }
            None => {
                let system = system(vfs);
                (*system)
                    .xAccess
                    .map_or(ffi::SQLITE_IOERR, |access| access(system, name, flags, out))
            }
        }
    }
}

unsafe extern "C" fn full_pathname(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `out` has so much room.
    unsafe {
        let system = system(vfs);
        if ask(|_| ()).is_none() {
            return (*system)
                .xFullPathname
                .map_or(ffi::SQLITE_CANTOPEN, |full| full(system, name, room, out));
        }
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > room as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(
    vfs: *mut ffi::sqlite3_vfs,
    length: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `out` has so much room.
    unsafe {
        if ask(|_| ()).is_none() {
            let system = system(vfs);
            return (*system)
                .xRandomness
                .map_or(0, |random| random(system, length, out));
        }
        let bytes = slice::from_raw_parts_mut(out.cast::<u8>(), length as usize);
        bytes.fill_with(|| ask(Machine::random).unwrap_or_default() as u8);
    }
    length
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    ask(|machine| machine.close(id));
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    length: c_int,
    at: i64,
) -> c_int {
    // SAFETY: `into` has so much room.
    let (id, into) = unsafe {
        (
            id(file),
            slice::from_raw_parts_mut(into.cast::<u8>(), length as usize),
        )
    };
    match ask(|machine| machine.read(id, at as usize, into)) {
        Some(Ok(read)) if read == length as usize => ffi::SQLITE_OK,
        Some(Ok(_)) => ffi::SQLITE_IOERR_SHORT_READ,
        Some(Err(code)) => code,
        None => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    length: c_int,
    at: i64,
) -> c_int {
    // SAFETY: `from` has so many bytes.
    let (id, from) = unsafe {
        (
            id(file),
            slice::from_raw_parts(from.cast::<u8>(), length as usize),
        )
    };
    code_of(|machine| machine.write(id, at as usize, from))
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    code_of(|machine| machine.set_length(id, length as usize))
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    code_of(|machine| machine.sync(id))
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    code_of(|machine| {
        let length = machine.length(id)?;
        // SAFETY: as SQLite promises.
        unsafe { *out = length as i64 };
        Ok(())
    })
}

/// Asks with the name of an open file.
fn named(id: u64, act: impl FnOnce(&mut Machine, &str) -> Result<(), Code>) -> c_int {
    code_of(|machine| {
        let name = machine.name(id).ok_or(ffi::SQLITE_IOERR)?.to_owned();
        act(machine, &name)
    })
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    named(id, |machine, name| machine.locks.raise(id, name, level))
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    ask(|machine| machine.locks.lower(id, level));
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    named(id, |machine, name| {
        let reserved = machine.locks.is_reserved(name);
        // SAFETY: as SQLite promises.
        unsafe { *out = c_int::from(reserved) };
        Ok(())
    })
}

unsafe extern "C" fn file_control(
    _file: *mut ffi::sqlite3_file,
    _what: c_int,
    _about: *mut c_void,
) -> c_int {
    ffi::SQLITE_NOTFOUND
}

/// What SQLite takes for the size of a sector everywhere but on flash chips.
unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    4_096
}

/// As the machine's own files say: a write that fails harms nothing beside it.
unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    index: c_int,
    bytes: c_int,
    make: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    named(id, |machine, name| {
        let region = machine
            .locks
            .region(id, name, index as usize, bytes as usize, make != 0);
        // SAFETY: as SQLite promises; the region stays where it is until its last user has left.
        unsafe { *out = region.map_or(ptr::null_mut(), <*mut u64>::cast) };
        Ok(())
    })
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    number: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    let slots: Range<usize> = first as usize..(first + number) as usize;
    let exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
    named(id, |machine, name| {
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
            machine.locks.unlock_slots(id, name, slots);
            return Ok(());
        }
        machine.locks.lock_slots(id, name, slots, exclusive)
    })
}

unsafe extern "C" fn shm_barrier(_file: *mut ffi::sqlite3_file) {}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: as SQLite promises.
    let id = unsafe { id(file) };
    named(id, |machine, name| {
        machine.locks.leave_shared(id, name);
        Ok(())
    })
}
