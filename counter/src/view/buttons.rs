//! What may be pressed.

use std::time::Duration;

use protocol::CallState;

use super::{Button, Buttons};
use crate::controller::Hall;
use crate::sheet::key_of;
use crate::words::{self, CommandName};
use crate::{Command, Controller, Primary};

/// With the hall at hand an answer comes faster than an eye sees; only what takes longer is
/// said to wait.
const WAITING_SHOWN_AFTER: Duration = Duration::from_millis(400);

impl Controller {
    pub(super) fn buttons(&self) -> Buttons {
        let called = self
            .in_hand()
            .is_some_and(|in_hand| in_hand.state == CallState::Called);
        let somebody = self.in_hand().is_some();
        let pause = match self.is_paused() {
            true => CommandName::Resume,
            false => CommandName::Pause,
        };
        Buttons {
            primary: self.button(
                Command::Primary,
                primary_name(self.primary()),
                self.primary() != Primary::Awaiting,
            ),
            recall: self.button(Command::Recall, CommandName::Recall, called),
            no_show: self.button(Command::NoShow, CommandName::NoShow, called),
            finish: self.button(Command::Finish, CommandName::Finish, somebody),
            pause: self.button(Command::Pause, pause, true),
            more: self.more(),
            aside: self.aside(),
            stop_awaiting: self.button(
                Command::StopAwaiting,
                CommandName::StopAwaiting,
                self.is_awaiting(),
            ),
            sign_out: self.button(Command::SignOut, CommandName::SignOut, !somebody),
        }
    }

    /// What a sheet asked is waited for where it was opened.
    fn more(&self) -> Button {
        let waiting = self.asked.as_ref().is_some_and(|asked| {
            !key_of(asked.command).is_empty() && asked.command != Command::StopAwaiting
        });
        Button {
            waiting: waiting && self.waits_long(),
            ..self.button(Command::More, CommandName::More, true)
        }
    }

    /// Those whom the clerk has still to look after; empty if there are none.
    fn aside(&self) -> Button {
        let (held, missed) = self.those_aside();
        Button {
            text: words::aside(self.beginning.language, held.len(), missed.len()),
            enabled: true,
            waiting: false,
        }
    }

    fn waits_long(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| {
            self.hall != Hall::Up || self.now >= asked.since + WAITING_SHOWN_AFTER
        })
    }

    pub(super) fn button(&self, command: Command, name: CommandName, enabled: bool) -> Button {
        let asked = self.asked.as_ref().filter(|asked| asked.command == command);
        Button {
            // While it waits, it says what was pressed.
            text: asked.map_or_else(
                || words::command(self.beginning.language, name),
                |asked| self.name_of(asked),
            ),
            enabled,
            waiting: asked.is_some() && self.waits_long(),
        }
    }
}

pub(super) fn primary_name(primary: Primary) -> CommandName {
    match primary {
        Primary::CallNext => CommandName::CallNext,
        Primary::AwaitNext => CommandName::AwaitNext,
        Primary::FinishAndAwait => CommandName::FinishAndAwait,
        Primary::Awaiting => CommandName::Awaiting,
        Primary::Arrived => CommandName::Arrived,
        Primary::FinishAndCallNext => CommandName::FinishAndCallNext,
        Primary::Finish => CommandName::Finish,
        Primary::Resume => CommandName::Resume,
    }
}
