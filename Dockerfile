FROM python:3.11-slim
WORKDIR /srv/aimss
COPY requirements-build.txt requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --no-deps --no-build-isolation -r requirements-build.txt \
 && pip install --no-cache-dir --require-hashes --no-deps --no-build-isolation -r requirements.txt \
 && pip check
COPY . .
RUN useradd --system --home /srv/aimss aimss && mkdir -p var && chown aimss var
USER aimss
ENV PYTHONPATH=/srv/aimss
EXPOSE 8000
CMD ["python", "-m", "config.server", "--host", "0.0.0.0"]
