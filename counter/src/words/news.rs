//! What the hall did.

use client::Language;

use super::say;
use crate::controller::News;

/// What the hall did, in the language of the screen. `service_name` names a service by its code.
pub(crate) fn news(
    language: Language,
    news: &News,
    service_name: impl Fn(&str) -> String,
) -> String {
    let (zh, en) = match news {
        News::Printing(paper) => return super::paper::printing(language, paper),
        News::Printed(paper) => return super::paper::printed(language, paper),
        News::RollBegun { number } => (
            format!("改用纸卷号，从 {number} 叫起。"),
            format!("Numbers come from the roll now, from {number} on."),
        ),
        News::RollEnded => (
            "已停用纸卷号，恢复取号。".to_owned(),
            "The roll is not used any more. Kiosks give numbers again.".to_owned(),
        ),
        News::Finished { number } => (
            format!("{number} 已办结。"),
            format!("{number} is finished."),
        ),
        News::NoShow { number } => (
            format!("{number} 已记为过号。回来时按 K。"),
            format!("{number} is marked as a no-show. Press K if the customer comes."),
        ),
        News::Recalled { number } => (
            format!("已再次呼叫 {number}。"),
            format!("{number} was called again."),
        ),
        News::Continued { number, service } => {
            let service = service_name(service);
            (
                format!("{number} 的下一项业务“{service}”也在本窗口办理。"),
                format!("The next errand of {number} is done here, too: {service}."),
            )
        }
        News::OnHold { number } => (
            format!("{number} 已挂起。按 K 继续办理。"),
            format!("{number} is on hold. Press K to go on with it."),
        ),
        News::PutBack { number } => (
            format!("{number} 已退回队列。"),
            format!("{number} is back in the queue."),
        ),
        News::HandedOver { number } => (
            format!("{number} 已转办。"),
            format!("{number} is handed over."),
        ),
        News::ClassSet { number } => (
            format!("{number} 的客户类别已记录。"),
            format!("The class of {number} is recorded."),
        ),
        News::Cancelled { number } => (
            format!("{number} 已取消。"),
            format!("{number} is cancelled."),
        ),
        News::Returned {
            number,
            after_calls,
        } => (
            format!("{number} 已复号，再叫 {after_calls} 位后轮到。"),
            format!(
                "{number} is back in the queue; its turn comes after {after_calls} more calls."
            ),
        ),
        News::OnPaper => (
            "已记为有号。".to_owned(),
            "It is recorded that the customer has the number.".to_owned(),
        ),
    };
    say(language, zh, en)
}
