"""What others think of the pages: Lighthouse, axe, Nu Html Checker and html-validate, fetched at exact versions.

`python -m bench.judge` prints the tables and writes docs/quality.md; knows judges; refuses to soften what they say.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, Response, sync_playwright

from bench import weights
from bench.open_shop import FLAGS, OpenShop, open_shop
from bench.quality import Score, Verdict, report
from bench.visits import PUBLIC, put_in, visits
from launch.environment import ROOT
from launch.errors import CannotStart
from tests.needs import needs_chromium

NPM = ROOT / "build" / "npm"
MODULES = NPM / "node_modules"
# The newest that run on Node.js 20, which Debian and its neighbours still have.
VERSIONS = {"axe-core": "4.14.1", "html-validate": "10.17.0", "lighthouse": "12.8.2", "vnu-jar": "26.9.27"}
ROUNDS = 3
# On a busy machine Chromium now and then gives Lighthouse a page without its beginning.
TRIES = 4
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LIT = {
    "home": "/",
    "collection": PUBLIC["collection"],
    "product": PUBLIC["product"],
    "cart": "/cart",
    "checkout": "/checkout",
}
# States that no server sends: what the scripts made of a page is judged instead.
MADE_BY_SCRIPT = {"drawer", "cart-wrong"}
# Rules of html-validate that are of taste (how to write what is valid), or that our templates decide otherwise.
RULES = {"extends": ["html-validate:standard"], "rules": {}}


def main() -> int:
    """Ask every judge; returns 1 where one of them found something wrong."""
    try:
        _fetch()
        with open_shop() as shop:
            verdicts = list(_walk(shop))
            cookie = _a_cart(shop)
            scores = [_lighthouse(shop.url + path, name, cookie=cookie) for name, path in LIT.items()]
            sizes = weights.of(shop.url + PUBLIC["product"])
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    text = report(verdicts, scores, sizes, versions=_versions(), day=datetime.now(tz=UTC).date())
    (ROOT / "docs" / "quality.md").write_text(text, encoding="utf-8")
    print(text)
    return int(any(verdict.wrong for verdict in verdicts))


def _fetch() -> None:
    """Have the judges in `build/npm`; raises CannotStart where npm is not."""
    if all(_installed(name) == version for name, version in VERSIONS.items()):
        return
    if not shutil.which("npm"):
        raise CannotStart("The judges come from npm, which is not on the PATH.")
    NPM.mkdir(parents=True, exist_ok=True)
    wanted = [f"{name}@{version}" for name, version in VERSIONS.items()]
    # vnu-jar's script would fetch a Java of its own; the one that is there will do.
    quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    if subprocess.run(["npm", "install", *quiet, "--prefix", str(NPM), *wanted]).returncode:
        raise CannotStart("The judges could not be fetched with npm.")


def _installed(name: str) -> str | None:
    file = MODULES / name / "package.json"
    return str(json.loads(file.read_text())["version"]) if file.is_file() else None


def _versions() -> dict[str, str]:
    chromium = subprocess.run([needs_chromium(), "--version"], capture_output=True, text=True).stdout.strip()
    return {**VERSIONS, "chromium": chromium.removeprefix("Chromium ").split(" ")[0]}


def _walk(shop: OpenShop) -> Iterator[Verdict]:
    """Every page in every state, judged by axe as it stands and by the validators as it was sent."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=needs_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        sent = _documents(page)
        found: dict[str, list[str]] = {}
        for name in visits(page, shop):
            html = page.content() if name in MADE_BY_SCRIPT else sent[-1].text()
            (Path(folder) / f"{name}.html").write_text(html, encoding="utf-8")
            found[name] = [*_axe(page), *_sideways(page)]
        browser.close()
        markup = _vnu(Path(folder))
        valid = _html_validate(Path(folder))
    for name, faults in found.items():
        yield Verdict(name, tuple(faults), tuple(markup.get(name, ())), tuple(valid.get(name, ())))


def _documents(page: Page) -> list[Response]:
    """The list that gets every document this page navigates to, redirects left out."""
    sent: list[Response] = []

    def keep(response: Response) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            sent.append(response)

    page.on("response", keep)
    return sent


def _axe(page: Page) -> list[str]:
    wrong: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        wrong += page.evaluate(
            "async () => (await axe.run()).violations.map((v) => `axe: ${v.id} ${v.nodes[0].html}`)"
        )
    page.emulate_media(color_scheme="light")
    return wrong


def _sideways(page: Page) -> list[str]:
    page.set_viewport_size({"width": 320, "height": 900})
    width = int(page.evaluate("document.documentElement.scrollWidth"))
    page.set_viewport_size({"width": 1280, "height": 900})
    return [f"{width} px wide on a screen of 320 px"] if width > 320 else []


def _vnu(folder: Path) -> dict[str, list[str]]:
    if not shutil.which("java"):
        print("Java is missing: the Nu Html Checker was not asked.", file=sys.stderr)
        return {}
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    asked = subprocess.run(
        ["java", "-jar", str(jar), "--format", "json", "--exit-zero-always", str(folder)],
        capture_output=True,
        text=True,
    )
    found: dict[str, list[str]] = {}
    for message in json.loads(asked.stderr or asked.stdout)["messages"]:
        if message["type"] != "info":
            found.setdefault(Path(message["url"]).stem, []).append(f"vnu: {message['message']}")
    return found


def _html_validate(folder: Path) -> dict[str, list[str]]:
    (folder / ".htmlvalidate.json").write_text(json.dumps({"root": True, **RULES}))
    asked = subprocess.run(
        [
            "node",
            str(MODULES / "html-validate" / "bin" / "html-validate.mjs"),
            "--formatter",
            "json",
            str(folder),
        ],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    return {
        Path(each["filePath"]).stem: [
            f"html-validate: {m['ruleId']} {m['message']}" for m in each["messages"]
        ]
        for each in json.loads(asked.stdout)
    }


def _a_cart(shop: OpenShop) -> str:
    """The cookies of somebody with something in the cart: an empty one has no checkout."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs_chromium(), args=FLAGS)
        page = browser.new_page()
        put_in(page, shop, PUBLIC["product"])
        cookies = page.context.cookies()
        browser.close()
    return "; ".join(f"{each['name']}={each['value']}" for each in cookies)


def _lighthouse(url: str, name: str, *, cookie: str) -> Score:
    """The median of some rounds: one round measures the machine's other work as well."""
    rounds = [_one_round(url, cookie) for _ in range(ROUNDS)]
    rounds.sort(key=lambda each: each["performance"])
    return Score(name, rounds[len(rounds) // 2], best=rounds[-1]["performance"])


def _one_round(url: str, cookie: str) -> dict[str, float]:
    for number in range(TRIES):
        asked = _asked(url, cookie)
        if asked.returncode == 0:
            break
        print(f"  again, Lighthouse did not finish {url} at try {number + 1}", flush=True)
    else:
        raise CannotStart("Lighthouse did not finish:\n" + asked.stderr[-2000:])
    told = json.loads(asked.stdout)
    scores = {name: 100 * (told["categories"][name]["score"] or 0) for name in CATEGORIES}
    audits = told["audits"]
    return {
        **scores,
        "lcp": audits["largest-contentful-paint"]["numericValue"],
        "cls": audits["cumulative-layout-shift"]["numericValue"],
        "tbt": audits["total-blocking-time"]["numericValue"],
    }


def _asked(url: str, cookie: str) -> subprocess.CompletedProcess[str]:
    flags = " ".join(FLAGS).replace("--headless", "--headless=new")
    return subprocess.run(
        [
            *("node", str(MODULES / "lighthouse" / "cli" / "index.js"), url, "--output=json", "--quiet"),
            "--extra-headers=" + json.dumps({"Cookie": cookie}),
            *("--form-factor=mobile", f"--chrome-flags={flags}", f"--only-categories={','.join(CATEGORIES)}"),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "CHROME_PATH": needs_chromium()},
    )


if __name__ == "__main__":
    raise SystemExit(main())
