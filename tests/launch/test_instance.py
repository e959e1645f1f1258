"""What a run is started with: secrets that stay, addresses that follow the port, settings that people wrote.

Knows `run.env` and the settings' names; every installation here is a folder of its own.
"""

import stat
from pathlib import Path

import pytest

from launch import instance
from launch.errors import CannotStart
from launch.instance import Instance
from storefront.config import Settings
from storefront.demo import goods


def load(folder: Path, **environ: str) -> Instance:
    return instance.load({"STOREFRONT_INSTANCE_DIR": str(folder), **environ})


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first = load(tmp_path)
    first.write()

    second = load(tmp_path, PORT="9000")

    for name in ("SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"):
        assert second.environ[f"STOREFRONT_{name}"] == first.environ[f"STOREFRONT_{name}"]


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    one, other = load(tmp_path / "one"), load(tmp_path / "other")

    names = [name for name in one.environ if "SECRET" in name]

    assert len(names) == 3
    assert all(one.environ[name] != other.environ[name] for name in names)


def test_the_file_is_for_its_owner_alone_even_where_it_was_not_before(tmp_path: Path) -> None:
    (tmp_path / "run.env").touch(mode=0o644)

    load(tmp_path).write()

    assert stat.S_IMODE((tmp_path / "run.env").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["run.env"]


def test_the_shop_starts_with_what_was_written(tmp_path: Path) -> None:
    here = load(tmp_path, PORT="9000")

    settings = Settings.from_environ(here.file)

    assert settings.origins == ("http://localhost:9000", "http://127.0.0.1:9000")
    assert settings.sandbox_webhook_url == "http://127.0.0.1:9000/webhooks/stripe"
    assert settings.database_url == f"sqlite:///{tmp_path}/shop.db"
    assert settings.is_sandbox
    assert settings.shows_mailbox


def test_addresses_follow_the_port_of_each_run(tmp_path: Path) -> None:
    load(tmp_path, PORT="9000").write()

    here = load(tmp_path, STOREFRONT_SANDBOX_PORT="9010")

    assert here.file["STOREFRONT_ORIGIN"] == "http://localhost:8000"
    assert here.file["STOREFRONT_STRIPE_API_URL"] == "http://127.0.0.1:9010"
    assert here.file["STOREFRONT_PAYMENT_ORIGIN"] == "http://localhost:9010"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    load(tmp_path).write()

    here = load(tmp_path, STOREFRONT_DATABASE_URL="postgresql://here/shop", STOREFRONT_LOCALE="de")

    assert here.database_url == "postgresql://here/shop"
    assert here.environ["STOREFRONT_LOCALE"] == "de"


def test_a_secret_of_the_environment_is_not_written_down(tmp_path: Path) -> None:
    here = load(tmp_path, STOREFRONT_STRIPE_SECRET_KEY="sk_test_from_the_environment")

    here.write()

    assert "from_the_environment" not in (tmp_path / "run.env").read_text()


def test_a_line_that_somebody_wrote_is_kept(tmp_path: Path) -> None:
    load(tmp_path).write()
    with open(tmp_path / "run.env", "a") as file:
        file.write("STOREFRONT_SHOP_NAME=Gill & Spore = ours\nSTOREFRONT_SMTP_URL=smtp://localhost:25\n")

    load(tmp_path).write()

    here = load(tmp_path)
    assert here.environ["STOREFRONT_SHOP_NAME"] == "Gill & Spore = ours"
    assert not here.keeps_mail


def test_with_a_key_of_stripes_own_there_is_no_sandbox(tmp_path: Path) -> None:
    load(tmp_path).write()

    here = load(tmp_path, STOREFRONT_STRIPE_SECRET_KEY="sk_test_51abc")

    assert not here.has_sandbox
    assert Settings.from_environ(here.environ).payment_origin == "https://checkout.stripe.com"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80a", "８０", ""])
@pytest.mark.parametrize("name", ["PORT", "STOREFRONT_SANDBOX_PORT"])
def test_a_port_that_is_none_is_refused_by_its_name(name: str, port: str, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=f"^{name} cannot be used"):
        load(tmp_path, **{name: port})


@pytest.mark.parametrize("port", ["1", "65535"])
def test_the_first_and_the_last_port_are_ports(port: str, tmp_path: Path) -> None:
    assert load(tmp_path, PORT=port).port == int(port)


def test_a_run_with_the_sandbox_is_called_what_the_demo_goods_say(tmp_path: Path) -> None:
    file = load(tmp_path).file

    names = ("STOREFRONT_SHOP_NAME", "STOREFRONT_TAGLINE", "STOREFRONT_ADDRESS_LINE")
    assert [file[name] for name in names] == [goods.SHOP_NAME, goods.TAGLINE, goods.ADDRESS_LINE]
    of_cover = ("STOREFRONT_COVER_TITLE", "STOREFRONT_COVER_LEAD", "STOREFRONT_COVER_PICTURE")
    cover = goods.COVER
    assert [file[name] for name in of_cover] == [cover.title, cover.lead, f"demo/{cover.picture.file}"]


def test_a_shop_with_a_key_of_stripes_own_keeps_its_own_name(tmp_path: Path) -> None:
    file = load(tmp_path, STOREFRONT_STRIPE_SECRET_KEY="sk_live_0123456789").file

    assert "STOREFRONT_SHOP_NAME" not in file
