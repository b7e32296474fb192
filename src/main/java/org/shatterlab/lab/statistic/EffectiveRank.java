package org.shatterlab.lab.statistic;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * r(A) = ||A||_F^2 / ||A||_2^2, the sum of the squared singular values over the largest: 1 where all gradients are
 * parallel, min(M, d) where they are orthogonal and equally long. It is the same for A and its transpose, and worked out
 * from the eigenvalues of the smaller of A A^T and A^T A, in float64.
 */
public final class EffectiveRank {

    private EffectiveRank() {}

    /**
     * The effective rank of some gradients.
     *
     * @param gradients one row for each example, shape (M, d)
     * @return NaN where all of them are 0, or one is not finite
     */
    public static double of(NDArray gradients) {
        double[] gram = gram(gradients);
        int size = (int) Math.sqrt(gram.length);
        double trace =
                IntStream.range(0, size).mapToDouble(i -> gram[i * size + i]).sum();
        if (trace == 0 || !Double.isFinite(trace)) {
            return Double.NaN;
        }
        // Beside one large eigenvalue the iteration takes what is only rounding for structure, and need not converge.
        // Moved
        // by their mean, all eigenvalues are of one scale, and the largest loses no digit.
        double mean = trace / size;
        for (int i = 0; i < size; i++) {
            gram[i * size + i] += mean;
        }
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, false, true);
        if (!eigen.decompose(DMatrixRMaj.wrap(size, size, gram))) {
            throw new IllegalStateException(
                    "the eigenvalues of a symmetric matrix of size " + size + " do not converge");
        }
        double largest = IntStream.range(0, eigen.getNumberOfEigenvalues())
                .mapToDouble(i -> eigen.getEigenvalue(i).getReal())
                .max()
                .orElseThrow();
        return trace / (largest - mean);
    }

    private static double[] gram(NDArray gradients) {
        try (NDManager scratch = gradients.getManager().newSubManager()) {
            NDArray a = gradients.toType(DataType.FLOAT64, true);
            a.attach(scratch);
            NDArray transposed = a.transpose();
            boolean wide = a.getShape().get(0) <= a.getShape().get(1);
            return (wide ? a.matMul(transposed) : transposed.matMul(a)).toDoubleArray();
        }
    }
}
