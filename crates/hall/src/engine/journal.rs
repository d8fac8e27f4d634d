use queue::{Date, Event, Moment};
use store::{
    Answered, AppendError, Appointment, DayKey, Entry, ReplayError, RequestId, Store, Trusted,
};

/// What the loop needs of its memory, so that another one can stand behind it: a simulated disk
/// in tests, a replicated log one day.
pub trait Journal {
    /// Appends a batch behind entry `expected_seq`; on disk when it returns.
    ///
    /// # Errors
    /// See [`AppendError`]; none of the batch is stored then.
    fn append(&mut self, expected_seq: u64, batch: &[Entry]) -> Result<u64, AppendError>;

    /// The outcome of a request id, if it has been answered.
    ///
    /// # Errors
    /// If it cannot be read.
    fn answered(&self, id: &RequestId) -> Result<Option<Answered>, AppendError>;

    /// The appointment with a code, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    fn appointment(&self, code: &str) -> Result<Option<Appointment>, AppendError>;

    /// The secret of a business day, made when it is asked for first.
    ///
    /// # Errors
    /// If it cannot be read or written.
    fn day_key(&self, date: Date) -> Result<DayKey, AppendError>;

    /// Deletes the secrets of the days before a date, so that nothing leads back from what was
    /// made with them.
    ///
    /// # Errors
    /// If they cannot be deleted.
    fn forget_keys_before(&mut self, date: Date) -> Result<(), AppendError>;

    /// Deletes what people typed on the days before a date, so that it is in no file any more.
    /// Whether that is so; if not, it is asked again. A memory that keeps no such texts has nothing
    /// to do.
    ///
    /// # Errors
    /// If it cannot be deleted.
    fn forget_notes_before(&mut self, before: Date, today: Date) -> Result<bool, AppendError> {
        let _ = (before, today);
        Ok(true)
    }

    /// Everybody whom the hall knows. A journal that keeps nobody knows nobody.
    ///
    /// # Errors
    /// If it cannot be read.
    fn trusted(&self) -> Result<Trusted, AppendError> {
        Ok(Trusted::default())
    }

    /// Gives every event of the open day, in order.
    ///
    /// # Errors
    /// If the journal cannot be believed.
    fn replay(&self, take: &mut dyn FnMut(Event)) -> Result<(), ReplayError>;

    /// Looks whether what the open day stands on beside its entries is whole. A memory that keeps
    /// nothing there has nothing to look at.
    ///
    /// # Errors
    /// If it is not.
    fn look_beside(&self) -> Result<(), ReplayError> {
        Ok(())
    }

    /// Deletes the oldest days, a few of them, if the hall keeps only so many years and has more. A memory
    /// that lasts no longer than a test has none.
    ///
    /// # Errors
    /// If they cannot be deleted.
    fn delete_old_days(&mut self, years: u32, at: Moment) -> Result<(), AppendError> {
        let _ = (years, at);
        Ok(())
    }

    /// The sequence number of the last entry.
    fn seq(&self) -> u64;
}

impl Journal for Store {
    fn append(&mut self, expected_seq: u64, batch: &[Entry]) -> Result<u64, AppendError> {
        Store::append(self, expected_seq, batch)
    }

    fn answered(&self, id: &RequestId) -> Result<Option<Answered>, AppendError> {
        Store::answered(self, id)
    }

    fn appointment(&self, code: &str) -> Result<Option<Appointment>, AppendError> {
        Store::appointment(self, code)
    }

    fn day_key(&self, date: Date) -> Result<DayKey, AppendError> {
        Store::day_key(self, date)
    }

    fn forget_keys_before(&mut self, date: Date) -> Result<(), AppendError> {
        Store::forget_keys_before(self, date).map(|_| ())
    }

    fn forget_notes_before(&mut self, before: Date, today: Date) -> Result<bool, AppendError> {
        let (notes, gone) = Store::forget_notes_before(self, before, today)?;
        if notes > 0 {
            tracing::info!("{notes} texts that were typed before {before} are deleted");
        }
        Ok(gone)
    }

    fn trusted(&self) -> Result<Trusted, AppendError> {
        Store::trusted(self)
    }

    fn replay(&self, take: &mut dyn FnMut(Event)) -> Result<(), ReplayError> {
        Store::replay(self, take)
    }

    fn look_beside(&self) -> Result<(), ReplayError> {
        Store::look_beside(self)
    }

    fn delete_old_days(&mut self, years: u32, at: Moment) -> Result<(), AppendError> {
        if let Some(gone) = Store::delete_old_days(self, years, at)? {
            tracing::info!(
                "{} from {} to {} are deleted, for the hall keeps {} years: {} entries and {} outcomes of requests. Entry {} of the record says so",
                crate::wording::count(gone.days, "day"),
                gone.first,
                gone.last,
                gone.years,
                gone.entries,
                gone.requests,
                gone.said_by_seq
            );
        }
        Ok(())
    }

    fn seq(&self) -> u64 {
        Store::seq(self)
    }
}
