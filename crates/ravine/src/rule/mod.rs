//! Update rules: each its formula, written once.
//!
//! A file is a method: what it is and where it comes from, its formula, its hyper-parameters, the code, and its entries in the
//! [catalogue](crate::catalogue). A new one needs its file and a line in the list below.

mod at;
mod elementwise;
mod epsilon;
mod layout;
mod measure;
mod pair;
mod part;
mod scaled_by_norm;
mod step;
mod whole;

pub use at::At;
pub use elementwise::Rule;
pub use epsilon::Epsilon;
pub use layout::Layout;
pub use measure::{Initial, Measure, Scope};
pub use part::{Body, Part};
pub use step::{Step, TERMS, power};
pub use whole::{Array, Tensor, Whole};

pub use crate::chain::run;

crate::catalogue::methods! {
    optimizers {
        learning_rate: LearningRate;
        momentum: Momentum;
        nesterov: Nesterov;

        asgd: Asgd;
        qhm: Qhm;
        aggmo: AggMo;
        accsgd: AccSgd;
        optimistic: Optimistic;
        gradient_noise: GradientNoise;

        sign: Sign;
        lion: Lion;
        rprop: Rprop;
        grams: Grams;
        cautious: Cautious;

        adagrad: Adagrad;
        rmsprop: RmsProp;
        adam: Adam;
    }
    links {
        amsgrad: AmsGrad;
        centered_rmsprop: CenteredRmsProp;
        clip_global_norm: ClipGlobalNorm;
        clip_norm: ClipNorm;
        clip_value: ClipValue;
        weight_decay: WeightDecay;

        adaptive_gradient_clipping: AdaptiveGradientClipping;
        cautious_decay: CautiousDecay;
        clip_block_rms: ClipBlockRms;
        clip_percentile: ClipPercentile;
        gradient_centralisation: GradientCentralisation;
        normalise: Normalise;
        normalise_global: NormaliseGlobal;
        normalise_rms: NormaliseRms;
        orthogonal_gradient: OrthogonalGradient;
        refined_lion: RefinedLion;
        smooth_lion: SmoothLion;
    }
}
