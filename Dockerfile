FROM python:3.11-slim
WORKDIR /srv/aimss
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN useradd --system --home /srv/aimss aimss && mkdir -p var && chown aimss var
USER aimss
ENV PYTHONPATH=/srv/aimss
EXPOSE 8000
CMD ["python", "-m", "config.server"]
