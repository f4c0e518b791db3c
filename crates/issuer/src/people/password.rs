//! Passwords: argon2id, off the threads that serve others, two at a time.

use std::sync::Arc;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use shukuba_store::PasswordHash;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// The fewest characters of a password.
pub(crate) const SHORTEST: usize = 8;
/// The longest password, in bytes: hashing more would be work for nothing.
pub(crate) const LONGEST: usize = 1024;

/// 19 MiB, two passes, one lane: the first choice of the OWASP password
/// storage cheat sheet.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes of other people wait, so that logins take no more than 38 MiB.
const AT_A_TIME: usize = 2;

/// Matches no password, but costs what any other hash does: what is checked
/// where there is no person, or no password of theirs.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$GZ0cCXKCX3M8oYbQ5l0n+g$yB3GdkKkVeP4L4pQd1cVQ0s0yMnq4n1mS8YtEw3pQk4";

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordRefused {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`] bytes.
    Long,
    /// The second one differs.
    Differs,
    /// The present one is wrong.
    Wrong,
    /// Too many wrong ones; seconds to wait.
    Throttled(u64),
}

/// The hasher failed, which it does only when memory is short.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub(crate) struct HashFailed(String);

/// Hashes and checks passwords.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: &str) -> Result<PasswordHash, HashFailed> {
        let password = Zeroizing::new(password.to_owned());
        self.in_turn(move || {
            let hash: phc::PasswordHash = hasher()?.hash_password(password.as_bytes())?;
            Ok(PasswordHash::new(hash.to_string()))
        })
        .await
    }

    /// Whether the password is the one that was hashed. Takes the same time
    /// where there is no hash.
    pub(crate) async fn matches(
        &self,
        password: &str,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, HashFailed> {
        if password.len() > LONGEST {
            return Ok(false);
        }
        let exists = hash.is_some();
        let hash = hash.map_or(NOBODY, PasswordHash::as_str).to_owned();
        let password = Zeroizing::new(password.to_owned());
        let matches = self.in_turn(move || {
            let hash = phc::PasswordHash::new(&hash)?;
            Ok(hasher()?
                .verify_password(password.as_bytes(), &hash)
                .is_ok())
        });
        Ok(matches.await? && exists)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> argon2::password_hash::Result<T> + Send + 'static,
    ) -> Result<T, HashFailed> {
        let failed = |error: &dyn std::fmt::Display| HashFailed(error.to_string());
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|error| failed(&error))?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            // Held to the end of the work, even when nobody waits for it any more.
            drop(turn);
            done
        })
        .await
        .map_err(|error| failed(&error))?
        .map_err(|error| failed(&error))
    }
}

fn hasher() -> argon2::password_hash::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a new password may be chosen.
pub(crate) fn check(password: &str, again: &str) -> Result<(), PasswordRefused> {
    if password.chars().count() < SHORTEST {
        Err(PasswordRefused::Short)
    } else if password.len() > LONGEST {
        Err(PasswordRefused::Long)
    } else if password != again {
        Err(PasswordRefused::Differs)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone_and_nobody_matches_none() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let again = passwords.hash("correct horse").await.unwrap();
        assert_ne!(hash, again, "a salt each");
        assert!(
            passwords
                .matches("correct horse", Some(&hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .matches("correct horsf", Some(&hash))
                .await
                .unwrap()
        );
        assert!(!passwords.matches("correct horse", None).await.unwrap());
        assert!(!passwords.matches("", None).await.unwrap());
    }

    #[test]
    fn o05_the_hash_of_nobody_costs_what_a_persons_does() {
        let hash = phc::PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
        assert!(hash.salt.is_some() && hash.hash.is_some());
    }

    #[test]
    fn a_new_password_has_eight_characters_and_fits_into_a_kibibyte() {
        let check = |text: &str| check(text, text);
        assert_eq!(check("1234567"), Err(PasswordRefused::Short));
        assert_eq!(check("12345678"), Ok(()));
        assert_eq!(check("ぱすわーどですよ"), Ok(()), "characters, not bytes");
        assert_eq!(check(&"x".repeat(1024)), Ok(()));
        assert_eq!(check(&"x".repeat(1025)), Err(PasswordRefused::Long));
        assert_eq!(
            super::check("12345678", "12345679"),
            Err(PasswordRefused::Differs)
        );
    }
}
