//! Which parameters: by name, by rank, or by any condition on both.

use std::fmt;
use std::sync::Arc;

type Predicate = Arc<dyn Fn(&str, &[usize]) -> bool + Send + Sync>;

/// Some of the parameters.
#[derive(Clone)]
pub struct Selection {
    description: String,
    predicate: Predicate,
    by_rank: bool,
}

impl Selection {
    /// The parameters for which `predicate(name, shape)` holds; `description` names the selection in messages.
    pub fn when(
        description: impl Into<String>,
        predicate: impl Fn(&str, &[usize]) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            description: description.into(),
            predicate: Arc::new(predicate),
            by_rank: false,
        }
    }

    /// The parameters whose whole name fits the pattern: `*` stands for any text, `?` for one character.
    #[must_use]
    pub fn matching(pattern: &str) -> Self {
        let owned: Vec<char> = pattern.chars().collect();
        Self::when(format!("name {pattern}"), move |name, _| {
            let name: Vec<char> = name.chars().collect();
            fits(&owned, &name)
        })
    }

    /// The parameters of fewer than `rank` dimensions: `rank_below(2)` are biases, norms and scalars.
    ///
    /// With it every parameter must say its shape; one that does not is an error.
    #[must_use]
    pub fn rank_below(rank: usize) -> Self {
        let selected = move |_: &str, shape: &[usize]| shape.len() < rank;
        Self {
            by_rank: true,
            ..Self::when(format!("rank below {rank}"), selected)
        }
    }

    /// The parameters that this selection leaves out.
    #[must_use]
    pub fn inverted(self) -> Self {
        let predicate = self.predicate;
        Self {
            description: format!("not ({})", self.description),
            predicate: Arc::new(move |name, shape| !predicate(name, shape)),
            by_rank: self.by_rank,
        }
    }

    /// The parameters that both select.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let (a, b) = (self.predicate, other.predicate);
        Self {
            description: format!("({}) and ({})", self.description, other.description),
            predicate: Arc::new(move |name, shape| a(name, shape) && b(name, shape)),
            by_rank: self.by_rank || other.by_rank,
        }
    }

    pub(crate) fn selects(&self, name: &str, shape: &[usize]) -> bool {
        (self.predicate)(name, shape)
    }

    pub(crate) fn is_by_rank(&self) -> bool {
        self.by_rank
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
    }
}

/// Whether `text` fits `pattern`: on a mismatch behind a star, the star takes one character more.
fn fits(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((behind, taken)) => {
                    star = Some((behind, taken + 1));
                    p = behind + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*.bias", "fc1.bias", true),
            ("*.bias", "fc1.bias.extra", false),
            ("blocks.?.*", "blocks.2.attention.weight", true),
            ("blocks.?.*", "blocks.12.attention.weight", false),
            ("*norm*", "layers.0.norm1.gamma", true),
            ("w?", "wé", true),
            ("*", "", true),
            ("", "a", false),
            ("a*a", "aa", true),
            ("a*a", "a", false),
        ] {
            let (from, to): (Vec<char>, Vec<char>) =
                (pattern.chars().collect(), text.chars().collect());
            assert_eq!(fits(&from, &to), expected, "{pattern} {text}");
        }
    }
}
