//! Methods that need a whole matrix, and the mathematics under them.
//!
//! They are for weights of rank 2 and more. A tensor of higher rank is read as a matrix with one row for each output, or one
//! column; which, its [`Layout`](crate::rule::Layout) says. The recipes give what has a lower rank (biases, norms) to an
//! elementwise rule. Embeddings and a model's last layer are matrices too, but most authors train them with Adam; that is
//! said with [`Chain::only`](crate::Chain::only) and a [`Selection`](crate::Selection) by name.

pub mod algebra;
mod fold;
mod noise;

crate::catalogue::methods! {
    optimizers {
        muon: AdamLrRatio;
        shampoo: Shampoo;
        soap: Soap;
        psgd_kron: PsgdKron;
        galore: GaLore;
        apollo: Apollo;
        scion: Radius;
    }
    links {
        orthogonalise: Orthogonalise;
    }
}

pub use apollo::Scaling;
pub use orthogonalise::ShapeFactor;
pub use shampoo::{Graft, Ridge};
