package org.shatterlab.lab.input;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.shatterlab.lab.random.Generators;

/**
 * A folder of data sets, with one subfolder for each data set: {@code fashion-mnist/train-images-idx3-ubyte} and
 * {@code cifar-10/data_batch_1.bin} to {@code data_batch_5.bin}. Each file may be compressed and then has the suffix
 * {@code .gz}.
 *
 * <p>The folder scans every file once, and again when the file's size or modification time changes. Pixels are
 * standardised: each channel has mean 0 and standard deviation 1 over the training set. Thread-safe.
 */
public final class DatasetFolder implements Datasets {

    private static final int LEVELS = 256;
    private static final int MAX_CACHED_BYTES = 32 << 20;

    private final Path folder;
    private final Map<Dataset, DatasetScan> scans = new EnumMap<>(Dataset.class);

    /** The pixels of recent batches by name, with the least recently used batch first. */
    private final Map<String, byte[]> batches = new LinkedHashMap<>(16, 0.75f, true);

    public DatasetFolder(Path folder) {
        this.folder = folder;
    }

    /** The size and modification time of a file at its last scan. */
    private record FileVersion(Path file, long size, FileTime modified) {}

    /**
     * The result of a scan of all files of a data set.
     *
     * @param images the number of images in each file
     * @param mean the mean of the pixels of each channel
     * @param deviation the standard deviation of the pixels of each channel
     */
    private record DatasetScan(
            List<FileVersion> files,
            DatasetInfo info,
            List<Integer> images,
            List<Double> mean,
            List<Double> deviation) {}

    @Override
    public DatasetInfo find(Dataset dataset) {
        return scan(dataset).info();
    }

    /**
     * Returns the standardised images of a batch.
     *
     * @param run the number of the run, which selects the images if each run has its own
     * @return M rows of channels x height x width pixels
     * @throws DatasetException if a file is missing, unreadable or in the wrong format, or if the SHA-256 of the files
     *     differs from the SHA-256 in the specification
     */
    public double[][] batch(InputSpec.Images spec, int run) {
        Dataset dataset = spec.dataset();
        DatasetScan scan = scan(dataset);
        if (!scan.info().sha256().equals(spec.sha256())) {
            throw new DatasetException(
                    ("The files of %s in %s have the SHA-256 %s, but the experiment needs files with "
                                    + "the SHA-256 %s. Install files with that SHA-256.")
                            .formatted(
                                    dataset.apiName(),
                                    folderOf(dataset),
                                    scan.info().sha256(),
                                    spec.sha256()));
        }
        byte[] pixels = pixels(spec, scan, run);
        int pixelsOfChannel = dataset.side() * dataset.side();
        double[][] x = new double[spec.points()][dataset.dimension()];
        for (int i = 0; i < pixels.length; i++) {
            int pixel = i % dataset.dimension();
            int channel = pixel / pixelsOfChannel;
            x[i / dataset.dimension()][pixel] =
                    (Byte.toUnsignedInt(pixels[i]) - scan.mean().get(channel))
                            / scan.deviation().get(channel);
        }
        return x;
    }

    private synchronized byte[] pixels(InputSpec.Images spec, DatasetScan scan, int run) {
        String name = String.format(
                Locale.ROOT,
                "%d images of %s seeded %d%s",
                spec.points(),
                spec.sha256(),
                spec.seed(),
                spec.perRun() ? " for run " + run : "");
        byte[] cached = batches.get(name);
        if (cached != null) {
            return cached;
        }
        int[] chosen =
                new PermutationSampler(Generators.named(name), scan.info().images(), spec.points()).sample();
        byte[] pixels = read(spec.dataset(), scan, chosen);
        batches.put(name, pixels);
        while (batches.size() > 1
                && batches.values().stream().mapToLong(batch -> batch.length).sum() > MAX_CACHED_BYTES) {
            batches.remove(batches.keySet().iterator().next());
        }
        return pixels;
    }

    /** Returns the chosen images in their order. The files are read sequentially, one after the other. */
    private static byte[] read(Dataset dataset, DatasetScan scan, int[] chosen) {
        byte[] pixels = new byte[Math.multiplyExact(chosen.length, dataset.dimension())];
        List<Integer> ascending = IntStream.range(0, chosen.length)
                .boxed()
                .sorted((i, j) -> Integer.compare(chosen[i], chosen[j]))
                .toList();
        int next = 0;
        int first = 0;
        for (int f = 0; f < scan.files().size(); f++) {
            Path file = scan.files().get(f).file();
            int end = first + scan.images().get(f);
            try (ImageReader reader = new ImageReader(dataset, file, null)) {
                for (; next < chosen.length && chosen[ascending.get(next)] < end; next++) {
                    reader.skip(chosen[ascending.get(next)] - first - reader.position());
                    if (!reader.next(pixels, ascending.get(next) * dataset.dimension())) {
                        throw new EOFException();
                    }
                }
            } catch (IOException e) {
                throw unreadable(file, e);
            }
            first = end;
        }
        return pixels;
    }

    private synchronized DatasetScan scan(Dataset dataset) {
        List<FileVersion> files =
                dataset.files().stream().map(name -> version(dataset, name)).toList();
        DatasetScan known = scans.get(dataset);
        if (known != null && known.files().equals(files)) {
            return known;
        }
        DatasetScan scan = scan(dataset, files);
        scans.put(dataset, scan);
        return scan;
    }

    private FileVersion version(Dataset dataset, String name) {
        for (Path file :
                List.of(folderOf(dataset).resolve(name), folderOf(dataset).resolve(name + ".gz"))) {
            if (Files.exists(file)) {
                try {
                    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                    return new FileVersion(file, attributes.size(), attributes.lastModifiedTime());
                } catch (IOException e) {
                    throw unreadable(file, e);
                }
            }
        }
        throw new DatasetException("The folder %s has no file %s or %s.gz. Put the training set of %s there."
                .formatted(folderOf(dataset), name, name, dataset.apiName()));
    }

    private static DatasetScan scan(Dataset dataset, List<FileVersion> files) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        long[][] histograms = new long[dataset.channels()][LEVELS];
        List<Integer> images = new ArrayList<>();
        for (FileVersion version : files) {
            try (ImageReader reader = new ImageReader(dataset, version.file(), digest)) {
                byte[] pixels = new byte[dataset.dimension()];
                while (reader.next(pixels, 0)) {
                    count(dataset, pixels, histograms);
                }
                images.add(reader.position());
            } catch (IOException e) {
                throw unreadable(version.file(), e);
            }
        }
        List<Double> mean = Arrays.stream(histograms).map(DatasetFolder::mean).toList();
        List<Double> deviation =
                Arrays.stream(histograms).map(DatasetFolder::deviation).toList();
        int all = images.stream().mapToInt(i -> i).sum();
        if (all == 0 || deviation.contains(0.0)) {
            throw new DatasetException("The files of " + dataset.apiName() + " in "
                    + files.getFirst().file().getParent()
                    + " have no images, or all pixels of a channel are equal. Install the original files.");
        }
        return new DatasetScan(
                files, new DatasetInfo(HexFormat.of().formatHex(digest.digest()), all), images, mean, deviation);
    }

    private static void count(Dataset dataset, byte[] pixels, long[][] histograms) {
        int pixelsOfChannel = pixels.length / dataset.channels();
        for (int i = 0; i < pixels.length; i++) {
            histograms[i / pixelsOfChannel][Byte.toUnsignedInt(pixels[i])]++;
        }
    }

    private static double mean(long[] histogram) {
        double sum = 0;
        for (int level = 0; level < LEVELS; level++) {
            sum += (double) level * histogram[level];
        }
        return sum / Arrays.stream(histogram).sum();
    }

    private static double deviation(long[] histogram) {
        double mean = mean(histogram);
        double sum = 0;
        for (int level = 0; level < LEVELS; level++) {
            sum += (level - mean) * (level - mean) * histogram[level];
        }
        return Math.sqrt(sum / Arrays.stream(histogram).sum());
    }

    private Path folderOf(Dataset dataset) {
        return folder.resolve(dataset.apiName());
    }

    private static DatasetException unreadable(Path file, IOException problem) {
        return new DatasetException("The file " + file + " "
                + switch (problem) {
                    case EOFException _ -> "is truncated. The file ends within its header or its images.";
                    case ImageReader.FormatException format -> format.getMessage() + ".";
                    case ZipException _ -> "is not a valid gzip file: " + problem.getMessage() + ".";
                    default -> "cannot be read: " + problem + ".";
                });
    }
}
