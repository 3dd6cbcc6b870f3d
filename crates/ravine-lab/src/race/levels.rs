//! Contour levels that read well.

use super::Surface;

/// Points along each side of the grid whose values the levels are chosen by.
const GRID: usize = 129;

/// About how many levels a picture has.
const WANTED: f64 = 15.0;

/// The digits at which levels stand in each decade, from few to many.
const DIGITS: &[&[f64]] = &[
    &[1.0],
    &[1.0, 3.0],
    &[1.0, 2.0, 5.0],
    &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
];

/// The levels of a surface, ascending: above its lowest value at round numbers of equal ratios, or at round equal distances.
#[must_use]
pub fn levels(surface: &Surface) -> Vec<f64> {
    let mut values = surface.grid(GRID, GRID);
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (values.first().copied(), values.last().copied()) else {
        return Vec::new();
    };
    if surface.logarithmic {
        let floor = surface.floor().min(least);
        // The lowest two hundredths are one basin.
        let low = values[values.len() / 50] - floor;
        logarithmic(low, most - floor)
            .into_iter()
            .map(|gap| floor + gap)
            .collect()
    } else {
        linear(least, most)
    }
}

fn logarithmic(low: f64, high: f64) -> Vec<f64> {
    if !(low > 0.0 && high > low) {
        return linear(0.0, high);
    }
    let (from, to) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let all = |digits: &[f64]| -> Vec<f64> {
        let decades = (from..=to).map(|k| 10_f64.powi(k));
        let levels = decades.flat_map(|power| digits.iter().map(move |digit| digit * power));
        levels.filter(|level| (low..high).contains(level)).collect()
    };
    let distance = |levels: &Vec<f64>| (levels.len() as f64 - WANTED).abs();
    let choices = DIGITS.iter().map(|digits| all(digits));
    choices
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .unwrap_or_default()
}

fn linear(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / WANTED;
    if !(rough > 0.0 && rough.is_finite()) {
        return Vec::new();
    }
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power);
    let step = step
        .filter(|step| *step >= 0.75 * rough)
        .fold(10.0 * power, f64::min);
    let first = (low / step).floor() as i64 + 1;
    let levels = (first..).map(|k| k as f64 * step);
    levels.take_while(|level| *level < high).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_a_ravine_are_at_round_ratios() {
        let levels = levels(&Surface::named("rosenbrock").unwrap());
        assert!((8..25).contains(&levels.len()), "{levels:?}");
        assert!(levels.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(
            levels.contains(&10.0) && levels.contains(&100.0),
            "{levels:?}"
        );
    }

    #[test]
    fn levels_of_a_saddle_are_even() {
        let levels = levels(&Surface::named("saddle").unwrap());
        assert!((8..25).contains(&levels.len()), "{levels:?}");
        assert!(levels.contains(&0.0), "{levels:?}");
    }

    #[test]
    fn surfaces_without_height_have_none() {
        for text in ["0*x + 0*y", "0*x*y + sqrt(-1)", "1/0*(x + y)"] {
            let surface = Surface::of_expression(text, None, None);
            assert!(
                surface.is_err() || levels(&surface.unwrap()).is_empty(),
                "{text}"
            );
        }
    }
}
