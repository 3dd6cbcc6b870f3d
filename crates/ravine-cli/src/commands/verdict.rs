//! Who comes first, and from whom these runs cannot tell it apart: in the words of the page, by the same rule.

use ravine_lab::compare::{Document, Ranked};
use ravine_lab::statistics::Summary;
use ravine_nets::data::Task;

use crate::format::{counted, listed, share, significant};

/// More names than these are counted instead.
const MOST_NAMES: usize = 8;

/// The result in a sentence, and what must be known beside it; that is empty where there is nothing to say.
///
/// The first wins where its 20–80 % band is clear of all others.
pub(super) fn verdict(document: &Document) -> (String, String) {
    let Some((first, others)) = document.ranking.split_first() else {
        return (
            "This comparison holds no finished runs.".to_string(),
            String::new(),
        );
    };
    let measure = Measure::of(document.task);
    let band = measure.band(first);
    let Some(median) = band.median else {
        let text =
            "No optimizer trained: at least half of every one's reporting runs failed.".to_string();
        return (text, String::new());
    };
    let rivals: Vec<&str> = others
        .iter()
        .filter(|other| overlap(&measure.band(other), &band))
        .map(|other| other.optimizer.as_str())
        .collect();
    let verb = match (others, rivals.as_slice()) {
        ([], _) => "",
        (_, []) => " wins",
        _ => " comes first",
    };
    let headline = format!(
        "{} at learning rate {}{verb}: median {} {} ({})",
        first.optimizer,
        significant(first.tuned.lr),
        measure.name(),
        measure.text(median),
        counted(band.n, "seed")
    );
    let beside = if rivals.is_empty() {
        let next = others
            .iter()
            .find_map(|other| Some((&other.optimizer, measure.band(other).median?)));
        next.map_or_else(String::new, |(name, median)| {
            format!(
                "Its 20–80 % band is clear of all the others. {name} follows with {}.",
                measure.text(median)
            )
        })
    } else {
        let (bands, verb) = if rivals.len() > 1 {
            ("bands", "overlap")
        } else {
            ("band", "overlaps")
        };
        format!(
            "The 20–80 % {bands} of {} {verb} that of {}: these runs do not tell them apart.",
            listed(&rivals, MOST_NAMES),
            first.optimizer
        )
    };
    (headline, beside)
}

/// What the ranking goes by.
#[derive(Clone, Copy)]
enum Measure {
    Accuracy,
    Loss,
}

impl Measure {
    fn of(task: Task) -> Measure {
        match task {
            Task::Classification => Measure::Accuracy,
            Task::Regression => Measure::Loss,
        }
    }

    fn band(self, ranked: &Ranked) -> Summary {
        match (self, ranked.tuned.test_accuracy) {
            (Measure::Accuracy, Some(accuracy)) => accuracy,
            _ => ranked.tuned.test_loss,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Measure::Accuracy => "test accuracy",
            Measure::Loss => "test loss",
        }
    }

    fn text(self, value: f64) -> String {
        match self {
            Measure::Accuracy => share(value),
            Measure::Loss => significant(value),
        }
    }
}

/// Whether two bands overlap. A bound that is not finite reaches past everything on the bad side.
fn overlap(a: &Summary, b: &Summary) -> bool {
    let low = |band: &Summary| band.low.unwrap_or(f64::NEG_INFINITY);
    let high = |band: &Summary| band.high.unwrap_or(f64::INFINITY);
    a.median.is_some() && low(a) <= high(b) && low(b) <= high(a)
}

#[cfg(test)]
mod tests {
    use super::verdict;
    use serde_json::{Value, json};

    const FIXTURE: &str = include_str!("../../tests/fixtures/compare.json");

    fn said(accuracies: &[(&str, [Option<f64>; 3])]) -> (String, String) {
        let mut document: Value = serde_json::from_str(FIXTURE).unwrap();
        let row = document["ranking"][0].clone();
        document["ranking"] = accuracies
            .iter()
            .map(|(name, [low, median, high])| {
                let mut row = row.clone();
                row["optimizer"] = json!(name);
                row["test_accuracy"] = json!({"low": low, "median": median, "high": high, "n": 5});
                row
            })
            .collect();
        verdict(&serde_json::from_value(document).unwrap())
    }

    fn band(low: f64, median: f64, high: f64) -> [Option<f64>; 3] {
        [Some(low), Some(median), Some(high)]
    }

    #[test]
    fn it_wins_where_its_band_is_clear() {
        let rows = [
            ("adam", band(0.95, 0.96, 0.97)),
            ("sgd", band(0.9, 0.92, 0.94)),
        ];
        let (headline, beside) = said(&rows);
        assert_eq!(
            headline,
            "adam at learning rate 0.00316 wins: median test accuracy 0.960 (5 seeds)"
        );
        assert_eq!(
            beside,
            "Its 20–80 % band is clear of all the others. sgd follows with 0.920."
        );
    }

    #[test]
    fn it_comes_first_where_bands_overlap() {
        let mut rows = vec![
            ("adam", band(0.95, 0.96, 0.97)),
            ("lion", band(0.94, 0.945, 0.95)),
            ("sgd", band(0.9, 0.92, 0.94)),
        ];
        let (headline, beside) = said(&rows);
        assert!(headline.contains(" comes first: "), "{headline}");
        assert_eq!(
            beside,
            "The 20–80 % band of lion overlaps that of adam: these runs do not tell them apart."
        );
        // One without a median, most of whose runs failed, is no rival; one without a lower bound may be.
        rows.push(("momentum", [None, None, None]));
        rows[2].1 = [None, Some(0.95), Some(0.96)];
        assert!(
            said(&rows)
                .1
                .starts_with("The 20–80 % bands of lion and sgd overlap that of adam: "),
        );
    }

    #[test]
    fn alone_or_failed_nobody_wins() {
        let alone = said(&[("adam", band(0.95, 0.96, 0.97))]);
        assert_eq!(
            alone.0,
            "adam at learning rate 0.00316: median test accuracy 0.960 (5 seeds)"
        );
        assert_eq!(alone.1, "");
        let failed = said(&[("adam", [None; 3]), ("sgd", [None; 3])]);
        assert!(failed.0.starts_with("No optimizer trained"));
    }
}
