//! What travels between the hall and its clients: JSON text frames over one WebSocket.
//!
//! `PROTOCOL.md` beside this crate tells the same for somebody who writes a client in another
//! language. This crate knows neither the rules of the queue nor a socket: it holds the
//! frames ([`ClientFrame`], [`HallFrame`]), what may be asked ([`Act`]), what comes back
//! ([`Outcome`]), and the rows that a client keeps ([`Row`]).

mod act;
mod desk;
mod frame;
mod limits;
mod outcome;
mod refusal;
mod report;
mod role;
mod row;
mod secret;
mod slip;
mod text;

pub use act::{Act, NotPrintedReason, PlaceInLine, TransferTo};
pub use desk::{
    CallReason, CallWhy, CounterRow, CounterState, Desk, HeldTicket, InHand, Limit, MissedTicket,
    NextInLine, PassedOver,
};
pub use frame::{
    Bye, ByeCode, ClientFrame, Epoch, HallFrame, Hello, Pair, Paired, Resume, Rows, Time, Welcome,
};
pub use limits::*;
pub use outcome::{Booked, Called, Continued, Done, Issued, Outcome, Returned, WaitRange};
pub use refusal::Refusal;
pub use report::{ClerkFigures, CounterFigures, DayReport, Figures, ServiceFigures, Spread};
pub use role::{Audience, Role};
pub use row::{
    AlarmKind, AlarmRow, AsksPhone, CallRow, CallState, ClassRow, DeviceRow, DoorState, Doors,
    HallRow, Key, NoticeRow, OutcomeRow, RollRow, Row, ServiceRow, Stamped, TicketRow,
};
pub use secret::Secret;
pub use slip::{SlipLanguages, SlipRow};
pub use text::Text;

/// The version of this protocol. A client says it in [`Hello`]; the hall refuses another one
/// with [`ByeCode::Version`] and names its own.
pub const VERSION: u32 = 1;

/// The TCP port of a hall unless its settings say another. Unassigned at IANA.
pub const DEFAULT_PORT: u16 = 7410;

/// The path that upgrades to a WebSocket.
pub const PATH: &str = "/ws";
