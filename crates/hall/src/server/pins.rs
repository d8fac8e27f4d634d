//! PINs are looked at here, before a request reaches the writer: argon2id takes as long as a hundred tickets,
//! and nobody waits for it but who typed the PIN.

use std::sync::Arc;

use protocol::{Act, Secret};
use tokio::sync::{Semaphore, oneshot};
use tokio::task;

use super::Door;
use super::writer::Mail;
use crate::trust::{PinSeen, people};

/// PINs looked at at the same time: each takes 19 MiB and a processor.
const AT_ONCE: usize = 2;

/// Where a PIN waits for its turn.
#[derive(Clone, Debug)]
pub(super) struct Pins(Arc<Semaphore>);

impl Default for Pins {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Takes the PIN out of an act, so that nobody behind this sees it, and says whether it is right.
pub(super) async fn look(door: &Door, device: &str, act: &mut Act) -> PinSeen {
    let Some((person, pin)) = take(act) else {
        return PinSeen::None;
    };
    if !people::is_pin(pin.reveal()) {
        return PinSeen::None;
    }
    let (kept, known) = oneshot::channel();
    let asked = Mail::Pin {
        person,
        device: device.to_owned(),
        kept,
    };
    if door.mailbox.send(asked).await.is_err() {
        return PinSeen::None;
    }
    match known.await {
        Ok(Some(kept)) => hold_against(&door.pins, pin, kept).await,
        // No PIN is taken now; the writer says for how long.
        Ok(None) | Err(_) => PinSeen::None,
    }
}

async fn hold_against(pins: &Pins, pin: Secret, kept: String) -> PinSeen {
    let Ok(turn) = Arc::clone(&pins.0).acquire_owned().await else {
        return PinSeen::None;
    };
    let work = task::spawn_blocking(move || {
        let right = people::is_right(pin.reveal(), &kept);
        drop(turn);
        right
    });
    match work.await {
        Ok(true) => PinSeen::Right,
        Ok(false) => PinSeen::Wrong,
        Err(_) => PinSeen::None,
    }
}

fn take(act: &mut Act) -> Option<(String, Secret)> {
    match act {
        Act::SignIn {
            clerk: person, pin, ..
        }
        | Act::Identify { person, pin } => Some((person.clone(), pin.take()?)),
        _ => None,
    }
}
