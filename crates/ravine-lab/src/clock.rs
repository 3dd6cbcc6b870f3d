//! The time of day, in UTC, as text.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment in UTC, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    seconds: u64,
}

impl Moment {
    /// Now; 1970-01-01 on a machine whose clock stands before that.
    pub fn now() -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Moment {
            seconds: since.map_or(0, |d| d.as_secs()),
        }
    }

    /// As RFC 3339 has it: `2026-03-01T12:30:05Z`.
    pub fn rfc3339(self) -> String {
        let ([year, month, day], [hour, minute, second]) = self.parts();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// For a file name, in order of time: `20260301-123005`.
    pub fn compact(self) -> String {
        let ([year, month, day], [hour, minute, second]) = self.parts();
        format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
    }

    fn parts(self) -> ([u64; 3], [u64; 3]) {
        let (days, rest) = (self.seconds / 86_400, self.seconds % 86_400);
        (date(days), [rest / 3600, rest / 60 % 60, rest % 60])
    }
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
fn date(mut days: u64) -> [u64; 3] {
    let leap = |y: u64| y.is_multiple_of(4) && (!y.is_multiple_of(100) || y.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    [year, month, days + 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        let text = |seconds| Moment { seconds }.rfc3339();
        assert_eq!(text(0), "1970-01-01T00:00:00Z");
        assert_eq!(text(951_827_696), "2000-02-29T12:34:56Z");
        assert_eq!(text(1_798_761_599), "2026-12-31T23:59:59Z");
        assert_eq!(
            Moment {
                seconds: 951_827_696
            }
            .compact(),
            "20000229-123456"
        );
    }
}
