use proptest::prelude::*;

use super::*;

const SOUND_MS: u64 = 7_000;

fn call(call: u64, recalls: u32) -> Call {
    Call {
        call,
        number: format!("A{call:03}"),
        counter: 1 + (call % 6) as u16,
        recalls,
    }
}

fn sound(duration_ms: u64) -> Result<Produced, String> {
    Ok(Produced {
        duration_ms,
        voiced: true,
        missing: None,
    })
}

/// What the player of a made-up world does with a sound.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Heard { ms: u64 },
    Rejected,
    NoDevice,
    HangsUntilStopped,
    HangsForEver,
    NeverReady,
}

/// A world in which the announcer lives: a clock, a synthesiser and a player with a fate for each sound.
struct World {
    announcer: Announcer,
    now_ms: u64,
    fates: Vec<Fate>,
    due: Vec<(u64, Due)>,
    begun: Vec<Announcement>,
    played: Vec<(u64, u64)>,
    recorded: Vec<(Announcement, Verdict)>,
}

#[derive(Clone, Debug)]
enum Due {
    Produced(u64, Result<Produced, String>),
    Ended(u64, Result<(), String>),
}

impl World {
    fn new(fates: Vec<Fate>) -> Self {
        Self {
            announcer: Announcer::default(),
            now_ms: 1_000,
            fates,
            due: Vec::new(),
            begun: Vec::new(),
            played: Vec::new(),
            recorded: Vec::new(),
        }
    }

    fn fate(&self, id: u64) -> Fate {
        self.fates[id as usize % self.fates.len()]
    }

    fn announce(&mut self, call: Call) {
        let steps = self.announcer.announce(call, self.now_ms);
        self.take(steps);
    }

    fn take(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Produce(announcement) => self.produce(announcement),
                Step::Play { id } => self.play(id),
                Step::Stop { id } => self.stop(id),
                Step::Record(announcement, verdict) => self.recorded.push((announcement, verdict)),
            }
        }
    }

    fn produce(&mut self, announcement: Announcement) {
        let id = announcement.id;
        let made = match self.fate(id) {
            Fate::Rejected => Err("rejected".to_owned()),
            Fate::Heard { ms } => sound(ms),
            _ => sound(SOUND_MS),
        };
        if !matches!(self.fate(id), Fate::NeverReady) {
            self.due.push((self.now_ms + 40, Due::Produced(id, made)));
        }
        self.begun.push(announcement);
    }

    fn play(&mut self, id: u64) {
        assert!(
            self.played.iter().all(|&(_, end)| end <= self.now_ms),
            "two sounds at once"
        );
        let (end, due) = match self.fate(id) {
            Fate::Heard { ms } => (self.now_ms + ms, Some(Ok(()))),
            Fate::NoDevice => (self.now_ms + 5, Some(Err("no sound device".to_owned()))),
            Fate::HangsForEver => (self.now_ms, None), // hung before the first sample
            _ => (u64::MAX, None),
        };
        self.played.push((id, end));
        if let Some(outcome) = due {
            self.due.push((end, Due::Ended(id, outcome)));
        }
    }

    fn stop(&mut self, id: u64) {
        if matches!(self.fate(id), Fate::HangsForEver) {
            return;
        }
        if let Some(last) = self.played.last_mut() {
            last.1 = self.now_ms;
        }
        let stopped = Err("stopped".to_owned());
        self.due.push((self.now_ms, Due::Ended(id, stopped)));
    }

    /// Lets time pass in ticks as the window does.
    fn pass(&mut self, ms: u64) {
        let until = self.now_ms + ms;
        while self.now_ms < until {
            self.now_ms += 100;
            let (ripe, rest): (Vec<_>, Vec<_>) =
                self.due.drain(..).partition(|(at, _)| *at <= self.now_ms);
            self.due = rest;
            for (_, due) in ripe {
                let steps = match due {
                    Due::Produced(id, made) => self.announcer.produced(id, made, self.now_ms),
                    Due::Ended(id, outcome) => self.announcer.ended(id, outcome, self.now_ms),
                };
                self.take(steps);
            }
            let steps = self.announcer.tick(self.now_ms);
            self.take(steps);
        }
    }

    fn spoken(&self) -> Vec<(u64, u32)> {
        let heard = self
            .recorded
            .iter()
            .filter(|(_, verdict)| verdict.is_spoken());
        heard
            .map(|(it, _)| (it.call.call, it.call.recalls))
            .collect()
    }
}

fn heard() -> Vec<Fate> {
    vec![Fate::Heard { ms: SOUND_MS }]
}

#[test]
fn two_calls_close_together_are_both_spoken_one_after_the_other() {
    let mut world = World::new(heard());
    world.announce(call(1, 0));
    world.announce(call(2, 0));
    assert_eq!(world.begun.len(), 1);
    world.pass(20_000);
    assert_eq!(world.spoken(), [(1, 0), (2, 0)]);
}

#[test]
fn a_recall_is_a_new_announcement_and_the_same_row_again_is_none() {
    let mut world = World::new(heard());
    for recalls in [0, 0, 1, 1, 0] {
        world.announce(call(1, recalls));
    }
    world.pass(30_000);
    assert_eq!(world.spoken(), [(1, 0), (1, 1)]);
}

#[test]
fn a_rejected_sound_is_shown_all_the_same_and_mutes_nothing() {
    let mut world = World::new(vec![Fate::Heard { ms: SOUND_MS }, Fate::Rejected]);
    world.announce(call(1, 0));
    world.announce(call(2, 0));
    world.pass(SILENT_HOLD_MS - 500);
    assert_eq!(world.announcer.current().unwrap().call.call, 1);
    world.pass(30_000);
    assert_eq!(world.spoken(), [(2, 0)]);
    assert_eq!(world.recorded[0].1.why.as_deref(), Some("rejected"));
}

#[test]
fn without_a_sound_device_a_call_stands_as_long_as_it_would_have_sounded() {
    let mut world = World::new(vec![Fate::NoDevice]);
    world.announce(call(1, 0));
    world.announce(call(2, 0));
    world.pass(SOUND_MS - 200);
    assert_eq!(world.announcer.current().unwrap().call.call, 1);
    world.pass(30_000);
    let whys: Vec<_> = world
        .recorded
        .iter()
        .map(|(_, it)| it.why.clone())
        .collect();
    assert_eq!(whys, vec![Some("no sound device".to_owned()); 2]);
}

#[test]
fn a_player_that_hangs_is_stopped_five_seconds_after_its_end_and_the_next_goes_on() {
    for hang in [
        Fate::HangsUntilStopped,
        Fate::HangsForEver,
        Fate::NeverReady,
    ] {
        let mut world = World::new(vec![Fate::Heard { ms: SOUND_MS }, hang]);
        world.announce(call(1, 0));
        world.announce(call(2, 0));
        world.pass(SOUND_MS + PLAYER_GRACE_MS - 500);
        assert_eq!(world.begun.len(), 1, "{hang:?}");
        world.pass(STOP_GRACE_MS + SILENT_HOLD_MS + SOUND_MS + 5_000);
        assert_eq!(world.spoken(), [(2, 0)], "{hang:?}");
        assert!(!world.recorded[0].1.is_spoken());
    }
}

#[test]
fn thirty_calls_at_once_are_shortened_and_all_of_them_spoken() {
    let mut world = World::new(vec![Fate::Heard { ms: 4_000 }]);
    for id in 1..=30 {
        world.announce(call(id, 0));
    }
    world.pass(30 * 5_000);
    assert_eq!(
        world.spoken(),
        (1..=30).map(|id| (id, 0)).collect::<Vec<_>>()
    );
    let full = |it: &&Announcement| it.length == Length::Full;
    let in_full: Vec<u64> = world
        .begun
        .iter()
        .filter(full)
        .map(|it| it.call.call)
        .collect();
    assert_eq!(
        in_full,
        [1, 28, 29, 30],
        "the first, and those after the crowd"
    );
}

#[test]
fn what_does_not_fit_the_queue_is_recorded_as_not_spoken() {
    let mut world = World::new(heard());
    for id in 1..=(MAX_WAITING as u64 + 3) {
        world.announce(call(id, 0));
    }
    let given_up: Vec<_> = world
        .recorded
        .iter()
        .map(|(it, verdict)| (it.call.call, verdict.is_spoken()))
        .collect();
    assert_eq!(given_up, [(2, false), (3, false)]);
    assert_eq!(world.announcer.waiting().count(), MAX_WAITING);
}

#[test]
fn a_full_queue_first_gives_up_what_waits_twice() {
    let mut world = World::new(heard());
    for id in 1..=(MAX_WAITING as u64) {
        world.announce(call(id, 0));
    }
    world.announce(call(9, 1));
    world.announce(call(100, 0));
    let (given_up, verdict) = &world.recorded[0];
    assert_eq!((given_up.call.call, given_up.call.recalls), (9, 0));
    assert_eq!(
        verdict.why.as_deref(),
        Some("called again before it was spoken")
    );
    assert!(
        world
            .announcer
            .waiting()
            .any(|it| it.call == 9 && it.recalls == 1)
    );
}

#[test]
fn what_is_only_listed_is_never_spoken_later() {
    let mut world = World::new(heard());
    let steps = world
        .announcer
        .only_list(call(4, 1), "over before the hall could be reached", 0);
    world.take(steps);
    world.announce(call(4, 1));
    world.pass(20_000);
    assert_eq!(world.spoken(), []);
    assert_eq!(world.recorded.len(), 1);
    world.announce(call(4, 2));
    world.pass(20_000);
    assert_eq!(world.spoken(), [(4, 2)]);
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        6 => (500u64..9_000).prop_map(|ms| Fate::Heard { ms }),
        1 => Just(Fate::Rejected),
        1 => Just(Fate::NoDevice),
        1 => Just(Fate::HangsUntilStopped),
        1 => Just(Fate::HangsForEver),
        1 => Just(Fate::NeverReady),
    ];
    prop::collection::vec(fate, 1..12)
}

proptest! {
    /// D-04 and D-06, whatever players do: `World::play` asserts that no two sound together.
    #[test]
    fn never_overlapping_strictly_in_order_none_lost(
        fates in fates(),
        // (call, pause before it): a call met again is a recall.
        day in prop::collection::vec((1u64..40, 0u64..12_000), 1..90),
    ) {
        let mut world = World::new(fates);
        let mut recalls = BTreeMap::new();
        let mut asked = Vec::new();
        for (id, pause_ms) in day {
            world.pass(pause_ms);
            let again: &mut u32 = recalls.entry(id).and_modify(|n| *n += 1).or_insert(0);
            asked.push((id, *again));
            world.announce(call(id, *again));
            prop_assert!(world.announcer.waiting().count() <= MAX_WAITING);
        }
        world.pass(asked.len() as u64 * (PRODUCE_DEADLINE_MS + SOUND_MS + PLAYER_GRACE_MS + STOP_GRACE_MS));

        let key = |it: &Announcement| (it.call.call, it.call.recalls);
        let mut recorded: Vec<_> = world.recorded.iter().map(|(it, _)| key(it)).collect();
        let written: Vec<_> = world.begun.iter().map(key).collect();
        // In order: what began is a subsequence of what was asked.
        let mut rest = asked.iter();
        prop_assert!(written.iter().all(|it| rest.any(|other| other == it)), "overtaken");
        // Spoken == written: each that sounded stood large, in the same order.
        let sounded: Vec<_> = world.played.iter().map(|&(id, _)| id).collect();
        let begun: Vec<_> = world.begun.iter().map(|it| it.id).collect();
        let mut rest = begun.iter();
        prop_assert!(sounded.iter().all(|id| rest.any(|other| other == id)));
        // None lost: each that was asked has exactly one record.
        let mut expected = asked;
        expected.sort_unstable();
        recorded.sort_unstable();
        prop_assert_eq!(recorded, expected);
        prop_assert!(world.announcer.current().is_none());
    }
}
