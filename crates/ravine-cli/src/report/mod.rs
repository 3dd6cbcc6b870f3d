//! Pages: one file each that opens offline. `report.html` shows a whole comparison, `race.html` a race on a surface.

use std::fmt::Write as _;

use serde_json::Value;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const CHART_STYLE: &str = include_str!("vendor/uplot/uPlot.min.css");
const CHART_CODE: &str = include_str!("vendor/uplot/uPlot.iife.min.js");
const CHART_LICENCE: &str = include_str!("vendor/uplot/LICENSE");

/// The code of a comparison's page, in the order in which one file needs another.
const SCRIPTS: &[&str] = &[
    include_str!("page/numbers.js"),
    include_str!("page/elements.js"),
    include_str!("page/looks.js"),
    include_str!("page/study.js"),
    include_str!("page/switches.js"),
    include_str!("page/ticks.js"),
    include_str!("page/chart.js"),
    include_str!("page/learning_rates.js"),
    include_str!("page/curves.js"),
    include_str!("page/headline.js"),
    include_str!("page/ranking.js"),
    include_str!("page/theme.js"),
    include_str!("page/copy.js"),
    include_str!("page/page.js"),
];

const RACE_PAGE: &str = include_str!("race/race.html");
const RACE_STYLE: &str = include_str!("race/race.css");

/// The code of a race's page.
const RACE_SCRIPTS: &[&str] = &[
    include_str!("page/numbers.js"),
    include_str!("page/elements.js"),
    include_str!("page/looks.js"),
    include_str!("page/ticks.js"),
    include_str!("page/theme.js"),
    include_str!("page/copy.js"),
    include_str!("race/data.js"),
    include_str!("race/engine.js"),
    include_str!("race/frame.js"),
    include_str!("race/contours.js"),
    include_str!("race/paths.js"),
    include_str!("race/progress.js"),
    include_str!("race/standings.js"),
    include_str!("race/words.js"),
    include_str!("race/race.js"),
];

/// Draws a comparison as one HTML file.
///
/// `document` is a `ravine.compare/1` document with its `curves`. The page holds everything it needs: style, code and
/// data are inside it, and its content security policy forbids every request. The same document gives the same bytes.
///
/// A document that lacks a part gives a page that lacks it too: nothing in here fails.
pub fn render(document: &Value) -> String {
    fill(PAGE, document, &[CHART_STYLE, STYLE], SCRIPTS)
}

/// Draws a race as one HTML file, as [`render`] does a comparison. `document` is a `ravine.race/1` document.
///
/// Its content security policy allows WebAssembly: the page runs the document's update rules again.
pub fn render_race(document: &Value) -> String {
    fill(RACE_PAGE, document, &[STYLE, RACE_STYLE], RACE_SCRIPTS)
}

fn fill(template: &str, document: &Value, styles: &[&str], scripts: &[&str]) -> String {
    let mut page = String::with_capacity(256 * 1024);
    let mut rest = template;
    while let Some((before, (name, after))) = next_slot(rest) {
        page.push_str(before);
        match name {
            "style" => styles.iter().for_each(|style| page.push_str(style)),
            "data" => page.push_str(&inside_script(document)),
            "chart code" => {
                // Writing to a String does not fail.
                let _ = write!(page, "/*\n{CHART_LICENCE}*/\n{CHART_CODE}");
            }
            "code" => scripts.iter().for_each(|script| page.push_str(script)),
            _ => {}
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

/// Splits the template at its next `{{name}}`: what stands before it, the name, and what comes after.
fn next_slot(template: &str) -> Option<(&str, (&str, &str))> {
    let (before, from_name) = template.split_once("{{")?;
    Some((before, from_name.split_once("}}")?))
}

/// JSON that may stand inside a `<script>` element.
///
/// `<` occurs in JSON only inside strings, where its escape means the same; without it neither `</script>` nor `<!--`
/// can end or alter the element. U+2028 and U+2029 end a line in old JavaScript.
fn inside_script(document: &Value) -> String {
    document
        .to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_slot_of_the_template_is_filled() {
        let page = render(&json!({}));
        assert!(!page.contains("{{"), "a slot is left in the page");
        assert!(page.contains("var uPlot=") && page.contains("Leon Sorokin"));
        assert!(!render_race(&json!({})).contains("{{"));
    }

    #[test]
    fn data_cannot_leave_its_script_element() {
        let hostile = json!({"command": "</script><!--<script>\u{2028}\u{2029}{{style}}"});
        let page = render(&hostile);
        let (_, data) = page.split_once("type=\"application/json\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        assert_eq!(serde_json::from_str::<Value>(data).unwrap(), hostile);
        assert!(!data.contains(['<', '\u{2028}', '\u{2029}']));
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        let document = json!({"schema": "ravine.compare/1", "seconds": 1.5, "ranking": [{"optimizer": "adam"}]});
        assert_eq!(render(&document), render(&document.clone()));
    }
}
