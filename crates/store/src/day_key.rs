//! A secret for each business day. With it the hall turns what could name a person into a token;
//! without it nobody can turn the token back or try all phone numbers against it.

use queue::Date;
use rusqlite::{Connection, OptionalExtension, params};

use crate::append::not_stored;
use crate::{AppendError, Store};

/// 32 random bytes.
pub type DayKey = [u8; 32];

impl Store {
    /// The key of a business day, made when it is asked for first.
    ///
    /// # Errors
    /// If it cannot be read, or a new one not be written.
    pub fn day_key(&self, date: Date) -> Result<DayKey, AppendError> {
        match find(&self.connection, date).map_err(not_stored)? {
            Some(key) => Ok(key),
            None => make(&self.connection, date).map_err(not_stored),
        }
    }

    /// Deletes the keys of all days before `date`, and gives how many there were. Afterwards they
    /// are not in the database, and not in the write-ahead file either unless somebody reads the
    /// archive just now; then they leave it when the hall stops.
    ///
    /// # Errors
    /// If the file cannot be written; none is deleted then.
    pub fn forget_keys_before(&mut self, date: Date) -> Result<usize, AppendError> {
        let delete = "DELETE FROM day_key WHERE date < ?1";
        let forgotten = self
            .connection
            .execute(delete, [date.yyyymmdd()])
            .map_err(not_stored)?;
        if forgotten > 0 {
            // That a reader kept something from being moved is no failure.
            self.empty_write_ahead().map_err(not_stored)?;
        }
        Ok(forgotten)
    }
}

fn find(connection: &Connection, date: Date) -> rusqlite::Result<Option<DayKey>> {
    connection
        .prepare_cached("SELECT key FROM day_key WHERE date = ?1")?
        .query_row([date.yyyymmdd()], |row| row.get(0))
        .optional()
}

/// SQLite draws from the system's source of chance. It gives the row before it is on disk, and says
/// only at the end of the statement whether it got there.
fn make(connection: &Connection, date: Date) -> rusqlite::Result<DayKey> {
    let insert = "INSERT INTO day_key (date, key) VALUES (?1, randomblob(32)) RETURNING key";
    let mut statement = connection.prepare_cached(insert)?;
    let mut rows = statement.query(params![date.yyyymmdd()])?;
    let made = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let key = made.get(0)?;
    match rows.next()? {
        None => Ok(key),
        Some(_) => Err(rusqlite::Error::QueryReturnedMoreThanOneRow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn day(day: u8) -> Date {
        Date::new(2026, 11, day)
    }

    fn files_hold(folder: &Path, key: &DayKey) -> bool {
        let files = fs::read_dir(folder).unwrap();
        let mut texts = files.map(|file| fs::read(file.unwrap().path()).unwrap());
        texts.any(|text| text.windows(key.len()).any(|window| window == key))
    }

    #[test]
    fn a_day_has_one_key_for_ever_and_another_day_another() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let key = store.day_key(day(22)).unwrap();
        assert_eq!(store.day_key(day(22)).unwrap(), key);
        assert_ne!(store.day_key(day(23)).unwrap(), key);
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.day_key(day(22)).unwrap(), key);
    }

    #[test]
    fn a_forgotten_key_is_in_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let keys: Vec<DayKey> = (20..23)
            .map(|date| store.day_key(day(date)).unwrap())
            .collect();
        assert!(keys.iter().all(|key| files_hold(folder.path(), key)));
        assert_eq!(store.forget_keys_before(day(22)).unwrap(), 2);
        let left: Vec<bool> = keys
            .iter()
            .map(|key| files_hold(folder.path(), key))
            .collect();
        assert_eq!(left, [false, false, true]);
        assert_eq!(store.forget_keys_before(day(22)).unwrap(), 0);
        assert_eq!(store.day_key(day(22)).unwrap(), keys[2], "the rest stays");
    }
}
