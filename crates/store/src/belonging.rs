//! Files that belong to the memory and lie beside it: the hall's certificate and key, by which paired
//! devices know it. A backup holds them, and a restore puts them back; the memory itself does not.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::chain::Hash;
use crate::file::{if_there, sync_folder, with_suffix};

/// A file, by its path in the data folder.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Belonging {
    pub(crate) name: String,
    content: Vec<u8>,
}

impl Belonging {
    /// Those of `names` that are in a data folder.
    ///
    /// # Errors
    /// If one is there and cannot be read: a backup without it would be found out too late.
    pub(crate) fn find(folder: &Path, names: &[&str]) -> io::Result<Vec<Self>> {
        let mut found = Vec::new();
        for name in names {
            let content = if_there(fs::read(folder.join(name)))?;
            found.extend(content.map(|content| Self {
                name: (*name).to_owned(),
                content,
            }));
        }
        Ok(found)
    }

    pub(crate) fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        let insert = "INSERT OR REPLACE INTO belonging (name, content, sum) VALUES (?1, ?2, ?3)";
        connection.execute(insert, params![self.name, self.content, self.sum()])?;
        Ok(())
    }

    /// Those in a backup that are what was written, and the names of the others.
    pub(crate) fn all(connection: &Connection) -> rusqlite::Result<(Vec<Self>, Vec<String>)> {
        let select = "SELECT name, content, sum FROM belonging ORDER BY name";
        let mut select = connection.prepare(select)?;
        let mut rows = select.query([])?;
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let (name, content) = (row.get(0)?, row.get(1)?);
            let belonging = Self { name, content };
            let sum: Option<Hash> = row.get(2).ok();
            if sum == Some(belonging.sum()) && is_inside(&belonging.name) {
                good.push(belonging);
            } else {
                bad.push(belonging.name);
            }
        }
        Ok((good, bad))
    }

    fn sum(&self) -> Hash {
        Sha256::new_with_prefix((self.name.len() as u64).to_le_bytes())
            .chain_update(&self.name)
            .chain_update(&self.content)
            .finalize()
            .into()
    }

    /// Puts it into a data folder, for its user alone. Another file of that name gets `aside` behind it.
    pub(crate) fn put(&self, folder: &Path, aside: &str) -> io::Result<()> {
        let path = folder.join(&self.name);
        match if_there(fs::read(&path))? {
            Some(there) if there == self.content => return Ok(()),
            Some(_) => fs::rename(&path, with_suffix(&path, aside))?,
            None => {}
        }
        if let Some(parent) = path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(parent)?;
        }
        let part = with_suffix(&path, ".part");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&part)?;
        file.write_all(&self.content)?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        sync_folder(&path)
    }
}

/// A backup that somebody made up must not write elsewhere.
fn is_inside(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    parts.all(|part| matches!(part, std::path::Component::Normal(_)))
}

impl std::fmt::Debug for Belonging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Belonging")
            .field(&PathBuf::from(&self.name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(content: &[u8]) -> Belonging {
        Belonging {
            name: "tls/certificate.pem".to_owned(),
            content: content.to_vec(),
        }
    }

    #[test]
    fn one_that_is_there_already_is_not_put_aside_and_another_is() {
        let folder = tempfile::tempdir().unwrap();
        let put = |content| certificate(content).put(folder.path(), ".before");
        let files = || fs::read_dir(folder.path().join("tls")).unwrap().count();
        for (content, there) in [(b"one", 1), (b"one", 1), (b"two", 2)] {
            put(content).unwrap();
            assert_eq!(files(), there);
        }
    }

    /// A backup without it, or a hall without it, would be found out too late.
    #[test]
    fn one_that_cannot_be_read_is_a_failure_and_one_that_is_not_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["tls/certificate.pem"];
        assert_eq!(Belonging::find(folder.path(), &names).unwrap().len(), 0);
        fs::create_dir_all(folder.path().join(names[0])).unwrap();
        assert!(Belonging::find(folder.path(), &names).is_err());
        assert!(certificate(b"one").put(folder.path(), ".before").is_err());
    }

    #[test]
    fn the_hall_s_key_is_not_in_what_is_said_of_it() {
        let said = format!("{:?}", certificate(b"the key"));
        assert_eq!(said, r#"Belonging("tls/certificate.pem")"#);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for inside in ["tls/key.pem", "key.pem"] {
            assert!(is_inside(inside), "{inside}");
        }
        for outside in ["/etc/passwd", "../key.pem", "tls/../../key.pem"] {
            assert!(!is_inside(outside), "{outside}");
        }
    }
}
