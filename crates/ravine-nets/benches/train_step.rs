//! proto
use burn::backend::Flex;
use burn::module::{Module, ModuleMapper, Param};
use ravine_nets::{loss::cross_entropy, model::{ModelSpec, Network}};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Sgd<'a> { grads: &'a mut Gradients, lr: f32, copies: usize }
impl ModuleMapper for Sgd<'_> {
    fn map_float<const D: usize>(&mut self, p: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, t, m) = p.consume();
        let g = t.grad_remove(self.grads).unwrap();
        let mut v = t.inner().try_into_primitive::<Flex>().unwrap();
        let g = g.try_into_primitive::<Flex>().unwrap();
        let gs = match g.as_slice::<f32>() { Some(s) => s, None => panic!("grad not contiguous {:?}", g) };
        let (a, b) = v.layout().contiguous_offsets().unwrap();
        match v.try_storage_mut::<f32>() { Some(s) => for (x, g) in s[a..b].iter_mut().zip(gs) { *x -= self.lr * g; }, None => { self.copies += 1; for (x, g) in v.storage_mut::<f32>()[a..b].iter_mut().zip(gs) { *x -= self.lr * g; } } }
        let t = Tensor::from_inner(Tensor::<D>::from_primitive::<Flex>(v)).require_grad();
        Param::from_mapped_value(id, t, m)
    }
}

fn main() {
    let device = Device::flex().autodiff();
    let plain = Device::flex();
    let b = 64;
    let mut net = Network::new(&ModelSpec::default(), 64, 10, 0, &device);
    let x: Vec<f32> = (0..b * 64).map(|i| ((i * 7919 % 1000) as f32) / 500.0 - 1.0).collect();
    let y: Vec<u32> = (0..b).map(|i| (i % 10) as u32).collect();
    let mut t = [0f64; 5];
    let n = 5000;
    let mut last = 0f32;
    let mut copies = 0;
    for it in 0..n + 500 {
        if it == 500 { t = [0f64; 5]; }
        let t0 = Instant::now();
        let xb = Tensor::<2>::from_data(TensorData::new(x.clone(), [b, 64]), &plain);
        let t1 = Instant::now();
        let logits = net.forward(xb);
        let t2 = Instant::now();
        let loss = cross_entropy(logits, &y);
        let t3 = Instant::now();
        let mut g = loss.backward();
        let t4 = Instant::now();
        last = loss.into_scalar::<f32>();
        let mut s = Sgd { grads: &mut g, lr: 0.01, copies: 0 };
        net = net.map(&mut s);
        copies += s.copies;
        drop(g);
        let t5 = Instant::now();
        for (a, (p, q)) in t.iter_mut().zip([(t0, t1), (t1, t2), (t2, t3), (t3, t4), (t4, t5)]) { *a += (q - p).as_secs_f64(); }
    }
    println!("batch {:.1} forward {:.1} loss {:.1} backward {:.1} step {:.1} total {:.1} us; loss {last} copies {copies}", t[0]/n as f64*1e6, t[1]/n as f64*1e6, t[2]/n as f64*1e6, t[3]/n as f64*1e6, t[4]/n as f64*1e6, t.iter().sum::<f64>()/n as f64*1e6);
}
