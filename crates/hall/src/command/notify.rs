//! Tells systemd that the hall serves, and that its writer still answers: a hall that hangs is started again
//! (sd_notify(3)). Where nobody wants to know, nothing is said.

use std::time::Duration;

use hall::server::Pulse;
use sd_notify::NotifyState;
use tokio::time;

/// The hall serves.
pub(super) fn ready(what: &str) {
    let said = sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(what)]);
    if let Err(error) = said {
        tracing::warn!(
            "systemd cannot be told that the hall serves: {error}. It will take it for one that does not start."
        );
    }
}

/// The hall ends, and what was asked is still answered.
pub(super) fn stopping() {
    say(NotifyState::Stopping);
}

/// Says for ever that the hall lives, as long as its writer answers: twice in the time after which a silent
/// hall is ended (sd_watchdog_enabled(3)).
pub(super) async fn watch(pulse: Pulse) {
    let every = sd_notify::watchdog_enabled().map(|within| within / 2);
    let Some(every) = every.filter(|every| *every > Duration::ZERO) else {
        return std::future::pending().await;
    };
    let mut ticks = time::interval(every);
    loop {
        ticks.tick().await;
        if pulse.beats().await {
            say(NotifyState::Watchdog);
        }
    }
}

fn say(what: NotifyState<'_>) {
    // Who does not listen any more starts the hall again, and can be told nothing about it.
    let _ = sd_notify::notify(&[what]);
}
