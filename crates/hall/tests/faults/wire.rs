//! Rows 10 and 12: what no program of ours would ever say.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use protocol::{ClientFrame, MAX_FRAME_FROM_CLIENT_BYTES, Role};

use super::disk::Chance;
use super::process::{Place, Process};
use super::raw::{BINARY, CLOSE, LAST, PING, Raw, TEXT, UPGRADE, frame, frames, head, hello, text};
use super::torture::Row;

/// Strangers at the same time.
const STRANGERS: u64 = 8;

/// What has not been closed by then is not closed: the hall's own deadlines are below five seconds,
/// and a busy machine is late.
const PATIENCE: Duration = Duration::from_secs(20);

/// Frames of the protocol, one of each kind, as strangers would find them in its documents.
const FRAMES: &str = include_str!("../../../protocol/tests/frames.txt");

/// What a stranger says, and how the hall must take it.
struct Attempt {
    say: Vec<u8>,
    joins: bool,
    expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// The connection ends.
    Ends,
    /// It ends with one of these codes (RFC 6455, and ours).
    Code(&'static [u16]),
    /// The request is answered.
    Answered,
    /// It depends on what came out; the hall goes on.
    Anything,
}

/// Protocol error, wrong data, too large, and ours for what cannot be understood.
const REFUSED: Expected = Expected::Code(&[1002, 1003, 1007, 1009, 4001, 4002]);

#[test]
fn whatever_is_said_ends_that_connection_at_most() {
    let mut row = Row::begin("10", "malformed, oversize, fragmented, floods", 2);
    let place = Place::new(1);
    let mut hall = place.start();
    let end = Instant::now() + Duration::from_secs(row.wanted());
    let before_bytes = hall.resident_bytes();
    let mut attempts = 0;
    let mut most_bytes = 0;
    while Instant::now() < end {
        let seed = row.next_seed().unwrap_or_default();
        attempts += together(hall.address(), seed);
        most_bytes = most_bytes.max(hall.resident_bytes());
        assert!(!hall.has_ended(), "the hall goes on");
        others_are_served(&hall);
    }
    place.nothing_panicked();
    let grown = most_bytes.saturating_sub(before_bytes) / (1024 * 1024);
    assert!(grown < 256, "{grown} MiB more memory");
    row.measured(format!(
        "{attempts} connections, {grown} MiB more memory at most"
    ));
    row.passed(row.wanted());
}

/// Some strangers at once; gives how many.
fn together(address: SocketAddr, seed: u64) -> u64 {
    thread::scope(|scope| {
        let strangers = (0..STRANGERS).map(|stranger| {
            scope.spawn(move || {
                let chance = Chance::new(seed * STRANGERS + stranger);
                attempt(address, &format!("raw-{stranger}"), chance)
            })
        });
        let strangers: Vec<_> = strangers.collect();
        strangers
            .into_iter()
            .for_each(|stranger| stranger.join().expect("as expected"));
    });
    STRANGERS
}

fn others_are_served(hall: &Process) {
    let mut kiosk = Raw::joined(hall.address(), Role::Kiosk, "kiosk-well").expect("it listens");
    kiosk.say(&text(&request("well"))).expect("it listens");
    let ended = kiosk.until(PATIENCE, has_answer);
    assert!(has_answer(&ended.heard), "{ended:?}");
}

fn has_answer(heard: &[u8]) -> bool {
    let answer = |(_, payload): &(u8, &[u8])| payload.starts_with(br#"{"type":"answer""#);
    frames(heard).iter().any(answer)
}

/// A stranger keeps the name of its device, for a hall takes only so many.
fn attempt(address: SocketAddr, device: &str, mut chance: Chance) {
    let which = chance.below(KINDS.len() as u64) as usize;
    let Attempt {
        say,
        joins,
        expected,
    } = KINDS[which](&mut chance);
    let opened = match joins {
        true => Raw::joined(address, Role::Kiosk, device),
        false => Raw::connect(address),
    };
    let mut raw = opened.expect("it listens");
    // Who is let go while he talks cannot say everything.
    let said = raw.say(&say);
    if expected == Expected::Answered {
        said.expect("it listens");
        let ended = raw.until(PATIENCE, has_answer);
        assert!(
            has_answer(&ended.heard),
            "kind {which} is answered: {}",
            String::from_utf8_lossy(&ended.heard[ended.heard.len().saturating_sub(400)..])
        );
        return;
    }
    raw.say_no_more();
    let ended = raw.until_ended(PATIENCE);
    let seen = (which, ended.close_code(), ended.after);
    assert!(ended.after.is_some(), "kind {seen:?} is closed");
    match expected {
        // Who is still talking when he is refused may lose the last word to a reset.
        Expected::Code(codes) if !ended.heard.is_empty() => {
            let known = ended.close_code().is_none_or(|code| codes.contains(&code));
            assert!(known, "kind {seen:?}");
        }
        _ => {}
    }
}

type Kind = fn(&mut Chance) -> Attempt;

const KINDS: [Kind; 12] = [
    noise,
    broken_head,
    broken_frame,
    broken_request,
    wrong_utf8,
    fragmented,
    oversize,
    oversize_in_pieces,
    reserved,
    unmasked,
    pings,
    binary_or_broken_close,
];

fn before_joining(say: Vec<u8>, expected: Expected) -> Attempt {
    let joins = false;
    Attempt {
        say,
        joins,
        expected,
    }
}

fn after_joining(say: Vec<u8>, expected: Expected) -> Attempt {
    let joins = true;
    Attempt {
        say,
        joins,
        expected,
    }
}

fn request(service: &str) -> String {
    let id = uuid::Uuid::now_v7();
    format!(
        r#"{{"type":"request","id":"{id}","act":{{"type":"take","service":"{service}","class":"ordinary"}}}}"#
    )
}

fn noise(chance: &mut Chance) -> Attempt {
    let length = 1 + chance.below(2_000);
    let mut say: Vec<u8> = (0..length).map(|_| chance.next() as u8).collect();
    say.extend(b"\r\n\r\n");
    before_joining(say, Expected::Ends)
}

/// One byte of a text is another, is missing, or comes twice.
fn mutated(chance: &mut Chance, text: &[u8]) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..1 + chance.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = chance.below(bytes.len() as u64) as usize;
        match chance.below(4) {
            0 => bytes[at] = chance.next() as u8,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, bytes[at]),
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

fn broken_head(chance: &mut Chance) -> Attempt {
    let say = mutated(chance, UPGRADE.as_bytes());
    before_joining(say, Expected::Ends)
}

/// Any frame of the protocol, broken, as the first word.
fn broken_frame(chance: &mut Chance) -> Attempt {
    let lines: Vec<&str> = FRAMES.lines().filter(|line| line.contains('{')).collect();
    let line = chance.one_of(&lines);
    let json = &line[line.find('{').unwrap_or_default()..];
    let mut say = UPGRADE.as_bytes().to_vec();
    say.extend(frame(LAST | TEXT, &mutated(chance, json.as_bytes())));
    before_joining(say, Expected::Ends)
}

fn broken_request(chance: &mut Chance) -> Attempt {
    let broken = mutated(chance, request("A").as_bytes());
    after_joining(frame(LAST | TEXT, &broken), Expected::Anything)
}

fn wrong_utf8(chance: &mut Chance) -> Attempt {
    let mut bytes = request("A").into_bytes();
    let at = chance.below(bytes.len() as u64) as usize;
    bytes[at] = *chance.one_of(&[0xc0, 0xff, 0x80, 0xed]);
    after_joining(frame(LAST | TEXT, &bytes), REFUSED)
}

/// In pieces, with pings between them, as RFC 6455 allows it.
fn fragmented(chance: &mut Chance) -> Attempt {
    let request = request("A");
    let mut say = Vec::new();
    let mut rest = request.as_bytes();
    let mut opcode = TEXT;
    while !rest.is_empty() {
        let length = (1 + chance.below(20) as usize).min(rest.len());
        let last = if length == rest.len() { LAST } else { 0 };
        say.extend(frame(last | opcode, &rest[..length]));
        if chance.percent(30) {
            say.extend(frame(LAST | PING, b"still there"));
        }
        (opcode, rest) = (0, &rest[length..]);
    }
    after_joining(say, Expected::Answered)
}

fn oversize(chance: &mut Chance) -> Attempt {
    let most = MAX_FRAME_FROM_CLIENT_BYTES as u64;
    let promised = *chance.one_of(&[most + 1, 1 << 20, 1 << 31, u64::MAX >> 1, u64::MAX]);
    let mut say = head(LAST | TEXT, promised);
    say.extend(vec![b' '; 1_000]);
    after_joining(say, REFUSED)
}

fn oversize_in_pieces(chance: &mut Chance) -> Attempt {
    let piece = vec![b' '; 1_000 + chance.below(20_000) as usize];
    let pieces = MAX_FRAME_FROM_CLIENT_BYTES / piece.len() + 1;
    let mut say = frame(TEXT, &piece);
    (0..pieces).for_each(|_| say.extend(frame(0, &piece)));
    after_joining(say, REFUSED)
}

fn reserved(chance: &mut Chance) -> Attempt {
    let first = *chance.one_of(&[
        LAST | 3,
        LAST | 7,
        LAST | 11,
        LAST | 15,
        0x40 | TEXT,
        0x70 | LAST | TEXT,
        LAST,
        PING,
    ]);
    after_joining(frame(first, b"{}"), REFUSED)
}

fn unmasked(chance: &mut Chance) -> Attempt {
    let payload = request("A");
    let length = chance.below(payload.len().min(125) as u64) as u8;
    let mut say = vec![LAST | TEXT, length];
    say.extend(&payload.as_bytes()[..usize::from(length)]);
    after_joining(say, REFUSED)
}

/// More pings than anybody needs, and nobody who reads the answers while they are sent.
fn pings(chance: &mut Chance) -> Attempt {
    let ping = frame(LAST | PING, &[b'p'; 125]);
    let mut say = ping.repeat(1_000 + chance.below(4_000) as usize);
    say.extend(text(&request("A")));
    after_joining(say, REFUSED)
}

fn binary_or_broken_close(chance: &mut Chance) -> Attempt {
    let say = match chance.below(3) {
        0 => frame(LAST | BINARY, request("A").as_bytes()),
        1 => frame(LAST | CLOSE, &[3]),
        _ => frame(LAST | CLOSE, &(chance.next() as u16).to_be_bytes()),
    };
    after_joining(say, Expected::Ends)
}

/// Texts that make parsers slow, deep or wrong, none larger than a frame may be.
fn bombs() -> Vec<(&'static str, String)> {
    let most = MAX_FRAME_FROM_CLIENT_BYTES - 200;
    let request = |act: &str| {
        format!(r#"{{"type":"request","id":"01890a5d-ac96-774b-bcce-b302099a8057","act":{act}}}"#)
    };
    let take = r#""type":"take","service":"A","class":"ordinary""#;
    vec![
        ("arrays in arrays", "[".repeat(most)),
        ("objects in objects", r#"{"a":"#.repeat(most / 5)),
        ("arrays in arrays, whole", format!("{}{}", "[".repeat(most / 2), "]".repeat(most / 2))),
        ("an act in arrays", request(&"[".repeat(most))),
        ("zeros", format!("[{}0]", "0,".repeat(most / 2 - 2))),
        ("zeros in a hello", format!(r#"{{"type":"hello","protocol":[{}0]}}"#, "0,".repeat(most / 2 - 20))),
        ("many keys", format!("{{{}\"z\":0}}", (0..6_000).map(|key| format!("\"{key}\":0,")).collect::<String>())),
        ("a key twice", request(&format!(r#"{{{take},"service":"B"}}"#))),
        ("the kind twice", r#"{"type":"request","type":"hello","id":1}"#.to_owned()),
        ("the id twice", r#"{"type":"request","id":"01890a5d-ac96-774b-bcce-b302099a8057","id":"01890a5d-ac96-774b-bcce-b302099a8058","act":{"type":"take","service":"A","class":"ordinary"}}"#.to_owned()),
        ("a huge number", request(&format!(r#"{{"type":"call_next","counter":{}}}"#, "9".repeat(most - 200)))),
        ("a huge exponent", request(r#"{"type":"call_next","counter":1e999999999}"#)),
        ("a small exponent", request(&format!(r#"{{"type":"call_next","counter":1e-{}}}"#, "9".repeat(30_000)))),
        ("an unknown field", request(&format!(r#"{{{take},"password":1}}"#))),
        ("an unknown field beside", r#"{"type":"request","id":"01890a5d-ac96-774b-bcce-b302099a8057","act":{"type":"take","service":"A","class":"ordinary"},"as":"supervisor"}"#.to_owned()),
        ("half a pair of surrogates", request(r#"{"type":"take","service":"\ud800","class":"ordinary"}"#)),
        ("an escape without end", format!("\"{}", "\\u0041".repeat(most / 6 - 1))),
        ("a long text", format!("\"{}\"", "a".repeat(most))),
        ("blanks", " ".repeat(most)),
        ("nothing", String::new()),
    ]
}

/// Without optimisation a refusal may take so many times a bare look at as many bytes by the same parser.
const TIMES_A_BARE_PARSE: u32 = 20;

const REFUSED_WITHIN: Duration = Duration::from_millis(1);

#[test]
fn texts_that_make_parsers_slow_are_refused_at_once() {
    let bombs = bombs();
    let mut row = Row::begin_all(
        "12",
        "JSON: deep, long, doubled, huge, unknown",
        bombs.len() as u64,
    );
    let place = Place::new(1);
    let hall = place.start();
    let bare = fastest(|| {
        drop(serde_json::from_str::<Vec<u8>>(&format!(
            "[{}0]",
            "0,".repeat(30_000)
        )))
    });
    let mut slowest = Duration::ZERO;
    for (what, bomb) in bombs {
        assert!(bomb.len() <= MAX_FRAME_FROM_CLIENT_BYTES);
        assert!(
            serde_json::from_str::<ClientFrame>(&bomb).is_err(),
            "{what} is refused"
        );
        let took = fastest(|| drop(serde_json::from_str::<ClientFrame>(&bomb)));
        let allowed = match cfg!(debug_assertions) {
            true => REFUSED_WITHIN.max(bare * TIMES_A_BARE_PARSE),
            false => REFUSED_WITHIN,
        };
        assert!(took <= allowed, "{what}: {took:?}, bare {bare:?}");
        slowest = slowest.max(took);
        for joined in [false, true] {
            refused_by_the_hall(hall.address(), joined, what, &bomb).expect("it listens");
        }
        row.passed(1);
    }
    others_are_served(&hall);
    place.nothing_panicked();
    row.measured(format!(
        "refused after {slowest:.1?} at most; as many plain numbers take {bare:.1?}"
    ));
}

/// The machine may be busy: what counts is how fast it can be.
fn fastest(act: impl Fn()) -> Duration {
    let times = (0..20).map(|_| {
        let begin = Instant::now();
        act();
        begin.elapsed()
    });
    times.min().unwrap_or_default()
}

fn refused_by_the_hall(
    address: SocketAddr,
    joined: bool,
    what: &str,
    bomb: &str,
) -> io::Result<()> {
    let mut raw = match joined {
        true => Raw::joined(address, Role::Counter, "raw")?,
        false => Raw::upgraded(address)?,
    };
    raw.say(&text(bomb))?;
    let ended = raw.until_ended(PATIENCE);
    assert_eq!(
        ended.close_code(),
        Some(4002),
        "{what}, joined: {joined}: {ended:?}"
    );
    Ok(())
}

#[test]
fn a_hello_of_a_stranger_is_a_hello() {
    let place = Place::new(1);
    let hall = place.start();
    let mut raw = Raw::upgraded(hall.address()).expect("it listens");
    raw.say(&text(&hello(Role::Wall, "wall-1")))
        .expect("it listens");
    let welcome = |heard: &[u8]| {
        let frames = frames(heard);
        frames
            .iter()
            .any(|(_, payload)| payload.starts_with(br#"{"type":"welcome""#))
    };
    assert!(welcome(&raw.until(PATIENCE, welcome).heard));
}
