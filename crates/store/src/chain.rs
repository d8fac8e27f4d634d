//! The hash that ties each entry to the one before it. SQLite has no page checksums: without
//! this a flipped bit gives a wrong row that nobody sees.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

/// SHA-256 of an entry and, through the one before it, of the whole journal up to it.
pub(crate) type Hash = [u8; 32];

/// What the first entry has before it.
pub(crate) const GENESIS: Hash = [0; 32];

/// An entry as it stands in the table, without its hash.
pub(crate) struct Link<'a> {
    pub(crate) seq: u64,
    pub(crate) steady_ms: u64,
    pub(crate) wall_ms: i64,
    pub(crate) actor: &'a str,
    pub(crate) body: &'a str,
}

impl Link<'_> {
    /// The hash of this entry behind one with the hash `before`. Lengths stand before texts, so
    /// that no two entries hash the same bytes.
    pub(crate) fn hash(&self, before: &Hash) -> Hash {
        Sha256::new()
            .chain_update(before)
            .chain_update(self.seq.to_le_bytes())
            .chain_update(self.steady_ms.to_le_bytes())
            .chain_update(self.wall_ms.to_le_bytes())
            .chain_update((self.actor.len() as u64).to_le_bytes())
            .chain_update(self.actor)
            .chain_update((self.body.len() as u64).to_le_bytes())
            .chain_update(self.body)
            .finalize()
            .into()
    }

    /// Writes it down with its hash.
    pub(crate) fn insert(&self, connection: &Connection, hash: &Hash) -> rusqlite::Result<()> {
        let insert = "INSERT INTO journal (seq, steady_ms, wall_ms, actor, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        connection.prepare_cached(insert)?.execute(params![
            self.seq,
            self.steady_ms,
            self.wall_ms,
            self.actor,
            self.body,
            hash
        ])?;
        Ok(())
    }
}
