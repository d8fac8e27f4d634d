use uuid::Uuid;

/// Requests that the hall has not answered, in the order in which they were asked.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    requests: Vec<Request>,
}

/// A request as it travels.
#[derive(Debug)]
struct Request {
    id: Uuid,
    frame: String,
}

impl Pending {
    /// Keeps a request, encoded as a frame. The same id again is not kept twice, and gives `false`.
    pub(crate) fn keep(&mut self, id: Uuid, frame: String) -> bool {
        if self.contains(id) {
            return false;
        }
        self.requests.push(Request { id, frame });
        true
    }

    /// Lets go of a request: it was answered, or nobody wants it any more. Whether it was there.
    pub(crate) fn release(&mut self, id: Uuid) -> bool {
        let before = self.requests.len();
        self.requests.retain(|request| request.id != id);
        self.requests.len() < before
    }

    /// What a new connection has to send, in order.
    pub(crate) fn frames(&self) -> impl Iterator<Item = &str> {
        self.requests.iter().map(|request| request.frame.as_str())
    }

    fn contains(&self, id: Uuid) -> bool {
        self.requests.iter().any(|request| request.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_each_id_once_in_the_order_asked() {
        let mut pending = Pending::default();
        let (one, two) = (Uuid::from_u128(2), Uuid::from_u128(1));
        assert!(pending.keep(one, "one".into()));
        assert!(pending.keep(two, "two".into()));
        assert!(!pending.keep(one, "again".into()));
        assert_eq!(pending.frames().collect::<Vec<_>>(), ["one", "two"]);
    }

    #[test]
    fn what_was_released_is_not_sent_again() {
        let mut pending = Pending::default();
        let id = Uuid::from_u128(1);
        pending.keep(id, "one".into());
        assert!(pending.release(id));
        assert!(!pending.release(id));
        assert_eq!(pending.frames().count(), 0);
    }
}
