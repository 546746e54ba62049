"""A portal whose every text is hostile: what the tests of the security room look at as visitors of all kinds."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from ckan import model
from ckan.lib import jobs
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.portal.editorial.feedback import Feedback
from ckanext.opencohesion.stewardship.questions.model import Question

from .people import Person, act, dataset_fields, make_organization, make_person

#: Breaks out of attributes, texts, scripts, text areas and titles; `zzx` tells it wherever it has got to.
HTML = (
    "'\"></script></textarea></title>--><script>zzx(1)</script><img src=x onerror=zzx(2)><svg onload=zzx(3)>"
    "<a href=javascript:zzx(4)>zzx</a>{{7*191}}"
)
MARKDOWN = (
    # where Markdown is written a picture may stand
    f"{HTML.replace('src=x', 'src=y')}\n\n"
    '[zzx](javascript:zzx(5)) ![zzx](x" onerror="zzx(6)) [zzx](data:text/html,<script>zzx(7)</script>)\n\n'
    '<a href="jav&#x09;ascript:zzx(8)" onclick="zzx(9)">zzx</a><iframe srcdoc="<script>zzx(10)</script>"></iframe>'
    "<div hx-get=/zzx hx-trigger=load style=position:fixed></div>"
)
FORMULA = '=HYPERLINK("http://zzx.example","zzx")'
#: Opens a line of its own in mails, calendars, headers and logs.
LINES = "zzx\r\nBcc: zzx@example.org\r\nEND:VEVENT\r\nX-Zzx: 1"
SECRET = "segretissimo"
TABLE = (
    f'anno;"<script>zzx(11)</script>";"{FORMULA.replace(chr(34), chr(34) * 2)}";comune;importo\n'
    '2024;"<img src=x onerror=zzx(12)>";"@SUM(1+1)*cmd";Cosenza;10,5\n'
    f'2025;"{HTML.replace(chr(34), chr(34) * 2)}";"-2+3+zzx";Crotone;20\n'
).encode()


@dataclass
class Scene:
    """Who and what there is. `public` has a hostile file; `hidden` is private; `draft` is one; all are office A's."""

    office: dict[str, Any]
    officer: Person
    foreigner: Person
    administrator: Person
    public: dict[str, Any]
    series: dict[str, Any]
    hidden: dict[str, Any]
    draft: dict[str, Any]
    questions: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> dict[str, Any]:
        return self.public["resources"][0]


def make_scene() -> Scene:
    """Make it on an empty portal, inside a request."""
    office = make_organization(name="ufficio-a", title=f"Ufficio A {HTML}", description=MARKDOWN)
    other = make_organization(name="ufficio-b", title="Ufficio B")
    officer = make_person(organization=office["id"], role="admin")
    act("user_patch", id=officer.name, fullname=HTML, about=MARKDOWN)
    hostile: dict[str, Any] = {
        "notes": MARKDOWN,
        "legal_basis": HTML,
        "methodology": MARKDOWN,
        "version": FORMULA,
        "version_notes": MARKDOWN,
        "contact": [{"name": f"Contatto {HTML}", "email": "dati@example.org"}],
    }
    public = _published(officer, office, name="aperto", title=f"Aperto {HTML}", **hostile)
    series = _published(
        officer, office, name="serie", type="series", title=f"Serie {FORMULA} {HTML}", **hostile
    )
    hidden = _as(
        officer,
        "package_create",
        **dataset_fields(
            office["id"], name="riservato", title=f"Titolo {SECRET}", notes=SECRET, private=True
        ),
    )
    _as(
        officer,
        "resource_create",
        package_id=hidden["id"],
        name=SECRET,
        format="CSV",
        upload=_file(b"a;b\n1;2\n"),
    )
    draft = _as(officer, "opencohesion_draft_create", owner_org=office["id"], upload=_file(TABLE))
    scene = Scene(
        office,
        officer,
        make_person(organization=other["id"], role="admin"),
        make_person(sysadmin=True),
        act("package_show", id=public["id"]),
        act("package_show", id=series["id"]),
        act("package_show", id=hidden["id"]),
        draft,
    )
    _write(scene)
    jobs.Worker([jobs.DEFAULT_QUEUE_NAME]).work(burst=True, logging_level="WARNING")
    return scene


def _write(scene: Scene) -> None:
    """What visitors and administrators have written."""
    for name, dataset in (("published", scene.public), ("open", scene.public), ("secret", scene.hidden)):
        row = Question(
            package_id=dataset["id"],
            resource_id=None,
            kind="mistake",
            text=HTML if name != "secret" else SECRET,
            place=HTML,
            email="visitor@example.org",
            language="it",
        )
        model.Session.add(row)
        model.Session.flush()
        scene.questions[name] = row.id
    model.Session.add(Feedback(text=HTML, place=HTML, email="visitor@example.org"))
    model.Session.commit()
    _as(
        scene.officer,
        "opencohesion_question_answer",
        id=scene.questions["published"],
        answer=MARKDOWN,
        public_text=HTML,
        publish=True,
    )
    for language in ("it", "en"):
        _as(
            scene.administrator,
            "opencohesion_page_part_update",
            page="privacy",
            language=language,
            text=MARKDOWN,
        )
    _as(scene.officer, "api_token_create", user=scene.officer.name, name=FORMULA + HTML)


def _published(officer: Person, office: dict[str, Any], **fields: Any) -> dict[str, Any]:
    dataset = _as(officer, "package_create", **dataset_fields(office["id"], private=False, **fields))
    _as(
        officer,
        "resource_create",
        package_id=dataset["id"],
        name=f"File {HTML}",
        description=MARKDOWN,
        format="CSV",
        upload=_file(TABLE, "../../zzx<img src=x onerror=zzx(13)>;\r\nX-Zzx: 1.csv"),
    )
    return dataset


def _file(body: bytes, name: str = "dati.csv") -> FileStorage:
    return FileStorage(io.BytesIO(body), filename=name)


def _as(person: Person, action: str, /, **data: Any) -> Any:
    context: Any = dict(person.context)
    return tk.get_action(action)(context, data)
