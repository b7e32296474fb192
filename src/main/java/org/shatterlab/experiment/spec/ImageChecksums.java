package org.shatterlab.experiment.spec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.DatasetException;
import org.shatterlab.lab.input.Datasets;

/** Determines the SHA-256 of the images of a specification. */
@FunctionalInterface
interface ImageChecksums {

    /** The violation of a checksum that is missing or has another form. */
    String SHA256_RULE = "must be a SHA-256 as 64 hexadecimal digits in lower case";

    /** Takes the checksum from the document. A stored specification stays readable after its data set is gone. */
    ImageChecksums RECORDED = (fields, _, given) -> {
        if (given == null && !fields.has("sha256")) {
            fields.reject("sha256", SHA256_RULE);
        }
        return given;
    };

    /**
     * Returns the checksum of a batch of images.
     *
     * @param fields the inputs, which record violations
     * @param given the checksum that the document names; null where the document has no checksum or an invalid one
     * @return the checksum as 64 hexadecimal digits; null where the images are invalid
     */
    @Nullable
    String resolve(JsonObjectReader fields, ImageBatch batch, @Nullable String given);

    /** A data set and the number of its images that a specification needs. */
    record ImageBatch(Dataset dataset, int images) {}

    /** Takes the checksum from the files of this service, and checks the batch and the given checksum against them. */
    static ImageChecksums of(Datasets datasets) {
        return (fields, batch, given) -> {
            Datasets.DatasetInfo info;
            try {
                info = datasets.find(batch.dataset());
            } catch (DatasetException e) {
                fields.reject("name", "is not available here: " + e.reason());
                return null;
            }
            if (batch.images() > info.images()) {
                fields.reject(
                        "batch",
                        String.format(
                                Locale.ROOT,
                                "must be an integer from %d to %d, the number of images in the data set",
                                Limits.MIN_POINTS,
                                info.images()));
            }
            if (given != null && !given.equals(info.sha256())) {
                fields.reject("sha256", "must be " + info.sha256() + ", the SHA-256 of the data set of this service");
            }
            return info.sha256();
        };
    }
}
