//! A rule of one's own, as in the documentation of [`ravine::rule::Rule`], on a module.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use ravine::rule::{At, LearningRate, Rule, Step};
use ravine::{Chain, Group, Real, hyper, hyper::Range};
use ravine_burn::BurnOptimizer;

hyper! {
    /// Sign descent with a memory: m ← βm + (1−β)g, u = sign(m).
    SignMomentum {
        /// decay rate β of the memory
        beta: 0.9, Range::DECAY_RATE;
    }
}

impl Rule for SignMomentum {
    const NAME: &'static str = "sign_momentum";
    const STATE: &'static [&'static str] = &["memory"];
    const CONSTANTS: &'static [&'static str] = &["β", "1 − β"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let beta = step.value(&self.beta);
        [beta, 1.0 - beta]
    }

    #[inline(always)]
    fn apply<T: Real>([b, b1]: &[T; 2], At { g, .. }: At<T>, [m]: &mut [T; 1]) -> T {
        *m = *b * *m + *b1 * g;
        m.sign()
    }
}

fn layer() -> Linear {
    let tensor = |values: Vec<f32>| {
        let shape = [values.len() / 2, 2];
        Tensor::<2>::from_data(TensorData::new(values, shape), &Device::flex().autodiff())
    };
    Linear {
        weight: Param::from_tensor(tensor(vec![1.0, -2.0, 0.5, 3.0])),
        bias: Some(Param::from_tensor(tensor(vec![0.25, 0.25]).flatten(0, 1))),
    }
}

fn weight(layer: &Linear) -> Vec<f32> {
    layer.weight.val().to_data().iter::<f32>().collect()
}

#[test]
fn it_runs_in_place_and_on_tensors_and_is_set_and_saved_like_any_other() {
    let chain = Chain::from((SignMomentum::new(), LearningRate::new().lr(0.125)));
    let new = || {
        let group = Group::matching("bias").set("beta", 0.0);
        BurnOptimizer::new(chain.clone())
            .unwrap()
            .with_group(group)
            .unwrap()
    };
    let mut weights = Vec::new();
    for mut optimizer in [new(), new().with_tensor_path()] {
        let mut layer = layer();
        for _ in 0..4 {
            let input = Tensor::<2>::ones([1, 2], &Device::flex().autodiff());
            let gradients = layer.forward(input).square().sum().backward();
            optimizer.step(&mut layer, gradients).unwrap();
        }
        assert_eq!(optimizer.state("weight", "memory").unwrap().len(), 4);
        let mut again = new();
        again.from_bytes(&optimizer.to_bytes().unwrap()).unwrap();
        assert_eq!(
            again.state("bias", "memory"),
            optimizer.state("bias", "memory")
        );
        weights.push(weight(&layer));
    }
    // Both columns' outputs keep their signs in these steps, and so do the gradients: 4 steps of 0.125.
    assert_eq!(weights[0], [0.5, -2.5, 0.0, 2.5]);
    assert_eq!(weights[0], weights[1]);
    assert!(ravine::formula(&chain).contains("u ← sign(memory)"));
}
