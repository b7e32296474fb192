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
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.shatterlab.lab.random.Generators;

/**
 * The data sets of a folder, which has one folder for each, of its name: {@code fashion-mnist/train-images-idx3-ubyte} and
 * {@code cifar-10/data_batch_1.bin} to {@code data_batch_5.bin}. Each file may be compressed, with {@code .gz} after its
 * name.
 *
 * <p>Every file is read as a whole once, and again when its size or its time changes. Pixels are standardised: each channel
 * has mean 0 and standard deviation 1 over the training set. Thread-safe.
 */
public final class DatasetFolder implements Datasets {

    private static final int LEVELS = 256;
    private static final int MAX_CACHED_BYTES = 32 << 20;

    private final Path folder;
    private final Map<Dataset, Survey> surveys = new EnumMap<>(Dataset.class);
    private final Map<String, byte[]> batches = new LinkedHashMap<>(16, 0.75f, true);

    public DatasetFolder(Path folder) {
        this.folder = folder;
    }

    /** A file as it was when it was read. */
    private record Version(Path file, long size, FileTime modified) {}

    /**
     * What reading all files of a data set told.
     *
     * @param images how many there are in each file
     * @param mean of the pixels of each channel
     * @param deviation the standard deviation of the pixels of each channel
     */
    private record Survey(
            List<Version> files, Facts facts, List<Integer> images, List<Double> mean, List<Double> deviation) {}

    @Override
    public Facts find(Dataset dataset) {
        return survey(dataset).facts();
    }

    /**
     * The images of a batch, standardised.
     *
     * @param run the run that they are for
     * @return M rows of channels x height x width pixels
     * @throws DatasetException where the data are not those that the inputs name
     */
    public double[][] batch(InputSpec.Images spec, int run) {
        Dataset dataset = spec.dataset();
        Survey survey = survey(dataset);
        if (!survey.facts().sha256().equals(spec.sha256())) {
            throw new DatasetException("The files of %s in %s have SHA-256 %s, but the inputs are of files with %s."
                    .formatted(dataset.apiName(), home(dataset), survey.facts().sha256(), spec.sha256()));
        }
        byte[] pixels = pixels(spec, survey, run);
        int pixelsOfChannel = dataset.side() * dataset.side();
        double[][] x = new double[spec.points()][dataset.dimension()];
        for (int i = 0; i < pixels.length; i++) {
            int pixel = i % dataset.dimension();
            int channel = pixel / pixelsOfChannel;
            x[i / dataset.dimension()][pixel] =
                    (Byte.toUnsignedInt(pixels[i]) - survey.mean().get(channel))
                            / survey.deviation().get(channel);
        }
        return x;
    }

    private synchronized byte[] pixels(InputSpec.Images spec, Survey survey, int run) {
        String name = "%d images of %s seeded %d%s"
                .formatted(spec.points(), spec.sha256(), spec.seed(), spec.perRun() ? " for run " + run : "");
        byte[] kept = batches.get(name);
        if (kept != null) {
            return kept;
        }
        int[] chosen =
                new PermutationSampler(Generators.named(name), survey.facts().images(), spec.points()).sample();
        byte[] pixels = read(spec.dataset(), survey, chosen);
        batches.put(name, pixels);
        while (batches.size() > 1
                && batches.values().stream().mapToLong(batch -> batch.length).sum() > MAX_CACHED_BYTES) {
            batches.remove(batches.keySet().iterator().next());
        }
        return pixels;
    }

    /** The chosen images in their order, read in the order of the files. */
    private static byte[] read(Dataset dataset, Survey survey, int[] chosen) {
        byte[] pixels = new byte[Math.multiplyExact(chosen.length, dataset.dimension())];
        List<Integer> ascending = IntStream.range(0, chosen.length)
                .boxed()
                .sorted((i, j) -> Integer.compare(chosen[i], chosen[j]))
                .toList();
        int next = 0;
        int first = 0;
        for (int f = 0; f < survey.files().size(); f++) {
            Path file = survey.files().get(f).file();
            int end = first + survey.images().get(f);
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

    private synchronized Survey survey(Dataset dataset) {
        List<Version> files =
                dataset.files().stream().map(name -> version(dataset, name)).toList();
        Survey known = surveys.get(dataset);
        if (known != null && known.files().equals(files)) {
            return known;
        }
        Survey survey = read(dataset, files);
        surveys.put(dataset, survey);
        return survey;
    }

    private Version version(Dataset dataset, String name) {
        for (Path file : List.of(home(dataset).resolve(name), home(dataset).resolve(name + ".gz"))) {
            if (Files.exists(file)) {
                try {
                    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                    return new Version(file, attributes.size(), attributes.lastModifiedTime());
                } catch (IOException e) {
                    throw unreadable(file, e);
                }
            }
        }
        throw new DatasetException(
                "There is no file %s, nor %s.gz, in the folder %s.".formatted(name, name, home(dataset)));
    }

    private static Survey read(Dataset dataset, List<Version> files) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        long[][] histograms = new long[dataset.channels()][LEVELS];
        List<Integer> images = new ArrayList<>();
        for (Version version : files) {
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
                    + files.getFirst().file().getParent() + " have no images, or nothing to be seen on them.");
        }
        return new Survey(files, new Facts(HexFormat.of().formatHex(digest.digest()), all), images, mean, deviation);
    }

    private static void count(Dataset dataset, byte[] pixels, long[][] histograms) {
        int ofChannel = pixels.length / dataset.channels();
        for (int i = 0; i < pixels.length; i++) {
            histograms[i / ofChannel][Byte.toUnsignedInt(pixels[i])]++;
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

    private Path home(Dataset dataset) {
        return folder.resolve(dataset.apiName());
    }

    private static DatasetException unreadable(Path file, IOException problem) {
        return new DatasetException("The file " + file + " "
                + switch (problem) {
                    case EOFException _ -> "is truncated: it ends in the middle of its images or before the first.";
                    case ImageReader.FormatException format -> format.getMessage() + ".";
                    case ZipException _ -> "is not what gzip compresses to: " + problem.getMessage() + ".";
                    default -> "cannot be read: " + problem + ".";
                });
    }
}
