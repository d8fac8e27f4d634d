//! The codes by which devices are paired.

use protocol::Role;

use super::pairing::{About, PairingKey, Side};
use super::{Deed, Note, Trust};

/// A code is good for so long, in milliseconds: the way from the hall's machine to the device, twice.
pub const CODE_LIFE_MS: u64 = 10 * 60_000;

/// After so many wrong proofs a code is void.
pub const PROOFS: u32 = 5;

/// Codes that wait at the same time. A hall is set up with dozens of devices.
const MAX_CODES: usize = 256;

/// A code that was made for a device.
#[derive(Clone, Debug)]
pub struct Code {
    /// What the device will be.
    pub role: Role,
    /// The counter at which it will stand.
    pub counter: Option<u16>,
    /// What was made of the code.
    pub key: PairingKey,
    until_ms: u64,
    wrong: u32,
}

impl Trust {
    /// Takes a new code in, in the place of an older one for the same name.
    ///
    /// # Errors
    /// If too many wait.
    pub fn add_code(
        &mut self,
        device: &str,
        (role, counter): (Role, Option<u16>),
        key: PairingKey,
        now_ms: u64,
    ) -> Result<(), &'static str> {
        self.codes.retain(|_, code| code.until_ms > now_ms);
        if self.codes.len() >= MAX_CODES {
            return Err("too many codes wait to be used. Use them, or wait ten minutes.");
        }
        let code = Code {
            role,
            counter,
            key,
            until_ms: now_ms + CODE_LIFE_MS,
            wrong: 0,
        };
        self.codes.insert(device.to_owned(), code);
        Ok(())
    }

    /// Forgets the code of a device.
    pub fn drop_code(&mut self, device: &str) {
        self.codes.remove(device);
    }

    /// Whether a device proves that it knows its code, which is used up by that.
    ///
    /// # Errors
    /// If it does not; with a deed if the code is void now.
    pub fn prove(
        &mut self,
        about: &About<'_>,
        proof: &[u8],
        now_ms: u64,
    ) -> Result<Code, Option<Deed>> {
        let code = self.codes.get_mut(about.device).ok_or(None)?;
        if code.until_ms <= now_ms {
            self.codes.remove(about.device);
            return Err(None);
        }
        if !code.key.is_proof(proof, Side::Device, about) {
            code.wrong += 1;
            if code.wrong < PROOFS {
                return Err(None);
            }
            self.codes.remove(about.device);
            let device = about.device.to_owned();
            return Err(Some(Deed::said(Note::CodeVoid { device })));
        }
        self.codes.remove(about.device).ok_or(None)
    }
}
