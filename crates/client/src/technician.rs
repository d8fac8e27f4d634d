use link::Lost;
use protocol::{ByeCode, Text};

/// What a screen says in a line when only a technician can bring the hall back. The log tells more.
/// `None`: it comes back by itself, or what is wrong is not at this device.
#[must_use]
pub fn for_the_technician(why: &Lost) -> Option<Text> {
    let (zh, en) = match why {
        Lost::NotPaired | Lost::Refused(ByeCode::NotPaired | ByeCode::PairingFailed) => {
            ("本机尚未与大厅配对", "This device is not paired")
        }
        Lost::OtherHall => (
            "应答的不是本机配对的大厅",
            "This is another hall than this device's own",
        ),
        Lost::Refused(ByeCode::Revoked) => ("大厅已停用本机", "The hall has revoked this device"),
        Lost::Refused(ByeCode::Role) => (
            "本机配对的不是这种用途",
            "This device is paired for another use",
        ),
        Lost::Refused(ByeCode::Version) => {
            ("本机程序与大厅版本不同", "The hall is of another version")
        }
        Lost::Refused(ByeCode::Replaced) => (
            "另一台设备用了本机的名称",
            "Another device has this one's name",
        ),
        Lost::NotAHall(_) => (
            "设置的地址上没有大厅应答",
            "No hall answers at this address",
        ),
        Lost::Refused(
            ByeCode::Malformed
            | ByeCode::TooLarge
            | ByeCode::Silent
            | ByeCode::Full
            | ByeCode::Stopping,
        )
        | Lost::Unreachable(_)
        | Lost::Closed
        | Lost::Silent => return None,
    };
    Some(Text::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_mend_itself_calls_for_a_technician_in_both_languages() {
        for why in [
            Lost::NotPaired,
            Lost::OtherHall,
            Lost::Refused(ByeCode::Revoked),
            Lost::Refused(ByeCode::Role),
        ] {
            let text = for_the_technician(&why).expect("a line");
            assert!(!text.zh.is_ascii() && text.en.is_ascii(), "{text:?}");
        }
        for why in [Lost::Closed, Lost::Silent, Lost::Refused(ByeCode::Stopping)] {
            assert_eq!(for_the_technician(&why), None);
        }
    }
}
