//! The story: two customers and two clerks, from the first touch to the last number on the wall.
//!
//! An ordinary customer takes a number, then an elderly one takes theirs. The first clerk, with
//! the mouse, calls the elderly one first, because the rule of the house says so; the second
//! clerk, with the keyboard alone, calls the other.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use protocol::{CallRow, CallState, CounterState, NextInLine, Role as HallRole};

use super::hands::Key;
use super::process::wait_for;
use super::programs::mute;
use super::{Folder, Programs, Reader, Screen, Summary, Watcher, paper};

/// How long the hall, the printer or the voice may take for one thing.
const LIMIT: Duration = Duration::from_secs(30);

/// The business of both customers, as its tile says it.
const PAY_A_BILL: &str = "电费缴纳";

/// What a customer touches to take a number.
const ORDINARY: &str = "取号";
const ELDERLY: &str = "我已满60岁";

/// How many customers come.
const CUSTOMERS: usize = 2;

/// Walks through the story on virtual displays. Leaves pictures, tickets, announcements and the
/// summary in the folder.
///
/// # Errors
/// If something does not happen, or if the counts at the end do not match.
pub fn tell(folder: &Path) -> Result<Summary> {
    let mut story = Story::begin(Folder::fresh(folder)?)?;
    story.customer_takes_a_number(ORDINARY)?;
    story.customer_takes_a_number(ELDERLY)?;
    story.clerks_sign_in()?;
    story.first_clerk_serves_by_mouse()?;
    story.second_clerk_serves_by_keyboard()?;
    story.end()
}

struct Story {
    folder: Folder,
    step: usize,
    summary: Summary,
    // What listens ends before what it listens to.
    clerks_rows: Watcher,
    walls_rows: Watcher,
    kiosk: Screen,
    wall: Screen,
    counters: [Screen; 2],
    reader: Reader,
    programs: Programs,
}

impl Story {
    fn begin(folder: Folder) -> Result<Self> {
        let programs = Programs::start(&folder)?;
        let reader = Reader::new()?;
        let open = |name, size, command| Screen::open(name, size, &programs, command, &reader);
        let mut wall = programs.wall();
        mute(&mut wall, &folder)?;
        let kiosk = open("kiosk", (1080, 1920), programs.kiosk())?;
        let wall = open("wall", (1920, 1080), wall)?;
        let first = open("counter-1", (1280, 800), programs.counter(1, "王芳"))?;
        let second = open("counter-2", (1280, 800), programs.counter(2, "李强"))?;
        let watch = |role, name| Watcher::new(programs.hall.clone(), role, name);
        let mut story = Self {
            clerks_rows: watch(HallRole::Counter, "demo-clerk")?,
            walls_rows: watch(HallRole::Wall, "demo-wall")?,
            kiosk,
            wall,
            counters: [first, second],
            step: 0,
            summary: Summary::default(),
            reader,
            folder,
            programs,
        };
        story.all_windows_are_there()?;
        story.picture("open")?;
        Ok(story)
    }

    fn all_windows_are_there(&mut self) -> Result<()> {
        self.kiosk.find(&mut self.reader, PAY_A_BILL)?;
        for counter in &mut self.counters {
            counter.find(&mut self.reader, "签到")?;
            counter.display().focus()?;
        }
        let hall = "电费缴纳";
        self.wall
            .see(&mut self.reader, "the services", |element| {
                element.name.contains(hall)
            })
            .map(drop)
    }

    /// Two touches, and the number is on paper.
    fn customer_takes_a_number(&mut self, how: &str) -> Result<()> {
        let tickets = self.programs.printer.tickets().len() + 1;
        self.kiosk.touch(&mut self.reader, PAY_A_BILL)?;
        self.kiosk.find(&mut self.reader, how)?;
        self.picture(&format!("service-{tickets}"))?;
        self.kiosk.touch(&mut self.reader, how)?;
        let printed = self.programs.printer.wait_for_tickets(tickets, LIMIT);
        printed.with_context(|| format!("ticket {tickets} was not printed"))?;
        let said = self.kiosk.see(&mut self.reader, "the number", |element| {
            element.name.starts_with(YOUR_NUMBER)
        })?;
        self.kiosk
            .see(&mut self.reader, "the paper's news", |element| {
                element.name.contains("请取走您的号票")
            })?;
        println!("  a customer touched {how} and holds {}", said.name);
        self.picture(&format!("number-{tickets}"))?;
        self.kiosk.touch(&mut self.reader, "完成")?;
        self.kiosk.find(&mut self.reader, PAY_A_BILL).map(drop)
    }

    /// One by mouse, one by keyboard. Both find their counter and name filled in.
    fn clerks_sign_in(&mut self) -> Result<()> {
        let [first, second] = &mut self.counters;
        first.click(&mut self.reader, "签到")?;
        second.press(&mut self.reader, "签到", Key::RETURN)?;
        for counter in [1, 2] {
            let is_open = |rows: &link::Table| {
                rows.counter(counter)
                    .is_some_and(|row| row.state == CounterState::Open)
            };
            watch(
                &mut self.clerks_rows,
                &format!("counter {counter} to open"),
                |rows| is_open(rows).then_some(()),
            )?;
        }
        for counter in &mut self.counters {
            counter.find(&mut self.reader, CALL_NEXT)?;
        }
        println!("  two clerks have signed in");
        self.picture("signed-in")
    }

    fn first_clerk_serves_by_mouse(&mut self) -> Result<()> {
        let [ordinary, elderly] = self.both_in_line()?;
        self.wait_until_the_rule_favours(&elderly, &ordinary)?;
        self.counters[0].click(&mut self.reader, CALL_NEXT)?;
        let call = self.called(1)?;
        ensure!(
            call.number == elderly.number,
            "the rule favours {}, and {} was called",
            elderly.number,
            call.number
        );
        self.picture("first-call")?;
        self.counters[0].click(&mut self.reader, ARRIVED)?;
        self.becomes(&call, CallState::Serving)?;
        self.picture("first-arrived")?;
        self.counters[0].click(&mut self.reader, FINISH)?;
        self.finished(&call, CALL_NEXT)?;
        self.picture("first-finished")
    }

    fn second_clerk_serves_by_keyboard(&mut self) -> Result<()> {
        self.counters[1].press(&mut self.reader, CALL_NEXT, Key::SPACE)?;
        let call = self.called(2)?;
        self.picture("second-call")?;
        self.counters[1].press(&mut self.reader, ARRIVED, Key::SPACE)?;
        self.becomes(&call, CallState::Serving)?;
        self.counters[1].press(&mut self.reader, FINISH, Key::F5)?;
        self.finished(&call, AWAIT_NEXT)?;
        self.picture("second-finished")
    }

    /// Both tickets as the clerks see them before the first call: the ordinary one came first.
    fn both_in_line(&mut self) -> Result<[NextInLine; CUSTOMERS]> {
        let mut line = watch(&mut self.clerks_rows, "both customers in line", |rows| {
            let next = rows.counter(1)?.desk.as_ref()?.next.clone();
            <[NextInLine; CUSTOMERS]>::try_from(next).ok()
        })?;
        line.sort_by_key(|one| one.ticket);
        let issued = watch(&mut self.clerks_rows, "the hall's row", |rows| {
            Some(rows.hall()?.issued)
        })?;
        ensure!(
            issued as usize == CUSTOMERS,
            "the hall issued {issued} numbers"
        );
        for one in &line {
            self.summary.issued.add(&one.number, Some(one.ticket));
        }
        ensure!(
            line.each_ref().map(|one| one.class.as_str()) == ["ordinary", "elderly"],
            "the classes are {:?}",
            line.each_ref().map(|one| &one.class)
        );
        Ok(line)
    }

    /// The elderly have a target of 5 minutes and everybody else one of 20 (assets/hall.toml), so
    /// the one who came later goes first as soon as the other has waited less than four times as long.
    fn wait_until_the_rule_favours(&self, late: &NextInLine, early: &NextInLine) -> Result<()> {
        const TARGETS_RATIO: i64 = 20 / 5;
        const ROUNDING_MS: i64 = 50;
        wait_for("the rule to favour the elderly", LIMIT, || {
            let now_ms = self.clerks_rows.hall_time_ms()? - ROUNDING_MS;
            let waited_ms = |one: &NextInLine| now_ms - one.issued_at_ms;
            Ok((TARGETS_RATIO * waited_ms(late) > waited_ms(early)).then_some(()))
        })
    }

    /// The newest call: in the hall's rows, on the wall, and in the voice.
    fn called(&mut self, counter: u16) -> Result<CallRow> {
        let what = format!("a call to counter {counter}");
        let call = watch(&mut self.walls_rows, &what, |rows| {
            let newest = rows.calls().next_back()?;
            (newest.counter == counter).then(|| newest.clone())
        })?;
        self.summary.called.add(&call.number, Some(call.call));
        let large = format!("{} → {counter}", call.number);
        self.wall
            .see(&mut self.reader, &large, |element| element.name == large)?;
        self.summary.shown.add(&call.number, None);
        let spoken = wait_for(&format!("the voice to say {}", call.number), LIMIT, || {
            let all = spoken(&self.folder)?;
            Ok(all.into_iter().find(|one| one.call == call.call))
        })?;
        println!(
            "  the wall shows and says: {} / {}",
            spoken.text_zh, spoken.text_en
        );
        Ok(call)
    }

    fn becomes(&mut self, call: &CallRow, state: CallState) -> Result<()> {
        let what = format!("{} to become {state:?}", call.number);
        watch(&mut self.walls_rows, &what, |rows| {
            (rows.call(call.call)?.state == state).then_some(())
        })
    }

    /// The customer is done, and the clerk's large button offers what comes then.
    fn finished(&mut self, call: &CallRow, then: &str) -> Result<()> {
        self.becomes(call, CallState::Finished)?;
        self.summary.finished.add(&call.number, Some(call.call));
        println!("  {} is finished", call.number);
        let counter = usize::from(call.counter - 1);
        self.counters[counter]
            .find(&mut self.reader, then)
            .map(drop)
    }

    fn end(mut self) -> Result<Summary> {
        let numbers = self.summary.issued.numbers.clone();
        for (at, ticket) in self.programs.printer.tickets().iter().enumerate() {
            let number = paper::number_on(ticket, &numbers);
            let name = number.clone().unwrap_or_else(|| format!("unknown-{at}"));
            self.summary.printed.add(&name, None);
            paper::keep(ticket, &name, &self.folder.tickets())?;
        }
        for line in spoken(&self.folder)? {
            self.summary.spoken.add(&line.number, Some(line.call));
        }
        self.summary.write(&self.folder.summary())?;
        self.summary.check(CUSTOMERS)?;
        Ok(self.summary)
    }

    /// Keeps what every screen shows at this step.
    fn picture(&mut self, step: &str) -> Result<()> {
        self.step += 1;
        let folder = self.folder.pictures();
        for screen in [&self.kiosk, &self.wall].into_iter().chain(&self.counters) {
            let name = format!("{:02}-{step}.{}.png", self.step, screen.name());
            screen.display().picture()?.write(&folder.join(name));
        }
        Ok(())
    }
}

/// What the programs' buttons and labels say in Chinese.
const YOUR_NUMBER: &str = "您的号码 ";
const CALL_NEXT: &str = "呼叫下一位";
const AWAIT_NEXT: &str = "等下一位来";
const ARRIVED: &str = "客户已到";
const FINISH: &str = "办结";

/// Waits until the hall's rows say it.
fn watch<T>(
    watcher: &mut Watcher,
    what: &str,
    mut look: impl FnMut(&link::Table) -> Option<T>,
) -> Result<T> {
    wait_for(what, LIMIT, || Ok(watcher.look()?.and_then(&mut look)))
}

/// A line of the wall's record that matters here.
#[derive(serde::Deserialize)]
struct Announced {
    call: u64,
    number: String,
    text_zh: String,
    text_en: String,
    wav: Option<String>,
    spoken: bool,
}

/// What was said to its end, and can be heard again. A line that is still being written is left
/// for the next look.
fn spoken(folder: &Folder) -> Result<Vec<Announced>> {
    let file = folder.announcements().join("announcements.jsonl");
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("read {}", file.display())),
    };
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let lines: Vec<Announced> = whole
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .with_context(|| format!("understand {}", file.display()))?;
    Ok(lines
        .into_iter()
        .filter(|line| line.spoken && line.wav.is_some())
        .collect())
}
