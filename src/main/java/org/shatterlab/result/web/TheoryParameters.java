package org.shatterlab.result.web;

import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.NetworkAtInputs;
import org.shatterlab.experiment.spec.NetworkAtInputsReader;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.theory.Theory;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.MalformedBodyException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.result.ResultQuery.DepthRange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parameters of a request for predictions. The fields of the network and of the inputs are query parameters with
 * the names of the fields in a spec. Two names differ: {@code inputs} is the type of the inputs, and {@code inputSeed}
 * is their seed.
 *
 * @param subject the network at its inputs
 * @param statistics the statistics to predict
 * @param forSpreadsheet whether texts of CSV that begin like a formula get an apostrophe
 */
record TheoryParameters(NetworkAtInputs subject, Set<Statistic> statistics, boolean forSpreadsheet) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> STATISTICS = Theory.PREDICTED.stream()
            .sorted(Comparator.naturalOrder())
            .map(Statistic::apiName)
            .toList();
    private static final String DEPTHS = "must be depths such as 10, or 2,4,10, or 2..50";

    /**
     * The largest number of depths that is parsed. The limit exceeds the depths of any valid network, and bounds
     * memory.
     */
    private static final int MAX_DEPTHS = 100_000;

    /** Reads the parameters of a request. */
    static TheoryParameters read(Map<String, String[]> given, NetworkAtInputsReader reader) {
        QueryParameters parameters = new QueryParameters(given);
        Set<String> refused = new HashSet<>();
        ObjectNode network = object(NetworkAtInputsReader.NETWORK_FIELDS, parameters, given, refused);
        ObjectNode inputs = object(NetworkAtInputsReader.INPUT_FIELDS, parameters, given, refused);
        if (!inputs.has("type")) {
            inputs.put("type", "grid");
        }
        Set<Statistic> statistics = statistics(parameters.multiChoice("statistic", STATISTICS));
        NetworkAtInputs subject = subject(network, inputs, statistics, reader, parameters, given, refused);
        boolean forSpreadsheet = parameters.flag(Csv.SPREADSHEET);
        parameters.requireValid();
        return new TheoryParameters(Objects.requireNonNull(subject), statistics, forSpreadsheet);
    }

    private static Set<Statistic> statistics(Collection<String> names) {
        if (names.isEmpty()) {
            return EnumSet.of(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION);
        }
        Set<Statistic> statistics = EnumSet.copyOf(Theory.PREDICTED);
        statistics.removeIf(statistic -> !names.contains(statistic.apiName()));
        return statistics;
    }

    /**
     * Returns the parameters of some fields as a JSON object of a spec. Adds the names of rejected parameters to a set.
     */
    private static ObjectNode object(
            Collection<String> fields, QueryParameters parameters, Map<String, String[]> given, Set<String> refused) {
        ObjectNode object = JSON.objectNode();
        for (String field : fields) {
            String name = parameter(field);
            Function<String, @Nullable JsonNode> parser =
                    field.equals("depths") ? TheoryParameters::depths : TheoryParameters::value;
            JsonNode value = parameters.optional(name, DEPTHS, parser);
            if (value != null) {
                object.set(field, value);
            } else if (given.containsKey(name)) {
                refused.add(name);
            }
        }
        return object;
    }

    private static String parameter(String field) {
        return switch (field) {
            case "type" -> "inputs";
            case "seed" -> "inputSeed";
            default -> field;
        };
    }

    /** Returns a JSON number or boolean if the text is one, and the text as a JSON string otherwise. */
    private static JsonNode value(String text) {
        try {
            JsonNode parsed = StrictJson.parse(text);
            return parsed.isNumber() || parsed.isBoolean() ? parsed : JSON.stringNode(text);
        } catch (MalformedBodyException notJson) {
            return JSON.stringNode(text);
        }
    }

    private static @Nullable JsonNode depths(String text) {
        List<DepthRange> ranges = ResultParameters.ranges(text);
        if (ranges == null) {
            return null;
        }
        Set<Integer> distinct = new TreeSet<>();
        for (DepthRange range : ranges) {
            for (int depth = range.from(); depth <= range.to() && distinct.size() < MAX_DEPTHS; depth++) {
                distinct.add(depth);
            }
        }
        ArrayNode list = JSON.arrayNode();
        distinct.forEach(depth -> list.add(depth.intValue()));
        return list;
    }

    /**
     * Reads the network at its inputs. Reports each violation once for each parameter and message.
     *
     * @return null if the reader rejects a value
     */
    private static @Nullable NetworkAtInputs subject(
            ObjectNode network,
            ObjectNode inputs,
            Set<Statistic> statistics,
            NetworkAtInputsReader reader,
            QueryParameters parameters,
            Map<String, String[]> given,
            Set<String> refused) {
        try {
            return reader.read(network, inputs, statistics.stream().anyMatch(Statistic::isPerLayer));
        } catch (InvalidRequestException e) {
            record Refusal(String name, String message) {}
            Set<Refusal> refusals = new LinkedHashSet<>();
            e.violations().stream()
                    // The violation that counts further violations has no pointer and belongs to no parameter.
                    .filter(violation -> !violation.pointer().isEmpty())
                    .forEach(violation ->
                            refusals.add(new Refusal(parameterAt(violation.pointer()), violation.message())));
            refusals.removeIf(refusal -> refused.contains(refusal.name()));
            refusals.forEach(refusal -> {
                String[] values = given.get(refusal.name());
                parameters.reject(refusal.name(), values == null ? null : values[0], refusal.message());
            });
            return null;
        }
    }

    /**
     * Returns the parameter that a pointer such as {@code /inputs/seed} refers to. A pointer to the inputs as a whole
     * refers to the parameter {@code inputs}.
     */
    private static String parameterAt(String pointer) {
        String[] parts = pointer.split("/", -1);
        return parts.length < 3 ? parts[1] : parameter(parts[2]);
    }
}
