//! The product as its users meet it: real programs, touches, paper, clicks, keys, a wall that
//! speaks. The same story as `cargo xtask demo --headless`.

use std::fs;

#[test]
fn from_touch_to_call() {
    let folder = tempfile::tempdir().unwrap();
    let summary = e2e::demo::tell(folder.path()).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(
        summary.called.numbers,
        ["A002", "A001"],
        "the elderly first"
    );
    let pictures = fs::read_dir(folder.path().join("pictures"))
        .unwrap()
        .count();
    assert_eq!(pictures % 4, 0, "every screen at every step");
    for number in &summary.issued.numbers {
        for ending in ["bin", "png"] {
            let ticket = folder.path().join(format!("tickets/{number}.{ending}"));
            assert!(fs::metadata(&ticket).unwrap().len() > 500, "{ticket:?}");
        }
    }
}
