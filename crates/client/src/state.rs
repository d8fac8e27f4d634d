use std::path::PathBuf;

/// Where programs keep what outlives them (XDG Base Directory Specification 0.8). `None` where a user has
/// no folder of their own.
#[must_use]
pub fn state_folder() -> Option<PathBuf> {
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from);
    let home = || folder("HOME").map(|home| home.join(".local/state"));
    folder("XDG_STATE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(home)
        .map(|folder| folder.join("paihao"))
}
