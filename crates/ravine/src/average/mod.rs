//! Averages of the parameters, kept beside them.

crate::catalogue::methods! {
    optimizers {}
    links {
        ema: Ema;
        polyak_average: PolyakAverage;
    }
}
