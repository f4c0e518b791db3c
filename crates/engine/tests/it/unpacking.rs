//! Bundles that try to leave their directory.

use std::path::Path;

use shukuba_engine::{BuildFailure, OuterEnvironment};
use tar::{Builder, EntryType, Header};

use super::building::{build, compressed, engine, source, versions};

/// An entry whose path is written as it is, which the tar crate would refuse.
fn entry(archive: &mut Builder<Vec<u8>>, kind: EntryType, path: &str, link: &str, content: &[u8]) {
    let mut header = Header::new_gnu();
    header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
    header.as_mut_bytes()[157..157 + link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o755);
    header.set_size(content.len().try_into().unwrap());
    header.set_cksum();
    archive.append(&header, content).unwrap();
}

async fn outcome(directory: &Path, archive: &[u8]) -> Result<(), String> {
    let engine = engine(directory, OuterEnvironment::default());
    let packed = compressed(directory, archive);
    let (outcome, _) = build(&engine, source(packed, "server")).await;
    engine.shutdown().await;
    match outcome {
        Ok(_) => Ok(()),
        Err(error) => {
            assert_eq!(error.failure, BuildFailure::BadBundle, "{error}");
            assert_eq!(versions(&directory.join("data")).len(), 0, "left behind");
            Err(error.message)
        }
    }
}

async fn refused(what: &str, entries: &[(EntryType, &str, &str)]) {
    let directory = tempfile::tempdir().unwrap();
    let mut archive = Builder::new(Vec::new());
    entry(
        &mut archive,
        EntryType::Regular,
        "server",
        "",
        b"#!/bin/sh\n",
    );
    for (kind, path, link) in entries {
        entry(&mut archive, *kind, path, link, b"");
    }
    let message = outcome(directory.path(), &archive.into_inner().unwrap())
        .await
        .unwrap_err();
    assert!(message.contains(what), "{message}");
    assert!(!directory.path().join("data/versions/escaped").exists());
}

#[tokio::test]
async fn entries_that_lead_out_of_the_project_are_refused() {
    for path in ["../escaped", "a/../../escaped", "/tmp/escaped", "a/../b"] {
        refused(
            "leads out of the project",
            &[(EntryType::Regular, path, "")],
        )
        .await;
    }
}

#[tokio::test]
async fn links_that_lead_out_of_the_project_are_refused_over_other_links_too() {
    for target in ["/etc/passwd", "../..", "nowhere", "link"] {
        refused(
            "its link link leads to",
            &[(EntryType::Symlink, "link", target)],
        )
        .await;
    }
    refused(
        "leads to",
        &[
            (EntryType::Directory, "a/b", ""),
            (EntryType::Symlink, "a/b/top", "../.."),
            (EntryType::Symlink, "out", "a/b/top/../.."),
        ],
    )
    .await;
}

#[tokio::test]
async fn files_are_not_written_through_links() {
    refused(
        "twice",
        &[
            (EntryType::Symlink, "dir", "/tmp"),
            (EntryType::Regular, "dir/escaped", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn devices_and_hard_links_are_refused() {
    for kind in [
        EntryType::Link,
        EntryType::Char,
        EntryType::Block,
        EntryType::Fifo,
    ] {
        refused("neither a file", &[(kind, "odd", "/etc/passwd")]).await;
    }
}

#[tokio::test]
async fn a_name_twice_and_a_file_that_is_no_archive_are_refused() {
    refused("twice", &[(EntryType::Regular, "server", "")]).await;
    let directory = tempfile::tempdir().unwrap();
    let message = outcome(directory.path(), b"not a tar, but compressed")
        .await
        .unwrap_err();
    assert!(message.contains("not a gzip-compressed tar"), "{message}");
}

#[tokio::test]
async fn links_that_stay_inside_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let mut archive = Builder::new(Vec::new());
    entry(&mut archive, EntryType::Symlink, "server", "bin/real", b"");
    entry(
        &mut archive,
        EntryType::Regular,
        "./bin/real",
        "",
        b"#!/bin/sh\n",
    );
    assert_eq!(
        outcome(directory.path(), &archive.into_inner().unwrap()).await,
        Ok(())
    );
}
