//! Who did it, and from where, as a person says it. The record has `counter:desk-2/王芳@192.168.1.20`.

use std::collections::BTreeMap;

use protocol::Role;
use queue::CounterNumber;

use super::{Language, chinese};
use crate::settings::HallSettings;
use crate::trust::devices;
use crate::wording;

/// At which counter each device stands, by its name.
pub type Places = BTreeMap<String, CounterNumber>;

/// The parts of what the record says.
struct Actor<'a> {
    /// `kiosk`, `counter`, `hall`, `admin`, `new`.
    kind: &'a str,
    device: &'a str,
    person: Option<&'a str>,
    address: Option<&'a str>,
}

impl<'a> Actor<'a> {
    fn parse(actor: &'a str) -> Self {
        let (who, address) = split(actor, '@');
        let (who, person) = split(who, '/');
        let (kind, device) = split(who, ':');
        Self {
            kind,
            device: device.unwrap_or_default(),
            person,
            address,
        }
    }
}

fn split(text: &str, sign: char) -> (&str, Option<&str>) {
    match text.split_once(sign) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

/// In words, for somebody who has never seen the record. `at` is the counter at which it happened: it
/// tells where a device stands that is not known any more.
pub(super) fn worded(
    actor: &str,
    at: Option<CounterNumber>,
    places: &Places,
    settings: &HallSettings,
    language: Language,
) -> String {
    let Actor {
        kind,
        device,
        person,
        address,
    } = Actor::parse(actor);
    let role = devices::role(kind);
    let place = places.get(device).copied();
    let place = place.or(at.filter(|_| role == Some(Role::Counter)));
    let mut said = match language {
        Language::English => {
            let place = place.map(|number| wording::counter(settings, number));
            in_english(kind, role, device, place)
        }
        Language::Chinese => {
            let place = place.map(|number| chinese::window(settings, number));
            in_chinese(kind, role, device, place)
        }
    };
    for more in [person, address].into_iter().flatten() {
        said += match language {
            Language::English => ", ",
            Language::Chinese => "，",
        };
        said += more;
    }
    said
}

fn in_english(kind: &str, role: Option<Role>, device: &str, place: Option<String>) -> String {
    match (kind, role, place) {
        ("hall", ..) => "the hall itself".to_owned(),
        ("admin", ..) => match device.strip_prefix("uid-") {
            Some(uid) => format!("administrator (user {uid} of the hall's machine)"),
            None => "administrator".to_owned(),
        },
        ("new", ..) => format!("{device}, not yet paired"),
        (_, Some(Role::Counter), Some(place)) => format!("counter {place} ({device})"),
        (_, Some(Role::Counter), None) => format!("counter device {device}"),
        (_, Some(Role::Kiosk), _) => format!("ticket machine {device}"),
        (_, Some(Role::Wall), _) => format!("wall display {device}"),
        (_, Some(Role::Guide), _) => format!("guide's device {device}"),
        (_, Some(Role::Supervisor), _) => format!("supervisor's device {device}"),
        (_, Some(Role::Phone), _) => "a customer's telephone".to_owned(),
        (_, None, _) => format!("{kind} {device}").trim_end().to_owned(),
    }
}

fn in_chinese(kind: &str, role: Option<Role>, device: &str, place: Option<String>) -> String {
    match (kind, role, place) {
        ("hall", ..) => "系统自动".to_owned(),
        ("admin", ..) => match device.strip_prefix("uid-") {
            Some(uid) => format!("管理员（主机用户 {uid}）"),
            None => "管理员".to_owned(),
        },
        ("new", ..) => format!("{device}（未配对）"),
        (_, Some(Role::Counter), Some(place)) => format!("{place} {device}"),
        (_, Some(Role::Counter), None) => format!("窗口设备 {device}"),
        (_, Some(Role::Kiosk), _) => format!("取号机 {device}"),
        (_, Some(Role::Wall), _) => format!("大屏 {device}"),
        (_, Some(Role::Guide), _) => format!("引导员设备 {device}"),
        (_, Some(Role::Supervisor), _) => format!("班长设备 {device}"),
        (_, Some(Role::Phone), _) => "客户手机".to_owned(),
        (_, None, _) => format!("{kind} {device}").trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_where_are_said_as_people_say_them() {
        let settings = HallSettings::default_hall();
        let places = Places::from([("desk-2".to_owned(), CounterNumber(2))]);
        let both = |actor: &str, at: Option<u16>| {
            let at = at.map(CounterNumber);
            [Language::English, Language::Chinese]
                .map(|language| worded(actor, at, &places, &settings, language))
        };
        for (actor, at, english, chinese) in [
            ("hall", Some(2), "the hall itself", "系统自动"),
            (
                "counter:desk-2/王芳@192.168.1.20",
                Some(4),
                "counter 2 缴费 (desk-2), 王芳, 192.168.1.20",
                "2号窗口（缴费） desk-2，王芳，192.168.1.20",
            ),
            (
                "counter:gone@fe80::1",
                Some(3),
                "counter 3 综合业务 (gone), fe80::1",
                "3号窗口（综合业务） gone，fe80::1",
            ),
            ("counter:gone", None, "counter device gone", "窗口设备 gone"),
            (
                "kiosk:kiosk-1",
                Some(3),
                "ticket machine kiosk-1",
                "取号机 kiosk-1",
            ),
            (
                "supervisor:tablet/李强",
                None,
                "supervisor's device tablet, 李强",
                "班长设备 tablet，李强",
            ),
            (
                "admin:uid-990",
                None,
                "administrator (user 990 of the hall's machine)",
                "管理员（主机用户 990）",
            ),
            (
                "new:desk-9@10.0.0.9",
                None,
                "desk-9, not yet paired, 10.0.0.9",
                "desk-9（未配对），10.0.0.9",
            ),
            ("of:later", None, "of later", "of later"),
        ] {
            assert_eq!(both(actor, at), [english, chinese], "{actor}");
        }
    }
}
