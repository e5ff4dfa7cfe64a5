//! An orthonormal basis of the complement of a span.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj,
};
use faer::linalg::qr::no_pivoting::factor::{
    qr_in_place, qr_in_place_scratch, recommended_block_size,
};
use faer::traits::ComplexField;
use faer::traits::math_utils::one;
use faer::{Conj, Mat, Par};

/// Fills columns `0..count` of a tall `u`, whose other columns are orthonormal, so that all are: the last columns of
/// the unitary factor of a Householder QR.
pub(super) fn fill_complement<T: ComplexField<Real = f64>>(u: &mut Mat<T>, count: usize) {
    let (m, n) = u.shape();
    let done = n - count;
    if done == 0 {
        *u = Mat::identity(m, n);
        return;
    }
    let mut q = u.subcols(count, done).to_owned();
    let block = recommended_block_size::<T>(m, done);
    let mut factors = Mat::zeros(block, done);
    let params = Default::default();
    let mut buffer = MemBuffer::new(StackReq::any_of(&[
        qr_in_place_scratch::<T>(m, done, block, Par::Seq, params),
        apply_block_householder_sequence_on_the_left_in_place_scratch::<T>(m, block, count),
    ]));
    let stack = MemStack::new(&mut buffer);
    qr_in_place(q.as_mut(), factors.as_mut(), Par::Seq, stack, params);
    let mut basis = Mat::zeros(m, count);
    for j in 0..count {
        basis[(done + j, j)] = one();
    }
    apply_block_householder_sequence_on_the_left_in_place_with_conj(
        q.as_ref(),
        factors.as_ref(),
        Conj::No,
        basis.as_mut(),
        Par::Seq,
        stack,
    );
    u.subcols_mut(0, count).copy_from(basis);
}
