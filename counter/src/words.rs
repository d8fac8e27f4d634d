//! What the program says that depends on more than a label: both languages stand side by side.

use client::{Language, Lost};
use protocol::{ByeCode, NotPrintedReason};

mod hand;
mod news;
mod paper;
mod question;
mod refusal;

pub use hand::{alarm, clock, limit, note, proof, reason, reason_in_full, then, wait_limit};
pub(crate) use news::news;
pub use paper::{finish_as, no_printer, paper_near_end, printer_trouble, reprint, roll_in_use};
pub(crate) use paper::{not_on_paper, perhaps_on_paper};
pub use question::{
    Asks, Phrase, aside, ask, ask_to_see, cancel, counter, hand_over, hold_reasons, missed,
    on_hold, phrase, proof_seen, resume, waiting,
};
pub use refusal::refusal;

/// Why the hall is not there, and what can be done about it.
#[must_use]
pub fn lost(language: Language, why: &Lost) -> String {
    let (zh, en) = match why {
        Lost::Unreachable(_) => ("连不上大厅", "The hall cannot be reached"),
        Lost::NotAHall(_) => (
            "此地址不是大厅，请检查设置",
            "No hall answers at this address: check the settings",
        ),
        Lost::Closed => ("与大厅的连接断开", "The connection to the hall broke"),
        Lost::Silent => ("大厅没有回应", "The hall has fallen silent"),
        Lost::NotPaired => (
            "此电脑尚未与大厅配对，请通知技术员",
            "This computer is not paired with the hall: call a technician",
        ),
        Lost::OtherHall => (
            "应答的不是本电脑配对的大厅，请通知技术员",
            "This is not the hall that this computer was paired with: call a technician",
        ),
        Lost::Refused(code) => return goodbye(language, *code),
    };
    say(language, zh, en)
}

fn goodbye(language: Language, code: ByeCode) -> String {
    let (zh, en) = match code {
        ByeCode::Version => (
            "本程序与大厅版本不同，请更新",
            "This program and the hall differ in version: update it",
        ),
        ByeCode::Replaced => (
            "另一台设备用了同一个名称，请在设置中改名",
            "Another device has this one's name: give it its own in the settings",
        ),
        ByeCode::Full => (
            "大厅连接数已满，稍后自动重连",
            "The hall has no room: trying again",
        ),
        ByeCode::Stopping => (
            "大厅正在停止，将自动重连",
            "The hall is stopping: trying again",
        ),
        ByeCode::Revoked => (
            "大厅已停用本电脑，请通知技术员",
            "The hall has revoked this computer: call a technician",
        ),
        ByeCode::NotPaired | ByeCode::PairingFailed | ByeCode::Role => (
            "大厅不认识本机，请通知技术员配对",
            "The hall does not know this machine: ask a technician to pair it",
        ),
        ByeCode::Malformed | ByeCode::TooLarge | ByeCode::Silent => (
            "大厅不接受本程序，请通知技术员",
            "The hall does not accept this program: call a technician",
        ),
    };
    say(language, zh, en)
}

/// What the banner says while the hall is away and was never heard.
#[must_use]
pub fn never_heard(language: Language, why: &Lost, hall: &str) -> String {
    let why = lost(language, why);
    say(
        language,
        format!("{why}（{hall}）。将自动重连。"),
        format!("{why} ({hall}). It is tried again by itself."),
    )
}

/// What the banner says while the rows are old. `since` is a time of day.
#[must_use]
pub fn stale(language: Language, why: &Lost, since: &str) -> String {
    let why = lost(language, why);
    say(
        language,
        format!("{why}。画面停留在 {since}；按下的操作会保留，恢复后执行。"),
        format!("{why}. What you see is as of {since}; what you press is kept until it is back."),
    )
}

/// What waits for the hall while it is away.
#[must_use]
pub fn kept(language: Language, what: &str) -> String {
    say(
        language,
        format!("“{what}”等待大厅。按 Esc 撤回。"),
        format!("\"{what}\" waits for the hall. Esc takes it back."),
    )
}

/// Something else was pressed before the hall answered.
#[must_use]
pub fn one_at_a_time(language: Language, what: &str) -> String {
    say(
        language,
        format!("“{what}”还在等大厅答复，请先等它完成。"),
        format!("\"{what}\" still waits for the hall. Let it finish first."),
    )
}

/// A request was given up.
#[must_use]
pub fn taken_back(language: Language) -> String {
    say(
        language,
        "已撤回。如大厅此前已收到，恢复后会显示。",
        "Taken back. If the hall had it already, you will see it when the link is back.",
    )
}

/// The link did not take a request.
#[must_use]
pub fn not_asked(language: Language) -> String {
    say(
        language,
        "没有发出。请再按一次；仍不行请重启本程序。",
        "It was not sent. Press again; if that does not help, restart this program.",
    )
}

/// The counter was closed from elsewhere.
#[must_use]
pub fn signed_out(language: Language, counter: u16) -> String {
    say(
        language,
        format!("{counter} 号窗口已在别处签退。请重新签到。"),
        format!("Counter {counter} was signed out elsewhere. Sign in again."),
    )
}

/// Somebody presses for a call that comes by itself.
#[must_use]
pub fn awaiting(language: Language) -> String {
    say(
        language,
        "有人来时会自动呼叫到本窗口。不再等候请按 S。",
        "Whoever comes next is called here by itself. Press S to stop that.",
    )
}

/// Nobody is signed in where somebody was to be handed over.
#[must_use]
pub fn receiver_closed(language: Language) -> String {
    say(
        language,
        "那个窗口没有人签到，没有转办。请转到别的窗口、业务或柜员。",
        "Nobody is signed in at that counter. Hand over to another one, a service or a clerk.",
    )
}

/// The customer whom the open question was about is not in hand any more.
#[must_use]
pub fn hand_changed(language: Language, number: &str) -> String {
    say(
        language,
        format!("{number} 已不在本窗口，没有执行。请看当前客户。"),
        format!("{number} is not in hand any more, so nothing was done. See who is."),
    )
}

/// What a command is called, as on its button.
#[must_use]
pub fn command(language: Language, name: CommandName) -> String {
    let (zh, en) = match name {
        CommandName::SignIn => ("签到", "Sign in"),
        CommandName::CallNext => ("呼叫下一位", "Call next"),
        CommandName::Arrived => ("客户已到", "Customer is here"),
        CommandName::FinishAndCallNext => ("办结并呼叫下一位", "Finish and call next"),
        CommandName::Finish => ("办结", "Finish"),
        CommandName::Resume => ("恢复服务", "Resume"),
        CommandName::Recall => ("再次呼叫", "Call again"),
        CommandName::NoShow => ("过号", "No-show"),
        CommandName::Pause => ("暂停服务", "Pause"),
        CommandName::SignOut => ("签退", "Sign out"),
        CommandName::AwaitNext => ("等下一位来", "Call whoever comes next"),
        CommandName::FinishAndAwait => ("办结，等下一位来", "Finish, call whoever comes"),
        CommandName::Awaiting => ("有人来就自动呼叫", "Calls whoever comes"),
        CommandName::StopAwaiting => ("不再自动呼叫", "Stop waiting"),
        CommandName::More => ("更多", "More"),
        CommandName::Outcome => ("办结并记结果", "Finish with outcome"),
        CommandName::Hold => ("挂起", "Put on hold"),
        CommandName::PutBack => ("退回队列", "Back to the queue"),
        CommandName::Transfer => ("转办", "Hand over"),
        CommandName::Class => ("客户类别与证件", "Class and proof"),
        CommandName::About => ("为什么是这一位", "Why this one"),
        CommandName::CallNumber => ("指定叫号", "Call a number"),
        CommandName::ServeWithout => ("无号办理", "Without a ticket"),
        CommandName::Aside => ("挂起与过号", "On hold, missed"),
        CommandName::ResumeHeld => ("恢复挂起", "Go on after hold"),
        CommandName::UndoNoShow => ("撤销过号", "Undo no-show"),
        CommandName::Return => ("过号客户复号", "Missed, and back"),
        CommandName::Cancel => ("取消号票", "Cancel a ticket"),
        CommandName::NoPaper => ("未打印的号票", "On no paper"),
        CommandName::Reprint => ("补打号票", "Print again"),
        CommandName::MissingPapers => ("缺件通知单", "Missing papers"),
        CommandName::Roll => ("使用纸卷号", "Roll of numbers"),
        CommandName::Report => ("打印当日报表", "Report of the day"),
        CommandName::Contrast => ("对比度", "Contrast"),
    };
    say(language, zh, en)
}

/// The name on a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommandName {
    /// Sit down at a counter.
    SignIn,
    /// Call the next one.
    CallNext,
    /// The called customer is here.
    Arrived,
    /// Done, and call the next one.
    FinishAndCallNext,
    /// Done.
    Finish,
    /// Go on after a pause.
    Resume,
    /// Call again.
    Recall,
    /// The customer did not come.
    NoShow,
    /// Pause.
    Pause,
    /// Leave the counter.
    SignOut,
    /// Nobody waits: call whoever comes.
    AwaitNext,
    /// Done, and nobody waits: call whoever comes.
    FinishAndAwait,
    /// Whoever comes is called by itself.
    Awaiting,
    /// Not any more.
    StopAwaiting,
    /// All that can be done.
    More,
    /// Finish, and say what came of it.
    Outcome,
    /// Put aside.
    Hold,
    /// Back to the queue.
    PutBack,
    /// Hand over.
    Transfer,
    /// Set the class.
    Class,
    /// Why this one.
    About,
    /// Call a certain number.
    CallNumber,
    /// Serve somebody without a ticket.
    ServeWithout,
    /// Those on hold, and those who missed their call.
    Aside,
    /// Go on with one on hold.
    ResumeHeld,
    /// The customer came after all.
    UndoNoShow,
    /// Somebody who missed a call is back.
    Return,
    /// Cancel.
    Cancel,
    /// Numbers on no paper.
    NoPaper,
    /// Print a ticket again.
    Reprint,
    /// What the customer is to bring.
    MissingPapers,
    /// The pre-printed roll.
    Roll,
    /// The figures of the day.
    Report,
    /// The other theme.
    Contrast,
}

/// How long somebody waits or has waited.
#[must_use]
pub fn minutes(language: Language, wait_ms: u64) -> String {
    match wait_ms / 60_000 {
        0 => say(language, "不到 1 分钟", "under 1 min"),
        minutes => say(
            language,
            format!("{minutes} 分钟"),
            format!("{minutes} min"),
        ),
    }
}

/// A number that is on no paper, and why.
#[must_use]
pub fn not_printed(language: Language, number: &str, reason: NotPrintedReason) -> String {
    let (zh, en) = match reason {
        NotPrintedReason::PaperOut => ("未打印（缺纸）", "not printed (no paper)"),
        NotPrintedReason::CoverOpen => ("未打印（机盖打开）", "not printed (cover open)"),
        NotPrintedReason::CutterJam => ("未打印（切刀卡住）", "not printed (cutter jammed)"),
        NotPrintedReason::PrinterFault => ("未打印（打印机故障）", "not printed (printer fault)"),
        NotPrintedReason::Unreachable => ("未打印（打印机断开）", "not printed (printer away)"),
        NotPrintedReason::Unknown => ("可能未打印", "perhaps not printed"),
        NotPrintedReason::NoPrinter => ("未打印（无打印机）", "not printed (no printer)"),
    };
    format!("{number} {}", say(language, zh, en))
}

/// A device that is not connected. `since` is a time of day.
#[must_use]
pub fn device_away(language: Language, name: &str, since: &str) -> String {
    say(
        language,
        format!("{name} 自 {since} 断开"),
        format!("{name} has been away since {since}"),
    )
}

/// Reasons for a pause to choose from, in the order of their keys 1 to 5.
#[must_use]
pub fn pause_reasons(language: Language) -> [String; 5] {
    [
        say(language, "午休", "Lunch"),
        say(language, "短暂休息", "Short break"),
        say(language, "内部工作", "Work inside"),
        say(language, "会议培训", "Meeting or training"),
        say(language, "设备故障", "Equipment fault"),
    ]
}

/// Services that are summed up in one line.
#[must_use]
pub fn other_services(language: Language, count: usize) -> String {
    say(
        language,
        format!("其他 {count} 项业务"),
        format!("{count} other services"),
    )
}

/// More numbers on no paper than are named.
#[must_use]
pub fn more_not_printed(language: Language, more: usize) -> String {
    say(
        language,
        format!("另有 {more} 张未打印"),
        format!("{more} more not printed"),
    )
}

fn say(language: Language, zh: impl Into<String>, en: impl Into<String>) -> String {
    match language {
        Language::Zh => zh.into(),
        Language::En => en.into(),
    }
}

#[cfg(test)]
mod tests;
