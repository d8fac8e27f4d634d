//! What may be pressed.

use std::time::Duration;

use protocol::CallState;

use super::{Button, Buttons};
use crate::controller::Hall;
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
            primary: self.button(Command::Primary, primary_name(self.primary()), true),
            recall: self.button(Command::Recall, CommandName::Recall, called),
            no_show: self.button(Command::NoShow, CommandName::NoShow, called),
            finish: self.button(Command::Finish, CommandName::Finish, somebody),
            pause: self.button(Command::Pause, pause, true),
            sign_out: self.button(Command::SignOut, CommandName::SignOut, !somebody),
        }
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
            waiting: asked.is_some_and(|asked| {
                self.hall != Hall::Up || self.now >= asked.since + WAITING_SHOWN_AFTER
            }),
        }
    }
}

pub(super) fn primary_name(primary: Primary) -> CommandName {
    match primary {
        Primary::CallNext => CommandName::CallNext,
        Primary::Arrived => CommandName::Arrived,
        Primary::FinishAndCallNext => CommandName::FinishAndCallNext,
        Primary::Finish => CommandName::Finish,
        Primary::Resume => CommandName::Resume,
    }
}
