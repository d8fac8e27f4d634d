//! Texts that people typed: why a customer was put aside, why a counter paused, what was said when a
//! customer was handed over. They may name somebody, so they must be deleted after some days, and
//! the chain of hashes must not break for it. An entry therefore holds a commitment to its text, the
//! SHA-256 of salt and text, and the text stands here beside its salt. Without the salt nobody finds
//! the text by trying.

use queue::Date;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::append::not_stored;
use crate::request::hex;
use crate::{AppendError, Store};

/// What is read where a text has another than its entry commits to.
const DAMAGED: &str = "(damaged)";

/// What is read where a text is gone and no deletion says so.
const LOST: &str = "(lost)";

/// 16 random bytes.
type Salt = [u8; 16];

/// A text and its salt.
#[derive(Debug)]
pub(crate) struct Note {
    salt: Salt,
    text: String,
}

impl Note {
    /// A text with a salt of its own. SQLite draws from the system's source of chance.
    pub(crate) fn new(connection: &Connection, text: String) -> rusqlite::Result<Self> {
        let salt = connection
            .prepare_cached("SELECT randomblob(16)")?
            .query_row([], |row| row.get(0))?;
        Ok(Self { salt, text })
    }

    /// What the entry says in place of the text.
    pub(crate) fn commitment(&self) -> String {
        let hash = Sha256::new()
            .chain_update(self.salt)
            .chain_update(&self.text)
            .finalize();
        hex(&hash)
    }

    /// Writes it down beside entry `seq`.
    pub(crate) fn insert(&self, connection: &Connection, seq: u64) -> rusqlite::Result<()> {
        connection
            .prepare_cached("INSERT INTO note (seq, salt, text) VALUES (?1, ?2, ?3)")?
            .execute(params![seq, self.salt, self.text])?;
        Ok(())
    }

    fn find(connection: &Connection, seq: u64) -> rusqlite::Result<Option<Self>> {
        let read = |row: &Row<'_>| {
            let (salt, text) = (row.get(0)?, row.get(1)?);
            Ok(Self { salt, text })
        };
        connection
            .prepare_cached("SELECT salt, text FROM note WHERE seq = ?1")?
            .query_row([seq], read)
            .optional()
    }
}

/// What is left of the text of an entry.
#[derive(Debug)]
pub(crate) enum Left {
    /// All of it, as it was written.
    Note(Note),
    /// It was deleted on a day.
    Deleted(Date),
    /// Something else stands there, or it cannot be read.
    Damaged,
    /// Nothing, and nobody deleted it.
    Nothing,
}

impl Left {
    /// What is left of the text that entry `seq` commits to. A text is no reason to stop a hall,
    /// so one that cannot be read is damaged and nothing worse.
    pub(crate) fn of(connection: &Connection, seq: u64, commitment: &str) -> Self {
        match Note::find(connection, seq) {
            Ok(Some(note)) if note.commitment() == commitment => Self::Note(note),
            Ok(None) => match deleted_on(connection, seq) {
                Ok(Some(date)) => Self::Deleted(date),
                Ok(None) => Self::Nothing,
                Err(_) => Self::Damaged,
            },
            Ok(Some(_)) | Err(_) => Self::Damaged,
        }
    }

    /// What a reader of the entry reads.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Note(note) => note.text,
            Self::Deleted(date) => format!("(deleted on {date})"),
            Self::Damaged => DAMAGED.to_owned(),
            Self::Nothing => LOST.to_owned(),
        }
    }
}

/// A deletion of texts, which is kept for ever: it proves that they are gone, and how many they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// No entry up to this one has a text any more.
    pub up_to_seq: u64,
    /// The texts of all days before this one are gone.
    pub before: Date,
    /// The business day on which they were deleted.
    pub on: Date,
    /// Texts that this deletion took away.
    pub notes: u64,
}

impl Deletion {
    fn read(row: &Row<'_>) -> rusqlite::Result<Option<Self>> {
        let date = |place| row.get(place).map(Date::from_yyyymmdd);
        let deletion = Self {
            up_to_seq: row.get(0)?,
            before: date(1)?,
            on: date(2)?,
            notes: row.get(3)?,
        };
        let sum: Salt = row.get(4)?;
        Ok((deletion.sum() == sum).then_some(deletion))
    }

    pub(crate) fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        let insert = "INSERT INTO deletion (up_to_seq, before, made_on, notes, sum) VALUES (?1, ?2, ?3, ?4, ?5)";
        connection.execute(
            insert,
            params![
                self.up_to_seq,
                self.before.yyyymmdd(),
                self.on.yyyymmdd(),
                self.notes,
                self.sum()
            ],
        )?;
        Ok(())
    }

    /// The first half of the SHA-256: what is to be found is an accident.
    fn sum(&self) -> Salt {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(self.up_to_seq.to_le_bytes())
            .chain_update(self.before.yyyymmdd().to_le_bytes())
            .chain_update(self.on.yyyymmdd().to_le_bytes())
            .chain_update(self.notes.to_le_bytes())
            .finalize()
            .into();
        let mut sum = Salt::default();
        sum.copy_from_slice(&hash[..16]);
        sum
    }
}

/// Every deletion, the oldest first; `None` in the place of one that is damaged.
pub(crate) fn deletions(connection: &Connection) -> rusqlite::Result<Vec<Option<Deletion>>> {
    let select = "SELECT up_to_seq, before, made_on, notes, sum FROM deletion ORDER BY up_to_seq";
    let mut statement = connection.prepare(select)?;
    let read = statement.query_map([], Deletion::read)?;
    read.collect()
}

fn deleted_on(connection: &Connection, seq: u64) -> rusqlite::Result<Option<Date>> {
    let select = "SELECT made_on FROM deletion WHERE up_to_seq >= ?1 ORDER BY up_to_seq LIMIT 1";
    connection
        .prepare_cached(select)?
        .query_row([seq], |row| row.get(0).map(Date::from_yyyymmdd))
        .optional()
}

/// Deletes the texts of all days before `before`, and notes that. In a file whose journal has no
/// later day nothing is deleted.
pub(crate) fn delete(
    connection: &mut Connection,
    (before, on): (Date, Date),
) -> rusqlite::Result<u64> {
    let transaction = connection.transaction()?;
    let select = "SELECT coalesce(min(first_seq), 1) - 1 FROM day WHERE date >= ?1";
    let up_to_seq: u64 = transaction.query_row(select, [before.yyyymmdd()], |row| row.get(0))?;
    let select = "SELECT coalesce(max(up_to_seq), 0) FROM deletion";
    let known: u64 = transaction.query_row(select, [], |row| row.get(0))?;
    let notes = transaction.execute("DELETE FROM note WHERE seq <= ?1", [up_to_seq])? as u64;
    if up_to_seq > known {
        let deletion = Deletion {
            up_to_seq,
            before,
            on,
            notes,
        };
        deletion.insert(&transaction)?;
    }
    transaction.commit()?;
    Ok(notes)
}

impl Store {
    /// Deletes the texts of all days before `before`; `on` is today. Entries stay, and so does the
    /// chain; where a text was it says that it was deleted. Gives how many there were, and whether
    /// they are in no file any more: while somebody reads the archive they can still be in the
    /// write-ahead file, and the next call takes them out of it.
    ///
    /// # Errors
    /// If the file cannot be written; none is deleted then.
    pub fn forget_notes_before(
        &mut self,
        before: Date,
        on: Date,
    ) -> Result<(u64, bool), AppendError> {
        let notes = delete(&mut self.connection, (before, on)).map_err(not_stored)?;
        let gone = self.empty_write_ahead().map_err(not_stored)?;
        Ok((notes, gone))
    }

    /// Moves everything into the database and empties the write-ahead file. Whether that went to
    /// the end: a reader can be in the way.
    pub(crate) fn empty_write_ahead(&self) -> rusqlite::Result<bool> {
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        self.connection
            .query_row(checkpoint, [], |row| row.get::<_, bool>(0))
            .map(|busy| !busy)
    }
}
