//! What the made-up hall offers, and to whom.

use protocol::{ClassRow, ServiceRow, Text, WaitRange};

/// Code, names, zone, counters, people waiting and wait of a service.
pub(super) type Offer = (
    &'static str,
    [&'static str; 2],
    &'static str,
    &'static [u16],
    u32,
    Option<(u32, u32)>,
);

pub(super) const OFFERS: [Offer; 8] = [
    (
        "A",
        ["电费缴纳", "Pay an electricity bill"],
        "A",
        &[1, 2, 3],
        4,
        Some((5, 10)),
    ),
    (
        "B",
        ["新装增容", "New connection, more capacity"],
        "B",
        &[4, 5],
        12,
        Some((20, 35)),
    ),
    (
        "C",
        ["变更用电", "Change of name, meter, tariff"],
        "B",
        &[3, 4],
        3,
        Some((10, 15)),
    ),
    (
        "D",
        ["咨询查询", "Questions and look-ups"],
        "A",
        &[1, 2, 5],
        0,
        Some((0, 0)),
    ),
    (
        "E",
        ["故障报修", "Report a fault"],
        "A",
        &[5],
        1,
        Some((5, 5)),
    ),
    (
        "F",
        ["发票打印", "Print an invoice"],
        "A",
        &[1, 2, 3],
        28,
        Some((25, 40)),
    ),
    (
        "G",
        ["投诉建议", "Complaint or suggestion"],
        "C",
        &[6],
        0,
        None,
    ),
    (
        "V",
        ["大客户服务", "Key accounts"],
        "C",
        &[6],
        2,
        Some((15, 20)),
    ),
];

/// The papers of each service (一次性告知), in the order of [`OFFERS`].
const PAPERS: [&[[&str; 2]]; 8] = [
    &[["户号或电费卡", "Customer number or card"]],
    &[
        ["身份证", "ID card"],
        ["房产证明", "Proof of property"],
        ["用电设备清单", "List of appliances"],
    ],
    &[
        ["身份证", "ID card"],
        ["户号", "Customer number"],
        [
            "原户主同意书（仅过户）",
            "Consent of the former holder (change of name only)",
        ],
    ],
    &[["户号、电费卡或身份证", "Customer number, card or ID card"]],
    &[["户号、地址、联系电话", "Customer number, address, phone"]],
    &[["户号、税号", "Customer number, tax number"]],
    &[],
    &[["户号", "Customer number"]],
];

/// Code, label, what a customer says, and whether the kiosk offers it.
pub(super) const CLASSES: [(&str, [&str; 2], [&str; 2], bool); 6] = [
    (
        "ordinary",
        ["普通", "Ordinary"],
        ["取号", "Take a number"],
        true,
    ),
    (
        "elderly",
        ["老人", "Elderly"],
        ["我年满60岁", "I am 60 or older"],
        true,
    ),
    (
        "disabled",
        ["残疾人", "Disabled"],
        ["我是残疾人", "I am disabled"],
        true,
    ),
    (
        "veteran",
        ["军人", "Veteran"],
        ["我是军人或退役军人", "I am a soldier or a veteran"],
        true,
    ),
    (
        "pregnant",
        ["孕妇", "Pregnant"],
        ["我是孕妇", "I am pregnant"],
        true,
    ),
    (
        "key_account",
        ["大客户", "Key account"],
        ["我是大客户", "I am a key account"],
        false,
    ),
];

/// The row of a service by its place among [`OFFERS`].
pub(super) fn service(place: usize) -> ServiceRow {
    let (code, [zh, en], zone, counters, waiting, wait) = OFFERS[place];
    ServiceRow {
        code: code.into(),
        name: Text::new(zh, en),
        zone: Text::new(format!("{zone}区"), format!("Zone {zone}")),
        papers: PAPERS[place]
            .iter()
            .map(|[zh, en]| Text::new(*zh, *en))
            .collect(),
        counters: counters.to_vec(),
        // Nobody sits at the counter for complaints, so that this can be seen too.
        open_counters: if code == "G" { 0 } else { 1 },
        at_kiosk: true,
        waiting,
        wait: wait.map(range),
        ..Default::default()
    }
}

/// The row of a class.
pub(super) fn class(
    &(code, [zh, en], [claim_zh, claim_en], at_kiosk): &(&str, [&str; 2], [&str; 2], bool),
) -> ClassRow {
    ClassRow {
        code: code.into(),
        label: Text::new(zh, en),
        claim: Text::new(claim_zh, claim_en),
        favoured: code != "ordinary",
        at_kiosk,
        ..Default::default()
    }
}

pub(super) fn range((low_min, high_min): (u32, u32)) -> WaitRange {
    WaitRange { low_min, high_min }
}
