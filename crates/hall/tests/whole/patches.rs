//! The bugs of `planted.txt` still fit the files that they are planted in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_bug_can_be_planted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut names = BTreeSet::new();
    for bug in include_str!("planted.txt").split("\nbug ").skip(1) {
        let (name, rest) = bug.split_once('\n').expect("a name");
        assert!(names.insert(name), "{name} is planted once");
        let part = |from: &str, to: &str| {
            let (_, behind) = rest
                .split_once(from)
                .unwrap_or_else(|| panic!("{name} has {from:?}"));
            let (part, _) = behind
                .split_once(to)
                .unwrap_or_else(|| panic!("{name} has {to:?}"));
            part
        };
        let file = part("\nfile ", "\n");
        let text = fs::read_to_string(root.join(file)).unwrap_or_default();
        let found = text.matches(part("\nfrom\n", "\ninto\n")).count();
        assert_eq!(found, 1, "{name}: its text stands {found} times in {file}");
        let planted = format!("crate::planted({name:?})");
        assert!(rest.contains(&planted), "{name} has a switch");
    }
    assert!(names.len() >= 20, "{} bugs", names.len());
}
