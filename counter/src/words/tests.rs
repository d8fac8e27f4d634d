use protocol::Refusal;

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
        TooManyRequests,
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
            | TooManyRequests => {}
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
    ];
    let mut ways = vec![
        Lost::Unreachable("refused".into()),
        Lost::NotAHall("404".into()),
        Lost::Closed,
        Lost::Silent,
    ];
    ways.extend(codes.map(Lost::Refused));
    for why in ways {
        assert!(is_chinese(&lost(Language::Zh, &why)));
        assert!(!is_chinese(&lost(Language::En, &why)));
    }
}

#[test]
fn a_reason_counts_properly() {
    let en = |score, overtook| reason(Language::En, score, overtook);
    assert_eq!(
        en(1_350, 3),
        "Why: score 1.35 (wait ÷ target), ahead of 3 who came earlier"
    );
    assert_eq!(en(90, 0), "Why: score 0.09 (wait ÷ target), first in line");
    assert!(reason(Language::Zh, 1_350, 1).contains("先于 1 位"));
}

#[test]
fn minutes_are_whole() {
    assert_eq!(minutes(Language::En, 59_999), "under 1 min");
    assert_eq!(minutes(Language::En, 60_000), "1 min");
    assert_eq!(minutes(Language::Zh, 754_000), "12 分钟");
}
