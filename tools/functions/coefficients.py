"""The coefficients in crates/ravine/src/functions/coefficients.rs, and the errors of their polynomials.

Interpolation in the Chebyshev nodes, in 60 digits: within a small factor of the best polynomial of that degree.
Needs mpmath: pip install mpmath==1.4.1
"""

import mpmath as mp

mp.mp.dps = 60


def show(name, f, interval, count):
    """`count` coefficients of f over the interval, from the constant term on, and the largest error."""
    coefficients, error = mp.chebyfit(f, interval, count, error=True)
    print(f"{name}: {count} coefficients, error {mp.nstr(error, 3)}")
    for coefficient in reversed(coefficients):
        print(f"    {mp.nstr(coefficient, 17, min_fixed=-3)},")


def exp(r):
    """Q in exp(r) = 1 + r + r²·Q(r)."""
    return mp.fsum(r**n / mp.factorial(n + 2) for n in range(40))


def ln(z):
    """P in ln((1 + s)/(1 − s)) = 2s + s·z·P(z), z = s²."""
    return mp.fsum(2 * z**n / (2 * n + 3) for n in range(60))


half = mp.log(2) / 2 * mp.mpf("1.001")
largest = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.001")
for precision, exp_count, ln_count, cbrt_count in [("f32", 5, 4, 4), ("f64", 10, 7, 7)]:
    show(f"EXP, {precision}", exp, [-half, half], exp_count)
    show(f"LN, {precision}", ln, [0, largest], ln_count)
    show(f"CBRT, {precision}", mp.cbrt, [1, 2], cbrt_count)
