use protocol::{AlarmKind, ByeCode, CallReason, CallWhy, InHand, Limit, PassedOver, Refusal};

use super::*;

/// One of each kind; a new kind does not compile until it stands here.
fn every_refusal() -> Vec<Refusal> {
    use Refusal::*;
    let clerk = || "李明".to_owned();
    let number = || "A012".to_owned();
    let all = vec![
        UnknownService,
        UnknownClass,
        UnknownCounter,
        UnknownTicket,
        NumbersUsedUp,
        HallFull,
        NobodyWaits,
        CounterClosed,
        CounterPaused,
        CounterNotPaused,
        CounterTaken { clerk: clerk() },
        ClerkElsewhere { counter: 5 },
        StillCalled { number: number() },
        StillInHand { number: number() },
        NothingInHand,
        AlreadyArrived,
        NotWaiting,
        AlreadyPrinted,
        NotOpen {
            opens_at: Some("13:30".into()),
        },
        NotOpen { opens_at: None },
        CutOff,
        QuotaUsedUp,
        NoRoll,
        RollInUse,
        RollNotInUse,
        NotOnRoll {
            first: 18,
            last: 999,
        },
        BadErrands,
        PhoneNeeded,
        PhoneHasTicket { number: number() },
        UnknownAppointment,
        AppointmentUsed,
        TooEarly {
            from: "09:45".into(),
        },
        TooLate,
        UnknownOutcome,
        RecallsUsedUp,
        RecallTooSoon { wait_ms: 4_200 },
        MayNotChoose,
        NotServedHere,
        NotOnHold,
        NotNoShow,
        TooLateToReturn,
        MissedTooOften,
        TicketEnded,
        ClerkAway,
        AlreadyThere,
        NotAllowed,
        BadText {
            field: "clerk".into(),
        },
        BadText {
            field: "reason".into(),
        },
        BadText {
            field: "note".into(),
        },
        BadText {
            field: "number".into(),
        },
        BadText {
            field: "minutes".into(),
        },
        BadText {
            field: "device".into(),
        },
        IdUsedOtherwise,
        NotStored,
        ReadOnly,
        TooManyRequests,
        WrongPin,
        Locked { minutes: 5 },
        SignInAgain,
        OtherCounter { counter: 3 },
    ];
    for refusal in &all {
        match refusal {
            UnknownService
            | UnknownClass
            | UnknownCounter
            | UnknownTicket
            | NumbersUsedUp
            | HallFull
            | NobodyWaits
            | CounterClosed
            | CounterPaused
            | CounterNotPaused
            | CounterTaken { .. }
            | ClerkElsewhere { .. }
            | StillCalled { .. }
            | StillInHand { .. }
            | NothingInHand
            | AlreadyArrived
            | NotWaiting
            | AlreadyPrinted
            | NotOpen { .. }
            | CutOff
            | QuotaUsedUp
            | NoRoll
            | RollInUse
            | RollNotInUse
            | NotOnRoll { .. }
            | BadErrands
            | PhoneNeeded
            | PhoneHasTicket { .. }
            | UnknownAppointment
            | AppointmentUsed
            | TooEarly { .. }
            | TooLate
            | UnknownOutcome
            | RecallsUsedUp
            | RecallTooSoon { .. }
            | MayNotChoose
            | NotServedHere
            | NotOnHold
            | NotNoShow
            | TooLateToReturn
            | MissedTooOften
            | TicketEnded
            | ClerkAway
            | AlreadyThere
            | NotAllowed
            | BadText { .. }
            | IdUsedOtherwise
            | NotStored
            | ReadOnly
            | TooManyRequests
            | WrongPin
            | Locked { .. }
            | SignInAgain
            | OtherCounter { .. } => {}
        }
    }
    all
}

fn is_chinese(text: &str) -> bool {
    text.chars()
        .any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do_in_both_languages() {
    for what in every_refusal() {
        let zh = refusal(Language::Zh, &what);
        let en = refusal(Language::En, &what);
        assert!(is_chinese(&zh), "{what:?}: {zh}");
        assert!(!is_chinese(&en.replace("李明", "")), "{what:?}: {en}");
        // What is wrong, and what to do: two parts.
        let parts = |text: &str, marks: &[char]| text.matches(marks).count();
        assert!(zh.ends_with('。') && parts(&zh, &['，', '。']) >= 2, "{zh}");
        assert!(
            en.ends_with('.') && parts(&en, &[',', '.', ':']) >= 2,
            "{en}"
        );
    }
}

#[test]
fn no_two_refusals_say_the_same() {
    for language in Language::ALL {
        let mut said: Vec<String> = every_refusal()
            .iter()
            .map(|what| refusal(language, what))
            .collect();
        let count = said.len();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), count);
    }
}

#[test]
fn a_refusal_names_who_and_which() {
    for language in Language::ALL {
        let says = |what: Refusal, part: &str| {
            let text = refusal(language, &what);
            assert!(text.contains(part), "{text}");
        };
        let clerk = "李明".to_owned();
        let number = "A012".to_owned();
        says(Refusal::CounterTaken { clerk }, "李明");
        says(Refusal::ClerkElsewhere { counter: 5 }, "5");
        says(
            Refusal::StillCalled {
                number: number.clone(),
            },
            "A012",
        );
        says(
            Refusal::StillInHand {
                number: number.clone(),
            },
            "A012",
        );
        says(Refusal::PhoneHasTicket { number }, "A012");
        let opens_at = Some("13:30".to_owned());
        says(Refusal::NotOpen { opens_at }, "13:30");
        let from = "09:45".to_owned();
        says(Refusal::TooEarly { from }, "09:45");
        // Told to wait for less than is needed, a clerk would be refused again.
        says(Refusal::RecallTooSoon { wait_ms: 4_200 }, "5");
    }
}

#[test]
fn every_way_to_lose_the_hall_is_worded() {
    let codes = [
        ByeCode::Version,
        ByeCode::Malformed,
        ByeCode::TooLarge,
        ByeCode::Silent,
        ByeCode::Replaced,
        ByeCode::Full,
        ByeCode::Stopping,
        ByeCode::NotPaired,
        ByeCode::Revoked,
        ByeCode::PairingFailed,
        ByeCode::Role,
    ];
    let mut ways = vec![
        Lost::Unreachable("refused".into()),
        Lost::NotAHall("404".into()),
        Lost::Closed,
        Lost::Silent,
        Lost::NotPaired,
        Lost::OtherHall,
    ];
    ways.extend(codes.map(Lost::Refused));
    for why in ways {
        assert!(is_chinese(&lost(Language::Zh, &why)));
        assert!(!is_chinese(&lost(Language::En, &why)));
    }
}

fn in_hand() -> InHand {
    InHand {
        number: "A011".into(),
        waited_ms: 6 * 60_000,
        score_milli: 1_200,
        ..InHand::default()
    }
}

fn because(why: CallWhy) -> InHand {
    InHand {
        reason: Some(CallReason {
            why,
            target_ms: 5 * 60_000,
            head_start_ms: 0,
            passed_over: Vec::new(),
        }),
        ..in_hand()
    }
}

#[test]
fn without_a_reason_the_score_speaks() {
    let en = |score_milli, overtook| {
        let in_hand = InHand {
            score_milli,
            overtook,
            ..in_hand()
        };
        reason(Language::En, &in_hand)
    };
    assert_eq!(
        en(1_350, 3),
        "Why: score 1.35 (wait ÷ target), ahead of 3 who came earlier"
    );
    assert_eq!(en(90, 0), "Why: score 0.09 (wait ÷ target), first in line");
}

#[test]
fn every_rule_of_a_call_is_worded() {
    use CallWhy::*;
    let rules = [Score, Reserved, Rank, PutFirst, Returned, Alone, Chosen];
    for language in Language::ALL {
        let mut said: Vec<_> = rules.map(|why| reason(language, &because(why))).into();
        for text in &said {
            assert_eq!(is_chinese(text), language == Language::Zh, "{text}");
        }
        said.sort();
        said.dedup();
        assert_eq!(said.len(), rules.len());
    }
}

#[test]
fn a_reason_in_full_names_the_promise_and_whom_it_went_before() {
    let mut in_hand = because(CallWhy::Score);
    in_hand.overtook = 3;
    let reason = in_hand.reason.as_mut().unwrap();
    reason.head_start_ms = 60_000;
    reason.passed_over.push(PassedOver {
        ticket: 9,
        number: "A009".into(),
        waited_ms: 12 * 60_000,
        target_ms: 20 * 60_000,
    });
    assert_eq!(
        super::reason(Language::En, &in_hand),
        "Why this one: waited 6 min of 5 min promised, ahead of 3 who came earlier"
    );
    let expected = [
        "Why this one: closest to the promised wait, or past it, ahead of 3 who came earlier",
        "It waited 6 min of 5 min promised, with a head start of 1 min: score 1.20.",
        "Ahead of A009, which had waited 12 min of 20 min.",
        "And ahead of 2 more who came earlier.",
    ];
    assert_eq!(reason_in_full(Language::En, &in_hand), expected);
    let zh = reason_in_full(Language::Zh, &in_hand);
    assert_eq!(zh[1], "等候 6 分钟，承诺 5 分钟，另加 1 分钟：得分 1.20。");
    assert_eq!(zh[2], "先于 A009：等候 12 分钟，承诺 20 分钟。");
}

#[test]
fn a_limit_says_what_is_left_and_what_is_over() {
    let en = |what, left_ms| limit(Language::En, what, left_ms);
    assert_eq!(en(Limit::Within, None), "");
    assert_eq!(en(Limit::Within, Some(95_000)), "1:35 left");
    assert_eq!(en(Limit::Near, Some(0)), "0:00 left");
    assert_eq!(en(Limit::Over, Some(-3_725_000)), "1:02:05 over");
    assert_eq!(en(Limit::Near, None), "near the limit");
    assert_eq!(limit(Language::Zh, Limit::Over, Some(-65_000)), "超时 1:05");
}

#[test]
fn alarms_say_where_and_how_much() {
    let people = AlarmKind::PeopleWaiting;
    assert_eq!(
        alarm(Language::En, people, Some("Pay a bill"), 20, "10:30"),
        "Pay a bill: more than 20 people waiting since 10:30"
    );
    let longest = AlarmKind::LongestWait;
    assert_eq!(
        alarm(Language::Zh, longest, None, 30, "10:30"),
        "全厅：10:30 起有人等候超过 30 分钟"
    );
    assert_eq!(
        alarm(Language::En, AlarmKind::PinsLocked, None, 2, "10:30"),
        "Locked since 10:30 for too many wrong PINs (2): find out who that was"
    );
}

#[test]
fn minutes_are_whole() {
    assert_eq!(minutes(Language::En, 59_999), "under 1 min");
    assert_eq!(minutes(Language::En, 60_000), "1 min");
    assert_eq!(minutes(Language::Zh, 754_000), "12 分钟");
}
