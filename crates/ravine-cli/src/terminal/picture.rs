use std::fmt::Write;

use anstyle::Style;
use ravine_lab::race::{Document, Surface};

use super::{Room, colour, letter};
use crate::format::significant;

/// The columns left of the frame.
const MARGIN: usize = 7;

/// A character's dots: two columns of four.
const ACROSS: usize = 2;
const DOWN: usize = 4;

/// The dots of a character in braille, by column and row.
const BRAILLE: [[u32; DOWN]; ACROSS] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// What a character shows; later kinds cover earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ink {
    Nothing,
    Contour,
    Path(usize),
    Mark(char, Option<usize>),
}

/// A picture of contours and paths.
pub(crate) struct Picture<'a> {
    document: &'a Document,
    columns: usize,
    lines: usize,
    dots: Vec<u32>,
    inks: Vec<Ink>,
}

impl<'a> Picture<'a> {
    /// A picture that fits into `room`, with the same scale on both axes where that can be.
    pub(crate) fn new(document: &'a Document, surface: &Surface, room: Room) -> Self {
        let [width, height] = surface.window.map(|[low, high]| high - low);
        let mut columns = room.columns - MARGIN - 1;
        // A character is about twice as high as it is wide.
        let wanted = |columns: usize| (columns as f64 * height / width / 2.0).round() as usize;
        let most = room.lines - 2;
        if wanted(columns) > most && wanted(24) <= most {
            columns = ((2.0 * most as f64 * width / height) as usize).clamp(24, columns);
        }
        let lines = wanted(columns).clamp(8, most.max(8));
        let cells = columns * lines;
        let mut picture = Self {
            document,
            columns,
            lines,
            dots: vec![0; cells],
            inks: vec![Ink::Nothing; cells],
        };
        picture.contours(surface);
        picture.paths();
        picture
    }

    /// The dot nearest to a point; dots count from the upper left.
    fn dot(&self, [x, y]: [f64; 2]) -> (f64, f64) {
        let [[x0, x1], [y0, y1]] = self.document.window;
        let column = (x - x0) / (x1 - x0) * (self.columns * ACROSS - 1) as f64;
        let row = (y1 - y) / (y1 - y0) * (self.lines * DOWN - 1) as f64;
        (column, row)
    }

    /// Sets a dot. A path takes a character from contours, and a mark keeps it.
    fn set(&mut self, column: f64, row: f64, ink: Ink) {
        let (column, row) = (column.round(), row.round());
        let inside = |value: f64, most: usize| value >= 0.0 && value < most as f64;
        if !inside(column, self.columns * ACROSS) || !inside(row, self.lines * DOWN) {
            return;
        }
        let (column, row) = (column as usize, row as usize);
        let cell = row / DOWN * self.columns + column / ACROSS;
        if ink > self.inks[cell] {
            if self.inks[cell] == Ink::Contour {
                self.dots[cell] = 0;
            }
            self.inks[cell] = ink;
        } else if ink == Ink::Contour && self.inks[cell] != Ink::Contour {
            return;
        }
        self.dots[cell] |= BRAILLE[column % ACROSS][row % DOWN];
    }

    /// A dot lies on a contour where its right or its lower neighbour is between other levels.
    fn contours(&mut self, surface: &Surface) {
        let (columns, rows) = (self.columns * ACROSS, self.lines * DOWN);
        let levels = &self.document.levels;
        let values = surface.grid(columns, rows);
        let bands: Vec<usize> = values
            .iter()
            .map(|value| levels.partition_point(|level| level <= value))
            .collect();
        for row in 0..rows.saturating_sub(1) {
            for column in 0..columns.saturating_sub(1) {
                // The grid begins below.
                let at = |column: usize, row: usize| bands[(rows - 1 - row) * columns + column];
                let here = at(column, row);
                if at(column + 1, row) != here || at(column, row + 1) != here {
                    self.set(column as f64, row as f64, Ink::Contour);
                }
            }
        }
    }

    fn paths(&mut self) {
        let document = self.document;
        for (place, lane) in document.optimizers.iter().enumerate() {
            for pair in lane.points.windows(2) {
                let (from, to) = (self.dot(pair[0]), self.dot(pair[1]));
                let length = (to.0 - from.0).abs().max((to.1 - from.1).abs());
                // A step right across the picture, far beyond both ends, is not worth more dots.
                let parts = length.ceil().clamp(1.0, 4000.0);
                for k in 0..=parts as usize {
                    let part = k as f64 / parts;
                    let at = (
                        from.0 + part * (to.0 - from.0),
                        from.1 + part * (to.1 - from.1),
                    );
                    self.set(at.0, at.1, Ink::Path(place));
                }
            }
        }
        for minimum in &document.minima {
            let (column, row) = self.dot(*minimum);
            self.set(column, row, Ink::Mark('*', None));
        }
        let (column, row) = self.dot(document.start);
        self.set(column, row, Ink::Mark('o', None));
        for (place, lane) in document.optimizers.iter().enumerate().rev() {
            if let Some(last) = lane.points.last() {
                let (column, row) = self.dot(*last);
                self.set(column, row, Ink::Mark(letter(place), Some(place)));
            }
        }
    }

    /// The picture as lines, in braille or else in plain characters.
    pub(crate) fn render(&self, braille: bool) -> String {
        let [[x0, x1], [y0, y1]] = self.document.window;
        let mut text = String::new();
        for line in 0..self.lines {
            let label = match line {
                0 => significant(y1),
                _ if line + 1 == self.lines => significant(y0),
                _ => String::new(),
            };
            // Writing to a String does not fail.
            let _ = write!(text, "{label:>width$} ", width = MARGIN - 1);
            let mut style = Style::new();
            for column in 0..self.columns {
                let cell = line * self.columns + column;
                let (shown, wanted) = self.character(cell, braille);
                if wanted != style {
                    let _ = write!(text, "{style:#}{wanted}");
                    style = wanted;
                }
                text.push(shown);
            }
            let _ = writeln!(text, "{style:#}");
        }
        let (left, right) = (significant(x0), significant(x1));
        let gap = self.columns.saturating_sub(left.chars().count());
        let _ = writeln!(text, "{:MARGIN$}{left}{right:>gap$}\n", "");
        text
    }

    fn character(&self, cell: usize, braille: bool) -> (char, Style) {
        let of = |place: usize| Style::new().fg_color(Some(colour(place).into()));
        let dots = char::from_u32(0x2800 + self.dots[cell]).unwrap_or(' ');
        match self.inks[cell] {
            Ink::Nothing => (' ', Style::new()),
            Ink::Contour => (if braille { dots } else { '.' }, Style::new().dimmed()),
            Ink::Path(place) => (
                if braille {
                    dots
                } else {
                    letter(place).to_ascii_lowercase()
                },
                of(place),
            ),
            Ink::Mark(mark, place) => {
                let style = place.map_or(Style::new(), of);
                (mark, style.bold())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ravine_lab::race::{Noise, Race, Rates, racers};

    use super::*;

    fn picture(braille: bool, room: Room) -> String {
        let surface = Surface::named("rosenbrock").unwrap();
        let race = Race {
            start: surface.start,
            surface,
            steps: 60,
            rates: Rates::Even,
            noise: Noise {
                deviation: 0.0,
                seed: 0,
            },
            racers: racers("sgd,adam", &[]).unwrap(),
        };
        let document = race.run().unwrap();
        Picture::new(&document, &race.surface, room).render(braille)
    }

    #[test]
    fn contours_paths_and_marks_are_drawn() {
        let room = Room {
            columns: 80,
            lines: 40,
        };
        let shown = anstream::adapter::strip_str(&picture(true, room)).to_string();
        assert!(
            shown
                .chars()
                .any(|c| ('\u{2801}'..='\u{28ff}').contains(&c))
        );
        for mark in ['A', 'B', 'o', '*'] {
            assert!(shown.contains(mark), "{mark} is missing:\n{shown}");
        }
        let plain = anstream::adapter::strip_str(&picture(false, room)).to_string();
        assert!(
            plain.is_ascii() && plain.contains('.') && plain.contains('b'),
            "{plain}"
        );
        assert!(picture(true, room).contains("\u{1b}["));
    }

    #[test]
    fn it_keeps_to_its_room() {
        for (columns, lines) in [(30, 12), (80, 24), (110, 44), (60, 44)] {
            let shown = picture(false, Room { columns, lines });
            let shown = anstream::adapter::strip_str(&shown).to_string();
            assert!(
                shown.lines().all(|line| line.chars().count() <= columns),
                "{shown}"
            );
            assert!(
                shown.lines().count() <= lines,
                "{columns}x{lines}:\n{shown}"
            );
        }
    }
}
