//! People: who may sign in, and their PINs.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use hall::admin::{Answer, Ask, PersonShown};
use hall::trust::{PersonRole, people};
use protocol::Secret;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::pair::RunningHall;

/// Say who may sign in.
#[derive(Debug, Args)]
pub(super) struct People {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Let a person sign in; asks for the PIN
    Add(Add),
    /// List who may sign in
    List(List),
    /// Let a person sign in no more
    Remove(Named),
    /// Give a person a new PIN; asks for it
    SetPin(SetPin),
    /// Let a person try again who typed too many wrong PINs
    Unlock(Named),
}

#[derive(Debug, Args)]
struct Add {
    /// The name that the person types
    name: String,
    /// What the person may do
    #[arg(long)]
    role: RoleWord,
    #[command(flatten)]
    pin: PinFrom,
    #[command(flatten)]
    hall: RunningHall,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleWord {
    Clerk,
    Guide,
    Supervisor,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    hall: RunningHall,
}

#[derive(Debug, Args)]
struct Named {
    /// The person's name
    name: String,
    #[command(flatten)]
    hall: RunningHall,
}

#[derive(Debug, Args)]
struct SetPin {
    /// The person's name
    name: String,
    #[command(flatten)]
    pin: PinFrom,
    #[command(flatten)]
    hall: RunningHall,
}

/// From where the PIN comes. It is no argument: every user of the machine sees those.
#[derive(Debug, Args)]
struct PinFrom {
    /// Read the PIN from the first line of the input instead of asking for it twice
    #[arg(long)]
    pin_from_stdin: bool,
}

impl People {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.what {
            What::Add(add) => add.run(),
            What::List(list) => list.run(),
            What::SetPin(set) => set.run(),
            What::Remove(named) => {
                let person = named.name.clone();
                named.hall.ask(&Ask::RemovePerson { person })?;
                super::answer(&format!("{} may not sign in any more.\n", named.name))
            }
            What::Unlock(named) => {
                let person = named.name.clone();
                named.hall.ask(&Ask::Unlock { person })?;
                super::answer(&format!("{} may try again.\n", named.name))
            }
        }
    }
}

impl Add {
    fn run(self) -> anyhow::Result<()> {
        let pin = self.pin.read()?;
        let role = match self.role {
            RoleWord::Clerk => PersonRole::Clerk,
            RoleWord::Guide => PersonRole::Guide,
            RoleWord::Supervisor => PersonRole::Supervisor,
        };
        let person = self.name.clone();
        self.hall.ask(&Ask::AddPerson { person, role, pin })?;
        super::answer(&format!("{} may sign in as {}.\n", self.name, role.word()))
    }
}

impl SetPin {
    fn run(self) -> anyhow::Result<()> {
        let pin = self.pin.read()?;
        let person = self.name.clone();
        self.hall.ask(&Ask::SetPin { person, pin })?;
        super::answer(&format!("{} has a new PIN.\n", self.name))
    }
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let Answer::People { people } = self.hall.ask(&Ask::People {})? else {
            return super::unexpected();
        };
        if people.is_empty() {
            return super::answer(
                "Nobody may sign in. hall people add NAME --role clerk lets somebody.\n",
            );
        }
        super::answer(&people.iter().map(line).collect::<String>())
    }
}

fn line(person: &PersonShown) -> String {
    let locked = person.locked_min.map(|minutes| {
        format!(", locked for {minutes} min after too many wrong PINs (hall people unlock ends it)")
    });
    format!(
        "{}: {}{}\n",
        person.name,
        person.role,
        locked.unwrap_or_default()
    )
}

impl PinFrom {
    fn read(&self) -> anyhow::Result<Secret> {
        let pin = if self.pin_from_stdin {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line)?;
            line.trim().to_owned()
        } else {
            typed_twice()?
        };
        people::check(&pin)?;
        Ok(Secret::new(pin))
    }
}

fn typed_twice() -> anyhow::Result<String> {
    let terminal = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .context("there is no terminal to type a PIN on. Use --pin-from-stdin.")?;
    let silent = Silent::on(&terminal)?;
    let first = silent.ask("PIN: ")?;
    people::check(&first)?;
    let again = silent.ask("The same PIN again: ")?;
    if first != again {
        bail!("these were two different PINs, and nothing was changed. Try again.");
    }
    Ok(first)
}

/// A terminal that does not show what is typed, until this is dropped.
struct Silent<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Silent<'a> {
    fn on(terminal: &'a File) -> anyhow::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }

    fn ask(&self, question: &str) -> anyhow::Result<String> {
        let mut terminal = self.terminal;
        terminal.write_all(question.as_bytes())?;
        let mut line = String::new();
        BufReader::with_capacity(1, terminal).read_line(&mut line)?;
        terminal.write_all(b"\n")?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}
