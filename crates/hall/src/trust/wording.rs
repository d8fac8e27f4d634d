//! What devices and people are called in Chinese.

use protocol::Role;

use super::PersonRole;

/// What a device is.
pub(super) fn device_role(role: Role) -> &'static str {
    match role {
        Role::Kiosk => "取号机",
        Role::Counter => "窗口设备",
        Role::Wall => "大屏",
        Role::Guide => "引导员设备",
        Role::Supervisor => "班长设备",
        Role::Phone => "手机",
    }
}

/// What a person is.
pub(super) fn person_role(role: PersonRole) -> &'static str {
    match role {
        PersonRole::Clerk => "柜员",
        PersonRole::Guide => "引导员",
        PersonRole::Supervisor => "班长",
    }
}
