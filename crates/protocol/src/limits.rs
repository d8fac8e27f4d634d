//! What meets a limit gets a clear refusal; each limit stands here with its reason.

/// Largest frame that the hall reads, in bytes. The longest act is far below 1 KiB; the rest
/// is room for later versions. Larger frames close the connection ([`crate::ByeCode::TooLarge`]).
pub const MAX_FRAME_FROM_CLIENT_BYTES: usize = 64 * 1024;

/// Largest frame that a client has to read, in bytes: a whole table of a large hall.
pub const MAX_FRAME_FROM_HALL_BYTES: usize = 4 * 1024 * 1024;

/// Requests of one session that may wait for their answer at the same time. A person asks one
/// thing at a time; the rest is room for what piled up while a link was down.
pub const MAX_REQUESTS_IN_FLIGHT: usize = 64;

/// Longest name of a device, a clerk or an app, in characters: it must fit a line on a screen.
pub const MAX_NAME_CHARS: usize = 40;

/// Longest reason for a pause or a hold, or note of a transfer, in characters.
pub const MAX_REASON_CHARS: usize = 120;

/// Services that one ticket may have: more than anybody does in one visit.
pub const MAX_ERRANDS: usize = 5;

/// Longest time on hold before a ticket is back in line by itself, in minutes.
pub const MAX_HOLD_MIN: u32 = 480;

/// Longest telephone number with its signs, in characters (E.164 has at most 15 digits).
pub const MAX_PHONE_CHARS: usize = 24;

/// The hall says where it is ([`crate::HallFrame::Beat`]) this often, in milliseconds.
pub const BEAT_MS: u64 = 1_000;

/// Silence after which either side takes the link for dead, in milliseconds: a half-open
/// connection is to be seen within five seconds.
pub const SILENCE_MS: u64 = 4_500;

/// Time in which a new connection must send its [`crate::Hello`], in milliseconds: half a second is
/// left of the five in which a slow one is to be gone.
pub const HELLO_DEADLINE_MS: u64 = 4_500;

/// Calls that the hall keeps in the table of last calls. A wall shows fewer.
pub const LAST_CALLS: usize = 24;

/// Shortest PIN, in digits: with five tries and then a pause, 10,000 PINs take months.
pub const MIN_PIN_DIGITS: usize = 4;

/// Longest PIN, in digits.
pub const MAX_PIN_DIGITS: usize = 12;

/// Random bytes in [`crate::Pair::nonce`].
pub const PAIR_NONCE_BYTES: usize = 32;

/// Requests of one device that the hall takes at once after a quiet time: what a client may have in flight.
pub const REQUESTS_AT_ONCE: u32 = MAX_REQUESTS_IN_FLIGHT as u32;

/// Requests of one device per second that the hall takes for long: no person presses so fast.
pub const REQUESTS_PER_SECOND: u32 = 20;
