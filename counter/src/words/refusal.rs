use client::Language;
use protocol::{MAX_PIN_DIGITS, MIN_PIN_DIGITS, Refusal};

use super::say;

/// What was refused, and what the clerk can do next.
#[must_use]
pub fn refusal(language: Language, refusal: &Refusal) -> String {
    let (zh, en) = match refusal {
        Refusal::UnknownService => (
            "大厅没有这项业务。请稍候再按。",
            "The hall has no such service. Wait a moment and press again.",
        ),
        Refusal::UnknownClass => (
            "大厅没有这类客户。请稍候再按。",
            "The hall has no such class. Wait a moment and press again.",
        ),
        Refusal::UnknownCounter => (
            "大厅没有这个窗口。请另选一个窗口。",
            "The hall has no such counter. Choose another one.",
        ),
        Refusal::UnknownTicket => (
            "今天没有这张号票。请客户重新取号。",
            "There is no such ticket today. Ask the customer to take a new one.",
        ),
        Refusal::NumbersUsedUp => (
            "今天的号码已用完。请引导员人工安排。",
            "Today's numbers are used up. Send people to the guide desk.",
        ),
        Refusal::HallFull => (
            "等候人数已达上限。请先呼叫等候的客户。",
            "As many people wait as the hall takes. Call some of them first.",
        ),
        Refusal::NobodyWaits => (
            "没有本窗口可办理的客户在等候。有人取号后再按。",
            "Nobody waits whom you may serve. Press again when somebody does.",
        ),
        Refusal::CounterClosed => (
            "本窗口未签到。请重新签到。",
            "Nobody is signed in at this counter. Sign in again.",
        ),
        Refusal::CounterPaused => (
            "本窗口已暂停。请先按“恢复服务”（F6）。",
            "This counter is paused. Resume it first (F6).",
        ),
        Refusal::CounterNotPaused => (
            "本窗口没有暂停，可以直接呼叫。",
            "This counter is not paused. You can call the next one.",
        ),
        Refusal::CounterTaken { clerk } => return counter_taken(language, clerk),
        Refusal::ClerkElsewhere { counter } => return clerk_elsewhere(language, *counter),
        Refusal::StillCalled { number } => return still_called(language, number),
        Refusal::StillInHand { number } => return still_in_hand(language, number),
        Refusal::NothingInHand => (
            "当前没有客户。请先呼叫下一位。",
            "Nobody is in hand. Call the next one first.",
        ),
        Refusal::AlreadyArrived => (
            "客户已到窗口。办完后按“办结”（F5）。",
            "The customer is here already. Finish when you are done (F5).",
        ),
        Refusal::NotWaiting => (
            "这张号票已不在等候。请呼叫下一位。",
            "This ticket is not waiting any more. Call the next one.",
        ),
        Refusal::AlreadyPrinted => (
            "这张号票已打印，无需处理。",
            "This ticket is on paper already. There is nothing to do.",
        ),
        Refusal::NotOpen { opens_at } => return not_open(language, opens_at.as_deref()),
        Refusal::CutOff => (
            "临近下班，已停止取号。请客户改日再来。",
            "No numbers are given out so close to closing time. Ask the customer to come another day.",
        ),
        Refusal::QuotaUsedUp => (
            "本时段的号已取完。请客户下一时段再来。",
            "All numbers of this part of the day are given out. Ask the customer to come in the next one.",
        ),
        Refusal::NoRoll => (
            "本厅没有设置纸卷号，请联系技术员。",
            "This hall has no roll of numbers in its settings. Ask the technician.",
        ),
        Refusal::RollInUse => (
            "现在使用纸卷号，请客户到引导台领取。",
            "Numbers come from the roll now. Send the customer to the guide desk.",
        ),
        Refusal::RollNotInUse => (
            "现在没有使用纸卷号，无需处理。",
            "Numbers do not come from the roll. There is nothing to do.",
        ),
        Refusal::NotOnRoll { first, last } => {
            return not_on_roll(language, *first, *last);
        }
        Refusal::BadErrands => (
            "业务重复或太多，没有执行。请减少后再按。",
            "A service stands there twice, or there are too many. Take some off and press again.",
        ),
        Refusal::PhoneNeeded => (
            "取号需要手机号，没有执行。请客户到取号机取号。",
            "A ticket needs a telephone number here. Send the customer to the kiosk.",
        ),
        Refusal::PhoneHasTicket { number } => return phone_has_ticket(language, number),
        Refusal::UnknownAppointment => (
            "查不到这个预约。请核对后再试，或请客户取号。",
            "There is no such appointment. Check it, or ask the customer to take a number.",
        ),
        Refusal::AppointmentUsed => (
            "这个预约已经签到过，客户手上有号票。请按号票办理。",
            "This appointment is checked in already. Ask the customer for the ticket.",
        ),
        Refusal::TooEarly { from } => return too_early(language, from),
        Refusal::TooLate => (
            "预约时间已过。请客户取普通号。",
            "It is too late for this appointment. Ask the customer to take a number.",
        ),
        Refusal::UnknownOutcome => (
            "大厅没有这个办理结果。请稍候重新选择。",
            "The hall has no such outcome. Wait a moment and choose again.",
        ),
        Refusal::RecallsUsedUp => (
            "再次呼叫的次数已用完。客户仍未到，请按“过号”（F4）。",
            "It was called as often as it may be. Mark it as a no-show (F4) if nobody comes.",
        ),
        Refusal::RecallTooSoon { wait_ms } => return recall_too_soon(language, *wait_ms),
        Refusal::MayNotChoose => (
            "本大厅不允许指定叫号。请呼叫下一位，或请班长处理。",
            "In this hall clerks do not choose whom they call. Call the next one, or ask the supervisor.",
        ),
        Refusal::NotServedHere => (
            "本窗口不办理这张号票。请转办到能办理的窗口（T）。",
            "This ticket is not served here. Hand it over to a counter that serves it (T).",
        ),
        Refusal::NotOnHold => (
            "这张号票已不在挂起中，没有执行。请看挂起列表（K）。",
            "This ticket is not on hold any more. See the list of those on hold (K).",
        ),
        Refusal::NotNoShow => (
            "这张号票不是本窗口的过号，没有撤销。请用复号让客户重新排队（R）。",
            "This ticket is no no-show of this counter. Let the customer return to the queue instead (R).",
        ),
        Refusal::TooLateToReturn => (
            "过号太久，不能复号。请客户重新取号。",
            "The call was missed too long ago. Ask the customer to take a new number.",
        ),
        Refusal::MissedTooOften => (
            "这位客户过号次数太多，不能复号。请其重新取号。",
            "The customer has missed too many calls. A new number is needed.",
        ),
        Refusal::TicketEnded => (
            "这张号票已经结束。还有业务要办，请客户重新取号。",
            "This ticket is over. If something is left to do, ask the customer to take a new number.",
        ),
        Refusal::ClerkAway => (
            "这位柜员没有签到。请转办给别的柜员、窗口或业务。",
            "No such clerk has signed in. Hand over to another clerk, a counter or a service.",
        ),
        Refusal::AlreadyThere => (
            "客户已在那个窗口或柜员处，无需转办。",
            "The customer is with that counter or clerk already. There is nothing to hand over.",
        ),
        Refusal::NotAllowed => (
            "本程序无权这样做。请找班长。",
            "This program may not do that. Ask the supervisor.",
        ),
        Refusal::BadText { field } => return bad_text(language, field),
        Refusal::IdUsedOtherwise => (
            "请求编号重复，没有执行。请再按一次。",
            "The request's id was used before, so nothing was done. Press again.",
        ),
        Refusal::NotStored => (
            "大厅无法写入磁盘，没有执行。请稍后再按，并通知技术员。",
            "The hall could not write it down, so it was not done. Press again later, and call a technician.",
        ),
        Refusal::ReadOnly => (
            "今天的记录损坏，大厅只能查看，没有执行。请立即通知技术员。",
            "Today's record is damaged: the hall only shows what was, and nothing was done. Call a technician now.",
        ),
        Refusal::TooManyRequests => (
            "太多请求还没有答复。请稍候再按。",
            "Too many requests wait for an answer. Press again in a moment.",
        ),
        Refusal::WrongPin => (
            "姓名或密码不对。请重新输入。",
            "Name or PIN is wrong. Type both again.",
        ),
        Refusal::Locked { minutes } => return locked(language, *minutes),
        Refusal::SignInAgain => (
            "您离开太久，请重新签到。窗口和客户都保持原样。",
            "You were away too long. Sign in again: the counter stays as it is.",
        ),
        Refusal::OtherCounter { counter } => return other_counter(language, *counter),
    };
    say(language, zh, en)
}

fn counter_taken(language: Language, clerk: &str) -> String {
    say(
        language,
        format!("{clerk} 已在此窗口签到。请另选窗口，或请其先签退。"),
        format!(
            "{clerk} is signed in at this counter. Choose another one, or ask them to sign out."
        ),
    )
}

fn clerk_elsewhere(language: Language, counter: u16) -> String {
    say(
        language,
        format!("您已在 {counter} 号窗口签到。请在那里签退，或选 {counter} 号窗口继续。"),
        format!(
            "You are signed in at counter {counter}. Sign out there, or choose counter {counter} and go on."
        ),
    )
}

fn locked(language: Language, minutes: u32) -> String {
    say(
        language,
        format!("密码输错太多次，已锁定。{minutes} 分钟后再试，或请班长解锁。"),
        format!(
            "Too many wrong PINs. Try again in {minutes} min, or ask the supervisor to unlock it."
        ),
    )
}

fn other_counter(language: Language, counter: u16) -> String {
    say(
        language,
        format!("本机是 {counter} 号窗口的设备。请在 {counter} 号窗口签到。"),
        format!("This machine belongs to counter {counter}. Sign in at counter {counter}."),
    )
}

fn still_called(language: Language, number: &str) -> String {
    say(
        language,
        format!("{number} 已呼叫，还未到。请先按“客户已到”或“过号”（F4）。"),
        format!(
            "{number} is called and has not come. Mark it as arrived or as a no-show (F4) first."
        ),
    )
}

fn still_in_hand(language: Language, number: &str) -> String {
    say(
        language,
        format!("{number} 还在办理中。请先按“办结”（F5）。"),
        format!("{number} is still in hand. Finish first (F5)."),
    )
}

fn not_on_roll(language: Language, first: u32, last: u32) -> String {
    match language {
        Language::Zh => {
            format!("今天只能使用纸卷上 {first} 到 {last} 的号。请看清卷上的号码再输入。")
        }
        Language::En => format!(
            "Today numbers {first} to {last} of the roll may be used. Look at the roll and type again."
        ),
    }
}

fn not_open(language: Language, opens_at: Option<&str>) -> String {
    match opens_at {
        Some(time) => say(
            language,
            format!("现在不办理，{time} 开始。请客户到时再来。"),
            format!("It is not open at this hour. Ask the customer to come at {time}."),
        ),
        None => say(
            language,
            "今天不再办理。请客户改日再来。",
            "It does not open any more today. Ask the customer to come another day.",
        ),
    }
}

fn phone_has_ticket(language: Language, number: &str) -> String {
    say(
        language,
        format!("这个手机号已有号票 {number}，还没有办完。请先办理 {number}。"),
        format!(
            "This telephone number has the ticket {number}, which is not done. Serve {number} first."
        ),
    )
}

fn too_early(language: Language, from: &str) -> String {
    say(
        language,
        format!("预约签到太早，{from} 起可以签到。请客户稍候。"),
        format!("It is too early to check in. Ask the customer to do so from {from} on."),
    )
}

fn recall_too_soon(language: Language, wait_ms: u64) -> String {
    let seconds = wait_ms.div_ceil(1000);
    say(
        language,
        format!("刚刚呼叫过。请过 {seconds} 秒再按。"),
        format!("It was called just now. Press again in {seconds} s."),
    )
}

fn bad_text(language: Language, field: &str) -> String {
    match field {
        "clerk" => say(
            language,
            format!("请输入姓名或工号，最多 {} 个字。", protocol::MAX_NAME_CHARS),
            format!(
                "Type your name or badge, at most {} characters.",
                protocol::MAX_NAME_CHARS
            ),
        ),
        "reason" => say(
            language,
            format!("请写明原因，最多 {} 个字。", protocol::MAX_REASON_CHARS),
            format!(
                "Say why, at most {} characters.",
                protocol::MAX_REASON_CHARS
            ),
        ),
        "note" => say(
            language,
            format!(
                "留言太长，最多 {} 个字。请缩短。",
                protocol::MAX_REASON_CHARS
            ),
            format!(
                "The note is too long. Use at most {} characters.",
                protocol::MAX_REASON_CHARS
            ),
        ),
        "number" => say(
            language,
            "请输入号码，例如 A012。",
            "Type a number, such as A012.",
        ),
        "pin" => say(
            language,
            format!("请输入密码，{MIN_PIN_DIGITS} 到 {MAX_PIN_DIGITS} 位数字。"),
            format!("Type your PIN: {MIN_PIN_DIGITS} to {MAX_PIN_DIGITS} digits."),
        ),
        "missing" => say(
            language,
            "请勾选缺少的材料，或写明缺什么。",
            "Tick what is missing, or write it.",
        ),
        "also" => say(
            language,
            "这一条太长，最多 40 个字。请缩短。",
            "This line is too long. Use at most 40 characters.",
        ),
        "roll" => say(
            language,
            "请输入纸卷上第一个号，例如 17。",
            "Type the first number on the roll, such as 17.",
        ),
        "minutes" => say(
            language,
            format!("请输入分钟数，1 到 {}。", protocol::MAX_HOLD_MIN),
            format!(
                "Type how many minutes, from 1 to {}.",
                protocol::MAX_HOLD_MIN
            ),
        ),
        other => say(
            language,
            format!("“{other}”为空或太长。请改后再按。"),
            format!("\"{other}\" is empty or too long. Change it and press again."),
        ),
    }
}
