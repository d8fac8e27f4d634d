//! A font file as memory that the system reads page by page, when a letter of it is drawn.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use memmap2::Mmap;

/// Every font file that this process has mapped. It stays for the life of the process, so that
/// letters may point into it; a program has one printer and two files.
static MAPPED: Mutex<BTreeMap<PathBuf, &'static [u8]>> = Mutex::new(BTreeMap::new());

/// The bytes of a file, mapped once however often it is asked for.
pub(super) fn mapped(path: &Path) -> io::Result<&'static [u8]> {
    let mut known = MAPPED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = known.get(path) {
        return Ok(bytes);
    }
    let bytes: &'static [u8] = &Box::leak(Box::new(map(path)?))[..];
    known.insert(path.to_owned(), bytes);
    Ok(bytes)
}

#[allow(unsafe_code)]
fn map(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: nobody writes into an installed font. A package manager puts a new file in the place
    // of the old one, and the old one stays as it is for whoever has it open.
    unsafe { Mmap::map(&file) }
}
