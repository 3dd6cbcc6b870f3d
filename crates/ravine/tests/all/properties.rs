//! What must hold for any chain: the same bits however it is put together, cut, threaded, saved and continued.

use crate::common::{Network, chain_of, elementwise, forgiving, kinds, light, local};
use proptest::prelude::*;
use ravine::average::Ema;
use ravine::rule::{
    Adam, ClipGlobalNorm, ClipNorm, ClipValue, LearningRate, Lion, Momentum, Nesterov, Rule,
    WeightDecay,
};
use ravine::{Chain, Optimizer, Parameter};
use rayon::ThreadPoolBuilder;

/// Links for which `condition` holds.
fn some(condition: impl Fn(&Chain) -> bool) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop::sample::select(kinds(condition)), 1..5)
}

/// Sizes around the edges of registers, blocks and chunks, some of them large enough for several threads.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    let size = prop_oneof![
        0..70_usize,
        500..530_usize,
        1000..1100_usize,
        16_380..16_390_usize,
        100_000..180_000_usize
    ];
    prop::collection::vec(size, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_threads_gives_the_same_bits(kinds in some(light), sizes in sizes()) {
        let train = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut network = Network::<f32>::new(&sizes);
                let mut optimizer = forgiving(chain_of(&kinds));
                network.train(&mut optimizer, 0..3);
                (network, optimizer.to_bytes().unwrap())
            })
        };
        let alone = train(1);
        for threads in [2, 3, 8] {
            prop_assert!(train(threads) == alone, "{threads} threads");
        }
    }

    #[test]
    fn saved_and_continued_is_uninterrupted(kinds in some(|_| true), sizes in prop::collection::vec(0..600_usize, 1..4), stop in 0..12_u64) {
        let mut whole = Network::<f64>::new(&sizes);
        let mut optimizer = forgiving(chain_of(&kinds));
        whole.train(&mut optimizer, 0..12);

        let mut cut = Network::<f64>::new(&sizes);
        let mut first = forgiving(chain_of(&kinds));
        cut.train(&mut first, 0..stop);
        let mut second = forgiving(chain_of(&kinds));
        second.from_bytes(&first.to_bytes().unwrap()).unwrap();
        cut.train(&mut second, stop..12);
        prop_assert_eq!(cut, whole);
        prop_assert!(second.to_bytes().unwrap() == optimizer.to_bytes().unwrap());
    }

    /// Without norms every coordinate is on its own, so cutting a parameter in two changes no bit.
    #[test]
    fn coordinates_are_independent(kinds in some(elementwise), len in 1..1500_usize, cut in 0.0..1.0_f64) {
        let cut = (len as f64 * cut) as usize;
        let mut whole = crate::common::numbers::<f32>(1, len);
        let mut pieces = whole.clone();
        let mut a = forgiving(chain_of(&kinds));
        let mut b = forgiving(chain_of(&kinds));
        for step in 0..4 {
            let g = crate::common::numbers::<f32>(step + 2, len);
            let h = crate::common::numbers::<f32>(step + 20, len);
            a.set_loss(1.0);
            b.set_loss(1.0);
            a.step([Parameter::new("w", &mut whole, Some(&g)).hessian(&h)])
                .unwrap();
            let (left, right) = pieces.split_at_mut(cut);
            b.step([
                Parameter::new("right", right, Some(&g[cut..])).hessian(&h[cut..]),
                Parameter::new("left", left, Some(&g[..cut])).hessian(&h[..cut]),
            ])
            .unwrap();
        }
        prop_assert!(same(&whole, &pieces));
    }

    #[test]
    fn the_order_of_parameters_does_not_matter(kinds in some(local), sizes in prop::collection::vec(1..300_usize, 2..5)) {
        // A sum over several parameters is made in their order.
        let mut straight = Network::<f32>::new(&sizes);
        let mut turned = straight.clone();
        let mut a = forgiving(chain_of(&kinds));
        let mut b = forgiving(chain_of(&kinds));
        for step in 0..5_u64 {
            straight.step(&mut a, step, 0);
            turned.step(&mut b, step, step as usize);
        }
        prop_assert_eq!(straight, turned);
    }
}

/// The same bits; one NaN is as good as another.
fn same(a: &[f32], b: &[f32]) -> bool {
    let pairs = a.iter().zip(b);
    pairs
        .into_iter()
        .all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()))
}

fn same_bits(fixed: impl Rule, built: Chain) {
    let mut a = Network::<f32>::new(&[3, 100, 2000, 170_000]);
    let mut b = a.clone();
    let mut one = Optimizer::new(fixed).unwrap();
    let mut many = Optimizer::new(built).unwrap();
    a.train(&mut one, 0..6);
    b.train(&mut many, 0..6);
    assert_eq!(a, b);
}

#[test]
fn one_type_and_a_run_time_chain_give_the_same_bits() {
    let lr = || LearningRate::new().lr(0.01);
    let decay = || WeightDecay::new().weight_decay(0.1);
    let global = || ClipGlobalNorm::new().clip_global_norm(0.5);
    let local = || ClipNorm::new().clip_norm(0.2);
    let value = || ClipValue::new().clip_value(0.5);
    same_bits(
        (Adam::new(), (decay(), lr())),
        Chain::from(Adam::new()).then(decay()).then(lr()),
    );
    same_bits(
        (global(), (Adam::new(), (decay(), (lr(), Ema::new())))),
        Chain::from(global())
            .then(Adam::new())
            .then(decay())
            .then(lr())
            .then(Ema::new()),
    );
    // A norm in the middle of the chain cuts it into stages.
    same_bits(
        (
            (value(), Momentum::new()),
            ((local(), Nesterov::new()), (global(), lr())),
        ),
        Chain::from(value())
            .then(Momentum::new())
            .then(local())
            .then(Nesterov::new())
            .then(global())
            .then(lr()),
    );
    same_bits(
        (decay(), (Lion::new(), lr())),
        Chain::from(decay()).then(Lion::new()).then(lr()),
    );
}
