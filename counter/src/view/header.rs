//! The top line and the sign-in page.

use protocol::CounterRow;

use super::{CounterChoice, Header, Link, SignIn};
use crate::controller::{Hall, clerk_of};
use crate::words::CommandName;
use crate::{Command, Controller};

impl Controller {
    pub(super) fn header(&self) -> Header {
        let language = self.beginning.language;
        let hall_name = self
            .table
            .hall()
            .map(|hall| language.of(&hall.name).to_owned());
        let own_name = self
            .own_counter()
            .map(|row| language.of(&row.name).to_owned());
        let seat = self.seat.as_ref();
        Header {
            counter: seat.map_or_else(String::new, |seat| seat.counter.to_string()),
            name: own_name.or(hall_name).unwrap_or_default(),
            clerk: seat.map_or_else(String::new, |seat| seat.clerk.clone()),
            clock: self
                .clock
                .local(self.now)
                .map(|time| time.hour_and_minute())
                .unwrap_or_default(),
            link: match self.hall {
                Hall::Starting | Hall::Down { since: None, .. } => Link::Connecting,
                Hall::Up => Link::Up,
                Hall::Down { since: Some(_), .. } => Link::Stale,
            },
            finished: self.desk().map_or(0, |desk| desk.finished),
        }
    }

    pub(super) fn sign_in_view(&self) -> SignIn {
        SignIn {
            counters: self.table.counters().map(|row| self.choice(row)).collect(),
            clerk: self.form.clerk.clone(),
            asks_pin: self.asks_pin(),
            pin: self.form.pin.clone(),
            pin_turn: self.form.pin_turn,
            button: self.button(Command::SignIn, CommandName::SignIn, true),
        }
    }

    fn choice(&self, row: &CounterRow) -> CounterChoice {
        CounterChoice {
            number: row.number,
            name: self.beginning.language.of(&row.name).to_owned(),
            services: row.services.join(" "),
            clerk: clerk_of(row).cloned().unwrap_or_default(),
            chosen: self.form.counter == Some(row.number),
        }
    }
}
