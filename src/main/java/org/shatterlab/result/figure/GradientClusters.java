package org.shatterlab.result.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.hipparchus.clustering.CentroidCluster;
import org.hipparchus.clustering.Clusterable;
import org.hipparchus.clustering.KMeansPlusPlusClusterer;
import org.hipparchus.clustering.distance.EuclideanDistance;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.random.Well19937a;
import org.shatterlab.lab.statistic.BinaryScale;

/**
 * Orders inputs so that inputs with similar gradients are neighbours. The order comes from k-means clustering with
 * k = 10, as in Figure 5 of the paper. A covariance C is the Gram matrix of the gradients. The rows of
 * U sqrt(Lambda) from the eigendecomposition C = U Lambda U^T therefore have the same distances as the gradients.
 */
final class GradientClusters {

    private static final int CLUSTERS = 10;
    private static final int MAX_ITERATIONS = 200;
    private static final long SEED = 10;

    private GradientClusters() {}

    /**
     * An input, at the point that represents its gradient.
     *
     * @param number the number of the input, from 0
     * @param point the coordinates; M values
     */
    @SuppressWarnings("ArrayRecordComponent") // The record is never compared and never leaves this class.
    private record Input(int number, double[] point) implements Clusterable {
        @Override
        public double[] getPoint() {
            return point;
        }
    }

    /**
     * Returns the numbers of the inputs, cluster by cluster, the largest cluster first. The seed of the clustering is
     * fixed, so equal covariances give equal orders.
     *
     * @param covariance the covariance C, M x M, row-major
     * @return the M numbers, from 0
     */
    static int[] order(double[] covariance) {
        List<Input> points = embed(covariance);
        var clusterer = new KMeansPlusPlusClusterer<Input>(
                Math.min(CLUSTERS, points.size()), MAX_ITERATIONS, new EuclideanDistance(), new Well19937a(SEED));
        List<CentroidCluster<Input>> clusters = new ArrayList<>(clusterer.cluster(points));
        clusters.sort(Comparator.comparingInt(cluster -> -cluster.getPoints().size()));
        return clusters.stream()
                .flatMap(cluster -> cluster.getPoints().stream())
                .mapToInt(Input::number)
                .toArray();
    }

    private static List<Input> embed(double[] covariance) {
        int size = (int) Math.sqrt(covariance.length);
        RealMatrix gram = MatrixUtils.createRealMatrix(size, size);
        // The eigendecomposition squares the entries. The clusters do not depend on the scale.
        double largest = Arrays.stream(covariance).map(Math::abs).max().orElseThrow();
        double[] c = BinaryScale.isPrecise(largest * largest) ? covariance : BinaryScale.normalize(covariance);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                gram.setEntry(i, j, (c[i * size + j] + c[j * size + i]) / 2);
            }
        }
        var eigen = new EigenDecompositionSymmetric(gram);
        List<Input> points = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            double[] point = new double[size];
            for (int k = 0; k < size; k++) {
                point[k] = Math.sqrt(Math.max(0, eigen.getEigenvalue(k)))
                        * eigen.getV().getEntry(i, k);
            }
            points.add(new Input(i, point));
        }
        return points;
    }

    /** Returns a square matrix with its rows and columns in another order. */
    static double[] reorder(double[] matrix, int[] order) {
        int size = order.length;
        double[] reordered = new double[matrix.length];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                reordered[i * size + j] = matrix[order[i] * size + order[j]];
            }
        }
        return reordered;
    }
}
