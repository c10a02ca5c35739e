"""Comparator of the product: the same server, which echoes JSON."""

from flask import Flask, Response, jsonify, request

from config.gateway import Gateway

app = Flask("echo")


@app.post("/v1/me/entries")
def echo() -> Response:
    """Parse JSON and return it."""
    return jsonify(request.get_json())


@app.get("/health/live")
def live() -> Response:
    """Answer that the process is live."""
    return jsonify(status="live")


server = Gateway(app)
