//! The tables of the file, and how an older file gets them.

use rusqlite::Connection;

use crate::{request, vouch};

/// Changes of the schema, oldest first. `user_version` says how many a file has had. Only ever
/// add to the end.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE journal (
        seq       INTEGER PRIMARY KEY,
        steady_ms INTEGER NOT NULL,
        wall_ms   INTEGER NOT NULL,
        actor     TEXT NOT NULL,
        body      TEXT NOT NULL,
        hash      BLOB NOT NULL
    ) STRICT;
    CREATE TABLE request (
        id      BLOB PRIMARY KEY,
        act     BLOB NOT NULL,
        outcome TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE mark (
        one       INTEGER PRIMARY KEY CHECK (one = 1),
        day_seq   INTEGER NOT NULL,
        head_seq  INTEGER NOT NULL,
        head_hash BLOB NOT NULL
    ) STRICT;
    INSERT INTO mark VALUES (1, 1, 0, zeroblob(32));
",
    // What a damaged entry says is left to the replay of its day, which finds it.
    r#"
    CREATE TABLE day (
        date      INTEGER PRIMARY KEY,
        first_seq INTEGER NOT NULL
    ) STRICT;
    INSERT INTO day
        SELECT body ->> '$.day', min(seq) FROM journal
        WHERE body LIKE '{"event":"day_opened",%'
            AND CASE WHEN json_valid(body) THEN json_type(body, '$.day') = 'integer' END
        GROUP BY 1;
    CREATE TABLE appointment (
        code         TEXT PRIMARY KEY,
        service      TEXT NOT NULL,
        class        TEXT NOT NULL,
        slot_wall_ms INTEGER NOT NULL,
        booked_seq   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE day_key (
        date INTEGER PRIMARY KEY,
        key  BLOB NOT NULL CHECK (length(key) = 32)
    ) STRICT;
"#,
    // Rows from before have neither, and `mark.requests` is of the others alone.
    "
    ALTER TABLE request ADD COLUMN seq INTEGER;
    ALTER TABLE request ADD COLUMN sum BLOB;
    ALTER TABLE mark ADD COLUMN requests BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
",
    // Texts of entries from before stay in the entries.
    "
    CREATE TABLE note (
        seq  INTEGER PRIMARY KEY,
        salt BLOB NOT NULL CHECK (length(salt) = 16),
        text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE deletion (
        up_to_seq INTEGER PRIMARY KEY,
        before    INTEGER NOT NULL,
        made_on   INTEGER NOT NULL,
        notes     INTEGER NOT NULL,
        sum       BLOB NOT NULL
    ) STRICT;
",
    // Who is let in. A device's key and a person's PIN are nowhere, only what was made of them.
    "
    CREATE TABLE device (
        name           TEXT PRIMARY KEY,
        role           TEXT NOT NULL,
        counter        INTEGER,
        key_sum        BLOB NOT NULL CHECK (length(key_sum) = 32),
        paired_wall_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE person (
        name            TEXT PRIMARY KEY,
        role            TEXT NOT NULL,
        pin             TEXT NOT NULL,
        failures        INTEGER NOT NULL,
        locks           INTEGER NOT NULL,
        locked_until_ms INTEGER NOT NULL,
        created_wall_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    // `vouch` and `request` fill in what was there before.
    "
    ALTER TABLE mark ADD COLUMN day_requests BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
    ALTER TABLE mark ADD COLUMN last_day_seq INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE mark ADD COLUMN last_day_requests BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
    ALTER TABLE mark ADD COLUMN trusted_seq INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE mark ADD COLUMN anchor_seq INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE mark ADD COLUMN anchor_hash BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
    ALTER TABLE mark ADD COLUMN anchor_by INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE device ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE person ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX request_by_seq ON request (seq);
    CREATE TABLE belonging (
        name    TEXT PRIMARY KEY,
        content BLOB NOT NULL,
        sum     BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
",
];

/// The first schema whose requests carry checksums.
pub(crate) const WITH_SUMS: usize = 3;

/// The first schema whose texts stand beside the journal.
pub(crate) const WITH_NOTES: usize = 4;

/// The first schema whose chain can begin behind days that were deleted, and vouches for devices and
/// people.
pub(crate) const WITH_ANCHOR: usize = 6;

/// The schema that this version of the hall writes.
pub(crate) const KNOWN: usize = MIGRATIONS.len();

/// The schema that a file has.
pub(crate) fn found(connection: &Connection) -> rusqlite::Result<usize> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings a file from schema `found` up to date, wholly or not at all.
pub(crate) fn migrate(connection: &mut Connection, found: usize) -> rusqlite::Result<()> {
    if found >= KNOWN {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for migration in &MIGRATIONS[found..] {
        transaction.execute_batch(migration)?;
    }
    if (1..WITH_ANCHOR).contains(&found) {
        request::sum_up_open_day(&transaction)?;
        vouch::for_all(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", KNOWN)?;
    transaction.commit()
}
