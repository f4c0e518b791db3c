//! Uploaded project code, kept under its digest.

use std::path::PathBuf;

use aws_lc_rs::digest;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio::io::AsyncWriteExt as _;

use crate::{Control, ControlError};

/// The largest upload (AgentCore's limit for a zipped code package).
const MAX_BUNDLE_BYTES: u64 = 250 * 1024 * 1024;

impl Control {
    /// Stores an upload whose SHA-256 is `sha256`; `false` when it was there.
    ///
    /// # Errors
    /// When the digest is malformed or not the upload's, or the upload is too large.
    pub(crate) async fn store_bundle(
        &self,
        sha256: &str,
        chunks: BoxStream<'_, std::io::Result<Bytes>>,
    ) -> Result<bool, ControlError> {
        let path = self.bundle_path(sha256)?;
        if tokio::fs::try_exists(&path)
            .await
            .map_err(ControlError::internal)?
        {
            // Answering while the body still comes would break the upload, and
            // its sender would not see the answer.
            drain(chunks).await?;
            return Ok(false);
        }
        let directory = path.parent().map(PathBuf::from).unwrap_or_default();
        tokio::fs::create_dir_all(&directory)
            .await
            .map_err(ControlError::internal)?;
        // Removed when dropped, so a broken upload leaves nothing.
        let partial =
            tempfile::NamedTempFile::new_in(&directory).map_err(ControlError::internal)?;
        let found = write_hashed(&partial, chunks).await?;
        if found != sha256 {
            return Err(ControlError::invalid(format!(
                "the upload's SHA-256 is {found}, not the {sha256} of its address: it was cut or changed on the way"
            )));
        }
        partial.persist(&path).map_err(ControlError::internal)?;
        Ok(true)
    }

    /// Where an upload lies, or would.
    ///
    /// # Errors
    /// When the digest is malformed.
    pub(super) fn bundle_path(&self, sha256: &str) -> Result<PathBuf, ControlError> {
        let hex = sha256
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if sha256.len() != 64 || !hex {
            return Err(ControlError::invalid(
                "a bundle is named by its SHA-256 in 64 lower-case hex digits",
            ));
        }
        Ok(self
            .parts()
            .data_dir
            .join("bundles")
            .join(format!("{sha256}.tar.gz")))
    }
}

async fn drain(mut chunks: BoxStream<'_, std::io::Result<Bytes>>) -> Result<(), ControlError> {
    let mut total = 0;
    while let Some(chunk) = chunks.next().await {
        total += received(chunk, total)?.len() as u64;
    }
    Ok(())
}

/// A chunk that came whole and does not make the upload too large.
fn received(chunk: std::io::Result<Bytes>, before: u64) -> Result<Bytes, ControlError> {
    let chunk =
        chunk.map_err(|error| ControlError::invalid(format!("the upload broke off: {error}")))?;
    if before + chunk.len() as u64 > MAX_BUNDLE_BYTES {
        return Err(ControlError::Invalid {
            message: format!(
                "the upload is larger than {} MB",
                MAX_BUNDLE_BYTES / 1024 / 1024
            ),
            hint: Some("leave data and dependencies out with a .gitignore".to_owned()),
        });
    }
    Ok(chunk)
}

async fn write_hashed(
    partial: &tempfile::NamedTempFile,
    mut chunks: BoxStream<'_, std::io::Result<Bytes>>,
) -> Result<String, ControlError> {
    let file = partial
        .as_file()
        .try_clone()
        .map_err(ControlError::internal)?;
    let mut file = tokio::fs::File::from_std(file);
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut total = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = received(chunk, total)?;
        total += chunk.len() as u64;
        hash.update(&chunk);
        file.write_all(&chunk)
            .await
            .map_err(ControlError::internal)?;
    }
    file.sync_all().await.map_err(ControlError::internal)?;
    Ok(hash
        .finish()
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
