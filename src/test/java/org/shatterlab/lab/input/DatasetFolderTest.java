package org.shatterlab.lab.input;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DatasetFolderTest {

    private static final byte[] IDX = DatasetFiles.idx(9, 28, 1);

    @TempDir
    private Path root;

    private Path idxFile() {
        return root.resolve("fashion-mnist/train-images-idx3-ubyte");
    }

    private InputSpec.Images batch(Dataset dataset, int points, long seed, boolean perRun) {
        return new InputSpec.Images(
                dataset,
                points,
                seed,
                perRun,
                new DatasetFolder(root).find(dataset).sha256());
    }

    @Test
    void readsIdxFormat() throws NoSuchAlgorithmException {
        DatasetFiles.write(idxFile(), IDX);
        double[][] x = new DatasetFolder(root).batch(batch(Dataset.FASHION_MNIST, 9, 0, false), 0);

        assertThat(new DatasetFolder(root).find(Dataset.FASHION_MNIST))
                .isEqualTo(new Datasets.DatasetInfo(
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(IDX)),
                        9));
        assertStandardised(x, 0, 784);
        double[] scaled =
                Arrays.stream(x).mapToDouble(image -> image[5]).sorted().toArray();
        double[] bytes = new double[9];
        Arrays.setAll(bytes, i -> Byte.toUnsignedInt(IDX[16 + i * 784 + 5]));
        Arrays.sort(bytes);
        for (int i = 2; i < 9; i++) {
            assertThat((scaled[i] - scaled[0]) / (scaled[1] - scaled[0]))
                    .isCloseTo((bytes[i] - bytes[0]) / (bytes[1] - bytes[0]), within(1e-9));
        }
    }

    @Test
    void readsBinaryVersionOfCifar10() {
        DatasetFiles.cifar10(root, 4, 1);
        double[][] x = new DatasetFolder(root).batch(batch(Dataset.CIFAR_10, 20, 0, false), 0);

        assertThat(new DatasetFolder(root).find(Dataset.CIFAR_10).images()).isEqualTo(20);
        for (int channel = 0; channel < 3; channel++) {
            assertStandardised(x, channel * 1024, 1024);
        }
        byte[] third = DatasetFiles.cifar(4, 1 + 3);
        double[] image = Arrays.stream(x)
                .filter(each -> isAffine(each, third, 3073 + 1))
                .findFirst()
                .orElseThrow();
        assertThat(image).hasSize(3072);
    }

    /** Returns whether the red channel of an image equals the red channel of a record, up to a factor and a shift. */
    private static boolean isAffine(double[] image, byte[] records, int offset) {
        double slope =
                (image[1] - image[0]) / (Byte.toUnsignedInt(records[offset + 1]) - Byte.toUnsignedInt(records[offset]));
        for (int i = 0; i < 1024; i++) {
            double expected =
                    image[0] + slope * (Byte.toUnsignedInt(records[offset + i]) - Byte.toUnsignedInt(records[offset]));
            if (!(Math.abs(image[i] - expected) < 1e-9)) {
                return false;
            }
        }
        return true;
    }

    private static void assertStandardised(double[][] x, int from, int length) {
        double[] all = Arrays.stream(x)
                .flatMapToDouble(image -> Arrays.stream(image, from, from + length))
                .toArray();
        assertThat(Arrays.stream(all).average().orElseThrow()).isCloseTo(0, within(1e-12));
        assertThat(Arrays.stream(all).map(v -> v * v).average().orElseThrow()).isCloseTo(1, within(1e-12));
    }

    @Test
    void readsCompressedFile() {
        DatasetFiles.write(idxFile(), IDX);
        InputSpec.Images spec = batch(Dataset.FASHION_MNIST, 5, 3, false);
        double[][] plain = new DatasetFolder(root).batch(spec, 0);
        idxFile().toFile().delete();
        DatasetFiles.write(root.resolve("fashion-mnist/train-images-idx3-ubyte.gz"), DatasetFiles.gzip(IDX));

        assertThat(new DatasetFolder(root).batch(spec, 0)).isDeepEqualTo(plain);
    }

    @ParameterizedTest
    @EnumSource(Dataset.class)
    void choosesDistinctImagesBySeed(Dataset dataset) {
        DatasetFiles.fashionMnist(root, 50, 1);
        DatasetFiles.cifar10(root, 10, 1);
        DatasetFolder folder = new DatasetFolder(root);
        double[][] x = folder.batch(batch(dataset, 30, 7, false), 0);

        assertThat(x).hasDimensions(30, dataset.dimension());
        assertThat(Arrays.stream(x).map(Arrays::hashCode).distinct()).hasSize(30);
        assertThat(folder.batch(batch(dataset, 30, 7, false), 5)).isDeepEqualTo(x);
        assertThat(new DatasetFolder(root).batch(batch(dataset, 30, 7, false), 0))
                .isDeepEqualTo(x);
        assertThat(images(folder.batch(batch(dataset, 30, 8, false), 0))).isNotEqualTo(images(x));
    }

    @Test
    void choosesImagesPerRunOnRequest() {
        DatasetFiles.fashionMnist(root, 50, 1);
        DatasetFolder folder = new DatasetFolder(root);
        InputSpec.Images spec = batch(Dataset.FASHION_MNIST, 10, 7, true);

        assertThat(images(folder.batch(spec, 0))).isNotEqualTo(images(folder.batch(spec, 1)));
        assertThat(folder.batch(spec, 1)).isDeepEqualTo(new DatasetFolder(root).batch(spec, 1));
    }

    private static Set<Integer> images(double[][] x) {
        return new HashSet<>(Arrays.stream(x).map(Arrays::hashCode).toList());
    }

    @Test
    void rejectsChangedData() throws IOException {
        DatasetFiles.write(idxFile(), IDX);
        DatasetFolder folder = new DatasetFolder(root);
        InputSpec.Images spec = batch(Dataset.FASHION_MNIST, 5, 3, false);
        folder.batch(spec, 0);
        DatasetFiles.write(idxFile(), DatasetFiles.idx(9, 28, 2));
        Files.setLastModifiedTime(idxFile(), FileTime.from(Instant.now().plusSeconds(5)));

        assertThatThrownBy(() -> folder.batch(spec, 0))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("fashion-mnist")
                .hasMessageContaining(spec.sha256());
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                Arguments.of("", Arrays.copyOf(IDX, IDX.length - 1), "is truncated"),
                Arguments.of("", Arrays.copyOf(IDX, 16 + 8 * 784), "is truncated"),
                Arguments.of("", Arrays.copyOf(IDX, 7), "is truncated"),
                Arguments.of("", new byte[0], "is truncated"),
                Arguments.of("", Arrays.copyOf(IDX, IDX.length + 1), "has data after the 9 images"),
                Arguments.of("", DatasetFiles.idx(9, 32, 1), "9 images of 32 x 32 pixels, but"),
                Arguments.of("", DatasetFiles.idx(0, 28, 1), "0 images"),
                Arguments.of("", "<!DOCTYPE html><title>not found".getBytes(US_ASCII), "begins with 0x3c21444f"),
                Arguments.of("", new byte[16 + 784], "begins with 0x00000000"),
                Arguments.of(".gz", IDX, "is not a valid gzip file"),
                Arguments.of(".gz", truncated(DatasetFiles.gzip(IDX)), "is truncated"),
                Arguments.of(".gz", new byte[0], "is truncated"));
    }

    private static byte[] truncated(byte[] content) {
        return Arrays.copyOf(content, content.length / 2);
    }

    @ParameterizedTest
    @MethodSource("badFiles")
    void rejectsInvalidFashionMnist(String ending, byte[] content, String message) {
        DatasetFiles.write(root.resolve("fashion-mnist/train-images-idx3-ubyte" + ending), content);
        assertRejected(Dataset.FASHION_MNIST, message);
    }

    @Test
    void rejectsInvalidCifar10() {
        DatasetFiles.cifar10(root, 2, 1);
        Path last = root.resolve("cifar-10/data_batch_5.bin");
        byte[] good = DatasetFiles.cifar(2, 6);

        DatasetFiles.write(last, Arrays.copyOf(good, good.length - 1));
        assertRejected(Dataset.CIFAR_10, "data_batch_5.bin is truncated");
        byte[] labelled = good.clone();
        labelled[3073] = 10;
        DatasetFiles.write(last, labelled);
        assertRejected(Dataset.CIFAR_10, "has the label 10 at image 1");
        last.toFile().delete();
        assertRejected(Dataset.CIFAR_10, "has no file data_batch_5.bin or data_batch_5.bin.gz.");
        assertThat(last.toFile().mkdir()).isTrue();
        assertRejected(Dataset.CIFAR_10, "cannot be read");
    }

    @Test
    void rejectsBlankImages() {
        byte[] blank = DatasetFiles.idx(3, 28, 1);
        Arrays.fill(blank, 16, blank.length, (byte) 7);
        DatasetFiles.write(idxFile(), blank);
        assertRejected(Dataset.FASHION_MNIST, "all pixels of a channel are equal");
        DatasetFiles.cifar10(root, 0, 1);
        assertRejected(Dataset.CIFAR_10, "no images");
    }

    private void assertRejected(Dataset dataset, String message) {
        assertThatThrownBy(() -> new DatasetFolder(root).find(dataset))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(root.resolve(dataset.apiName()).toString())
                .hasMessageContaining(message);
    }
}
