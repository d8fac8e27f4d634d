//! Who answers: a paired device talks to the holder of one certificate alone, and looks at nothing else.
//! No authority is asked, and no name or date: a hall has neither a domain nor, after a power cut, always
//! the right time.

use std::fmt::{self, Write as _};
use std::io;
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme, version,
};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Lost;

/// The name that is asked for. A hall has one certificate, whatever the name.
const NAME: &str = "paihao-hall";

/// SHA-256 of a hall's certificate as it travels (DER): by this a device knows its hall.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// A text that is no [`Fingerprint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 32 pairs of hexadecimal digits, with colons between them or without")]
pub struct BadFingerprint;

/// Shakes hands over a connection. `expected` is the hall that the device was paired with;
/// without one whoever answers is taken, and must prove otherwise that it is the hall.
pub(crate) async fn shake_hands(
    stream: TcpStream,
    expected: Option<Fingerprint>,
) -> Result<TlsStream<TcpStream>, Lost> {
    let provider = ring::default_provider();
    let verifier = Arc::new(Holder {
        expected,
        provider: provider.clone(),
    });
    // The provider is named, so that no other package of the program can bring a second one into play.
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&version::TLS13])
        .map_err(|error| Lost::NotAHall(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let name = ServerName::try_from(NAME).map_err(|error| Lost::NotAHall(error.to_string()))?;
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, stream).await.map_err(why)
}

/// The certificate that the other side showed and has the key of.
pub(crate) fn shown(stream: &TlsStream<TcpStream>) -> Option<Fingerprint> {
    let (_, connection) = stream.get_ref();
    let certificate = connection.peer_certificates()?.first()?;
    Some(Fingerprint::of(certificate))
}

fn why(error: io::Error) -> Lost {
    let inner = error.get_ref().and_then(|it| it.downcast_ref::<Error>());
    match inner {
        Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
            Lost::OtherHall
        }
        Some(error) => Lost::NotAHall(error.to_string()),
        None => Lost::Closed,
    }
}

/// Takes the certificate with the expected fingerprint, or any if none is expected, from whoever can sign
/// with its key.
#[derive(Debug)]
struct Holder {
    expected: Option<Fingerprint>,
    provider: CryptoProvider,
}

impl ServerCertVerifier for Holder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.expected {
            Some(expected) if expected != Fingerprint::of(end_entity) => Err(
                Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure),
            ),
            Some(_) | None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

impl Fingerprint {
    fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

/// As `openssl x509 -fingerprint -sha256` and `hall doctor` print it.
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

impl FromStr for Fingerprint {
    type Err = BadFingerprint;

    fn from_str(text: &str) -> Result<Self, BadFingerprint> {
        let digits: String = text.chars().filter(|sign| *sign != ':').collect();
        if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BadFingerprint);
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            let pair = &digits[2 * place..2 * place + 2];
            *byte = u8::from_str_radix(pair, 16).map_err(|_| BadFingerprint)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_printed() {
        let print = Fingerprint::of(b"a certificate");
        let text = print.to_string();
        assert_eq!((text.len(), text.matches(':').count()), (95, 31));
        for text in [&text, &text.to_lowercase(), &text.replace(':', "")] {
            assert_eq!(text.parse(), Ok(print), "{text}");
        }
        for text in ["", "AB", &text[1..], &text.replace(':', "+")] {
            assert_eq!(text.parse::<Fingerprint>(), Err(BadFingerprint), "{text}");
        }
    }
}
