//! Packs a project as uploads are packed. The same files give the same bytes,
//! so a digest tells that they were built before.

use std::io;
use std::path::Path;

use aws_lc_rs::digest;
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, Header};

/// A project while it is packed. Files must be added in the order of their paths.
pub struct Packer(Builder<GzEncoder<Vec<u8>>>);

/// A packed project.
pub struct Packed {
    /// SHA-256 of `bytes`, lower-case hex.
    pub sha256: String,
    /// A gzip-compressed tar.
    pub bytes: Vec<u8>,
}

impl Default for Packer {
    fn default() -> Self {
        Self(Builder::new(GzEncoder::new(
            Vec::new(),
            Compression::default(),
        )))
    }
}

impl Packer {
    /// Adds a file, without its times and owner.
    ///
    /// # Errors
    /// When the path leads out of the project or cannot be written.
    pub fn add(&mut self, path: &Path, content: &[u8], executable: bool) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(if executable { 0o755 } else { 0o644 });
        header.set_mtime(0);
        self.0.append_data(&mut header, path, content)
    }

    /// The whole, and its digest.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub fn finish(self) -> io::Result<Packed> {
        let bytes = self.0.into_inner().and_then(GzEncoder::finish)?;
        Ok(Packed::of_archive(bytes))
    }
}

impl Packed {
    /// A project that was packed elsewhere; nothing is read of it yet.
    pub fn of_archive(bytes: Vec<u8>) -> Self {
        let digest = digest::digest(&digest::SHA256, &bytes);
        let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
        Self {
            sha256: hex.collect(),
            bytes,
        }
    }
}
