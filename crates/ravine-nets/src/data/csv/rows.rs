//! The rows of a file, each with the line on which it begins.

use ::csv::{ReaderBuilder, StringRecord};

use super::super::DataError;

/// One row of a file.
pub(super) struct Row {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    pub cells: StringRecord,
}

/// The rows of a text that have any content.
pub(super) struct Rows<'a> {
    file: &'a str,
    text: &'a [u8],
    reader: ::csv::Reader<&'a [u8]>,
    /// Line and width of the first row, if rows of another width are an error.
    shape: Option<(u64, usize)>,
    checked: bool,
    line: u64,
    counted: usize,
}

impl<'a> Rows<'a> {
    /// Rows that all have the width of the first; another width is an error.
    pub fn new(file: &'a str, text: &'a str, delimiter: u8) -> Self {
        Rows {
            file,
            checked: true,
            ..Rows::unchecked(text, delimiter)
        }
    }

    /// Rows of any width.
    pub fn unchecked(text: &'a str, delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        Rows {
            file: "",
            text: text.as_bytes(),
            reader,
            shape: None,
            checked: false,
            line: 1,
            counted: 0,
        }
    }

    /// The line of the first content at or after an offset. The reader's own count of lines is not used: it counts a line break
    /// of two bytes, and blank lines, only after the row that follows.
    fn line_at(&mut self, offset: usize) -> u64 {
        let blank = self.text[offset..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let start = offset + blank;
        self.line += line_breaks(&self.text[self.counted..start]);
        self.counted = start;
        self.line
    }

    fn check(&mut self, row: &Row) -> Result<(), DataError> {
        let found = row.cells.len();
        let (first_line, expected) = *self.shape.get_or_insert((row.line, found));
        if !self.checked || found == expected {
            return Ok(());
        }
        let open_quote = row.cells.iter().any(|cell| cell.contains('\n'));
        Err(DataError::Ragged {
            file: self.file.to_owned(),
            line: row.line,
            found,
            expected,
            first_line,
            open_quote,
        })
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let offset = (self.reader.position().byte() as usize).min(self.text.len());
            let mut cells = StringRecord::new();
            match self.reader.read_record(&mut cells) {
                Ok(false) => return None,
                Ok(true) if cells.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(true) => {
                    let row = Row {
                        line: self.line_at(offset),
                        cells,
                    };
                    return Some(self.check(&row).map(|()| row));
                }
                Err(error) => {
                    return Some(Err(DataError::Unreadable {
                        file: self.file.to_owned(),
                        reason: error.to_string(),
                    }));
                }
            }
        }
    }
}

/// How many line breaks there are: `\n`, `\r\n` or `\r`.
pub(super) fn line_breaks(bytes: &[u8]) -> u64 {
    let breaks = bytes.iter().enumerate().filter(|(i, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(i + 1) != Some(&b'\n'),
        _ => false,
    });
    breaks.count() as u64
}
