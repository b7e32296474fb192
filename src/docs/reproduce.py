#!/usr/bin/env python3
"""Measures every figure and theorem of the paper on a running service and writes the results into reproduction.md.

    python3 src/docs/reproduce.py http://127.0.0.1:8080 --images fashion-mnist --figure-5-runs 10

The script posts each preset and some further experiments, and waits for the results. It saves each picture in this folder.
It replaces the text between `<!-- begin NAME -->` and `<!-- end NAME -->`. All other text is written by hand. The script
needs Python 3.9 or later and no further packages. Repeating the script on one service gives the same numbers. The
service reuses every cell that it has measured before.
"""

import argparse
import csv
import io
import json
import math
import pathlib
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent
REPORT = FOLDER / "reproduction.md"

LARGEST_SVG = 1_500_000
"""A larger SVG, in bytes, is replaced by a PNG."""

ALLOWED_ERRORS = 4
"""A measurement may differ from the limit of infinite width by this many standard errors, plus 4 L/N of the limit for the
finite width N, plus 0.002."""


# The service


class Service:
    def __init__(self, base):
        self.base = base.rstrip("/")

    def get(self, path, accept="application/json"):
        return self._send(urllib.request.Request(self.base + path, headers={"Accept": accept}))

    def json(self, path):
        return json.loads(self.get(path))

    def table(self, path):
        """Returns the rows of a CSV response. Numeric fields become numbers and empty fields become None."""
        return [
            {name: number(value) for name, value in row.items()}
            for row in csv.DictReader(io.StringIO(self.get(path, "text/csv").decode()))
        ]

    def run(self, title, specification):
        """Posts a specification, waits until the experiment ends and returns the experiment."""
        experiment = json.loads(
            self._send(
                urllib.request.Request(
                    self.base + "/api/v1/experiments",
                    data=json.dumps(specification).encode(),
                    headers={"Content-Type": "application/json"},
                )
            )
        )
        path = "/api/v1/experiments/" + experiment["id"]
        while experiment["state"] in ("QUEUED", "RUNNING"):
            show(title, experiment)
            experiment = self.json(path + "?wait=20")
        show(title, experiment)
        print(file=sys.stderr)
        if experiment["state"] != "SUCCEEDED":
            sys.exit(f"{title}: {experiment['state']}, {experiment['failure']}")
        return experiment

    def rows(self, experiment, statistic):
        return self.table(f"/api/v1/experiments/{experiment['id']}/results?statistic={statistic}")

    def matrix(self, experiment, network, depth, name):
        label = urllib.parse.quote(network)
        return self.json(f"/api/v1/experiments/{experiment['id']}/matrices/{label}/{depth}/{name}")["values"]

    @staticmethod
    def _send(request):
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{request.get_method()} {request.full_url}: {error.code}\n{error.read().decode()}")


def show(title, experiment):
    progress = experiment["progress"]
    line = f"{title}: {progress['done']} of {progress['cells']} cells, {experiment['state'].lower()}"
    print(f"\r{line:<78}", end="", file=sys.stderr, flush=True)


def number(text):
    if text == "":
        return None
    try:
        return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    except ValueError:
        return text


# Number formats


def plain(value, digits=4):
    """Formats a number with this many significant digits."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    if 10**digits <= abs(value) < 1e6:
        return f"{value:.0f}".replace("-", "−")
    if 1e-4 <= abs(value) < 1e6:
        return f"{value:#.{digits}g}".rstrip(".").replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def measured(mean, error):
    """Formats a mean and its standard error, to two digits of the error."""
    if error is None or error == 0 or error < 1e-8 * abs(mean):
        return plain(mean, 6)
    if abs(mean) >= 1e6 or abs(mean) + error < 1e-3:
        exponent = math.floor(math.log10(max(abs(mean), error)))
        return f"({decimals(mean / 10**exponent, error / 10**exponent)})e{exponent}".replace("-", "−")
    return decimals(mean, error).replace("-", "−")


def decimals(mean, error):
    places = max(0, 1 - math.floor(math.log10(error)))
    return f"{mean:.{places}f} ± {error:.{places}f}"


def markdown(head, rows):
    """Formats a table. Columns of numbers are aligned to the right."""
    numeric = [all(re.match(r"[−(]*\d|—|yes|no$|$", row[i]) for row in rows) for i in range(len(head))]
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def titled(title, head, rows):
    """Formats a table below its title."""
    return f"**{title}**\n\n" + markdown(head, rows)


def distance(value, error, expected):
    """Formats the difference between a measurement and the expected value, in standard errors."""
    return "" if expected is None or not error else f"{abs(value - expected) / error:.1f}"


def agrees(row, width):
    """Returns whether a row agrees with the limit of infinite width, given its error and its finite width."""
    theory = row["infiniteWidth"]
    if theory is None:
        return ""
    allowed = ALLOWED_ERRORS * row["standardError"] + 4 * row["depth"] / width * abs(theory) + 0.002
    return "yes" if abs(row["mean"] - theory) <= allowed else "no"


THEORY_HEAD = [
    "network", "L", "measured", "paper", "derived", "infinite width", "difference (s.e.)", "4 L/N", "agrees",
]


def theory_row(row, width):
    """Formats a row and its predictions for the columns of THEORY_HEAD."""
    return [
        row["network"],
        str(row["depth"]),
        measured(row["mean"], row["standardError"]),
        plain(row["paper"]),
        plain(row["derived"]),
        plain(row["infiniteWidth"]),
        distance(row["mean"], row["standardError"], row["infiniteWidth"]),
        f"{400 * row['depth'] / width:.0f}%",
        agrees(row, width),
    ]


def one(rows, network, depth=None, index=None):
    found = [r for r in rows if (r["network"], r["depth"], r["index"]) == (network, depth, index)]
    if len(found) != 1:
        raise LookupError(f"Expected one row of {network} at depth {depth}, index {index}, but found {len(found)}.")
    return found[0]


def value_of(row):
    return measured(row["mean"], row["standardError"])


def exponent(low, high, value):
    """Returns n in value ~ L^n, from two rows."""
    return math.log(value(high) / value(low)) / math.log(high["depth"] / low["depth"])


def growth(low, high, value):
    """Returns g in value ~ g^L, from two rows."""
    return (value(high) / value(low)) ** (1 / (high["depth"] - low["depth"]))


def exponent_error(low, high):
    """Returns the standard error of `exponent`, as if the two rows were independent."""
    relative = math.hypot(low["standardError"] / low["mean"], high["standardError"] / high["mean"])
    return relative / math.log(high["depth"] / low["depth"])


def growth_error(low, high):
    """Returns the standard error of `growth`, as if the two rows were independent."""
    relative = math.hypot(low["standardError"] / low["mean"], high["standardError"] / high["mean"])
    return growth(low, high, lambda row: row["mean"]) * relative / (high["depth"] - low["depth"])


def weighted(runs):
    """Formats the weighted mean of pairs (weight, value), with the standard error by the delta method."""
    total = sum(weight for weight, _ in runs)
    mean = sum(weight * value for weight, value in runs) / total
    squares = sum((weight * (value - mean)) ** 2 for weight, value in runs)
    return measured(mean, math.sqrt(squares * len(runs) / (len(runs) - 1)) / total)


def mean_of(row):
    return row["mean"]


def theory_of(row):
    return row["infiniteWidth"]


# The figures and theorems


class Report:
    def __init__(self, service, options):
        self.service = service
        self.options = options

    def preset(self, name, **overrides):
        return self.service.run(name, {"preset": name, **overrides})

    def picture(self, experiment, name):
        """Saves the picture and returns the Markdown line that shows it."""
        path = f"/api/v1/experiments/{experiment['id']}/figures/{name}"
        svg, png = FOLDER / f"{name}.svg", FOLDER / f"{name}.png"
        drawn = self.service.get(path + ".svg", "image/svg+xml")
        kept = svg if len(drawn) <= LARGEST_SVG else png
        for file in (svg, png):
            file.unlink(missing_ok=True)
        kept.write_bytes(drawn if kept is svg else self.service.get(path + ".png", "image/png"))
        return f"![{experiment['name']}]({kept.name})"

    def figure_1(self):
        experiment = self.preset("figure-1")
        spectra = self.service.run(
            "figure-1, spectral exponents",
            {"preset": "figure-1", "name": "Figure 1 in one number", "statistics": ["spectral-exponent"], "runs": 100},
        )
        rows = [
            [row["network"], str(row["depth"] or "—"), value_of(row)]
            for row in self.service.rows(spectra, "spectral-exponent")
        ]
        return self.picture(experiment, "figure-1") + "\n\n" + markdown(["network", "L", "spectral exponent"], rows)

    def figure_2(self):
        experiment = self.preset("figure-2")
        rows = self.service.rows(experiment, "autocorrelation")
        bare = self.service.run(
            "figure-2, no normalization",
            {
                "preset": "figure-2",
                "name": "Figure 2 without normalization",
                "networks": [{"label": "feedforward, no normalization", "family": "feedforward", "firstBiasStd": 1}],
                "statistics": ["autocorrelation"],
            },
        )
        rows += self.service.rows(bare, "autocorrelation")
        # Lag 1 and lag 5 of one simulation each by another program, with 256 points, width 200 and L = 50.
        simulated = {
            ("feedforward, no normalization", 50): ("0.78", ""),
            ("resnet beta 1", 50): ("0.70", "0.18"),
            ("resnet beta 0.1", 50): ("0.89", "0.58"),
            ("brown noise", None): ("0.97", "0.87"),
        }
        lines = []
        for network, depth in dict.fromkeys((row["network"], row["depth"]) for row in rows):
            one_step, five_steps = (value_of(one(rows, network, depth, lag)) for lag in (1, 5))
            reference = simulated.get((network, depth), ("", ""))
            lines.append([network, str(depth or "—"), one_step, reference[0], five_steps, reference[1]])
        head = ["network", "L", "lag 1", "reference, lag 1", "lag 5", "reference, lag 5"]
        told = titled(
            "Number of lags at which network and noise differ",
            ["network and noise", "L = 2", "L = 4", "L = 10", "L = 24", "L = 50"],
            [
                self.told_apart(experiment, "feedforward", "white noise"),
                self.told_apart(experiment, "resnet beta 1", "white noise"),
                self.told_apart(experiment, "resnet beta 0.1", "brown noise"),
            ],
        )
        return "\n\n".join([self.picture(experiment, "figure-2"), titled("Autocorrelation", head, lines), told])

    def told_apart(self, experiment, network, noise):
        """Returns a line with the number of lags from 1 to 15 at which a network and noise differ, by depth."""
        query = urllib.parse.urlencode(
            {
                "left": f"{experiment['id']}/{network}",
                "right": f"{experiment['id']}/{noise}",
                "statistic": "autocorrelation",
            }
        )
        items = self.service.json("/api/v1/comparisons?" + query)["items"]
        different = [
            sum(bool(item["different"]) for item in items if item["depth"] == depth) for depth in (2, 4, 10, 24, 50)
        ]
        return [f"{network} and {noise}", *(f"{count} of 15" for count in different)]

    def figure_3(self):
        experiment = self.preset("figure-3")
        shown = (1, 2, 5, 10, 20, 50)
        tables = []
        for statistic, title in (("activation-rate", "Activation rate"), ("coactivation-rate", "Co-activation rate")):
            lines = []
            for row in self.service.rows(experiment, statistic):
                if row["index"] in shown:
                    lines.append(
                        [
                            row["network"],
                            str(row["index"]),
                            value_of(row),
                            plain(row["paper"]),
                            plain(row["infiniteWidth"]),
                            distance(row["mean"], row["standardError"], row["infiniteWidth"]),
                        ]
                    )
            head = ["network", "layer", "measured", "paper", "infinite width", "difference (s.e.)"]
            tables.append(titled(title, head, lines))
        return "\n\n".join([self.picture(experiment, "figure-3"), *tables])

    def figure_4(self):
        experiment = self.preset("figure-4")
        activation = self.service.rows(experiment, "activation-histogram")
        contiguity = self.service.rows(experiment, "contiguity-histogram")
        lines = []
        for entry in experiment["spec"]["networks"]:
            for depth in experiment["spec"]["depths"]:
                at = (entry["label"], depth)
                lines.append(
                    [
                        *map(str, at),
                        *(value_of(one(activation, *at, bin)) for bin in (0, 19)),
                        *(value_of(one(contiguity, *at, bin)) for bin in (0, 1)),
                    ]
                )
        head = ["network", "L", "units active on < 5%", "units active on ≥ 95%"]
        head += ["stretches of length 1", "stretches of length 2 and 3"]
        lines.append(["fair coins", "—", "0", "0", "0.5000", "0.3750"])
        return self.picture(experiment, "figure-4") + "\n\n" + markdown(head, lines)

    def figure_5(self):
        preset = self.service.json("/api/v1/presets/figure-5")["spec"]
        experiment = self.preset(
            "figure-5",
            inputs={**preset["inputs"], "name": self.options.images},
            runs=self.options.figure_5_runs,
        )
        ranks = self.service.rows(experiment, "relative-effective-rank")
        correlations = self.service.rows(experiment, "gradient-correlation")
        depths = experiment["spec"]["depths"]
        lines = []
        for entry in experiment["spec"]["networks"]:
            for title, rows in (("relative effective rank", ranks), ("gradient correlation", correlations)):
                at_depths = [value_of(one(rows, entry["label"], depth)) for depth in depths]
                lines.append([entry["label"], title, *at_depths])
        made = (
            f"Measured on {self.options.images}, with {experiment['spec']['inputs']['batch']} images and "
            f"{experiment['spec']['runs']} runs. The SHA-256 of the data is\n`{experiment['spec']['inputs']['sha256']}`."
        )
        head = ["network", "statistic", *(f"L = {depth}" for depth in depths)]
        return "\n\n".join([self.picture(experiment, "figure-5"), made, markdown(head, lines)])

    def theorem(self, name, depths):
        """Returns the picture and the tables of a theorem, and the rows of its two statistics."""
        experiment = self.preset(name)
        width = experiment["spec"]["networks"][0]["width"]
        variance = self.service.rows(experiment, "gradient-variance")
        correlation = self.service.rows(experiment, "gradient-correlation")
        tables = [
            titled(title, THEORY_HEAD, [theory_row(row, width) for row in rows if row["depth"] in depths])
            for title, rows in (("Variance", variance), ("Correlation", correlation))
        ]
        return [self.picture(experiment, name), *tables], variance, correlation

    def theorem_1(self):
        parts, variance, correlation = self.theorem("theorem-1", (1, 2, 4, 8, 16, 24))
        low, high = (one(correlation, "no normalization", depth) for depth in (12, 24))
        lines = [
            [
                "R ~ L^n, no normalization, n from L = 12 to 24",
                measured(exponent(low, high, mean_of), exponent_error(low, high)),
                plain(exponent(low, high, theory_of), 3),
            ]
        ]
        theory = self.service.table(
            "/api/v1/theory?family=feedforward&inputs=gaussian&points=8&firstBiasStd=0"
            "&depths=24,100,400,800&statistic=gradient-correlation"
        )
        for low, high in zip(theory, theory[1:]):
            name = f"R ~ L^n, no normalization, n from L = {low['depth']} to {high['depth']}, 8 inputs"
            lines.append([name, "", plain(exponent(low, high, theory_of), 3)])
        low, high = (one(variance, "batch norm", depth) for depth in (12, 24))
        limit = f"{plain(math.pi / (math.pi - 1))} = π/(π−1)"
        lines.append(
            [
                "variance ~ g^L, batch norm, g from L = 12 to 24",
                measured(growth(low, high, mean_of), growth_error(low, high)),
                limit,
            ]
        )
        networks = [{"label": "batch norm", "family": "feedforward", "normalization": "batch-norm"}]
        large, tables = self.large_batch("theorem-1", networks, [1, 2, 4, 8], 40)
        low, high = (one(large, "batch norm", depth) for depth in (4, 8))
        lines.append(
            [
                "variance ~ g^L, batch norm, 1024 inputs, g from L = 4 to 8",
                measured(growth(low, high, mean_of), growth_error(low, high)),
                limit,
            ]
        )
        low, high = (one(correlation, "batch norm", depth) for depth in (2, 8))
        lines.append(
            [
                "R ~ g^L, batch norm, g from L = 2 to 8",
                measured(growth(low, high, mean_of), growth_error(low, high)),
                "0.5 (paper)",
            ]
        )
        parts.append(titled("Growth and decay with depth", ["law", "measured", "theory"], lines))
        return "\n\n".join([*parts, *tables])

    def large_batch(self, name, networks, depths, runs):
        """Measures batch normalization at 1024 inputs, where its limit of infinite width is known.

        Returns the rows of the variance, and the tables.
        """
        experiment = self.service.run(
            f"{name}, 1024 inputs",
            {
                "name": f"{name} at 1024 inputs",
                "networks": networks,
                "depths": depths,
                "inputs": {"type": "gaussian", "points": 1024, "dimension": 200},
                "statistics": ["gradient-variance", "gradient-correlation"],
                "runs": runs,
                "seed": 1702,
            },
        )
        variance = self.service.rows(experiment, "gradient-variance")
        correlation = self.service.rows(experiment, "gradient-correlation")
        tables = [
            titled(f"{title}, 1024 inputs", THEORY_HEAD, [theory_row(row, 200) for row in rows])
            for title, rows in (("Variance", variance), ("Correlation", correlation))
        ]
        return variance, tables

    def theorem_2(self):
        parts, _, _ = self.theorem("theorem-2", (1, 2, 4, 8, 16, 24))
        return "\n\n".join(parts)

    def theorem_3(self):
        parts, variance, correlation = self.theorem("theorem-3", (1, 2, 4, 8, 16, 24, 50))
        lines = []
        for network in ("beta 1", "beta 0.5", "beta 0.1"):
            cells = [network]
            for rows in (variance, correlation):
                low, high = (one(rows, network, depth) for depth in (16, 50))
                cells.append(measured(exponent(low, high, mean_of), exponent_error(low, high)))
                cells.append(plain(exponent(low, high, lambda row: row["paper"]), 3))
                cells.append(plain(exponent(low, high, lambda row: row["derived"]), 3))
            lines.append(cells)
        limit = math.pi / (math.pi - 1)
        lines.append(["limit for a large batch, β²L → ∞", "", "", plain(limit, 4), "", "", plain(-limit / 2, 3)])
        head = ["network"]
        head += [f"{of}, {by}" for of in ("variance", "R") for by in ("measured", "paper", "derived")]
        parts.append(titled("Exponent n of the power law L^n, from L = 16 to 50", head, lines))
        networks = [
            {"label": f"beta {beta}", "family": "resnet", "normalization": "batch-norm", "beta": beta}
            for beta in (1, 0.5, 0.1)
        ]
        _, tables = self.large_batch("theorem-3", networks, [1, 4, 16, 50], 20)
        return "\n\n".join([*parts, *tables])

    def corollary_1(self):
        parts, _, correlation = self.theorem("corollary-1", (1, 2, 4, 8, 16, 24, 50))
        lines = [
            [
                row["network"],
                value_of(row),
                plain(row["paper"]),
                plain(math.exp(-0.5)),
                plain(row["infiniteWidth"]),
            ]
            for row in correlation
            if row["depth"] == 24
        ]
        head = ["network", "measured", "paper", "1/√e", "infinite width"]
        parts.append(titled("R at L = 24, where gamma2² = 1/24", head, lines))
        return "\n\n".join(parts)

    # Measurements that are not in the paper

    def check_values(self):
        """Measures the rows of a reference simulation through the API."""
        label = {
            "FN": {"family": "feedforward"},
            "FC": {"family": "feedforward", "normalization": "mean-centering"},
            "RN": {"family": "resnet"},
            "RC": {"family": "resnet", "normalization": "mean-centering"},
            "HN": {"family": "highway", "gamma2": "1/sqrt(depth)"},
        }
        names = {
            "FN": "feedforward",
            "FC": "feedforward, mean-centering",
            "RN": "resnet beta 1",
            "RC": "resnet beta 1, mean-centering",
            "HN": "highway",
        }
        # Another program simulated these rows with 64 points on [-2, 2], width 400 and 60 runs. R is the mean of R(i,j) off
        # the diagonal. The columns are the network, L, the variance and its error, R and its error, R at infinite width,
        # C(i,i+1)/C(i,i), and C(i,i+1)/C(i,i) at infinite width.
        simulated = [
            ("FN", 1, 1.004, 0.011, 0.567, 0.005, 0.5681, 0.9846, 0.9848),
            ("FN", 10, 1.04, 0.034, 0.080, 0.002, 0.0741, 0.871, 0.867),
            ("FC", 4, 1.011, 0.014, 0.105, 0.002, 0.1067, 0.8585, 0.8581),
            ("FC", 10, 1.015, 0.015, 0.0005, 0.0004, -0.0005, 0.346, 0.345),
            ("RN", 10, 1059, 28, 0.211, 0.003, 0.2106, 0.930, 0.929),
            ("RC", 10, 1053, 17, 0.088, 0.001, 0.0873, 0.790, 0.790),
            ("HN", 24, 1.03, 0.016, 0.678, 0.002, 0.6781, 0.985, 0.985),
        ]
        depths = {key: [row[1] for row in simulated if row[0] == key] for key in label}
        experiment = self.service.run(
            "check values",
            {
                "name": "Check values on a grid",
                "networks": [
                    {"label": names[key], "width": 400, "firstBiasStd": 1, "depths": depths[key], **network}
                    for key, network in label.items()
                ],
                "inputs": {"type": "grid", "from": -2, "to": 2, "points": 64},
                "statistics": ["gradient-variance", "gradient-correlation", "covariance", "correlation"],
                "runs": 60,
                "seed": 1702,
            },
        )
        variances = self.service.rows(experiment, "gradient-variance")
        pooled = self.service.rows(experiment, "gradient-correlation")
        lines = []
        for key, depth, variance, variance_error, r, r_error, r_theory, neighbour, neighbour_theory in simulated:
            row, pool = (one(rows, names[key], depth) for rows in (variances, pooled))
            c, correlation = (
                self.service.matrix(experiment, names[key], depth, name) for name in ("covariance", "correlation")
            )
            m = len(c)
            mean_r = sum(correlation[i][j] for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
            beside = sum(c[i][i + 1] / c[i][i] for i in range(m - 1)) / (m - 1)
            apart = abs(row["mean"] - variance) / math.hypot(row["standardError"], variance_error)
            r_apart = abs(mean_r - r) / math.hypot(pool["standardError"], r_error)
            lines.append(
                [
                    names[key],
                    str(depth),
                    value_of(row),
                    measured(variance, variance_error),
                    f"{apart:.1f}",
                    measured(mean_r, pool["standardError"]),
                    measured(r, r_error),
                    f"{r_apart:.1f}",
                    plain(r_theory),
                    plain(beside),
                    plain(neighbour),
                    plain(neighbour_theory),
                ]
            )
        head = ["network", "L", "variance", "reference", "difference (s.e.)"]
        head += ["mean R(i,j)", "reference", "difference (s.e.)", "infinite width"]
        head += ["C(i,i+1)/C(i,i)", "reference", "infinite width"]
        return markdown(head, lines)

    def iid_values(self):
        """Measures R at independent inputs."""
        # Another program computed R at infinite width for 64 independent normal inputs in 200 dimensions. The keys are the
        # network and L.
        reference = {
            ("feedforward", 1): 0.500, ("feedforward", 2): 0.302, ("feedforward", 4): 0.1425,
            ("feedforward, mean-centering", 1): 0.495, ("feedforward, mean-centering", 2): 0.245,
            ("feedforward, mean-centering", 4): 0.060,
            ("feedforward, firstBiasStd 1", 4): 0.268,
            ("resnet beta 1", 1): 0.750, ("resnet beta 1", 2): 0.582, ("resnet beta 1", 4): 0.376,
            ("highway", 24): 0.630,
        }  # fmt: skip
        networks = [
            {"label": "feedforward", "family": "feedforward", "depths": [1, 2, 4]},
            {
                "label": "feedforward, mean-centering",
                "family": "feedforward",
                "normalization": "mean-centering",
                "depths": [1, 2, 4, 8],
            },
            {"label": "feedforward, firstBiasStd 1", "family": "feedforward", "firstBiasStd": 1, "depths": [4]},
            {"label": "resnet beta 1", "family": "resnet", "depths": [1, 2, 4]},
            {"label": "highway", "family": "highway", "gamma2": "1/sqrt(depth)", "depths": [24]},
        ]
        experiment = self.service.run(
            "independent inputs",
            {
                "name": "Check values at independent inputs",
                "networks": [{"width": 400, **network} for network in networks],
                "inputs": {"type": "gaussian", "points": 64, "dimension": 200},
                "statistics": ["gradient-correlation"],
                "runs": 100,
                "seed": 1702,
            },
        )
        lines = [
            [*theory_row(row, 400), plain(reference.get((row["network"], row["depth"])), 3)]
            for row in self.service.rows(experiment, "gradient-correlation")
        ]
        return titled("Correlation", [*THEORY_HEAD, "reference"], lines)

    def finite_width(self):
        """Measures R at several widths."""
        lines = []
        for width, runs in ((50, 200), (100, 200), (200, 200), (400, 100), (800, 50)):
            experiment = self.service.run(
                f"width {width}",
                {
                    "name": f"Finite width {width}",
                    "networks": [{"label": "feedforward", "family": "feedforward", "width": width, "firstBiasStd": 1}],
                    "depths": [10, 50],
                    "inputs": {"type": "grid", "from": -2, "to": 2, "points": 64},
                    "statistics": ["gradient-correlation"],
                    "runs": runs,
                    "seed": 1702,
                },
            )
            rows = self.service.rows(experiment, "gradient-correlation")
            lines.append([str(width), str(runs), *(value_of(one(rows, "feedforward", depth)) for depth in (10, 50))])
        lines.append(["∞", "", *(plain(one(rows, "feedforward", depth)["infiniteWidth"]) for depth in (10, 50))])
        return markdown(["N", "runs", "R, L = 10", "R, L = 50"], lines)

    def ratios(self):
        """Compares the ratio of means over networks with the mean of their ratios.

        Each network is an experiment of one run.
        """
        lines = []
        for width, depth in ((200, 24), (50, 50)):
            runs = []
            for seed in range(1, 101):
                experiment = self.service.run(
                    f"one network at a time, width {width}, seed {seed}",
                    {
                        "name": "One network at a time",
                        "networks": [{"label": "feedforward", "family": "feedforward", "width": width}],
                        "depths": [depth],
                        "inputs": {"type": "gaussian", "points": 64, "dimension": 200},
                        "statistics": ["gradient-variance", "gradient-correlation"],
                        "runs": 1,
                        "seed": seed,
                    },
                )
                runs.append(
                    tuple(
                        one(self.service.rows(experiment, statistic), "feedforward", depth)["mean"]
                        for statistic in ("gradient-variance", "gradient-correlation")
                    )
                )
            variances = [variance for variance, _ in runs]
            spread = [plain(min(variances), 3), plain(max(variances), 3)]
            lines.append([str(width), str(depth), *spread, weighted(runs), weighted([(1, r) for _, r in runs])])
        return markdown(["N", "L", "smallest variance", "largest variance", "ratio of means", "mean of ratios"], lines)

    def looks_linear(self):
        """Measures initializations and activations beside those of the paper."""
        experiment = self.service.run(
            "looks-linear",
            {
                "name": "Looks-linear initialization and CReLU",
                "networks": [
                    {"label": "relu, he", "family": "feedforward", "depths": [2, 10]},
                    {"label": "crelu, he", "family": "feedforward", "activation": "crelu", "depths": [2, 10]},
                    {
                        "label": "crelu, looks-linear",
                        "family": "feedforward",
                        "activation": "crelu",
                        "initialization": "looks-linear",
                        "depths": [2, 10, 200],
                    },
                ],
                "inputs": {"type": "grid", "from": -2, "to": 2, "points": 64},
                "statistics": ["gradient-variance", "gradient-correlation"],
                "runs": 100,
                "seed": 1702,
            },
        )
        variances = self.service.rows(experiment, "gradient-variance")
        lines = []
        for row in self.service.rows(experiment, "gradient-correlation"):
            variance = one(variances, row["network"], row["depth"])
            lines.append(
                [
                    row["network"],
                    str(row["depth"]),
                    value_of(variance),
                    plain(variance["infiniteWidth"]),
                    value_of(row),
                    plain(row["infiniteWidth"]),
                ]
            )
        head = ["network", "L", "variance", "variance, infinite width", "correlation", "correlation, infinite width"]
        return markdown(head, lines)

    def made(self):
        """Names the engine and the machine that measured the tables."""
        by = self.preset("figure-1")["provenance"][0]["computedBy"]
        return f"The tables were measured with {by['engine']} on {by['device']}, {by['system']}, Java {by['java']}."


SECTIONS = {
    "figure-1": Report.figure_1,
    "figure-2": Report.figure_2,
    "figure-3": Report.figure_3,
    "figure-4": Report.figure_4,
    "theorem-1": Report.theorem_1,
    "theorem-2": Report.theorem_2,
    "theorem-3": Report.theorem_3,
    "corollary-1": Report.corollary_1,
    "check-values": Report.check_values,
    "iid-values": Report.iid_values,
    "finite-width": Report.finite_width,
    "ratios": Report.ratios,
    "looks-linear": Report.looks_linear,
    "made": Report.made,
    # Figure 5 comes last because it takes longest. The service rejects it where it has no images.
    "figure-5": Report.figure_5,
}


def replace(text, name, block):
    """Returns the text with a new block between the two comments of a section."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        sys.exit(f"{REPORT} must contain {begin} and {end} exactly once each")
    return text[: text.index(begin) + len(begin)] + "\n\n" + block + "\n\n" + text[text.index(end) :]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("service", help="address of the service, such as http://127.0.0.1:8080")
    parser.add_argument("--images", default="cifar-10", choices=["cifar-10", "fashion-mnist"], help="data set for figure-5")
    parser.add_argument("--figure-5-runs", type=int, default=30, help="runs of figure-5; fewer are faster (default: 30)")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="write only these sections")
    options = parser.parse_args()

    service = Service(options.service)
    missing = {preset["name"] for preset in service.json("/api/v1/presets")["items"]} - set(SECTIONS)
    if missing:
        sys.exit(f"This script has no section for the presets {sorted(missing)}.")
    report = Report(service, options)
    for name in options.only:
        block = SECTIONS[name](report)
        REPORT.write_text(replace(REPORT.read_text(encoding="utf-8"), name, block), encoding="utf-8")


if __name__ == "__main__":
    main()
