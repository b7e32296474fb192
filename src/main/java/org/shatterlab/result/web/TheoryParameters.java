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
 * What theory is asked: the fields of a network and of inputs as query parameters, named as in a specification but for the
 * inputs' type, which is {@code inputs}, and their seed, {@code inputSeed}.
 */
record TheoryParameters(NetworkAtInputs subject, Set<Statistic> statistics) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> STATISTICS = Theory.PREDICTED.stream()
            .sorted(Comparator.naturalOrder())
            .map(Statistic::apiName)
            .toList();
    private static final String DEPTHS = "must be depths such as 10, or 2,4,10, or 2..50";
    /** More than any network may have, and few enough to be listed. */
    private static final int MAX_DEPTHS = 100_000;

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
        parameters.requireValid();
        return new TheoryParameters(Objects.requireNonNull(subject), statistics);
    }

    private static Set<Statistic> statistics(Collection<String> names) {
        if (names.isEmpty()) {
            return EnumSet.of(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION);
        }
        Set<Statistic> statistics = EnumSet.copyOf(Theory.PREDICTED);
        statistics.removeIf(statistic -> !names.contains(statistic.apiName()));
        return statistics;
    }

    /** The parameters of some fields as the object that a specification would have; those refused are noted. */
    private static ObjectNode object(
            Collection<String> fields, QueryParameters parameters, Map<String, String[]> given, Set<String> refused) {
        ObjectNode object = JSON.objectNode();
        for (String field : fields) {
            String name = parameter(field);
            Function<String, @Nullable JsonNode> parser =
                    field.equals("depths") ? TheoryParameters::depths : TheoryParameters::value;
            JsonNode value = parameters.parsed(name, DEPTHS, parser);
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

    /** A number or a truth value where the text is one in JSON, otherwise the text. */
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

    /** Null if anything is refused, which is then noted once for each parameter and reason. */
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
                    // What only counts further violations is about no parameter.
                    .filter(violation -> !violation.pointer().isEmpty())
                    .forEach(violation ->
                            refusals.add(new Refusal(parameterAt(violation.pointer()), violation.message())));
            refusals.removeIf(refusal -> refused.contains(refusal.name()));
            refusals.forEach(refusal -> {
                String[] values = given.get(refusal.name());
                parameters.refuse(refusal.name(), values == null ? null : values[0], refusal.message());
            });
            return null;
        }
    }

    /** The parameter that a pointer such as {@code /inputs/seed} is about; the inputs as a whole are their type's. */
    private static String parameterAt(String pointer) {
        String[] parts = pointer.split("/", -1);
        return parts.length < 3 ? parts[1] : parameter(parts[2]);
    }
}
