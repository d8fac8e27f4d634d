use queue::Slot;

/// What the loop has to ask the calendar beyond the present, which it is given.
pub trait Calendar {
    /// A moment of the wall clock as local date and time, `2026-11-22 10:42`.
    fn local_text(&self, wall_ms: i64) -> String;

    /// A local date and time like `2026-11-23 10:00` as a slot; `None` if it is none.
    fn slot(&self, local_text: &str) -> Option<Slot>;
}
