# The service in an image: docker build -t payroll-service . (podman build --format docker keeps the health check)
# Only /data is written to. Run it with a read-only root and a tmpfs on /tmp (compose.yaml does).

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.txt requirements-dev.txt /locks/
RUN /venv/bin/pip install --require-hashes -r /locks/requirements.txt
WORKDIR /app
COPY pyproject.toml README.md ./
COPY rules rules
COPY payroll_service payroll_service
COPY api api
COPY migrations migrations
# Editable: the migrations lie beside the packages, as in a checkout. setuptools, from the lock, goes again.
# A checkout may be its owner's alone; in the image another user reads it.
RUN sed -n '/^setuptools==/,/[^\\]$/p' /locks/requirements-dev.txt > /locks/requirements-build.txt \
 && /venv/bin/pip install --require-hashes -r /locks/requirements-build.txt \
 && /venv/bin/pip install --no-deps --no-index --no-build-isolation --editable . \
 && /venv/bin/pip uninstall --yes setuptools \
 && python -m compileall -q /app \
 && chmod -R a+rX /app

FROM python:3.12-slim
RUN groupadd --gid 10001 payroll \
 && useradd --uid 10001 --gid payroll --no-create-home --home-dir /data --shell /usr/sbin/nologin payroll \
 && install -d -o payroll -g payroll -m 0700 /data /keys
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PAYROLL_DATABASE_URL=sqlite:////data/payroll.db
# Commands write where they are called; /app is read only.
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["payroll"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
