//! Files appear complete or not at all.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Writes beside `path` and renames: readers see the old file or the whole new one.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<()> {
    let name = path.file_name().ok_or_else(|| {
        let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a file name");
        Error::io(path, source)
    })?;
    let temporary = path.with_file_name(format!(
        ".{}.{}.{}.partial",
        name.to_string_lossy(),
        std::process::id(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    ));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // The first error is the one that matters; there may be nothing to remove.
        let _ = fs::remove_file(&temporary);
        Error::io(path, error)
    })
}
