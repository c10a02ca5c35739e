"""What the product is measured against: the same server, answering JSON with the same JSON."""

from flask import Flask, Response, jsonify, request

from config.gateway import Gateway

app = Flask("echo")


@app.post("/v1/me/entries")
def echo() -> Response:
    """Read JSON, write JSON, do nothing else."""
    return jsonify(request.get_json())


@app.get("/health/live")
def live() -> Response:
    """Say that the process is there."""
    return jsonify(status="live")


server = Gateway(app)
