//! Row 3, with a reserve: the first time that there is no room nobody is refused.

use super::disk::{Disk, Fault};
use super::sample::{DAY, day_opened, entry, event};
use store::{Store, is_reserve_kept, keep_reserve};
use tempfile::TempDir;

#[test]
fn with_a_reserve_the_first_full_disk_refuses_nobody() {
    let folder = TempDir::new().expect("a folder");
    let disk = Disk::mount(1);
    let mut store = Store::open(folder.path()).expect("a new file");
    keep_reserve(folder.path()).expect("room");
    disk.plan(0, Fault::Full(1));
    let opened = entry(vec![event(day_opened(DAY))]);
    assert_eq!(
        store
            .append(0, std::slice::from_ref(&opened))
            .expect("the reserve"),
        1
    );
    assert!(disk.has_struck() && !is_reserve_kept(folder.path()));
    disk.plan(0, Fault::Full(1));
    store
        .append(1, std::slice::from_ref(&opened))
        .expect_err("now there is none");
    assert_eq!(store.append(1, &[opened]).expect("there is room again"), 2);
}
