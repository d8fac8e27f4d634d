//! The way to the hall: what asks for a number is on disk before it is sent, and so is the number before
//! anybody sees it. The disk blocks; so all this has a thread of its own.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use client::{Bridge, LinkEvent, LinkHandle, LinkSettings};
use protocol::{Act, Outcome, Refusal};
use uuid::Uuid;

use crate::orders::{Orders, leads_to_a_number};

/// What the thread tells.
pub(crate) enum Told {
    /// Something of the link; an answer is written down.
    Link(Box<LinkEvent>),
    /// The hall knows what became of this ticket's slip, and it is written down.
    Closed { ticket: u64 },
}

/// The link, and before it the thread that writes down. Dropping it ends both.
pub(crate) struct Asking {
    work: Sender<Work>,
    bridge: Option<Bridge>,
    thread: Option<JoinHandle<()>>,
}

enum Work {
    Ask { id: Uuid, act: Act },
    Answer { id: Uuid, outcome: Outcome },
    Close { ticket: u64 },
    End,
}

/// What carries a request to the hall.
trait Road {
    /// Why it was not taken.
    fn send(&self, id: Uuid, act: Act) -> Result<(), Refusal>;
}

impl Asking {
    /// Starts the link and the thread. `tell` is called on both and must not block.
    ///
    /// # Errors
    /// When the machine gives no thread or no sockets.
    pub(crate) fn start(
        orders: Orders,
        link: LinkSettings,
        tell: impl Fn(Told) + Clone + Send + 'static,
    ) -> io::Result<Self> {
        let (work, queue) = mpsc::channel();
        let (answers, of_the_link) = (work.clone(), tell.clone());
        let bridge = Bridge::start(link, move |event| match event {
            LinkEvent::Answer { id, outcome } => pass(&answers, Work::Answer { id, outcome }),
            event => of_the_link(Told::Link(Box::new(event))),
        })?;
        let road = bridge.handle().clone();
        let thread = std::thread::Builder::new()
            .name("orders".into())
            .spawn(move || serve(orders, &queue, &road, &tell))?;
        Ok(Self {
            work,
            bridge: Some(bridge),
            thread: Some(thread),
        })
    }

    /// Asks the hall.
    pub(crate) fn ask(&self, id: Uuid, act: Act) {
        pass(&self.work, Work::Ask { id, act });
    }

    /// The hall knows what became of this ticket's slip.
    pub(crate) fn close(&self, ticket: u64) {
        pass(&self.work, Work::Close { ticket });
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.bridge.take();
        pass(&self.work, Work::End);
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the thread of the requests panicked");
        }
    }
}

fn pass(work: &Sender<Work>, what: Work) {
    if work.send(what).is_err() {
        tracing::error!("the thread of the requests is gone");
    }
}

fn serve(mut orders: Orders, queue: &Receiver<Work>, road: &impl Road, tell: &impl Fn(Told)) {
    for work in queue {
        if matches!(work, Work::End) {
            return;
        }
        step(&mut orders, work, road, tell);
    }
}

fn step(orders: &mut Orders, work: Work, road: &impl Road, tell: &impl Fn(Told)) {
    match work {
        Work::Ask { id, act } => {
            if let Err(refusal) = ask(orders, id, act, road) {
                tell(answer(id, Outcome::Refused(refusal)));
            }
        }
        Work::Answer { id, outcome } => {
            orders.answered(id, &outcome);
            tell(answer(id, outcome));
        }
        Work::Close { ticket } => {
            orders.told(ticket);
            tell(Told::Closed { ticket });
        }
        Work::End => {}
    }
}

fn answer(id: Uuid, outcome: Outcome) -> Told {
    Told::Link(Box::new(LinkEvent::Answer { id, outcome }))
}

fn ask(orders: &mut Orders, id: Uuid, act: Act, road: &impl Road) -> Result<(), Refusal> {
    if let Act::Void { ticket } = act {
        orders.unwanted(ticket);
    }
    if leads_to_a_number(&act)
        && let Err(error) = orders.ask(id, &act)
    {
        tracing::error!(%id, %error, "not asked, for it cannot be written down");
        return Err(Refusal::NotStored);
    }
    road.send(id, act)
}

impl Road for LinkHandle {
    fn send(&self, id: Uuid, act: Act) -> Result<(), Refusal> {
        self.request_with_id(id, act).map_err(|error| {
            tracing::error!(%id, %error, "not asked");
            Refusal::TooManyRequests
        })
    }
}

#[cfg(test)]
mod tests;
