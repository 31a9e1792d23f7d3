"""One scenario as a value, read from a YAML file. What its fields mean stands in the README."""

import dataclasses
import pathlib
import re

import yaml

from .site import reference

# A namespace has at most 63 letters, and the copy's name has an ending.
NAME = re.compile(r"[a-z][a-z0-9_]{2,57}")


def empty_list():
    return dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Case:
    """`namespace` is where its objects live in the source, `home` where they are restored."""

    file: str
    name: str
    why: str
    into: str = "other"
    renamed: bool = False
    late: bool = False
    source: list = empty_list()
    before_backup: list = empty_list()
    after_backup: list = empty_list()
    target: list = empty_list()
    before_restore: list = empty_list()
    restore: dict = dataclasses.field(default_factory=dict)
    plan: list = empty_list()
    job: str = "COMPLETED"
    within: float = 120
    settle: float = 0
    rows: list = empty_list()
    order: list = empty_list()
    objects: list = empty_list()
    gone: list = empty_list()
    untouched: list = empty_list()

    @property
    def namespace(self):
        return self.name.replace("_", "-")

    @property
    def home(self):
        return self.namespace + ("-new" if self.renamed else "")

    def namespaces(self):
        """All that its source objects live in."""
        own = {self.namespace}
        return sorted(own | {body["metadata"]["name"] for body in self.source if body.get("kind") == "Namespace"})

    def untouched_objects(self):
        """{"kind", "metadata"} of each."""
        return [reference(text) for text in self.untouched]

    def definition(self):
        """The fields of the restore's definition: its namespaces, renamed if asked for, and what it says itself."""
        fields = {"selection": {"namespaces": self.namespaces()}}
        if self.renamed:
            fields["namespaces_map"] = {name: name.replace(self.namespace, self.home, 1) for name in self.namespaces()}
        return fields | self.restore


def read_cases(folder):
    """All cases of a folder, in the order of their files. One that cannot be used raises ValueError."""
    cases = [case for path in sorted(pathlib.Path(folder).glob("*.yaml")) for case in read_file(path)]
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"cases that would meet in one namespace: {twice}")
    return cases


def read_file(path):
    documents = re.split(r"^---\n", path.read_text(encoding="utf-8"), flags=re.M)
    return [read_case(path.name, text) for text in documents]


def read_case(file, text):
    head = case_of(file, yaml.safe_load(text))
    names = {"$ns": head.namespace, "$to": head.home}
    # In the text, since a name may stand anywhere, and be a part of another.
    return case_of(file, yaml.safe_load(re.sub(r"\$(ns|to)\b", lambda found: names[found.group()], text)))


def case_of(file, fields):
    known = {field.name for field in dataclasses.fields(Case)} - {"file"}
    if not fields.keys() <= known or not {"name", "why"} <= fields.keys():
        raise ValueError(f"{file}: a case has name, why, and of {sorted(known)} what it needs, not {sorted(fields)}")
    if not NAME.fullmatch(fields["name"]) or fields.get("into", "same") not in ("same", "other"):
        raise ValueError(f"{file}: the name {fields['name']} is no name, or `into` is neither same nor other")
    default_place = {"into": "same"} if fields.get("renamed") else {}
    return Case(file=file, **(default_place | fields))
