//! The speaker: a thread that makes sounds and plays them, one order after the other.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread::{self, JoinHandle};

use crate::announcer::{Announcement, Produced};
use crate::player::Player;
use crate::studio::Studio;

/// What the speaker is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Make the sound of an announcement.
    Produce(Announcement),
    /// Play it.
    Play {
        /// The announcement's id.
        id: u64,
    },
    /// End its player by force.
    Stop {
        /// The announcement's id.
        id: u64,
    },
}

/// What the speaker tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A sound is ready, or could not be made.
    Produced {
        /// The announcement's id.
        id: u64,
        /// What came of it.
        sound: Result<Produced, String>,
    },
    /// A player ended.
    Ended {
        /// The announcement's id.
        id: u64,
        /// Why it was not heard, if it was not.
        outcome: Result<(), String>,
    },
}

/// The speaker's thread. Dropped, it silences its player and ends.
#[derive(Debug)]
pub struct Speaker {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Speaker {
    /// Starts the thread. `tell` is called on it.
    ///
    /// # Errors
    /// If the system starts no thread.
    pub fn start(
        studio: Studio,
        player: Player,
        tell: impl Fn(Told) + Send + 'static,
    ) -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel();
        let desk = Desk {
            studio,
            player,
            inbox,
            postponed: VecDeque::new(),
        };
        let thread = thread::Builder::new()
            .name("speaker".to_owned())
            .spawn(move || desk.work(&tell))?;
        Ok(Self {
            orders: Some(orders),
            thread: Some(thread),
        })
    }

    /// Hands over an order. It is carried out after those before it, except that a stop ends what
    /// is being played.
    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread ends only when this sender is dropped.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was already written to the log.
            let _ = thread.join();
        }
    }
}

struct Desk {
    studio: Studio,
    player: Player,
    inbox: Receiver<Order>,
    postponed: VecDeque<Order>,
}

impl Desk {
    fn work(mut self, tell: &impl Fn(Told)) {
        while let Some(order) = self.next() {
            match order {
                Order::Produce(announcement) => tell(self.produce(&announcement)),
                Order::Play { id } => tell(self.play(id)),
                Order::Stop { .. } => {} // its player has already ended
            }
        }
    }

    fn next(&mut self) -> Option<Order> {
        let postponed = self.postponed.pop_front();
        postponed.or_else(|| self.inbox.recv().ok())
    }

    fn produce(&self, announcement: &Announcement) -> Told {
        let sound = self.studio.produce(announcement);
        Told::Produced {
            id: announcement.id,
            sound: sound.map_err(|error| format!("the sound could not be written: {error}")),
        }
    }

    fn play(&mut self, id: u64) -> Told {
        let (inbox, postponed) = (&self.inbox, &mut self.postponed);
        let unwanted = || match inbox.try_recv() {
            Ok(Order::Stop { id: other }) => other == id,
            Ok(order) => {
                postponed.push_back(order);
                false
            }
            Err(TryRecvError::Empty) => false,
            Err(TryRecvError::Disconnected) => true,
        };
        let file = self.studio.file_of(id);
        let heard = self.player.play(&file, &self.studio.complaints(), unwanted);
        Told::Ended {
            id,
            outcome: heard.map_err(|unheard| unheard.to_string()),
        }
    }
}
