//! Parameter groups: hyper-parameters of their own for some parameters.

use std::fmt;
use std::sync::Arc;

use crate::hyper::Hyper;

type Predicate = Arc<dyn Fn(&str, &[usize]) -> bool + Send + Sync>;

/// Some of the parameters, and what is different for them.
///
/// Every group whose selection matches a parameter applies to it, in the order in which they were added: a later one
/// overrides an earlier one.
///
/// ```
/// use ravine::{Group, Optimizer, adamw};
///
/// // No decay for biases and norms: everything that is not at least a matrix.
/// let optimizer = Optimizer::<f32>::new(adamw(1e-3))?.with_group(Group::rank_below(2).set("weight_decay", 0.0))?;
/// # Ok::<(), ravine::Error>(())
/// ```
#[derive(Clone)]
pub struct Group {
    selection: String,
    predicate: Predicate,
    overrides: Vec<(String, Hyper)>,
    frozen: bool,
    by_rank: bool,
}

impl Group {
    /// The parameters for which `predicate(name, shape)` holds; `description` names the selection in messages.
    pub fn when(
        description: impl Into<String>,
        predicate: impl Fn(&str, &[usize]) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            selection: description.into(),
            predicate: Arc::new(predicate),
            overrides: Vec::new(),
            frozen: false,
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
    /// With such a group every parameter must say its shape; one that does not is an error.
    #[must_use]
    pub fn rank_below(rank: usize) -> Self {
        let selected = move |_: &str, shape: &[usize]| shape.len() < rank;
        Self {
            by_rank: true,
            ..Self::when(format!("rank below {rank}"), selected)
        }
    }

    /// With this hyper-parameter, in every link that has it, for these parameters.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Hyper>) -> Self {
        self.overrides.push((name.into(), value.into()));
        self
    }

    /// Leaves these parameters and their states as they are.
    #[must_use]
    pub fn freeze(mut self) -> Self {
        self.frozen = true;
        self
    }

    pub(crate) fn selects(&self, name: &str, shape: &[usize]) -> bool {
        (self.predicate)(name, shape)
    }

    pub(crate) fn is_by_rank(&self) -> bool {
        self.by_rank
    }

    pub(crate) fn overrides(&self) -> &[(String, Hyper)] {
        &self.overrides
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("selection", &self.selection)
            .field("overrides", &self.overrides)
            .field("frozen", &self.frozen)
            .finish_non_exhaustive()
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
