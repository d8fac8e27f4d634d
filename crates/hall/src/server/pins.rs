//! PINs are looked at here, before a request reaches the writer: argon2id takes as long as a hundred tickets,
//! and nobody waits for it but who typed the PIN.

use std::sync::Arc;

use protocol::{Act, Role, Secret};
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
pub(super) async fn look(door: &Door, (role, device): (Role, &str), act: &mut Act) -> PinSeen {
    let Some((person, pin)) = take(act) else {
        return PinSeen::None;
    };
    // Where nobody signs in no work is done: a telephone needs no key to come here.
    if !act.may_be_asked_by(role) || !people::is_pin(pin.reveal()) {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::civil::Time;
    use jiff::tz::TimeZone;
    use queue::Moment;
    use tokio::sync::{broadcast, mpsc, watch};
    use tokio::time::timeout;
    use uuid::Uuid;

    use super::super::complaints::Complaints;
    use super::*;
    use crate::Clock;

    fn door() -> (Door, mpsc::Receiver<Mail>) {
        let (mailbox, mail) = mpsc::channel(8);
        let clock = Clock::new(TimeZone::UTC, Time::midnight(), Moment::default());
        let door = Door {
            mailbox,
            changed: [(); 3].map(|()| broadcast::channel(1).0),
            clock: Arc::new(clock),
            epoch: Uuid::nil(),
            stop: watch::channel(false).1,
            fingerprint: None,
            names: Arc::from([]),
            pins: Pins::default(),
            complaints: Complaints::default(),
        };
        (door, mail)
    }

    #[tokio::test]
    async fn a_pin_is_looked_at_only_where_people_sign_in() {
        let (door, mut mail) = door();
        let act = |pin| Act::Identify {
            person: "王芳".to_owned(),
            pin: Some(Secret::new(pin)),
        };
        for role in Role::ALL {
            let mut asked = act("480261");
            let works = asked.may_be_asked_by(role);
            let looking = look(&door, (role, "device"), &mut asked);
            let looked = timeout(Duration::from_secs(20), async {
                tokio::select! {
                    biased;
                    seen = looking => (seen, false),
                    // Whoever asked hears nothing, which is no answer.
                    mail = mail.recv() => (PinSeen::None, matches!(mail, Some(Mail::Pin { .. }))),
                }
            });
            assert_eq!(looked.await, Ok((PinSeen::None, works)), "{role:?}");
            let mut no_pin = act("not a PIN");
            let seen = look(&door, (role, "device"), &mut no_pin).await;
            assert_eq!(seen, PinSeen::None);
            assert!(mail.try_recv().is_err(), "{role:?}");
        }
    }
}
