use std::fmt;

use slint::EventLoopError;
use tokio::sync::mpsc;

/// A way into the window's thread: what any thread posts is delivered there, in order.
#[must_use]
pub fn mailbox<E: 'static>() -> (Post<E>, Mailbox<E>) {
    let (post, letters) = mpsc::unbounded_channel();
    (Post(post), Mailbox(letters))
}

/// Posts into a [`Mailbox`]. It never blocks.
pub struct Post<E>(mpsc::UnboundedSender<E>);

impl<E> Post<E> {
    /// Posts an event. Once the window is gone nobody reads it.
    pub fn send(&self, event: E) {
        // At the program's end threads may still post.
        let _ = self.0.send(event);
    }
}

impl<E> Clone for Post<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E> fmt::Debug for Post<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Post")
    }
}

/// What was posted and not yet delivered.
pub struct Mailbox<E>(mpsc::UnboundedReceiver<E>);

impl<E: 'static> Mailbox<E> {
    /// Delivers every event on the window's thread from now on, until all [`Post`]s are dropped.
    /// `take` may own windows and models, for it never leaves that thread.
    ///
    /// # Errors
    /// When there is no event loop: make a window or choose a backend first.
    pub fn deliver(mut self, mut take: impl FnMut(E) + 'static) -> Result<(), EventLoopError> {
        slint::spawn_local(async move {
            while let Some(event) = self.0.recv().await {
                take(event);
            }
        })?;
        Ok(())
    }
}

impl<E> fmt::Debug for Mailbox<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox")
    }
}
