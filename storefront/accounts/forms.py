"""What may be typed on the pages about accounts.

Knows shapes; refuses to know whether anything is right.
"""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from storefront.config.values import EMAIL

# More than any password may have; what is longer is not even hashed.
_LONGEST_TYPED = 256


def tidy_email(typed: object) -> str:
    """The address as accounts hold it: one spelling for one mailbox, its domain in ASCII (RFC 5891), no capitals."""
    text = unicodedata.normalize("NFC", str(typed or "")[:400]).strip().lower()
    local, at, domain = text.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return text


def email_field(**attributes: Any) -> Any:
    """An e-mail address that has to be there."""
    return EmailField(
        _l("E-mail address"),
        filters=[tidy_email],
        validators=[InputRequired(_l("Please write your e-mail address.")), _is_email],
        render_kw={"autocomplete": "email", "inputmode": "email", "spellcheck": "false", "maxlength": 320}
        | attributes,
    )


def _is_email(_form: FlaskForm, field: Field) -> None:
    if len(field.data) > 320 or not field.data.isprintable() or not EMAIL.fullmatch(field.data):
        raise ValidationError(_l("An e-mail address has an @, such as mara@example.org."))


def _password_field(label: Any, *, autocomplete: str, required: bool = True, description: Any = "") -> Any:
    length = Length(max=_LONGEST_TYPED, message=_l("No password is as long as this."))
    checks = [InputRequired(_l("Please write your password.")), length] if required else [Optional(), length]
    return PasswordField(
        label,
        description=description,
        validators=checks,
        render_kw={"autocomplete": autocomplete, "maxlength": _LONGEST_TYPED},
    )


def _new_password_field(label: Any, *, required: bool) -> Any:
    return _password_field(
        label,
        autocomplete="new-password",
        required=required,
        description=_l(
            "At least 15 characters; four or five words that have nothing to do with each other are good."
        ),
    )


def _code_field(label: Any, description: Any) -> Any:
    return StringField(
        label,
        description=description,
        filters=[lambda typed: (typed or "").strip()],
        validators=[
            InputRequired(_l("Please write the code.")),
            Length(max=40, message=_l("No code is as long as this.")),
        ],
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": 40,
            "class": "short",
        },
    )


class SignInForm(FlaskForm):
    """Address and password."""

    email = email_field(autocomplete="username")
    password = _password_field(_l("Password"), autocomplete="current-password")


class AskForm(FlaskForm):
    """Where a mail is to go."""

    email = email_field()


class JoinForm(FlaskForm):
    """A new account: a name and a password, if one is wanted."""

    name = StringField(
        _l("Name"),
        filters=[lambda typed: " ".join((typed or "").split())],
        validators=[
            Length(max=200, message=_l("Please use at most 200 characters.")),
        ],
        render_kw={"autocomplete": "name", "maxlength": 200},
    )
    password = _new_password_field(_l("Password"), required=False)

    def validate_name(self, field: Field) -> None:
        """Names hold no characters that cannot be printed."""
        if field.data and not field.data.isprintable():
            raise ValidationError(_l("Please leave out characters that cannot be printed."))


class NewPasswordForm(FlaskForm):
    """A password to be."""

    password = _new_password_field(_l("New password"), required=True)


class CodeForm(FlaskForm):
    """What the app shows, or a recovery code."""

    code = _code_field(_l("Code"), _l("The six digits that your app shows, or one of your recovery codes."))


class NewAppForm(FlaskForm):
    """The first code of a new app, and the secret it was shown, signed."""

    secret = StringField(_l("Secret"), validators=[InputRequired(), Length(max=2000)])
    code = _code_field(_l("Code"), _l("The six digits that your app shows now."))


class PasswordForm(FlaskForm):
    """The password once more."""

    password = _password_field(_l("Password"), autocomplete="current-password")


class PasskeyForm(FlaskForm):
    """What a device answered to a challenge, as the script sends it."""

    token = StringField(validators=[InputRequired(), Length(max=500)])
    answer = StringField(validators=[InputRequired(), Length(max=20_000)])
    name = StringField(
        _l("Name of the passkey"),
        filters=[lambda typed: " ".join((typed or "").split())[:60]],
        description=_l("So that you know it again, such as “Phone”."),
        render_kw={"maxlength": 60, "autocomplete": "off"},
    )

    def validate_name(self, field: Field) -> None:
        """Names hold no characters that cannot be printed."""
        if field.data and not field.data.isprintable():
            raise ValidationError(_l("Please leave out characters that cannot be printed."))


class ButtonForm(FlaskForm):
    """Nothing but a button, and the token that says whose page it stood on."""
