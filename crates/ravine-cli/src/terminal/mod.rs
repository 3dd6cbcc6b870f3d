//! A race drawn in the terminal: contours and paths in braille, or in plain characters.

mod picture;

use anstyle::AnsiColor;

pub(crate) use picture::Picture;

/// How many characters wide and how many lines high a picture may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub(crate) columns: usize,
    pub(crate) lines: usize,
}

const WIDEST: usize = 110;
const HIGHEST: usize = 44;

/// The terminal's room, less what stands below the picture; a sheet of 80 columns where there is no terminal.
pub(crate) fn room(below: usize) -> Room {
    let size = terminal_size::terminal_size();
    let (columns, lines) = size.map_or((80, 48), |(w, h)| (usize::from(w.0), usize::from(h.0)));
    Room {
        columns: columns.clamp(30, WIDEST),
        lines: lines.saturating_sub(below).clamp(12, HIGHEST),
    }
}

/// Whether the terminal shows more than ASCII, as far as its environment says.
pub(crate) fn is_utf8() -> bool {
    if cfg!(windows) {
        return true;
    }
    let set = |name| {
        std::env::var(name)
            .ok()
            .filter(|value: &String| !value.is_empty())
    };
    let locale = set("LC_ALL")
        .or_else(|| set("LC_CTYPE"))
        .or_else(|| set("LANG"));
    let locale = locale.unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

const COLOURS: [AnsiColor; 8] = [
    AnsiColor::BrightBlue,
    AnsiColor::Yellow,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Cyan,
    AnsiColor::Red,
    AnsiColor::BrightMagenta,
    AnsiColor::BrightGreen,
];

/// The colour of the optimiser of this place.
pub(crate) fn colour(place: usize) -> AnsiColor {
    COLOURS[place % COLOURS.len()]
}

/// The letter at its path's end.
pub(crate) fn letter(place: usize) -> char {
    char::from(b'A' + (place % 26) as u8)
}
