//! Methods that ask for gradients at several points, on a module: as on slices, in place.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use ravine::points::{Data, EntropySgd, Method, Next, Points, Sam};
use ravine::{Error, Optimizer, Parameter, momentum};
use ravine_burn::BurnPoints;

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), &Device::flex().autodiff())
}

const INPUTS: [f32; 6] = [0.5, -1.0, 2.0, 1.0, 0.25, -0.5];
const WEIGHT: [f32; 2] = [0.3, -0.7];

fn layer() -> Linear {
    Linear {
        weight: Param::from_tensor(tensor(WEIGHT.to_vec(), [2, 1])),
        bias: None,
    }
}

fn loss(layer: &Linear) -> Tensor<1> {
    layer
        .forward(tensor(INPUTS.to_vec(), [3, 2]))
        .square()
        .mean()
}

/// The gradient of the same loss by hand.
fn gradient(weight: &[f32]) -> Vec<f32> {
    let mut gradient = vec![0.0; 2];
    for row in INPUTS.chunks(2) {
        let output: f32 = row.iter().zip(weight).map(|(x, w)| x * w).sum();
        for (g, x) in gradient.iter_mut().zip(row) {
            *g += 2.0 * output * x / 3.0;
        }
    }
    gradient
}

fn values(layer: &Linear) -> Vec<f32> {
    layer.weight.val().to_data().iter::<f32>().collect()
}

fn advance(points: &mut BurnPoints, layer: &mut Linear) -> Result<Next, Error> {
    points.advance(layer, loss(layer).backward())
}

fn points(method: impl Method) -> Points<f32> {
    Points::new(method, Optimizer::new(momentum(0.1)).unwrap())
        .unwrap()
        .with_seed(3)
}

fn same_as_on_slices(method: fn() -> Points<f32>, gradients: u64) {
    let (mut on_module, mut on_slices) = (BurnPoints::new(method()), method());
    let (mut layer, mut weight) = (layer(), WEIGHT.to_vec());
    let mut done = 0;
    while done < 4 {
        let first = advance(&mut on_module, &mut layer).unwrap();
        let g = gradient(&weight);
        let parameter = Parameter::new("weight", &mut weight, Some(&g)).shape(&[2, 1]);
        let second = on_slices.advance([parameter]).unwrap();
        for (a, b) in values(&layer).iter().zip(&weight) {
            assert!((a - b).abs() < 1e-5, "{a} and {b}");
        }
        match (first, second) {
            (Next::Done(a), Next::Done(b)) => {
                assert_eq!((a.gradients, b.gradients), (gradients, gradients));
                done += 1;
            }
            (Next::Gradient(a), Next::Gradient(b)) => assert_eq!(a, b),
            (a, b) => panic!("{a:?} and {b:?}"),
        }
    }
    assert_ne!(values(&layer), WEIGHT);
    assert_eq!(on_module.copies(), 0);
    assert_eq!(on_module.names(), ["weight"]);
    assert_eq!(on_module.points().optimizer().steps(), 4);
}

#[test]
fn a_module_goes_the_way_of_slices() {
    same_as_on_slices(|| points(Sam::new().rho(0.2)), 2);
    same_as_on_slices(|| points(EntropySgd::new().iterations(3.0)), 3);
}

#[test]
fn an_abandoned_step_gives_the_values_back() {
    let mut sam = BurnPoints::new(points(Sam::new()));
    let mut layer = layer();
    let next = advance(&mut sam, &mut layer).unwrap();
    assert_eq!(next, Next::Gradient(Data::Same));
    assert_ne!(values(&layer), WEIGHT);
    sam.abandon(&mut layer).unwrap();
    assert_eq!(values(&layer), WEIGHT);
    assert!(!sam.points().under_way());
}

#[test]
fn a_step_can_be_saved_in_its_middle() {
    let (mut sam, mut other) = (
        BurnPoints::new(points(Sam::new())),
        BurnPoints::new(points(Sam::new())),
    );
    let mut a = layer();
    let _ = advance(&mut sam, &mut a).unwrap();
    other
        .points_mut()
        .from_bytes(&sam.points().to_bytes().unwrap())
        .unwrap();
    let mut b = a.clone();
    let _ = advance(&mut sam, &mut a).unwrap();
    let _ = advance(&mut other, &mut b).unwrap();
    assert_eq!(values(&a), values(&b));
}
