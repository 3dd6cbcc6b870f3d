//! Which character separates the cells of a file.

use super::rows::Rows;

const CANDIDATES: [u8; 3] = [b'\t', b';', b','];
const SAMPLE: usize = 20;

/// The first candidate that cuts all rows of a sample into equally many cells, at least two; failing that, the one that cuts the
/// first row into the most. Tab and semicolon come first since they hardly occur in numbers and names, where a comma does.
pub(super) fn detect(text: &str) -> u8 {
    let mut best = (1, b',');
    for delimiter in CANDIDATES {
        let mut widths = Rows::unchecked(text, delimiter)
            .take(SAMPLE)
            .filter_map(Result::ok)
            .map(|row| row.cells.len());
        let first = widths.next().unwrap_or(0);
        if first >= 2 && widths.all(|width| width == first) {
            return delimiter;
        }
        if first > best.0 || (first == best.0 && delimiter == b',') {
            best = (first, delimiter);
        }
    }
    best.1
}
