//! The time of the matrix mathematics and of whole steps, on the shapes that bench/peers/matrix.py measures in PyTorch.
//!
//! `cargo bench -p ravine --bench matrix [-- NAME …]`; `step` names the whole steps. Times are the shortest of several runs; set RAYON_NUM_THREADS to
//! choose the threads.

use std::time::Instant;

use ravine::matrix::algebra::{
    Matrix, MatrixMut, NEWTON_SCHULZ, gram, inverse_root, multiply, newton_schulz,
    orthogonal_iteration, solve_upper_right, symmetric_eigen, thin_svd,
};
use ravine::{Optimizer, Parameter, catalogue};

const SHAPES: [(usize, usize); 4] = [(1024, 4096), (1024, 1024), (4096, 1024), (256, 1024)];

fn numbers(len: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..len)
        .map(|_| uniform() + uniform() + uniform())
        .collect()
}

fn matrix(data: &[f32], rows: usize, cols: usize) -> Matrix<'_, f32> {
    Matrix::new(data, rows, cols).expect("a fitting slice")
}

fn matrix_mut(data: &mut [f32], rows: usize, cols: usize) -> MatrixMut<'_, f32> {
    MatrixMut::new(data, rows, cols).expect("a fitting slice")
}

/// Prints the shortest time of `run`, if its name is wanted.
fn row(wanted: &[String], name: &str, runs: usize, mut run: impl FnMut()) {
    if !is_wanted(wanted, name) {
        return;
    }
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{name:36} {:9.2} ms", best * 1e3);
}

/// The name of a measurement, the recipe, its settings, and over how many steps the time is averaged.
type Steps = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    u32,
);

/// Whole steps of an optimiser on one weight of 1024 × 4096.
const STEPS: [Steps; 6] = [
    ("Adam", "adam", &[], 10),
    ("Muon", "muon", &[], 1),
    (
        "Shampoo, blocks of 1024",
        "shampoo",
        &[("start_preconditioning_step", "1")],
        10,
    ),
    (
        "SOAP, one side",
        "soap",
        &[("max_precondition_dim", "1024")],
        10,
    ),
    ("SOAP, both sides", "soap", &[], 10),
    ("PSGD Kron", "psgd-kron", &[], 1),
];

fn step_rows(wanted: &[String]) {
    let shape = [1024, 4096];
    let len = shape[0] * shape[1];
    for (name, recipe, settings, steps) in STEPS {
        let name = format!("{name} step");
        if !is_wanted(wanted, &name) {
            continue;
        }
        let chain = catalogue::find(recipe).and_then(|recipe| recipe.chain(settings));
        let mut optimizer = chain.and_then(Optimizer::new).expect("a recipe");
        let (mut x, g) = (numbers(len), numbers(len));
        let mut step = || {
            let parameter = Parameter::new("x", &mut x, Some(&g)).shape(&shape);
            optimizer.step([parameter]).expect("finite numbers");
        };
        // The first begins the states, and the eigenvectors.
        step();
        let runs = if steps == 1 { 5 } else { 2 };
        let mut best = f64::INFINITY;
        for _ in 0..runs {
            let start = Instant::now();
            (0..steps).for_each(|_| step());
            best = best.min(start.elapsed().as_secs_f64() / f64::from(steps));
        }
        println!("{name:36} {:9.2} ms", best * 1e3);
    }
}

fn is_wanted(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| name.contains(wanted.as_str()))
}

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let wanted = wanted.as_slice();
    println!("{} threads, f32", rayon::current_num_threads());
    step_rows(wanted);
    for (rows, cols) in SHAPES {
        let x = numbers(rows * cols);
        let mut square = vec![0.0; rows * rows];
        let name = format!("{rows} × {cols}");
        row(wanted, &format!("X Xᵀ, {name}"), 10, || {
            let x = matrix(&x, rows, cols);
            let c = matrix_mut(&mut square, rows, rows);
            multiply(c, 1.0, x, x.transposed(), 0.0).expect("fitting shapes");
        });
        row(wanted, &format!("X Xᵀ, half, {name}"), 10, || {
            let c = matrix_mut(&mut square, rows, rows);
            gram(c, 1.0, matrix(&x, rows, cols), 0.0).expect("fitting shapes");
        });
        let mut y = x.clone();
        row(wanted, &format!("Newton–Schulz, {name}"), 10, || {
            y.copy_from_slice(&x);
            newton_schulz(matrix_mut(&mut y, rows, cols), &NEWTON_SCHULZ, 1e-7)
                .expect("finite numbers");
        });
    }
    for n in [128, 512, 1024] {
        let x = numbers(n * n);
        let mut a = vec![0.0; n * n];
        gram(matrix_mut(&mut a, n, n), 1.0, matrix(&x, n, n), 0.0).expect("fitting shapes");
        let a = matrix(&a, n, n);
        row(wanted, &format!("eigendecomposition, {n}"), 3, || {
            symmetric_eigen(a).expect("it converges");
        });
        row(wanted, &format!("inverse 4th root, {n}"), 3, || {
            inverse_root(a, 4.0, 1e-6).expect("it converges");
        });
        row(wanted, &format!("orthogonal iteration, {n}"), 3, || {
            orthogonal_iteration(a, matrix(&x, n, n)).expect("finite numbers");
        });
        let mut u = vec![0.1; n * n];
        u.iter_mut()
            .step_by(n + 1)
            .for_each(|diagonal| *diagonal = n as f32);
        let mut b = x.clone();
        row(wanted, &format!("triangular solution, {n}"), 3, || {
            b.copy_from_slice(&x);
            solve_upper_right(matrix(&u, n, n), matrix_mut(&mut b, n, n)).expect("regular");
        });
    }
    for (rows, cols) in [(256, 1024), (1024, 1024)] {
        let x = numbers(rows * cols);
        row(wanted, &format!("thin SVD, {rows} × {cols}"), 2, || {
            thin_svd(matrix(&x, rows, cols), 128).expect("it converges");
        });
    }
}
