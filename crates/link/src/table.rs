use std::collections::BTreeMap;

use protocol::{
    CallRow, CounterRow, DeviceRow, HallRow, Key, NoticeRow, Row, Rows, ServiceRow, Stamped,
    TicketRow,
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
