"""What every figure is measured against: bare Flask that says hello."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """The least a page can cost."""
    return "hello"
