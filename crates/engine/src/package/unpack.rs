//! Unpacks an uploaded bundle into a directory it cannot leave.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::failure::BuildError;

/// AgentCore's limit for unpacked code.
const MOST_BYTES: u64 = 750 * 1024 * 1024;
const MOST_ENTRIES: usize = 100_000;
/// Room for headers and padding beside the content, a kilobyte an entry.
const MOST_OVERHEAD: u64 = 100_000 * 1024;

/// Unpacks the gzip-compressed tar `bundle` into `directory`, which exists.
/// Plain files, directories and symbolic links that stay inside are let in.
pub(super) fn unpack(bundle: &Path, directory: &Path) -> Result<(), BuildError> {
    unpack_within(bundle, directory, MOST_BYTES)
}

fn unpack_within(bundle: &Path, directory: &Path, limit: u64) -> Result<(), BuildError> {
    let file = File::open(bundle).map_err(|error| machine(bundle, &error))?;
    let mut unpacking = Unpacking {
        root: directory
            .canonicalize()
            .map_err(|error| machine(directory, &error))?,
        limit,
        left: limit,
        links: Vec::new(),
    };
    // Bounds extended headers as well, which are read into memory.
    let content = MultiGzDecoder::new(io::BufReader::new(file)).take(limit + MOST_OVERHEAD);
    let mut archive = Archive::new(content);
    let entries = archive.entries().map_err(|error| unreadable(&error))?;
    for (count, entry) in entries.enumerate() {
        if count >= MOST_ENTRIES {
            return Err(BuildError::bad_bundle(format!(
                "it has more than {MOST_ENTRIES} entries"
            )));
        }
        unpacking.take(entry.map_err(|error| unreadable(&error))?)?;
    }
    unpacking.make_links()
}

struct Unpacking {
    root: PathBuf,
    limit: u64,
    left: u64,
    /// Made last, so that no file is ever written through one.
    links: Vec<(PathBuf, PathBuf)>,
}

impl Unpacking {
    fn take(&mut self, mut entry: Entry<'_, impl Read>) -> Result<(), BuildError> {
        let named = entry
            .path()
            .map_err(|error| unreadable(&error))?
            .into_owned();
        let Some(path) = inside(&named) else {
            return Err(BuildError::bad_bundle(format!(
                "its entry {} leads out of the project",
                named.display()
            )));
        };
        let target = self.root.join(&path);
        match entry.header().entry_type() {
            EntryType::Directory => make_directory(&target),
            EntryType::Regular | EntryType::Continuous => self.write(&mut entry, &target),
            EntryType::Symlink => {
                let leads_to = entry
                    .link_name()
                    .ok()
                    .flatten()
                    .ok_or_else(|| BuildError::bad_bundle("it has a link without a target"))?;
                self.links.push((target, leads_to.into_owned()));
                Ok(())
            }
            EntryType::XGlobalHeader => Ok(()),
            _ => Err(BuildError::bad_bundle(format!(
                "its entry {} is neither a file, a directory nor a symbolic link",
                named.display()
            ))),
        }
    }

    fn write(&mut self, entry: &mut Entry<'_, impl Read>, target: &Path) -> Result<(), BuildError> {
        if let Some(parent) = target.parent() {
            make_directory(parent)?;
        }
        let executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(if executable { 0o755 } else { 0o644 })
            .open(target)
            .map_err(|error| clash(target, &error))?;
        let copied = io::copy(&mut entry.take(self.left + 1), &mut file)
            .map_err(|error| unreadable(&error))?;
        self.left = self.left.checked_sub(copied).ok_or_else(|| {
            BuildError::bad_bundle(format!(
                "it unpacks to more than {} MB",
                self.limit / (1024 * 1024)
            ))
        })?;
        Ok(())
    }

    fn make_links(self) -> Result<(), BuildError> {
        for (link, leads_to) in &self.links {
            if let Some(parent) = link.parent() {
                make_directory(parent)?;
            }
            symlink(leads_to, link).map_err(|error| clash(link, &error))?;
        }
        // Only now do links that lead over other links lead where they will.
        for (link, leads_to) in &self.links {
            let stays = link
                .canonicalize()
                .is_ok_and(|real| real.starts_with(&self.root));
            if !stays {
                return Err(BuildError::bad_bundle(format!(
                    "its link {} leads to {}, which is not in the project",
                    link.strip_prefix(&self.root).unwrap_or(link).display(),
                    leads_to.display()
                )));
            }
        }
        Ok(())
    }
}

/// A path without `.`, when it is relative and never goes up.
pub(super) fn inside(path: &Path) -> Option<PathBuf> {
    path.components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        })
        .collect()
}

fn make_directory(path: &Path) -> Result<(), BuildError> {
    fs::create_dir_all(path).map_err(|error| clash(path, &error))
}

fn clash(path: &Path, error: &io::Error) -> BuildError {
    match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            BuildError::bad_bundle(format!(
                "it holds {} twice",
                path.file_name().map_or_else(
                    || path.display().to_string(),
                    |name| name.display().to_string()
                )
            ))
        }
        _ => machine(path, error),
    }
}

fn machine(path: &Path, error: &io::Error) -> BuildError {
    BuildError::machine("Unpacking", path, error)
}

fn unreadable(error: &io::Error) -> BuildError {
    BuildError::bad_bundle(format!("it is not a gzip-compressed tar: {error}"))
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_bundle_may_unpack_to_the_limit_and_not_to_a_byte_more() {
        let directory = tempfile::tempdir().unwrap();
        let bundle = directory.path().join("bundle.tar.gz");
        let gzip = GzEncoder::new(File::create(&bundle).unwrap(), Compression::fast());
        let mut archive = tar::Builder::new(gzip);
        for name in ["one", "two"] {
            let mut header = tar::Header::new_gnu();
            header.set_size(1024 * 1024);
            header.set_mode(0o644);
            let content = io::repeat(0).take(1024 * 1024);
            archive.append_data(&mut header, name, content).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap();
        let unpacked = |limit: u64| {
            let app = tempfile::tempdir().unwrap();
            unpack_within(&bundle, app.path(), limit)
        };
        assert_eq!(unpacked(2 * 1024 * 1024), Ok(()));
        let refused = unpacked(2 * 1024 * 1024 - 1).unwrap_err();
        assert!(refused.message.contains("more than 1 MB"), "{refused}");
    }
}
