from __future__ import annotations
import sys, random, os
from pathlib import Path
from typing import Any
import pytest
sys.path.insert(0, str(Path(__file__).parent.parent / "portal"))
from explore_files import make_file
from support.cleaning import empty_everything
from support.people import make_organization, make_person
from ckanext.opencohesion.vocabularies import boundaries
from ckanext.opencohesion.vocabularies.reader import vocabulary
from ckanext.opencohesion.tables.profiles import load_profile
OUT = Path("/tmp/exp/shots"); OUT.mkdir(exist_ok=True)

@pytest.fixture(scope="module")
def portal_server(_web_application: Any):
    import threading
    from werkzeug.serving import make_server
    server = make_server("127.0.0.1", 6399, _web_application.flask_app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield "http://127.0.0.1:6399"
    server.shutdown()


def test_shots(portal_server: str, window: Any, _web_application: Any) -> None:
    empty_everything()
    random.seed(4)
    with _web_application.flask_app.test_request_context():
        org = make_organization(name="settore", title="Settore Programmazione unitaria")
        officer = make_person(organization=org["id"])
    muni = boundaries.municipalities("18")
    prov = {t.code: t for t in vocabulary("istat-provinces").terms}
    rows = ["COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;CAP_PROG;OC_TERRITORIO_PROG"]
    for n in range(2500):
        a = muni[int(len(muni) * random.random() ** 2.2)]
        p = prov[a.code[:3]]
        rows.append(f'"1CAL{n//2:05d}";"018";"CALABRIA";"{p.code}";"{p.label().upper()}";"{a.code[3:]}";"{a.name.upper()}";"87100";"C"')
    places = "\ufeff" + "\n".join(rows) + "\n"
    free = ["Codice Istat Comune;Comune;Missione;Titolo del progetto;Importo finanziato (euro);Data;Anno;Codice;Nota"]
    mission = ["Digitalizzazione, innovazione, competitività, cultura e turismo", "Rivoluzione verde e transizione ecologica", "Infrastrutture per una mobilità sostenibile", "Istruzione e ricerca", "Inclusione e coesione", "Salute"]
    for n in range(800):
        a = muni[int(len(muni) * random.random() ** 2)]
        free.append(f"{a.code};{a.name};{random.choice(mission)};Intervento numero {n} <b>per</b> la scuola «Don Milani»;{random.randint(1000, 9000000)},{random.randint(0,99):02d};{random.randint(1,28):02d}/0{random.randint(1,9)}/202{random.randint(1,5)};202{random.randint(1,5)};0{n:04d};{'nota lunga ' * random.randint(0, 30)}")
    profile = load_profile("opencoesione/progetti_esteso")
    fields = profile.fields[:199]
    cell = {"string": '"voce {n}"', "number": "{n}4,50", "integer": "2", "date": "20240{m}15"}
    wide = [";".join(f.labels.get("2025", f.name) for f in fields)]
    for n in range(120):
        line = []
        for f in fields:
            if f.name == "COD_LOCALE_PROGETTO": line.append(f'"1CAL{n:05d}"')
            elif f.name == "CUP": line.append(f'"J11C{n:011d}"')
            elif f.name == "COD_REGIONE": line.append('"018"')
            elif f.name == "COD_PROVINCIA": line.append('"018078"')
            elif f.name == "COD_COMUNE": line.append(f'"018{random.choice(muni).code}"')
            elif "pattern" in str(f.descriptor) or "enum" in str(f.descriptor): line.append("")
            elif f.name.startswith("OC_FLAG"): line.append("1" if f.type=="integer" else '"1"')
            else: line.append(cell[f.type].format(n=n % 17, m=n % 9 + 1))
        wide.append(";".join(line))
    app = _web_application
    made = {
        "places": make_file(app, officer, org, places, "localizzazioni.csv", name="Localizzazioni dei progetti", table_schema="opencoesione/localizzazioni"),
        "free": make_file(app, officer, org, "\n".join(free) + "\n", "pnrr-calabria.csv", name="Progetti PNRR in Calabria: importi finanziati per comune", description="Un progetto per riga, con il comune in cui si realizza."),
        "wide": make_file(app, officer, org, "\ufeff" + "\n".join(wide) + "\n", "progetti.csv", name="Progetti, tracciato esteso", table_schema="opencoesione/progetti_esteso"),
    }
    context = window()
    page = context.new_page()
    import time
    for name, res in made.items():
        print(name, res["page"], flush=True)
    todo = [("free", "", "it"), ("free", "?show=columns", "it"), ("free", "?show=chart", "it"), ("free", "?show=chart&by=Missione&value=Importo finanziato (euro)", "it"), ("free", "?show=map", "it"), ("free", "?show=map&value=Importo finanziato (euro)&level=province", "en"),
            ("places", "?show=map", "it"), ("places", "?show=columns", "en"), ("places", "?show=chart", "en"), ("wide", "", "it"), ("wide", "?c=*", "it"), ("wide", "?show=columns", "it"), ("wide", "?show=chart", "it"), ("wide", "?show=map", "it"), ("free", "?fc=Anno&fo=ge&fv=abc", "it"), ("free", "?q=scuola&fc=Anno&fo=ge&fv=2023&sort=-Importo finanziato (euro)", "it")]
    for i, (name, query, lang) in enumerate(todo):
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            t = time.time()
            answer = page.goto(("/en" if lang == "en" else "") + made[name]["page"] + query)
            took = time.time() - t
            page.screenshot(path=str(OUT / f"{i:02d}-{name}-{width}-{lang}.png"), full_page=True)
            print(i, name, query, width, answer.status, round(took, 2), len(page.content()), page.evaluate("document.documentElement.scrollWidth"), flush=True)
    from axe_playwright_python.sync_playwright import Axe
    WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    for i, (name, query, lang) in enumerate(todo):
        page.goto(made[name]["page"] + query)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        for v in Axe().run(page, options=WCAG).response["violations"]:
            for node in v["nodes"][:3]:
                print("AXE", i, v["id"], node["target"], node["failureSummary"][:300], flush=True)
