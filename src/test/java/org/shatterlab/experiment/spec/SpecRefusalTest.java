package org.shatterlab.experiment.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.experiment.spec.SpecBodies.assertOneViolation;
import static org.shatterlab.experiment.spec.SpecBodies.body;
import static org.shatterlab.experiment.spec.SpecBodies.network;
import static org.shatterlab.experiment.spec.SpecBodies.read;
import static org.shatterlab.experiment.spec.SpecBodies.violations;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.Violation;

/** Tests the pointer and the message of each violation of a specification. */
class SpecRefusalTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'width': 0            | /networks/0/width         | integer from 1 to 4096; 4096 is the limit on width",
                "'width': 1000000      | /networks/0/width         | limit on width",
                "'width': '200'        | /networks/0/width         | integer from 1 to 4096",
                "'width': 200.5        | /networks/0/width         | integer from 1 to 4096",
                "'width': null         | /networks/0/width         | integer from 1 to 4096",
                "'width': true         | /networks/0/width         | integer from 1 to 4096",
                "'width': []           | /networks/0/width         | integer from 1 to 4096",
                "'width': 1e1000000000 | /networks/0/width         | integer from 1 to 4096",
                "'width': 1e-1000000000| /networks/0/width         | integer from 1 to 4096",
                "'width': 99999999999999999999999999999 | /networks/0/width | integer from 1 to 4096",
                "'beta': 1e999         | /networks/0/beta          | not a finite number in the range of a double",
                "'beta': -1e400        | /networks/0/beta          | not a finite number in the range of a double",
                "'beta': 1e1000000000  | /networks/0/beta          | not a finite number in the range of a double",
                "'beta': '0.1'         | /networks/0/beta          | must be a number",
                "'alpha': 0            | /networks/0/alpha         | other than 0",
                "'alpha': 1e-999       | /networks/0/alpha         | other than 0",
                "'gamma2': 0.5         | /networks/0/gamma2        | does not apply to family resnet",
                "'normalization': 'bn' | /networks/0/normalization | must be one of \"none\", \"mean-centering\", \"batch-norm\"",
                "'normalization': 'batch_norm' | /networks/0/normalization | did you mean \"batch-norm\"?",
                "'activation': 'gelu'  | /networks/0/activation    | must be one of \"relu\", \"crelu\", \"linear\", \"prelu\"",
                "'activation': 'preluu', 'slope': 0.1 | /networks/0/activation | did you mean \"prelu\"?",
                "'slope': 0.1          | /networks/0/slope         | applies to activation \"prelu\" only",
                "'activation': 'prelu', 'slope': 1.1 | /networks/0/slope | a number from -1 to 1",
                "'activation': 'crelu', 'slope': 0.1 | /networks/0/slope | applies to activation \"prelu\" only",
                "'activation': 'prelu', 'slope': 0.5, 'initialization': 'looks-linear' | /networks/0/initialization | \"prelu\" with slope 1",
                "'initialization': 'glorot' | /networks/0/initialization | must be one of \"he\", \"xavier\", \"orthogonal\"",
                "'initialization': 'looks-linear' | /networks/0/initialization | needs activation \"crelu\", or \"prelu\" with slope 1",
                "'activation': 'prelu', 'initialization': 'looks-linear' | /networks/0/initialization | needs activation",
                "'activation': 'linear', 'initialization': 'looks-linear' | /networks/0/initialization | needs activation",
                "'activation': 'relux', 'initialization': 'looks-linear' | /networks/0/activation | must be one of",
                "'firstBiasStd': -1    | /networks/0/firstBiasStd  | at least 0",
                "'widht': 200          | /networks/0/widht         | unknown field; did you mean \"width\"?",
                "'colour': 1           | /networks/0/colour        | unknown field; known names: \"label\", \"family\", \"width\"",
                "'a/b~c': 1            | /networks/0/a~1b~0c       | unknown field",
                "'': 1                 | /networks/0/              | unknown field",
                "'label': ''           | /networks/0/label         | 1 to 60 characters",
                "'label': '\u00a0 \u3000' | /networks/0/label      | not be blank",
                "'label': 7            | /networks/0/label         | text",
                "'label': 'a/b'        | /networks/0/label         | URL paths",
                "'label': '..'         | /networks/0/label         | URL paths",
                "'label': 'a\\nb'      | /networks/0/label         | control characters",
                "'label': 'a\\u0000'   | /networks/0/label         | control characters",
                "'label': 'a\\ud83d'   | /networks/0/label         | lone surrogates",
                "'depths': []          | /networks/0/depths        | nonempty array",
                "'depths': null        | /networks/0/depths        | nonempty array",
                "'depths': 5           | /networks/0/depths        | nonempty array",
                "'depths': [-1]        | /networks/0/depths/0      | integer from 1 to 1000; 1000 is the limit on depth",
                "'depths': [1, 1.0]    | /networks/0/depths/1      | the same depth is at /networks/0/depths/0",
                "'depths': [4, 1e99]   | /networks/0/depths/1      | integer from 1 to 1000",
                "'depths': {'from': 1} | /networks/0/depths/to     | is required",
                "'depths': {'from': 1, 'to': 2, 'by': 1} | /networks/0/depths/by | known names: \"from\", \"to\", \"step\"",
                "'depths': {'from': 3, 'to': 2} | /networks/0/depths/from | not be greater than",
                "'depths': {'from': 1, 'to': 2, 'step': 0} | /networks/0/depths/step | integer from 1",
                "'depths': {'from': 1, 'to': 1000} | /networks/0/depths | has 1000 distinct depths; 512 is the limit",
            })
    void rejectsInvalidNetworks(String fields, String pointer, String message) {
        assertOneViolation(network(fields), pointer, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'runs': 0             | /runs             | integer from 1 to 100000; 100000 is the limit on runs",
                "'run': 5              | /run              | did you mean \"runs\"?",
                "'runs': 100001        | /runs             | limit on runs",
                "'seed': 1.5           | /seed             | integer from -9223372036854775808",
                "'precision': 'double' | /precision        | must be one of \"float32\", \"float64\"",
                "'draws': 'gpu'        | /draws            | must be one of \"host\", \"device\"",
                "'draws': 'device'     | /draws            | must be \"host\" where a CPU computes the experiment",
                "'device': 'tpu'       | /device           | must be one of \"auto\", \"cpu\", \"gpu\"",
                "'device': 'gpu'       | /device           | needs a worker with a GPU, but no such worker sent a heartbeat in the last minute; start one, or use \"auto\" or \"cpu\"",
                "'priority': 101       | /priority         | integer from -100 to 100",
                "'cache': 'no'         | /cache            | true or false",
                "'name': ''            | /name             | 1 to 200 characters",
                "'name': 5             | /name             | or null",
                "'name': 'a\\u0007'    | /name             | control characters",
                "'inputs': null        | /inputs           | must be an object",
                "'inputs': {}          | /inputs/type      | is required: \"grid\", \"gaussian\"",
                "'inputs': {'type': 'images'} | /inputs/type | must be one of \"grid\", \"gaussian\", \"gaussian-mixture\", \"dataset\"",
                "'inputs': {'type': 'dataset'} | /inputs/name | is required: \"fashion-mnist\", \"cifar-10\"",
                "'inputs': {'type': 'dataset', 'name': 'cifar10'} | /inputs/name | did you mean \"cifar-10\"?",
                "'inputs': {'type': 'dataset', 'name': 'fashion-mnist'} | /inputs/name | The folder target/no-such-folder/fashion-mnist has no file train-images-idx3-ubyte or train-images-idx3-ubyte.gz",
                "'inputs': {'type': 'dataset', 'name': 'cifar-10', 'batch': 1} | /inputs/batch | integer from 2 to 4096; 4096 is the limit on points",
                "'inputs': {'type': 'dataset', 'name': 'cifar-10', 'batch': 1001} | /inputs/batch | from 2 to 1000, the number of images in the data set",
                "'inputs': {'type': 'dataset', 'name': 'cifar-10', 'points': 5} | /inputs/points | does not apply to dataset inputs",
                "'inputs': {'type': 'dataset', 'name': 'cifar-10', 'perRun': 1} | /inputs/perRun | true or false",
                "'inputs': {'type': 'dataset', 'name': 'cifar-10', 'sha256': 'AB'} | /inputs/sha256 | 64 hexadecimal digits in lower case",
                "'inputs': {'type': 'dataset', 'name': 'cifar-10', 'sha256': '0000000000000000000000000000000000000000000000000000000000000000'} | /inputs/sha256 | must be 5994471abb",
                "'inputs': {'type': 'dataset', 'name': 'cifar-10'}, 'statistics': ['gradient'] | /statistics/0 | type \"grid\"",
                "'inputs': {'type': 'dataset', 'name': 'cifar-10', 'perRun': true}, 'statistics': ['covariance'] | /statistics/0 | the same in every run",
                "'inputs': {'type': 'gaussian-mixture', 'components': 0} | /inputs/components | integer from 1 to 4096",
                "'inputs': {'type': 'gaussian-mixture', 'separation': -1} | /inputs/separation | at least 0",
                "'inputs': {'type': 'gaussian-mixture', 'separation': 1e999} | /inputs/separation | not a finite number",
                "'inputs': {'type': 'gaussian', 'components': 2} | /inputs/components | does not apply to gaussian inputs",
                "'inputs': {'type': 'grid', 'points': 1}    | /inputs/points | integer from 2 to 4096; 4096 is the limit on points",
                "'inputs': {'type': 'grid', 'points': 4097} | /inputs/points | limit on points",
                "'inputs': {'type': 'grid', 'dimension': 2} | /inputs/dimension | does not apply to grid inputs",
                "'inputs': {'type': 'grid', 'form': 2}      | /inputs/form | did you mean \"from\"?",
                "'inputs': {'type': 'grid', 'from': 2}      | /inputs/from | less than \"to\"",
                "'inputs': {'type': 'grid', 'to': 1e309}    | /inputs/to   | not a finite number",
                "'inputs': {'type': 'grid', 'to': 1e300}    | /inputs      | not distinct numbers in float32",
                "'inputs': {'type': 'grid', 'from': 1, 'to': 1.00001} | /inputs | not distinct numbers in float32",
                "'inputs': {'type': 'gaussian', 'dimension': 0}     | /inputs/dimension | integer from 1 to 16384; 16384 is the limit on dimension",
                "'inputs': {'type': 'gaussian', 'from': 0}          | /inputs/from | does not apply to gaussian inputs",
                "'statistics': []                 | /statistics   | nonempty array of distinct names",
                "'statistics': 'gradient'         | /statistics   | nonempty array",
                "'statistics': ['gradiant']       | /statistics/0 | did you mean \"gradient\"?",
                "'statistics': [null]             | /statistics/0 | must be one of \"gradient-variance\"",
                "'statistics': ['gradient', 'gradient'] | /statistics/1 | the same statistic is at /statistics/0",
                "'statistics': ['gradient-variance', 'gradient'], 'inputs': {'type': 'gaussian'} | /statistics/1 | type \"grid\"",
                "'statistics': ['covariance'], 'inputs': {'type': 'gaussian', 'points': 513} | /statistics/0 | 512 is the limit on points of a matrix",
                "'statistics': ['autocorrelation'], 'inputs': {'type': 'grid', 'points': 16} | /statistics/0 | at least 17 points",
                "'statistics': ['effective-rank'] | /statistics/0 | at least 2 dimensions",
                "'statistics': ['relative-effective-rank'], 'inputs': {'type': 'gaussian', 'dimension': 1} | /statistics/0 | at least 2 dimensions",
                "'statistics': ['effective-rank'], 'inputs': {'type': 'gaussian', 'points': 513, 'dimension': 600} | /statistics/0 | 512 is the limit on points of a matrix, inputs has 513",
                "'statistics': ['contiguity-histogram'], 'inputs': {'type': 'gaussian'} | /statistics/0 | type \"grid\"",
                "'statistics': ['spectral-exponent'], 'inputs': {'type': 'grid', 'points': 31} | /statistics/0 | at least 32 points",
                "'preset': 7                      | /preset       | must be one of \"figure-1\", \"figure-2\"",
                "'preset': 'figure2'              | /preset       | did you mean \"figure-2\"?",
                "'depths': [1, 2, 0]              | /depths/2     | integer from 1 to 1000",
            })
    void rejectsInvalidExperiments(String fields, String pointer, String message) {
        assertOneViolation(body(fields), pointer, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]   | `` | must be an object with the fields of an experiment",
                "null | `` | must be an object",
                "{}   | /networks | nonempty array of networks",
                "{'networks': []} | /networks | nonempty array of networks",
                "{'networks': {'family': 'resnet'}} | /networks | nonempty array of networks",
                "{'networks': [5]} | /networks/0 | must be an object",
                "{'networks': [{}]} | /networks/0/family | is required: \"feedforward\"",
                "{'networks': [{'family': 'resnt'}]} | /networks/0/family | did you mean \"resnet\"?",
                "{'networks': [{'family': 'feedforward'}]} | /depths | is required unless",
                "{'networks': [{'family': 'highway', 'depths': [1]}]} | /networks/0/gamma2 | is required for family highway",
                "{'networks': [{'family': 'highway', 'depths': [1], 'gamma2': 0}]} | /networks/0/gamma2 | or \"1/sqrt(depth)\"",
                "{'networks': [{'family': 'highway', 'depths': [1], 'gamma2': '1/depth'}]} | /networks/0/gamma2 | at most 1",
                "{'networks': [{'family': 'highway', 'depths': [1], 'gamma2': 1.1}]} | /networks/0/gamma2 | at most 1, or \"1/sqrt(depth)\"; gamma1 follows from gamma1^2 + gamma2^2 = 1",
                "{'networks': [{'family': 'highway', 'depths': [1], 'gamma1': 0.8, 'gamma2': 0.7}]} | /networks/0/gamma1 | follows from gamma2, since gamma1^2 + gamma2^2 = 1",
                "{'networks': [{'family': 'feedforward', 'depths': [1], 'gamma1': 0.8}]} | /networks/0/gamma1 | unknown field",
                "{'networks': [{'family': 'feedforward', 'depths': [1], 'beta': 1}]} | /networks/0/beta | does not apply to family feedforward",
                "{'networks': [{'family': 'conv-resnet', 'depths': [2]}]} | /networks/0/family | inputs must be of type \"dataset\"",
                "{'networks': [{'family': 'conv-resnet', 'depths': [2, 3]}], 'inputs': {'type': 'dataset', 'name': 'cifar-10'}} | /networks/0/depths | must be even",
                "{'networks': [{'family': 'conv-resnet'}], 'depths': [2, 3], 'inputs': {'type': 'dataset', 'name': 'cifar-10'}} | /depths | must be even",
                "{'networks': [{'family': 'conv-resnet', 'depths': [2], 'width': 129}], 'inputs': {'type': 'dataset', 'name': 'cifar-10'}} | /networks/0/width | 128 is the limit on channels",
                "{'networks': [{'family': 'conv-feedforward', 'depths': [2], 'activation': 'crelu'}], 'inputs': {'type': 'dataset', 'name': 'cifar-10'}} | /networks/0/activation | does not apply to family conv-feedforward",
                "{'networks': [{'family': 'feedforward', 'depths': [1], 'normalization': 'batch-norm'}], 'inputs': {'type': 'gaussian', 'points': 1}} | /inputs/points | integer from 2 to 4096",
                "{'networks': [{'family': 'conv-feedforward', 'depths': [2], 'beta': 1}], 'inputs': {'type': 'dataset', 'name': 'cifar-10'}} | /networks/0/beta | does not apply to family conv-feedforward",
                "{'networks': [{'family': 'white-noise', 'depths': [1]}]} | /networks/0/depths | whose fields are \"label\", \"family\"",
                "{'networks': [{'family': 'white-noise'}, {'label': 'white-noise', 'family': 'brown-noise'}]} | /networks/1/label | must be unique; /networks/0 has the same label",
                "{'networks': [{'family': 'feedforward', 'width': 513, 'depths': [1]}], 'statistics': ['activity-raster']} | /statistics/0 | 512 is the limit on points of a matrix, network \"feedforward\" has width 513",
                "{'networks': [{'family': 'feedforward', 'depths': {'from': 1, 'to': 141}}], 'statistics': ['gradient-variance', 'activation-rate']} | /statistics/1 | 10000 is the limit on layers, network \"feedforward\" has 10011",
                "{'networks': [{'family': 'white-noise'}], 'statistics': ['coactivation-rate']} | /statistics/0 | needs a network",
                "{'networks': [{'family': 'white-noise'}, {'family': 'white-noise'}]} | /networks/1/label | the default is the family, \"white-noise\"",
            })
    void rejectsInvalidDocuments(String body, String pointer, String message) {
        assertOneViolation(body, pointer, message);
    }

    @Test
    void reportsAllViolationsAtOnce() {
        assertThat(violations("""
                {"nmae": "x", "runs": 0, "depths": [1, 0, 1], "inputs": {"type": "gaussian", "points": 1, "seed": "a"},
                 "networks": [{"label": "a", "family": "resnet", "width": 0, "bta": 1}, 7,
                              {"label": "a", "family": "nonsense", "normalization": 3},
                              {"label": "b", "family": "highway", "gamma2": 2, "depths": []}]}"""))
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder(
                        "/nmae",
                        "/runs",
                        "/depths/1",
                        "/depths/2",
                        "/inputs/points",
                        "/inputs/seed",
                        "/networks/0/width",
                        "/networks/0/bta",
                        "/networks/1",
                        "/networks/2/family",
                        "/networks/2/normalization",
                        "/networks/3/gamma2",
                        "/networks/3/depths");
    }

    @Test
    void reportsEachMistakeOnce() {
        assertThat(violations(
                        "{'networks': [{'family': 'white-noise', 'label': 7}, {'family': 'white-noise', 'label': 8}]}"))
                .extracting(Violation::pointer)
                .containsExactly("/networks/0/label", "/networks/1/label");
        assertOneViolation(body("'inputs': {'type': 'grid', 'from': 1e999, 'to': -5}"), "/inputs/from", "finite");
    }

    @Test
    void limitsNetworksDepthsAndCells() {
        String many = IntStream.rangeClosed(1, 65)
                .mapToObj("{'label': '%d', 'family': 'white-noise'}"::formatted)
                .collect(Collectors.joining(","));
        String depths =
                IntStream.rangeClosed(1, 513).mapToObj(Integer::toString).collect(Collectors.joining(","));
        assertOneViolation("{'networks': [" + many + "]}", "/networks", "has 65 networks; 64 is the limit on networks");
        assertOneViolation(body("'depths': [" + depths + "]"), "/depths", "513 distinct depths; 512 is the limit");
        assertThat(CellPlanner.count(read(body("'runs': 100000")))).isEqualTo(20_000);
        assertOneViolation(
                "{'networks': [{'family': 'white-noise'}, {'family': 'brown-noise'}], 'runs': 50001}",
                "/runs",
                "20002 cells; 20000 is the limit on cells");
    }

    @Test
    void repeatsRejectedValuesAsReadableJson() {
        assertThat(violations(body("'runs': 'abc'")))
                .first()
                .extracting(Violation::value)
                .isEqualTo("abc");
        assertThat(violations(body("'runs': 0")))
                .first()
                .extracting(Violation::value)
                .hasToString("0");
        assertThat(violations(body("'runs': 1e999")))
                .first()
                .extracting(Violation::value)
                .isEqualTo("1E+999");
        assertThat(violations(body("'runs': null")))
                .first()
                .extracting(Violation::value)
                .isNull();
        assertThat(violations(body("'runs': '" + "x".repeat(9999) + "'")))
                .first()
                .extracting(Violation::value)
                .asString()
                .hasSize(201);
        assertThat(violations(body("'\\ud800': ['\\udc00']")))
                .first()
                .isEqualTo(new Violation(
                        "/\uFFFD",
                        "[\"\uFFFD\"]",
                        "unknown field; known names: " + ApiNames.quoted(SpecParser.FIELDS)));
    }

    @Test
    void listsLimitedNumberOfViolations() {
        String unknown =
                IntStream.range(0, 50_000).mapToObj("'x%d': 1"::formatted).collect(Collectors.joining(","));
        assertThat(violations(body(unknown)))
                .hasSize(Violations.MAX_LISTED + 1)
                .last()
                .satisfies(violation -> assertThat(violation.message()).isEqualTo("and 49000 more violations"));
    }

    @Test
    void violationNamesPresetOfValue() {
        assertOneViolation(
                "{'preset': 'figure-2', 'inputs': {'type': 'gaussian'}}",
                "/statistics/2",
                "needs ordered inputs: inputs must be of type \"grid\"; the value is from preset \"figure-2\"");
        assertThat(violations("{'preset': 'figure-2', 'a/b': 1}"))
                .singleElement()
                .satisfies(violation -> assertThat(violation.message()).doesNotContain("the value is from preset"));
    }

    @Test
    void unknownPresetHidesNoOtherViolation() {
        assertThat(violations("{'preset': 'figure-99', 'runs': 0}"))
                .extracting(Violation::pointer)
                .containsExactly("/preset", "/runs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'activation': 'linear'",
                "'activation': 'crelu', 'initialization': 'looks-linear'",
                "'activation': 'prelu', 'slope': 1"
            })
    void rejectsVariationStatisticsForLinearNetworks(String layer) {
        String network = "{'networks': [{'family': 'resnet', %s}], 'depths': [2]%s}";
        assertOneViolation(
                String.format(Locale.ROOT, network, layer, ", 'statistics': ['gradient', 'autocorrelation']"),
                "/statistics/1",
                "the gradient is the same at every input");
        assertThat(read(String.format(Locale.ROOT, network, layer, "")).statistics())
                .containsExactly(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION, Statistic.GRADIENT);
    }
}
