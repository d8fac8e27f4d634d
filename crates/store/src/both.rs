//! A damaged memory and an older backup of it hold together what each alone has lost: an entry is the
//! same wherever it stands, and the chain says whether it is the one that was written.

use rusqlite::{Connection, Statement};

use crate::Head;
use crate::chain::Hash;
use crate::replay::{Stopped, Written, checked, damaged, unreadable};

const SELECT: &str =
    "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq = ?1";

/// Gives the entries behind `begin`, each from `source` if it is good there and else from `other`, to
/// `take` up to the marked end, or to the last that one of them has where that mark cannot be read.
/// Gives how many came from `other`, and why it ended before that.
pub(crate) fn walk_both<E>(
    (source, other): (&Connection, &Connection),
    begin: (u64, Hash),
    head: Head,
    mut take: impl FnMut(&Written<'_>) -> Result<(), E>,
) -> (u64, Result<(), Stopped<E>>) {
    let mut from_other = 0;
    let mut walk = || {
        let (mut source, mut other) = (source.prepare(SELECT)?, other.prepare(SELECT)?);
        let (mut last, mut before) = begin;
        while last != head.seq {
            let of_source = read(&mut source, last + 1, &before, &mut take);
            before = match of_source {
                Err(Stopped::Journal(why)) => {
                    // What is wrong with the damaged one is what somebody wants to know.
                    let of_other = read(&mut other, last + 1, &before, &mut take);
                    let hash = of_other.map_err(|stopped| match stopped {
                        Stopped::Journal(_) => Stopped::Journal(why),
                        taker => taker,
                    })?;
                    from_other += 1;
                    hash
                }
                read => read?,
            };
            last += 1;
        }
        match before == head.hash {
            true => Ok(()),
            false => Err(damaged(last, "its hash is not that of the journal's end").into()),
        }
    };
    let walked = walk();
    (from_other, walked)
}

/// Gives one entry to `take`, if it is good, and its hash.
fn read<E>(
    select: &mut Statement<'_>,
    seq: u64,
    before: &Hash,
    take: &mut impl FnMut(&Written<'_>) -> Result<(), E>,
) -> Result<Hash, Stopped<E>> {
    let unread = |error: rusqlite::Error| unreadable(seq, &error);
    let mut rows = select.query([seq]).map_err(unread)?;
    let row = rows.next().map_err(unread)?;
    let row = row.ok_or_else(|| damaged(seq, "it is missing"))?;
    let written = checked(row, seq, before)?;
    take(&written).map_err(Stopped::Taker)?;
    Ok(written.hash)
}
