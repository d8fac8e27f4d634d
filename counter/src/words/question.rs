//! What the sheets over the page ask and answer.

use client::Language;

use super::say;

/// A fixed text of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is said in both languages just below")]
pub enum Phrase {
    More,
    WhyPause,
    PauseHint,
    Pause,
    OtherReason,
    OtherReasonHint,
    GoOn,
    UntilResumed,
    Minutes,
    MinutesHint,
    Hold,
    First,
    ByTime,
    Last,
    ToService,
    ToCounter,
    ToClerk,
    CounterNumber,
    CounterNumberHint,
    Closed,
    Paused,
    NoOtherClerk,
    KeepTime,
    ComeBack,
    Note,
    NoteHint,
    HandOver,
    Aside,
    NobodyAside,
    UndoNoShow,
    ReturnToQueue,
    WhichIsBack,
    ReturnHint,
    Number,
    NumberHint,
    OtherNumberHint,
    HeldElsewhereHint,
    GoOnWithHeld,
    WhichNumber,
    ChosenIsRecorded,
    CallNumber,
    WithoutTicketService,
    WithoutTicketClass,
    WhichIsCancelled,
    CancelHint,
    Cancel,
    NoPaper,
    NoPaperHint,
    AllOnPaper,
    WhichIsReprinted,
    ReprintHint,
    Reprint,
    MissingHint,
    NoPapersKnown,
    AlsoMissing,
    AlsoMissingHint,
    WhatIsMissingHint,
    Print,
    PrintReport,
    ReportHint,
    BeginRoll,
    BeginRollHint,
    FirstOfRoll,
    FirstOfRollHint,
    UseRoll,
    EndRoll,
    EndRollHint,
    OtherRollHint,
}

/// A fixed text of a sheet in the language of the screen.
#[must_use]
pub fn phrase(language: Language, phrase: Phrase) -> String {
    let (zh, en) = match phrase {
        Phrase::More => ("更多操作", "More"),
        Phrase::WhyPause => ("为什么暂停？", "Why do you pause?"),
        Phrase::PauseHint => (
            "手上的客户继续办理，不再呼叫新客户。",
            "The customer in hand is still served; nobody new is called.",
        ),
        Phrase::Pause => ("暂停服务", "Pause"),
        Phrase::OtherReason => ("其他原因", "Another reason"),
        Phrase::OtherReasonHint => ("其他原因，按回车", "Another reason, then Enter"),
        Phrase::GoOn => ("继续", "Go on"),
        Phrase::UntilResumed => ("不限时，由我恢复", "No limit: I resume it"),
        Phrase::Minutes => ("其他分钟数", "Other minutes"),
        Phrase::MinutesHint => ("其他分钟数，按回车", "Other minutes, then Enter"),
        Phrase::Hold => ("挂起", "Put on hold"),
        Phrase::First => ("排在最前", "Before everybody"),
        Phrase::ByTime => ("按已等候的时间", "By the time waited"),
        Phrase::Last => ("排在最后", "Behind everybody"),
        Phrase::ToService => ("转到一项业务", "To a service"),
        Phrase::ToCounter => ("转到一个窗口", "To a counter"),
        Phrase::ToClerk => ("转给一位柜员", "To a clerk"),
        Phrase::CounterNumber => ("窗口号", "Number of the counter"),
        Phrase::CounterNumberHint => ("窗口号，按回车", "Number, then Enter"),
        Phrase::Closed => ("未签到", "Nobody there"),
        Phrase::Paused => ("暂停服务", "Paused"),
        Phrase::NoOtherClerk => (
            "没有其他柜员签到。请转到业务或窗口。",
            "No other clerk is signed in. Choose a service or a counter.",
        ),
        Phrase::KeepTime => ("保留已等候的时间", "The time waited counts on"),
        Phrase::ComeBack => ("办完后回到本窗口", "Comes back here afterwards"),
        Phrase::Note => ("给同事的留言", "Note for the colleague"),
        Phrase::NoteHint => ("留言（可不填），按回车", "Note, if any, then Enter"),
        Phrase::HandOver => ("转办", "Hand over"),
        Phrase::Aside => ("挂起与过号", "On hold and missed"),
        Phrase::NobodyAside => (
            "本窗口没有挂起或过号的客户。",
            "Nobody is on hold, and nobody missed a call of this counter.",
        ),
        Phrase::UndoNoShow => ("撤销过号，现在办理", "Undo the no-show: serve now"),
        Phrase::ReturnToQueue => ("复号，回到队列", "Back into the queue"),
        Phrase::WhichIsBack => ("过号的客户回来了：几号？", "Who missed a call and is back?"),
        Phrase::ReturnHint => (
            "任何窗口的过号都可以。客户回到队列，隔几位后再叫。",
            "A call of any counter. The customer is called again after some others.",
        ),
        Phrase::Number => ("号码", "Number"),
        Phrase::NumberHint => ("例如 A012", "such as A012"),
        Phrase::OtherNumberHint => ("其他号码，例如 A012", "Another number, such as A012"),
        Phrase::HeldElsewhereHint => ("别的窗口挂起的号码", "On hold at another counter"),
        Phrase::GoOnWithHeld => ("继续办理", "Go on with it"),
        Phrase::WhichNumber => ("叫哪个号？", "Which number do you call?"),
        Phrase::ChosenIsRecorded => ("指定叫号会记录在案。", "It is recorded that you chose it."),
        Phrase::CallNumber => ("呼叫", "Call"),
        Phrase::WithoutTicketService => {
            ("无号客户：什么业务？", "Without a ticket: which service?")
        }
        Phrase::WithoutTicketClass => ("无号客户：什么类别？", "Without a ticket: which class?"),
        Phrase::WhichIsCancelled => ("取消哪张号票？", "Which ticket is cancelled?"),
        Phrase::CancelHint => (
            "取消后不能恢复。手上的客户请按“办结”（F5 或 O）。",
            "It cannot be undone. Whoever is in hand is finished (F5 or O).",
        ),
        Phrase::Cancel => ("取消号票", "Cancel the ticket"),
        Phrase::NoPaper => ("未打印的号票", "Numbers on no paper"),
        Phrase::NoPaperHint => (
            "客户手上有号了（例如手写），就在这里记下。",
            "Mark here who has the number now, such as by hand.",
        ),
        Phrase::AllOnPaper => ("所有号票都已打印。", "Every ticket is on paper."),
        Phrase::WhichIsReprinted => ("补打哪张号票？", "Which ticket is printed again?"),
        Phrase::ReprintHint => (
            "号码不变，票上有“补打”标记。",
            "The number stays; the paper is marked as a reprint.",
        ),
        Phrase::Reprint => ("补打", "Print again"),
        Phrase::MissingHint => (
            "勾选缺少的材料，可再写一条，按回车打印。",
            "Tick what is missing, add a line if you like, then Enter.",
        ),
        Phrase::NoPapersKnown => (
            "这项业务没有登记材料。请写明缺什么，按回车打印。",
            "No papers are listed for this service. Write what is missing, then Enter.",
        ),
        Phrase::AlsoMissing => ("另缺", "Also missing"),
        Phrase::AlsoMissingHint => ("另缺什么（可不填）", "Anything else, if so"),
        Phrase::WhatIsMissingHint => ("缺什么", "What is missing"),
        Phrase::Print => ("打印", "Print"),
        Phrase::PrintReport => ("打印当日报表？", "Print the report of the day?"),
        Phrase::ReportHint => (
            "到现在为止，按业务、窗口和柜员统计。",
            "Up to now, by service, counter and clerk.",
        ),
        Phrase::BeginRoll => ("改用纸卷号？", "Use the pre-printed roll?"),
        Phrase::BeginRollHint => (
            "打印机都不能用时，客户撕取纸卷上的号。先叫完已取号的客户，再按纸卷顺序叫。",
            "When no printer works, people tear numbers off the roll. Who waits already is called \
             first, then the roll in its order.",
        ),
        Phrase::FirstOfRoll => ("纸卷上第一个号", "First number on the roll"),
        Phrase::FirstOfRollHint => ("例如 17", "such as 17"),
        Phrase::UseRoll => ("使用纸卷", "Use the roll"),
        Phrase::EndRoll => (
            "打印机恢复，停用纸卷号",
            "Printers work again: end the roll",
        ),
        Phrase::EndRollHint => (
            "请先叫完已撕号的客户；停用后不再叫纸卷号。",
            "Call everybody who holds a number of the roll first: after its end they are not called.",
        ),
        Phrase::OtherRollHint => ("换了纸卷：第一个号", "Another roll: its first number"),
    };
    say(language, zh, en)
}

/// A question about a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is said in both languages just below")]
pub enum Asks {
    About,
    Outcome,
    HoldReason,
    HoldTime,
    PutBack,
    Transfer,
    TransferToService,
    TransferToCounter,
    TransferToClerk,
    Class,
    Missed,
    MissingPapers,
}

/// A question about a number in the language of the screen.
#[must_use]
pub fn ask(language: Language, asks: Asks, number: &str) -> String {
    let (zh, en) = match asks {
        Asks::About => (format!("关于 {number}"), format!("About {number}")),
        Asks::Outcome => (
            format!("{number} 办结：结果如何？"),
            format!("{number} is done: with what outcome?"),
        ),
        Asks::HoldReason => (
            format!("{number} 挂起：什么原因？"),
            format!("{number} on hold: why?"),
        ),
        Asks::HoldTime => (
            format!("{number} 挂起多久？到时自动回到队列"),
            format!("{number} on hold: back in line after?"),
        ),
        Asks::PutBack => (
            format!("{number} 退回队列：排在哪里？"),
            format!("{number} back to the queue: where?"),
        ),
        Asks::Transfer => (
            format!("{number} 转办给谁？"),
            format!("Hand {number} over: to whom?"),
        ),
        Asks::TransferToService => (
            format!("{number} 转到哪项业务？"),
            format!("Hand {number} over: to which service?"),
        ),
        Asks::TransferToCounter => (
            format!("{number} 转到哪个窗口？"),
            format!("Hand {number} over: to which counter?"),
        ),
        Asks::TransferToClerk => (
            format!("{number} 转给哪位柜员？"),
            format!("Hand {number} over: to which clerk?"),
        ),
        Asks::Class => (
            format!("{number} 是哪类客户？"),
            format!("Of which class is {number}?"),
        ),
        Asks::MissingPapers => (
            format!("{number} 缺什么材料？"),
            format!("What does {number} lack?"),
        ),
        Asks::Missed => (format!("{number} 回来了"), format!("{number} is back")),
    };
    say(language, zh, en)
}

/// To whom a number goes.
#[must_use]
pub fn hand_over(language: Language, number: &str, to: &str) -> String {
    say(
        language,
        format!("{number} 转到：{to}"),
        format!("{number} goes to: {to}"),
    )
}

/// A counter by number and name.
#[must_use]
pub fn counter(language: Language, number: u16, name: &str) -> String {
    let text = say(
        language,
        format!("{number} 号窗口 {name}"),
        format!("Counter {number} {name}"),
    );
    text.trim_end().to_owned()
}

/// People waiting for a service.
#[must_use]
pub fn waiting(language: Language, waiting: u32) -> String {
    say(
        language,
        format!("{waiting} 人等候"),
        format!("{waiting} waiting"),
    )
}

/// Reasons for a hold to choose from, in the order of their keys 1 to 5.
#[must_use]
pub fn hold_reasons(language: Language) -> [String; 5] {
    [
        say(language, "取证件材料", "Fetches papers"),
        say(language, "填写表格", "Fills in a form"),
        say(language, "复印", "Makes copies"),
        say(language, "等待内部审核", "Waits for our own check"),
        say(language, "系统故障", "Our system is down"),
    ]
}

/// To go on with a customer on hold.
#[must_use]
pub fn resume(language: Language, number: &str) -> String {
    say(
        language,
        format!("继续办理 {number}"),
        format!("Go on with {number}"),
    )
}

/// Why somebody is on hold. `until` is a time of day.
#[must_use]
pub fn on_hold(language: Language, reason: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => say(
            language,
            format!("挂起：{reason} · {until} 自动回到队列"),
            format!("On hold: {reason} · back in line at {until}"),
        ),
        None => say(
            language,
            format!("挂起：{reason}"),
            format!("On hold: {reason}"),
        ),
    }
}

/// A number that missed its call. `at` is a time of day.
#[must_use]
pub fn missed(language: Language, number: &str, at: &str) -> String {
    say(
        language,
        format!("{number} 回来了（{at} 过号）"),
        format!("{number} is back (missed at {at})"),
    )
}

/// To cancel a number.
#[must_use]
pub fn cancel(language: Language, number: &str) -> String {
    say(
        language,
        format!("取消 {number}"),
        format!("Cancel {number}"),
    )
}

/// The proof of a class was seen.
#[must_use]
pub fn proof_seen(language: Language, class: &str) -> String {
    say(
        language,
        format!("{class}：证件已核验"),
        format!("{class}: proof seen"),
    )
}

/// What the clerk asks to see.
#[must_use]
pub fn ask_to_see(language: Language, proof: &str) -> String {
    say(
        language,
        format!("请出示：{proof}"),
        format!("Ask to see: {proof}"),
    )
}

/// How many are on hold and how many missed a call; empty if nobody.
#[must_use]
pub fn aside(language: Language, held: usize, missed: usize) -> String {
    let held = (held > 0).then(|| say(language, format!("挂起 {held}"), format!("On hold {held}")));
    let missed = (missed > 0).then(|| {
        say(
            language,
            format!("过号 {missed}"),
            format!("Missed {missed}"),
        )
    });
    let both: Vec<String> = held.into_iter().chain(missed).collect();
    both.join(" · ")
}
