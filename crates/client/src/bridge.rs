use std::io;
use std::thread::JoinHandle;

use link::{LinkEvent, LinkHandle, Settings};

/// A link on one thread of its own. Dropping it ends the link and waits for the thread.
#[derive(Debug)]
pub struct Bridge {
    handle: LinkHandle,
    thread: Option<JoinHandle<()>>,
}

impl Bridge {
    /// Starts the link. `sink` is called on the link's thread and must not block: it posts into a
    /// [`crate::mailbox`].
    ///
    /// # Errors
    /// When the machine gives no thread or no sockets.
    pub fn start(
        settings: Settings,
        sink: impl FnMut(LinkEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (handle, link) = link::open(settings, sink);
        let thread = std::thread::Builder::new()
            .name("link".into())
            .spawn(move || runtime.block_on(link.run()))?;
        Ok(Self {
            handle,
            thread: Some(thread),
        })
    }

    /// The way to ask the hall.
    #[must_use]
    pub fn handle(&self) -> &LinkHandle {
        &self.handle
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.handle.stop();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the link's thread panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use link::{Address, Lost};
    use std::sync::mpsc;

    #[test]
    fn tells_that_there_is_no_hall_and_ends_when_dropped() {
        let free_port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let settings = Settings {
            address: Address::new("127.0.0.1", free_port.local_addr().unwrap().port()),
            role: protocol::Role::Wall,
            device: "wall-1".into(),
            app: "test".into(),
            paired: None,
        };
        drop(free_port);
        let (events, told) = mpsc::channel();
        let bridge = Bridge::start(settings, move |event| {
            // The test may have seen enough already.
            let _ = events.send(event);
        })
        .unwrap();
        let LinkEvent::Down { since: None, why } = told.recv().unwrap() else {
            panic!("the first event is a loss");
        };
        assert!(matches!(why, Lost::Unreachable(_)), "{why}");
        drop(bridge);
        assert!(
            told.iter()
                .all(|event| matches!(event, LinkEvent::Down { .. }))
        );
    }
}
