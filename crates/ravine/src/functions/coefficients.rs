//! The numbers in the functions' formulas, by precision.

/// What the functions need to know of a number type. Polynomials are written from their constant term on.
///
/// The coefficients are from `tools/functions/coefficients.py`, which also prints the polynomials' errors.
pub(crate) struct Format {
    /// Added and subtracted again, it rounds to an integer, ties to even: 1.5·2ᵈ with d digits behind the point.
    pub round: f64,
    /// The least normal number.
    pub least: f64,
    /// The largest number.
    pub largest: f64,
    /// Makes a subnormal number normal: 2 to the power of `lift_exponent`.
    pub lift: f64,
    pub lift_exponent: f64,
    /// 2ʰ + 1: multiplied by it, a number can be cut to a head of so few digits that its product with an exponent is exact.
    pub head: f64,
    /// ln 2 as a sum; the product of the first with an exponent is exact.
    pub ln2: [f64; 2],
    /// Below the first `exp` is 0, above the second ∞.
    pub exp_range: [f64; 2],
    /// Below the first `2^y` is 0, above the second ∞.
    pub exp2_range: [f64; 2],
    /// Q in `exp(r) = 1 + r + r²·Q(r)`, |r| ≤ ½ ln 2.
    pub exp: &'static [f64],
    /// P in `ln((1 + s)/(1 − s)) = 2s + s·z·P(z)`, z = s², for (1 + s)/(1 − s) in [√½, √2].
    pub ln: &'static [f64],
    /// ∛m for m in [1, 2], roughly.
    pub cbrt: &'static [f64],
}

pub(crate) const F32: Format = Format {
    round: 12_582_912.0,
    least: f32::MIN_POSITIVE as f64,
    largest: f32::MAX as f64,
    lift: 16_777_216.0,
    lift_exponent: 24.0,
    head: 512.0 + 1.0,
    ln2: [0.693_359_375, -2.121_944_400_546_905_8e-4],
    exp_range: [-104.0, 89.0],
    exp2_range: [-151.0, 129.0],
    exp: &[
        0.5,
        0.166_665_766_661_199_28,
        0.041_666_554_212_984_15,
        8.363_232_883_682_618e-3,
        1.392_625_083_149_761_2e-3,
    ],
    ln: &[
        0.666_666_665_540_420_1,
        0.400_001_222_118_106_5,
        0.285_507_786_331_919_65,
        0.233_316_144_718_434_99,
    ],
    cbrt: &[
        0.555_790_960_269_138_8,
        0.580_826_391_138_095_2,
        -0.158_662_460_053_190_9,
        0.022_148_699_208_245_195,
    ],
};

pub(crate) const F64: Format = Format {
    round: 6_755_399_441_055_744.0,
    least: f64::MIN_POSITIVE,
    largest: f64::MAX,
    lift: 18_014_398_509_481_984.0,
    lift_exponent: 54.0,
    head: 4096.0 + 1.0,
    ln2: [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10],
    exp_range: [-746.0, 710.0],
    exp2_range: [-1076.0, 1025.0],
    exp: &[
        0.500_000_000_000_000_1,
        0.166_666_666_666_666_67,
        0.041_666_666_666_623_82,
        8.333_333_333_330_038e-3,
        1.388_888_891_736_708_1e-3,
        1.984_126_986_317_155_6e-4,
        2.480_152_105_786_820_5e-5,
        2.755_726_827_690_569_6e-6,
        2.762_020_159_103_155e-7,
        2.510_047_250_569_499_6e-8,
    ],
    ln: &[
        0.666_666_666_666_667,
        0.399_999_999_998_988_9,
        0.285_714_286_262_538_4,
        0.222_222_110_893_794_96,
        0.181_828_924_325_368_7,
        0.153_316_117_220_550_08,
        0.146_178_071_534_173_25,
    ],
    cbrt: &[
        0.448_642_630_804_157_4,
        0.943_733_811_755_257_4,
        -0.655_068_561_722_188,
        0.375_147_530_142_035_6,
        -0.139_248_531_710_316_2,
        0.029_496_704_251_914_945,
        -2.703_333_870_412_061e-3,
    ],
};
