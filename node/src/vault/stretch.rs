use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::secret::Secret;

use super::VaultError;

/// Most memory a vault may ask for when it is read, in KiB: 1 GiB.
const MEMORY_CEILING: u32 = 1 << 20;
/// Most passes and lanes a vault may ask for when it is read.
const ROUNDS_CEILING: u32 = 16;

/// How much work it is to try one passphrase: the parameters of argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Stretch {
    /// For a computer: 256 MiB, three passes, under a second.
    pub const FULL: Stretch = Stretch { memory_kib: 256 * 1024, passes: 3, lanes: 1 };
    /// For a small device: 64 MiB.
    pub const SMALL: Stretch = Stretch { memory_kib: 64 * 1024, ..Stretch::FULL };
    /// For tests alone: as good as none.
    pub const TINY: Stretch = Stretch { memory_kib: 8, passes: 1, lanes: 1 };

    /// As [`Stretch::FULL`] with this much memory.
    pub fn with_mib(mib: u32) -> Stretch {
        Stretch { memory_kib: mib.saturating_mul(1024), ..Stretch::FULL }
    }

    /// Says whether parameters read from a file may be used.
    pub(super) fn is_bearable(self) -> bool {
        self.memory_kib <= MEMORY_CEILING && self.passes <= ROUNDS_CEILING && self.lanes <= ROUNDS_CEILING
    }

    /// Stretches a passphrase.
    pub(crate) fn key(self, passphrase: &[u8], salt: &[u8]) -> Result<Secret, VaultError> {
        let refused = |error: argon2::Error| VaultError::Stretch(error.to_string());
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(refused)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut key = Zeroizing::new([0; 32]);
        argon2.hash_password_into(passphrase, salt, key.as_mut_slice()).map_err(refused)?;
        Ok(Secret::new(*key))
    }
}
