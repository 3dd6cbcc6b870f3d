//! From a file to its text: decompressed, without byte-order mark, UTF-8.

use std::{borrow::Cow, fs, io, io::Read, path::Path};

use flate2::read::MultiGzDecoder;

use super::super::{DataError, sets};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A path, on one line.
pub(super) fn display(path: &Path) -> String {
    path.display()
        .to_string()
        .replace(char::is_control, "\u{fffd}")
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    let file = display(path);
    if path.is_dir() {
        return Err(DataError::Folder { file });
    }
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let built_in = sets().iter().map(|set| set.name).collect();
            DataError::NotFound {
                file: file.clone(),
                built_in,
            }
        }
        io::ErrorKind::PermissionDenied => DataError::Unreadable {
            file: file.clone(),
            reason: "permission denied".to_owned(),
        },
        _ => DataError::Unreadable {
            file: file.clone(),
            reason: error.to_string(),
        },
    })?;
    let by_name = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    if by_name && !bytes.is_empty() && !bytes.starts_with(&GZIP) {
        return Err(DataError::Gzip {
            file,
            reason: "it does not begin as one".to_owned(),
        });
    }
    Ok(bytes)
}

pub(super) fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, DataError> {
    if !bytes.starts_with(&GZIP) {
        let text =
            str::from_utf8(bytes).map_err(|error| not_utf8(file, bytes, error.valid_up_to()))?;
        return Ok(Cow::Borrowed(
            text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
        ));
    }
    let mut plain = Vec::new();
    MultiGzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .map_err(|error| DataError::Gzip {
            file: file.to_owned(),
            reason: error.to_string(),
        })?;
    let text = String::from_utf8(plain)
        .map_err(|error| not_utf8(file, error.as_bytes(), error.utf8_error().valid_up_to()))?;
    Ok(Cow::Owned(match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => rest.to_owned(),
        None => text,
    }))
}

fn not_utf8(file: &str, bytes: &[u8], valid: usize) -> DataError {
    let found = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it begins as UTF-16 does".to_owned(),
        [b'P', b'K', 3, 4, ..] => "it begins as a ZIP archive or a spreadsheet does".to_owned(),
        _ => format!("byte 0x{:02x}", bytes[valid]),
    };
    let line = 1 + super::rows::line_breaks(&bytes[..valid]);
    DataError::NotUtf8 {
        file: file.to_owned(),
        line,
        found,
    }
}
