//! Update rules: each its formula, written once.
//!
//! A file is a method: what it is and where it comes from, its formula, its hyper-parameters, the code, and its entries in the
//! [catalogue](crate::catalogue). A new one needs its file and a line in the list below.

mod at;
mod distance;
mod elementwise;
mod epsilon;
mod factored;
mod layout;
mod measure;
mod pair;
mod part;
mod rows;
mod scaled_by_norm;
mod step;
mod whole;

pub use amsgrad::AmsGradForm;
pub use at::At;
pub use elementwise::Rule;
pub use epsilon::Epsilon;
pub use layout::Layout;
pub use measure::{Initial, Measure, NeedsHessian, Scope};
pub use part::{Body, Part};
pub use radam::RAdamEpsilon;
pub use step::{Step, TERMS, power};
pub use whole::{Array, Tensor, Whole};

pub use crate::chain::run;
pub use adafactor::Reading;

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
        adabelief: AdaBelief;
        adabound: AdaBound, AmsBound;
        adadelta: Adadelta;
        adai: Adai;
        adamax: Adamax;
        adamod: AdaMod;
        adan: Adan;
        ademamix: AdEmaMix, SimplifiedAdEmaMix;
        adopt: Adopt;
        amsgrad: AmsGrad;
        diffgrad: DiffGrad;
        laprop: LaProp;
        madgrad: MadGrad;
        mars: Mars, MarsLion;
        nadam: NAdam;
        padam: Padam;
        qhadam: QhAdam;
        radam: RAdam;
        yogi: Yogi;
    }
    links {
        centered_rmsprop: CenteredRmsProp;
        clip_global_norm: ClipGlobalNorm;
        clip_norm: ClipNorm;
        clip_value: ClipValue;
        debiased_rmsprop: DebiasedRmsProp;
        proximal_decay: ProximalDecay;
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
