//! The rows of one audience, each stamped with when it last changed, and what is no more.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use protocol::{Key, Row, Rows, Stamped};

/// Keys of rows that are no more, kept for clients that come back. About an hour of a busy hall;
/// who was away longer gets the whole table, which is small.
const GONE_KEPT: usize = 4_096;

/// The table that the clients of one audience hold a copy of.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: BTreeMap<Key, Kept>,
    /// Counts how often the table was set, so that what was not set any more is found.
    round: u64,
    gone: VecDeque<(u64, Key)>,
    /// Changes up to this one cannot be told apart any more.
    forgotten_seq: u64,
}

/// A row, and the round in which it was there last.
#[derive(Debug)]
struct Kept {
    stamped: Stamped,
    round: u64,
}

impl Table {
    /// Makes the table equal to `rows` and stamps what changed with `seq`; gives the changes, if
    /// there are any.
    pub(crate) fn set<'a>(
        &mut self,
        seq: u64,
        rows: impl IntoIterator<Item = Cow<'a, Row>>,
    ) -> Option<Rows> {
        self.round += 1;
        let mut changed = Vec::new();
        for row in rows {
            let key = row.key();
            if let Some(known) = self.rows.get_mut(&key) {
                known.round = self.round;
                if known.stamped.row == *row {
                    continue;
                }
            }
            let row = row.into_owned();
            let stamped = Stamped { seq, row };
            changed.push(stamped.clone());
            let round = self.round;
            self.rows.insert(key, Kept { stamped, round });
        }
        let gone = self.take_away_what_was_not_set();
        self.remember_gone(seq, &gone);
        let any = !changed.is_empty() || !gone.is_empty();
        any.then_some(Rows {
            seq,
            whole: false,
            rows: changed,
            gone,
        })
    }

    fn take_away_what_was_not_set(&mut self) -> Vec<Key> {
        let round = self.round;
        let gone = self.rows.iter().filter(|(_, kept)| kept.round != round);
        let gone: Vec<Key> = gone.map(|(key, _)| key.clone()).collect();
        gone.iter().for_each(|key| drop(self.rows.remove(key)));
        gone
    }

    /// The rows as they are.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.stamped().map(|stamped| &stamped.row)
    }

    fn stamped(&self) -> impl Iterator<Item = &Stamped> {
        self.rows.values().map(|kept| &kept.stamped)
    }

    /// What changed after `since`, or everything if that is too long ago; `seq` is the present.
    pub(crate) fn since(&self, since: Option<u64>, seq: u64) -> Rows {
        match since.filter(|since| (self.forgotten_seq..=seq).contains(since)) {
            Some(since) => Rows {
                seq,
                whole: false,
                rows: self
                    .stamped()
                    .filter(|row| row.seq > since)
                    .cloned()
                    .collect(),
                gone: self.gone_since(since),
            },
            None => Rows {
                seq,
                whole: true,
                rows: self.stamped().cloned().collect(),
                gone: Vec::new(),
            },
        }
    }

    fn gone_since(&self, since: u64) -> Vec<Key> {
        let late = self
            .gone
            .iter()
            .filter(|(seq, key)| *seq > since && !self.rows.contains_key(key));
        late.map(|(_, key)| key.clone()).collect()
    }

    fn remember_gone(&mut self, seq: u64, gone: &[Key]) {
        self.gone.extend(gone.iter().map(|key| (seq, key.clone())));
        while self.gone.len() > GONE_KEPT {
            if let Some((seq, _)) = self.gone.pop_front() {
                self.forgotten_seq = seq;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::{NoticeRow, Text};

    fn rows(state: &BTreeMap<u32, u8>) -> Vec<Cow<'static, Row>> {
        let row = |(notice, value): (&u32, &u8)| {
            Cow::Owned(Row::Notice(NoticeRow {
                notice: *notice,
                text: Text::new(value.to_string(), ""),
            }))
        };
        state.iter().map(row).collect()
    }

    /// A client's copy.
    #[derive(Default)]
    struct Copy {
        rows: BTreeMap<Key, Stamped>,
        seq: u64,
    }

    impl Copy {
        fn apply(&mut self, rows: Rows) {
            if rows.whole {
                self.rows.clear();
            }
            rows.gone.iter().for_each(|key| drop(self.rows.remove(key)));
            self.rows
                .extend(rows.rows.into_iter().map(|row| (row.row.key(), row)));
            self.seq = rows.seq;
        }
    }

    proptest! {
        #[test]
        fn who_was_away_ends_equal_to_who_was_not(
            changes in prop::collection::vec((0..6u32, prop::option::of(0..3u8)), 1..80),
            away in 0..80usize,
        ) {
            let (mut table, mut state) = (Table::default(), BTreeMap::new());
            let (mut faithful, mut absent) = (Copy::default(), Copy::default());
            for (place, (notice, value)) in changes.into_iter().enumerate() {
                let seq = place as u64 + 1;
                match value {
                    Some(value) => state.insert(notice, value),
                    None => state.remove(&notice),
                };
                let changed = table.set(seq, rows(&state));
                if let Some(changed) = changed {
                    if place < away {
                        absent.apply(changed.clone());
                    }
                    faithful.apply(changed);
                }
                let present: BTreeMap<Key, Stamped> =
                    table.stamped().map(|kept| (kept.row.key(), kept.clone())).collect();
                let back = table.since(Some(absent.seq), seq);
                let mut returned = Copy { rows: absent.rows.clone(), seq: absent.seq };
                returned.apply(back);
                prop_assert_eq!(&returned.rows, &present);
                prop_assert_eq!(&faithful.rows, &present);
            }
        }
    }

    #[test]
    fn who_was_away_too_long_gets_the_whole_table() {
        let mut table = Table::default();
        for seq in 1..=GONE_KEPT as u64 + 2 {
            table.set(seq, rows(&BTreeMap::from([(seq as u32, 0)])));
        }
        let present = GONE_KEPT as u64 + 2;
        assert!(table.since(Some(1), present).whole);
        assert!(!table.since(Some(present - 1), present).whole);
        assert!(
            table.since(Some(present + 1), present).whole,
            "a client from the future starts anew"
        );
    }

    #[test]
    fn who_has_everything_is_sent_nothing() {
        let mut table = Table::default();
        table.set(1, rows(&BTreeMap::from([(1, 0), (2, 0)])));
        table.set(2, rows(&BTreeMap::from([(1, 0)])));
        table.set(3, rows(&BTreeMap::from([(1, 7)])));
        let sent = |since| {
            let back = table.since(Some(since), 3);
            assert!(!back.whole);
            (back.rows.len(), back.gone.len())
        };
        assert_eq!([1, 2, 3].map(sent), [(1, 1), (1, 0), (0, 0)]);
    }

    #[test]
    fn what_goes_all_at_once_is_remembered_no_longer_than_what_goes_one_by_one() {
        for (gone, is_forgotten) in [(GONE_KEPT, false), (GONE_KEPT + 1, true)] {
            let mut table = Table::default();
            let many = (0..gone as u32).map(|notice| (notice, 0)).collect();
            table.set(1, rows(&many));
            table.set(2, Vec::new());
            assert_eq!(table.since(Some(1), 2).whole, is_forgotten, "{gone}");
            assert!(!table.since(Some(2), 2).whole);
        }
    }
}
