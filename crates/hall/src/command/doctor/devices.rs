//! Devices and people, as the running hall knows them.

use std::path::Path;

use hall::admin::{Answer, Ask, CallError, DeviceShown, PersonShown, call};
use hall::wording;

use super::Findings;

impl Findings {
    /// Which devices are dark, and who is locked.
    pub(super) fn devices(&mut self, data: &Path) {
        match (call(data, &Ask::Devices {}), call(data, &Ask::People {})) {
            (Ok(Answer::Devices { devices }), Ok(Answer::People { people })) => {
                self.dark(&devices);
                self.locked(&people);
            }
            (Err(error), _) | (_, Err(error)) => self.not_told(&error),
            _ => self.look(
                "devices",
                "the running hall is of another release".to_owned(),
                "Use the hall program of the same release.",
            ),
        }
    }

    fn dark(&mut self, devices: &[DeviceShown]) {
        let dark = devices.iter().filter(|device| device.address.is_none());
        let dark: Vec<&str> = dark.map(|device| device.name.as_str()).collect();
        let all = wording::count(devices.len() as u64, "device");
        if dark.is_empty() {
            let what = format!("{all} paired, none of which is missing");
            return self.good("devices", what);
        }
        let what = format!("{all} paired; not connected: {}", dark.join(", "));
        let mend = "Look whether it is on and has the network; its screen and its log say why. What has gone for good: hall revoke NAME.";
        self.look("devices", what, mend);
    }

    fn locked(&mut self, people: &[PersonShown]) {
        let locked = people.iter().filter(|person| person.locked_min.is_some());
        let locked: Vec<&str> = locked.map(|person| person.name.as_str()).collect();
        if locked.is_empty() {
            let count = people.len();
            return self.good(
                "people",
                format!("{count} may sign in, and nobody is locked"),
            );
        }
        let what = format!("locked after wrong PINs: {}", locked.join(", "));
        let mend = "Ask them. If it was nobody of yours, look who stood at the devices that hall audit show names; hall people unlock NAME ends it.";
        self.look("people", what, mend);
    }

    fn not_told(&mut self, error: &CallError) {
        self.look(
            "devices",
            error.to_string(),
            "Do this as the user that the hall runs as.",
        );
    }
}
