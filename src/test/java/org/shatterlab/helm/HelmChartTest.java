package org.shatterlab.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressServiceBackend;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelmChartTest {

    private static final Path CHART = Path.of("helm");

    /** The oldest version of Kubernetes that the chart supports. */
    private static final String KUBERNETES = "1.30.0";

    private static final String MINIMAL = """
            database: {existingSecret: postgres}
            auth: {existingSecret: tokens}""";

    private static final String PRODUCTION = """
            image: {repository: images.example.org/shatterlab, tag: 1.2.3}
            imagePullSecrets: [{name: pull}]
            database: {existingSecret: postgres, poolSize: 6}
            auth: {existingSecret: tokens, issuerUri: "https://login.example.org", audiences: [shatterlab, lab]}
            api: {replicas: 3}
            worker: {replicas: 10, threads: 2}
            env: {SHATTERLAB_LIMITS_RUNS: "1000000"}
            ingress:
              enabled: true
              className: nginx
              host: shatterlab.example.org
              tlsSecret: shatterlab-tls
              annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 1m}
            """;

    private static final String EXTERNALLY_MANAGED = """
            database:
              existingSecret: shatterlab-app
              keys: {url: jdbc-uri, username: user, password: pass}
            auth: {issuerUri: "https://login.example.org"}
            api: {resources: {limits: {memory: 2Gi}}}
            worker:
              resources: {requests: {cpu: 8, memory: 16Gi}, limits: {cpu: 8, memory: 16Gi}}
              engineSizeLimit: 8Gi
              nodeSelector: {size: large}
              tolerations: [{key: large, operator: Exists, effect: NoSchedule}]
              affinity:
                podAntiAffinity:
                  preferredDuringSchedulingIgnoredDuringExecution:
                    - weight: 1
                      podAffinityTerm:
                        topologyKey: kubernetes.io/hostname
                        labelSelector: {matchLabels: {app.kubernetes.io/component: worker}}
            """;

    private static final String ON_GPUS = """
            image: {repository: images.example.org/shatterlab, tag: 1.2.3}
            database: {existingSecret: postgres}
            auth: {existingSecret: tokens}
            gpuWorker:
              enabled: true
              replicas: 2
              image: {repository: images.example.org/shatterlab-gpu}
              resources: {limits: {memory: 32Gi, nvidia.com/gpu: 2}}
              runtimeClassName: nvidia
              nodeSelector: {accelerator: nvidia}
              tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
            """;

    @TempDir
    Path folder;

    private Manifests render(String values) throws IOException {
        return Manifests.parse(template("lab", values));
    }

    private String template(String release, String values) throws IOException {
        Path file = Files.writeString(folder.resolve("values.yaml"), values);
        return new Helm(CHART)
                .template()
                .withName(release)
                .withNamespace("science")
                .withKubeVersion(KUBERNETES)
                .withValuesFile(file)
                .call();
    }

    private static PodSpec pod(Manifests manifests, String role) {
        return manifests
                .single(Deployment.class, "lab-shatterlab-" + role)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static Container container(Manifests manifests, String role) {
        assertThat(pod(manifests, role).getContainers()).hasSize(1);
        return pod(manifests, role).getContainers().getFirst();
    }

    /**
     * Returns the environment variables by name. The value of a variable from a Secret is {@code secret/key}.
     *
     * @throws IllegalStateException if a variable is set twice
     */
    private static Map<String, String> env(Manifests manifests, String role) {
        return container(manifests, role).getEnv().stream()
                .collect(Collectors.toMap(EnvVar::getName, HelmChartTest::value));
    }

    private static String value(EnvVar variable) {
        if (variable.getValueFrom() == null) {
            return variable.getValue();
        }
        SecretKeySelector secret = variable.getValueFrom().getSecretKeyRef();
        assertThat(secret.getOptional()).isNull();
        return secret.getName() + "/" + secret.getKey();
    }

    private static Map<String, String> kinds(Manifests manifests) {
        return manifests.objects().stream()
                .collect(Collectors.groupingBy(
                        HasMetadata::getKind,
                        Collectors.mapping(
                                object -> object.getMetadata().getName().replaceFirst("lab-shatterlab-?", ""),
                                Collectors.collectingAndThen(
                                        Collectors.toList(),
                                        names -> names.stream().sorted().collect(Collectors.joining(" "))))));
    }

    private static String[] deployments(Manifests manifests) {
        return kinds(manifests).getOrDefault("Deployment", "").split(" ");
    }

    @Test
    void passesLint() {
        LintResult result = new Helm(CHART).lint().strict().call();
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("WARNING"));
    }

    @Test
    void rejectsUnknownKubernetesField() {
        assertThatThrownBy(() -> Manifests.parse("{apiVersion: v1, kind: Service, spec: {ports: [{prt: 8080}]}}"))
                .hasMessageContaining("prt");
    }

    @Test
    void usesImageOfThisVersion() throws IOException {
        String project = Files.readString(Path.of("pom.xml")).replaceFirst("(?s)<parent>.*</parent>", "");
        String version = Pattern.compile("<version>(.*)</version>")
                .matcher(project)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        assertThat(container(render(MINIMAL), "worker").getImage()).isEqualTo("shatterlab:" + version);
    }

    @Test
    void explainsEveryValue() throws IOException {
        List<String> lines = Files.readAllLines(CHART.resolve("values.yaml"));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches("( {2})?\\w+:.*")) {
                assertThat(lines.get(i - 1).strip()).as(lines.get(i)).startsWith("#");
            }
        }
    }

    @Test
    void rendersMinimalValues() throws IOException {
        assertThat(kinds(render(MINIMAL)))
                .containsOnly(entry("Deployment", "api worker"), entry("Service", "api"), entry("ServiceAccount", ""));
    }

    @Test
    void rendersBudgetsAndIngress() throws IOException {
        Manifests manifests = render(PRODUCTION);
        assertThat(kinds(manifests))
                .containsOnly(
                        entry("Deployment", "api worker"),
                        entry("Ingress", "api"),
                        entry("PodDisruptionBudget", "api worker"),
                        entry("Service", "api"),
                        entry("ServiceAccount", ""));
        assertThat(manifests
                        .all(Deployment.class)
                        .map(deployment -> deployment.getSpec().getReplicas()))
                .containsExactly(3, 10);
        assertThat(container(manifests, "api").getImage()).isEqualTo("images.example.org/shatterlab:1.2.3");
        assertThat(pod(manifests, "api").getImagePullSecrets())
                .singleElement()
                .isEqualTo(new LocalObjectReference("pull"));
        assertThat(env(manifests, "worker")).containsEntry("SHATTERLAB_WORKER_THREADS", "2");
        assertThat(env(manifests, "api")).containsEntry("SHATTERLAB_LIMITS_RUNS", "1000000");
        assertThat(env(manifests, "api")).containsEntry("SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE", "6");

        Ingress ingress = manifests.single(Ingress.class, "lab-shatterlab-api");
        assertThat(ingress.getMetadata().getAnnotations()).containsKey("nginx.ingress.kubernetes.io/proxy-body-size");
        assertThat(ingress.getSpec().getIngressClassName()).isEqualTo("nginx");
        assertThat(ingress.getSpec().getTls()).singleElement().satisfies(tls -> {
            assertThat(tls.getSecretName()).isEqualTo("shatterlab-tls");
            assertThat(tls.getHosts()).containsExactly("shatterlab.example.org");
        });
        assertThat(ingress.getSpec().getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getHost()).isEqualTo("shatterlab.example.org");
            IngressServiceBackend backend =
                    rule.getHttp().getPaths().getFirst().getBackend().getService();
            Service service = manifests.single(Service.class, backend.getName());
            assertThat(service.getSpec().getPorts())
                    .singleElement()
                    .satisfies(port -> assertThat(port.getName())
                            .isEqualTo(backend.getPort().getName()));
        });
    }

    @Test
    void rendersExternalKeysResourcesAndNodes() throws IOException {
        Manifests manifests = render(EXTERNALLY_MANAGED);
        assertThat(kinds(manifests)).containsOnlyKeys("Deployment", "Service", "ServiceAccount");
        for (String role : List.of("api", "worker")) {
            assertThat(env(manifests, role)).containsEntry("SPRING_DATASOURCE_URL", "shatterlab-app/jdbc-uri");
            assertThat(env(manifests, role)).containsEntry("SPRING_DATASOURCE_USERNAME", "shatterlab-app/user");
            assertThat(env(manifests, role)).containsEntry("SPRING_DATASOURCE_PASSWORD", "shatterlab-app/pass");
        }
        assertThat(container(manifests, "api").getResources().getLimits())
                .containsOnly(entry("memory", new Quantity("2Gi")));
        assertThat(container(manifests, "worker").getResources().getLimits())
                .containsOnly(entry("cpu", new Quantity("8")), entry("memory", new Quantity("16Gi")));
        assertThat(pod(manifests, "worker").getNodeSelector()).containsOnly(entry("size", "large"));
        assertThat(pod(manifests, "worker").getTolerations())
                .singleElement()
                .satisfies(toleration -> assertThat(toleration.getKey()).isEqualTo("large"));
        assertThat(pod(manifests, "worker").getAffinity().getPodAntiAffinity()).isNotNull();
        assertThat(volumes(manifests, "worker")).containsEntry("/shatterlab/engine", new Quantity("8Gi"));
        assertThat(pod(manifests, "api").getNodeSelector()).isEmpty();
        assertThat(pod(manifests, "api").getTolerations()).isEmpty();
        assertThat(pod(manifests, "api").getAffinity()).isNull();
    }

    @Test
    void rendersGpuWorkersSeparately() throws IOException {
        Manifests manifests = render(ON_GPUS);
        assertThat(kinds(manifests))
                .containsEntry("Deployment", "api gpu worker")
                .containsEntry("PodDisruptionBudget", "gpu");
        assertThat(container(manifests, "gpu").getImage()).isEqualTo("images.example.org/shatterlab-gpu:1.2.3");
        assertThat(container(manifests, "worker").getImage()).isEqualTo("images.example.org/shatterlab:1.2.3");
        assertThat(container(manifests, "gpu").getResources().getLimits())
                .containsOnly(entry("memory", new Quantity("32Gi")), entry("nvidia.com/gpu", new Quantity("2")));
        assertThat(env(manifests, "gpu"))
                .containsEntry("SHATTERLAB_ROLES", "worker")
                .containsEntry("SHATTERLAB_WORKER_DEVICE", "gpu")
                .containsEntry("SHATTERLAB_WORKER_THREADS", "0");
        assertThat(env(manifests, "worker")).containsEntry("SHATTERLAB_WORKER_DEVICE", "cpu");
        assertThat(volumes(manifests, "gpu")).containsKey("/shatterlab/engine");
        assertThat(pod(manifests, "gpu").getNodeSelector()).containsOnly(entry("accelerator", "nvidia"));
        assertThat(pod(manifests, "gpu").getTolerations())
                .singleElement()
                .satisfies(toleration -> assertThat(toleration.getKey()).isEqualTo("nvidia.com/gpu"));
        assertThat(pod(manifests, "worker").getNodeSelector()).isEmpty();
        assertThat(pod(manifests, "gpu").getRuntimeClassName()).isEqualTo("nvidia");
        assertThat(pod(manifests, "worker").getRuntimeClassName()).isNull();
        assertThat(strategy(manifests, "gpu"))
                .extracting(strategy -> strategy.getRollingUpdate().getMaxSurge())
                .isEqualTo(new IntOrString(0));
        assertThat(strategy(manifests, "worker")).isNull();
        Manifests plain = render(MINIMAL + "\ngpuWorker: {enabled: true}");
        assertThat(container(plain, "gpu").getResources().getLimits())
                .containsEntry("nvidia.com/gpu", new Quantity("1"));
        assertThat(pod(plain, "gpu").getRuntimeClassName()).isNull();
    }

    private static @Nullable DeploymentStrategy strategy(Manifests manifests, String role) {
        return manifests
                .single(Deployment.class, "lab-shatterlab-" + role)
                .getSpec()
                .getStrategy();
    }

    @Test
    void mountsDatasetsOfClaim() throws IOException {
        Manifests manifests = render(ON_GPUS + "\ndatasets: {existingClaim: images}");
        for (String role : List.of("api", "worker", "gpu")) {
            assertThat(env(manifests, role)).containsEntry("SHATTERLAB_DATASETS_DIR", "/datasets");
            assertThat(container(manifests, role).getVolumeMounts())
                    .filteredOn(mount -> mount.getName().equals("datasets"))
                    .singleElement()
                    .satisfies(mount -> {
                        assertThat(mount.getMountPath()).isEqualTo("/datasets");
                        assertThat(mount.getReadOnly()).isTrue();
                    });
            assertThat(pod(manifests, role).getVolumes())
                    .filteredOn(volume -> volume.getName().equals("datasets"))
                    .singleElement()
                    .satisfies(volume -> assertThat(
                                    volume.getPersistentVolumeClaim().getClaimName())
                            .isEqualTo("images"));
            assertThat(env(render(ON_GPUS), role)).doesNotContainKey("SHATTERLAB_DATASETS_DIR");
        }
    }

    /** Returns the sizes of the volumes by mount path. */
    private static Map<String, Quantity> volumes(Manifests manifests, String role) {
        Map<String, String> paths = container(manifests, role).getVolumeMounts().stream()
                .collect(Collectors.toMap(VolumeMount::getName, VolumeMount::getMountPath));
        return pod(manifests, role).getVolumes().stream()
                .collect(Collectors.toMap(volume -> paths.get(volume.getName()), HelmChartTest::size));
    }

    private static Quantity size(Volume volume) {
        return volume.getEmptyDir().getSizeLimit();
    }

    @ParameterizedTest
    @ValueSource(strings = {MINIMAL, PRODUCTION, EXTERNALLY_MANAGED, ON_GPUS})
    void restrictsPods(String values) throws IOException {
        Manifests manifests = render(values);
        assertThat(manifests.single(ServiceAccount.class, "lab-shatterlab").getAutomountServiceAccountToken())
                .isFalse();
        for (String role : deployments(manifests)) {
            PodSpec pod = pod(manifests, role);
            assertThat(pod.getServiceAccountName()).isEqualTo("lab-shatterlab");
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSecurityContext().getFsGroup()).isPositive();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            SecurityContext container = container(manifests, role).getSecurityContext();
            assertThat(container.getReadOnlyRootFilesystem()).isTrue();
            assertThat(container.getAllowPrivilegeEscalation()).isFalse();
            assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(container.getCapabilities().getAdd()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MINIMAL, PRODUCTION, EXTERNALLY_MANAGED, ON_GPUS})
    void probesHealthOnOwnPort(String values) throws IOException {
        Manifests manifests = render(values);
        for (String role : deployments(manifests)) {
            Container container = container(manifests, role);
            assertThat(container.getPorts())
                    .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
                    .containsExactly(tuple("http", 8080), tuple("probes", 8081));
            assertThat(env(manifests, role)).containsEntry("SHATTERLAB_PROBE_PORT", "8081");
            assertThat(env(manifests, role)).containsEntry("SERVER_ADDRESS", "0.0.0.0");
            assertProbe(container.getStartupProbe(), "liveness");
            assertProbe(container.getLivenessProbe(), "liveness");
            assertProbe(container.getReadinessProbe(), "readiness");
        }
    }

    private static void assertProbe(Probe probe, String group) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo("/actuator/health/" + group);
        assertThat(probe.getHttpGet().getPort()).isEqualTo(new IntOrString("probes"));
    }

    @Test
    void separatesEnvironmentAndVolumesByRole() throws IOException {
        Manifests manifests = render(MINIMAL);
        assertThat(env(manifests, "api")).containsEntry("SHATTERLAB_ROLES", "api");
        assertThat(env(manifests, "worker")).containsEntry("SHATTERLAB_ROLES", "worker");
        for (String role : List.of("api", "worker")) {
            assertThat(env(manifests, role)).containsEntry("SHATTERLAB_WELCOME", "false");
            assertThat(env(manifests, role)).containsEntry("SERVER_SHUTDOWN", "graceful");
            assertThat(env(manifests, role)).containsEntry("SHATTERLAB_DATA_DIR", "/shatterlab");
            assertThat(env(manifests, role)).containsEntry("SPRING_DATASOURCE_URL", "postgres/url");
        }
        assertThat(env(manifests, "worker")).containsEntry("SHATTERLAB_WORKER_THREADS", "0");
        for (String threshold : List.of("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")) {
            assertThat(env(manifests, "worker")).containsEntry(threshold, "1048576");
            assertThat(env(manifests, "api")).doesNotContainKeys("SHATTERLAB_WORKER_THREADS", threshold);
        }
        assertThat(volumes(manifests, "api")).containsOnlyKeys("/tmp");
        assertThat(volumes(manifests, "worker"))
                .containsOnly(entry("/tmp", new Quantity("256Mi")), entry("/shatterlab/engine", new Quantity("1Gi")));
        assertThat(container(manifests, "worker").getResources().getLimits()).containsKeys("cpu", "memory");
        assertThat(container(manifests, "api")
                        .getLifecycle()
                        .getPreStop()
                        .getSleep()
                        .getSeconds())
                .isPositive();
        assertThat(pod(manifests, "api").getTerminationGracePeriodSeconds()).isEqualTo(45);
        assertThat(pod(manifests, "worker").getTerminationGracePeriodSeconds()).isEqualTo(60);
    }

    @Test
    void selectsPodsOfOneRole() throws IOException {
        Manifests manifests = render(PRODUCTION);
        manifests.all(Deployment.class).forEach(deployment -> {
            Map<String, String> selector = deployment.getSpec().getSelector().getMatchLabels();
            assertThat(selector)
                    .containsOnlyKeys(
                            "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component");
            assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
                    .containsAllEntriesOf(selector);
            PodDisruptionBudget budget = manifests.single(
                    PodDisruptionBudget.class, deployment.getMetadata().getName());
            assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(selector);
            assertThat(budget.getSpec().getMaxUnavailable()).isEqualTo(new IntOrString(1));
        });
        assertThat(manifests
                        .single(Service.class, "lab-shatterlab-api")
                        .getSpec()
                        .getSelector())
                .isEqualTo(manifests
                        .single(Deployment.class, "lab-shatterlab-api")
                        .getSpec()
                        .getSelector()
                        .getMatchLabels());
        assertThat(manifests.objects())
                .allSatisfy(object -> assertThat(object.getMetadata().getLabels())
                        .containsKeys(
                                "app.kubernetes.io/name",
                                "app.kubernetes.io/instance",
                                "app.kubernetes.io/version",
                                "app.kubernetes.io/managed-by",
                                "helm.sh/chart"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, ''", "1, 1, ''", "2, 1, api", "1, 2, worker", "2, 2, api worker"})
    void rendersBudgetForSeveralPods(int api, int workers, String budgets) throws IOException {
        Manifests manifests = render(
                String.format(Locale.ROOT, "%s\napi: {replicas: %d}\nworker: {replicas: %d}", MINIMAL, api, workers));
        assertThat(kinds(manifests).getOrDefault("PodDisruptionBudget", "")).isEqualTo(budgets);
    }

    @ParameterizedTest
    @CsvSource({
        "shatterlab, shatterlab-api",
        "my-shatterlab, my-shatterlab-api",
        "a23456789-b23456789-c23456789-d23456789-e23456789-f23, a23456789-b23456789-c23456789-d23456789-e23456789-f23-sh-api"
    })
    void derivesShortNamesFromRelease(String release, String service) throws IOException {
        Manifests manifests = Manifests.parse(template(release, MINIMAL));
        assertThat(manifests.single(Service.class, service)).isNotNull();
        assertThat(manifests.objects())
                .allSatisfy(object -> assertThat(object.getMetadata().getName()).hasSizeLessThanOrEqualTo(63));
    }

    @Test
    void explainsAccessInNotes() throws IOException {
        Path file = Files.writeString(folder.resolve("values.yaml"), PRODUCTION);
        String notes = new Helm(CHART)
                .install()
                .clientOnly()
                .dryRun()
                .withName("lab")
                .withNamespace("science")
                .withKubeVersion(KUBERNETES)
                .withValuesFile(file)
                .call()
                .getOutput();
        assertThat(notes)
                .contains("3 api and 10 worker pods")
                .contains("asks for a token of the Secret tokens or of https://login.example.org.")
                .doesNotContain("IN THE CLEAR")
                .contains("kubectl --namespace science port-forward service/lab-shatterlab-api 8080:8080")
                .contains("'{\"preset\": \"figure-2\"}'");
    }

    @Test
    void passesSecurityOnlyToApi() throws IOException {
        Manifests both = render(PRODUCTION);
        assertThat(container(both, "api").getEnvFrom()).singleElement().satisfies(source -> {
            assertThat(source.getPrefix()).isEqualTo("SHATTERLAB_SECURITY_TOKENS_");
            assertThat(source.getSecretRef().getName()).isEqualTo("tokens");
        });
        assertThat(env(both, "api"))
                .containsEntry("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI", "https://login.example.org")
                .containsEntry("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES", "shatterlab,lab");
        assertThat(container(both, "worker").getEnvFrom()).isEmpty();
        assertThat(env(both, "worker")).doesNotContainKey("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI");
        assertThat(container(render(EXTERNALLY_MANAGED), "api").getEnvFrom()).isEmpty();
        assertThat(env(render(MINIMAL), "api"))
                .doesNotContainKey("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "database: {existingSecret: pg}                                     | auth.issuerUri are missing: name",
                "{database: {existingSecret: pg}, auth: {existingSecret: A_B}}      | existingSecret",
                "{database: {existingSecret: pg}, auth: {issuerUri: example}}       | issuerUri",
                "{database: {existingSecret: pg}, auth: {token: secret}}            | token"
            })
    void rejectsUnprotectedApi(String values, String expectedMessage) {
        assertRejected(values, expectedMessage);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "api: {replicas: 2}                               | database.existingSecret is missing: create a Secret",
                "database: null                                   | existingSecret",
                "database: {existingSecret: Not_A_Name}           | existingSecret",
                "database: {existingSecret: pg, keys: {url: ''}}  | url",
                "database: {existingSecret: pg, password: secret} | password"
            })
    void rejectsMissingOrInvalidSecret(String values, String expectedMessage) {
        assertRejected(values, expectedMessage);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "queue: {}                                        | queue",
                "api: {replica: 2}                                | replica",
                "api: {threads: 2}                                | threads",
                "api: {replicas: -1}                              | replicas",
                "worker: {replicas: -1}                           | replicas",
                "worker: {replicas: two}                          | replicas",
                "worker: {threads: 1.5}                           | threads",
                "worker: {enabled: true}                          | enabled",
                "gpuWorker: {enabled: 1}                          | enabled",
                "gpuWorker: {runtimeClassName: Nvidia}            | runtimeClassName",
                "env: {SHATTERLAB_WORKER_DEVICE: gpu}             | SHATTERLAB_WORKER_DEVICE",
                "worker: {resources: {limits: {memory: 4GB}}}     | memory",
                "image: {pullPolicy: Sometimes}                   | pullPolicy",
                "env: {SPRING_DATASOURCE_URL: 'jdbc:postgresql:'} | SPRING_DATASOURCE_URL",
                "env: {SHATTERLAB_LIMITS_RUNS: 1000000}           | SHATTERLAB_LIMITS_RUNS",
                "ingress: {enabled: true}                         | ingress.host is missing",
                "podSecurityContext: {runAsNonroot: true}         | runAsNonroot"
            })
    void rejectsInvalidValues(String values, String expectedMessage) {
        assertRejected(MINIMAL + "\n" + values, expectedMessage);
    }

    private void assertRejected(String values, String expectedMessage) {
        assertThatThrownBy(() -> render(values))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(expectedMessage);
    }
}
