//! How large a number must be so that the furthest seat can read it (D-01).

use std::f64::consts::PI;

/// The screen and the room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Height of the screen's picture, in millimetres.
    pub screen_height_mm: f64,
    /// From the screen to the furthest seat, in metres.
    pub furthest_seat_m: f64,
}

/// A 55 inch screen and eight metres.
impl Default for Room {
    fn default() -> Self {
        Self {
            screen_height_mm: 685.0,
            furthest_seat_m: 8.0,
        }
    }
}

/// Height of a digit in minutes of arc: what is aimed at, and what is the least (D-01).
const AIM_ARC_MIN: f64 = 22.0;
const LEAST_ARC_MIN: f64 = 16.0;

/// Larger than this part of the screen's height a number of the list leaves no room for four.
const LARGEST_SHARE: f64 = 0.105;

/// Smaller than this looks lost, however near the seats are.
const SMALLEST_SHARE: f64 = 0.05;

impl Room {
    /// Height of a digit in the list of last calls, as part of the screen's height.
    #[must_use]
    pub fn digit_share(&self) -> f64 {
        self.share(AIM_ARC_MIN).clamp(SMALLEST_SHARE, LARGEST_SHARE)
    }

    /// From which distance the numbers are at least 16 minutes of arc high, in metres, if that
    /// is nearer than the furthest seat: then the screen is too small for the room.
    #[must_use]
    pub fn too_far_m(&self) -> Option<f64> {
        let height_mm = self.digit_share() * self.screen_height_mm;
        let readable_m = height_mm / radians(LEAST_ARC_MIN).tan() / 1000.0;
        (readable_m < self.furthest_seat_m).then_some(readable_m)
    }

    fn share(&self, arc_min: f64) -> f64 {
        let height_mm = self.furthest_seat_m * 1000.0 * radians(arc_min).tan();
        height_mm / self.screen_height_mm
    }
}

fn radians(arc_min: f64) -> f64 {
    arc_min / 60.0 * PI / 180.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digit_mm(screen_height_mm: f64, furthest_seat_m: f64) -> f64 {
        let room = Room {
            screen_height_mm,
            furthest_seat_m,
        };
        room.digit_share() * screen_height_mm
    }

    #[test]
    fn numbers_have_the_height_that_the_standard_gives() {
        assert!((digit_mm(685.0, 8.0) - 51.0).abs() < 0.5);
        assert!((digit_mm(685.0, 10.0) - 64.0).abs() < 0.5);
    }

    #[test]
    fn a_screen_that_is_too_small_for_the_room_is_told() {
        let room = |furthest_seat_m| Room {
            furthest_seat_m,
            ..Room::default()
        };
        assert_eq!(room(8.0).too_far_m(), None);
        assert_eq!(room(15.0).too_far_m(), None);
        let readable_m = room(20.0).too_far_m().unwrap();
        assert!((15.0..16.0).contains(&readable_m), "{readable_m}");
    }
}
