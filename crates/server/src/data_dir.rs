//! The data directory: its lock, and the keys that are files.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another server has it.
    #[error("the data directory {} is in use by {holder}", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Process id and address of the holder, as it wrote them.
        holder: String,
    },
    /// A file in it cannot be made, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A secret lies open to others on this machine.
    #[error("{} can be read by others (mode {mode:o})", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// A locked data directory; unlocked when dropped or when the process ends.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    lock: File,
}

impl DataDir {
    /// Makes the directory (mode 0700) where needed and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self, DataDirError> {
        let at = |source| DataDirError::Io {
            path: path.to_owned(),
            source,
        };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(at)?;
        let path = path.canonicalize().map_err(at)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join("lock"))
            .map_err(at)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, lock }),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The name of the holder is a courtesy; the lock is the fact.
                drop(lock.read_to_string(&mut holder));
                let holder = match holder.trim() {
                    "" => "another server".to_owned(),
                    named => named.to_owned(),
                };
                Err(DataDirError::InUse { path, holder })
            }
            Err(TryLockError::Error(source)) => Err(at(source)),
        }
    }

    /// The directory, absolute.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes who holds the lock, for whoever finds it locked.
    pub(crate) fn name_holder(&mut self, origin: &str) -> Result<(), DataDirError> {
        let text = format!("process {} at {origin}\n", std::process::id());
        self.lock
            .set_len(0)
            .and_then(|()| self.lock.rewind())
            .and_then(|()| self.lock.write_all(text.as_bytes()))
            .map_err(|source| DataDirError::Io {
                path: self.path.join("lock"),
                source,
            })
    }

    /// The operator's key: read, or made on the first start.
    pub(crate) fn operator_key(&self) -> Result<(String, PathBuf), DataDirError> {
        let path = self.path.join("operator.key");
        match std::fs::read_to_string(&path) {
            Ok(key) => {
                require_private(&path)?;
                Ok((key.trim().to_owned(), path))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = new_key().map_err(|source| DataDirError::Io {
                    path: path.clone(),
                    source,
                })?;
                write_private(&path, format!("{key}\n").as_bytes())?;
                Ok((key, path))
            }
            Err(source) => Err(DataDirError::Io { path, source }),
        }
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // Closing alone frees the lock only when no process that is being
        // started still holds a copy of the descriptor, between fork and exec.
        // Where unlocking fails, that close still follows.
        drop(self.lock.unlock());
    }
}

/// Writes a file that only its owner can read, whole or not at all.
///
/// # Errors
/// When the directory cannot be written.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), DataDirError> {
    let at = |source| DataDirError::Io {
        path: path.to_owned(),
        source,
    };
    let partial = path.with_extension("partial");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&partial)
        .map_err(at)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
        .map_err(at)?;
    file.write_all(content)
        .and_then(|()| file.sync_all())
        .map_err(at)?;
    std::fs::rename(&partial, path).map_err(at)
}

fn require_private(path: &Path) -> Result<(), DataDirError> {
    let metadata = std::fs::metadata(path).map_err(|source| DataDirError::Io {
        path: path.to_owned(),
        source,
    })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(DataDirError::Exposed {
        path: path.to_owned(),
        mode,
    })
}

/// 256 random bits behind a prefix that secret scanners can find.
fn new_key() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| std::io::Error::other("the system gives no random bytes"))?;
    Ok(format!(
        "shukuba_op_{}",
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_opener_is_told_who_holds_the_lock() {
        let directory = tempfile::tempdir().unwrap();
        let mut first = DataDir::open(directory.path()).unwrap();
        first.name_holder("http://127.0.0.1:8430").unwrap();
        let error = DataDir::open(directory.path()).unwrap_err().to_string();
        assert!(error.contains(&std::process::id().to_string()), "{error}");
        assert!(error.contains("http://127.0.0.1:8430"), "{error}");
        drop(first);
        DataDir::open(directory.path()).unwrap();
    }

    #[test]
    fn a_copy_of_the_descriptor_does_not_keep_a_closed_directory_locked() {
        let directory = tempfile::tempdir().unwrap();
        let first = DataDir::open(directory.path()).unwrap();
        let copy = first.lock.try_clone().unwrap();
        drop(first);
        DataDir::open(directory.path()).unwrap();
        drop(copy);
    }

    #[test]
    fn the_operators_key_is_made_once_and_refused_when_others_can_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(directory.path()).unwrap();
        let (key, path) = data_dir.operator_key().unwrap();
        assert_eq!(data_dir.operator_key().unwrap().0, key);
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            data_dir.operator_key(),
            Err(DataDirError::Exposed { mode: 0o644, .. })
        ));
    }
}
