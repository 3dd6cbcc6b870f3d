//! Files that are whole or absent, whenever the process dies.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::LabError;

const BESIDE: &str = ".being-written";

/// Writes `content` beside `path`, to the disk, and renames it into place: whoever reads `path` finds all of it or what was
/// there before.
pub fn write(path: &Path, content: &[u8]) -> Result<(), LabError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(BESIDE);
    let beside = Path::new(&beside);
    let written = File::create(beside).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(beside, path))
        .map_err(|error| {
            // On a full disk the half-written file only takes room.
            let _ = fs::remove_file(beside);
            LabError::io("write", path)(error)
        })
}

/// Whether a file of this name was left by a process that died in [`write`].
pub(super) fn is_leftover(name: &OsStr) -> bool {
    name.to_string_lossy().ends_with(BESIDE)
}
