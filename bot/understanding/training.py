"""Labelled rows → a model directory. The only part that needs scikit-learn."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from bot.domain.errors import BadInput
from bot.domain.reading import Urgency
from bot.understanding.classifiers import Calibration, Floats, Judge, softmax
from bot.understanding.features import Keys, Vector, Vocabulary, blocks_of, cut
from bot.understanding.meaning import SentenceVectors
from bot.understanding.normalise import clean
from bot.understanding.rows import CALM, CRITICAL, LENT, NO_MATTER, PRESSING, TAUGHT, Row, fingerprint
from bot.understanding.rows import Progress as Progress
from bot.understanding.rows import silent as silent
from bot.understanding.store import Bench, Model
from bot.understanding.taxonomy import taxonomy_rows

logger = logging.getLogger(__name__)
Counts = NDArray[np.float64]
# The numbers of the rows that are learnt, and of those that are judged.
Fold = tuple[NDArray[np.int64], NDArray[np.int64]]
FOLDS = 4
# Beyond this many rows, two parts are enough to calibrate on, and sentence vectors would cost more time than they give.
MANY_ROWS = 3000
FEW_FOLDS = 2
# So many classes are only compared with their sisters: one part calibrates them well enough.
MANY_CLASSES = 40
STRICTNESS = 0.6
# The bias of a class that a part of the rows does not hold, and the margin of one that is out of the running.
UNHEARD_OF = -1.5
NEVER = 1000.0
FEWEST_ROWS = 20
# How much a lent row counts beside those it is lent to.
WEIGHTS = {TAUGHT: 0.5, LENT: 0.10}
FEWEST_OF_A_CLASS = 2
# Kinds or urgencies on fewer rows than these do not replace what the project brings.
FEWEST_SIDE_LABELS = 500


def _unevenness(inside: Counts, total: Counts) -> Counts:
    """How unevenly a column stands inside and outside of a class, either way (Wang and Manning 2012)."""
    within, without = inside + 1.0, total - inside + 1.0
    ratio = np.log((within / within.sum()) / (without / without.sum()))
    return np.asarray(np.abs(np.clip(ratio, -4, 4)) ** 0.75)


def _relevance(inside: Counts, total: Counts) -> Counts:
    """How much oftener a column stands inside of a class than outside of it: relevance frequency (Lan et al. 2009)."""
    return np.asarray(np.log2(2.0 + inside / (1.0 + total - inside)) ** 1.3)


@dataclass(frozen=True)
class Listening:
    """How much a judge listens to rare, telling words rather than to everyday ones, and what it calls telling."""

    share: float
    telling: Callable[[Counts, Counts], Counts] = _unevenness


# Topics are told by rare words, kinds in chats by everyday ones, kinds in letters by both; that a word is missing says
# nothing about a topic, but something about a kind. Measured on files left out and on real letters.
LISTENING = {
    "topic": Listening(1.0, _relevance),
    "level2": Listening(1.0),
    "kind": Listening(0.5),
    "urgency": Listening(0.0),
    "critical": Listening(0.0),
}


def full_text(row: Row) -> str:
    """Subject and body as one text, subject first."""
    return f"{row.subject}\n{row.text}" if row.subject else row.text


@dataclass(frozen=True)
class Documents:
    """Rows made ready once for every judge."""

    rows: Sequence[Row]
    vocabulary: Vocabulary
    vectors: list[Vector]
    matrix: sparse.csr_matrix
    meanings: Floats | None

    @classmethod
    def prepare(cls, rows: Sequence[Row], meaning: SentenceVectors | None, progress: Progress) -> Documents:
        """Cut, hash and weigh all rows; `meaning` also gives their sentence vectors."""
        progress(f"reading {len(rows)} messages")
        texts = [clean(full_text(row)).text for row in rows]
        keys: list[tuple[Keys, ...]] = [blocks_of(text, cut(text)) for text in texts]
        vocabulary = Vocabulary.learn(keys)
        vectors = [vocabulary.vector(document) for document in keys]
        if meaning is not None:
            progress("sentence vectors")
        meanings = meaning.encode_all(texts) if meaning is not None else None
        return cls(rows, vocabulary, vectors, _matrix(vectors, len(vocabulary.keys)), meanings)


def _matrix(vectors: Sequence[Vector], width: int) -> sparse.csr_matrix:
    pointers = np.cumsum([0, *(len(vector.columns) for vector in vectors)])
    columns = np.concatenate([vector.columns for vector in vectors])
    values = np.concatenate([vector.values for vector in vectors])
    return sparse.csr_matrix((values, columns, pointers), shape=(len(vectors), width))


@dataclass(frozen=True)
class Trained:
    """A judge, and how it scored rows it had not seen: rows by number, the true class and the scores."""

    judge: Judge
    rows: NDArray[np.int64]
    truth: NDArray[np.int64]
    scores: Floats

    def macro_f1(self, first: int) -> float:
        """Mean over the classes that stand in the unseen rows, among the first so many rows."""
        asked = self.rows < first
        return macro_f1(self.truth[asked], self.scores[asked].argmax(axis=1))


def macro_f1(truth: NDArray[np.int64], guessed: NDArray[np.int64]) -> float:
    """Unweighted mean of the classes' F1."""
    values = []
    for column in np.unique(truth):
        hits = int(((truth == column) & (guessed == column)).sum())
        values.append(2 * hits / (int((truth == column).sum()) + int((guessed == column).sum())))
    return float(np.mean(values)) if values else 0.0


def train_judge(name: str, documents: Documents, labels: Sequence[str | None], progress: Progress) -> Judge:
    """Fit one judge on the rows that carry its label, calibrated on rows it had not seen."""
    return learn(name, documents, labels, progress).judge


def learn(name: str, documents: Documents, labels: Sequence[str | None], progress: Progress) -> Trained:
    """The same, with its scores on unseen rows."""
    known = [at for at, label in enumerate(labels) if label is not None]
    counts = Counter(str(labels[at]) for at in known)
    classes = tuple(sorted(label for label, count in counts.items() if count >= FEWEST_OF_A_CLASS))
    check_enough(name, counts, classes)
    progress(f"training {name}: {len(known)} messages, {len(classes)} classes")
    rows = np.array([at for at in known if labels[at] in classes])
    truth = np.array([classes.index(str(labels[at])) for at in rows])
    shares = np.array([WEIGHTS.get(documents.rows[at].lent_by, 1.0) for at in rows])
    folds = _folds(documents.rows, rows, truth)[: 1 if len(classes) > MANY_CLASSES else FOLDS]
    matrix = documents.matrix[rows]
    meanings = documents.meanings[rows] if documents.meanings is not None else None
    judge, kept, scores = _fit(name, classes, matrix, meanings, truth, folds, shares)
    return Trained(judge, rows[kept], truth[kept], scores)


def check_enough(name: str, counts: Counter[str], classes: tuple[str, ...]) -> None:
    """Refuse what cannot be learnt from, in one clear sentence."""
    if sum(counts.values()) < FEWEST_ROWS:
        raise BadInput(f"{name}: {sum(counts.values())} labelled rows; at least {FEWEST_ROWS} are wanted", field=name)
    if len(classes) < 2:
        seen = "、".join(sorted(counts)) or "none"
        raise BadInput(
            f"{name}: two labels or more are wanted, each on {FEWEST_OF_A_CLASS} rows; seen: {seen}", field=name
        )


def _fit(
    name: str,
    classes: tuple[str, ...],
    matrix: sparse.csr_matrix,
    meanings: Floats | None,
    truth: NDArray[np.int64],
    folds: list[Fold],
    shares: Counts,
) -> tuple[Judge, NDArray[np.int64], Floats]:
    width = len(classes)
    unseen = np.zeros((len(truth), width), dtype=np.float32)
    unseen_meaning = np.zeros((len(truth), width), dtype=np.float32)
    listening = LISTENING.get(name, Listening(1.0))
    families = _families(name, classes)
    for train, test in folds:
        weights, bias = _planes(matrix[train], truth[train], shares[train], families, listening)
        unseen[test] = _among_sisters(matrix[test] @ weights + bias, truth[test], families)
        if meanings is not None:
            weights, bias = _meaning_planes(meanings[train], truth[train], shares[train], families)
            unseen_meaning[test] = _among_sisters(meanings[test] @ weights + bias, truth[test], families)
    kept = np.concatenate([test for _, test in folds])
    fast = calibrate([unseen[kept]], truth[kept])
    weights, bias = _planes(matrix, truth, shares, families, listening)
    if meanings is None:
        return Judge(name, classes, weights, bias, fast), kept, fast(unseen[kept])
    meaning_weights, meaning_bias = _meaning_planes(meanings, truth, shares, families)
    both = calibrate([unseen[kept], unseen_meaning[kept]], truth[kept])
    judge = Judge(name, classes, weights, bias, fast, meaning_weights, meaning_bias, both)
    return judge, kept, both(unseen[kept], unseen_meaning[kept])


def _folds(everything: Sequence[Row], rows: NDArray[np.int64], truth: NDArray[np.int64]) -> list[Fold]:
    """Whole groups go to the emptiest fold, largest first: always the same split. Lent rows are in no test."""
    own = np.array([not everything[at].lent_by for at in rows])
    groups = _groups(everything, rows[own], truth[own])
    filled = [0] * FOLDS
    place: dict[str, int] = {}
    for group, size in sorted(Counter(groups).items(), key=lambda pair: (-pair[1], pair[0])):
        place[group] = filled.index(min(filled))
        filled[place[group]] += size
    fold = np.full(len(rows), -1)
    fold[own] = [place[group] for group in groups]
    used = FOLDS if len(rows) <= MANY_ROWS else FEW_FOLDS
    return [(np.flatnonzero(fold != n), np.flatnonzero(fold == n)) for n in range(used) if (fold == n).any()]


def _groups(everything: Sequence[Row], rows: NDArray[np.int64], truth: NDArray[np.int64]) -> list[str]:
    """The writers; every row by itself where whole writers would leave too little to learn from."""
    writers = [everything[at].writer or str(at) for at in rows]
    return writers if _can_be_parted(writers, truth) else [str(at) for at in rows]


def _can_be_parted(writers: Sequence[str], truth: NDArray[np.int64]) -> bool:
    """Whether there is a writer for every fold, none with most of the rows, and most rows of a class with several."""
    sizes = Counter(writers)
    pairs = set(zip(writers, truth.tolist(), strict=True))
    writers_of = Counter(label for _, label in pairs)
    shared = sum(writers_of[label] > 1 for label in truth.tolist())
    return len(sizes) >= FOLDS and 2 * max(sizes.values()) <= len(writers) < 2 * shared


def _families(name: str, classes: tuple[str, ...]) -> list[NDArray[np.int64]]:
    """Columns of classes that are told apart from each other: second levels only from those under the same first."""
    first = [label.partition("/")[0] if name == "level2" else "" for label in classes]
    return [np.flatnonzero([other == family for other in first]) for family in sorted(set(first))]


def _among_sisters(margins: Floats, truth: NDArray[np.int64], families: list[NDArray[np.int64]]) -> Floats:
    """Margins with the classes of other families out of the running."""
    if len(families) == 1:
        return margins
    of_family = np.empty(margins.shape[1], dtype=np.int64)
    for number, columns in enumerate(families):
        of_family[columns] = number
    return np.where(of_family[None, :] == of_family[truth][:, None], margins, np.float32(-NEVER))


def _planes(
    matrix: sparse.csr_matrix,
    truth: NDArray[np.int64],
    shares: NDArray[np.float64],
    families: list[NDArray[np.int64]],
    listening: Listening,
) -> tuple[Floats, Floats]:
    """The planes of every family, each learnt from the rows of its own."""
    width = sum(map(len, families))
    weights = np.zeros((matrix.shape[1], width), dtype=np.float32)
    bias = np.full(width, UNHEARD_OF, dtype=np.float32)
    for columns in families:
        rows = np.flatnonzero(np.isin(truth, columns))
        if len(np.unique(truth[rows])) > 1:
            local = np.searchsorted(columns, truth[rows])
            weights[:, columns], bias[columns] = _plane(matrix[rows], local, shares[rows], len(columns), listening)
    return weights, bias


def _meaning_planes(
    meanings: Floats, truth: NDArray[np.int64], shares: NDArray[np.float64], families: list[NDArray[np.int64]]
) -> tuple[Floats, Floats]:
    """The same for sentence vectors."""
    width = sum(map(len, families))
    weights = np.zeros((meanings.shape[1], width), dtype=np.float32)
    bias = np.full(width, UNHEARD_OF, dtype=np.float32)
    for columns in families:
        rows = np.flatnonzero(np.isin(truth, columns))
        if len(np.unique(truth[rows])) > 1:
            local = np.searchsorted(columns, truth[rows])
            weights[:, columns], bias[columns] = _meaning_plane(meanings[rows], local, shares[rows], len(columns))
    return weights, bias


def _plane(
    matrix: sparse.csr_matrix, truth: NDArray[np.int64], shares: Counts, width: int, listening: Listening
) -> tuple[Floats, Floats]:
    """A plane fitted on telling words and one on all words, averaged by their share: still one plane."""
    share, telling = listening.share, listening.telling
    if share == 0.0:
        return _machines(matrix, truth, shares, width, _all_alike)
    if share == 1.0:
        return _machines(matrix, truth, shares, width, telling)
    sharp, sharp_cut = _machines(matrix, truth, shares, width, telling)
    plain, plain_cut = _machines(matrix, truth, shares, width, _all_alike)
    return share * sharp + (1 - share) * plain, share * sharp_cut + (1 - share) * plain_cut


def _all_alike(inside: Counts, total: Counts) -> Counts:
    """Every column counts as it stands."""
    return np.ones(len(total))


def _machines(
    matrix: sparse.csr_matrix,
    truth: NDArray[np.int64],
    shares: Counts,
    width: int,
    telling: Callable[[Counts, Counts], Counts],
) -> tuple[Floats, Floats]:
    """One linear machine a class, over columns weighed by how much they tell about it."""
    from sklearn.svm import LinearSVC

    weights = np.zeros((matrix.shape[1], width), dtype=np.float32)
    bias = np.full(width, UNHEARD_OF, dtype=np.float32)
    stands = matrix.copy()
    stands.data = np.ones_like(stands.data)
    total = np.asarray(stands.sum(axis=0)).ravel()
    for column in np.unique(truth):
        inside = np.asarray(stands[truth == column].sum(axis=0)).ravel()
        tells = telling(inside, total)
        machine = LinearSVC(C=STRICTNESS, random_state=0, tol=1e-2, max_iter=400)
        machine.fit(matrix @ sparse.diags(tells), truth == column, sample_weight=shares)
        weights[:, column] = machine.coef_[0] * tells
        bias[column] = machine.intercept_[0]
    return weights, bias


def _meaning_plane(
    meanings: Floats, truth: NDArray[np.int64], shares: NDArray[np.float64], width: int
) -> tuple[Floats, Floats]:
    """A logistic regression on sentence vectors; a class that this part does not hold gets a low bias."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=8.0, max_iter=300, random_state=0).fit(meanings, truth, sample_weight=shares)
    slopes, cuts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        slopes, cuts = np.vstack([-slopes, slopes]) / 2, np.concatenate([-cuts, cuts]) / 2
    weights = np.zeros((meanings.shape[1], width), dtype=np.float32)
    bias = np.full(width, UNHEARD_OF, dtype=np.float32)
    weights[:, model.classes_] = slopes.T
    bias[model.classes_] = cuts
    return weights, bias


def calibrate(margins: list[Floats], truth: NDArray[np.int64]) -> Calibration:
    """Scales and biases with the least log loss on unseen rows; biases are held near zero."""
    views, width = len(margins), margins[0].shape[1]
    stacked = np.stack(margins).astype(np.float64)
    wanted = np.eye(width)[truth]

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scales, bias = parameters[:views], parameters[views:]
        scores = softmax(np.tensordot(scales, stacked, axes=1) + bias).astype(np.float64)
        error = (scores - wanted) / len(truth)
        value = -np.log(scores[np.arange(len(truth)), truth] + 1e-9).mean() + 0.02 * float(bias @ bias)
        slope = np.concatenate([np.tensordot(stacked, error, axes=([1, 2], [0, 1])), error.sum(0) + 0.04 * bias])
        return float(value), slope

    start = np.concatenate([np.full(views, 2.0 / views), np.zeros(width)])
    bounds = [(0.05, 30.0)] * views + [(-2.0, 2.0)] * width
    best = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Calibration(best[:views].astype(np.float32), best[views:].astype(np.float32))


def kind_labels(rows: Sequence[Row]) -> list[str | None]:
    """The six kinds, `none` among them."""
    return [row.kind for row in rows]


def topic_labels(rows: Sequence[Row]) -> list[str | None]:
    """First-level topics of rows that have a matter."""
    return [row.label if row.kind != NO_MATTER else None for row in rows]


def level2_labels(rows: Sequence[Row]) -> list[str | None]:
    """`level1/level2` where both are known."""
    return [f"{row.label}/{row.level2}" if row.label and row.level2 else None for row in rows]


def urgency_labels(rows: Sequence[Row]) -> list[str | None]:
    """Levels of claims and accusations alone: what only asks, proposes or praises is low by its kind."""
    return [str(row.urgency) if row.urgency and (row.kind is None or row.kind in PRESSING) else None for row in rows]


def critical_labels(rows: Sequence[Row]) -> list[str | None]:
    """Critical or not, over all kinds: a danger may come as a question, and small talk may sound like one."""
    return [(CRITICAL if row.urgency == Urgency.CRITICAL else CALM) if row.urgency else None for row in rows]


_LABELS: dict[str, Callable[[Sequence[Row]], list[str | None]]] = {
    "kind": kind_labels,
    "topic": topic_labels,
    "level2": level2_labels,
    "urgency": urgency_labels,
    "critical": critical_labels,
}


def train_model(
    rows: Sequence[Row], meaning: SentenceVectors | None, progress: Progress, corrected: Sequence[Row] = ()
) -> Model:
    """All judges on the project's own sentences, taught by the taxonomy and by what staff corrected beside them.

    The figures in `about` are of the project's sentences alone, so that models can be compared.
    """
    everything = [*rows, *corrected, *taxonomy_rows()]
    documents = Documents.prepare(everything, meaning, progress)
    trained = {name: learn(name, documents, labels(everything), progress) for name, labels in _LABELS.items()}
    bench = Bench(documents.vocabulary, {name: part.judge for name, part in trained.items()})
    return Model((bench,), fingerprint([*rows, *corrected]), _about(rows, meaning, trained))


def train_history_model(
    rows: Sequence[Row], lent: Sequence[Row], base: Model, meaning: SentenceVectors | None, progress: Progress
) -> tuple[Model, dict[str, Trained]]:
    """A city's own cases: whatever they label is learnt anew, the other judges are those of the base model.

    `lent` are the project's own sentences; they help where they carry the city's labels. The judges that were learnt
    come by name, `topic` always among them.
    """
    meaning = meaning if len(rows) <= MANY_ROWS else None
    everything = [*rows, *helpers(rows, lent)]
    documents = Documents.prepare(everything, meaning, progress)
    trained = {}
    for name, labels in _LABELS.items():
        if name == "topic" or _worth_learning(labels(rows)):
            trained[name] = learn(name, documents, labels(everything), progress)
    own = Bench(documents.vocabulary, {name: part.judge for name, part in trained.items()})
    about = _about(rows, meaning, trained)
    return Model((own, *base.benches), fingerprint(rows), about), trained


def helpers(rows: Sequence[Row], lent: Sequence[Row]) -> list[Row]:
    """Where a city's labels are ours: the project's sentences, and while cases are few the taxonomy's words too."""
    labels = {row.label for row in rows}
    taught = taxonomy_rows()
    if not labels <= {row.label for row in taught}:
        return []
    own = [replace(row, lent_by=LENT) for row in lent if row.label in labels]
    return own if len(rows) > MANY_ROWS else [*own, *(row for row in taught if row.label in labels)]


def _worth_learning(labels: Sequence[str | None]) -> bool:
    """A side label is learnt from history if it stands on enough rows, in two classes or more."""
    counts = Counter(label for label in labels if label is not None)
    return sum(counts.values()) >= FEWEST_SIDE_LABELS and sum(n >= FEWEST_OF_A_CLASS for n in counts.values()) >= 2


def _about(rows: Sequence[Row], meaning: SentenceVectors | None, trained: dict[str, Trained]) -> dict[str, Any]:
    figures = {name: round(part.macro_f1(len(rows)), 4) for name, part in trained.items()}
    return {"rows": len(rows), "meaning": meaning.name if meaning else None, "unseen_macro_f1": figures}
