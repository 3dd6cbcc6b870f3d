//! The result of a comparison as text, at most 100 columns wide.

use std::path::Path;

use anstyle::Style;
use ravine_lab::compare::{Document, LeftOut, Ranked};
use ravine_lab::config::Config;
use ravine_lab::statistics::{Reaching, Summary};
use ravine_nets::data::Task;

use super::verdict::verdict;
use crate::format::{duration, share, significant, wrapped};
use crate::table::Table;

const WIDTH: usize = 100;

/// What was compared, the table, what it leaves to say, and who comes first.
pub(super) fn render(document: &Document, config: &Config, page: &Path) -> String {
    let mut text = format!(
        "{}\n\n{}\n",
        what(document, config),
        table(document, config)
    );
    for note in notes(document) {
        text += &format!("{}\n", wrapped(&note, WIDTH));
    }
    let (headline, beside) = verdict(document);
    let bold = Style::new().bold();
    text += &format!("{bold}{headline}{bold:#}\n");
    if !beside.is_empty() {
        text += &format!("{}\n", wrapped(&beside, WIDTH));
    }
    text + &format!(
        "{} runs in {} · page: {}\n",
        runs(document),
        duration(document.seconds),
        page.display()
    )
}

fn what(document: &Document, config: &Config) -> String {
    let (data, model) = (&config.data.source, &config.model);
    let failed = document
        .trials
        .iter()
        .filter(|t| t.failure.is_some())
        .count();
    let failed = match failed {
        0 => String::new(),
        n => format!(" · {n} runs diverged"),
    };
    format!(
        "{data} · {model}\n{} epochs, batch {}, {} learning rate · {} optimizers × {} learning rates × {} seeds\nreported on test data, at the lowest validation loss, with {} fresh seeds{failed}",
        config.epochs,
        config.batch,
        config.schedule,
        config.optimizers.len(),
        config.trials,
        config.tuning_seeds,
        config.seeds,
    )
}

fn table(document: &Document, config: &Config) -> String {
    let classifies = document.task == Task::Classification;
    let failures = document.ranking.iter().any(|r| r.tuned.failures > 0);
    let mut columns = vec![">", "optimizer", "lr"];
    if classifies {
        columns.push("test accuracy");
    }
    columns.push("test loss");
    if config.target().is_some() {
        columns.push(">steps to");
    }
    if failures {
        columns.push(">failed");
    }
    columns.push("default lr");
    columns.push(if classifies { "accuracy" } else { "test loss" });
    let mut table = Table::new(&columns);
    for (place, ranked) in document.ranking.iter().enumerate() {
        let mut cells = vec![
            (place + 1).to_string(),
            ranked.optimizer.clone(),
            rate(ranked),
        ];
        if let Some(accuracy) = &ranked.tuned.test_accuracy {
            cells.push(band(accuracy, share));
        }
        cells.push(band(&ranked.tuned.test_loss, significant));
        if let Some(steps) = &ranked.tuned.steps_to_target {
            cells.push(reaching(steps));
        }
        if failures {
            cells.push(format!(
                "{}/{}",
                ranked.tuned.failures, ranked.tuned.test_loss.n
            ));
        }
        cells.push(significant(ranked.default.lr));
        let default = match &ranked.default.test_accuracy {
            Some(accuracy) => median(accuracy, share),
            None => median(&ranked.default.test_loss, significant),
        };
        cells.push(default);
        let style = if place == 0 {
            Style::new().bold()
        } else {
            Style::new()
        };
        table.row(style, cells);
    }
    table.render()
}

fn rate(ranked: &Ranked) -> String {
    let mark = if ranked.lr_at_edge { "*" } else { "" };
    format!("{}{mark}", significant(ranked.tuned.lr))
}

/// `0.975 (0.970–0.978)`: the median and the 20–80 % band.
fn band(summary: &Summary, number: fn(f64) -> String) -> String {
    let end = |value: Option<f64>| value.map_or_else(|| "—".to_string(), number);
    match summary.median {
        None => "failed".to_string(),
        Some(_) => format!(
            "{} ({}–{})",
            median(summary, number),
            end(summary.low),
            end(summary.high)
        ),
    }
}

fn median(summary: &Summary, number: fn(f64) -> String) -> String {
    summary.median.map_or_else(|| "failed".to_string(), number)
}

fn reaching(steps: &Reaching) -> String {
    let median = steps.summary.median;
    median.map_or_else(|| "never".to_string(), |steps| steps.round().to_string())
}

fn notes(document: &Document) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(target) = &document.target {
        let sign = if target.metric == "validation_loss" {
            "≤"
        } else {
            "≥"
        };
        let metric = target.metric.replace('_', " ");
        notes.push(format!(
            "medians (20–80 % of the seeds); steps to {metric} {sign} {}",
            target.value
        ));
    } else {
        notes.push("medians (20–80 % of the seeds)".to_string());
    }
    let extended: Vec<String> = document
        .ranking
        .iter()
        .filter(|ranked| ranked.extended > 0)
        .map(|ranked| format!("{} +{}", ranked.optimizer, ranked.extended))
        .collect();
    if !extended.is_empty() {
        notes.push(format!(
            "learning rates added because the best was at the edge of the grid: {}",
            extended.join(", ")
        ));
    }
    if document.ranking.iter().any(|ranked| ranked.lr_at_edge) {
        notes.push(
            "* still at the edge: a better learning rate may lie beyond; move the grid (NAME.lr=…) or raise extend="
                .to_string(),
        );
    }
    for (reason, names) in left_out(document) {
        notes.push(format!("left out: {}: {reason}", names.join(", ")));
    }
    notes
}

/// What could not take part, by the reason.
fn left_out(document: &Document) -> Vec<(&str, Vec<&str>)> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for LeftOut { optimizer, reason } in &document.left_out {
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, names)) => names.push(optimizer),
            None => reasons.push((reason, vec![optimizer])),
        }
    }
    reasons
}

/// Runs that were made: where the best learning rate is the default one, one set of runs serves both.
fn runs(document: &Document) -> usize {
    let shared = document
        .ranking
        .iter()
        .filter(|r| r.tuned.lr == r.default.lr);
    let shared: usize = shared.map(|r| r.default.test_loss.n).sum();
    document.trials.len() - shared
}
