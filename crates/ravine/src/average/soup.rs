//! Model soups: the mean of the parameters of several trainings.
//!
//! Source: Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing
//! inference time", ICML 2022: the uniform soup, and the greedy soup of recipe 1.

use std::collections::BTreeMap;

use crate::Scalar;
use crate::error::Error;

/// The parameters of a network, by name.
pub type Weights<T> = BTreeMap<String, Vec<T>>;

/// The mean of several networks of the same shape. Sums are made in f64, in the order given.
///
/// # Errors
/// There are none; or names or lengths differ, with the first that does.
pub fn uniform<T: Scalar>(networks: &[&Weights<T>]) -> Result<Weights<T>, Error> {
    let Some(first) = networks.first() else {
        return Err(problem("*", "a soup needs at least one network"));
    };
    for network in networks {
        check(first, network)?;
    }
    let mean = |name: &String, len: usize| {
        let mut sum = vec![0.0; len];
        for network in networks {
            for (sum, value) in sum.iter_mut().zip(&network[name]) {
                *sum += value.to_f64();
            }
        }
        let count = networks.len() as f64;
        sum.into_iter().map(|s| T::from_f64(s / count)).collect()
    };
    let means = first
        .iter()
        .map(|(name, values)| (name.clone(), mean(name, values.len())));
    Ok(means.collect())
}

/// A greedy soup: which networks are in it, and their mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Greedy<T> {
    /// The places of its networks among those given, in the order in which they went in.
    pub members: Vec<usize>,
    /// The score of the mean.
    pub score: f64,
    /// The mean.
    pub weights: Weights<T>,
}

/// Puts networks into a soup one after the other, best first, and keeps each whose addition does not lower the score on
/// held-out data. `score` is better when larger; NaN counts as worst.
///
/// # Errors
/// As [`uniform`].
pub fn greedy<T: Scalar>(
    networks: &[&Weights<T>],
    mut score: impl FnMut(&Weights<T>) -> f64,
) -> Result<Greedy<T>, Error> {
    let mut ranked: Vec<(usize, f64)> = networks.iter().map(|n| score(n)).enumerate().collect();
    ranked.sort_by(|a, b| worst_if_nan(b.1).total_cmp(&worst_if_nan(a.1)));
    let Some(&(best, best_score)) = ranked.first() else {
        return Err(problem("*", "a soup needs at least one network"));
    };
    let mut soup = Greedy {
        members: vec![best],
        score: best_score,
        weights: networks[best].clone(),
    };
    for &(candidate, _) in &ranked[1..] {
        let members: Vec<usize> = soup.members.iter().copied().chain([candidate]).collect();
        let mix: Vec<&Weights<T>> = members.iter().map(|&member| networks[member]).collect();
        let weights = uniform(&mix)?;
        let now = score(&weights);
        if now >= soup.score {
            soup = Greedy {
                members,
                score: now,
                weights,
            };
        }
    }
    Ok(soup)
}

fn worst_if_nan(score: f64) -> f64 {
    if score.is_nan() {
        f64::NEG_INFINITY
    } else {
        score
    }
}

fn check<T>(first: &Weights<T>, other: &Weights<T>) -> Result<(), Error> {
    if let Some(name) = other.keys().find(|name| !first.contains_key(*name)) {
        return Err(problem(name, "is not in the first network of the soup"));
    }
    for (name, values) in first {
        match other.get(name) {
            None => return Err(problem(name, "is missing in a network of the soup")),
            Some(own) if own.len() != values.len() => {
                let lengths = format!(
                    "has {} values in one network of the soup and {} in another",
                    values.len(),
                    own.len()
                );
                return Err(problem(name, &lengths));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn problem(parameter: &str, problem: &str) -> Error {
    Error::Parameter {
        parameter: parameter.into(),
        problem: problem.into(),
    }
}
