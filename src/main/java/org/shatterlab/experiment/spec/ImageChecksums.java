package org.shatterlab.experiment.spec;

import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.DatasetException;
import org.shatterlab.lab.input.Datasets;

/** Decides which SHA-256 the images of a specification have. */
@FunctionalInterface
interface ImageChecksums {

    /** Takes the checksum from the document. A stored specification stays readable after its data set is gone. */
    ImageChecksums RECORDED = (fields, _, given) -> {
        if (given == null && !fields.has("sha256")) {
            fields.refuse("sha256", InputReader.SHA256_RULE);
        }
        return given;
    };

    /**
     * Returns the checksum of a batch of images.
     *
     * @param fields the inputs, which record what is wrong
     * @param given the checksum that the document names; null where the document names none, or a wrong one
     * @return null where the images are refused
     */
    @Nullable
    String resolve(JsonObjectReader fields, ImageBatch batch, @Nullable String given);

    /** The images that a specification asks for. */
    record ImageBatch(Dataset dataset, int images) {}

    /** Takes the checksum from the files of this service, and checks the batch and the given checksum against them. */
    static ImageChecksums of(Datasets datasets) {
        return (fields, batch, given) -> {
            Datasets.Facts facts;
            try {
                facts = datasets.find(batch.dataset());
            } catch (DatasetException e) {
                fields.refuse("name", "is not available here: " + e.reason());
                return null;
            }
            if (batch.images() > facts.images()) {
                fields.refuse(
                        "batch",
                        "must be an integer from %d to %d, the number of images that there are"
                                .formatted(InputReader.MIN_POINTS, facts.images()));
            }
            if (given != null && !given.equals(facts.sha256())) {
                fields.refuse("sha256", "must be that of the data that this service has, " + facts.sha256());
            }
            return facts.sha256();
        };
    }
}
