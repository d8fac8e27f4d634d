//! The pairing of this device: done once with a code from the hall, kept in a file that nobody else
//! can read, and used at every start.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use link::{Fingerprint, Paired};
use protocol::{Role, Secret};
use serde::{Deserialize, Serialize};

/// Why a device's pairing cannot be had. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PairingError {
    /// The file cannot be read or written.
    #[error("the pairing of this device cannot be {what} in {}: {reason}. Give the program's user this folder, or name another file with --paired.", file.display())]
    File {
        /// Read or written.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// The file makes no sense.
    #[error("{} is damaged: {reason}. Take it away, and pair this device anew with --pair and a code from the hall.", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong, without the key.
        reason: String,
    },
    /// There is no code to read.
    #[error("--pair - reads the code from the standard input, and nothing came there: {0}")]
    NoCode(io::Error),
    /// The hall did not pair this device.
    #[error(transparent)]
    Pairing(#[from] link::PairError),
    /// The code was for another kind of program.
    #[error(
        "the code was made for a {made_for:?}, and this program is a {is:?}. Have the hall forget the device, and make a code for a {is:?}."
    )]
    OtherRole {
        /// For what.
        made_for: Role,
        /// What this is.
        is: Role,
    },
    /// The machine gives no thread or no sockets.
    #[error("the machine gives no network: {0}")]
    Machine(io::Error),
}

/// The code by which a device is paired. It works once and for some minutes; it is not shown all the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code itself: as it was given, or a line of the standard input where it was given as `-`, so
    /// that it stands in no list of processes.
    ///
    /// # Errors
    /// If there is nothing to read.
    pub fn read(&self) -> Result<String, PairingError> {
        if self.0 != "-" {
            return Ok(self.0.clone());
        }
        let mut line = String::new();
        let length = io::stdin().read_line(&mut line);
        match length.map_err(PairingError::NoCode)? {
            0 => Err(PairingError::NoCode(io::ErrorKind::UnexpectedEof.into())),
            _ => Ok(line.trim().to_owned()),
        }
    }
}

impl From<String> for Code {
    fn from(code: String) -> Self {
        Self(code)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(***)")
    }
}

/// The file, `paired.toml`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    /// For people: who this is in the hall.
    device: String,
    role: Role,
    /// SHA-256 of the hall's certificate.
    hall: String,
    /// Whoever has it is this device.
    key: Secret,
}

/// Pairs this device with its hall, and writes down what came of it.
pub(crate) fn pair(
    settings: &link::Settings,
    code: &str,
    file: &Path,
) -> Result<Paired, PairingError> {
    let link::Settings {
        address,
        role,
        device,
        app,
        ..
    } = settings;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(PairingError::Machine)?;
    let (paired, made_for) = runtime.block_on(link::pair(address, device, app, code))?;
    if made_for != *role {
        let is = *role;
        return Err(PairingError::OtherRole { made_for, is });
    }
    write(file, device, *role, &paired)?;
    tracing::info!(
        "{device} is paired with the hall at {address}, whose certificate is {}. It is kept in {}",
        paired.hall,
        file.display()
    );
    Ok(paired)
}

/// Reads what a pairing left. `None`: this device was not paired.
pub(crate) fn read(file: &Path) -> Result<Option<Paired>, PairingError> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(reason) => return Err(not_done("read", file, reason)),
    };
    keep_to_ourselves(file);
    // The line that is wrong is not shown: it may be that of the key.
    let damaged = |reason: &str| PairingError::Damaged {
        file: file.to_owned(),
        reason: reason.to_owned(),
    };
    let words: Words = toml::from_str(&text).map_err(|error| damaged(error.message()))?;
    let hall: Fingerprint = words.hall.parse().map_err(|_| damaged("no fingerprint"))?;
    Ok(Some(Paired {
        hall,
        key: words.key,
    }))
}

/// Writes down what the pairing gave: all of it, or what was there before stays.
pub(crate) fn write(
    file: &Path,
    device: &str,
    role: Role,
    paired: &Paired,
) -> Result<(), PairingError> {
    let words = Words {
        device: device.to_owned(),
        role,
        hall: paired.hall.to_string(),
        key: paired.key.clone(),
    };
    let written = || {
        let text = toml::to_string(&words).map_err(io::Error::other)?;
        let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let mut private = DirBuilder::new();
        private.recursive(true).mode(0o700).create(folder)?;
        let half = file.with_extension("half");
        // What a stop left is of no use.
        let _ = fs::remove_file(&half);
        let mut new = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&half)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        fs::rename(&half, file)?;
        File::open(folder)?.sync_all()
    };
    written().map_err(|reason| not_done("written", file, reason))
}

/// Somebody may have copied the file and opened it to all: the key is taken back to this user.
fn keep_to_ourselves(file: &Path) {
    let rights = fs::metadata(file).map(|about| about.permissions().mode());
    if rights.is_ok_and(|mode| mode & 0o077 != 0) {
        let mended = fs::set_permissions(file, Permissions::from_mode(0o600)).is_ok();
        tracing::warn!(
            file = %file.display(),
            mended,
            "other users of this machine could read this device's key. If one may have, revoke the device at the hall and pair it anew"
        );
    }
}

fn not_done(what: &'static str, file: &Path, reason: io::Error) -> PairingError {
    PairingError::File {
        what,
        file: file.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired() -> Paired {
        Paired {
            hall: Fingerprint([7; 32]),
            key: Secret::new("a secret"),
        }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_pairing_is_kept_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kiosk/kiosk-1.paired.toml");
        assert!(read(&file).unwrap().is_none());
        // A stop in the middle left this.
        fs::create_dir(folder.path().join("kiosk")).unwrap();
        fs::write(file.with_extension("half"), "half").unwrap();
        write(&file, "kiosk-1", Role::Kiosk, &paired()).unwrap();
        assert!(read(&file).unwrap() == Some(paired()));
        assert_eq!(mode(&file), 0o600);
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert!(read(&file).unwrap().is_some());
        assert_eq!(mode(&file), 0o600, "taken back");
    }

    #[test]
    fn a_damaged_pairing_says_so_without_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paired.toml");
        write(&file, "kiosk-1", Role::Kiosk, &paired()).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        for damaged in [
            text.replace("hall = \"07", "hall = \"0x"),
            text.replace("a secret\"", "a secret"),
            text.replace("key", "kex"),
            String::new(),
        ] {
            fs::write(&file, damaged).unwrap();
            let Err(error) = read(&file) else {
                panic!("it was taken");
            };
            let told = error.to_string();
            assert!(told.contains("pair this device anew"), "{told}");
            assert!(!told.contains("a secret"), "{told}");
        }
    }

    #[test]
    fn neither_key_nor_code_is_shown() {
        let shown = format!("{:?} {:?}", paired(), Code::from("4711-0815".to_owned()));
        assert!(
            !shown.contains("secret") && !shown.contains("4711"),
            "{shown}"
        );
    }
}
