use std::collections::BTreeMap;

use protocol::{
    CallRow, CounterRow, DeviceRow, HallRow, Key, NoticeRow, Row, Rows, ServiceRow, SlipRow,
    Stamped, TicketRow,
};

/// What a client knows of the hall: rows by key, each with the sequence number that last changed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    seq: u64,
    rows: BTreeMap<Key, Stamped>,
}

/// What an update changed, by key and in order of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows that are new or say something else than before.
    pub changed: Vec<Key>,
    /// Rows that are no more.
    pub gone: Vec<Key>,
}

impl Changes {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.gone.is_empty()
    }
}

impl Table {
    /// Takes an update over. A row that only bears a new stamp, as all do after the hall was
    /// started again, is not among the changes.
    pub fn apply(&mut self, update: Rows) -> Changes {
        let mut changes = Changes::default();
        if update.whole {
            changes.gone = self.keys_missing_in(&update);
        } else if update.seq < self.seq {
            return changes;
        }
        self.seq = update.seq;
        changes.gone.extend(update.gone);
        changes.gone.retain(|key| self.rows.remove(key).is_some());
        for stamped in update.rows {
            let key = stamped.row.key();
            let before = self.rows.insert(key.clone(), stamped);
            if before.map(|old| old.row).as_ref() != self.rows.get(&key).map(|new| &new.row) {
                changes.changed.push(key);
            }
        }
        changes.changed.sort();
        changes
    }

    /// The sequence number up to which this is the hall's table.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The row of a key.
    #[must_use]
    pub fn row(&self, key: &Key) -> Option<&Row> {
        self.rows.get(key).map(|stamped| &stamped.row)
    }

    /// Every row with its stamp, in order of keys.
    pub fn stamped(&self) -> impl Iterator<Item = &Stamped> {
        self.rows.values()
    }

    /// The hall itself. `None` before the first update.
    #[must_use]
    pub fn hall(&self) -> Option<&HallRow> {
        self.of_kind(hall).next()
    }

    /// The services, in order of codes.
    pub fn services(&self) -> impl Iterator<Item = &ServiceRow> {
        self.of_kind(service)
    }

    /// One service.
    #[must_use]
    pub fn service(&self, code: &str) -> Option<&ServiceRow> {
        let code = code.to_owned();
        self.row(&Key::Service { code }).and_then(service)
    }

    /// The counters, in order of numbers.
    pub fn counters(&self) -> impl Iterator<Item = &CounterRow> {
        self.of_kind(counter)
    }

    /// One counter.
    #[must_use]
    pub fn counter(&self, number: u16) -> Option<&CounterRow> {
        self.row(&Key::Counter { number }).and_then(counter)
    }

    /// Open tickets that are on no paper, the oldest first.
    pub fn tickets(&self) -> impl Iterator<Item = &TicketRow> {
        self.of_kind(ticket)
    }

    /// The last calls, the oldest first. A call that is repeated keeps its place.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = &CallRow> {
        self.of_kind(call)
    }

    /// One call.
    #[must_use]
    pub fn call(&self, id: u64) -> Option<&CallRow> {
        self.row(&Key::Call { call: id }).and_then(call)
    }

    /// The notices, in their order.
    pub fn notices(&self) -> impl Iterator<Item = &NoticeRow> {
        self.of_kind(notice)
    }

    /// The programs that are or were connected, in order of names.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceRow> {
        self.of_kind(device)
    }

    /// How slips look. `None`: the standard way.
    #[must_use]
    pub fn slip(&self) -> Option<&SlipRow> {
        match self.row(&Key::Slip) {
            Some(Row::Slip(row)) => Some(row),
            _ => None,
        }
    }

    fn of_kind<'a, T: 'a>(
        &'a self,
        kind: fn(&'a Row) -> Option<&'a T>,
    ) -> impl DoubleEndedIterator<Item = &'a T> {
        self.rows
            .values()
            .filter_map(move |stamped| kind(&stamped.row))
    }

    fn keys_missing_in(&self, update: &Rows) -> Vec<Key> {
        let kept: std::collections::BTreeSet<Key> = update
            .rows
            .iter()
            .map(|stamped| stamped.row.key())
            .collect();
        let missing = |key: &&Key| !kept.contains(key);
        self.rows.keys().filter(missing).cloned().collect()
    }
}

fn hall(row: &Row) -> Option<&HallRow> {
    match row {
        Row::Hall(row) => Some(row),
        _ => None,
    }
}

fn service(row: &Row) -> Option<&ServiceRow> {
    match row {
        Row::Service(row) => Some(row),
        _ => None,
    }
}

fn counter(row: &Row) -> Option<&CounterRow> {
    match row {
        Row::Counter(row) => Some(row),
        _ => None,
    }
}

fn ticket(row: &Row) -> Option<&TicketRow> {
    match row {
        Row::Ticket(row) => Some(row),
        _ => None,
    }
}

fn call(row: &Row) -> Option<&CallRow> {
    match row {
        Row::Call(row) => Some(row),
        _ => None,
    }
}

fn notice(row: &Row) -> Option<&NoticeRow> {
    match row {
        Row::Notice(row) => Some(row),
        _ => None,
    }
}

fn device(row: &Row) -> Option<&DeviceRow> {
    match row {
        Row::Device(row) => Some(row),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::Text;

    fn row(notice: u32, text: u8, seq: u64) -> Stamped {
        let text = Text::new(text.to_string(), "");
        Stamped {
            seq,
            row: Row::Notice(NoticeRow { notice, text }),
        }
    }

    fn key(notice: u32) -> Key {
        Key::Notice { notice }
    }

    fn whole(seq: u64, rows: Vec<Stamped>) -> Rows {
        Rows {
            seq,
            whole: true,
            rows,
            gone: Vec::new(),
        }
    }

    fn partial(seq: u64, rows: Vec<Stamped>, gone: Vec<Key>) -> Rows {
        Rows {
            seq,
            whole: false,
            rows,
            gone,
        }
    }

    #[test]
    fn a_whole_table_replaces_all_and_tells_the_differences() {
        let mut table = Table::default();
        table.apply(whole(5, vec![row(1, 1, 2), row(2, 2, 3), row(3, 3, 5)]));
        let changes = table.apply(whole(1, vec![row(2, 2, 1), row(3, 9, 1), row(4, 4, 1)]));
        assert_eq!(changes.changed, [key(3), key(4)]);
        assert_eq!(changes.gone, [key(1)]);
        assert_eq!((table.seq(), table.notices().count()), (1, 3));
    }

    #[test]
    fn an_update_that_was_overtaken_changes_nothing() {
        let mut table = Table::default();
        table.apply(whole(5, vec![row(1, 1, 5)]));
        let before = table.clone();
        let changes = table.apply(partial(4, vec![row(1, 0, 4)], vec![key(1)]));
        assert!(changes.is_empty());
        assert_eq!(table, before);
        let changes = table.apply(partial(5, vec![row(2, 2, 5)], Vec::new()));
        assert_eq!(
            changes.changed,
            [key(2)],
            "one of the same number is not overtaken"
        );
    }

    #[test]
    fn what_was_never_there_cannot_go() {
        let mut table = Table::default();
        assert!(table.apply(partial(1, Vec::new(), vec![key(1)])).is_empty());
    }

    #[test]
    fn a_kind_shows_only_its_own_rows_in_order() {
        let mut table = Table::default();
        let call = |call| Stamped {
            seq: 1,
            row: Row::Call(CallRow {
                call,
                number: format!("A{call:03}"),
                counter: 1,
                service: "A".into(),
                state: protocol::CallState::Called,
                recalls: 0,
                called_at_ms: 0,
            }),
        };
        table.apply(whole(1, vec![call(10), row(1, 1, 1), call(9)]));
        assert_eq!(
            table.calls().map(|row| row.call).collect::<Vec<_>>(),
            [9, 10]
        );
        assert_eq!(table.call(10).unwrap().number, "A010");
        assert!(table.call(1).is_none() && table.hall().is_none());
    }

    /// The hall's side in a few lines: every row's last change, gone rows too.
    #[derive(Default)]
    struct Hall {
        seq: u64,
        rows: BTreeMap<u32, (u64, Option<u8>)>,
    }

    impl Hall {
        fn change(&mut self, notice: u32, text: Option<u8>) {
            self.seq += 1;
            self.rows.insert(notice, (self.seq, text));
        }

        fn since(&self, seq: u64) -> Rows {
            let newer = |(_, (changed, _)): &(&u32, &(u64, Option<u8>))| *changed > seq;
            let mut update = partial(self.seq, Vec::new(), Vec::new());
            for (&notice, &(changed, text)) in self.rows.iter().filter(newer) {
                match text {
                    Some(text) => update.rows.push(row(notice, text, changed)),
                    None => update.gone.push(key(notice)),
                }
            }
            update
        }

        fn everything(&self) -> Rows {
            Rows {
                whole: true,
                gone: Vec::new(),
                ..self.since(0)
            }
        }
    }

    proptest! {
        /// However long the gaps, and whether an update comes twice, the table of a client that
        /// resumes equals that of one which never missed anything, and the hall's own.
        #[test]
        fn resuming_ends_with_the_same_table(
            steps in proptest::collection::vec((0..8_u32, proptest::option::of(0..3_u8), any::<bool>()), 0..80),
        ) {
            let mut hall = Hall::default();
            let (mut always, mut gappy) = (Table::default(), Table::default());
            for (notice, text, connected) in steps {
                hall.change(notice, text);
                always.apply(hall.since(always.seq()));
                if connected {
                    let update = hall.since(gappy.seq());
                    gappy.apply(update.clone());
                    let again = gappy.apply(update);
                    prop_assert!(again.is_empty());
                }
            }
            gappy.apply(hall.since(gappy.seq()));
            prop_assert_eq!(&gappy, &always);
            prop_assert!(gappy.apply(hall.everything()).is_empty());
            prop_assert_eq!(&gappy, &always);
        }

        /// The changes that are told are exactly the differences between before and after.
        #[test]
        fn changes_are_the_differences(
            before in proptest::collection::btree_map(0..6_u32, 0..3_u8, 0..6),
            after in proptest::collection::btree_map(0..6_u32, 0..3_u8, 0..6),
        ) {
            let rows = |of: &BTreeMap<u32, u8>, seq| of.iter().map(|(&n, &t)| row(n, t, seq)).collect();
            let mut table = Table::default();
            table.apply(whole(1, rows(&before, 1)));
            let changes = table.apply(whole(2, rows(&after, 2)));
            let changed: Vec<Key> = after.iter()
                .filter(|(notice, text)| before.get(notice) != Some(text))
                .map(|(&notice, _)| key(notice)).collect();
            let gone: Vec<Key> = before.keys()
                .filter(|notice| !after.contains_key(notice))
                .map(|&notice| key(notice)).collect();
            prop_assert_eq!(changes, Changes { changed, gone });
        }
    }
}
