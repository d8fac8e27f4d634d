//! What is said of the customer in hand: why this one, and how long it may take.

use client::Language;
use protocol::{AlarmKind, CallReason, CallWhy, InHand, Limit, PassedOver};

use super::{minutes, say};

/// Why this one was called, in a line.
#[must_use]
pub fn reason(language: Language, in_hand: &InHand) -> String {
    let Some(reason) = &in_hand.reason else {
        return score_alone(language, in_hand);
    };
    let rule = match reason.why {
        CallWhy::Score => promised(language, in_hand, reason),
        why => rule(language, why),
    };
    with_order(language, in_hand, &rule)
}

fn with_order(language: Language, in_hand: &InHand, rule: &str) -> String {
    let order = order(language, in_hand.overtook);
    let because = say(language, "为什么是这一位：", "Why this one: ");
    match in_hand.overtook {
        0 => format!("{because}{rule}"),
        _ => say(
            language,
            format!("{because}{rule}，{order}"),
            format!("{because}{rule}, {order}"),
        ),
    }
}

/// A hall that tells no more than the score.
fn score_alone(language: Language, in_hand: &InHand) -> String {
    let score = hundredths(in_hand.score_milli);
    let order = order(language, in_hand.overtook);
    say(
        language,
        format!("呼叫理由：得分 {score}（等候÷目标），{order}"),
        format!("Why: score {score} (wait ÷ target), {order}"),
    )
}

fn order(language: Language, overtook: u32) -> String {
    match overtook {
        0 => say(language, "按先后顺序", "first in line"),
        1 => say(language, "先于 1 位早到者", "ahead of 1 who came earlier"),
        many => say(
            language,
            format!("先于 {many} 位早到者"),
            format!("ahead of {many} who came earlier"),
        ),
    }
}

fn rule(language: Language, why: CallWhy) -> String {
    let (zh, en) = match why {
        CallWhy::Score => (
            "等候最接近或超过承诺",
            "closest to the promised wait, or past it",
        ),
        CallWhy::Reserved => ("本窗口优先此类客户", "this counter serves its class first"),
        CallWhy::Rank => ("本窗口优先此项业务", "this counter takes its service first"),
        CallWhy::PutFirst => ("由工作人员排在最前", "staff had put it first"),
        CallWhy::Returned => (
            "过号后复号，轮到了",
            "back after a missed call, and its turn",
        ),
        CallWhy::Alone => ("没有其他人等候", "nobody else waited"),
        CallWhy::Chosen => ("由柜员指定", "chosen by the clerk"),
    };
    say(language, zh, en)
}

/// The same with all that the hall told: the wait, the promise, and who was passed over.
#[must_use]
pub fn reason_in_full(language: Language, in_hand: &InHand) -> Vec<String> {
    let Some(reason) = &in_hand.reason else {
        return vec![score_alone(language, in_hand)];
    };
    let rule = rule(language, reason.why);
    let mut lines = vec![
        with_order(language, in_hand, &rule),
        promise(language, in_hand, reason),
    ];
    lines.extend(
        reason
            .passed_over
            .iter()
            .map(|other| passed_over(language, other)),
    );
    let named = u32::try_from(reason.passed_over.len()).unwrap_or(u32::MAX);
    let more = in_hand.overtook.saturating_sub(named);
    if named > 0 && more > 0 {
        lines.push(say(
            language,
            format!("还先于 {more} 位早到者。"),
            format!("And ahead of {more} more who came earlier."),
        ));
    }
    lines
}

/// The wait against its promise.
fn promised(language: Language, in_hand: &InHand, reason: &CallReason) -> String {
    let waited = minutes(language, in_hand.waited_ms);
    let target = minutes(language, reason.target_ms);
    say(
        language,
        format!("等候 {waited}，承诺 {target}"),
        format!("waited {waited} of {target} promised"),
    )
}

fn promise(language: Language, in_hand: &InHand, reason: &CallReason) -> String {
    let promised = promised(language, in_hand, reason);
    let score = hundredths(in_hand.score_milli);
    let ahead = minutes(language, reason.head_start_ms);
    let start = match reason.head_start_ms {
        0 => String::new(),
        _ => say(
            language,
            format!("，另加 {ahead}"),
            format!(", with a head start of {ahead}"),
        ),
    };
    say(
        language,
        format!("{promised}{start}：得分 {score}。"),
        format!("It {promised}{start}: score {score}."),
    )
}

fn passed_over(language: Language, other: &PassedOver) -> String {
    let number = &other.number;
    let waited = minutes(language, other.waited_ms);
    let target = minutes(language, other.target_ms);
    say(
        language,
        format!("先于 {number}：等候 {waited}，承诺 {target}。"),
        format!("Ahead of {number}, which had waited {waited} of {target}."),
    )
}

/// Thousandths as hundredths: `1.35`.
fn hundredths(milli: u64) -> String {
    format!("{}.{:02}", milli / 1000, milli % 1000 / 10)
}

/// How the handling stands against its limit. `left_ms` is negative when it is over.
#[must_use]
pub fn limit(language: Language, limit: Limit, left_ms: Option<i64>) -> String {
    let Some(left_ms) = left_ms else {
        return match limit {
            Limit::Within => String::new(),
            Limit::Near => say(language, "接近时限", "near the limit"),
            Limit::Over => say(language, "超过时限", "over the limit"),
        };
    };
    let seconds = left_ms.unsigned_abs() / 1000;
    let time = clock(seconds);
    match left_ms < 0 {
        false => say(language, format!("还剩 {time}"), format!("{time} left")),
        true => say(language, format!("超时 {time}"), format!("{time} over")),
    }
}

/// Seconds as `3:25`, or `1:03:25`.
#[must_use]
pub fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// What a wait in the line is against its target, for those who do not see its colour.
#[must_use]
pub fn wait_limit(language: Language, limit: Limit) -> String {
    match limit {
        Limit::Within => String::new(),
        Limit::Near => say(language, "接近承诺", "near the promise"),
        Limit::Over => say(language, "超过承诺", "past the promise"),
    }
}

/// Whether the proof of a favoured class was seen.
#[must_use]
pub fn proof(language: Language, verified: bool, proof: Option<&str>) -> String {
    match (verified, proof) {
        (true, _) => say(language, "证件已核验", "Proof seen"),
        (false, Some(proof)) => say(
            language,
            format!("证件未核验，请出示：{proof}（C）"),
            format!("Proof not seen yet. Ask to see: {proof} (C)"),
        ),
        (false, None) => say(language, "证件未核验（C）", "Proof not seen yet (C)"),
    }
}

/// Further services of the ticket.
#[must_use]
pub fn then(language: Language, services: &[String]) -> String {
    match language {
        Language::Zh => format!("之后还办：{}", services.join("、")),
        Language::En => format!("Then: {}", services.join(", ")),
    }
}

/// A colleague's note.
#[must_use]
pub fn note(language: Language, note: &str) -> String {
    say(
        language,
        format!("同事留言：{note}"),
        format!("A colleague's note: {note}"),
    )
}

/// An alarm that stands. `since` is a time of day; no service is the whole hall.
#[must_use]
pub fn alarm(
    language: Language,
    kind: AlarmKind,
    service: Option<&str>,
    level: u32,
    since: &str,
) -> String {
    let whole = say(language, "全厅", "The whole hall");
    let of = service.unwrap_or(&whole);
    match kind {
        AlarmKind::PeopleWaiting => say(
            language,
            format!("{of}：{since} 起等候超过 {level} 人"),
            format!("{of}: more than {level} people waiting since {since}"),
        ),
        AlarmKind::LongestWait => say(
            language,
            format!("{of}：{since} 起有人等候超过 {level} 分钟"),
            format!("{of}: somebody waits more than {level} min, since {since}"),
        ),
        AlarmKind::ReadOnly => say(
            language,
            format!("{since} 起：今天的记录损坏，大厅只能查看，不能办理。请立即通知技术员"),
            format!(
                "Since {since}: today's record is damaged, nothing can be changed. Call a technician now"
            ),
        ),
        AlarmKind::RecordDamaged => say(
            language,
            format!("{since} 起：以前某天的记录损坏。今天照常办理，请通知技术员"),
            format!(
                "Since {since}: the record of an earlier day is damaged. Today goes on; tell a technician"
            ),
        ),
        AlarmKind::NotStored => say(
            language,
            format!("{since} 起：大厅无法写入磁盘，按键可能无效。请通知技术员"),
            format!(
                "Since {since}: the hall cannot write to its disk, acts are refused. Call a technician"
            ),
        ),
        AlarmKind::RoomShort => say(
            language,
            format!("{since} 起：大厅的磁盘快满了。请通知技术员"),
            format!("Since {since}: the hall's disk is nearly full. Tell a technician"),
        ),
        AlarmKind::NoBackup => say(
            language,
            format!("{since} 起：大厅的备份没有做成。请通知技术员"),
            format!("Since {since}: the hall's backup failed. Tell a technician"),
        ),
        AlarmKind::PinsLocked => say(
            language,
            format!("{since} 起有 {level} 处因密码多次输错被锁定，请核实是谁"),
            format!(
                "Locked since {since} for too many wrong PINs ({level}): find out who that was"
            ),
        ),
    }
}
