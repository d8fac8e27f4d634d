//! Events from other threads arrive on the window's thread, all and in order. The one test of this
//! file: a process has one event loop.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use client::mailbox;

const THREADS: u64 = 4;
const EVENTS: u64 = 500;

/// What has not arrived by then has been lost.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn what_any_thread_posts_arrives_in_order_on_the_windows_thread() {
    i_slint_backend_testing::init_integration_test_with_system_time();
    let (post, letters) = mailbox::<(u64, u64)>();
    let window_thread = std::thread::current().id();
    let mut next = vec![0; THREADS as usize];
    let arrived = Rc::new(Cell::new(0));
    let count = Rc::clone(&arrived);
    letters
        .deliver(move |(thread, event)| {
            assert_eq!(std::thread::current().id(), window_thread);
            assert_eq!(next[thread as usize], event);
            next[thread as usize] += 1;
            count.set(count.get() + 1);
            if count.get() == THREADS * EVENTS {
                slint::quit_event_loop().expect("there is an event loop");
            }
        })
        .expect("there is an event loop");
    for thread in 0..THREADS {
        let post = post.clone();
        std::thread::spawn(move || (0..EVENTS).for_each(|event| post.send((thread, event))));
    }
    slint::Timer::single_shot(PATIENCE, || {
        slint::quit_event_loop().expect("there is an event loop");
    });
    slint::run_event_loop_until_quit().expect("the event loop runs");
    assert_eq!(arrived.get(), THREADS * EVENTS);
}
