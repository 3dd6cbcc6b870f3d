//! Update rules: each its formula, written once.
//!
//! A file is a method: what it is and where it comes from, its formula, its hyper-parameters, the code, and its entries in the
//! [catalogue](crate::catalogue). A new one needs its file and a line in the list below.

mod at;
mod distance;
mod elementwise;
mod epsilon;
mod factored;
mod measure;
mod pair;
mod part;
mod rows;
mod step;
mod whole;

pub use at::At;
pub use elementwise::Rule;
pub use epsilon::Epsilon;
pub use measure::{Initial, Measure, NeedsHessian, Scope};
pub use part::{Body, Part};
pub use step::{Step, TERMS, power};
pub use whole::{Array, Tensor, Whole};

pub use adafactor::Reading;

crate::catalogue::methods! {
    optimizers {
        learning_rate: LearningRate;
        momentum: Momentum;
        nesterov: Nesterov;

        lion: Lion;

        adagrad: Adagrad;
        rmsprop: RmsProp;
        adam: Adam;

        fromage: Fromage;
        lars: Lars;
        nero: Nero;
        novograd: NovoGrad;
        project_radial: ProjectRadial;
        stable_adamw: StableAdamW;
        trust_ratio: TrustRatio;

        adafactor: Adafactor;
        adam_mini: AdamMini;
        came: Came;
        sm3: Sm3;

        adahessian: AdaHessian;
        sophia: Sophia;

        d_adapt_sgd: DAdaptSgd;
        d_adapt_adam: DAdaptAdam;
        prodigy: Prodigy;
        dog: DoG;
        ldog: LDoG;
        dowg: DoWG;
        cocob: Cocob;
        mechanic: Mechanic;
        polyak: Polyak;
        hypergradient: Hypergradient;
        schedule_free: ScheduleFree;
    }
    links {
        amsgrad: AmsGrad;
        centered_rmsprop: CenteredRmsProp;
        clip_global_norm: ClipGlobalNorm;
        clip_norm: ClipNorm;
        clip_value: ClipValue;
        debiased_rmsprop: DebiasedRmsProp;
        weight_decay: WeightDecay;
    }
}
