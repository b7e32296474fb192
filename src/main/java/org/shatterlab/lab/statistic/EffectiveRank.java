package org.shatterlab.lab.statistic;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Computes the effective rank r(A) = ||A||_F^2 / ||A||_2^2 of a matrix of gradients.
 *
 * <p>The effective rank is the sum of the squared singular values over the largest squared singular value. It is 1 if
 * all gradients are parallel, and min(M, d) if they are orthogonal and equally long. A and its transpose have the same
 * effective rank. The computation takes the eigenvalues of the smaller of A A^T and A^T A, in float64.
 */
public final class EffectiveRank {

    private EffectiveRank() {}

    /**
     * Returns the effective rank of the gradients of one run.
     *
     * @param gradients one row for each example, shape (M, d)
     * @return the effective rank, or NaN if all gradients are 0 or one gradient is not finite
     * @throws IllegalStateException if the eigenvalues do not converge
     */
    public static double of(NDArray gradients) {
        double[] unscaled = gram(gradients, 0);
        double[] gram = BinaryScale.isPrecise(trace(unscaled)) ? unscaled : gram(gradients, exponent(gradients));
        int size = (int) Math.sqrt(gram.length);
        double trace = trace(gram);
        if (trace == 0 || !Double.isFinite(trace)) {
            return Double.NaN;
        }
        // Beside one large eigenvalue, the iteration treats the rounding of the others as structure and may not
        // converge. The shift by their mean brings all eigenvalues to one scale. The largest eigenvalue loses no digit.
        double mean = trace / size;
        for (int i = 0; i < size; i++) {
            gram[i * size + i] += mean;
        }
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, false, true);
        if (!eigen.decompose(DMatrixRMaj.wrap(size, size, gram))) {
            throw new IllegalStateException(
                    "The eigenvalues of a symmetric matrix of size " + size + " do not converge.");
        }
        double largest = IntStream.range(0, eigen.getNumberOfEigenvalues())
                .mapToDouble(i -> eigen.getEigenvalue(i).getReal())
                .max()
                .orElseThrow();
        return trace / (largest - mean);
    }

    private static double trace(double[] gram) {
        int size = (int) Math.sqrt(gram.length);
        return IntStream.range(0, size).mapToDouble(i -> gram[i * size + i]).sum();
    }

    /** Returns the binary exponent of the largest gradient, or 0 if a gradient is not finite. */
    private static int exponent(NDArray gradients) {
        double[] values;
        try (NDArray exact = gradients.toType(DataType.FLOAT64, true)) {
            values = exact.toDoubleArray();
        }
        double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
        return Double.isFinite(largest) ? Math.getExponent(largest) : 0;
    }

    /**
     * Returns the smaller of A A^T and A^T A, whose squares may leave the range of a double.
     *
     * @param exponent the binary exponent of the number that A is divided by before its entries are squared
     */
    private static double[] gram(NDArray gradients, int exponent) {
        try (NDManager scratch = gradients.getManager().newSubManager()) {
            NDArray a = gradients.toType(DataType.FLOAT64, true);
            a.attach(scratch);
            if (exponent != 0) {
                // One factor of 2^-exponent may be out of range, and two halves are not.
                a.muli(Math.scalb(1.0, -exponent / 2)).muli(Math.scalb(1.0, -exponent + exponent / 2));
            }
            NDArray transposed = a.transpose();
            boolean wide = a.getShape().get(0) <= a.getShape().get(1);
            return (wide ? a.matMul(transposed) : transposed.matMul(a)).toDoubleArray();
        }
    }
}
