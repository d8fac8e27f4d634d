use crate::{ClassCode, CounterNumber, NoPaper, ServiceCode, TicketId};

/// What somebody wants the hall to do. Who may want it is not the rules' business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Issue a ticket.
    Take {
        /// For this service.
        service: ServiceCode,
        /// To a customer of this class.
        class: ClassCode,
    },
    /// Record that the slip was printed.
    Printed(TicketId),
    /// Record that the slip was not printed, or that nobody knows.
    NotPrinted(TicketId, NoPaper),
    /// Cancel a waiting ticket that nobody holds.
    Void(TicketId),
    /// A clerk sits down at a counter.
    SignIn {
        /// The counter.
        counter: CounterNumber,
        /// The clerk's name or badge.
        clerk: String,
    },
    /// The clerk of a counter leaves.
    SignOut(CounterNumber),
    /// Finish the one being served, if any, and call the next.
    CallNext(CounterNumber),
    /// Call the one in hand again.
    Recall(CounterNumber),
    /// The called customer stands at the counter.
    Arrive(CounterNumber),
    /// The customer in hand is done.
    Finish(CounterNumber),
    /// The called customer did not come.
    NoShow(CounterNumber),
    /// No calls for now.
    Pause {
        /// The counter.
        counter: CounterNumber,
        /// Why.
        reason: String,
    },
    /// Calls again.
    Resume(CounterNumber),
}
