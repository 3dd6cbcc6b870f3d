//! What a documentation comment says, for a terminal or a table.

/// A part of a documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph, on one line.
    Text(String),
    /// Formulas, line by line.
    Formula(String),
}

/// The paragraphs and formulas of a documentation, without its source and its examples of code.
#[must_use]
pub fn blocks(doc: &str) -> Vec<Block> {
    // Text and what is set apart, in turns.
    let mut blocks = Vec::new();
    for (index, part) in doc.split("```").enumerate() {
        if index % 2 == 0 {
            let paragraphs = paragraphs(part).filter(|text| !text.starts_with(SOURCE));
            blocks.extend(paragraphs.map(|text| Block::Text(without_marks(&text))));
        } else if part.starts_with("text") {
            let lines = part
                .lines()
                .skip(1)
                .map(|line| line.strip_prefix(' ').unwrap_or(line));
            let lines = lines.collect::<Vec<_>>().join("\n");
            blocks.push(Block::Formula(lines.trim_end().to_owned()));
        }
    }
    blocks
}

/// The first paragraph of a documentation: what a thing is, in a sentence.
#[must_use]
pub fn summary(doc: &str) -> String {
    without_links(&paragraphs(doc).next().unwrap_or_default())
}

/// What a documentation says behind `Source:`, if it does.
#[must_use]
pub fn source(doc: &str) -> Option<String> {
    paragraphs(doc).find_map(|text| Some(text.strip_prefix(SOURCE)?.trim().into()))
}

const SOURCE: &str = "Source:";

/// The paragraphs of a documentation, each on a line.
fn paragraphs(doc: &str) -> impl Iterator<Item = String> {
    doc.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
}

/// The text without the marks of links and code.
#[must_use]
pub fn without_marks(text: &str) -> String {
    let text = without_links(text).replace("[`", "").replace("`]", "");
    text.replace('`', "")
}

/// The text with the words of a link, `[words](target)`, in the place of the link.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, target)) = rest.split_once("](")
        && let Some((_, behind)) = target.split_once(')')
    {
        // The last bracket: the ones before it may belong to an interval.
        let (outside, words) = before.rsplit_once('[').unwrap_or((before, ""));
        plain = plain + outside + words;
        rest = behind;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOC: &str = " Steps `x ← x − αd`, with α in [0, 1), as [said](Self::new) by [`Beta`].\n\n ```text\n a\n   b\n ```\n And more.\n\n ```\n let x = 1;\n ```\n\n\n Source: N.\n";

    #[test]
    fn blocks_are_text_and_formulas_without_marks() {
        let first = "Steps x ← x − αd, with α in [0, 1), as said by Beta.";
        let expected = [
            Block::Text(first.into()),
            Block::Formula("a\n  b".into()),
            Block::Text("And more.".into()),
        ];
        assert_eq!(blocks(DOC), expected);
        assert_eq!(
            summary(DOC),
            "Steps `x ← x − αd`, with α in [0, 1), as said by [`Beta`]."
        );
        assert_eq!(source(DOC).as_deref(), Some("N."));
    }
}
