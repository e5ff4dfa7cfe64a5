//! Lists of faces, each a number.

/// Vertices of a face in ascending order, the least in the highest bits, `bits(n)` each: faces of one
/// dimension sort like their lists of vertices.
pub(super) type Face = u128;

/// Bits of a vertex.
pub(super) fn bits(n_vertices: usize) -> usize {
    (usize::BITS - n_vertices.saturating_sub(1).leading_zeros()).max(1) as usize
}

/// The vertices of a face.
pub(super) fn vertices(
    face: Face,
    bits: usize,
    count: usize,
) -> impl DoubleEndedIterator<Item = u32> {
    let mask = (1u128 << bits) - 1;
    (0..count).map(move |i| (face >> ((count - 1 - i) * bits) & mask) as u32)
}

/// The face without each of its vertices in turn.
pub(super) fn facets(face: Face, bits: usize, count: usize) -> impl Iterator<Item = Face> {
    (0..count).map(move |i| {
        let low = face & ((1u128 << (i * bits)) - 1);
        // Two shifts: one by all 128 bits would not be one.
        let high = face >> (i * bits) >> bits;
        high << (i * bits) | low
    })
}

/// The number of faces with up to `most` vertices of simplices with `sizes` vertices, each as often as they hold it; the largest
/// number there is if there are more.
pub(super) fn count(sizes: impl Iterator<Item = usize>, most: usize) -> usize {
    let of = |m: usize| {
        let mut sum = 0u128;
        let mut binomial = 1u128;
        for k in 1..=most.min(m) {
            let Some(next) = binomial.checked_mul((m - k + 1) as u128) else {
                return usize::MAX;
            };
            binomial = next / k as u128;
            sum = sum.saturating_add(binomial);
        }
        usize::try_from(sum).unwrap_or(usize::MAX)
    };
    sizes.map(of).fold(0, usize::saturating_add)
}

/// Calls `visit` for every subset of exactly `count` of the vertices, as a face, with the least of the
/// weights of its vertices.
pub(super) fn for_each_subset(
    edge: &[u32],
    weights: &[f64],
    bits: usize,
    count: usize,
    visit: &mut impl FnMut(Face, f64),
) {
    fn go(
        rest: (&[u32], &[f64]),
        bits: usize,
        missing: usize,
        face: (Face, f64),
        visit: &mut impl FnMut(Face, f64),
    ) {
        if missing == 0 {
            return visit(face.0, face.1);
        }
        for i in 0..=(rest.0.len() - missing) {
            let next = (
                face.0 << bits | Face::from(rest.0[i]),
                face.1.min(rest.1[i]),
            );
            go(
                (&rest.0[i + 1..], &rest.1[i + 1..]),
                bits,
                missing - 1,
                next,
                visit,
            );
        }
    }
    if count <= edge.len() {
        go((edge, weights), bits, count, (0, f64::INFINITY), visit);
    }
}
