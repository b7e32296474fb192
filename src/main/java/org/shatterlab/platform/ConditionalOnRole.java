package org.shatterlab.platform;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Objects;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Registers a bean only in processes that have the given role. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(ConditionalOnRole.HasRole.class)
public @interface ConditionalOnRole {

    Role value();

    /** Reads {@code shatterlab.roles}. The start fails if a name is not a {@link Role}. */
    class HasRole implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            Object role = Objects.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnRole.class.getName()))
                    .get("value");
            return Binder.get(context.getEnvironment())
                    .bindOrCreate("shatterlab", ServiceProperties.class)
                    .roles()
                    .contains(role);
        }
    }
}
