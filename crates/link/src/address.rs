use std::fmt;
use std::str::FromStr;

/// Where a hall listens: `wss://HOST:PORT/ws`, or `ws://` on the hall's own machine. The scheme, the
/// port and the path may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    host: String,
    port: u16,
    is_secure: bool,
}

impl Address {
    /// A hall on a host, at a port.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            is_secure: false,
        }
    }

    /// The same hall, to be spoken to by TLS alone. A paired device does so in any case; one that is
    /// not has no hall there.
    #[must_use]
    pub fn secure(self) -> Self {
        Self {
            is_secure: true,
            ..self
        }
    }

    /// Whether nothing is to be said plainly.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Name or number of the host, without the brackets of IPv6.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::new("127.0.0.1", protocol::DEFAULT_PORT)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, port, path) = (&self.host, self.port, protocol::PATH);
        let scheme = if self.is_secure { "wss" } else { "ws" };
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{port}{path}")
        } else {
            write!(f, "{scheme}://{host}:{port}{path}")
        }
    }
}

/// Why a text is no address of a hall.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Only `wss://` and `ws://` are spoken.
    #[error(
        "write it as wss://HOST:PORT, or as ws://127.0.0.1:PORT on the hall's own machine: `{0}` is not spoken here"
    )]
    Scheme(String),
    /// The hall has one path only.
    #[error("leave the path `/{0}` out: a hall listens at {path}", path = protocol::PATH)]
    Path(String),
    /// There is no host, or it has signs that no host has.
    #[error(
        "`{0}` is no host: write it as wss://HOST:PORT, or as ws://127.0.0.1:PORT on the hall's own machine"
    )]
    Host(String),
    /// The port is no number from 1 to 65535.
    #[error("`{0}` is no port: write a number from 1 to 65535")]
    Port(String),
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let (is_secure, rest) = without_scheme(text.trim())?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !path.is_empty() && Some(path) != protocol::PATH.strip_prefix('/') {
            return Err(BadAddress::Path(path.to_owned()));
        }
        let (host, port) = host_and_port(authority)?;
        let usual = |c: char| c.is_ascii_alphanumeric() || ".-_:%".contains(c);
        if host.is_empty() || !host.chars().all(usual) {
            return Err(BadAddress::Host(authority.to_owned()));
        }
        let host = host.to_owned();
        Ok(Self {
            host,
            port,
            is_secure,
        })
    }
}

/// Whether TLS is asked for, and the rest.
fn without_scheme(text: &str) -> Result<(bool, &str), BadAddress> {
    match text.split_once("://") {
        Some(("wss", rest)) => Ok((true, rest)),
        Some(("ws", rest)) => Ok((false, rest)),
        Some((scheme, _)) => Err(BadAddress::Scheme(scheme.to_owned())),
        None => Ok((false, text)),
    }
}

fn host_and_port(authority: &str) -> Result<(&str, u16), BadAddress> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest
                .split_once(']')
                .ok_or_else(|| BadAddress::Host(authority.to_owned()))?;
            (host, after.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let Some(port) = port else {
        return Ok((host, protocol::DEFAULT_PORT));
    };
    match port.parse() {
        Ok(number) if number > 0 => Ok((host, number)),
        _ => Err(BadAddress::Port(port.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_left_out_is_filled_in() {
        for text in [
            "ws://hall:7410/ws",
            "ws://hall:7410",
            "ws://hall/",
            "hall:7410",
            " hall ",
        ] {
            assert_eq!(text.parse(), Ok(Address::new("hall", 7410)), "{text}");
        }
        assert_eq!(
            "ws://[::1]:80".parse::<Address>().unwrap().to_string(),
            "ws://[::1]:80/ws"
        );
        let secure = "wss://hall".parse::<Address>();
        assert_eq!(secure, Ok(Address::new("hall", 7410).secure()));
        assert_eq!(secure.unwrap().to_string(), "wss://hall:7410/ws");
    }

    #[test]
    fn a_mistake_says_what_to_write() {
        for (text, part) in [
            ("http://hall", "wss://HOST:PORT"),
            ("https://hall", "`https` is not spoken"),
            ("ws://hall/api", "leave the path `/api` out"),
            ("ws://:7410", "no host"),
            ("ws://a b:1", "no host"),
            ("[::1", "no host"),
            ("hall:0", "1 to 65535"),
            ("hall:99999", "1 to 65535"),
            ("::1", "1 to 65535"),
        ] {
            let mistake = text.parse::<Address>().unwrap_err().to_string();
            assert!(mistake.contains(part), "{text}: {mistake}");
        }
    }
}
