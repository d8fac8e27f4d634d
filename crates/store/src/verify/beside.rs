//! What stands beside the journal and is held against it as a whole.

use rusqlite::Connection;

use super::Verdict;
use crate::note::deletions;
use crate::open::read_head;
use crate::request::{self, RequestRow, Sum, hex, last_days};

pub(super) fn check_requests(
    connection: &Connection,
    verdict: &mut Verdict,
) -> rusqlite::Result<()> {
    let head = read_head(connection)?;
    let mut statement = connection.prepare("SELECT id, act, outcome, seq, sum FROM request")?;
    let mut rows = statement.query([])?;
    let days = last_days(connection)?;
    let mut all = Sum::default();
    let mut found = [(Sum::default(), true); 2];
    while let Some(row) = rows.next()? {
        let id: Vec<u8> = row.get(0)?;
        let Ok(row) = RequestRow::read(row) else {
            verdict.note_beside(format!("the request {} cannot be read", hex(&id)));
            continue;
        };
        request::add(&mut all, &row);
        let is_good = row.is_good();
        let of_days = days.iter().zip(&mut found);
        for (_, (sum, all_good)) in
            of_days.filter(|(day, _)| row.seq.is_some_and(|seq| day.has(seq)))
        {
            request::add(sum, &row);
            *all_good &= is_good;
        }
        if !is_good || row.seq.is_some_and(|seq| seq > head.seq) {
            verdict.note_beside(format!("the outcome of request {} is damaged", hex(&id)));
        } else if row.sum.is_some() {
            verdict.requests += 1;
        } else {
            verdict.requests_unknown += 1;
        }
    }
    let mut is_named = false;
    for (day, (sum, all_good)) in days.iter().zip(found) {
        // Where a damaged one is there it may be that alone, and it is given out to nobody.
        if day.sum != sum && all_good {
            is_named = true;
            verdict.note_beside_today(day.fault());
        }
    }
    if !is_named && all != head.requests {
        verdict.note_beside("outcomes of requests are missing, or were added".to_owned());
    }
    Ok(())
}

/// Whether SQLite finds everything where it looks for it.
pub(super) fn check_pages(connection: &Connection, verdict: &mut Verdict) {
    let checked = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    let what: String = checked.unwrap_or_else(|error| error.to_string());
    if what != "ok" {
        verdict.note_beside(format!("the pages of the file do not fit together: {what}"));
    }
}

/// Whether every text that is there belongs to an entry, and every one that is not was deleted.
pub(super) fn check_notes(connection: &Connection, verdict: &mut Verdict) {
    if let Err(error) = count_notes(connection, verdict) {
        verdict.note_beside(format!("the texts of entries cannot be read: {error}"));
    }
}

fn count_notes(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    let mut gone = 0;
    for deletion in deletions(connection)? {
        let Some(deletion) = deletion else {
            verdict.note_beside("a note of deleted texts is damaged".to_owned());
            continue;
        };
        gone += deletion.notes;
        verdict.deletion = Some(deletion);
    }
    if verdict.notes_deleted > gone {
        let missing = verdict.notes_deleted - gone;
        verdict.note_beside(format!("texts are gone that nobody deleted: {missing}"));
    }
    let up_to_seq = verdict.deletion.map_or(0, |deletion| deletion.up_to_seq);
    let count = "SELECT count(*), count(*) FILTER (WHERE seq <= ?1) FROM note";
    let (all, late): (u64, u64) =
        connection.query_row(count, [up_to_seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if late > 0 {
        verdict.note_beside(format!("texts are there that were deleted: {late}"));
    }
    let named = verdict
        .bad
        .iter()
        .filter(|bad| bad.what.contains(super::walk::TEXT_IS_DAMAGED));
    if all > verdict.notes + named.count() as u64 + verdict.more_bad {
        let more = all - verdict.notes;
        verdict.note_beside(format!(
            "texts are there that belong to no good entry: {more}"
        ));
    }
    Ok(())
}
