//! The matrix mathematics against loops written from the formulas in f64, and against what must hold of its results.

use rayon::ThreadPoolBuilder;

use ravine::Scalar;
use ravine::matrix::algebra::{
    AlgebraError, Matrix, MatrixMut, NEWTON_SCHULZ, frobenius_norm, gram, inverse_root, multiply,
    newton_schulz, orthogonal_iteration, qr, rayleigh_quotients, solve_upper, solve_upper_right,
    spectral_norm, symmetric_eigen, thin_svd,
};

/// Nearly normal numbers, the same on every run.
fn random(len: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    (0..len)
        .map(|_| (0..6).map(|_| uniform()).sum::<f64>() * 1.4)
        .collect()
}

fn cast<T: Scalar>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&x| T::from_f64(x)).collect()
}

fn wide<T: Scalar>(values: &[T]) -> Vec<f64> {
    values.iter().map(|x| x.to_f64()).collect()
}

fn view<T: Scalar>(data: &[T], rows: usize, cols: usize) -> Matrix<'_, T> {
    Matrix::new(data, rows, cols).unwrap()
}

fn view_mut<T: Scalar>(data: &mut [T], rows: usize, cols: usize) -> MatrixMut<'_, T> {
    MatrixMut::new(data, rows, cols).unwrap()
}

fn transpose(a: &[f64], rows: usize, cols: usize) -> Vec<f64> {
    (0..rows * cols)
        .map(|k| a[k % rows * cols + k / rows])
        .collect()
}

/// `AB` of m × k and k × n.
fn product(a: &[f64], b: &[f64], m: usize, k: usize, n: usize) -> Vec<f64> {
    let mut c = vec![0.0; m * n];
    for i in 0..m {
        for l in 0..k {
            for j in 0..n {
                c[i * n + j] += a[i * k + l] * b[l * n + j];
            }
        }
    }
    c
}

/// `AAᵀ + small·I`, of rank at most `rank`.
fn positive(n: usize, rank: usize, seed: u64) -> Vec<f64> {
    let x = random(n * rank, seed);
    product(&x, &transpose(&x, n, rank), n, rank, n)
}

fn identity(n: usize) -> Vec<f64> {
    (0..n * n).map(|k| f64::from(k / n == k % n)).collect()
}

#[track_caller]
fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (k, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= tolerance,
            "number {k}: {found} for {expected}"
        );
    }
}

#[track_caller]
fn assert_orthonormal(q: &[f64], rows: usize, cols: usize, tolerance: f64) {
    let products = product(&transpose(q, rows, cols), q, cols, rows, cols);
    assert_near(&products, &identity(cols), tolerance);
}

const SHAPES: [(usize, usize, usize); 12] = [
    (1, 1, 1),
    (1, 7, 5),
    (5, 7, 1),
    (6, 1, 9),
    (0, 3, 4),
    (4, 0, 3),
    (3, 4, 0),
    (17, 33, 9),
    (64, 64, 64),
    (130, 40, 257),
    (300, 20, 270),
    (515, 9, 3),
];

fn products_are_those_of_loops<T: Scalar>(tolerance: f64) {
    for (m, k, n) in SHAPES {
        let (a, b, c) = (random(m * k, 1), random(k * n, 2), random(m * n, 3));
        let plain = product(&a, &b, m, k, n);
        let (at, bt) = (transpose(&a, m, k), transpose(&b, k, n));
        for (alpha, beta) in [(1.0, 0.0), (-0.5, 1.0), (2.0, 0.25)] {
            let expected: Vec<f64> = (0..m * n).map(|i| alpha * plain[i] + beta * c[i]).collect();
            for transposed in 0..8 {
                let (a, at): (Vec<T>, Vec<T>) = (cast(&a), cast(&at));
                let (b, bt): (Vec<T>, Vec<T>) = (cast(&b), cast(&bt));
                let left = match transposed & 1 {
                    0 => view(&a, m, k),
                    _ => view(&at, k, m).transposed(),
                };
                let right = match transposed & 2 {
                    0 => view(&b, k, n),
                    _ => view(&bt, n, k).transposed(),
                };
                let into_transpose = transposed & 4 != 0;
                let mut result: Vec<T> = cast(&if into_transpose {
                    transpose(&c, m, n)
                } else {
                    c.clone()
                });
                let target = if into_transpose {
                    view_mut(&mut result, n, m).transposed()
                } else {
                    view_mut(&mut result, m, n)
                };
                let (alpha, beta) = (T::from_f64(alpha), T::from_f64(beta));
                multiply(target, alpha, left, right, beta).unwrap();
                let mut result = wide(&result);
                if into_transpose {
                    result = transpose(&result, n, m);
                }
                assert_near(&result, &expected, tolerance);
            }
        }
    }
}

#[test]
fn products() {
    products_are_those_of_loops::<f32>(2e-4);
    products_are_those_of_loops::<f64>(1e-12);
}

#[test]
fn a_product_that_replaces_does_not_read_what_was_there() {
    let (a, b) = ([1.0_f32, 2.0], [3.0_f32, 4.0]);
    let mut c = [f32::NAN];
    multiply(
        view_mut(&mut c, 1, 1),
        1.0,
        view(&a, 1, 2),
        view(&b, 2, 1),
        0.0,
    )
    .unwrap();
    assert_eq!(c, [11.0]);
}

#[test]
fn gram_matrices_are_symmetric_products() {
    for (m, k) in [
        (0, 3),
        (1, 1),
        (3, 0),
        (5, 9),
        (129, 31),
        (300, 70),
        (523, 8),
    ] {
        let (x, mut c) = (random(m * k, 4), positive(m, 3, 5));
        let plain = product(&x, &transpose(&x, m, k), m, k, m);
        let expected: Vec<f64> = (0..m * m).map(|i| 0.5 * plain[i] + 0.25 * c[i]).collect();
        gram(view_mut(&mut c, m, m), 0.5, view(&x, m, k), 0.25).unwrap();
        assert_near(&c, &expected, 1e-12);
        let mut exact = vec![0.0; m * m];
        gram(view_mut(&mut exact, m, m), 1.0, view(&x, m, k), 0.0).unwrap();
        assert_eq!(exact, transpose(&exact, m, m));
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let (m, k, n) = (700, 530, 611);
    let (a, b): (Vec<f32>, Vec<f32>) = (cast(&random(m * k, 6)), cast(&random(k * n, 7)));
    let upper: Vec<f32> = (0..k * k)
        .map(|i| if i / k == i % k { 30.0 } else { 0.1 })
        .collect();
    let everything = || {
        let mut c = vec![0.0; m * n];
        multiply(
            view_mut(&mut c, m, n),
            1.0,
            view(&a, m, k),
            view(&b, k, n),
            0.0,
        )
        .unwrap();
        let mut g = vec![0.0; m * m];
        gram(view_mut(&mut g, m, m), 1.0, view(&a, m, k), 0.0).unwrap();
        let mut tall = a.clone();
        newton_schulz(view_mut(&mut tall, m, k), &NEWTON_SCHULZ, 1e-7).unwrap();
        let mut solved = b.clone();
        solve_upper(view(&upper, k, k), view_mut(&mut solved, k, n)).unwrap();
        let mut right = a.clone();
        solve_upper_right(view(&upper, k, k), view_mut(&mut right, m, k)).unwrap();
        let numbers = [c, g, tall, solved, right].concat();
        let bits: Vec<u32> = numbers.iter().map(|x| x.to_bits()).collect();
        let norms = [
            frobenius_norm(&a),
            spectral_norm(view(&a, m, k), 5).unwrap(),
        ];
        (bits, norms.map(f64::to_bits))
    };
    let pool = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(everything)
    };
    let alone = pool(1);
    for threads in [2, 3, 8] {
        assert!(pool(threads) == alone, "{threads} threads");
    }
}

/// Newton–Schulz iteration as in its definition, on m × n with m ≤ n.
fn naive_newton_schulz(x: &[f64], m: usize, n: usize, epsilon: f64) -> Vec<f64> {
    let norm = x.iter().map(|x| x * x).sum::<f64>().sqrt() + epsilon;
    let mut x: Vec<f64> = x.iter().map(|x| x / norm).collect();
    for [a, b, c] in NEWTON_SCHULZ {
        let gram = product(&x, &transpose(&x, m, n), m, n, m);
        let square = product(&gram, &gram, m, m, m);
        let both: Vec<f64> = (0..m * m).map(|i| b * gram[i] + c * square[i]).collect();
        let change = product(&both, &x, m, m, n);
        x = (0..m * n).map(|i| a * x[i] + change[i]).collect();
    }
    x
}

fn orthogonalises<T: Scalar>(tolerance: f64) {
    for (m, n) in [
        (1, 1),
        (1, 9),
        (7, 7),
        (12, 40),
        (64, 64),
        (100, 260),
        (150, 170),
    ] {
        let x: Vec<T> = cast(&random(m * n, 8 + m as u64));
        let expected = naive_newton_schulz(&wide(&x), m, n, 1e-7);
        let mut found = x.clone();
        newton_schulz(view_mut(&mut found, m, n), &NEWTON_SCHULZ, 1e-7).unwrap();
        assert_near(&wide(&found), &expected, tolerance);

        // The transpose of the matrix gives the transpose of the result: the same numbers in another order.
        let mut tall: Vec<T> = cast(&transpose(&wide(&x), m, n));
        newton_schulz(view_mut(&mut tall, n, m), &NEWTON_SCHULZ, 1e-7).unwrap();
        assert_near(&transpose(&wide(&tall), n, m), &expected, tolerance);
        let mut stored = x.clone();
        let as_transpose = view_mut(&mut stored, m, n).transposed();
        newton_schulz(as_transpose, &NEWTON_SCHULZ, 1e-7).unwrap();
        assert_near(&wide(&stored), &expected, tolerance);
    }
}

#[test]
fn newton_schulz_is_its_definition() {
    orthogonalises::<f64>(1e-9);
    orthogonalises::<f32>(2e-4);
}

/// φ(σ) = aσ + bσ³ + cσ⁵ has its local minimum 0.6818 at σ = 1.0501 and maps [0.6818, 1.2024] (1.2024: its local maximum)
/// onto [0.6818, φ(0.6818) = 1.1344]: that is where every value ends that was not too small to grow in time.
#[test]
fn newton_schulz_brings_singular_values_near_one() {
    for (m, n) in [(1, 5), (16, 64), (100, 300), (300, 100), (128, 512)] {
        let mut x: Vec<f32> = cast(&random(m * n, 9));
        newton_schulz(view_mut(&mut x, m, n), &NEWTON_SCHULZ, 1e-7).unwrap();
        for value in thin_svd(view(&x, m, n), m.min(n)).unwrap().values {
            assert!((0.6818..=1.1345).contains(&value), "{m} × {n}: {value}");
        }
    }
}

#[test]
fn newton_schulz_keeps_what_is_missing_missing() {
    // Rank 3 of 40: the other singular values stay near zero, though rounding errors grow with every step.
    let (m, n, rank) = (40, 90, 3);
    let x = product(&random(m * rank, 10), &random(rank * n, 11), m, rank, n);
    for steps in [5, 10, 20] {
        let mut y: Vec<f32> = cast(&x);
        let steps = vec![NEWTON_SCHULZ[0]; steps];
        newton_schulz(view_mut(&mut y, m, n), &steps, 1e-7).unwrap();
        let values = thin_svd(view(&y, m, n), m).unwrap().values;
        assert!(
            values[..rank]
                .iter()
                .all(|value| (0.6818..1.1345).contains(value))
        );
        if steps.len() == 5 {
            assert!(values[rank] < 1e-3, "{}", values[rank]);
        }
        assert!(values[rank] < 1.1345, "{}", values[rank]);
    }
}

#[test]
fn newton_schulz_of_nothing_and_of_what_is_not_a_number() {
    let mut nothing: [f32; 0] = [];
    newton_schulz(view_mut(&mut nothing, 0, 4), &NEWTON_SCHULZ, 1e-7).unwrap();
    newton_schulz(view_mut(&mut nothing, 4, 0), &NEWTON_SCHULZ, 1e-7).unwrap();
    let mut zero = [0.0_f32; 6];
    newton_schulz(view_mut(&mut zero, 2, 3), &NEWTON_SCHULZ, 0.0).unwrap();
    assert_eq!(zero, [0.0; 6]);
    let mut infinite = [1.0_f32, f32::INFINITY];
    let error = newton_schulz(view_mut(&mut infinite, 1, 2), &NEWTON_SCHULZ, 1e-7);
    assert!(matches!(error, Err(AlgebraError::NotFinite { .. })));
    assert_eq!(infinite, [1.0, f32::INFINITY]);
    // Numbers whose squares underflow or overflow f32.
    for scale in [1e-30, 1e30] {
        let mut x: Vec<f32> = cast(&random(12, 3).iter().map(|x| x * scale).collect::<Vec<_>>());
        newton_schulz(view_mut(&mut x, 3, 4), &NEWTON_SCHULZ, 0.0).unwrap();
        let norm = frobenius_norm(&x);
        assert!((1.1..2.0).contains(&norm), "{norm}");
    }
}

fn eigen_decomposes<T: Scalar>(tolerance: f64) {
    for n in [0, 1, 2, 5, 33, 120] {
        let a: Vec<T> = cast(&positive(n, n.div_ceil(2), 12));
        let eigen = symmetric_eigen(view(&a, n, n)).unwrap();
        let (values, v) = (wide(&eigen.values), wide(&eigen.vectors));
        assert!(values.is_sorted());
        assert_orthonormal(&v, n, n, tolerance);
        let scaled: Vec<f64> = (0..n * n).map(|k| v[k] * values[k % n]).collect();
        let again = product(&scaled, &transpose(&v, n, n), n, n, n);
        assert_near(&again, &wide(&a), tolerance * 10.0 * n as f64);
    }
}

#[test]
fn eigendecompositions() {
    eigen_decomposes::<f64>(1e-12);
    eigen_decomposes::<f32>(2e-6);
    let known = symmetric_eigen(view(&[2.0_f64, 1.0, 1.0, 2.0], 2, 2)).unwrap();
    assert_near(&known.values, &[1.0, 3.0], 1e-15);
    assert!((known.vectors[1] - 0.5_f64.sqrt()).abs() < 1e-15);
    assert!((known.vectors[3] - 0.5_f64.sqrt()).abs() < 1e-15);
}

fn qr_decomposes<T: Scalar>(tolerance: f64) {
    for (m, n) in [
        (1, 1),
        (1, 6),
        (6, 1),
        (9, 9),
        (70, 40),
        (40, 70),
        (150, 130),
    ] {
        let a: Vec<T> = cast(&random(m * n, 13));
        let size = m.min(n);
        let found = qr(view(&a, m, n)).unwrap();
        let (q, r) = (wide(&found.q), wide(&found.r));
        assert_orthonormal(&q, m, size, tolerance);
        assert_near(&product(&q, &r, m, size, n), &wide(&a), tolerance * 10.0);
        for i in 0..size {
            assert!(r[i * n + i] >= 0.0);
            assert!((0..i).all(|j| r[i * n + j] == 0.0));
        }
    }
}

#[test]
fn qr_decompositions() {
    qr_decomposes::<f64>(1e-13);
    qr_decomposes::<f32>(1e-5);
    for (m, n) in [(0, 3), (3, 0)] {
        assert!(qr::<f32>(view(&[], m, n)).unwrap().q.is_empty());
    }
}

#[test]
fn q_is_orthonormal_also_where_the_matrix_has_less_than_full_rank() {
    let (m, n) = (50, 30);
    for (rank, scale) in [(0, 1.0), (1, 1e-40), (7, 1e200), (7, 1e-300)] {
        let a = product(&random(m * rank, 14), &random(rank * n, 15), m, rank, n);
        let a: Vec<f64> = a.iter().map(|x| x * scale).collect();
        assert_orthonormal(&qr(view(&a, m, n)).unwrap().q, m, n, 1e-13);
    }
}

fn svd_decomposes<T: Scalar>(tolerance: f64) {
    for (m, n) in [
        (1, 1),
        (1, 6),
        (6, 1),
        (9, 9),
        (60, 25),
        (25, 60),
        (20, 300),
    ] {
        let a: Vec<T> = cast(&random(m * n, 16));
        let size = m.min(n);
        let whole = thin_svd(view(&a, m, n), size).unwrap();
        let (u, values, vt) = (wide(&whole.left), wide(&whole.values), wide(&whole.right));
        assert_orthonormal(&u, m, size, tolerance);
        assert_orthonormal(&transpose(&vt, size, n), n, size, tolerance);
        assert!(values.iter().rev().is_sorted());
        let scaled: Vec<f64> = (0..m * size).map(|k| u[k] * values[k % size]).collect();
        let again = product(&scaled, &vt, m, size, n);
        assert_near(&again, &wide(&a), tolerance * 10.0);

        let first = thin_svd(view(&a, m, n), 1).unwrap();
        assert_eq!(first.values, whole.values[..1]);
        assert_eq!(first.right, whole.right[..n]);
        let left: Vec<T> = whole.left.iter().step_by(size).copied().collect();
        assert_eq!(first.left, left);
        let largest = wide(&left)
            .into_iter()
            .fold(0.0_f64, |a, b| if b.abs() > a.abs() { b } else { a });
        assert!(largest > 0.0);
    }
}

#[test]
fn singular_value_decompositions() {
    svd_decomposes::<f64>(1e-12);
    svd_decomposes::<f32>(1e-5);
    assert!(
        thin_svd::<f32>(view(&[], 0, 3), 2)
            .unwrap()
            .values
            .is_empty()
    );
    assert!(thin_svd(view(&[1.0_f32], 1, 1), 0).unwrap().left.is_empty());
}

fn power(a: &[f64], n: usize, exponent: usize) -> Vec<f64> {
    (0..exponent).fold(identity(n), |power, _| product(&power, a, n, n, n))
}

fn roots_invert<T: Scalar>(tolerance: f64) {
    for n in [1, 2, 17, 60] {
        let a: Vec<T> = cast(&positive(n, 4 * n, 17));
        for p in [1, 2, 4, 6] {
            let root = inverse_root(view(&a, n, n), p as f64, 0.0).unwrap();
            let inverse = power(&wide(&root), n, p);
            assert_near(
                &product(&inverse, &wide(&a), n, n, n),
                &identity(n),
                tolerance,
            );
        }
    }
}

#[test]
fn inverse_roots() {
    roots_invert::<f64>(1e-11);
    roots_invert::<f32>(2e-4);
    // diag(16, 81 − 1 + 1): known, also for powers that are not whole.
    let root = inverse_root(view(&[15.0_f64, 0.0, 0.0, 80.0], 2, 2), 4.0, 1.0).unwrap();
    assert_near(&root, &[0.5, 0.0, 0.0, 1.0 / 3.0], 1e-14);
    let root = inverse_root(view(&[4.0_f64], 1, 1), 2.0 / 3.0, 0.0).unwrap();
    assert_near(&root, &[0.125], 1e-15);
    assert!(
        inverse_root::<f32>(view(&[], 0, 0), 4.0, 0.0)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn roots_of_singular_and_indefinite_matrices() {
    let zero = [0.0_f32; 4];
    let root = inverse_root(view(&zero, 2, 2), 4.0, 1e-4).unwrap();
    assert_near(&wide(&root), &[10.0, 0.0, 0.0, 10.0], 1e-5);
    let singular = inverse_root(view(&zero, 2, 2), 4.0, 0.0);
    assert!(matches!(singular, Err(AlgebraError::Singular { .. })));
    let indefinite = inverse_root(view(&[1.0_f32, 0.0, 0.0, -0.5], 2, 2), 2.0, 1.0);
    assert_eq!(
        indefinite,
        Err(AlgebraError::Indefinite { eigenvalue: -0.5 })
    );
    for (p, epsilon) in [
        (0.0, 1.0),
        (-1.0, 1.0),
        (f64::NAN, 1.0),
        (2.0, -1.0),
        (2.0, f64::NAN),
    ] {
        let error = inverse_root(view(&[1.0_f32], 1, 1), p, epsilon);
        assert!(matches!(error, Err(AlgebraError::Argument { .. })));
    }
    // A low rank in f32: rounding makes some eigenvalues slightly negative.
    let low: Vec<f32> = cast(&positive(50, 3, 18));
    let root = inverse_root(view(&low, 50, 50), 4.0, 1e-6).unwrap();
    assert!(root.iter().all(|x| x.is_finite()));
}

#[test]
fn orthogonal_iteration_finds_the_eigenvectors() {
    let n = 12;
    let basis = qr(view(&random(n * n, 19), n, n)).unwrap().q;
    let values: Vec<f64> = (0..n).map(|i| f64::powi(0.5, i as i32)).collect();
    let scaled: Vec<f64> = (0..n * n).map(|k| basis[k] * values[k % n]).collect();
    let p = product(&scaled, &transpose(&basis, n, n), n, n, n);
    let mut q = identity(n);
    for _ in 0..120 {
        q = orthogonal_iteration(view(&p, n, n), view(&q, n, n)).unwrap();
    }
    assert_orthonormal(&q, n, n, 1e-13);
    let quotients = rayleigh_quotients(view(&p, n, n), view(&q, n, n)).unwrap();
    assert_near(&quotients, &values, 1e-12);
}

fn triangles_solve<T: Scalar>(tolerance: f64) {
    for (n, k) in [(1, 1), (3, 0), (0, 3), (5, 1), (1, 5), (40, 300), (130, 20)] {
        let mut u = random(n * n, 20);
        u.iter_mut().step_by(n + 1).for_each(|x| *x += 12.0);
        let mut upper = u.clone();
        (0..n * n)
            .filter(|i| i / n > i % n)
            .for_each(|i| upper[i] = 0.0);
        let (u, x): (Vec<T>, Vec<f64>) = (cast(&u), random(n * k, 21));

        let mut b: Vec<T> = cast(&product(&upper, &x, n, n, k));
        solve_upper(view(&u, n, n), view_mut(&mut b, n, k)).unwrap();
        assert_near(&wide(&b), &x, tolerance);

        let mut b: Vec<T> = cast(&product(&x, &upper, k, n, n));
        solve_upper_right(view(&u, n, n), view_mut(&mut b, k, n)).unwrap();
        assert_near(&wide(&b), &x, tolerance);
    }
}

#[test]
fn triangular_systems() {
    triangles_solve::<f64>(1e-12);
    triangles_solve::<f32>(1e-4);
    let mut b = [1.0_f32, 1.0];
    let singular = solve_upper(view(&[1.0, 2.0, 0.0, 0.0], 2, 2), view_mut(&mut b, 2, 1));
    assert!(matches!(singular, Err(AlgebraError::Singular { .. })));
    assert_eq!(b, [1.0, 1.0]);
}

#[test]
fn norms() {
    for len in [0, 1, 15, 16, 17, 16_384, 40_001] {
        let x: Vec<f32> = cast(&random(len, 22));
        let expected = wide(&x).iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!((frobenius_norm(&x) - expected).abs() <= 1e-13 * expected);
    }
    assert!(frobenius_norm(&[1.0_f32, f32::NAN]).is_nan());
    assert_eq!(
        frobenius_norm(&[3e30_f32, 4e30]),
        f64::hypot(f64::from(3e30_f32), f64::from(4e30_f32))
    );

    let (m, n) = (30, 50);
    let mut x = random(m * n, 23);
    for (k, x) in x.iter_mut().enumerate() {
        *x += 3.0 * ((k / n) as f64).sin() * ((k % n) as f64).cos();
    }
    let largest = thin_svd(view(&x, m, n), 1).unwrap().values[0];
    let found = spectral_norm(view(&x, m, n), 12).unwrap();
    assert!(
        (found / largest - 1.0).abs() < 1e-9,
        "{found} for {largest}"
    );
    assert_eq!(spectral_norm(view(&[0.0_f32; 6], 2, 3), 3).unwrap(), 0.0);
    assert_eq!(spectral_norm::<f32>(view(&[], 0, 3), 3).unwrap(), 0.0);
    assert!(spectral_norm(view(&[f64::NAN; 6], 2, 3), 3).is_err());
}

#[test]
fn what_is_not_finite_is_an_error() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for n in [1, 3, 40] {
            for place in [0, n * n - 1, n * n / 2] {
                let mut a = positive(n, n, 24);
                a[place] = bad;
                let a = view(&a, n, n);
                let is_reported = |error: Option<AlgebraError>| {
                    assert!(matches!(error, Some(AlgebraError::NotFinite { .. })), "{n}");
                };
                is_reported(symmetric_eigen(a).err());
                is_reported(inverse_root(a, 4.0, 1e-6).err());
                is_reported(qr(a).err());
                is_reported(thin_svd(a, n).err());
            }
        }
    }
}

#[test]
fn very_large_and_very_small_matrices_are_decomposed() {
    for scale in [1e-320, 1e-300, 1e300] {
        let a: Vec<f64> = positive(20, 20, 25)
            .iter()
            .map(|x| x / 100.0 * scale)
            .collect();
        let tolerance = if scale < 1e-310 { 0.2 } else { 1e-12 };
        let eigen = symmetric_eigen(view(&a, 20, 20)).unwrap();
        assert_orthonormal(&eigen.vectors, 20, 20, 1e-12);
        let values = thin_svd(view(&a, 20, 20), 1).unwrap().values;
        assert!((values[0] / eigen.values[19] - 1.0).abs() < tolerance);
    }
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    assert!(Matrix::new(&[1.0_f32; 5], 2, 3).is_err());
    assert!(Matrix::<f32>::new(&[], usize::MAX, 2).is_err());
    let (a, mut c) = ([1.0_f32; 6], [0.0_f32; 4]);
    let wrong = multiply(
        view_mut(&mut c, 2, 2),
        1.0,
        view(&a, 2, 3),
        view(&a, 2, 3),
        0.0,
    );
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "the right factor is 2 × 3, but must be 3 × 3"
    );
    assert!(gram(view_mut(&mut c, 2, 2), 1.0, view(&a, 3, 2), 0.0).is_err());
    assert!(symmetric_eigen(view(&a, 2, 3)).is_err());
    assert!(inverse_root(view(&a, 2, 3), 2.0, 1.0).is_err());
    assert!(solve_upper(view(&a, 2, 3), view_mut(&mut c, 2, 2)).is_err());
    assert!(solve_upper_right(view(&c.clone(), 2, 2), view_mut(&mut c, 4, 1)).is_err());
}
