//! The hall's certificate: made at the first start, shown to whoever connects by TLS, and known to
//! paired devices by its fingerprint.
//!
//! No authority vouches for it. A device learns the fingerprint when it is paired, and from then on
//! talks to the holder of this very key alone.

use std::fmt::{self, Write as _};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

/// The folder of the certificate and its key, inside the hall's data folder.
const FOLDER: &str = "tls";

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// What the certificate is made out to. Devices go by its fingerprint and never look at this.
const NAME: &str = "paihao-hall";

/// What a backup needs besides the memory: without it every device would have to be paired anew.
pub const BELONGINGS: [&str; 2] = ["tls/certificate.pem", "tls/key.pem"];

/// The hall's certificate with its key.
#[derive(Clone)]
pub struct Certificate {
    acceptor: TlsAcceptor,
    fingerprint: Fingerprint,
    data: PathBuf,
}

/// SHA-256 of a certificate as it travels (DER).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// Why there is no certificate. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read or written.
    #[error("the hall's certificate in {} cannot be {what}: {reason}. Give the hall's user this folder alone, and room on the disk.", path.display())]
    File {
        /// Read or written.
        what: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Its key is gone, and with it the trust of every paired device.
    #[error("{} is there but its key {KEY} is not. Bring the key back from a copy of the folder; or take the folder away, and pair every device anew.", path.display())]
    NoKey {
        /// The certificate.
        path: PathBuf,
    },
    /// What is there is no certificate, or not the one of the key.
    #[error("the certificate or the key in {} is damaged: {reason}. Bring the folder back from a copy; or take it away, and pair every device anew.", path.display())]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl Certificate {
    /// The certificate of a hall's data folder, made there if there was none.
    ///
    /// # Errors
    /// See [`CertificateError`].
    pub fn open(data: &Path) -> Result<Self, CertificateError> {
        let folder = data.join(FOLDER);
        let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
        match (certificate.exists(), key.exists()) {
            (true, true) => {}
            (true, false) => return Err(CertificateError::NoKey { path: certificate }),
            // A key alone is what a stop during the making left, and nobody was paired with it.
            (false, _) => make(&folder)?,
        }
        read(data)
    }

    /// The certificate of a hall's data folder, if one was made.
    ///
    /// # Errors
    /// See [`CertificateError`].
    pub fn find(data: &Path) -> Result<Option<Self>, CertificateError> {
        let folder = data.join(FOLDER);
        match folder.join(CERTIFICATE).exists() {
            true => read(data).map(Some),
            false => Ok(None),
        }
    }

    /// By this a device knows the hall again.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The data folder of the hall whose it is.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.fingerprint)
    }
}

/// In hexadecimal, by pairs with colons, as `openssl x509 -fingerprint -sha256` prints it.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_char(':')?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Makes a key and signs a certificate with it. It does not expire: a device trusts the key, and a
/// hall whose screens go dark on a date that nobody remembers helps nobody.
fn make(folder: &Path) -> Result<(), CertificateError> {
    let damaged = |error: rcgen::Error| CertificateError::Damaged {
        path: folder.to_owned(),
        reason: error.to_string(),
    };
    let key = KeyPair::generate().map_err(damaged)?;
    let mut about = CertificateParams::new([NAME.to_owned()]).map_err(damaged)?;
    about.distinguished_name = DistinguishedName::new();
    about.distinguished_name.push(DnType::CommonName, NAME);
    let certificate = about.self_signed(&key).map_err(damaged)?;
    let mut private = DirBuilder::new();
    private
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|reason| not_written(folder, reason))?;
    // The key comes first: a certificate shows that both are there.
    write(&folder.join(KEY), &key.serialize_pem())?;
    write(&folder.join(CERTIFICATE), &certificate.pem())
}

/// Writes a file that nobody else can read: all of it, or none.
fn write(path: &Path, text: &str) -> Result<(), CertificateError> {
    let half = path.with_extension("half");
    let written = || {
        let _ = fs::remove_file(&half);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&half)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&half, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    written().map_err(|reason| not_written(path, reason))
}

fn not_written(path: &Path, reason: io::Error) -> CertificateError {
    CertificateError::File {
        what: "written",
        path: path.to_owned(),
        reason,
    }
}

fn read(data: &Path) -> Result<Certificate, CertificateError> {
    let folder = data.join(FOLDER);
    let damaged = |reason: String| CertificateError::Damaged {
        path: folder.clone(),
        reason,
    };
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|reason| CertificateError::File {
            what: "read",
            path,
            reason,
        })
    };
    let (certificate, key) = (read(CERTIFICATE)?, read(KEY)?);
    let certificate =
        CertificateDer::from_pem_slice(&certificate).map_err(|error| damaged(error.to_string()))?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|error| damaged(error.to_string()))?;
    let fingerprint = Fingerprint(Sha256::digest(&certificate).into());
    let config = config(certificate, key).map_err(|error| damaged(error.to_string()))?;
    Ok(Certificate {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        fingerprint,
        data: data.to_owned(),
    })
}

/// TLS 1.3 alone: whoever connects is of this release, or a browser of this decade. The provider is
/// named, so that no other package of the program can bring a second one into play.
fn config(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_certificate_is_made_once_and_its_key_is_for_the_hall_alone() {
        let data = tempfile::tempdir().unwrap();
        assert!(Certificate::find(data.path()).unwrap().is_none());
        let first = Certificate::open(data.path()).unwrap().fingerprint();
        assert_eq!(Certificate::open(data.path()).unwrap().fingerprint(), first);
        let rights = |path: &str| {
            let about = fs::metadata(data.path().join(path)).unwrap();
            about.permissions().mode() & 0o777
        };
        assert_eq!((rights("tls"), rights("tls/key.pem")), (0o700, 0o600));
        let other = tempfile::tempdir().unwrap();
        assert_ne!(
            Certificate::open(other.path()).unwrap().fingerprint(),
            first
        );
        let shown = first.to_string();
        assert_eq!((shown.len(), shown.matches(':').count()), (95, 31));
    }

    #[test]
    fn a_backup_takes_what_is_there() {
        let data = tempfile::tempdir().unwrap();
        Certificate::open(data.path()).unwrap();
        let there = BELONGINGS.map(|name| data.path().join(name).exists());
        assert_eq!(there, [true, true]);
    }

    #[test]
    fn a_stop_during_the_making_leaves_nothing_that_stays_in_the_way() {
        let data = tempfile::tempdir().unwrap();
        make(&data.path().join(FOLDER)).unwrap();
        fs::remove_file(data.path().join("tls/certificate.pem")).unwrap();
        fs::write(data.path().join("tls/certificate.half"), "half").unwrap();
        Certificate::open(data.path()).unwrap();
    }

    #[test]
    fn a_lost_or_damaged_key_is_told_and_never_made_anew() {
        let data = tempfile::tempdir().unwrap();
        Certificate::open(data.path()).unwrap();
        let key = data.path().join("tls/key.pem");
        let kept = fs::read(&key).unwrap();
        fs::remove_file(&key).unwrap();
        let told = Certificate::open(data.path()).unwrap_err().to_string();
        assert!(told.contains("pair every device anew"), "{told}");
        let other = tempfile::tempdir().unwrap();
        Certificate::open(other.path()).unwrap();
        fs::copy(other.path().join("tls/key.pem"), &key).unwrap();
        let told = Certificate::open(data.path()).unwrap_err().to_string();
        assert!(told.contains("damaged"), "{told}");
        fs::write(&key, &kept[..kept.len() / 2]).unwrap();
        let told = Certificate::open(data.path()).unwrap_err().to_string();
        assert!(told.contains("damaged"), "{told}");
        fs::write(&key, kept).unwrap();
        Certificate::open(data.path()).unwrap();
    }
}
