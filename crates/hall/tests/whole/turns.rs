//! When the loop takes its turn: what reaches the writer, what is due, what it looks at by itself; and when
//! rows go out.

use hall::engine::Input;

use crate::world::{Coming, Held, World};

/// The server publishes rows at most so often, in milliseconds.
const PUBLISH_EVERY_MS: u64 = 20;

/// So often it looks around here, by day and at night, when nothing moves; the real one does it every 5 s,
/// which would be most of all work.
const LOOK_AROUND_MS: u64 = 60_000;
const LOOK_AROUND_AT_NIGHT_MS: u64 = 10 * 60_000;

/// What is overdue and does not come is looked at again after so long.
const OVERDUE_MS: u64 = 5_000;

impl World {
    /// What reaches the writer waits for its next turn.
    pub fn mail(&mut self, input: Input) {
        if self.machine.running.is_none() {
            return;
        }
        if self.machine.mail.is_empty() {
            let wait_ms = self.machine.busy_until_ms.saturating_sub(self.at_ms);
            self.after(wait_ms, Coming::Work);
        }
        self.machine.mail.push(input);
    }

    /// The rows move with time alone. Only the program that runs now looks.
    pub fn look_around(&mut self, life: u64) -> Held {
        if self.machine.running.is_none() || life != self.machine.life {
            return Ok(());
        }
        let is_day = (7 * 60..19 * 60).contains(&self.minute_of_day());
        let look_ms = if is_day {
            LOOK_AROUND_MS
        } else {
            LOOK_AROUND_AT_NIGHT_MS
        };
        self.after(look_ms, Coming::Look(life));
        self.work()
    }

    /// Something may be due.
    pub fn wake(&mut self) -> Held {
        if self.machine.wakes_at_ms != Some(self.at_ms) {
            return Ok(());
        }
        self.machine.wakes_at_ms = None;
        let now_ms = self.clocks.steady_ms(self.at_ms);
        let Some(running) = &self.machine.running else {
            return Ok(());
        };
        let busy_ms = self.machine.busy_until_ms.saturating_sub(self.at_ms);
        match running.engine.next_deadline() {
            Some(due_ms) if busy_ms > 0 => {
                self.wake_after(busy_ms.max(due_ms.saturating_sub(now_ms)));
                Ok(())
            }
            Some(due_ms) if due_ms > now_ms => {
                self.wake_after(due_ms - now_ms);
                Ok(())
            }
            Some(_) => self.work(),
            None => Ok(()),
        }
    }

    /// What was going to wake it later is no more; what will wake it earlier stays.
    fn wake_after(&mut self, wait_ms: u64) {
        let wakes_at_ms = self.at_ms + wait_ms;
        let known = self.machine.wakes_at_ms;
        if known.is_none_or(|known| known > wakes_at_ms || known < self.at_ms) {
            self.machine.wakes_at_ms = Some(wakes_at_ms);
            self.after(wait_ms, Coming::Wake);
        }
    }

    /// What came in the post is taken.
    pub fn take_mail(&mut self) -> Held {
        match self.machine.mail.is_empty() {
            true => Ok(()),
            false => self.work(),
        }
    }

    pub fn wake_when_due(&mut self, commit_ms: u64) -> Held {
        let now_ms = self.clocks.steady_ms(self.at_ms);
        let Some(running) = &self.machine.running else {
            return Ok(());
        };
        let due_ms = running.engine.next_deadline();
        if due_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            // The clock on the wall went back, or the disk refuses: it is looked at again by and by.
            self.wake_after(OVERDUE_MS);
            return Ok(());
        }
        if running.engine.is_adrift() {
            let wait_ms = due_ms.map_or(OVERDUE_MS, |due_ms| due_ms - now_ms);
            self.wake_after(wait_ms.max(commit_ms));
            return Ok(());
        }
        let must_ms = self
            .reference
            .next_due_ms()
            .filter(|due_ms| *due_ms > now_ms);
        if let Some(must_ms) = must_ms
            && due_ms.is_none_or(|due_ms| due_ms > must_ms)
        {
            return Err(format!(
                "something is due at {must_ms} ms, and the hall would sleep until {due_ms:?}"
            ));
        }
        if let Some(due_ms) = due_ms {
            self.wake_after((due_ms - now_ms).max(commit_ms));
        }
        Ok(())
    }

    pub fn publish_soon(&mut self) {
        let at_ms = self.at_ms;
        let Some(running) = &mut self.machine.running else {
            return;
        };
        if at_ms >= running.publish_next_ms {
            self.publish();
        } else if !running.unpublished {
            running.unpublished = true;
            let wait_ms = running.publish_next_ms - at_ms;
            self.after(wait_ms, Coming::Publish);
        }
    }

    pub fn publish(&mut self) {
        let now = self.clocks.now(self.at_ms);
        let Some(running) = &mut self.machine.running else {
            return;
        };
        let outputs = running.engine.publish(now);
        running.publish_next_ms = self.at_ms + PUBLISH_EVERY_MS;
        running.unpublished = false;
        self.say(outputs, 0);
    }
}
