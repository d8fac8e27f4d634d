//! Every state of the wall, either language leading, both sizes, held against golden pictures.

#![allow(clippy::unwrap_used)] // helpers of tests, outside of test functions

mod stage;

use client::Theme;
use e2e::pictures::Album;
use slint::ComponentHandle;
use stage::scenes::SCENES;
use stage::{CHINESE, ENGLISH, Looks, large};

fn draw(looks: Looks, variant: &str, wanted: &[&str]) {
    let mut album = Album::of("display");
    for (name, scene) in SCENES {
        if !wanted.is_empty() && !wanted.contains(&name) {
            continue;
        }
        let stage = scene(looks);
        let picture = stage.main().window().take_snapshot().unwrap();
        let (language, size) = (looks.leading, format!("{}x{}", looks.width, looks.height));
        let name = format!("{name}.{language}.{size}{variant}");
        album.page(&name, picture.width(), picture.height(), picture.as_bytes());
    }
    album.finish();
}

#[test]
fn chinese_leads() {
    draw(CHINESE, "", &[]);
}

#[test]
fn english_leads() {
    draw(ENGLISH, "", &[]);
}

#[test]
fn chinese_leads_on_a_large_screen() {
    draw(large(CHINESE), "", &[]);
}

#[test]
fn english_leads_on_a_large_screen() {
    draw(large(ENGLISH), "", &[]);
}

#[test]
fn with_the_most_contrast() {
    let looks = |looks| Looks {
        theme: Theme::HighContrast,
        ..looks
    };
    let wanted = ["idle", "several-calls", "stale", "twelve-services"];
    draw(looks(CHINESE), ".contrast", &wanted);
    draw(looks(ENGLISH), ".contrast", &wanted);
}

#[test]
fn in_a_small_and_in_a_deep_room() {
    for (furthest_seat_m, variant) in [(4.0, ".near"), (15.0, ".far")] {
        let looks = Looks {
            furthest_seat_m,
            ..CHINESE
        };
        draw(looks, variant, &["several-calls", "long-names"]);
    }
}
