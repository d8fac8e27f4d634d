//! Papers and their printer.

use client::Language;
use ticket::Trouble;

use super::say;
use crate::controller::PaperName;

/// A paper by its name.
pub(crate) fn paper(language: Language, paper: &PaperName) -> String {
    match paper {
        PaperName::Slip { number } => say(
            language,
            format!("{number} 的号票"),
            format!("the ticket {number}"),
        ),
        PaperName::MissingPapers { number } => say(
            language,
            format!("{number} 的缺件通知单"),
            format!("the missing-papers slip of {number}"),
        ),
        PaperName::Report => say(language, "当日报表", "the report of the day"),
    }
}

/// It is on its way.
pub(crate) fn printing(language: Language, what: &PaperName) -> String {
    let what = paper(language, what);
    say(
        language,
        format!("正在打印{what}…"),
        format!("Printing {what} …"),
    )
}

/// It is there.
pub(crate) fn printed(language: Language, what: &PaperName) -> String {
    let what = paper(language, what);
    say(
        language,
        format!("{what}已打印。"),
        format!("On paper: {what}."),
    )
}

/// It did not come, and it is known.
pub(crate) fn not_on_paper(language: Language, what: &PaperName, trouble: Trouble) -> String {
    let (what, why) = (paper(language, what), printer_trouble(language, trouble));
    say(
        language,
        format!("没有打印{what}。{why}"),
        format!("Not printed: {what}. {why}"),
    )
}

/// Nobody knows whether it came.
pub(crate) fn perhaps_on_paper(language: Language, what: &PaperName) -> String {
    let what = paper(language, what);
    say(
        language,
        format!("{what}可能没有打印完。请看打印机；不完整就再打印一次。"),
        format!("Perhaps not whole: {what}. Look at the printer, and print it again if it is not."),
    )
}

/// Why the printer does not print, and what to do.
#[must_use]
pub fn printer_trouble(language: Language, trouble: Trouble) -> String {
    let (zh, en) = match trouble {
        Trouble::PaperOut => (
            "打印机缺纸。请换纸卷。",
            "The printer is out of paper. Put in a new roll.",
        ),
        Trouble::CoverOpen => (
            "打印机盖打开。请关上。",
            "The printer's cover is open. Close it.",
        ),
        Trouble::Cutter => (
            "打印机切刀卡住。请关机，取出纸后再开。",
            "The printer's cutter is jammed. Switch it off, take the paper out, switch it on.",
        ),
        Trouble::HeadHot => (
            "打印头过热。请等几分钟，会自行恢复。",
            "The printer is too hot. It goes on by itself in some minutes.",
        ),
        Trouble::Unreachable | Trouble::LinkBroken => (
            "连不上打印机。请看电源和连线。",
            "The printer cannot be reached. Check its power and cable.",
        ),
        Trouble::Silent => (
            "打印机没有回应。请关机再开。",
            "The printer does not answer. Switch it off and on.",
        ),
        Trouble::Offline => (
            "打印机离线。请按它的联机键，或关机再开。",
            "The printer is offline. Press its online key, or switch it off and on.",
        ),
        Trouble::Broken => (
            "打印机故障。请通知技术员。",
            "The printer has a fault. Call a technician.",
        ),
        Trouble::Unprintable => (
            "内容无法打印。请通知技术员。",
            "It cannot be put on paper. Call a technician.",
        ),
        Trouble::Unrecorded => (
            "本机磁盘写不进。请通知技术员。",
            "This machine's disk takes nothing. Call a technician.",
        ),
        Trouble::Stopped => (
            "本程序的打印已停止。请重启本程序。",
            "This program prints no more. Restart it.",
        ),
    };
    say(language, zh, en)
}

/// The roll of the printer will soon be used up.
#[must_use]
pub fn paper_near_end(language: Language) -> String {
    say(
        language,
        "打印机的纸快用完。请备好纸卷。",
        "The printer's paper is nearly used up. Have a roll at hand.",
    )
}

/// There is no printer here, and where there is one.
#[must_use]
pub fn no_printer(language: Language) -> String {
    say(
        language,
        "本窗口没有打印机。请到有打印机的窗口或引导台打印；没有纸，号码也有效。",
        "This counter has no printer. Print at a counter or guide desk that has one; the number is \
         valid without paper, too.",
    )
}

/// To print a number again.
#[must_use]
pub fn reprint(language: Language, number: &str) -> String {
    say(
        language,
        format!("补打 {number}"),
        format!("Print {number} again"),
    )
}

/// To finish an errand with this outcome.
#[must_use]
pub fn finish_as(language: Language, outcome: &str) -> String {
    say(
        language,
        format!("打印后办结：{outcome}"),
        format!("Then finish: {outcome}"),
    )
}

/// While the pre-printed roll stands in.
#[must_use]
pub fn roll_in_use(language: Language, next: &str) -> String {
    say(
        language,
        format!("使用纸卷号：下一个是 {next}"),
        format!("Numbers from the roll: {next} is next"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_says_what_is_wrong_and_what_to_do() {
        for trouble in Trouble::ALL {
            let (zh, en) = (
                printer_trouble(Language::Zh, trouble),
                printer_trouble(Language::En, trouble),
            );
            assert_eq!(zh.matches('。').count(), 2, "{zh}");
            assert!(
                zh.split('。')
                    .nth(1)
                    .is_some_and(|what| what.starts_with('请')),
                "{zh}"
            );
            assert!(en.matches(". ").count() >= 1 && en.is_ascii(), "{en}");
        }
    }
}
