//! What happened, in Chinese.

use queue::{
    Alarm, CancelWhy, Channel, CounterNumber, Desk, Happening, Issued, NoPaper, Place, Requeue,
    ServiceCode, Then, TicketId,
};

use super::Act;
use crate::settings::HallSettings;
use crate::trust;
use crate::wording::{class, date_and_time, service, time};

impl Act<'_> {
    /// What happened.
    pub(super) fn chinese(&self) -> String {
        use Happening as H;
        let no = |ticket: &TicketId| self.numbered(*ticket);
        let at = |counter: &CounterNumber| self.window(*counter);
        let who = || self.clerk().unwrap_or("某人").to_owned();
        match &self.event.what {
            H::DayOpened { day, .. } => format!("营业日 {day} 开始"),
            H::DayClosed { day } => format!("营业日 {day} 结束"),
            H::Issued(issued) => self.issued_zh(issued),
            H::Booked {
                service: code,
                class: for_whom,
                slot_wall_ms,
                ..
            } => format!(
                "预约 {}（{}），时间 {}",
                service(self.settings, code),
                class(self.settings, for_whom),
                date_and_time(&self.settings.time_zone, *slot_wall_ms)
            ),
            H::Printed { ticket, copies: 0 } => format!("{} 的号票已打印", no(ticket)),
            H::Printed { ticket, copies } => {
                format!("{} 的号票已打印，含补打至第 {copies} 张", no(ticket))
            }
            H::RollBegun { next } => format!("改用预印号纸卷，从 {next} 号起"),
            H::RollEnded => "恢复打印机出号".to_owned(),
            H::NotPrinted { ticket, why } => {
                format!("{} 的号票未打印：{}", no(ticket), no_paper(*why))
            }
            H::Reprinted { ticket } => format!("要求补打 {} 的号票", no(ticket)),
            H::Cancelled { ticket, why } => format!("{} 作废：{}", no(ticket), cancelled(*why)),
            H::Expired { ticket } => format!("{} 到营业日结束仍未办结，作过期处理", no(ticket)),
            H::ClassSet {
                ticket,
                class: code,
                verified,
            } => format!(
                "{} 改为 {}，证件{}",
                no(ticket),
                class(self.settings, code),
                if *verified { "已查看" } else { "未查看" }
            ),
            H::SignedIn { counter, clerk } => format!("{clerk} 在{}上岗", at(counter)),
            H::SignedOut { counter } => format!("{} 离开{}，窗口关闭", who(), at(counter)),
            H::Awaiting { counter } => format!("{} 在{}等候下一位客户", who(), at(counter)),
            H::StoppedAwaiting { counter } => {
                format!("{} 在{}不再等候下一位客户", who(), at(counter))
            }
            H::Called {
                ticket,
                counter,
                reason,
                ..
            } => format!(
                "{} 呼叫 {} 到{}，客户已等候 {}{}",
                who(),
                no(ticket),
                at(counter),
                span(reason.waited_ms),
                overtook(reason.overtook)
            ),
            H::ServedWithout {
                number,
                service: code,
                counter,
                ..
            } => format!(
                "{} 在{}为无号客户办理 {}，记为 {number}",
                who(),
                at(counter),
                service(self.settings, code)
            ),
            H::Recalled { ticket, counter } => {
                format!("{} 再次呼叫 {} 到{}", who(), no(ticket), at(counter))
            }
            H::Arrived { ticket, counter } => format!("{} 到达{}", no(ticket), at(counter)),
            H::Finished {
                ticket,
                counter,
                outcome,
                then,
            } => {
                let outcome = outcome.as_ref().map(|code| self.outcome_zh(code));
                format!(
                    "{} 在{}办结 {}{}{}",
                    who(),
                    at(counter),
                    no(ticket),
                    outcome.unwrap_or_default(),
                    self.then_zh(*ticket, *then)
                )
            }
            H::NoShow { ticket, counter } => {
                format!("{} 未到{}，记为过号", no(ticket), at(counter))
            }
            H::NoShowUndone { ticket, counter } => {
                format!("{} 后来到了{}，取消过号", no(ticket), at(counter))
            }
            H::Held {
                ticket,
                counter,
                reason,
                until,
            } => {
                let until = until
                    .map(|until| format!("，至 {}", time(&self.settings.time_zone, until.wall_ms)));
                format!(
                    "{} 在{}挂起 {}：{reason}{}",
                    who(),
                    at(counter),
                    no(ticket),
                    until.unwrap_or_default()
                )
            }
            H::HoldResumed { ticket, counter } => {
                format!("{} 在{}继续办理 {}", who(), at(counter), no(ticket))
            }
            H::Requeued {
                ticket, why, place, ..
            } => format!("{}，{}", self.requeued_zh(*ticket, *why), stands(*place)),
            H::Transferred {
                ticket,
                counter,
                to,
                come_back,
                ..
            } => format!(
                "{} 在{}把 {} 转办到 {}{}",
                who(),
                at(counter),
                no(ticket),
                self.desk_zh(to),
                if *come_back { "，办后转回" } else { "" }
            ),
            H::Paused { counter, reason } => {
                format!("{} 暂停{}：{reason}", who(), at(counter))
            }
            H::Resumed { counter } => format!("{} 在{}恢复叫号", who(), at(counter)),
            H::WaitNear { ticket } => format!("{} 的等候时间接近目标", no(ticket)),
            H::WaitOver { ticket } => format!("{} 的等候时间超过目标", no(ticket)),
            H::HandlingNear { ticket } => format!("{} 的办理时间接近限时", no(ticket)),
            H::HandlingOver { ticket } => format!("{} 的办理时间超过限时", no(ticket)),
            H::Noted { note } => trust::worded_in_chinese(note),
            H::AlarmRaised { alarm, level } => {
                format!("提醒：{}", self.alarm_zh(alarm, Some(*level)))
            }
            H::AlarmCleared { alarm } => format!("提醒解除：{}", self.alarm_zh(alarm, None)),
        }
    }

    fn window(&self, number: CounterNumber) -> String {
        window(self.settings, number)
    }

    fn of_zh(&self, service: Option<&ServiceCode>) -> String {
        service.map_or_else(
            || "全厅".to_owned(),
            |code| self::service(self.settings, code),
        )
    }

    fn issued_zh(&self, issued: &Issued) -> String {
        let errands = issued.errands.iter();
        let errands: Vec<String> = errands.map(|code| service(self.settings, code)).collect();
        let appointment = if issued.appointment.is_some() {
            "（预约）"
        } else {
            ""
        };
        format!(
            "{}取号 {}{appointment}：{}（{}）",
            taken(issued.channel),
            issued.number,
            errands.join("，然后 "),
            class(self.settings, &issued.class)
        )
    }

    fn outcome_zh(&self, code: &queue::OutcomeCode) -> String {
        let mut outcomes = self.settings.outcomes.iter();
        let known = outcomes.find(|outcome| outcome.code == *code);
        let label = known.map_or_else(|| code.to_string(), |known| known.label.zh.clone());
        format!("（{label}）")
    }

    fn then_zh(&self, ticket: TicketId, then: Then) -> String {
        match then {
            Then::Done => String::new(),
            Then::InLine { .. } => "，客户排队等候下一项业务".to_owned(),
            Then::Here(errand) => {
                let known = self.day.ticket(ticket);
                let next = known.and_then(|ticket| ticket.errands.get(errand));
                let next = next.map(|errand| service(self.settings, &errand.service));
                let next = next.unwrap_or_else(|| "下一项业务".to_owned());
                format!("，接着办理 {next}")
            }
        }
    }

    fn requeued_zh(&self, ticket: TicketId, why: Requeue) -> String {
        let number = self.numbered(ticket);
        match why {
            Requeue::PutBack => {
                format!("{} 把 {number} 退回排队", self.clerk().unwrap_or("某人"))
            }
            Requeue::HoldOver => format!("{number} 挂起到时，重新排队"),
            Requeue::Returned => format!("{number} 过号后复号，重新排队"),
        }
    }

    fn desk_zh(&self, desk: &Desk) -> String {
        match desk {
            Desk::Service(code) => service(self.settings, code),
            Desk::Counter(number) => self.window(*number),
            Desk::Clerk(clerk) => clerk.clone(),
        }
    }

    fn alarm_zh(&self, alarm: &Alarm, level: Option<u64>) -> String {
        match (alarm, level) {
            (Alarm::People(of), Some(level)) => {
                format!("{} 等候人数达到 {level}", self.of_zh(of.as_ref()))
            }
            (Alarm::People(of), None) => format!("{} 等候人数", self.of_zh(of.as_ref())),
            (Alarm::LongestWait(of), Some(level)) => {
                format!("{} 有客户已等候 {}", self.of_zh(of.as_ref()), span(level))
            }
            (Alarm::LongestWait(of), None) => format!("{} 等候时间", self.of_zh(of.as_ref())),
        }
    }
}

/// A counter: `2号窗口（缴费）`.
pub(super) fn window(settings: &HallSettings, number: CounterNumber) -> String {
    match settings.counters.get(&number) {
        Some(known) => format!("{number}号窗口（{}）", known.name.zh),
        None => format!("{number}号窗口"),
    }
}

/// How long something took: `42秒`, `18分32秒`, `1小时05分`.
fn span(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0..60 => format!("{seconds}秒"),
        60..3_600 => format!("{}分{:02}秒", seconds / 60, seconds % 60),
        _ => format!("{}小时{:02}分", seconds / 3_600, seconds / 60 % 60),
    }
}

fn overtook(people: u32) -> String {
    match people {
        0 => String::new(),
        more => format!("，先于 {more} 位等候更久的客户"),
    }
}

fn taken(channel: Channel) -> &'static str {
    match channel {
        Channel::Kiosk => "在取号机",
        Channel::Guide => "由引导员",
        Channel::Phone => "用手机",
        Channel::WalkIn => "在窗口",
        Channel::Roll => "从预印号纸卷",
    }
}

fn cancelled(why: CancelWhy) -> &'static str {
    match why {
        CancelWhy::HeldByNobody => "号票未到客户手中",
        CancelWhy::Customer => "客户放弃",
        CancelWhy::Staff => "工作人员操作",
    }
}

fn stands(place: Place) -> String {
    match place {
        Place::First { .. } => "排在最前".to_owned(),
        Place::ByScore => "按次序".to_owned(),
        Place::AfterCalls(calls) => format!("排在该业务第 {calls} 次呼叫之后"),
    }
}

fn no_paper(why: NoPaper) -> &'static str {
    match why {
        NoPaper::PaperOut => "缺纸",
        NoPaper::CoverOpen => "打印机盖未合",
        NoPaper::CutterJam => "切刀卡住",
        NoPaper::PrinterFault => "打印机故障",
        NoPaper::Unreachable => "打印机无法连接",
        NoPaper::Unknown => "打印中断",
        NoPaper::NoPrinter => "没有打印机",
    }
}
