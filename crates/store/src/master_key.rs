//! The key that seals what must be read back in clear, such as private keys.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::random;

/// The layout of a sealed value: this byte, the nonce, ciphertext and tag.
const FORMAT: u8 = 1;
const KEY_LENGTH: usize = 32;

/// Seals and opens values with AES-256-GCM. Its 32 bytes lie in a file of
/// mode 0600 outside the database, or come from the environment, so that a
/// copy of the database is not enough to sign a token.
pub struct MasterKey {
    seal: RandomizedNonceKey,
    derivation: hmac::Key,
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read or created.
    #[error("the master key {} cannot be read or created: {source}", path.display())]
    Io {
        /// The key file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// Others may read the file.
    #[error(
        "the master key {} has mode {mode:04o}: others could read it. Run 'chmod 600 {}', and replace the key when others had access",
        path.display(),
        path.display()
    )]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold 32 bytes.
    #[error(
        "the master key {} holds {length} bytes instead of 32: put the original file back, as nothing else opens what it sealed",
        path.display()
    )]
    Length {
        /// The key file.
        path: PathBuf,
        /// How many bytes it holds.
        length: usize,
    },
    /// The text does not stand for 32 bytes. It is not repeated here.
    #[error(
        "the master key given as text is not 32 bytes in base64 (44 characters) or hexadecimal (64 digits): make one with 'openssl rand -base64 32'"
    )]
    Text,
}

/// A sealed value that does not open.
#[derive(Debug, thiserror::Error)]
#[error(
    "it does not open with this master key: master.key or SHUKUBA_MASTER_KEY is not the one of this database, or the row was changed"
)]
pub(crate) struct SealBroken;

impl MasterKey {
    /// Reads the key at `path`; makes one when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or created, can be read by group or
    /// others, or does not hold 32 bytes.
    pub fn open(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = match std::fs::File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create(path).map_err(failed)?;
                std::fs::File::open(path)
            }
            opened => opened,
        }
        .map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_LENGTH + 1));
        Read::by_ref(&mut file)
            .take(KEY_LENGTH as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        match <&[u8; KEY_LENGTH]>::try_from(bytes.as_slice()) {
            Ok(key) => Ok(Self::from_bytes(key)),
            Err(_) => Err(MasterKeyError::Length {
                path: path.to_owned(),
                length: bytes.len(),
            }),
        }
    }

    /// The key with these bytes.
    #[expect(
        clippy::expect_used,
        reason = "AES-256 takes every key of 32 bytes, and HKDF gives the 32 of one HMAC key"
    )]
    pub fn from_bytes(bytes: &[u8; KEY_LENGTH]) -> Self {
        Self {
            seal: RandomizedNonceKey::new(&AES_256_GCM, bytes)
                .expect("32 bytes are an AES-256 key"),
            // Apart from the sealing key, so that neither tells of the other.
            derivation: Salt::new(HKDF_SHA256, b"shukuba")
                .extract(bytes)
                .expand(&[b"derivation"], hmac::HMAC_SHA256)
                .expect("one HMAC key is derived")
                .into(),
        }
    }

    /// The key of values that are derived rather than kept.
    pub(crate) fn derivation_key(&self) -> hmac::Key {
        self.derivation.clone()
    }

    /// Encrypts `plain`, bound to the place it is stored at.
    #[expect(
        clippy::expect_used,
        reason = "AES-GCM fails only above 64 GiB; the values here are keys of a few kilobytes"
    )]
    pub(crate) fn seal(&self, table: &str, row: &str, plain: &[u8]) -> Vec<u8> {
        let mut body = plain.to_vec();
        let nonce = self
            .seal
            .seal_in_place_append_tag(aad(table, row), &mut body)
            .expect("a value of a few kilobytes is sealed");
        [&[FORMAT], nonce.as_ref().as_slice(), &body].concat()
    }

    /// Decrypts what [`MasterKey::seal`] made for the same place.
    pub(crate) fn open_sealed(
        &self,
        table: &str,
        row: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let rest = sealed.strip_prefix(&[FORMAT]).ok_or(SealBroken)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(SealBroken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealBroken)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .seal
            .open_in_place(nonce, aad(table, row), &mut body)
            .map_err(|_| SealBroken)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

impl FromStr for MasterKey {
    type Err = MasterKeyError;

    /// Reads 32 bytes in base64, either alphabet, padded or not, or as
    /// hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let bytes = match text.len() {
            64 => hexadecimal(text),
            _ => base64(text),
        };
        let bytes = Zeroizing::new(bytes.ok_or(MasterKeyError::Text)?);
        let key = <&[u8; KEY_LENGTH]>::try_from(bytes.as_slice());
        key.map(Self::from_bytes).map_err(|_| MasterKeyError::Text)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    STANDARD_NO_PAD
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text))
        .ok()
}

/// The place of a value: a sealed value moved to another row does not open.
fn aad(table: &str, row: &str) -> Aad<Vec<u8>> {
    Aad::from(format!("{table}|{row}").into_bytes())
}

/// Writes a new key under a temporary name and renames it into place, so that
/// a crash leaves no half-written key. One server at a time holds a data
/// directory, so nobody else makes a key meanwhile.
fn create(path: &Path) -> std::io::Result<()> {
    let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
    random::fill(bytes.as_mut_slice());
    let temporary = path.with_extension(format!("new-{}", random::url_safe(8)));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(bytes.as_slice())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    std::fs::File::open(parent.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_key_is_private_and_opens_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        let sealed = MasterKey::open(&path).unwrap().seal("t", "r", b"private");
        let mode = std::fs::metadata(&path).unwrap().mode() & 0o7777;
        assert_eq!(mode, 0o600);
        assert_eq!(std::fs::read(&path).unwrap().len(), 32);
        let files = std::fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(files, 1, "the temporary file is gone");
        let again = MasterKey::open(&path).unwrap();
        let opened = again.open_sealed("t", "r", &sealed).unwrap();
        assert_eq!(opened.as_slice(), b"private");
    }

    #[test]
    fn a_sealed_value_opens_only_at_its_place_and_untouched() {
        let directory = tempfile::tempdir().unwrap();
        let key = MasterKey::open(&directory.path().join("one")).unwrap();
        let other = MasterKey::open(&directory.path().join("two")).unwrap();
        let sealed = key.seal("signing_keys", "kid", b"private");
        assert!(key.open_sealed("signing_keys", "other", &sealed).is_err());
        assert!(key.open_sealed("other", "kid", &sealed).is_err());
        assert!(other.open_sealed("signing_keys", "kid", &sealed).is_err());
        for length in 0..sealed.len() {
            let cut = &sealed[..length];
            assert!(key.open_sealed("signing_keys", "kid", cut).is_err());
        }
        let mut changed = sealed;
        *changed.last_mut().unwrap() ^= 1;
        assert!(key.open_sealed("signing_keys", "kid", &changed).is_err());
    }

    #[test]
    fn a_key_that_others_may_read_is_refused_with_the_command_that_mends_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        MasterKey::open(&path).unwrap();
        for mode in [0o640, 0o604, 0o644, 0o660] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            let message = MasterKey::open(&path).unwrap_err().to_string();
            assert!(message.contains("chmod 600"), "{message}");
            assert!(message.contains(&format!("{mode:04o}")), "{message}");
        }
    }

    #[test]
    fn a_key_given_as_text_is_the_key_of_those_bytes() {
        // Bytes whose base64 has the characters that its alphabets differ in.
        let bytes = [0xfb; 32];
        let sealed = MasterKey::from_bytes(&bytes).seal("t", "r", b"private");
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let base64 = base64::prelude::BASE64_STANDARD.encode(bytes);
        let url_safe = base64.replace('+', "-").replace('/', "_");
        assert_ne!(url_safe, base64);
        for text in [
            hex.clone(),
            hex.to_uppercase(),
            base64.trim_end_matches('=').to_owned(),
            url_safe,
            format!(" {base64}\n"),
        ] {
            let key: MasterKey = text.parse().unwrap();
            let opened = key.open_sealed("t", "r", &sealed).unwrap();
            assert_eq!(opened.as_slice(), b"private");
        }
        for bad in [
            "",
            "secret-canary",
            hex.trim_end_matches('b'),
            &format!("{hex}f"),
            &hex.replacen('f', "z", 1),
            &base64.replacen("+/v7", "", 1),
        ] {
            let error = bad.parse::<MasterKey>().unwrap_err();
            assert!(matches!(error, MasterKeyError::Text));
            assert!(bad.is_empty() || !error.to_string().contains(bad));
        }
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        for length in [0, 31, 33, 4096] {
            let path = directory.path().join(format!("key-{length}"));
            std::fs::write(&path, vec![7; length]).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
            let error = MasterKey::open(&path).unwrap_err();
            assert!(matches!(error, MasterKeyError::Length { .. }), "{error}");
        }
    }
}
