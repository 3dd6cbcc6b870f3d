//! How many rows of each group go to which part.

/// A quota this near to an integer is that integer: the rest is rounding.
const NEAR: f64 = 1e-6;

/// Counts for each group, that sum to its size and differ from size × fraction by less than one, but are at least one.
///
/// A method of largest remainders: every part gets its quota rounded down, and what is left of the group goes to those parts to
/// which the most is owed. What is owed is carried on from group to group, so that many small groups do not all round the same way.
pub(super) fn apportion(sizes: &[usize], fractions: [f64; 3]) -> Vec<[usize; 3]> {
    let mut owed = [0.0; 3];
    sizes
        .iter()
        .map(|size| {
            let quotas = fractions.map(|fraction| {
                let quota = *size as f64 * fraction;
                if (quota - quota.round()).abs() < NEAR {
                    quota.round()
                } else {
                    quota
                }
            });
            let mut counts = quotas.map(|quota| quota as usize);
            let mut candidates: Vec<usize> =
                (0..3).filter(|part| quotas[*part].fract() > 0.0).collect();
            for (owed, quota) in owed.iter_mut().zip(quotas) {
                *owed += quota;
            }
            candidates.sort_by(|a, b| {
                (owed[*b] - counts[*b] as f64).total_cmp(&(owed[*a] - counts[*a] as f64))
            });
            let left = size.saturating_sub(counts.iter().sum());
            for part in candidates.into_iter().take(left) {
                counts[part] += 1;
            }
            for part in 0..3 {
                let largest = (0..3).fold(0, |best, other| {
                    if counts[other] > counts[best] {
                        other
                    } else {
                        best
                    }
                });
                if counts[part] == 0 && counts[largest] > 1 {
                    counts[part] += 1;
                    counts[largest] -= 1;
                }
            }
            for (owed, count) in owed.iter_mut().zip(counts) {
                *owed -= count as f64;
            }
            counts
        })
        .collect()
}
