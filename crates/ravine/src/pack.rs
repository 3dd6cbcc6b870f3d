//! A fixed number of things of one type: a rule's constants, or its states.

/// `LEN` things of type `T`, held as an array or as a pair of packs.
///
/// A rule says how many constants and states it has by `type State<T> = [T; 2]`; a pair of rules has the pair of both.
pub trait Pack<T>: Sized {
    /// How many there are.
    const LEN: usize;

    /// The pack of `make(0)`, `make(1)`, …
    fn build(make: &mut impl FnMut(usize) -> T) -> Self;

    /// The thing at `index`, which must be below [`Pack::LEN`].
    fn at(&mut self, index: usize) -> &mut T;
}

impl<T, const N: usize> Pack<T> for [T; N] {
    const LEN: usize = N;

    #[inline(always)]
    fn build(make: &mut impl FnMut(usize) -> T) -> Self {
        std::array::from_fn(make)
    }

    #[inline(always)]
    fn at(&mut self, index: usize) -> &mut T {
        &mut self[index]
    }
}

impl<T, A: Pack<T>, B: Pack<T>> Pack<T> for (A, B) {
    const LEN: usize = A::LEN + B::LEN;

    #[inline(always)]
    fn build(make: &mut impl FnMut(usize) -> T) -> Self {
        (A::build(make), B::build(&mut |index| make(A::LEN + index)))
    }

    #[inline(always)]
    fn at(&mut self, index: usize) -> &mut T {
        if index < A::LEN {
            self.0.at(index)
        } else {
            self.1.at(index - A::LEN)
        }
    }
}
