package org.shatterlab.platform.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.NearestName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Rejects names under {@code shatterlab} that are no settings, and times and sizes without a unit, before the service
 * starts. The framework ignores an unknown name, and a token that is ignored leaves the API open. The framework reads a
 * time without a unit as milliseconds, and a retention of 30 ms deletes every ended experiment.
 */
class SettingsCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String ROOT = "shatterlab";
    private static final String VARIABLE_PREFIX = ROOT + "_";

    /** The variables that {@code docker-compose.yml} reads. A shell that runs Compose may also start the service. */
    private static final Set<String> COMPOSE_VARIABLES =
            Set.of("shatterlab_datasets", "shatterlab_image", "shatterlab_port", "shatterlab_token_sha256");

    /** The variables by which Kubernetes announces a Service whose name begins with {@code shatterlab}. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "shatterlab_(\\w+_)?(service_(host|port(_\\w+)?)|port(_\\d+_(tcp|udp|sctp)(_(proto|port|addr))?)?)");

    private static final Pattern WITHOUT_UNIT = Pattern.compile("[+-]?0*[1-9]\\d*");

    /**
     * Checks the settings of all property sources.
     *
     * @throws InvalidSettingsException with all mistakes
     */
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        List<KnownSetting> known = KnownSetting.all();
        List<String> mistakes = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> listed) {
                Stream.of(listed.getPropertyNames())
                        .flatMap(name -> unknown(name, listed, known).stream())
                        .forEach(mistakes::add);
            }
        }
        known.stream()
                .filter(KnownSetting::needsUnit)
                .flatMap(setting -> unitless(setting, environment).stream())
                .forEach(mistakes::add);
        if (!mistakes.isEmpty()) {
            throw new InvalidSettingsException(mistakes);
        }
    }

    /** Returns the mistake, if the name is below our root and no setting. The value may be a token and is left out. */
    private static Optional<String> unknown(
            String name, EnumerablePropertySource<?> source, Collection<KnownSetting> known) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean isVariable = source instanceof SystemEnvironmentPropertySource && !name.contains(".");
        ConfigurationPropertyName property = ConfigurationPropertyName.adapt(name, '.');
        boolean isOurs = isVariable
                ? lower.startsWith(VARIABLE_PREFIX) && !isForeign(lower)
                : KnownSetting.elements(property).findFirst().equals(Optional.of(ROOT));
        Predicate<KnownSetting> sets =
                setting -> isVariable ? setting.isSetByVariable(lower) : setting.isSetBy(property);
        if (!isOurs || known.stream().anyMatch(sets)) {
            return Optional.empty();
        }
        String nearest = NearestName.of(
                withoutRoot(lower),
                known.stream()
                        .flatMap(setting -> setting.candidates(lower, isVariable ? "_" : "."))
                        .map(SettingsCheck::withoutRoot)
                        .toList());
        String suggestion = nearest == null
                ? " The documentation lists all settings."
                : " Did you mean "
                        + (isVariable ? (VARIABLE_PREFIX + nearest).toUpperCase(Locale.ROOT) : ROOT + "." + nearest)
                        + "?";
        return Optional.of(
                name + " (" + origin(OriginLookup.getOrigin(source, name), source) + ") is no setting." + suggestion);
    }

    /** Returns the part of a name that distinguishes settings. */
    private static String withoutRoot(String name) {
        return name.substring(Math.min(name.length(), VARIABLE_PREFIX.length()));
    }

    private static boolean isForeign(String variable) {
        return COMPOSE_VARIABLES.contains(variable)
                || SERVICE_LINK.matcher(variable).matches();
    }

    /** Returns the mistake, if the value in force is a number without a unit. Zero means the same in every unit. */
    private static Optional<String> unitless(KnownSetting setting, ConfigurableEnvironment environment) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(setting.name());
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                String value = environment.resolvePlaceholders(
                        String.valueOf(property.getValue()).strip());
                return WITHOUT_UNIT.matcher(value).matches()
                        ? Optional.of(setting.name() + " ("
                                + origin(property.getOrigin(), Objects.requireNonNull(source.getUnderlyingSource()))
                                + ") is a number without a unit. Add a unit, such as "
                                + setting.exampleUnits() + ".")
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static String origin(@Nullable Origin origin, Object source) {
        return origin != null
                ? origin.toString()
                : source instanceof PropertySource<?> named ? named.getName() : source.toString();
    }
}
