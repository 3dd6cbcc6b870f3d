//! Which character separates the cells of a file.

const CANDIDATES: [char; 3] = ['\t', ';', ','];
const SAMPLE: usize = 20;

/// The first candidate that stands equally often, at least once, in all rows of a sample; failing that, the one that stands
/// most often in the first row. What is quoted does not count. Tab and semicolon come first since they hardly occur in
/// numbers and names, where a comma does.
pub(super) fn detect(text: &str) -> u8 {
    let rows = counts(text);
    let Some(first) = rows.first() else {
        return b',';
    };
    let even = |&k: &usize| first[k] > 0 && rows.iter().all(|row| row[k] == first[k]);
    let chosen = (0..CANDIDATES.len()).find(even).unwrap_or_else(|| {
        let often = |&k: &usize| first[k];
        (0..CANDIDATES.len()).max_by_key(often).unwrap_or_default()
    });
    CANDIDATES[chosen] as u8
}

/// How often each candidate stands outside quotes, in the first rows that are not blank.
fn counts(text: &str) -> Vec<[usize; CANDIDATES.len()]> {
    let mut rows = Vec::new();
    let (mut row, mut blank, mut quoted, mut cell_begins) = ([0; 3], true, false, true);
    let mut rest = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = rest.next() {
        if quoted {
            if c == '"' && rest.next_if_eq(&'"').is_none() {
                quoted = false;
            }
            continue;
        }
        if c == '\n' || c == '\r' {
            if !blank {
                rows.push(row);
            }
            if rows.len() == SAMPLE {
                return rows;
            }
            (row, blank, cell_begins) = ([0; 3], true, true);
            continue;
        }
        quoted = c == '"' && cell_begins;
        let candidate = CANDIDATES.iter().position(|candidate| *candidate == c);
        if let Some(candidate) = candidate {
            row[candidate] += 1;
        }
        cell_begins = candidate.is_some();
        blank = false;
    }
    if !blank {
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::detect;

    #[test]
    fn what_is_quoted_does_not_count() {
        for (text, expected) in [
            ("0,\"c;c\"\n", b','),
            ("0;\"a,b\";1\n", b';'),
            ("0,\"c\"\"c;\"\n", b','),
            ("\"a;\n;\",1\n\n2,3\n", b','),
            ("a\tb,c\n1\t2,5\n", b'\t'),
            ("1;2,5\n3;4,5\n", b';'),
            ("5\" pipe;3\n2\" pipe;4\n", b';'),
            ("a b\n1\n", b','),
            ("", b','),
        ] {
            assert_eq!(detect(text) as char, expected as char, "{text:?}");
        }
    }
}
